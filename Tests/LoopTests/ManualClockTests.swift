import Basics
import Loop
import Synchronization
import Testing

@Suite struct ManualClockTests {
    private final class Journal: Sendable {
        private let list = Mutex<[String]>([])
        var entries: [String] { list.withLock { $0 } }
        func note(_ entry: String) { list.withLock { $0.append(entry) } }
    }

    @Test("Hours pass at once, and timers fire at their moments in their order")
    func order() async throws {
        let (clock, journal) = (ManualClock(), Journal())
        try await EventLoop.onThread(clock: .manual(clock)) { loop in
            let start = loop.now
            for (hours, name) in [(3, "c"), (1, "a"), (2, "b"), (1, "a too"), (5, "never")] {
                loop.schedule(after: .seconds(hours * 3600)) {
                    journal.note("\(name) at \((start.duration(to: loop.now)).components.seconds / 3600)")
                }
            }
            await clock.advance(by: .seconds(4 * 3600))
            #expect(journal.entries == ["a at 1", "a too at 1", "b at 2", "c at 3"])
            #expect(clock.untilNext == .seconds(3600))
            #expect(start.duration(to: loop.now) == .seconds(4 * 3600))
        }
    }

    @Test("What a timer sets off runs to its next wait before the clock goes on")
    func chain() async throws {
        let (clock, journal) = (ManualClock(), Journal())
        try await EventLoop.onThread(clock: .manual(clock)) { loop in
            let start = loop.now
            let work = Task(executorPreference: loop) {
                for _ in 1...3 {
                    try await loop.sleep(for: .seconds(10))
                    await Task.yield()
                    journal.note("\(start.duration(to: loop.now).components.seconds)")
                }
                try await loop.sleep(until: start.advanced(by: .seconds(31)))
                journal.note("\(start.duration(to: loop.now).components.seconds)")
            }
            await clock.advance(by: .seconds(30))
            #expect(journal.entries == ["10", "20", "30"])
            await clock.advance(by: .seconds(1))
            try await work.value
            #expect(journal.entries.last == "31")
        }
    }

    @Test("A cancelled timer is gone, and a cancelled pause ends without the clock")
    func cancelled() async throws {
        let clock = ManualClock()
        try await EventLoop.onThread(clock: .manual(clock)) { loop in
            loop.schedule(after: .seconds(1)) { Issue.record("it was cancelled") }.cancel()
            #expect(clock.pendingCount == 0)
            let pause = Task(executorPreference: loop) { try await loop.sleep(for: .seconds(3600)) }
            await clock.timersArePending()
            pause.cancel()
            await #expect(throws: CancellationError.self) { try await pause.value }
            #expect(clock.pendingCount == 0)
            await clock.advance(by: .seconds(3600))
        }
    }

    @Test("A socket's deadlines go by the clock")
    func deadline() async throws {
        let clock = ManualClock()
        try await EventLoop.onThread(clock: .manual(clock)) { loop in
            let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
            defer { listener.close() }
            let address = listener.address
            let reading = Task(executorPreference: loop) {
                let client = try await Socket.connect(to: address, within: .seconds(60), on: loop)
                defer { client.close() }
                try await client.within(.seconds(3600), "reading") {
                    var buffer: [UInt8] = []
                    _ = try await client.read(appendingTo: &buffer)
                }
            }
            let server = try await listener.accept()
            defer { server.close() }
            while clock.untilNext != .seconds(3600) { await Task.yield() }
            await clock.advance(by: .seconds(3600))
            let error = await #expect(throws: ParlorError.self) { try await reading.value }
            #expect(error?.what == "reading took longer than 1 h")
        }
    }

    @Test("One clock moves the timers of several loops")
    func severalLoops() async throws {
        let (clock, journal) = (ManualClock(), Journal())
        try await LoopGroup.run(count: 3, clock: .manual(clock)) { group in
            for (number, loop) in group.loops.enumerated() {
                loop.schedule(after: .seconds(3 - number)) {
                    journal.note("\(number)")
                    if !loop.isCurrent { Issue.record("a timer fired on another loop") }
                }
            }
            await clock.advance(by: .seconds(3))
        }
        #expect(journal.entries == ["2", "1", "0"])
    }
}
