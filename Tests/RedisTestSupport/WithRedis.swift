public import Loop
public import LoopTestSupport
public import Redis

/// Runs `body` on a loop of its own with options that lead to a database of its own.
public func withRedis<Result: Sendable>(
    _ body: @escaping @Sendable (RedisOptions, EventLoop) async throws -> Result
) async throws -> Result {
    var options = try TestRedis.shared().options
    options.database = TestRedis.freshDatabase()
    return try await EventLoop.onThread { [options] loop in try await body(options, loop) }
}

/// The same with an open connection, which is closed afterwards.
public func withRedisConnection<Result: Sendable>(
    _ body: @escaping @Sendable (RedisConnection, EventLoop) async throws -> Result
) async throws -> Result {
    try await withRedis { options, loop in
        let connection = try await RedisConnection.connect(options, on: loop)
        defer { connection.closeNow() }
        return try await body(connection, loop)
    }
}

/// The same through a proxy that can be made to fail.
public func withRedisProxy<Result: Sendable>(
    _ body: @escaping @Sendable (FaultProxy, RedisOptions, EventLoop) async throws -> Result
) async throws -> Result {
    try await withRedis { options, loop in
        let proxy = try FaultProxy(to: options.address, on: loop)
        defer { proxy.close() }
        var options = options
        options.address = proxy.address
        // Faults are mended at once, so that a test waits for nothing.
        options.backOff = RedisBackOff(shortest: .milliseconds(1), longest: .milliseconds(5), steadyAfter: .zero)
        return try await body(proxy, options, loop)
    }
}
