import Basics
import Glibc
import Loop
import Postgres
import Processes
import Webhooks

/// The whole service over a database of its own with many salons, and Express with node-postgres over the same one.
struct BenchService {
    /// The program under load.
    struct Server: Sendable {
        let port: Int
        let process: Child
    }

    static let salons = 200
    static let bookings = 200
    private static let requests = 60_000
    /// Whoever has it may read bookings of the salon whose number it ends with.
    private static let key = "pk_" + String(repeating: "b", count: 32)

    let workshop: Workshop
    let database: BenchDatabase
    let parlor: Server
    let express: Server
    private let session: PostgresSession
    private let secret = RandomIdentifier.hex(bytes: 16)

    init(in workshop: Workshop, program: String) async throws {
        self.workshop = workshop
        let password = Secret.generate()
        database = try await BenchDatabase(in: workshop, password: password)
        let place = ["fill", database.folder, "\(database.port)", "\(workshop.checkout)/schema/migrations"]
        _ = try await workshop.output(of: Program("\(workshop.checkout)/.build/release/storeload", place))
        session = try await PostgresSession.connect(database.options, on: workshop.loop)
        let verifier = try session.passwordVerifier(password, user: "service").reveal()
        try await session.execute("ALTER ROLE service PASSWORD \(quoteLiteral(verifier))")
        try await session.execute(
            """
            INSERT INTO api_keys (salon_id, name, prefix, key_hash, scopes)
            SELECT id, 'bench', 'bench', sha256(('\(Self.key)' || phone_number_id)::bytea), '{bookings:read}' FROM salons
            """)
        parlor = try await Self.serve(program, workshop, database, password, secret)
        let port = try workshop.freePort()
        let program = workshop.node("node-webhook", ["\(port)", database.folder, "\(database.port)", secret])
        express = Server(port: port, process: try await workshop.start(program, log: "express", port: port))
        try await warmUp()
    }

    /// Both are met as they are after a while: tables are no longer empty, and PostgreSQL knows what is in them.
    private func warmUp() async throws {
        for server in [parlor, express] { _ = try await deliver(to: server, connections: 16, for: .seconds(1)) }
        for table in ["webhook_logs", "customers", "conversations", "messages", "message_keys", "outbox"] {
            try await session.query("VACUUM ANALYZE \(table)", fate: .own)
        }
    }

    private static func serve(
        _ parlor: String, _ workshop: Workshop, _ database: BenchDatabase, _ password: Secret, _ secret: String
    ) async throws -> Server {
        let port = try workshop.freePort()
        let environment = [
            "PATH": "/usr/bin:/bin", "HOME": workshop.folder, "PARLOR_LOG_LEVEL": "warning",
            "PARLOR_API_PORT": "\(port)", "PARLOR_DATABASE_MANAGED": "false", "PARLOR_DATABASE_HOST": "127.0.0.1",
            "PARLOR_DATABASE_PORT": "\(database.port)", "PARLOR_DATABASE_NAME": "bench",
            "PARLOR_DATABASE_USER": "service", "PARLOR_DATABASE_PASSWORD": password.reveal(),
            "PARLOR_WHATSAPP_APP_SECRET": secret, "PARLOR_API_READS_PER_MINUTE": "10000000",
            // Who answers customers is "parlor worker" here: it would work on during the turns of the others.
            "PARLOR_WORKER_WITH_SERVICE": "false",
        ]
        let program = Program(parlor, ["serve"], environment: environment, folder: workshop.folder)
        return Server(port: port, process: try await workshop.start(program, log: "service", port: port))
    }

    func stop() async {
        session.close()
        await workshop.stop(parlor.process)
        await workshop.stop(express.process)
        await database.stop()
    }

    /// Delivers events over so many connections, each another one, and waits afterwards until all of them are applied: the
    /// next turn is not to pay for this one.
    func deliver(to server: Server, connections: Int, for time: Duration) async throws -> Sample {
        let number = Int.random(in: 0..<1_000_000_000)
        let file = "\(workshop.folder)/deliveries-\(number)"
        let requests = SignedDeliveries.requests(
            Self.requests, series: number, salons: Self.salons, secret: secret,
            now: Timestamp.now().microseconds / 1_000_000)
        try Files.writeAtomically(requests, to: file, mode: 0o644)
        defer { try? Files.remove(file) }
        try await session.query("CHECKPOINT", fate: .own)
        let wrk = Wrk(workshop: workshop, connections: connections)
        let sample = try await wrk.load(
            port: server.port, path: "/webhook", body: file, script: "deliveries", process: server.process.pid,
            for: time)
        try await settle()
        return sample
    }

    /// Reads bookings by their codes, each another one, over so many connections, from the paths below `prefix`.
    func read(
        from server: Server, below prefix: String = "", connections: Int, for time: Duration
    ) async throws -> Sample {
        let file = "\(workshop.folder)/reads\(prefix.replacing("/", with: "-"))"
        if !Files.exists(file) { try Files.writeAtomically(Self.reads(below: prefix), to: file, mode: 0o644) }
        return try await Wrk(workshop: workshop, connections: connections).load(
            port: server.port, path: "/", body: file, script: "deliveries", process: server.process.pid, for: time)
    }

    private static func reads(below prefix: String) -> [UInt8] {
        var generator = SeededRandom(seed: 1)
        var bytes: [UInt8] = []
        for _ in 0..<requests {
            let salon = "\(Int.random(in: 1...salons, using: &generator))"
            let booking = "\(Int.random(in: 1...bookings, using: &generator))"
            let key = "00000000-0000-7000-8000-\(String(repeating: "0", count: 12 - salon.utf8.count))\(salon)"
            let code = String(repeating: "0", count: 6 - booking.utf8.count) + booking
            let request =
                "GET \(prefix)/v1/salons/\(key)/booking-codes/\(code) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + "Authorization: Bearer \(Self.key)\(salon)\r\n\r\n"
            bytes += "\(request.utf8.count)\n\(request)".utf8
        }
        return bytes
    }

    /// Waits until every event of the service is applied. Express applies nothing.
    private func settle() async throws {
        let question = "SELECT count(*) FROM webhook_logs WHERE status = 'RECEIVED'"
        while try await session.query(question).only[0, as: Int.self] > 0 {
            try await workshop.loop.sleep(for: .milliseconds(100))
        }
    }
}
