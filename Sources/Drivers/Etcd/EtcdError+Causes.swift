import Basics
import HTTP
import JSONText

extension EtcdError {
    /// No answer of `endpoint`, for the reason in `error`; `wasSent` says whether it may have the request.
    static func unanswered(_ endpoint: HTTPOrigin, _ error: ParlorError, wasSent: Bool) -> EtcdError {
        let kind: Kind =
            switch error.code {
            case .timeout: .overdue
            case .connection: .unreachable
            case .protocolViolation: .protocolViolation
            default: .unusable
            }
        let what = kind == .protocolViolation ? "does not speak as etcd does" : "does not answer"
        let hint = error.hint ?? "Check that etcd runs there and that the network lets it be reached."
        let explained = ParlorError(
            error.code, "etcd at \(endpoint) \(what)", why: error.summary, hint: hint, detail: error.detail,
            cause: error)
        return EtcdError(kind, mayHaveRun: wasSent, explained)
    }

    /// An answer that is not what etcd says.
    static func unreadable(_ endpoint: HTTPOrigin, _ why: String, mayHaveRun: Bool) -> EtcdError {
        let explained = ParlorError(
            .protocolViolation, "etcd at \(endpoint) gave an answer that cannot be read", why: why,
            hint: "Check that etcd 3.4 or newer listens there, and nothing else.")
        return EtcdError(.protocolViolation, mayHaveRun: mayHaveRun, explained)
    }

    /// The caller's own mistake.
    static func unusable(_ what: String, hint: String? = nil) -> EtcdError {
        EtcdError(.unusable, ParlorError(.malformed, what, hint: hint))
    }

    /// The time of a call was up before any member was asked.
    static func tooLate(_ limit: Duration) -> EtcdError {
        EtcdError(.overdue, ParlorError(.timeout, "etcd was not asked within \(limit.brief)"))
    }
}

/// What etcd says when it refuses: a sentence, and the number of gRPC for its kind.
struct EtcdComplaint: Equatable {
    let sentence: String
    let code: Int

    init(sentence: String, code: Int) {
        self.sentence = sentence
        self.code = code
    }

    /// Reads the body of an answer that is no success; nil when etcd did not write it.
    init?(_ body: [UInt8]) {
        guard let json = try? JSON(reading: body) else { return nil }
        self.init(json)
    }

    /// Reads an answer, or a line of a stream, in which the complaint is wrapped once more.
    init?(_ json: JSON) {
        if let inner = json["error"], inner.text == nil {
            guard let sentence = inner["message"]?.text else { return nil }
            self.init(sentence: sentence, code: inner["grpc_code"]?.int ?? 2)
        } else {
            guard let sentence = json["error"]?.text ?? json["message"]?.text else { return nil }
            self.init(sentence: sentence, code: json["code"]?.int ?? 2)
        }
    }

    /// The kind of the failure, and whether the request may have been done all the same.
    var meaning: (kind: EtcdError.Kind, mayHaveRun: Bool) {
        for known in Self.sentences where sentence.hasPrefix("etcdserver: \(known.beginning)") {
            return (known.kind, known.mayHaveRun)
        }
        switch code {
        case 1, 14: return (.busy, true)
        case 4: return (.overdue, true)
        case 7, 16: return (.refused, false)
        case 8: return (.busy, false)
        // Found wrong before anything was done.
        case 3, 5, 6, 9, 11, 12: return (.rejected, false)
        default: return (.rejected, true)
        }
    }

    private static let sentences: [(beginning: String, kind: EtcdError.Kind, mayHaveRun: Bool)] = [
        ("no leader", .noLeader, false), ("request timed out", .overdue, true),
        ("leader changed", .busy, true), ("too many requests", .busy, false), ("server stopped", .busy, true),
        ("requested lease not found", .leaseNotFound, false), ("lease already exists", .leaseExists, false),
        ("mvcc: required revision has been compacted", .compacted, false),
        ("mvcc: required revision is a future revision", .futureRevision, false),
        ("mvcc: database space exceeded", .outOfSpace, false), ("no space", .outOfSpace, false),
        ("permission denied", .refused, false),
    ]
}

extension EtcdError {
    /// What etcd at `endpoint` said instead of an answer.
    init(_ complaint: EtcdComplaint, at endpoint: HTTPOrigin) {
        let (kind, mayHaveRun) = complaint.meaning
        // etcd's own sentences are fixed ones; others might quote what was sent.
        let isOwn = complaint.sentence.hasPrefix("etcdserver: ")
        let words = isOwn ? String(complaint.sentence.dropFirst("etcdserver: ".count)) : "code \(complaint.code)"
        let explained = ParlorError(
            kind.code, "etcd at \(endpoint) \(kind.fact)", why: "it says \"\(words)\"", hint: kind.hint,
            detail: complaint.sentence)
        self.init(kind, mayHaveRun: mayHaveRun, explained)
    }
}

extension EtcdError.Kind {
    fileprivate var code: ErrorCode {
        switch self {
        case .overdue: .timeout
        case .outOfSpace: .diskFull
        case .refused: .configuration
        case .unreachable, .noLeader, .busy: .connection
        default: .database
        }
    }

    fileprivate var fact: String {
        switch self {
        case .noLeader: "cannot serve: the cluster has no leader"
        case .overdue, .busy: "cannot serve now"
        case .refused: "does not allow the request"
        case .leaseNotFound: "knows no such lease"
        case .leaseExists: "has a lease of that number already"
        case .compacted: "no longer has that revision"
        case .futureRevision: "does not have that revision yet"
        case .outOfSpace: "accepts no more writes"
        default: "refused the request"
        }
    }

    fileprivate var hint: String? {
        switch self {
        case .noLeader:
            "Start the members that are down: etcd serves when more than half of them reach each other."
        case .overdue: "Check that more than half of the members run and that their disks are not overloaded."
        case .refused: "Give the client a certificate that this cluster's authority has issued."
        case .outOfSpace: "Compact and defragment etcd, then disarm its alarm with \"etcdctl alarm disarm\"."
        default: nil
        }
    }
}
