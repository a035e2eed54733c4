import Basics
import Loop
import LoopTestSupport
import Redis
import RedisTestSupport
import Testing

@Suite struct FaultTests {
    /// A connection through a proxy, with a command that has reached the proxy and no further.
    private func withHeldCommand(
        _ command: RedisCommand, _ change: @escaping @Sendable (inout RedisOptions) -> Void = { _ in },
        _ body:
            @escaping @Sendable (FaultProxy, RedisConnection, Task<RedisValue, any Error>, EventLoop) async throws ->
            Void
    ) async throws {
        try await withRedisProxy { proxy, options, loop in
            var options = options
            change(&options)
            let connection = try await RedisConnection.connect(options, on: loop)
            defer { connection.closeNow() }
            let arrived = proxy.hold(at: command.name)
            let running = Task(executorPreference: loop) { try await connection.send(command) }
            try await arrived.value(on: loop)
            try await body(proxy, connection, running, loop)
        }
    }

    @Test("A connection that is cut under a command says that nobody knows its outcome, and is made anew")
    func cut() async throws {
        try await withHeldCommand(.increment("n")) { proxy, connection, running, _ in
            proxy.cut()
            let error = await #expect(throws: RedisError.self) { try await running.value }
            #expect(error?.kind == .outcomeUnknown && error?.mayHaveRun == true && error?.isTransient == false)
            #expect(
                error?.description.hasPrefix(
                    "nobody knows whether INCRBY took effect: the connection to Redis at \(proxy.address) broke")
                    == true)
            #expect(error?.explained.hint == "Look whether it did before you repeat it.")
            // It was not sent a second time behind anybody's back, and the connection is there again.
            let number = try await connection.send(.get("n"))
            #expect(number.isNull)
            #expect(proxy.connectionCount == 2)
        }
    }

    @Test("A command that is marked as safe is repeated on the next connection, and its caller hears nothing of it")
    func repeated() async throws {
        try await withHeldCommand(RedisCommand("SET", "a", "1").safeToRepeat) { proxy, connection, running, _ in
            proxy.cut()
            let reply = try await running.value
            #expect(reply == .status("OK"))
            #expect(proxy.connectionCount == 2)
        }
    }

    @Test("A server that finishes without a word is the same as a cut")
    func halfClosed() async throws {
        try await withHeldCommand(.increment("n")) { proxy, connection, running, _ in
            proxy.halfClose()
            let error = await #expect(throws: RedisError.self) { try await running.value }
            #expect(error?.kind == .outcomeUnknown)
            #expect(error?.explained.why?.hasSuffix("broke: the server closed it") == true)
            proxy.release()
            try await connection.ping()
        }
    }

    @Test(
        "What is no reply, and a reply that nobody asked for, break the connection off and never the program",
        arguments: [
            ("HTTP/1.1 400 Bad Request\r\n\r\n", "protocol error"), ("+OK\r\n+OK\r\n", "nobody asked for"),
            ("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n:1\r\n", "nobody asked for"),
            ("$1\r\nxyz\r\n", "a text does not"),
        ])
    func garbage(text: String, reason: String) async throws {
        try await withRedisProxy { proxy, options, loop in
            let broken = LoopWait<RedisError>()
            var hooks = RedisHooks()
            hooks.disconnected = { broken.succeed($0) }
            let connection = try await RedisConnection.connect(options, on: loop, hooks: hooks)
            defer { connection.closeNow() }
            let arrived = proxy.hold(at: "LPUSH")
            let running = Task(executorPreference: loop) { try await connection.send(RedisCommand("LPUSH", "a", "x")) }
            try await arrived.value(on: loop)
            try await proxy.inject(Array(text.utf8))
            let fault = try await broken.value(on: loop)
            #expect(fault.kind == .protocolViolation && fault.explained.code == .protocolViolation)
            #expect(fault.explained.why?.contains(reason) == true)
            // Of two replies the first is taken for the answer, since there is no telling.
            if case .failure(let error) = await running.result {
                #expect((error as? RedisError)?.kind == .outcomeUnknown)
            }
            proxy.release()
            try await connection.ping()
            #expect(proxy.connectionCount == 2)
        }
    }

    @Test("A server that is silent for longer than a command may take fails it, and its late answer is dropped")
    func stall() async throws {
        try await withRedisProxy { proxy, options, loop in
            let connection = try await RedisConnection.connect(options, on: loop)
            defer { connection.closeNow() }
            proxy.stall()
            let error = await #expect(throws: RedisError.self) {
                try await connection.send(.set("a", to: "late"), within: .milliseconds(20))
            }
            #expect(error?.kind == .overdue && error?.mayHaveRun == true && error?.explained.code == .timeout)
            #expect(error?.explained.summary == "SET took longer than 20 ms: the server did not answer")
            proxy.release()
            #expect(try await connection.send(.get("a")).text() == "late")
            #expect(proxy.connectionCount == 1)
        }
    }

    @Test("A connection whose answer stays away for the settling time is given up and made anew")
    func deadLink() async throws {
        let settle: @Sendable (inout RedisOptions) -> Void = { $0.settlingTime = .milliseconds(20) }
        try await withRedisProxy { proxy, options, loop in
            var options = options
            settle(&options)
            let connection = try await RedisConnection.connect(options, on: loop)
            defer { connection.closeNow() }
            proxy.stall()
            let other = Task.immediate(executorPreference: loop) { try await connection.send(.increment("n")) }
            await #expect(throws: RedisError.self) { try await connection.send(.ping, within: .milliseconds(20)) }
            let error = await #expect(throws: RedisError.self) { try await other.value }
            #expect(error?.kind == .outcomeUnknown)
            #expect(error?.explained.why?.hasSuffix("an answer was 20 ms late") == true)
            proxy.release()
            #expect(try await connection.send(.ping).text() == "PONG")
            #expect(proxy.connectionCount == 2)
        }
    }

    @Test("A server that accepts and then says nothing is no connection, within the time for it")
    func silentLogin() async throws {
        try await withRedisProxy { proxy, options, loop in
            var options = options
            options.connectTimeout = .milliseconds(30)
            proxy.stall()
            let silent = options
            let error = await #expect(throws: RedisError.self) {
                try await RedisConnection.connect(silent, on: loop)
            }
            #expect(error?.kind == .unreachable && error?.explained.code == .timeout && error?.mayHaveRun == false)
        }
    }

    @Test("While the server is away commands wait, a full queue refuses at once, and what waited is done in order")
    func queue() async throws {
        try await withRedisProxy { proxy, options, loop in
            var options = options
            options.waitingMax = 3
            proxy.stall()
            let connection = try RedisConnection(options, on: loop)
            defer { connection.closeNow() }
            let waiting = (0..<3).map { number in
                Task.immediate(executorPreference: loop) { try await connection.send(.increment("n")) }
            }
            let error = await #expect(throws: RedisError.self) { try await connection.send(.increment("n")) }
            #expect(error?.kind == .queueFull && error?.mayHaveRun == false && error?.isTransient == true)
            #expect(
                error?.explained.what
                    == "3 commands for Redis at \(proxy.address) wait already, so no more are taken")
            proxy.release()
            for (number, task) in waiting.enumerated() { #expect(try await task.value.integer() == Int64(number) + 1) }
        }
    }

    @Test("A command that could not be sent in its time says so, and why")
    func neverSent() async throws {
        try await withRedis { options, loop in
            var options = options
            options.address = .tcp(host: "127.0.0.1", port: 1)
            let failed = LoopWait<Void>()
            var hooks = RedisHooks()
            hooks.disconnected = { _ in failed.succeed() }
            let connection = try RedisConnection(options, on: loop, hooks: hooks)
            defer { connection.closeNow() }
            try await failed.value(on: loop)
            let error = await #expect(throws: RedisError.self) {
                try await connection.send(.increment("n"), within: .milliseconds(20))
            }
            #expect(error?.kind == .overdue && error?.mayHaveRun == false && error?.isTransient == true)
            #expect(error?.explained.why == "no connection to Redis at 127.0.0.1:1: connection refused")
        }
    }

    @Test("A refused login fails what waits at once instead of letting it wait")
    func refusedWhileWaiting() async throws {
        try await withRedis { options, loop in
            var options = options
            options.password = Secret("wrong")
            let connection = try RedisConnection(options, on: loop)
            defer { connection.closeNow() }
            let error = await #expect(throws: RedisError.self) { try await connection.send(.ping) }
            #expect(error?.kind == .refused && error?.code == .wrongPassword)
        }
    }

    @Test("A slow server leaves memory bounded: what does not fit is refused, and the rest arrives when it goes on")
    func slowServer() async throws {
        try await withRedisProxy { proxy, options, loop in
            var options = options
            options.waitingBytesMax = .megabytes(2)
            options.inFlightMax = 8
            let connection = try await RedisConnection.connect(options, on: loop)
            defer { connection.closeNow() }
            proxy.stall()
            let value = [UInt8](repeating: 120, count: 100_000)
            let accepted = Shared(0)
            let refused = Shared(0)
            try await withThrowingTaskGroup { group in
                for number in 0..<500 {
                    group.addTask {
                        do {
                            try await connection.send(.set("v\(number)", to: value))
                            accepted.withLock { $0 += 1 }
                        } catch let error as RedisError where error.kind == .queueFull {
                            refused.withLock { $0 += 1 }
                            // The last of them: the server may go on.
                            if refused.withLock({ $0 }) > 470 { proxy.release() }
                        }
                        #expect(connection.load.waiting <= 21 && connection.load.inFlight <= 8)
                    }
                }
                try await group.waitForAll()
            }
            #expect(accepted.withLock { $0 } + refused.withLock { $0 } == 500)
            #expect((20...29).contains(accepted.withLock { $0 }))
        }
    }

    @Test("A blocking command that is called off takes its connection with it, so that nothing is popped for nobody")
    func blocking() async throws {
        try await withRedisProxy { proxy, options, loop in
            let connection = try await RedisConnection.connect(options, on: loop)
            defer { connection.closeNow() }
            let arrived = proxy.hold(at: "BLPOP")
            let waiting = Task(executorPreference: loop) { try await connection.send(RedisCommand("BLPOP", "jobs", 0)) }
            try await arrived.value(on: loop)
            proxy.release()
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            // The server learns of it in its own time.
            let database = "db=\(options.database) "
            while try await connection.send(RedisCommand("CLIENT", "LIST")).text().split(separator: "\n").contains(
                where: { $0.contains(database) && $0.contains("cmd=blpop") })
            {}
            try await connection.send(RedisCommand("RPUSH", "jobs", "a"))
            #expect(try await connection.send(RedisCommand("LLEN", "jobs")).integer() == 1)
            #expect(proxy.connectionCount == 2)
        }
    }
}
