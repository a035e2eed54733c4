public import Loop

/// A proxy between a client and a server, on the client's loop, that breaks connections in the ways in which networks
/// do.
///
/// What is planned by place in the stream (`corrupt`, `cut(_:after:)`) is for connections made afterwards; everything
/// else is for those that exist.
public final class FaultProxy: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.

    private let loop: EventLoop
    private let target: SocketAddress
    private let listener: Listener
    private var pairs: [ProxiedPair] = []
    private var gate: LoopWait<Void>?
    private var firstRequest: (text: [UInt8], arrival: LoopWait<Void>)?
    private var unanswered: [UInt8]?
    private var plans: [ProxyDirection: FaultPlan] = [:]
    private var throttle: Throttle?
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
            let pair = ProxiedPair(client, server)
            pairs.append(pair)
            Task(executorPreference: loop) { await self.pump(pair, .toServer) }
            Task(executorPreference: loop) { await self.pump(pair, .toClient) }
        }
    }

    private func pump(_ pair: ProxiedPair, _ direction: ProxyDirection) async {
        let (source, target) = pair.ends(of: direction)
        var plan = plans[direction] ?? FaultPlan()
        do {
            var buffer: [UInt8] = []
            while try await source.read(appendingTo: &buffer) > 0 {
                if direction == .toClient, pair.losesAnswer { return end(pair) }
                await holdBack(buffer, direction)
                loseAnswer(buffer, direction, pair)
                let isCut = plan.apply(to: &buffer)
                try await pass(buffer, to: target)
                guard !isCut else { return end(pair) }
                buffer = []
            }
            target.finishWriting()
            pair.directionsEnded += 1
            if pair.directionsEnded == 2 { end(pair) }
        } catch {
            end(pair)
        }
    }

    private func end(_ pair: ProxiedPair) {
        pair.close()
        pairs.removeAll { $0 === pair }
    }

    /// Comes back when `bytes` may pass.
    private func holdBack(_ bytes: [UInt8], _ direction: ProxyDirection) async {
        if let gate { try? await gate.value(on: loop) }
        guard direction == .toServer, let wanted = firstRequest, bytes.contains(wanted.text) else { return }
        firstRequest = nil
        wanted.arrival.succeed()
        // What is on its way now gets no answer until the test says so.
        let gate = LoopWait<Void>()
        self.gate = gate
        try? await gate.value(on: loop)
    }

    /// Notes that the answer to what just came is to be lost.
    private func loseAnswer(_ bytes: [UInt8], _ direction: ProxyDirection, _ pair: ProxiedPair) {
        guard direction == .toServer, let text = unanswered, bytes.contains(text) else { return }
        unanswered = nil
        pair.losesAnswer = true
    }

    private func pass(_ bytes: [UInt8], to target: Socket) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try await throttle?.admit(rest.count, on: loop) ?? rest.count
            try await target.write(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
    }

    // MARK: - Faults by time

    /// Comes back when a client has sent `text`, which is held back with everything behind it.
    public func hold(at text: String) -> LoopWait<Void> {
        let arrival = LoopWait<Void>()
        firstRequest = (Array(text.utf8), arrival)
        return arrival
    }

    /// Lets a client send `text`, and cuts its connection when the server has answered: what was asked for is done, and
    /// nobody is told.
    public func loseAnswer(to text: String) { unanswered = Array(text.utf8) }

    /// Passes nothing on any more, in either direction, without closing anything.
    public func stall() { gate = gate ?? LoopWait() }

    /// Passes on what was held back, and everything from now on at full speed.
    public func release() {
        gate.take()?.succeed()
        throttle.take()?.open()
    }

    /// Passes on what arrives in pieces of at most `bytes`, one after each `tick`.
    public func slow(bytesPerTick bytes: Int) { throttle = Throttle(bytesPerTick: bytes, ticksByItself: false) }

    /// Lets a slow proxy pass one more piece on, now or as soon as there is one.
    public func tick() { throttle?.tick() }

    /// Passes on what arrives in pieces of at most `bytes`, each in a turn of the loop of its own.
    public func trickle(bytes: Int) { throttle = Throttle(bytesPerTick: bytes, ticksByItself: true) }

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

    // MARK: - Faults by place

    /// Turns the bits of one byte over, counted from the beginning of each later connection.
    public func corrupt(_ direction: ProxyDirection, at place: Int) {
        plans[direction, default: FaultPlan()].corruptedByte = place
    }

    /// Cuts each later connection when so many bytes have passed.
    public func cut(_ direction: ProxyDirection, after bytes: Int) {
        plans[direction, default: FaultPlan()].bytesBeforeCut = bytes
    }

    /// Accepts nothing any more, and cuts what there is.
    public func close() {
        listener.close()
        cut()
        throttle.take()?.open()
    }
}

/// One connection through a proxy.
private final class ProxiedPair: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    let client: Socket
    let server: Socket
    var directionsEnded = 0
    var losesAnswer = false

    init(_ client: Socket, _ server: Socket) {
        self.client = client
        self.server = server
    }

    func ends(of direction: ProxyDirection) -> (source: Socket, target: Socket) {
        direction == .toServer ? (client, server) : (server, client)
    }

    func close() {
        client.close()
        server.close()
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool { indices.contains { self[$0...].starts(with: part) } }
}
