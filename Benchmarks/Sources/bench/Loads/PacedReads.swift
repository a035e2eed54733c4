import Basics
import Glibc
import HTTP
import Loop
import Postgres
import Processes
import Synchronization

/// What people of salons look at, so many times in a second, over a year of the specification's workload: the day's
/// bookings, conversations and their messages, customers, events, and a month in figures.
///
/// A request counts from the moment at which it was due, so that one which is slow does not hide those behind it.
final class PacedReads: Sendable {
    private static let scale = "0.05"
    private static let token = "pk_" + String(repeating: "s", count: 32)

    private let service: BenchService
    private let perSecond: Int
    private let targets = Mutex<[HTTPRequest]>([])

    init(_ service: BenchService, perSecond: Int) {
        self.service = service
        self.perSecond = perSecond
    }

    func load(for time: Duration) async throws -> Sample {
        let requests = try await requests()
        let loop = service.workshop.loop
        let client = HTTPClient(on: loop, HTTPClientOptions())
        defer { client.close() }
        let address = SocketAddress.tcp(host: "127.0.0.1", port: service.parlor.port)
        let start = ContinuousClock.now
        let count = max(1, Int(time.seconds)) * perSecond
        let latencies = try await withThrowingTaskGroup(of: Int64.self) { group in
            for number in 0..<count {
                let due = start + .seconds(1) * number / perSecond
                try await loop.sleep(until: due)
                let request = requests[number % requests.count]
                group.addTask(executorPreference: loop) {
                    let response = try await client.send(request, to: address, within: .seconds(20))
                    guard response.status == .ok else {
                        throw ParlorError(.programFailed, "\(request.target) was answered with \(response.status.code)")
                    }
                    return (.now - due).microseconds
                }
            }
            return try await group.reduce(into: [Int64]()) { $0.append($1) }.sorted()
        }
        return Sample(
            count, in: .now - start, median: Crowd.percentile(50, of: latencies),
            tail: Crowd.percentile(99, of: latencies))
    }

    /// Seeds when it is asked for the first time.
    private func requests() async throws -> [HTTPRequest] {
        let known = targets.withLock { $0 }
        guard known.isEmpty else { return known }
        try await seed()
        let found = try await find()
        targets.withLock { $0 = found }
        return found
    }

    private func seed() async throws {
        Entrypoint.tell("seeding --scale \(Self.scale) …")
        let (workshop, database) = (service.workshop, service.database)
        let words = ["seed", database.folder, "\(database.port)", Self.scale]
        _ = try await workshop.output(
            of: Program("\(workshop.checkout)/.build/release/storeload", words), within: .seconds(1800))
    }

    /// Random salons, customers and conversations of theirs; the same ones on every machine.
    private func find() async throws -> [HTTPRequest] {
        let session = try await PostgresSession.connect(service.database.options, on: service.workshop.loop)
        defer { session.close() }
        try await session.execute(
            """
            INSERT INTO api_keys (salon_id, name, prefix, key_hash, scopes)
            SELECT id, 'bench', 'bench', sha256(('\(Self.token)' || phone_number_id)::bytea),
                '{bookings:read,conversations:read,messages:read,customers:read,analytics:read,catalogue:read}'
            FROM salons WHERE id IN (SELECT unnest(salons) FROM seeds);
            CHECKPOINT
            """)
        let rows = try await session.query(
            """
            SELECT s.id::text, s.phone_number_id, c.id::text, c.customer_id::text,
                to_char(c.last_message_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')
            FROM salons AS s CROSS JOIN LATERAL (
                SELECT id, customer_id, last_message_at FROM conversations WHERE salon_id = s.id
                ORDER BY md5(id::text) LIMIT 20) AS c
            WHERE s.id IN (SELECT unnest(salons) FROM seeds) ORDER BY md5(c.id::text)
            """)
        var requests: [HTTPRequest] = []
        for row in rows {
            let (salon, number, conversation, customer, day) = try row.values(
                as: String.self, String.self, String.self, String.self, String.self)
            for path in [
                "bookings?limit=50", "calendar/\(day)", "conversations?limit=20",
                "conversations/\(conversation)/messages",
                "customers/\(customer)", "customers?limit=20", "services", "analytics/bookings?until=\(day)",
            ] {
                guard let target = HTTPTarget("/v1/salons/\(salon)/\(path)") else { continue }
                var request = HTTPRequest(.get, target)
                request.headers = ["Authorization": "Bearer \(Self.token)\(number)"]
                requests.append(request)
            }
        }
        guard !requests.isEmpty else { throw ParlorError(.unexpected, "the seed has no conversations") }
        return requests
    }
}
