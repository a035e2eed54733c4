import Basics
import Loop
import Redis
import RedisTestSupport
import Testing

@testable import Store

@Suite struct RedisRoleTests {
    @Test("The roles have the databases of the specification, and only the queue must lose nothing")
    func roles() {
        #expect(RedisRole.allCases.map(\.database) == [0, 1, 2, 3])
        #expect(RedisRole.allCases.filter { $0.accepts(evictionPolicy: "noeviction") } == [.queue])
        #expect(
            RedisRole.allCases.filter { $0.accepts(evictionPolicy: "allkeys-lru") } == [.sessions, .cache, .webSockets])
        #expect(RedisRole.allCases.allSatisfy { $0.accepts(evictionPolicy: $0.evictionPolicy) })
    }

    private func refusal(_ role: RedisRole, _ redis: RedisConnection) async throws -> String? {
        do {
            try await role.check(redis)
            return nil
        } catch let error as ParlorError {
            return error.description
        }
    }

    @Test("An instance is fit for a role only with its policy and, where it evicts, a limit to its memory")
    func instances() async throws {
        let server = try TestRedis()
        try await EventLoop.onThread { loop in
            let redis = try await RedisConnection.connect(RedisRole.queue.options(server.options), on: loop)
            defer { redis.closeNow() }
            #expect(redis.options.database == 2)
            #expect(try await refusal(.queue, redis) == nil)
            #expect(
                try await refusal(.cache, redis) == """
                    this Redis is not fit for the cache: maxmemory-policy is noeviction
                    HINT: Set maxmemory-policy to allkeys-lru in its configuration.
                    """)
            try await redis.send(RedisCommand("CONFIG", "SET", "maxmemory-policy", "allkeys-lru"))
            #expect(
                try await refusal(.queue, redis) == """
                    this Redis is not fit for the queue: maxmemory-policy is allkeys-lru
                    HINT: Give the queue an instance of its own with maxmemory-policy noeviction.
                    """)
            #expect(
                try await refusal(.sessions, redis) == """
                    this Redis is not fit for the sessions: it may use all memory of its machine
                    HINT: Set maxmemory in its configuration, so that it evicts in time.
                    """)
            try await redis.send(RedisCommand("CONFIG", "SET", "maxmemory", "100mb"))
            for role in RedisRole.allCases where role != .queue { #expect(try await refusal(role, redis) == nil) }
        }
    }

    @Test("A user who may not ask for the configuration is told by INFO, and one who may ask for nothing is told so")
    func hosted() async throws {
        let server = try TestRedis()
        try await EventLoop.onThread { loop in
            let redis = try await RedisConnection.connect(server.options, on: loop)
            defer { redis.closeNow() }
            try await redis.send(RedisCommand("ACL", "SETUSER", "guest", "on", ">word", "~*", "+@all", "-config"))
            var options = server.options
            (options.user, options.password) = ("guest", Secret("word"))
            let guest = try await RedisConnection.connect(options, on: loop)
            defer { guest.closeNow() }
            #expect(try await refusal(.queue, guest) == nil)
            try await redis.send(RedisCommand("ACL", "SETUSER", "guest", "-info"))
            await #expect(throws: (any Error).self) { try await RedisRole.queue.check(guest) }
        }
    }
}
