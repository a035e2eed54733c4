import Basics
import Loop
import Redis
import RedisTestSupport
import TestSupport
import Testing

/// The examples of docs/libraries/redis.md, as code that is compiled and run.
@Suite struct DocumentationTests {
    @Test("The example of the page does what it says")
    func example() async throws {
        try await withRedis { options, loop in
            let redis = try await RedisConnection.connect(options, on: loop)

            try await redis.send(.set("salon:7:name", to: "Ada", for: .seconds(3600)))
            let name = try await redis.send(.get("salon:7:name")).present?.text()
            #expect(name == "Ada")

            // Any other command is its name and its arguments; each travels with its length, so nothing needs escaping.
            try await redis.send(RedisCommand("HSET", "salon:7", "seats", 4))

            let replies = try await redis.pipeline([.increment("visits"), .get("visits")])
            #expect(replies == [.integer(1), .bytes(Array("1".utf8))])
            let both = try await redis.transaction([.increment("a"), .increment("b")])
            #expect(both == [.integer(1), .integer(1)])

            let once = RedisScript("return redis.call('SET', KEYS[1], ARGV[1], 'NX')")
            let first = try await redis.run(once, keys: ["lock"], arguments: ["me"])
            #expect(first == .status("OK"))
            #expect(try await redis.run(once, keys: ["lock"], arguments: ["you"]).isNull)

            var keys: Set<String> = []
            for try await key in redis.scan(matching: "salon:*") { keys.insert(try key.text()) }
            #expect(keys == ["salon:7", "salon:7:name"])

            await redis.close()
        }
    }

    @Test("The example of listening does what it says")
    func listening() async throws {
        try await withRedis { options, loop in
            let subscriber = try RedisSubscriber(options, on: loop)
            let notifications = try await subscriber.subscribe(to: [.channel("bookings"), .pattern("salon:*")])
            let redis = try await RedisConnection.connect(options, on: loop)
            try await redis.send(.publish("a seat is free", to: "salon:7"))
            redis.closeNow()
            for await notification in notifications {
                switch notification {
                case .message(let message):
                    let text = try message.text()
                    #expect(text == "a seat is free")
                case .gap: break  // Something may be missing here: read anew what was derived from the messages.
                }
                subscriber.close()
            }
        }
    }

    @Test("The example of a pool does what it says")
    func pool() async throws {
        try await withRedis { options, loop in
            let pool = try RedisPool(options, on: loop, size: 4)
            try await pool.send(RedisCommand("RPUSH", "jobs", "remind"))
            let job = try await pool.withConnection { redis in
                try await redis.send(RedisCommand("BLPOP", "jobs", 30), within: .seconds(40))
            }
            #expect(try job.elements().last?.text() == "remind")
            await pool.close()
        }
    }

    @Test("Every line of Swift on the page stands in this file")
    func lines() throws {
        let page = try DocumentedCode("libraries/redis.md")
        #expect(page.count == 3)
        #expect(try page.linesMissing() == [])
    }
}
