import Basics
import Loop
import LoopTestSupport
import Redis
import RedisTestSupport
import Testing

@Suite struct ConnectionTests {
    @Test("Commands are answered in typed replies, over the socket and over TCP", arguments: [false, true])
    func replies(overTCP: Bool) async throws {
        try await withRedis { options, loop in
            var options = options
            if overTCP { options.address = try TestRedis.shared().tcpOptions.address }
            let connection = try await RedisConnection.connect(options, on: loop)
            defer { connection.closeNow() }
            #expect(try await connection.send(.set("a", to: "grüß\r\n")).text() == "OK")
            #expect(try await connection.send(.get("a")).text() == "grüß\r\n")
            #expect(try await connection.send(.get("nothing")).isNull)
            #expect(try await connection.send(.increment("n", by: 41)).integer() == 41)
            #expect(try await connection.send(.get("n")).integer() == 41)
            #expect(try await connection.send(.set("b", to: [0, 255] as [UInt8])).text() == "OK")
            #expect(try await connection.send(.get(["b", "none"])) == .array([.bytes([0, 255]), .null]))
            #expect(try await connection.send(.set("a", to: 1, for: .seconds(60), when: .isAbsent)).isNull)
            #expect(try await connection.send(.expire("a", after: .seconds(60))).integer() == 1)
            #expect(try await connection.send(.delete("a", "b", "c")).integer() == 2)
        }
    }

    @Test("A large value comes back whole")
    func large() async throws {
        try await withRedisConnection { connection, _ in
            let value = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await connection.send(.set("large", to: value))
            #expect(try await connection.send(.get("large")).bytes() == value)
        }
    }

    @Test("An error of the server is typed, and the connection goes on")
    func error() async throws {
        try await withRedisConnection { connection, _ in
            try await connection.send(.set("text", to: "x"))
            let error = await #expect(throws: RedisError.self) {
                try await connection.send(RedisCommand("LPUSH", "text", "y"))
            }
            #expect(error?.kind == .command && error?.code == .wrongType && error?.mayHaveRun == false)
            #expect(try await connection.send(.get("text")).text() == "x")
        }
    }

    @Test("The connection logs in, chooses its database and says its name")
    func handshake() async throws {
        try await withRedis { options, loop in
            let connection = try await RedisConnection.connect(options, on: loop)
            defer { connection.closeNow() }
            let client = try await connection.send(RedisCommand("CLIENT", "INFO")).text()
            #expect(client.contains("name=parlor-tests ") && client.contains("db=\(options.database) "))
        }
    }

    @Test("A wrong password, a missing one and a database that is not there are refused with a hint")
    func refused() async throws {
        try await withRedis { options, loop in
            func failure(_ change: (inout RedisOptions) -> Void) async throws -> RedisError? {
                var options = options
                change(&options)
                let wrong = options
                return await #expect(throws: RedisError.self) { try await RedisConnection.connect(wrong, on: loop) }
            }
            let wrong = try await failure { $0.password = Secret("wrong") }
            #expect(wrong?.kind == .refused && wrong?.code == .wrongPassword && wrong?.isTransient == false)
            #expect(
                wrong?.description == """
                    Redis at \(options.address) refused the connection: the user or the password is wrong
                    HINT: Check the user and the password.
                    """)
            let missing = try await failure { $0.password = nil }
            #expect(missing?.kind == .refused && missing?.code == .noAuthentication)
            let database = try await failure { $0.database = 1_000_000 }
            #expect(database?.kind == .refused && database?.explained.hint?.hasPrefix("Choose a database") == true)
        }
    }

    @Test("Nobody there is a connection error")
    func unreachable() async throws {
        try await withRedis { options, loop in
            var options = options
            options.address = .tcp(host: "127.0.0.1", port: 1)
            let error = await #expect(throws: RedisError.self) {
                try await RedisConnection.connect(options, on: loop)
            }
            #expect(error?.kind == .unreachable && error?.explained.code == .connection)
            #expect(error?.explained.summary == "no connection to Redis at 127.0.0.1:1: connection refused")
        }
    }

    @Test("Ten thousand commands in one pipeline are answered in order")
    func pipeline() async throws {
        try await withRedisConnection { connection, _ in
            let replies = try await connection.pipeline((0..<10_000).map { RedisCommand("ECHO", $0) })
            #expect(try replies.map { try $0.integer() } == (0..<10_000).map { Int64($0) })
        }
    }

    @Test("Ten thousand commands of as many tasks are answered in the order in which they were given")
    func manyTasks() async throws {
        try await withRedisConnection { connection, loop in
            let numbers = try await withThrowingTaskGroup(of: (Int, Int64).self) { group in
                for place in 0..<10_000 {
                    group.addTask { (place, try await connection.send(.increment("order")).integer()) }
                }
                return try await group.reduce(into: [Int: Int64]()) { $0[$1.0] = $1.1 }
            }
            #expect((0..<10_000).allSatisfy { numbers[$0] == Int64($0) + 1 })
        }
    }

    @Test("An error inside a pipeline stands in its place")
    func pipelineError() async throws {
        try await withRedisConnection { connection, _ in
            let replies = try await connection.pipeline([
                .set("a", to: "x"), RedisCommand("LPUSH", "a", "y"), .get("a"),
            ])
            guard case .error(let error) = replies[1] else { return #expect(Bool(false), "an error") }
            #expect(error.code == .wrongType)
            #expect(try replies[2].text() == "x")
            #expect(try await connection.pipeline([]) == [])
            #expect(try await connection.pipeline([.get("a")]) == [.bytes([120])])
        }
    }

    @Test("Two hundred tasks use one connection without a hop off the loop, and their commands leave together")
    func noHops() async throws {
        // Its own server, because it counts what the server has read.
        let server = try TestRedis()
        try await EventLoop.onThread { loop in
            let connection = try await RedisConnection.connect(server.options, on: loop)
            defer { connection.closeNow() }
            let (readsBefore, hopsBefore) = (try await connection.readsProcessed(), loop.hops)
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        try await connection.send(.set("k\(number)", to: number))
                        #expect(try await connection.send(.get("k\(number)")).integer() == Int64(number))
                    }
                }
                try await group.waitForAll()
            }
            #expect(loop.hops == hopsBefore)
            let reads = try await connection.readsProcessed() - readsBefore
            #expect(reads < 40, "400 commands took \(reads) reads of the server")
        }
        server.kill()
    }

    @Test("A task that is cancelled sends nothing, and one whose command is on its way ends at once")
    func cancelled() async throws {
        try await withRedisProxy { proxy, options, loop in
            let connection = try await RedisConnection.connect(options, on: loop)
            defer { connection.closeNow() }
            let never = Task(executorPreference: loop) {
                withUnsafeCurrentTask { $0?.cancel() }
                try await connection.send(.set("never", to: 1))
            }
            await #expect(throws: CancellationError.self) { try await never.value }
            let arrived = proxy.hold(at: "late")
            let late = Task(executorPreference: loop) { try await connection.send(.set("late", to: 1)) }
            try await arrived.value(on: loop)
            late.cancel()
            await #expect(throws: CancellationError.self) { try await late.value }
            proxy.release()
            // Its answer is not taken for that of the next one.
            #expect(try await connection.send(.get(["never", "late"])) == .array([.null, .bytes([49])]))
            #expect(proxy.connectionCount == 1)
        }
    }

    @Test("Closing lets what was given end, and takes nothing more")
    func closing() async throws {
        try await withRedis { options, loop in
            let connection = try await RedisConnection.connect(options, on: loop)
            let last = Task.immediate(executorPreference: loop) { try await connection.send(.increment("last")) }
            await connection.close(within: .seconds(60))
            #expect(try await last.value.integer() == 1)
            let error = await #expect(throws: RedisError.self) { try await connection.send(.ping) }
            #expect(error?.kind == .closed && error?.mayHaveRun == false)
            await connection.close()
        }
    }
}

extension RedisConnection {
    /// How many times the server has read what clients sent, as it counts that itself.
    fileprivate func readsProcessed() async throws -> Int {
        let report = try await send(RedisCommand("INFO", "stats")).text()
        let line = report.split(whereSeparator: \.isNewline).first { $0.hasPrefix("total_reads_processed:") }
        return Int(line?.split(separator: ":").last ?? "") ?? 0
    }
}
