public import Loop

/// A proxy between a client and a server, on the client's loop, that breaks connections in the ways in which networks
/// do.
public final class FaultProxy: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.

    /// One connection through it.
    private final class Pair: @unchecked Sendable {
        // Guard of @unchecked Sendable: loop only.
        let client: Socket
        let server: Socket

        init(_ client: Socket, _ server: Socket) {
            self.client = client
            self.server = server
        }

        func close() {
            client.close()
            server.close()
        }
    }

    private let loop: EventLoop
    private let target: SocketAddress
    private let listener: Listener
    private var pairs: [Pair] = []
    private var gate: LoopWait<Void>?
    private var firstRequest: (text: [UInt8], arrival: LoopWait<Void>)?
    /// Where clients connect.
    public let address: SocketAddress
    /// How many connections there have been.
    public private(set) var connectionCount = 0

    /// Listens on a port of its own.
    public init(to target: SocketAddress, on loop: EventLoop) throws {
        self.loop = loop
        self.target = target
        listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
        address = listener.address
        // Unstructured because it lasts until `close`, which ends what it waits for.
        Task(executorPreference: loop) { await self.accept() }
    }

    private func accept() async {
        while let client = try? await listener.accept() {
            connectionCount += 1
            guard let server = try? await Socket.connect(to: target, within: .seconds(60), on: loop) else {
                client.close()
                continue
            }
            let pair = Pair(client, server)
            pairs.append(pair)
            Task(executorPreference: loop) { await self.pump(pair, from: pair.client, to: pair.server) }
            Task(executorPreference: loop) { await self.pump(pair, from: pair.server, to: pair.client) }
        }
    }

    private func pump(_ pair: Pair, from source: Socket, to target: Socket) async {
        var buffer: [UInt8] = []
        while (try? await source.read(appendingTo: &buffer)) ?? 0 > 0 {
            if let gate { try? await gate.value(on: loop) }
            if source === pair.client, let wanted = firstRequest, Self.contains(buffer, wanted.text) {
                firstRequest = nil
                wanted.arrival.succeed()
                // What is on its way now gets no answer until the test says so.
                let gate = LoopWait<Void>()
                self.gate = gate
                try? await gate.value(on: loop)
            }
            guard (try? await target.write(buffer)) != nil else { break }
            buffer = []
        }
        pair.close()
        pairs.removeAll { $0 === pair }
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: part) }
    }

    /// Comes back when a client has sent `text`, which is held back with everything behind it.
    public func hold(at text: String) -> LoopWait<Void> {
        let arrival = LoopWait<Void>()
        firstRequest = (Array(text.utf8), arrival)
        return arrival
    }

    /// Passes nothing on any more, in either direction, without closing anything.
    public func stall() { gate = gate ?? LoopWait() }

    /// Passes on what was held back, and everything from now on.
    public func release() { gate.take()?.succeed() }

    /// Cuts every connection, as they are; new ones are accepted.
    public func cut() {
        for pair in pairs { pair.close() }
        gate.take()?.succeed()
    }

    /// Tells every client that nothing more comes, and goes on listening to them.
    public func halfClose() { for pair in pairs { pair.client.finishWriting() } }

    /// Says something to every client that no server would say.
    public func inject(_ bytes: [UInt8]) async throws {
        for pair in pairs { try await pair.client.write(bytes) }
    }

    /// Accepts nothing any more, and cuts what there is.
    public func close() {
        listener.close()
        cut()
    }
}
