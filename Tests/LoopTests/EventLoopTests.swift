import Basics
import Glibc
import Loop
import Synchronization
import Testing

@Suite struct EventLoopTests {
    @Test("A task, its children and what they call stay on the loop's thread without a hop")
    func staysOnLoop() async throws {
        try await EventLoop.onThread { loop in
            let before = loop.hops
            @Sendable func deeper() async -> Bool {
                await Task.yield()
                return loop.isCurrent
            }
            for _ in 0..<100 { #expect(await deeper()) }
            async let child = deeper()
            #expect(await child)
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 { group.addTask { await deeper() } }
                for await isCurrent in group { #expect(isCurrent) }
            }
            try await loop.sleep(for: .milliseconds(1))
            #expect(loop.isCurrent)
            #expect(loop.hops == before)
        }
    }

    @Test("An actor pinned to the loop runs on its thread, whoever calls it")
    func pinnedActor() async throws {
        actor Pinned {
            let loop: EventLoop
            nonisolated var unownedExecutor: UnownedSerialExecutor { loop.serialExecutor.asUnownedSerialExecutor() }
            init(_ loop: EventLoop) { self.loop = loop }
            func isOnLoop() -> Bool { loop.isCurrent }
        }
        try await EventLoop.onThread { loop in
            let pinned = Pinned(loop)
            #expect(await pinned.isOnLoop())
            let fromElsewhere = await Task.detached { await pinned.isOnLoop() }.value
            #expect(fromElsewhere)
        }
    }

    @Test("Jobs from many threads all arrive")
    func manyThreads() async throws {
        let total = Recorder()
        try await EventLoop.onThread { loop in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        await Task.detached { loop.execute { total.append(1) } }.value
                    }
                }
            }
            await Task.yield()
        }
        #expect(total.numbers.count == 200)
    }

    @Test("An error that ends the body comes out of run")
    func errorComesOut() async {
        await #expect(throws: ParlorError.self) {
            try await EventLoop.onThread { _ in throw ParlorError(.timeout, "too late") }
        }
    }

    @Test("Timers fire in the order of their times, and a cancelled one does not")
    func timers() async throws {
        let order = Recorder()
        try await EventLoop.onThread { loop in
            let last = LoopWait<Void>()
            loop.schedule(after: .milliseconds(20)) {
                order.append(3)
                last.succeed()
            }
            loop.schedule(after: .milliseconds(1)) { order.append(1) }
            loop.schedule(after: .milliseconds(10)) { order.append(2) }
            let cancelled = loop.schedule(after: .milliseconds(5)) { order.append(9) }
            cancelled.cancel()
            cancelled.cancel()
            try await last.value(on: loop)
        }
        #expect(order.numbers == [1, 2, 3])
    }

    @Test("A cancelled task leaves its pause at once")
    func cancelledPause() async throws {
        try await EventLoop.onThread { loop in
            let pause = Task { try await loop.sleep(for: .seconds(3600)) }
            pause.cancel()
            await #expect(throws: CancellationError.self) { try await pause.value }
        }
    }

    @Test("A signal arrives as a value and does not end the process")
    func signals() async throws {
        try await EventLoop.onThread { loop in
            var arrived = loop.signals(SIGUSR2).makeAsyncIterator()
            loop.execute { kill(getpid(), SIGUSR2) }
            #expect(await arrived.next() == SIGUSR2)
        }
    }
}

/// Numbers in the order in which they came, from any thread.
private final class Recorder: Sendable {
    private let list = Mutex<[Int]>([])
    var numbers: [Int] { list.withLock { $0 } }
    func append(_ number: Int) { list.withLock { $0.append(number) } }
}
