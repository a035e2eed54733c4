import Basics
import Glibc
import Synchronization
import Testing

@testable import Loop

@Suite struct BlockingQueueTests {
    private func isNewThread(_ admission: BlockingQueue.Admission) -> Bool {
        if case .onNewThread = admission { true } else { false }
    }

    @Test("A thread is made only for a call that no idle thread is there for, and never more than allowed")
    func threads() {
        var queue = BlockingQueue(threadMax: 2, waitingMax: 10)
        #expect(queue.add {} == .onNewThread(1))
        #expect(queue.add {} == .onNewThread(2))
        #expect(queue.add {} == .queued(3))
        // The first thread performs all three, and the fourth call finds the second one idle.
        for _ in 1...3 {
            guard case .perform? = queue.next() else {
                Issue.record("there was nothing to do")
                return
            }
            queue.finished()
        }
        if case .some = queue.next() { Issue.record("there is nothing left to do") }
        #expect(queue.add {} == .queued(4))
        #expect(queue.threads == 2)
    }

    @Test("A call too many is refused, and there is room again when one was taken back")
    func bound() {
        var queue = BlockingQueue(threadMax: 1, waitingMax: 2)
        #expect(queue.add {} == .onNewThread(1))
        #expect(queue.add {} == .queued(2))
        #expect(queue.add {} == .full)
        queue.forget(2)
        #expect(queue.add {} == .queued(3))
    }

    @Test("What waits when the pool ends is performed, then the threads end, and nothing more is taken")
    func end() {
        var queue = BlockingQueue(threadMax: 1, waitingMax: 2)
        #expect(isNewThread(queue.add {}))
        queue.end()
        #expect(queue.add {} == .ended)
        guard case .perform? = queue.next() else {
            Issue.record("the call was dropped")
            return
        }
        queue.finished()
        guard case .end? = queue.next() else {
            Issue.record("the thread goes on")
            return
        }
        #expect(queue.threads == 0)
    }
}

@Suite struct BlockingPoolTests {
    @Test("A result comes back on the caller's loop, from another thread")
    func result() async throws {
        try await EventLoop.onThread { loop in
            let wasOnLoop = try await loop.blocking { loop.isCurrent }
            #expect(!wasOnLoop)
            #expect(loop.isCurrent)
            await #expect(throws: ParlorError.self) {
                try await loop.blocking { throw ParlorError(.file, "the file is gone") }
            }
        }
    }

    @Test("The loop goes on while a call blocks")
    func loopGoesOn() async throws {
        try await EventLoop.onThread { loop in
            let gate = Gate()
            async let blocked: Void = loop.blocking { gate.wait() }
            // Only the loop opens the gate: if it were blocked, this would never end.
            try await loop.sleep(for: .milliseconds(1))
            gate.open()
            try await blocked
        }
    }

    @Test("More calls than threads are all performed, each once")
    func many() async throws {
        let pool = BlockingPool(name: "test", threadMax: 3)
        defer { pool.end() }
        try await EventLoop.onThread { loop in
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...500 { group.addTask { try await pool.run(on: loop) { number } } }
                return try await group.reduce(0, +)
            }
            #expect(sum == 500 * 501 / 2)
        }
    }

    @Test("Too much work is refused at once, in plain words")
    func full() async throws {
        let pool = BlockingPool(name: "small", threadMax: 1, waitingMax: 1)
        try await EventLoop.onThread { loop in
            let (begun, gate) = (LoopWait<Void>(), Gate())
            let running = pool.begin(on: loop) {
                loop.execute { begun.succeed() }
                gate.wait()
            }
            try await begun.value(on: loop)
            let waiting = pool.begin(on: loop) {}
            let error = await #expect(throws: ParlorError.self) { try await pool.run(on: loop) {} }
            #expect(error?.what == "too much work waits for the threads of the pool small")
            gate.open()
            try await running.value(on: loop)
            try await waiting.value(on: loop)
            pool.end()
            let ended = await #expect(throws: ParlorError.self) { try await pool.run(on: loop) {} }
            #expect(ended?.code == .cancelled)
        }
    }

    @Test("A cancelled caller is told at once: what has not begun never does, and what runs ends for nobody")
    func cancellation() async throws {
        let pool = BlockingPool(name: "test", threadMax: 1)
        defer { pool.end() }
        try await EventLoop.onThread { loop in
            let (begun, ended, gate) = (LoopWait<Void>(), LoopWait<Void>(), Gate())
            let running = Task(executorPreference: loop) {
                try await pool.run(on: loop) {
                    loop.execute { begun.succeed() }
                    gate.wait()
                    loop.execute { ended.succeed() }
                }
            }
            try await begun.value(on: loop)
            let hasRun = Mutex(false)
            let waiting = Task(executorPreference: loop) {
                try await pool.run(on: loop) { hasRun.withLock { $0 = true } }
            }
            await loop.settle()
            for task in [running, waiting] {
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            gate.open()
            try await ended.value(on: loop)
            // One thread performs in order, so the call that was taken back would have been before this one.
            try await pool.run(on: loop) {}
            #expect(hasRun.withLock { $0 } == false)
        }
    }
}

/// Holds threads back until it is opened.
private final class Gate: Sendable {
    private let monitor = ThreadMonitor(false)

    func wait() { monitor.wait { $0 ? () : nil } }

    func open() {
        monitor.withLock { $0 = true }
        monitor.wakeAll()
    }
}
