import Basics
import Loop

/// The bodies of requests: read as fast as the handler asks, or read over.
extension HTTPServerConnection {
    /// The body that follows a head; nil when there is none.
    func incomingBody(of head: HTTPRequest, _ framing: HTTPBodyFraming) -> HTTPIncomingBody? {
        awaitsContinue = false
        switch framing {
        case .none:
            // The end of a request without a body follows its head at once.
            _ = parser.next()
            return nil
        case .counted(let length): return incomingBody(of: head, length: length)
        case .chunked: return incomingBody(of: head, length: nil)
        }
    }

    private func incomingBody(of head: HTTPRequest, length: Int?) -> HTTPIncomingBody {
        awaitsContinue = head.expectsContinue && !parser.hasUnreadBytes
        patience = HTTPPatience(limits.body, rate: limits.bodyRate.bytes)
        return HTTPIncomingBody(length: length, limit: limits.message.body) { try await self.nextPiece() }
    }

    /// The next bytes of the body; nil at its end.
    private func nextPiece() async throws -> [UInt8]? {
        while true {
            switch parser.next() {
            case .body(let bytes): return bytes
            case .end: return nil
            case .fault(let fault): throw fault
            case .needMore, .head: break
            }
            if awaitsContinue {
                awaitsContinue = false
                try await write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
            }
            try await receivePiece()
        }
    }

    private func receivePiece() async throws {
        let start = ContinuousClock.now
        deadline.move(to: patience.left)
        defer { deadline.lift() }
        do {
            let count = try await receive(atMost: 65_536)
            guard count > 0 else { throw Self.endedEarly }
            patience.received(count, after: .now - start)
        } catch let error as ParlorError {
            guard error.code == .timeout else { throw HTTPClientGone(cause: error) }
            throw HTTPFault(.requestTimeout, "the body of the request took longer than \(limits.body.brief)")
        }
    }

    /// Whether the next request can be found after this body, as far as is known.
    func canPass(_ body: HTTPIncomingBody?) -> Bool {
        guard let body, !body.isEnded else { return true }
        // A client that was never told to go on may send the body or the next request: nobody knows which.
        guard !awaitsContinue, body.fault == nil, !body.isBeingRead else { return false }
        return body.length.map { $0 - body.received <= limits.unwantedBody.bytes } ?? true
    }

    /// Reads over what is left of a body; whether its end was found.
    func pass(_ body: HTTPIncomingBody?) async -> Bool {
        guard let body, !body.isEnded else { return true }
        guard canPass(body) else { return false }
        return (try? await body.drain(atMost: limits.unwantedBody.bytes)) ?? false
    }
}
