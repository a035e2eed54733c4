/// Decides what a watch asks for and what it tells; knows neither connections nor clocks.
///
/// Invariants:
/// - Events are told in the order of their revisions, each once, and none is left out without a gap at its place.
/// - A stream that begins goes on behind the last revision that was told. The revisions of notices of progress are not
///   used for that: etcd before 3.4.25 may send one ahead of an event of the same revision.
/// - A cluster that was made anew may have the same number as the old one, but its revision is smaller than what was
///   seen before; then the watch begins at what the cluster has now, behind a gap.
struct WatchMachine: Equatable {
    enum Action: Equatable {
        /// Tell the caller.
        case tell(EtcdNotification)
        /// Ask the cluster, not only this member, how far it has come.
        case verify
        /// End this stream and begin another one at once.
        case restart
        /// End this stream, because its member cannot go on.
        case fail(EtcdComplaint)
    }

    /// Everything up to this revision was told.
    private(set) var revision: Int64
    private var cluster: UInt64?
    private var isListening = false

    init(after revision: Int64) { self.revision = revision }

    /// What to do about a line of the stream.
    mutating func handle(_ message: WatchMessage) -> [Action] {
        switch message {
        case .created(let header): return created(header)
        case .events(let events): return happened(events)
        case .progress: return []
        case .complaint(let complaint): return [.fail(complaint)]
        case .cancelled(let compacted, _) where compacted > 0:
            // What was deleted at the very revision of the compaction is gone too.
            revision = max(revision, compacted)
            return [.tell(.gap(.compacted(resumesAfter: revision))), .restart]
        case .cancelled(_, let reason): return [.fail(EtcdComplaint(sentence: reason, code: 14))]
        }
    }

    /// The cluster's revision, asked for because a member's is smaller than what was seen before.
    mutating func verified(_ now: Int64) -> [Action] {
        guard now < revision else { return listening() }
        revision = now
        return [.tell(.gap(.otherHistory(resumesAfter: now))), .restart]
    }

    /// The stream has ended; what to tell is said once until a member confirms the watch again.
    mutating func interrupted(_ error: EtcdError) -> [Action] {
        guard isListening else { return [] }
        isListening = false
        return [.tell(.interrupted(error))]
    }

    private mutating func created(_ header: EtcdHeader) -> [Action] {
        if let cluster, cluster != header.cluster {
            self.cluster = header.cluster
            revision = header.revision
            return [.tell(.gap(.otherHistory(resumesAfter: revision))), .restart]
        }
        cluster = header.cluster
        return header.revision < revision ? [.verify] : listening()
    }

    private mutating func listening() -> [Action] {
        guard !isListening else { return [] }
        isListening = true
        return [.tell(.listening)]
    }

    private mutating func happened(_ events: [EtcdEvent]) -> [Action] {
        let fresh = events.filter { $0.value.modRevision > revision }
        guard let last = fresh.last?.value.modRevision else { return [] }
        revision = last
        return [.tell(.changes(fresh))]
    }
}
