import Glibc
import Synchronization

/// What the end of the process undoes, the last first; `atexit` takes no captures.
private let actions = Mutex<[@Sendable () -> Void]>([])

private let isRegistered: Void = {
    atexit { for action in actions.withLock({ $0.reversed() }) { action() } }
}()

/// Performs `action` when the process ends by itself.
func atEndOfProcess(_ action: @escaping @Sendable () -> Void) {
    _ = isRegistered
    actions.withLock { $0.append(action) }
}
