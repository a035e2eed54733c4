/// Which connections a server has, and what becomes of them: the decisions, without the sockets.
///
/// Phases: serving; draining (nothing new is taken, idle connections are closed, busy ones end their request); drained
/// (draining, and empty). An id is never used twice.
struct HTTPConnectionBook {
    /// What to do with a connection that was just accepted.
    enum Admission: Equatable {
        /// Serve it.
        case serve(Int)
        /// Answer that there are too many, then close it.
        case refuse(Int)
        /// Close it.
        case drop

        /// The id of a connection that stays for a while.
        var id: Int? {
            switch self {
            case .serve(let id), .refuse(let id): id
            case .drop: nil
            }
        }
    }

    private enum Kind { case idle, busy, refused }

    private let limits: HTTPServerLimits
    private var connections: [Int: Kind] = [:]
    private var refusedCount = 0
    private var nextID = 0
    /// Whether nothing new is taken.
    private(set) var isDraining = false

    init(_ limits: HTTPServerLimits) { self.limits = limits }

    /// Whether the last connection of a draining server has gone.
    var isDrained: Bool { isDraining && connections.isEmpty }

    /// A connection was accepted.
    mutating func admit() -> Admission {
        guard !isDraining else { return .drop }
        let id = nextID
        if connections.count - refusedCount < limits.connections {
            connections[id] = .idle
        } else {
            guard refusedCount < limits.refusals else { return .drop }
            connections[id] = .refused
            refusedCount += 1
        }
        nextID += 1
        return connections[id] == .refused ? .refuse(id) : .serve(id)
    }

    /// The first byte of a request has arrived.
    mutating func began(_ id: Int) { connections[id] = .busy }

    /// The request is answered; says whether the connection may wait for another.
    mutating func finished(_ id: Int) -> Bool {
        connections[id] = .idle
        return !isDraining
    }

    /// The connection is closed.
    mutating func closed(_ id: Int) {
        if connections.removeValue(forKey: id) == .refused { refusedCount -= 1 }
    }

    /// Takes nothing new any more; gives back the connections to close now.
    mutating func drain() -> [Int] {
        isDraining = true
        return connections.filter { $0.value != .busy }.keys.sorted()
    }
}
