import Basics
import Loop

/// One connection of a server: reads a request, has it answered, and so on, in the order of their arrival.
///
/// On failure: bytes that are no request are answered with their status, a client that is too slow with 408, and the
/// connection ends; one that breaks, or is cut, ends without a word.
final class HTTPServerConnection: @unchecked Sendable {
    // Guard of @unchecked Sendable: made, and then used by its one task, on the server's loop only.
    private let id: Int
    private let socket: Socket
    private let server: HTTPServer
    private let limits: HTTPServerLimits
    private var parser: HTTPRequestParser
    private var incoming: [UInt8] = []

    init(_ id: Int, _ socket: Socket, of server: HTTPServer) {
        self.id = id
        self.socket = socket
        self.server = server
        limits = server.limits
        parser = HTTPRequestParser(limits: server.limits.message)
    }

    /// Serves until one side ends the connection.
    func serve() async {
        defer { socket.close() }
        do {
            while try await serveNext() {}
        } catch {
            // The client has left, stayed idle for too long or was cut: there is nobody to tell.
        }
    }

    /// Says that there are too many connections.
    func refuse() async {
        defer { socket.close() }
        try? await answer(HTTPFault(.serviceUnavailable, "too many connections are open"))
    }

    /// One request and its response; whether another may follow.
    private func serveNext() async throws -> Bool {
        guard try await requestBegins() else { return false }
        server.began(id)
        do {
            guard let (head, length) = try await head() else { return server.finished(id) }
            let keepsAlive = try await respond(to: try await body(of: length, after: head))
            return server.finished(id) && keepsAlive
        } catch let fault as HTTPFault {
            try await answer(fault)
            return false
        }
    }

    // MARK: - Reading

    /// Waits for the first byte of a request; false when the client is done.
    private func requestBegins() async throws -> Bool {
        guard parser.isBetweenRequests else { return true }
        return try await socket.within(limits.idle, "waiting for a request") { try await receive() }
    }

    /// The next head and the length of its body; nil when what came was only the empty line that may stand before it.
    private func head() async throws -> (HTTPRequest, Int)? {
        if let head = try parsedHead() { return head }
        if parser.isBetweenRequests { return nil }
        return try await inTime(limits.head, "the head") {
            while true {
                try await receiveMore()
                if let head = try parsedHead() { return head }
            }
        }
    }

    private func parsedHead() throws -> (HTTPRequest, Int)? {
        switch parser.next() {
        case .head(let request, let length): (request, length)
        case .fault(let fault): throw fault
        case .needMore, .body, .end: nil
        }
    }

    /// The request with its body, whose whole arrival has one limit.
    private func body(of length: Int, after head: HTTPRequest) async throws -> HTTPRequest {
        var request = head
        if length > 0, head.expectsContinue, !parser.hasUnreadBytes {
            try await write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        }
        if try collect(&request.body) { return request }
        try await inTime(limits.body, "the body") {
            repeat { try await receiveMore() } while try !collect(&request.body)
        }
        return request
    }

    /// Moves what has arrived into `body`; whether that was the rest of it.
    private func collect(_ body: inout [UInt8]) throws -> Bool {
        while true {
            switch parser.next() {
            case .body(let bytes): body += bytes
            case .end: return true
            case .fault(let fault): throw fault
            case .needMore, .head: return false
            }
        }
    }

    /// Feeds the parser with what arrives next; false when the client has finished.
    private func receive() async throws -> Bool {
        incoming.removeAll(keepingCapacity: true)
        guard try await socket.read(appendingTo: &incoming, atMost: 16_384) > 0 else { return false }
        parser.feed(incoming)
        return true
    }

    private func receiveMore() async throws {
        guard try await receive() else { throw HTTPFault.malformed("the connection ended within the request") }
    }

    private func inTime<Result>(
        _ limit: Duration, _ part: String, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await socket.within(limit, "a request", body)
        } catch let error as ParlorError where error.code == .timeout {
            throw HTTPFault(.requestTimeout, "\(part) of the request took longer than \(limit.brief)")
        }
    }

    // MARK: - Writing

    private func respond(to request: HTTPRequest) async throws -> Bool {
        let response = await server.handler(request)
        let wantsClose = response.headers.tokens(of: "Connection").contains("close")
        let keepsAlive = request.keepsAlive && !wantsClose && !server.isDraining
        try await write(
            HTTPWriter.bytes(
                response, to: request.method, version: request.version, keepsAlive: keepsAlive, date: server.date))
        if !keepsAlive, request.keepsAlive || parser.hasUnreadBytes { await linger() }
        return keepsAlive
    }

    private func answer(_ fault: HTTPFault) async throws {
        let response = HTTPResponse.problem(fault.status, fault.reason)
        try await write(HTTPWriter.bytes(response, to: nil, keepsAlive: false, date: server.date))
        await linger()
    }

    private func write(_ bytes: [UInt8]) async throws {
        try await socket.within(limits.write, "writing a response") { try await socket.write(bytes) }
    }

    /// Reads on for a while without listening: closing over unread bytes would take the answer away from the client.
    private func linger() async {
        socket.finishWriting()
        try? await socket.within(limits.linger, "taking leave") {
            repeat { incoming.removeAll(keepingCapacity: true) } while try await socket.read(appendingTo: &incoming) > 0
        }
    }
}
