import Basics
import Bookings
import Loop
import Postgres
import Store
import StoreTestSupport
import Testing
import Zones

/// A salon with two chairs and a basin, open day and night, in a database of the test's own.
struct BookingScene: Sendable {
    let database: SalonDatabase
    let superuser: PostgresSession
    let store: Store
    let loop: EventLoop
    let desk: BookingDesk
    let scope: SalonScope
    let chairs: [PostgresUUID]
    let basin: PostgresUUID
    /// Half an hour on a chair, with ten minutes to clean up; 25.50 EUR.
    let cut: PostgresUUID
    /// An hour on a chair and at the basin.
    let wash: PostgresUUID
    let customer: PostgresUUID
    /// A midnight of the salon's, between a Tuesday and a Wednesday, because clocks are changed on Sundays.
    let midnight: Timestamp

    static let furniture = """
        INSERT INTO salons (id, name, phone_number_id, timezone, currency)
            VALUES ('00000000-0000-7000-8000-000000000001', 'Ada', '1', 'Europe/Berlin', 'EUR');
        INSERT INTO resources (salon_id, id, kind, name)
            SELECT '00000000-0000-7000-8000-000000000001', ('00000000-0000-7000-8000-0000000000' || n)::uuid, k::"ResourceKind", n
            FROM (VALUES ('11', 'CHAIR'), ('12', 'CHAIR'), ('13', 'ROOM')) AS r (n, k);
        INSERT INTO services (salon_id, id, name, duration_minutes, buffer_after_minutes, price, currency) VALUES
            ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000021', 'Cut', 30, 10, 25.50, NULL),
            ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000022', 'Wash', 60, 0, NULL, NULL);
        INSERT INTO service_resources
            SELECT '00000000-0000-7000-8000-000000000001', ('00000000-0000-7000-8000-0000000000' || s)::uuid,
                ('00000000-0000-7000-8000-0000000000' || r)::uuid
            FROM (VALUES ('21', '11'), ('21', '12'), ('22', '11'), ('22', '12'), ('22', '13')) AS l (s, r);
        INSERT INTO opening_hours (salon_id, weekday, opens, closes)
            SELECT '00000000-0000-7000-8000-000000000001', day, '00:00', '24:00' FROM generate_series(1, 7) AS day;
        INSERT INTO customers (salon_id, id, name, phone_number)
            VALUES ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000031', 'Carla', '+49155');
        """

    /// A key of the furniture.
    static func key(_ number: Int) -> PostgresUUID { PostgresUUID(high: 0x7000, low: 0x8000 << 48 | UInt64(number)) }

    init(
        _ database: SalonDatabase, _ superuser: PostgresSession, _ store: Store, sealer: FieldSealer? = nil,
        seed: UInt64? = nil, on loop: EventLoop
    ) async throws {
        self.database = database
        self.superuser = superuser
        self.store = store
        self.loop = loop
        desk = BookingDesk(store, sealer: sealer, codes: BookingCodes(seed: seed), on: loop)
        scope = SalonScope(SalonIdentifier(Self.key(0x01)), by: .service("test"))
        (chairs, basin) = ([Self.key(0x11), Self.key(0x12)], Self.key(0x13))
        (cut, wash, customer) = (Self.key(0x21), Self.key(0x22), Self.key(0x31))
        midnight = try await superuser.query(
            """
            SELECT (date_trunc('week', now() AT TIME ZONE 'Europe/Berlin') + interval '16 days')
                AT TIME ZONE 'Europe/Berlin'
            """
        ).only[0]
    }

    /// A time of that day.
    func at(_ hour: Int, _ minute: Int = 0) -> Timestamp { midnight + .seconds(hour * 3600 + minute * 60) }

    /// A request for a cut.
    func request(_ start: Timestamp, key: String? = nil) -> BookingRequest {
        var request = BookingRequest(service: cut, start: .moment(start), customer: .key(customer))
        request.key = key
        return request
    }

    /// Books a cut, which must go well.
    func booked(_ start: Timestamp, hold: Duration? = nil) async throws -> BookingDetails {
        try #require(try await desk.book(request(start), hold: hold, in: scope).value.booking)
    }

    /// What the outbox holds of a topic, and takes it out.
    func messages(_ topic: String = "booking.changed") async throws -> [String] {
        try await superuser.query(
            """
            WITH taken AS (DELETE FROM outbox WHERE topic = $1 RETURNING id, payload)
            SELECT concat_ws(' ', payload ->> 'what', payload ->> 'version') FROM taken ORDER BY id
            """, topic
        ).map { try $0[0, as: String.self] }
    }

    /// Lets a hold be over.
    func expire(_ booking: PostgresUUID) async throws {
        try await superuser.query(
            "UPDATE bookings SET hold_expires_at = now() - interval '1 second' WHERE id = $1", booking)
    }

    /// Pairs of active bookings that share a resource and a moment, told without the constraint or its operator.
    func overlaps() async throws -> Int {
        try await superuser.query(
            """
            SELECT count(*) FROM (
                SELECT lower(c.occupied) AS taken_from,
                    max(upper(c.occupied)) OVER (
                        PARTITION BY c.salon_id, c.resource_id ORDER BY lower(c.occupied), c.booking_id
                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS taken_before
                FROM booking_claims AS c JOIN bookings AS b ON b.salon_id = c.salon_id AND b.id = c.booking_id
                WHERE b.status IN ('HELD', 'CONFIRMED') AND b.deleted_at IS NULL
            ) AS claims WHERE taken_from < taken_before
            """
        ).only[0]
    }
}

extension BookingOutcome {
    /// The booking, where it is done.
    var booking: BookingDetails? { if case .done(let booking) = self { booking } else { nil } }

    /// The slots that are named instead.
    var next: [FreeSlot]? { if case .taken(let next) = self { next } else { nil } }
}

/// Runs `body` with a salon.
func withBookings<Result: Sendable>(
    sealer: FieldSealer? = nil, seed: UInt64? = nil, transactions: Int = 8,
    _ body: @escaping @Sendable (BookingScene) async throws -> Result
) async throws -> Result {
    try await withSalonDatabase { database, loop in
        let superuser = try await PostgresSession.connect(database.superuser, on: loop)
        defer { superuser.close() }
        try await superuser.execute(BookingScene.furniture)
        var limits = StoreLimits()
        limits.transactions = transactions
        let store = Store(primary: database.service, limits, on: loop)
        let outcome: Swift.Result<Result, any Error>
        do {
            let scene = try await BookingScene(database, superuser, store, sealer: sealer, seed: seed, on: loop)
            outcome = .success(try await body(scene))
        } catch { outcome = .failure(error) }
        await store.stop(within: .seconds(60))
        return try outcome.get()
    }
}
