import Basics
import Glibc
import Loop
import Postgres
import Processes
import StoreTestSupport
import SystemTestSupport

/// The service as a process that may die.
final class ServiceProcess: @unchecked Sendable {
    // Guard of @unchecked Sendable: it holds a `Child`, which is used on its loop only, and whoever has it is a task
    // that prefers that loop.

    /// What deliveries are signed with.
    static let secret = "storm-secret"

    let port: Int
    private let program: Program
    private let loop: EventLoop
    private(set) var child: Child
    private(set) var deaths = 0
    private(set) var isDying = false

    /// Whether it has ended without being killed.
    var hasEnded: Bool { !isDying && !child.isRunning }

    /// Where it answers.
    var address: SocketAddress { .tcp(host: "127.0.0.1", port: port) }

    /// Starts one of a database; `environment` goes before what it is told otherwise.
    init(_ database: SalonDatabase, _ environment: [String: String] = [:], on loop: EventLoop) throws {
        let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
        guard case .tcp(_, let port) = listener.address else { throw ParlorError(.connection, "no port") }
        listener.close()
        self.port = port
        self.loop = loop
        let usual = [
            "PATH": "/usr/bin:/bin", "PARLOR_LOG_LEVEL": "error", "PARLOR_API_PORT": "\(port)",
            "PARLOR_DATABASE_MANAGED": "false", "PARLOR_DATABASE_HOST": "127.0.0.1",
            "PARLOR_DATABASE_PORT": "\(database.service.port)", "PARLOR_DATABASE_NAME": database.service.database,
            "PARLOR_DATABASE_USER": database.service.user,
            "PARLOR_DATABASE_PASSWORD": database.service.password?.reveal() ?? "",
            "PARLOR_WHATSAPP_APP_SECRET": Self.secret, "PARLOR_WORKER_WITH_SERVICE": "false",
        ]
        program = Program(ParlorSystem.program, ["serve"], environment: usual.merging(environment) { $1 })
        child = try Child(starting: program, on: loop)
    }

    /// Kills it where it stands, and starts another one.
    func die() async throws {
        kill()
        try await rise()
    }

    /// Kills it where it stands.
    func kill() {
        guard !isDying else { return }
        deaths += 1
        isDying = true
        child.signal(SIGKILL)
    }

    /// Waits until a killed one has ended, and starts another one; meanwhile `body` runs.
    func rise(_ body: () async throws -> Void = {}) async throws {
        defer { isDying = false }
        _ = try await child.exitStatus()
        try await body()
        child = try Child(starting: program, on: loop)
    }

    /// Ends it in order.
    func end() async throws {
        child.signal(SIGTERM)
        _ = try await child.exitStatus()
    }
}
