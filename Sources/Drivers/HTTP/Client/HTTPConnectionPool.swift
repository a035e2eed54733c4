import Basics
import Loop

/// The connections of one client.
///
/// `HTTPPoolMachine` decides; this performs. Whoever wants a connection makes it in its own task, so its deadline and
/// its cancellation hold for connecting too.
final class HTTPConnectionPool: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only; `deinit` goes through the loop.
    private enum Grant: Sendable {
        case connect(Int)
        case reuse(Int)
        case refused
    }

    let loop: EventLoop
    private var isStopped = false
    private let options: HTTPClientOptions
    private let start = ContinuousClock.now
    private var machine: HTTPPoolMachine<HTTPEndpoint>
    private var connections: [Int: HTTPClientConnection] = [:]
    private var grants: [Int: Grant] = [:]
    private var waiting: [Int: LoopWait<Void>] = [:]
    private var lastTicket = 0
    private var timer: LoopTimer?
    private var budget = HTTPRetryBudget()
    private var generator: SeededRandom

    init(_ options: HTTPClientOptions, on loop: EventLoop) {
        self.options = options
        self.loop = loop
        machine = HTTPPoolMachine(options.connections)
        generator = SeededRandom(seed: options.seed ?? .random(in: 0 ... .max))
    }

    deinit {
        timer?.cancel()
        let left = Array(connections.values)
        guard !left.isEmpty else { return }
        loop.execute { for connection in left { connection.close() } }
    }

    /// How many connections there are, and how many of them nobody uses.
    var counts: (all: Int, idle: Int) { (machine.connectionCount, machine.idleCount) }

    /// Decides about another attempt.
    func pause(
        _ retries: inout HTTPRetries, after outcome: HTTPRetries.Outcome, remaining: Duration
    ) -> Duration? {
        retries.pause(after: outcome, remaining: remaining, budget: &budget, using: &generator)
    }

    /// A request begins.
    func noteRequest() { budget.deposit() }

    // MARK: - Lending

    /// A connection to `endpoint`, within `limit`.
    func acquire(_ endpoint: HTTPEndpoint, fresh: Bool, within limit: Duration) async throws -> HTTPClientConnection {
        let deadline = ContinuousClock.now + limit
        while true {
            switch try await grant(endpoint, fresh: fresh, within: deadline - .now) {
            case .refused:
                let why = isStopped ? "this client was closed" : "too many requests wait for a connection"
                throw ParlorError(.connection, "\(endpoint) cannot be asked now", why: why)
            case .connect(let number): return try await connect(number, to: endpoint, within: deadline - .now)
            case .reuse(let number):
                if let connection = connections[number], connection.isQuiet { return connection }
                // The server has closed it, or said what nobody asked for.
                perform(machine.release(number, isReusable: false, at: now))
            }
        }
    }

    /// Takes a connection back.
    func release(_ connection: HTTPClientConnection) {
        perform(machine.release(connection.number, isReusable: connection.isReusable, at: now))
    }

    /// Closes what is idle, and refuses everything from now on.
    func stop() {
        isStopped = true
        perform(machine.stop())
    }

    private func grant(_ endpoint: HTTPEndpoint, fresh: Bool, within limit: Duration) async throws -> Grant {
        lastTicket += 1
        let ticket = lastTicket
        perform(machine.acquire(ticket: ticket, origin: endpoint, fresh: fresh, at: now))
        if let grant = grants.removeValue(forKey: ticket) { return grant }
        let wait = LoopWait<Void>()
        waiting[ticket] = wait
        let timer = loop.schedule(after: limit) {
            wait.fail(ParlorError(.timeout, "no connection to \(endpoint) was free within \(limit.brief)"))
        }
        defer { timer.cancel() }
        do {
            try await wait.value(on: loop)
        } catch {
            withdraw(ticket)
            throw error
        }
        return grants.removeValue(forKey: ticket) ?? .refused
    }

    /// A request gives up; what it was granted meanwhile goes to the next one.
    private func withdraw(_ ticket: Int) {
        waiting[ticket] = nil
        switch grants.removeValue(forKey: ticket) {
        case .connect(let number): perform(machine.failed(number))
        case .reuse(let number): perform(machine.release(number, isReusable: true, at: now))
        case .refused: break
        case nil: machine.giveUp(ticket: ticket)
        }
    }

    // MARK: - Connecting

    private func connect(
        _ number: Int, to endpoint: HTTPEndpoint, within limit: Duration
    ) async throws -> HTTPClientConnection {
        do {
            let connection = try await open(number, endpoint, within: limit)
            connections[number] = connection
            return connection
        } catch {
            perform(machine.failed(number))
            throw error
        }
    }

    private func addresses(of origin: HTTPOrigin, within limit: Duration) async throws -> [SocketAddress] {
        guard let resolve = options.resolve else {
            return try await loop.resolve(origin.host, port: origin.port, within: limit)
        }
        let found = LoopWait<[SocketAddress]>()
        // Unstructured because the caller's look-up may never end, and is not waited for longer than the limit.
        let search = Task(executorPreference: loop) {
            do { found.succeed(try await resolve(origin.host, origin.port)) } catch { found.fail(error) }
        }
        let timer = loop.schedule(after: limit) {
            found.fail(ParlorError(.timeout, "looking up \(origin) took longer than \(limit.brief)"))
        }
        defer {
            timer.cancel()
            search.cancel()
        }
        return try await found.value(on: loop)
    }

    private func open(
        _ number: Int, _ endpoint: HTTPEndpoint, within limit: Duration
    ) async throws -> HTTPClientConnection {
        let deadline = ContinuousClock.now + limit
        switch endpoint {
        case .address(let address):
            let socket = try await Socket.connect(to: address, within: min(options.connectLimit, limit), on: loop)
            return HTTPClientConnection(number, socket, socket, stallLimit: options.stallLimit, on: loop)
        case .origin(let origin):
            let addresses = try await addresses(of: origin, within: min(options.connectLimit, limit))
            var failure: (any Error)?
            for (place, address) in addresses.enumerated() where deadline > .now {
                // One that never answers must not use up the time of the others.
                let share = (deadline - .now) / (addresses.count - place)
                do {
                    return try await open(number, origin, at: address, within: share)
                } catch let error as ParlorError where error.code == .connection || error.code == .timeout {
                    failure = error
                }
            }
            throw failure ?? ParlorError(.connection, "no connection to \(origin)", why: "it has no address")
        }
    }

    private func open(
        _ number: Int, _ origin: HTTPOrigin, at address: SocketAddress, within limit: Duration
    ) async throws -> HTTPClientConnection {
        let deadline = ContinuousClock.now + min(options.connectLimit, limit)
        let socket = try await Socket.connect(to: address, within: deadline - .now, on: loop)
        guard origin.scheme == .https else {
            return HTTPClientConnection(number, socket, socket, stallLimit: options.stallLimit, on: loop)
        }
        guard let secure = options.secure else {
            socket.close()
            throw ParlorError(.connection, "no connection to \(origin)", why: "this client knows no encryption")
        }
        do {
            let stream = try await socket.within(max(.zero, deadline - .now), "encryption to \(origin)") {
                try await secure(socket, origin.host)
            }
            return HTTPClientConnection(number, socket, stream, stallLimit: options.stallLimit, on: loop)
        } catch {
            socket.close()
            throw error
        }
    }

    // MARK: - Machine

    private var now: Duration { .now - start }

    private func perform(_ actions: [HTTPPoolMachine<HTTPEndpoint>.Action]) {
        for action in actions {
            switch action {
            case .connect(let number, let ticket): answer(ticket, .connect(number))
            case .reuse(let number, let ticket): answer(ticket, .reuse(number))
            case .refuse(let ticket): answer(ticket, .refused)
            case .close(let number): connections.removeValue(forKey: number)?.close()
            }
        }
        guard timer == nil, let expiry = machine.nextExpiry else { return }
        timer = loop.schedule(after: max(.zero, expiry - now)) { [weak self] in self?.expire() }
    }

    private func expire() {
        timer = nil
        perform(machine.expire(at: now))
    }

    private func answer(_ ticket: Int, _ grant: Grant) {
        grants[ticket] = grant
        waiting.removeValue(forKey: ticket)?.succeed()
    }
}
