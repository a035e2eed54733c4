import Basics
import Loop

/// What goes out: whole responses in one write, streamed ones piece by piece.
extension HTTPServerConnection {
    /// The most that is written within one limit of time.
    private static let sliceSize = 256 << 10
    /// Bodies up to this size travel in one write with their head.
    private static let jointSize = 64 << 10

    /// Sends a response, and reads over what nobody read of the request; whether the connection stays open.
    func send(_ response: HTTPResponse, to request: HTTPRequest, _ body: HTTPIncomingBody?) async throws -> Bool {
        if let upgrade = response.upgrade { return try await change(response, to: upgrade) }
        let framing = HTTPResponseFraming(response, version: request.version)
        let wantsClose =
            response.headers.has("Connection") && response.headers.tokens(of: "Connection").contains("close")
        let keepsAlive =
            request.keepsAlive && !wantsClose && framing != .untilClose && !server.isDraining && canPass(body)
        let head = HTTPResponseHead(
            status: response.status, headers: response.headers, framing: framing, version: request.version,
            keepsAlive: keepsAlive)
        if let outgoing = response.outgoing, framing != .none, request.method != .head {
            try await stream(outgoing, after: head)
        } else {
            let hasBody = framing != .none && request.method != .head
            try await send(head, hasBody ? response.body : [])
        }
        if keepsAlive, await pass(body) { return true }
        if request.keepsAlive || parser.hasUnreadBytes || !(body?.isEnded ?? true) { await linger() }
        return false
    }

    /// Says why there is no better answer; the connection ends after it.
    func answer(_ fault: HTTPFault) async throws { try await answer(HTTPProblem(fault.status, fault.reason)) }

    /// The same for a problem.
    func answer(_ problem: HTTPProblem) async throws {
        let response = problem.response
        let framing = HTTPResponseFraming(response, version: .http11)
        try await send(
            HTTPResponseHead(
                status: response.status, headers: response.headers, framing: framing, version: .http11,
                keepsAlive: false), response.body)
        await linger()
    }

    private func send(_ head: HTTPResponseHead, _ body: [UInt8]) async throws {
        outgoing.removeAll(keepingCapacity: true)
        guard head.append(to: &outgoing, dateLine: server.dateLine) else {
            return try await sendBroken(version: head.version, keepsAlive: head.keepsAlive, hasBody: !body.isEmpty)
        }
        guard body.count > Self.jointSize else {
            outgoing += body
            return try await write(outgoing)
        }
        try await write(outgoing)
        try await writeSlices(of: body)
    }

    /// What is sent in place of a response that cannot be.
    private func sendBroken(version: HTTPVersion, keepsAlive: Bool, hasBody: Bool) async throws {
        let response = HTTPResponse.problem(.internalServerError)
        let head = HTTPResponseHead(
            status: response.status, headers: response.headers, framing: .length(response.body.count),
            version: version, keepsAlive: keepsAlive)
        outgoing.removeAll(keepingCapacity: true)
        _ = head.append(to: &outgoing, dateLine: server.dateLine)
        if hasBody { outgoing += response.body }
        try await write(outgoing)
    }

    // MARK: - Streaming

    private func stream(_ body: HTTPOutgoingBody, after head: HTTPResponseHead) async throws {
        var bytes: [UInt8] = []
        guard head.append(to: &bytes, dateLine: server.dateLine) else {
            return try await sendBroken(version: head.version, keepsAlive: head.keepsAlive, hasBody: true)
        }
        if body.isOpenEnded { becomesOpenEnded() }
        defer { if body.isOpenEnded { endsByItself() } }
        let transfer = HTTPBodyTransfer(over: self, head: bytes, framing: head.framing)
        do {
            try await body.write { try await transfer.send($0) }
            try await transfer.finish()
        } catch {
            // Once the head is out, an end that is no end is all that tells the client.
            guard !transfer.hasBegun else { throw HTTPClientGone(cause: error) }
            if error is HTTPFault || error is HTTPClientGone { throw error }
            try await sendBroken(version: head.version, keepsAlive: head.keepsAlive, hasBody: true)
        }
    }

    // MARK: - Changing the protocol

    private func change(_ response: HTTPResponse, to upgrade: HTTPUpgrade) async throws -> Bool {
        let head = HTTPResponseHead(
            status: response.status, headers: response.headers, framing: .upgrade, version: .http11, keepsAlive: true)
        try await send(head, [])
        becomesOpenEnded()
        // Who made the protocol has heard of what went wrong in it.
        try? await upgrade.speak(stream, parser.takeUnreadBytes(), server.loop)
        return false
    }

    // MARK: - Bytes

    /// Writes more than a little, with the limit of time for each slice.
    func writeSlices(of bytes: [UInt8]) async throws {
        guard bytes.count > Self.sliceSize else { return try await write(bytes) }
        for start in stride(from: 0, to: bytes.count, by: Self.sliceSize) {
            try await write(Array(bytes[start..<min(bytes.count, start + Self.sliceSize)]))
        }
    }

    /// Writes all of it within the limit.
    func write(_ bytes: [UInt8]) async throws {
        deadline.move(to: limits.write)
        defer { deadline.lift() }
        guard Task.isCancelled else { return try await stream.write(bytes) }
        // Unstructured because this task is cancelled, which would end its waiting too: a client that has only finished
        // writing still reads, and one that is gone ends this by itself.
        try await Task(executorPreference: server.loop) { try await self.stream.write(bytes) }.value
    }

    /// Reads on for a while without listening: closing over unread bytes would take the answer away from the client.
    private func linger() async {
        stream.finishWriting()
        deadline.move(to: limits.linger)
        defer { deadline.lift() }
        do {
            repeat { incoming.removeAll(keepingCapacity: true) } while try await stream.read(appendingTo: &incoming) > 0
        } catch {
            // Its time is over, or the client is gone: either way the leave is taken.
        }
    }
}
