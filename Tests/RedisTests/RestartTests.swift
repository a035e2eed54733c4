import Loop
import Redis
import RedisTestSupport
import Testing

@Suite struct RestartTests {
    private func options(_ server: TestRedis) -> RedisOptions {
        var options = server.options
        options.backOff = RedisBackOff(shortest: .milliseconds(1), longest: .milliseconds(10), steadyAfter: .zero)
        return options
    }

    @Test("A server that is killed and started again in the middle of the work: every command ends, and work goes on")
    func restart() async throws {
        let server = try TestRedis()
        let options = options(server)
        try await EventLoop.onThread { loop in
            let connection = try await RedisConnection.connect(options, on: loop)
            defer { connection.closeNow() }
            let half = LoopWait<Void>()
            let counts = Shared<(answered: Int, unknown: Int)>((0, 0))
            try await withThrowingTaskGroup { group in
                for _ in 0..<200 {
                    group.addTask {
                        for _ in 0..<50 {
                            do {
                                try await connection.send(.increment("n"))
                                if counts.withLock({
                                    $0.answered += 1; return $0.answered == 5000
                                }) {
                                    half.succeed()
                                }
                            } catch let error as RedisError {
                                // Nothing else may come of it: what was not sent waits for the new server.
                                #expect(error.kind == .outcomeUnknown)
                                counts.withLock { $0.unknown += 1 }
                            }
                        }
                    }
                }
                group.addTask {
                    try await half.value(on: loop)
                    server.kill()
                    try await server.start(on: loop)
                }
                try await group.waitForAll()
            }
            let (answered, unknown) = counts.withLock { $0 }
            #expect(answered + unknown == 200 * 50)
            #expect(unknown <= 200)
            // The new server has counted what was answered since it started, and nothing twice.
            let counted = try await connection.send(.get("n")).integer()
            #expect(counted > 0 && counted <= Int64(200 * 50 - 5000))
        }
        server.kill()
    }

    @Test("A server that hangs fails its commands in their time, and serves the next ones when it goes on")
    func hanging() async throws {
        let server = try TestRedis()
        let options = options(server)
        try await EventLoop.onThread { loop in
            let connection = try await RedisConnection.connect(options, on: loop)
            defer { connection.closeNow() }
            server.pause()
            let error = await #expect(throws: RedisError.self) {
                try await connection.send(.increment("n"), within: .milliseconds(20))
            }
            #expect(error?.kind == .overdue && error?.mayHaveRun == true)
            server.resume()
            #expect(try await connection.send(.get("n")).integer() == 1)
        }
        server.kill()
    }

    @Test("Scripts are known to a new server again without anybody noticing")
    func scripts() async throws {
        let server = try TestRedis()
        let options = options(server)
        try await EventLoop.onThread { loop in
            let connection = try await RedisConnection.connect(options, on: loop)
            defer { connection.closeNow() }
            let script = RedisScript("return ARGV[1]")
            #expect(try await connection.run(script, arguments: ["a"]).text() == "a")
            server.kill()
            try await server.start(on: loop)
            #expect(try await connection.run(script, arguments: ["b"]).text() == "b")
        }
        server.kill()
    }

    @Test("The observer hears of every connection and of every trouble")
    func hooks() async throws {
        let server = try TestRedis()
        let options = options(server)
        try await EventLoop.onThread { loop in
            let heard = Shared<[String]>([])
            let second = LoopWait<Void>()
            var hooks = RedisHooks()
            hooks.connected = {
                let count = heard.withLock { heard in
                    heard.append("connected")
                    return heard.count { $0 == "connected" }
                }
                if count == 2 { second.succeed() }
            }
            hooks.disconnected = { error in heard.withLock { $0.append("\(error.kind)") } }
            let connection = try await RedisConnection.connect(options, on: loop, hooks: hooks)
            defer { connection.closeNow() }
            server.kill()
            try await server.start(on: loop)
            try await second.value(on: loop)
            let kinds = heard.withLock { $0 }
            #expect(kinds.first == "connected" && kinds.last == "connected" && kinds[1] == "lost")
            #expect(Set(kinds.dropFirst(2).dropLast()).isSubset(of: ["unreachable"]))
            #expect(connection.trouble == nil)
        }
        server.kill()
    }
}
