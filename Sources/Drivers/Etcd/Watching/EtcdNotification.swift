/// What happened to a key.
public struct EtcdEvent: Hashable, Sendable {
    /// What was done.
    public enum Kind: Hashable, Sendable {
        /// A value was written.
        case put
        /// The key was deleted, or its lease has ended.
        case delete
    }

    /// What was done.
    public let kind: Kind
    /// The key as it stands now; after a deletion only its name and the revision.
    public let value: EtcdKeyValue
    /// The key as it stood before, when the watch asked for that.
    public let previous: EtcdKeyValue?
}

/// What a watch tells.
public enum EtcdNotification: Hashable, Sendable {
    /// Everything that happened at some revisions, in their order.
    case changes([EtcdEvent])
    /// A member confirmed the watch: for the first time, or again after an interruption. What happened meanwhile follows.
    case listening
    /// No member confirms the watch at the moment, so that the last news may be old. It goes on by itself.
    case interrupted(EtcdError)
    /// Events are missing at this place, so that whatever was derived from them has to be read anew.
    case gap(EtcdGap)
}

/// Why events are missing, and from which revision on there are some again.
public enum EtcdGap: Hashable, Sendable {
    /// The cluster has thrown away what is older.
    case compacted(resumesAfter: Int64)
    /// The cluster has not the history that it had before: it was restored or made anew.
    case otherHistory(resumesAfter: Int64)

    /// The last revision whose events may be missing.
    public var resumesAfter: Int64 {
        switch self {
        case .compacted(let revision), .otherHistory(let revision): revision
        }
    }
}

extension EtcdError: Hashable {
    /// Whether they are of one kind; the words do not count.
    public static func == (left: EtcdError, right: EtcdError) -> Bool {
        left.kind == right.kind && left.mayHaveRun == right.mayHaveRun
    }

    /// Feeds what counts for being equal.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(mayHaveRun)
    }
}
