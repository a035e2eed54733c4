import Basics
public import Loop

/// A connection that is kept open to ask a server again and again whether it answers, without a line in the server's
/// log each
/// time. Whoever asks while an answer is awaited gets the same answer.
public actor KeptConnection {
    private let options: ConnectionOptions
    private let loop: EventLoop
    private var connection: PostgresSession?
    private var question: Task<Duration, any Error>?

    /// The connection lives on its loop.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.serialExecutor.asUnownedSerialExecutor() }

    /// A connection that is made with the first question.
    public init(_ options: ConnectionOptions, on loop: EventLoop) {
        self.options = options
        self.loop = loop
    }

    /// How long the server took to answer `SELECT 1`, connecting included where that was needed; throws why it did not.
    public func check(within limit: Duration) async throws -> Duration {
        if let question { return try await question.value }
        // Unstructured because several callers share it: none of them may end it for the others. It ends by its limit.
        let question = Task(executorPreference: loop) { try await self.ask(within: limit) }
        self.question = question
        defer { self.question = nil }
        return try await question.value
    }

    private func ask(within limit: Duration) async throws -> Duration {
        let start = ContinuousClock.now
        if let connection, connection.isOpen {
            // Broken since the last time, by a restart for one: that is found out and mended by a new connection.
            if (try? await connection.query("SELECT 1", within: limit)) != nil { return .now - start }
            connection.close()
        }
        var options = options
        options.connectTimeout = limit
        options.settlingTime = .zero
        let connection = try await PostgresSession.connect(
            options, SessionOptions(preparation: .unnamed), on: loop)
        self.connection = connection
        try await connection.query("SELECT 1", within: limit)
        return .now - start
    }

    /// Hangs up; the next question connects again.
    public func close() {
        connection?.close()
        connection = nil
    }
}
