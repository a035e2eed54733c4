import Basics
import Loop
import Synchronization
import Testing

@Suite struct LoopDeadlineTests {
    @Test("A deadline passes once it is over, however often it was moved before, and can be set again")
    func moved() async throws {
        try await EventLoop.onThread { loop in
            for limits in [[1], [3600_000, 1], [1, 3600_000, 2], [1, 20], [5, 1, 5]] {
                let passed = LoopWait<ContinuousClock.Instant>()
                let deadline = LoopDeadline(on: loop) { passed.succeed(.now) }
                let start = ContinuousClock.now
                for limit in limits { deadline.move(to: .milliseconds(limit)) }
                let end = try await passed.value(on: loop)
                #expect(end - start >= .milliseconds(limits.last ?? 0))
                deadline.close()
            }
        }
    }

    @Test("A deadline that was lifted or closed does not pass")
    func lifted() async throws {
        try await EventLoop.onThread { loop in
            let count = Mutex(0)
            for ends in [{ $0.lift() }, { $0.close() }] as [(LoopDeadline) -> Void] {
                let deadline = LoopDeadline(on: loop) { count.withLock { $0 += 1 } }
                deadline.move(to: .milliseconds(1))
                ends(deadline)
                // Timers of one loop fire in their order, so this one comes after the other would have.
                try await loop.sleep(for: .milliseconds(5))
                deadline.close()
            }
            #expect(count.withLock { $0 } == 0)
        }
    }

    @Test("A deadline that passed can be set again")
    func again() async throws {
        try await EventLoop.onThread { loop in
            let passed = Mutex(LoopWait<Void>())
            let deadline = LoopDeadline(on: loop) { passed.withLock { $0.succeed() } }
            for _ in 0..<3 {
                let wait = LoopWait<Void>()
                passed.withLock { $0 = wait }
                deadline.move(to: .milliseconds(1))
                try await wait.value(on: loop)
            }
            deadline.close()
        }
    }
}

@Suite struct HangUpTests {
    @Test(
        "It is told once when the other end finishes writing or is gone, though nobody reads", arguments: [true, false])
    func told(closes: Bool) async throws {
        for address in [
            SocketAddress.tcp(host: "127.0.0.1", port: 0), .path("/tmp/parlor-\(RandomIdentifier.hex(bytes: 8))"),
        ] {
            try await EventLoop.onThread { loop in
                let listener = try Listener(at: address, on: loop)
                defer { listener.close() }
                let near = try await Socket.connect(to: listener.address, within: .seconds(10), on: loop)
                let far = try await listener.accept()
                let told = LoopWait<Void>()
                far.onHangUp { told.succeed() }
                try await near.write([1, 2])
                if closes { near.close() } else { near.finishWriting() }
                try await told.value(on: loop)
                var bytes: [UInt8] = []
                #expect(try await far.read(appendingTo: &bytes) == 2)
                #expect(try await far.read(appendingTo: &bytes) == 0)
                near.close()
                far.close()
            }
        }
    }
}
