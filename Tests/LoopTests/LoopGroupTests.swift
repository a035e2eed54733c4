import Basics
import Loop
import Synchronization
import Testing

@Suite struct LoopGroupTests {
    @Test("The body runs on every loop at once, and each has a thread of its own")
    func eachLoop() async throws {
        try await LoopGroup.run(count: 3) { group in
            let met = Mutex(0)
            let all = LoopWait<Void>()
            let first = group.loops[0]
            try await group.onEach { loop in
                #expect(group.loops.filter(\.isCurrent).count == 1)
                #expect(loop.isCurrent)
                // Nobody goes on before everybody is here, so they do run at the same time.
                if met.withLock({ count in
                    count += 1; return count
                }) == 3 {
                    first.execute { all.succeed() }
                }
                try await all.value(on: first)
                #expect(loop.isCurrent)
            }
            #expect(first.isCurrent)
        }
    }

    @Test("When the body fails on one loop, it is cancelled on the others")
    func failure() async throws {
        let cancelled = Mutex(0)
        let error = await #expect(throws: ParlorError.self) {
            try await LoopGroup.run(count: 3) { group in
                try await group.onEach { loop in
                    guard loop !== group.loops[1] else { throw ParlorError(.timeout, "enough") }
                    do { try await loop.sleep(for: .seconds(3600)) } catch { cancelled.withLock { $0 += 1 } }
                }
            }
        }
        #expect(error?.what == "enough")
        #expect(cancelled.withLock { $0 } == 2)
    }

    @Test("Listeners of several loops share a port, every visitor is answered, and an end ends them all")
    func sharedPort() async throws {
        try await LoopGroup.run(count: 2) { group in
            let first = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: group.first)
            let address = first.address
            let ready = LoopWait<Void>()
            let served = Mutex([0, 0])
            let serving = Task(executorPreference: group.loops[0]) {
                try await group.onEach { loop in
                    let number = loop === group.loops[0] ? 0 : 1
                    let listener = try Listener(joining: address, on: loop)
                    if number == 1 { group.loops[0].execute { ready.succeed() } }
                    defer { listener.close() }
                    while true {
                        let visitor = try await listener.accept()
                        try await visitor.write([UInt8(number)])
                        visitor.close()
                    }
                }
            }
            try await ready.value(on: group.loops[0])
            first.close()
            for _ in 0..<64 {
                let client = try await Socket.connect(to: address, within: .seconds(10), on: group.loops[0])
                var answer: [UInt8] = []
                // A visitor of the listener that has just closed was turned away.
                guard (try? await client.read(appendingTo: &answer)) == 1 else { continue }
                served.withLock { $0[Int(answer[0])] += 1 }
                client.close()
            }
            let counts = served.withLock { $0 }
            #expect(counts.allSatisfy { $0 > 0 }, "\(counts)")
            serving.cancel()
            await #expect(throws: CancellationError.self) { try await serving.value }
        }
    }

    @Test("A port that a group shares is taken for everybody else, and a path is nobody's to share")
    func takenPort() async throws {
        try await EventLoop.onThread { loop in
            let first = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
            let second = try Listener(joining: first.address, on: loop)
            defer {
                first.close()
                second.close()
            }
            #expect(second.address == first.address)
            let taken = #expect(throws: ParlorError.self) { try Listener(at: first.address, on: loop) }
            #expect(taken?.code == .portTaken)
            #expect(throws: ParlorError.self) { try Listener(joining: .path("/tmp/parlor-shared"), on: loop) }
        }
    }
}
