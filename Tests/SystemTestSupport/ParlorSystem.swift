import Basics
import Glibc
package import Loop
package import Processes
import Synchronization

/// A system of a test's own: a state folder, ports, and the program as its users run it.
package struct ParlorSystem: Sendable {
    /// The program that was built beside these tests.
    package static let program = Files.parent(of: Files.resolved("/proc/self/exe") ?? "") + "/parlor"

    /// Where a checkout's own Patroni is, for users who cannot have it where root puts it.
    private static let patroni = Files.parent(of: Files.parent(of: Files.parent(of: program))) + "/patroni"

    /// The user that the parts run as when the tests run as root.
    package static let account = UserAccount(named: "parlor") ?? UserAccount(number: 65_534)

    /// The folder that holds all there is of this system.
    package let place: String
    /// The state folder.
    package var state: String { environment["PARLOR_STATE"] ?? "\(place)/.parlor" }
    /// What the program is told by variables.
    package var environment: [String: String]
    /// The words before every command line of the program: another program, in whose surroundings it runs.
    package var wrapper: [String] = []
    /// Where the test runs.
    package let loop: EventLoop

    /// Ports move to the next free ones by themselves, but two systems that start at the same moment would move to the
    /// same: each gets ten of its own, far from those that the kernel hands out.
    private static let ports = Mutex(Int.random(in: 1100...3100) * 10)

    // MARK: - Making one

    /// How a system begins.
    package enum Beginning {
        /// Nothing was done with it yet.
        case new
        /// It ran before and was stopped in order.
        case stopped
    }

    /// Runs `body` with a system, and ends and removes it whatever happens.
    package static func with<Result: Sendable>(
        _ name: String, _ beginning: Beginning, _ environment: [String: String] = [:],
        _ body: @escaping @Sendable (ParlorSystem) async throws -> Result
    ) async throws -> Result {
        try await Slots.systems.use { try await unlimited(name, beginning, environment, body) }
    }

    /// The same for one that costs little of the processor's time.
    package static func unlimited<Result: Sendable>(
        _ name: String, _ beginning: Beginning, _ environment: [String: String] = [:],
        _ body: @escaping @Sendable (ParlorSystem) async throws -> Result
    ) async throws -> Result {
        let place = try await Sandbox.shared.newPlace(name)
        return try await EventLoop.onThread { loop in
            let system = try ParlorSystem(place: place, environment, on: loop)
            let outcome: Swift.Result<Result, any Error>
            do {
                if case .stopped = beginning { try await StoppedSystem.copy(to: system.state, on: loop) }
                outcome = .success(try await body(system))
            } catch { outcome = .failure(error) }
            try await Sandbox.clear(place, on: loop)
            return try outcome.get()
        }
    }

    /// A system in `place`, where it may be running already.
    package init(place: String, _ environment: [String: String] = [:], on loop: EventLoop) throws {
        self.place = place
        self.loop = loop
        try Files.makeFolder(place, mode: 0o755)
        chmod(place, 0o755)
        let port = Self.ports.withLock { ports in
            ports = ports < 31_000 ? ports + 20 : 11_000
            return ports
        }
        self.environment = [
            "PARLOR_STATE": "\(place)/state", "PARLOR_DATABASE_MEMORY": "256MB", "PARLOR_DATABASE_PORT": "\(port)",
            "PARLOR_POOLER_PORT": "\(port + 3)", "PARLOR_POOLER_SESSION_PORT": "\(port + 4)",
            "PARLOR_API_PORT": "\(port + 5)", "PARLOR_REDIS_PORT": "\(port + 6)",
            "PARLOR_REDIS_QUEUE_PORT": "\(port + 7)", "PARLOR_CLUSTER_MANAGEMENT_PORT": "\(port + 10)",
            "PARLOR_CLUSTER_ETCD_PORT": "\(port + 14)", "PARLOR_RUN_AS": Self.account.name,
        ].merging(environment) { $1 }
        if Files.exists("\(Self.patroni)/complete") { self.environment["PARLOR_CLUSTER_PATRONI"] = Self.patroni }
    }

    // MARK: - Running the program

    /// The same system, told something else by variables; an empty text takes a variable away.
    package func with(_ changes: [String: String]) -> ParlorSystem {
        var system = self
        for (name, value) in changes { system.environment[name] = value.isEmpty ? nil : value }
        return system
    }

    /// Starts the program with these words.
    package func start(_ words: String...) throws -> RunningProgram { try start(words) }

    /// The same; another program may be wrapped around it, and it may stand elsewhere.
    package func start(
        _ words: [String], of path: String = program, through wrapper: [String] = []
    ) throws -> RunningProgram {
        let line = self.wrapper + wrapper + [path] + words
        let program = Program(
            line[0], Array(line.dropFirst()), environment: Self.surroundings.merging(environment) { $1 }, folder: place)
        return try RunningProgram(program, on: loop)
    }

    /// What the tests themselves were started with, less what would configure Parlor.
    private static let surroundings = {
        var found: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let pieces = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let ours = ["PARLOR_", "DATABASE_", "REDIS_", "SSL_", "USE_SSL", "PG", "AWS_", "S3_", "SLACK_"].contains {
                pieces[0].hasPrefix($0)
            }
            if pieces.count == 2, !ours { found[String(pieces[0])] = String(pieces[1]) }
            next += 1
        }
        return found
    }()

    /// Runs the program to its end.
    @discardableResult
    package func run(_ words: String..., within limit: Duration = .seconds(180)) async throws -> Outcome {
        try await start(words).outcome(within: limit)
    }

    /// Runs a command that must succeed.
    @discardableResult
    package func succeed(_ words: String...) async throws -> Outcome {
        let outcome = try await start(words).outcome()
        guard outcome.code == 0 else { throw Failure(outcome.description) }
        return outcome
    }
}
