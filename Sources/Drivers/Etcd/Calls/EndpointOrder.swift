import Synchronization

/// In which order the members are asked: who answered last comes first, who failed comes last.
struct EndpointOrder: Equatable {
    private(set) var order: [Int]

    init(count: Int) { order = Array(0..<count) }

    /// A member failed to answer. One that others overtook meanwhile stays where it is.
    mutating func failed(_ endpoint: Int) {
        guard order.first == endpoint else { return }
        order.removeFirst()
        order.append(endpoint)
    }

    /// A member answered, after those before it had failed.
    mutating func answered(_ endpoint: Int) {
        guard order.first != endpoint, let place = order.firstIndex(of: endpoint) else { return }
        order = Array(order[place...] + order[..<place])
    }
}

/// The order that all calls of one client share.
final class EndpointBook: Sendable {
    private let state: Mutex<EndpointOrder>

    init(count: Int) { state = Mutex(EndpointOrder(count: count)) }

    var order: [Int] { state.withLock { $0.order } }

    func failed(_ endpoint: Int) { state.withLock { $0.failed(endpoint) } }

    func answered(_ endpoint: Int) { state.withLock { $0.answered(endpoint) } }
}
