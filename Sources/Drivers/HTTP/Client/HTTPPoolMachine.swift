/// Decides what a client does with its connections. It performs nothing and knows no clock: calls go in, actions come
/// out.
///
/// Invariants:
/// - There are never more connections to an origin than the limit, those being made included.
/// - A connection is lent to one request at a time; requests to one origin are served in the order in which they came.
/// - The connection that was used last is used first, so that the others can grow old and end.
/// - Every connection ends with `close`, exactly once, unless it could not be made.
struct HTTPPoolMachine<Origin: Hashable & Sendable>: Sendable {
    /// What is to be done.
    enum Action: Equatable, Sendable {
        /// Make a new connection for a request.
        case connect(Int, ticket: Int)
        /// Let a request have a connection that exists.
        case reuse(Int, ticket: Int)
        /// Tell a request that it gets none.
        case refuse(ticket: Int)
        /// Close a connection.
        case close(Int)
    }

    private struct Connection: Sendable {
        let origin: Origin
        /// Since when nobody uses it; nil while it is made or lent.
        var idleSince: Duration?
    }

    private let limits: HTTPConnectionLimits
    private var connections: [Int: Connection] = [:]
    private var counts: [Origin: Int] = [:]
    /// The idle ones, the one that was used last at the end.
    private var idle: [Int] = []
    private var waiting: [(ticket: Int, origin: Origin)] = []
    private var lastNumber = 0
    private var isStopped = false

    init(_ limits: HTTPConnectionLimits) { self.limits = limits }

    /// How many connections there are.
    var connectionCount: Int { connections.count }
    /// How many of them nobody uses.
    var idleCount: Int { idle.count }

    /// A request wants a connection; a `fresh` one when the last it had was closed by the other end.
    mutating func acquire(ticket: Int, origin: Origin, fresh: Bool = false, at now: Duration) -> [Action] {
        guard !isStopped else { return [.refuse(ticket: ticket)] }
        var actions = expire(at: now)
        let candidate = idle.last { connections[$0]?.origin == origin }
        if let candidate, !fresh {
            lend(candidate)
            return actions + [.reuse(candidate, ticket: ticket)]
        }
        if let candidate, counts[origin, default: 0] >= limits.perOriginMax { actions.append(end(candidate)) }
        if counts[origin, default: 0] < limits.perOriginMax { return actions + [connect(origin, ticket)] }
        guard waiting.count < limits.waitingMax else { return actions + [.refuse(ticket: ticket)] }
        waiting.append((ticket, origin))
        return actions
    }

    /// A request does not want one any more.
    mutating func giveUp(ticket: Int) { waiting.removeAll { $0.ticket == ticket } }

    /// A request gave its connection back.
    mutating func release(_ number: Int, isReusable: Bool, at now: Duration) -> [Action] {
        guard let origin = connections[number]?.origin else { return [] }
        guard isReusable, !isStopped else { return [end(number)] + serve(origin) }
        if let index = waiting.firstIndex(where: { $0.origin == origin }) {
            return [.reuse(number, ticket: waiting.remove(at: index).ticket)]
        }
        connections[number]?.idleSince = now
        idle.append(number)
        return idle.count > limits.idleMax ? [end(idle[0])] : []
    }

    /// A connection could not be made.
    mutating func failed(_ number: Int) -> [Action] {
        guard let origin = connections[number]?.origin else { return [] }
        _ = end(number)
        return serve(origin)
    }

    /// Closes what nobody has used for too long.
    mutating func expire(at now: Duration) -> [Action] {
        let old = idle.prefix { number in
            connections[number]?.idleSince.map { now - $0 >= limits.idleLimit } ?? true
        }
        return old.map { end($0) }
    }

    /// When `expire` has something to do; nil for never.
    var nextExpiry: Duration? {
        idle.first.flatMap { connections[$0]?.idleSince }.map { $0 + limits.idleLimit }
    }

    /// Lends nothing more, and closes what comes back.
    mutating func stop() -> [Action] {
        isStopped = true
        defer { waiting = [] }
        return idle.map { end($0) } + waiting.map { .refuse(ticket: $0.ticket) }
    }

    private mutating func lend(_ number: Int) {
        idle.removeAll { $0 == number }
        connections[number]?.idleSince = nil
    }

    private mutating func connect(_ origin: Origin, _ ticket: Int) -> Action {
        lastNumber += 1
        connections[lastNumber] = Connection(origin: origin)
        counts[origin, default: 0] += 1
        return .connect(lastNumber, ticket: ticket)
    }

    private mutating func end(_ number: Int) -> Action {
        if let origin = connections.removeValue(forKey: number)?.origin {
            counts[origin, default: 1] -= 1
            if counts[origin] == 0 { counts[origin] = nil }
        }
        idle.removeAll { $0 == number }
        return .close(number)
    }

    /// There is room for one more connection to `origin`.
    private mutating func serve(_ origin: Origin) -> [Action] {
        guard !isStopped, let index = waiting.firstIndex(where: { $0.origin == origin }) else { return [] }
        return [connect(origin, waiting.remove(at: index).ticket)]
    }
}
