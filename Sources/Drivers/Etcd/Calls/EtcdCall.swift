import HTTP
import JSONText
import Synchronization

/// A request to the gateway of any member.
struct EtcdCall {
    /// The path below the root.
    let path: String
    /// What is asked for, as JSON.
    let body: [UInt8]
    /// Whether doing it twice does no harm.
    var isRepeatable: Bool
    /// Whether a member that has lost the others shall say so at once, instead of waiting for them.
    var needsLeader = true

    init(_ path: String, isRepeatable: Bool, _ members: (inout JSONAppender) -> Void = { _ in }) {
        self.path = path
        self.isRepeatable = isRepeatable
        var json = JSONAppender()
        json.object(members)
        body = json.bytes
    }

    /// The request, with the body apart from it when it matters whether that was sent.
    func request() throws(EtcdError) -> (HTTPRequest, HTTPUpload?, SentMark?) {
        guard let target = HTTPTarget(path) else { throw .unusable("a request to etcd has no valid path") }
        var request = HTTPRequest(.post, target)
        request.headers["Content-Type"] = "application/json"
        // The gateway hands it on to etcd as `hasleader`.
        if needsLeader { request.headers["Grpc-Metadata-Hasleader"] = "true" }
        guard !isRepeatable else {
            request.body = body
            return (request, nil, nil)
        }
        let mark = SentMark()
        let upload = HTTPUpload(length: body.count, isRepeatable: false) { [body] in
            let first = mark.note()
            let rest = Mutex(first ? [body] : [])
            return { rest.withLock { $0.popLast() } }
        }
        return (request, upload, mark)
    }
}

/// Whether the body of a request was asked for, which happens right before it is sent.
///
/// A server that has no more than the head of a request cannot have done anything.
final class SentMark: Sendable {
    private let isNoted = Atomic(false)

    var wasSent: Bool { isNoted.load(ordering: .relaxed) }

    /// Notes it; false when that was done before.
    func note() -> Bool { !isNoted.exchange(true, ordering: .relaxed) }
}
