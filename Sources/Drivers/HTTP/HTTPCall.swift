import Basics
import Loop

/// One request of a client and what comes back, on a connection of its own.
struct HTTPCall {
    private let request: HTTPRequest
    private let socket: Socket
    private let limits: HTTPMessageLimits

    init(_ request: HTTPRequest, on socket: Socket, limits: HTTPMessageLimits) {
        self.request = request
        self.socket = socket
        self.limits = limits
    }

    /// For messages. The query is left out, because it may hold what is nobody's business.
    var name: String { "\(request.method) \(request.path) at \(socket.peer)" }

    /// Sends the request and reads the response.
    func perform() async throws -> HTTPResponse {
        let refusal = try await send()
        do {
            return try await receive()
        } catch let error as ParlorError where error.code == .connection {
            throw refusal ?? error
        }
    }

    /// A server may answer and close before it has read everything; then the broken connection is not the whole story.
    private func send() async throws -> ParlorError? {
        let host = if case .tcp = socket.peer { socket.peer.description } else { "localhost" }
        do {
            try await socket.write(HTTPWriter.bytes(request, host: host))
            return nil
        } catch let error as ParlorError where error.code == .connection {
            return error
        }
    }

    private func receive() async throws -> HTTPResponse {
        var parser = HTTPResponseParser(to: request.method, limits: limits)
        var response: HTTPResponse?
        var incoming: [UInt8] = []
        var received = 0
        while true {
            switch parser.next() {
            case .head(let head): response = head
            case .body(let bytes): response?.body += bytes
            case .end:
                if let response { return response }
            case .fault(let fault):
                throw ParlorError(.protocolViolation, "\(name) got no valid response", why: fault.reason)
            case .needMore:
                incoming.removeAll(keepingCapacity: true)
                let count = try await socket.read(appendingTo: &incoming)
                received += count
                guard received > 0 else {
                    throw ParlorError(.connection, "\(name) got no response", why: "the server closed the connection")
                }
                if count == 0 { parser.finish() } else { parser.feed(incoming) }
            }
        }
    }
}
