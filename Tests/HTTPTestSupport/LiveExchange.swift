import Basics
import HTTP
import Loop

/// One request on a connection of its own, and its response, read piece by piece while the request is still sent.
final class LiveExchange: @unchecked Sendable {
    // Guard of @unchecked Sendable: one task writes and one reads, both on the loop.
    private let socket: Socket
    private let request: HTTPRequest
    private var parser: HTTPResponseParser

    init(_ socket: Socket, _ request: HTTPRequest) {
        self.socket = socket
        self.request = request
        parser = HTTPResponseParser(to: request.method, limits: HTTPMessageLimits(body: .gigabytes(1)))
    }

    func close() { socket.close() }

    /// Sends all of it. A server may answer and leave before that is done, which is no fault of this side.
    func sendRequest() async {
        do {
            var head = "\(request.method) \(request.target) HTTP/1.1\r\nHost: localhost\r\n"
            for field in request.headers.fields { head += "\(field.name): \(field.value)\r\n" }
            if request.incoming != nil { head += "Transfer-Encoding: chunked\r\n" }
            if !request.body.isEmpty { head += "Content-Length: \(request.body.count)\r\n" }
            try await socket.write(Array("\(head)\r\n".utf8) + request.body)
            guard let incoming = request.incoming else { return }
            while let piece = try await incoming.next() {
                let size = String(piece.count, radix: 16)
                try await socket.write(Array("\(size)\r\n".utf8) + piece + Array("\r\n".utf8))
            }
            try await socket.write(Array("0\r\n\r\n".utf8))
        } catch {
            // The response tells the rest.
        }
    }

    func head() async throws -> HTTPResponse {
        while true {
            switch parser.next() {
            case .head(let head): return head
            case .fault(let fault): throw ParlorError(.protocolViolation, fault.reason)
            case .needMore: try await receive()
            case .body, .end: throw ParlorError(.protocolViolation, "a body came before its head")
            }
        }
    }

    func next() async throws -> [UInt8]? {
        while true {
            switch parser.next() {
            case .body(let bytes): return bytes
            case .end: return nil
            case .fault(let fault): throw ParlorError(.protocolViolation, fault.reason)
            case .needMore: try await receive()
            case .head: throw ParlorError(.protocolViolation, "a head came inside a body")
            }
        }
    }

    private func receive() async throws {
        var bytes: [UInt8] = []
        let count = try await socket.within(.seconds(30), "a response") { try await socket.read(appendingTo: &bytes) }
        if count == 0 { parser.finish() } else { parser.feed(bytes) }
    }
}
