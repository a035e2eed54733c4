import Basics
import Glibc

/// A thread that runs one closure.
final class LoopThread: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func start() {
        var thread = pthread_t()
        let me = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(&thread, nil, { Owner<LoopThread>.object($0)?.main() }, me)
        precondition(status == 0, "the system refuses another thread: \(errnoMeaning(status))")
        pthread_detach(thread)
    }

    private func main() -> UnsafeMutableRawPointer? {
        body()
        Unmanaged.passUnretained(self).release()
        return nil
    }
}
