import Basics
import Redis
import RedisTestSupport
import Testing

/// Transactions, scripts and walks.
@Suite struct BlocksTests {
    @Test("A transaction gives back the replies of its commands")
    func transaction() async throws {
        try await withRedisConnection { connection, _ in
            let replies = try await connection.transaction([.increment("n"), .increment("n"), .get("n")])
            #expect(replies == [.integer(1), .integer(2), .bytes([50])])
            #expect(try await connection.transaction([]) == [])
        }
    }

    @Test("A transaction with a command that the server does not take does nothing at all")
    func aborted() async throws {
        try await withRedisConnection { connection, _ in
            let error = await #expect(throws: RedisError.self) {
                try await connection.transaction([.increment("n"), RedisCommand("NONSENSE", "secret")])
            }
            #expect(error?.kind == .command && error?.explained.what == "Redis answered NONSENSE with ERR")
            #expect(error?.description.contains("secret") == false)
            let number = try await connection.send(.get("n"))
            #expect(number.isNull)
        }
    }

    @Test("A command that fails while the transaction runs has its error among the replies")
    func failing() async throws {
        try await withRedisConnection { connection, _ in
            let replies = try await connection.transaction([.set("a", to: "x"), RedisCommand("LPUSH", "a", "y")])
            #expect(replies[0] == .status("OK"))
            guard case .error(let error) = replies[1] else { return #expect(Bool(false), "an error") }
            #expect(error.code == .wrongType)
        }
    }

    @Test("A user who may not begin transactions is told that the commands ran one by one")
    func notBegun() async throws {
        try await withRedis { options, loop in
            let owner = try await RedisConnection.connect(options, on: loop)
            defer { owner.closeNow() }
            let name = "user\(options.database)"
            try await owner.send(RedisCommand("ACL", "SETUSER", name, "on", ">word", "~*", "&*", "+@all", "-multi"))
            var options = options
            options.user = name
            options.password = Secret("word")
            let connection = try await RedisConnection.connect(options, on: loop)
            defer { connection.closeNow() }
            let error = await #expect(throws: RedisError.self) { try await connection.transaction([.increment("n")]) }
            #expect(error?.kind == .outcomeUnknown && error?.code == .noPermission && error?.mayHaveRun == true)
            #expect(error?.explained.what == "commands ran one by one instead of as a transaction")
            try await owner.send(RedisCommand("ACL", "DELUSER", name))
        }
    }

    @Test("Transactions of many tasks do not mix")
    func isolation() async throws {
        try await withRedisConnection { connection, _ in
            try await withThrowingTaskGroup { group in
                for _ in 0..<200 {
                    group.addTask {
                        let replies = try await connection.transaction([.increment("a"), .increment("b")])
                        #expect(replies[0] == replies[1])
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("A script runs with keys and arguments, and its source travels only once")
    func script() async throws {
        try await withRedisConnection { connection, _ in
            let script = RedisScript(
                "redis.call('SET', KEYS[1], ARGV[1]) return {redis.call('GET', KEYS[1]), #ARGV, false}")
            for _ in 0..<2 {
                let reply = try await connection.run(script, keys: ["k"], arguments: ["v", 2])
                #expect(reply == .array([.bytes([118]), .integer(2), .null]))
            }
            let known = try await connection.send(RedisCommand("SCRIPT", "EXISTS", script.sha))
            #expect(known == .array([.integer(1)]))
        }
    }

    @Test("An error that a script raises is typed, and its words are not shown")
    func scriptError() async throws {
        try await withRedisConnection { connection, _ in
            let script = RedisScript("return redis.error_reply('SALON ' .. ARGV[1])")
            let error = await #expect(throws: RedisError.self) {
                try await connection.run(script, arguments: ["ada's number"])
            }
            #expect(error?.code?.name == "SALON")
            #expect(error?.description == "Redis answered EVAL with a code of a script or a module")
        }
    }

    @Test("A walk finds every key that matches, and what keys hold")
    func scan() async throws {
        try await withRedisConnection { connection, _ in
            try await connection.pipeline((0..<500).map { .set("walk:\($0)", to: $0) })
            try await connection.send(.set("other", to: 1))
            var found: Set<String> = []
            for try await key in connection.scan(matching: "walk:*", count: 50) { found.insert(try key.text()) }
            #expect(found == Set((0..<500).map { "walk:\($0)" }))

            try await connection.send(RedisCommand("SADD", "set", "a", "b"))
            try await connection.send(RedisCommand("HSET", "hash", "field", "value"))
            try await connection.send(RedisCommand("ZADD", "sorted", 1.5, "member"))
            #expect(try await texts(connection.scan(.set("set"))).sorted() == ["a", "b"])
            #expect(try await texts(connection.scan(.hash("hash"))) == ["field", "value"])
            #expect(try await texts(connection.scan(.sortedSet("sorted"))) == ["member", "1.5"])
            #expect(try await texts(connection.scan(.set("nothing"))) == [])
        }
    }

    private func texts(_ scan: RedisScan) async throws -> [String] {
        var texts: [String] = []
        for try await value in scan { texts.append(try value.text()) }
        return texts
    }
}
