import Basics
import Bookings
import Loop
import LoopTestSupport
import Postgres
import PostgresTestSupport
import Store
import StoreTestSupport
import Testing

@Suite("A request that is said again") struct RepeatedRequestTests {
    @Test("It brings the same booking, whatever has become of that, and one of another content is refused")
    func again() async throws {
        try await withBookings { salon in
            let request = salon.request(salon.at(10), key: "order 1")
            let first = try #require(try await salon.desk.book(request, in: salon.scope).value.booking)
            #expect(try await salon.desk.book(request, in: salon.scope).value == .done(first))
            var other = request
            other.resource = salon.chairs[1]
            #expect(try await salon.desk.book(other, in: salon.scope).value == .refused(.keyReused))
            #expect(
                try await salon.desk.book(request, hold: .seconds(60), in: salon.scope).value == .refused(.keyReused))
            let cancelled = try await salon.desk.cancel(first.id, in: salon.scope).value.booking
            #expect(try await salon.desk.book(request, in: salon.scope).value.booking == cancelled)
            #expect(try await salon.messages() == ["confirmed 1", "cancelled 2"])
        }
    }

    @Test("Said by many at the same moment, it is done once and all get that booking")
    func together() async throws {
        try await withBookings { salon in
            for hour in 0..<10 {
                let request = salon.request(salon.at(hour), key: "order \(hour)")
                let bookings = try await withThrowingTaskGroup(of: BookingDetails?.self) { group in
                    for _ in 0..<8 {
                        group.addTask(executorPreference: salon.loop) {
                            try await salon.desk.book(request, in: salon.scope).value.booking
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(bookings.count == 8 && Set(bookings).count == 1 && bookings[0] != nil)
            }
            #expect(try await salon.superuser.query("SELECT FROM bookings").count == 10)
        }
    }

    @Test("When the answer to its commit is lost, it brings the booking that was made")
    func lostAnswer() async throws {
        try await withBookings { salon in
            // The commit waits until the test lets it, so that its answer can be cut off for certain.
            try await salon.superuser.execute(
                """
                CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END';
                CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON bookings DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION wait();
                SELECT pg_advisory_lock(7);
                """)
            let server = try TestServer.shared()
            let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: server.port), on: salon.loop)
            defer { proxy.close() }
            guard case .tcp(let host, let port) = proxy.address else { preconditionFailure("it listens on a port") }
            var options = salon.database.service
            (options.host, options.port, options.sslMode) = (host, port, .disable)
            let store = Store(primary: options, on: salon.loop)
            let desk = BookingDesk(store, on: salon.loop)
            let request = salon.request(salon.at(10), key: "order 1")
            let asked = Task(executorPreference: salon.loop) { try await desk.book(request, in: salon.scope) }
            let observer = try await PostgresSession.connect(salon.database.superuser, on: salon.loop)
            defer { observer.close() }
            while try await observer.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").isEmpty {
            }
            proxy.cut()
            try await salon.superuser.query("SELECT pg_advisory_unlock(7)")
            let booking = try #require(try await asked.value.value.booking)
            #expect(try await salon.superuser.query("SELECT FROM bookings").count == 1)
            #expect(try await desk.book(request, in: salon.scope).value == .done(booking))
            await store.stop(within: .seconds(60))
        }
    }
}
