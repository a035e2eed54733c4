import Synchronization

/// A value that several tasks share.
final class Box<Value: Sendable>: Sendable {
    private let content: Mutex<Value>

    init(_ value: Value) { content = Mutex(value) }

    var value: Value {
        get { content.withLock { $0 } }
        set { content.withLock { $0 = newValue } }
    }
}

/// Holds back whoever arrives until a number of them have.
final class Gate: Sendable {
    private let number: Int
    private let waiting = Mutex<(count: Int, arrived: [CheckedContinuation<Void, Never>])>((0, []))

    init(opensAt number: Int) { self.number = number }

    /// Comes back when enough have arrived.
    func arrive() async {
        await withCheckedContinuation { continuation in
            let released = waiting.withLock { waiting in
                waiting.count += 1
                waiting.arrived.append(continuation)
                defer { if waiting.count >= number { waiting.arrived = [] } }
                return waiting.count >= number ? waiting.arrived : []
            }
            for continuation in released { continuation.resume() }
        }
    }
}

/// Lets everybody through once it is open.
final class Door: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func open() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for one in waiting { one.resume() }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

/// Comes back when the task is cancelled.
func cancellation() async {
    for await _ in AsyncStream<Never>.makeStream().stream {}
}
