import Basics
import Glibc

/// A thread that does one thing and ends.
struct OwnThread: Sendable {
    private let thread: pthread_t

    init(_ work: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().perform()
                return nil
            }, Unmanaged.passRetained(Work(perform: work)).toOpaque())
        precondition(status == 0, "the system refuses another thread: \(errnoMeaning(status))")
        self.thread = thread
    }

    /// Waits until it has ended. Either this or `detach` must be called, once.
    func join() { pthread_join(thread, nil) }

    /// Leaves it alone.
    func detach() { pthread_detach(thread) }

    private final class Work: Sendable {
        let perform: @Sendable () -> Void

        init(perform: @escaping @Sendable () -> Void) { self.perform = perform }
    }
}
