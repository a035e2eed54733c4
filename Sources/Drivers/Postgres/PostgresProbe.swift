import Basics
public import Loop

/// What a look at a server found.
public struct ProbeResult: Hashable, Sendable {
    /// How the server stands towards new connections.
    public enum State: String, Hashable, Sendable {
        /// It answers statements.
        case accepting
        /// It starts or recovers, and will accept connections soon.
        case startingUp
        /// It runs and does not let this role in.
        case refusing
        /// Nobody answers there, or not in time.
        case unreachable
    }

    /// How the server stands.
    public var state: State
    /// How long it took to find out.
    public var responseTime: Duration
    /// Why it does not accept: a lower-case fact, safe to show anybody.
    public var reason: String?
}

/// The question whether a server is ready, asked the way its clients would ask.
public enum PostgresProbe {
    /// Connects, runs `SELECT 1` and hangs up, all within `limit`.
    public static func check(
        _ options: ConnectionOptions, on loop: EventLoop, within limit: Duration
    ) async -> ProbeResult {
        let start = ContinuousClock.now
        let failure = await attempt(options, on: loop, within: limit)
        return ProbeResult(
            state: failure.map(state) ?? .accepting, responseTime: start.duration(to: .now),
            reason: failure.map { ParlorError(describing: $0).summary })
    }

    private static func attempt(_ options: ConnectionOptions, on loop: EventLoop, within limit: Duration) async -> (
        any Error
    )? {
        let deadline = ContinuousClock.now + limit
        var options = options
        options.connectTimeout = limit
        // A server that does not even end a statement is not waited for.
        options.settlingTime = .zero
        do {
            let connection = try await PostgresSession.connect(
                options, SessionOptions(preparation: .unnamed), on: loop)
            defer { connection.close() }
            try await connection.query("SELECT 1", within: ContinuousClock.now.duration(to: deadline))
            return nil
        } catch {
            return error
        }
    }

    private static func state(after failure: any Error) -> ProbeResult.State {
        switch (failure as? PostgresError)?.kind {
        case .startingUp: .startingUp
        case .refused, .statement, .unusable: .refusing
        case .unreachable, .lost, .overdue, .outcomeUnknown, .crowded, nil: .unreachable
        }
    }
}
