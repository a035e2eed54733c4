import Basics
package import Redis

/// What an instance of Redis is for. Sessions, cache and WebSocket state may share one that evicts what was not used for
/// long; the queue needs one of its own, because the policy belongs to the instance and a queue must not lose a job.
package enum RedisRole: String, CaseIterable, Sendable {
    /// Who is logged in.
    case sessions
    /// What is kept of the database's answers.
    case cache
    /// The jobs.
    case queue
    /// Who is connected where.
    case webSockets = "WebSocket state"

    /// The number of its database, as the specification gives it.
    package var database: Int {
        switch self {
        case .sessions: 0
        case .cache: 1
        case .queue: 2
        case .webSockets: 3
        }
    }

    /// What its instance is to do when its memory is full: the value of `maxmemory-policy`.
    package var evictionPolicy: String { self == .queue ? "noeviction" : "allkeys-lru" }

    /// Whether it can live with another policy of its instance.
    package func accepts(evictionPolicy policy: String) -> Bool {
        self == .queue ? policy == evictionPolicy : Self.byUse.contains(policy)
    }

    private static let byUse: Set = ["allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-lfu"]

    /// The options of a connection that leads to its database.
    package func options(_ options: RedisOptions) -> RedisOptions {
        var options = options
        options.database = database
        return options
    }

    /// Throws when the instance behind a connection does not fit: another policy, or no limit to its memory where it is
    /// to evict.
    package func check(_ redis: RedisConnection) async throws {
        let policy = try await Self.setting("maxmemory-policy", "maxmemory_policy", of: redis)
        guard accepts(evictionPolicy: policy) else { throw unfit("maxmemory-policy is \(policy)", policyHint) }
        let memory = try await Self.setting("maxmemory", "maxmemory", of: redis)
        guard self == .queue || memory != "0" else {
            throw unfit(
                "it may use all memory of its machine", "Set maxmemory in its configuration, so that it evicts in time."
            )
        }
    }

    private var policyHint: String {
        self == .queue
            ? "Give the queue an instance of its own with maxmemory-policy noeviction."
            : "Set maxmemory-policy to \(evictionPolicy) in its configuration."
    }

    private func unfit(_ why: String, _ hint: String) -> ParlorError {
        ParlorError(.configuration, "this Redis is not fit for the \(rawValue)", why: why, hint: hint)
    }

    /// A setting; hosted servers that keep CONFIG to themselves tell it in INFO.
    private static func setting(_ name: String, _ field: String, of redis: RedisConnection) async throws -> String {
        do {
            let pair = try await redis.send(RedisCommand("CONFIG", "GET", name).safeToRepeat).elements()
            if pair.count == 2 { return try pair[1].text() }
        } catch let error as RedisError where error.kind == .command {}
        let lines = try await redis.send(RedisCommand("INFO", "memory").safeToRepeat).text().split(
            whereSeparator: \.isNewline)
        guard let line = lines.first(where: { $0.hasPrefix("\(field):") }) else {
            throw ParlorError(
                .configuration, "nobody knows what this Redis does when its memory is full",
                why: "neither CONFIG nor INFO may be asked", hint: "Let the user run CONFIG GET or INFO.")
        }
        return String(line.dropFirst(field.utf8.count + 1))
    }
}
