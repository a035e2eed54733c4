import Basics
import Bookings
import Glibc
import Loop
import Migrations
import Postgres
import Seed
import Store

/// The store under load, as a program of Parlor's own package, because its rooms are nobody else's: it fills a database
/// once, from a seed too, and reads bookings by code for one of many salons, for so many seconds.
@main
enum Entrypoint {
    private static let salons = 200
    private static let bookings = 200

    static func main() throws {
        let words = CommandLine.arguments.dropFirst().map { String($0) }
        let loop = try EventLoop()
        try loop.run {
            switch words.first {
            case "fill" where words.count == 4: try await fill(place(words[1], words[2], "bench"), words[3], on: loop)
            case "seed" where words.count == 4:
                try await seed(place(words[1], words[2], "bench"), Double(words[3]) ?? 0, on: loop)
            case "read" where words.count == 6:
                let (connections, clients, seconds) = (Int(words[3]) ?? 0, Int(words[4]) ?? 0, Int(words[5]) ?? 0)
                try await read(place(words[1], words[2], "service"), connections, clients, .seconds(seconds), on: loop)
            default: exit(2)
            }
        }
    }

    private static func place(_ folder: String, _ port: String, _ user: String) -> ConnectionOptions {
        ConnectionOptions(host: folder, port: Int(port) ?? 0, database: "bench", user: user)
    }

    // MARK: - Filling

    private static func fill(_ options: ConnectionOptions, _ migrations: String, on loop: EventLoop) async throws {
        let session = try await PostgresSession.connect(options, on: loop)
        defer { session.close() }
        try await session.execute("CREATE ROLE service LOGIN")
        try await SchemaFoundation(account: "service").lay(session)
        for name in try Files.list(migrations).sorted() where !name.hasSuffix(".toml") {
            try await session.execute(Files.readText("\(migrations)/\(name)/migration.sql"))
        }
        try await session.execute(
            """
            INSERT INTO salons (id, name, phone_number_id)
            SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'salon ' || n, n::text
            FROM generate_series(1, \(salons)) AS n;
            INSERT INTO bookings (salon_id, booking_code, service, start_ts, end_ts, local_start, timezone)
            SELECT s.id, lpad(n::text, 6, '0'), 'Cut', now() + n * interval '1 hour',
                now() + n * interval '1 hour' + interval '30 minutes', now(), 'UTC'
            FROM salons AS s, generate_series(1, \(bookings)) AS n
            """)
        for table in ["salons", "bookings"] { try await session.query("VACUUM ANALYZE \(table)", fate: .own) }
    }

    /// A year of the specification's workload, beside what is there.
    private static func seed(_ options: ConnectionOptions, _ scale: Double, on loop: EventLoop) async throws {
        // The same rows on every day.
        let end = Timestamp(seconds: 1_780_272_000)
        let request = SeedRequest(number: 1, size: .workload(scale: scale), until: end)
        _ = try await Seeder(options, on: loop).seed(request, allowsForeign: true)
    }

    // MARK: - Reading

    private static func read(
        _ options: ConnectionOptions, _ connections: Int, _ clients: Int, _ time: Duration, on loop: EventLoop
    ) async throws {
        var limits = StoreLimits()
        limits.lines = connections
        let store = Store(primary: options, limits, on: loop)
        let start = ContinuousClock.now
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<clients {
                group.addTask(executorPreference: loop) {
                    var count = 0
                    while .now - start < time {
                        try await readOne(store)
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        let elapsed = ContinuousClock.now - start
        print(count, Double(elapsed.components.attoseconds) / 1e18 + Double(elapsed.components.seconds))
        await store.stop(within: .seconds(5))
    }

    private static func readOne(_ store: Store) async throws {
        let salon = PostgresUUID(high: 0x7000, low: 0x8000_0000_0000_0000 | hexadecimal(Int.random(in: 1...salons)))
        let scope = SalonScope(SalonIdentifier(salon), by: .service("bench"))
        let number = String(Int.random(in: 1...bookings))
        let code = String(repeating: "0", count: 6 - number.utf8.count) + number
        let found = try await store.read(BookingStatements.byCode, code, in: scope)
        guard found.count == 1 else { throw ParlorError(.unexpected, "a booking was not found") }
    }

    /// The number whose hexadecimal digits are this one's decimal digits.
    private static func hexadecimal(_ number: Int) -> UInt64 { UInt64(String(number), radix: 16) ?? 0 }
}
