import Basics
import Loop

/// One connection of a server: reads a request, has it answered, and so on, in the order of their arrival.
///
/// Invariants: everything happens in one task, so a stream is never read or written twice at a time; one deadline is
/// moved from phase to phase (idle, head, body, write); nothing limits a handler but its client, which cancels it by
/// leaving.
///
/// On failure: bytes that are no request are answered with their status, a client that is too slow with 408, and the
/// connection ends; one that breaks, or is cut, ends without a word.
final class HTTPServerConnection: @unchecked Sendable {
    // Guard of @unchecked Sendable: made, and then used by its one task, on the server's loop only.
    let server: HTTPServer
    let limits: HTTPServerLimits
    private let id: Int
    let socket: Socket
    private(set) var stream: any ByteStream
    private(set) lazy var deadline = LoopDeadline(on: server.loop) { self.overdue() }
    var parser: HTTPRequestParser
    var incoming: [UInt8] = []
    var outgoing: [UInt8] = []
    /// Whether the client waits for a sign before it sends the body of the present request.
    var awaitsContinue = false
    var patience: HTTPPatience
    private var task: UnsafeCurrentTask?
    private var isAnswering = false
    private var hasClientLeft = false

    init(_ id: Int, _ socket: Socket, of server: HTTPServer) {
        self.id = id
        self.socket = socket
        self.server = server
        stream = socket
        limits = server.limits
        patience = HTTPPatience(limits.body, rate: limits.bodyRate.bytes)
        // A body is measured where it is read, because a route may allow more.
        var message = limits.message
        message.body = ByteCount(.max)
        parser = HTTPRequestParser(limits: message)
    }

    /// Serves until one side ends the connection.
    func serve() async {
        defer { close() }
        await withUnsafeCurrentTask { task in
            self.task = task
            defer { self.task = nil }
            do {
                try await secure()
                stream.onHangUp { self.clientLeft() }
                while try await serveNext() {}
            } catch {
                // The client has left, stayed idle for too long or was cut: there is nobody to tell.
            }
        }
    }

    func close() {
        deadline.close()
        stream.close()
    }

    private func secure() async throws {
        guard let secure = server.secure else { return }
        deadline.move(to: limits.head)
        stream = try await secure(socket)
        deadline.lift()
        server.secured(id, abort: stream.abort)
    }

    /// A phase took too long; what waits throws this.
    private func overdue() { stream.abort(ParlorError(.timeout, "the connection was too slow")) }

    /// The client will write nothing more, or is gone. Who only finished writing can still read what is answered.
    private func clientLeft() {
        hasClientLeft = true
        if isAnswering { task?.cancel() }
    }

    /// From here on the server's own end ends the response.
    func becomesOpenEnded() { server.isOpenEnded(id) { self.task?.cancel() } }

    /// That is over.
    func endsByItself() { server.endsByItself(id) }

    /// One request and its response; whether another may follow.
    private func serveNext() async throws -> Bool {
        guard try await requestBegins() else { return false }
        server.began(id)
        do {
            guard let (head, framing) = try await head() else { return server.finished(id) }
            let keepsAlive = try await respond(to: head, framing)
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
        // An idle connection holds no large buffers.
        if incoming.capacity > 32_768 { incoming = [] }
        if outgoing.capacity > 32_768 { outgoing = [] }
        deadline.move(to: limits.idle)
        defer { deadline.lift() }
        return try await receive(atMost: 16_384) > 0
    }

    /// The next head and the framing of its body; nil when what came was only the empty line that may stand before it.
    private func head() async throws -> (HTTPRequest, HTTPBodyFraming)? {
        if let head = try parsedHead() { return head }
        if parser.isBetweenRequests { return nil }
        deadline.move(to: limits.head)
        defer { deadline.lift() }
        while true {
            do {
                guard try await receive(atMost: 16_384) > 0 else { throw Self.endedEarly }
            } catch let error as ParlorError where error.code == .timeout {
                throw HTTPFault(
                    .requestTimeout, "the head of the request took longer than \(limits.head.brief)")
            }
            if let head = try parsedHead() { return head }
        }
    }

    private func parsedHead() throws -> (HTTPRequest, HTTPBodyFraming)? {
        switch parser.next() {
        case .head(let request, let framing): (request, framing)
        case .fault(let fault): throw fault
        case .needMore, .body, .end: nil
        }
    }

    /// Feeds the parser with what arrives next, and says how much that was; 0 when the client has finished.
    func receive(atMost limit: Int) async throws -> Int {
        incoming.removeAll(keepingCapacity: true)
        let count = try await stream.read(appendingTo: &incoming, atMost: limit)
        parser.feed(incoming)
        return count
    }

    static let endedEarly = HTTPFault.malformed("the connection ended within the request")

    // MARK: - Answering

    /// Has the request answered; whether the connection stays open.
    private func respond(to head: HTTPRequest, _ framing: HTTPBodyFraming) async throws -> Bool {
        var request = head
        let body = incomingBody(of: head, framing)
        request.incoming = body
        request.peer = socket.peer
        isAnswering = true
        if hasClientLeft { task?.cancel() }
        defer { isAnswering = false }
        let response = await server.handler(request)
        if let body {
            defer { body.close() }
            // A broken body is answered as such, whatever the handler made of it.
            if let fault = body.fault { throw fault }
            return try await send(response, to: head, body)
        }
        return try await send(response, to: head, nil)
    }
}
