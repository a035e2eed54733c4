/// The calls that wait for the threads of a pool, and who is there to perform them. Decides only.
struct BlockingQueue {
    /// What a thread does next.
    enum Next {
        case perform(@Sendable () -> Void)
        case end
    }

    /// What became of a call that somebody wants performed.
    enum Admission: Equatable {
        /// It waits under this number, and a thread has to be made for it.
        case onNewThread(Int)
        /// It waits under this number for a thread that there is.
        case queued(Int)
        /// Too many wait already.
        case full
        /// The pool takes no more.
        case ended
    }

    let threadMax: Int
    let waitingMax: Int
    private var waiting: [(number: Int, work: @Sendable () -> Void)] = []
    private var lastNumber = 0
    private(set) var threads = 0
    private var idle = 0
    private var hasEnded = false

    init(threadMax: Int, waitingMax: Int) {
        self.threadMax = max(1, threadMax)
        self.waitingMax = max(1, waitingMax)
    }

    mutating func add(_ work: @escaping @Sendable () -> Void) -> Admission {
        if hasEnded { return .ended }
        guard waiting.count < waitingMax else { return .full }
        lastNumber += 1
        waiting.append((lastNumber, work))
        guard waiting.count > idle, threads < threadMax else { return .queued(lastNumber) }
        threads += 1
        // It counts as idle until it takes its first call, so that the next call does not rely on it as well.
        idle += 1
        return .onNewThread(lastNumber)
    }

    /// Takes a call back that has not begun.
    mutating func forget(_ number: Int) { waiting.removeAll { $0.number == number } }

    /// What an idle thread does now; nil to wait.
    mutating func next() -> Next? {
        guard waiting.isEmpty else {
            idle -= 1
            return .perform(waiting.removeFirst().work)
        }
        guard hasEnded else { return nil }
        idle -= 1
        threads -= 1
        return .end
    }

    /// A thread has performed its call.
    mutating func finished() { idle += 1 }

    /// Takes no more calls; those that wait are still performed.
    mutating func end() { hasEnded = true }
}
