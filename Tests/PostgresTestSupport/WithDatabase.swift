import Basics
public import Loop
public import Postgres

/// Runs `body` on a loop of its own with a freshly created database, which is dropped afterwards. `create` makes it
/// otherwise than empty.
public func withDatabase<Result: Sendable>(
    creating create: @escaping @Sendable (PostgresSession, _ name: String) async throws -> Void = {
        try await $0.execute("CREATE DATABASE \($1)")
    }, _ body: @escaping @Sendable (ConnectionOptions, EventLoop) async throws -> Result
) async throws -> Result {
    let server = try TestServer.shared()
    await DatabaseTurns.shared.begin()
    let outcome = await Swift.Result.catching { try await run(on: server, create, body) }
    await DatabaseTurns.shared.end()
    return try outcome.get()
}

private func run<Result: Sendable>(
    on server: TestServer, _ create: @escaping @Sendable (PostgresSession, String) async throws -> Void,
    _ body: @escaping @Sendable (ConnectionOptions, EventLoop) async throws -> Result
) async throws -> Result {
    return try await EventLoop.onThread { loop in
        let name = "test_\(RandomIdentifier.hex(bytes: 6))"
        let administrator = try await PostgresSession.connect(server.superuser, on: loop)
        defer { administrator.close() }
        try await create(administrator, name)
        var options = server.superuser
        options.database = name
        let outcome = await Swift.Result.catching { try await body(options, loop) }
        try await administrator.execute("DROP DATABASE \(name) WITH (FORCE)")
        return try outcome.get()
    }
}

/// The same with an open session to that database.
public func withSession<Result: Sendable>(
    _ sessionOptions: SessionOptions = SessionOptions(),
    _ body: @escaping @Sendable (PostgresSession, EventLoop) async throws -> Result
) async throws -> Result {
    try await withDatabase { options, loop in
        let session = try await PostgresSession.connect(options, sessionOptions, on: loop)
        defer { session.close() }
        return try await body(session, loop)
    }
}

extension Result where Failure == any Error {
    fileprivate static func catching(_ body: () async throws -> Success) async -> Result {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
