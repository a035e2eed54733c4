import Basics
import Bookings
import Configuration
import HTTP
import Jobs
import Loop
import Messaging
import Notices
import Postgres
import Store
import StoreTestSupport
import Synchronization
import Telemetry
import Testing
import Zones

@testable import Work

@Suite("Work behind the service") struct WorkerTests {
    private static let key = Secret("0123456789abcdef0123456789abcdef-sealing")

    /// What stands for WhatsApp: it takes every message and remembers it.
    private final class Cloud: Sendable {
        private let taken = Mutex<[String]>([])
        let bell = LoopWait<Void>()

        var messages: [String] { taken.withLock { $0 } }

        func answer(_ request: HTTPRequest) -> HTTPResponse {
            let count = taken.withLock {
                $0.append(String(decoding: request.body, as: UTF8.self))
                return $0.count
            }
            bell.succeed()
            return .text(#"{"messages":[{"id":"wamid.out\#(count)"}]}"#, type: "application/json")
        }
    }

    /// A salon with a token, and a worker that sends to `cloud`.
    private func withWorker(
        _ body: @escaping @Sendable (TestedSalon, Worker, Cloud, EventLoop) async throws -> Void
    ) async throws {
        try await withSalonDatabase { database, loop in
            let superuser = try await PostgresSession.connect(database.superuser, on: loop)
            defer { superuser.close() }
            let store = Store(primary: database.service, on: loop)
            let salon = try await TestedSalon.open("Salon", store, superuser)
            let sealer = FieldSealer(try SealingKeyring([1: Self.key]))
            let token = sealer.seal("token", for: SealedColumn.accessToken.field, of: salon.scope.salon)
            try await superuser.query("UPDATE salons SET access_token = $1 WHERE id = $2", token, salon.id)
            let cloud = Cloud()
            var router = HTTPRouter()
            router.post("/v23.0/Salon/messages", "Takes a message.") { cloud.answer($0) }
            let routes = router
            let server = try HTTPServer(at: .tcp(host: "127.0.0.1", port: 0), on: loop) { await routes.respond(to: $0) }
            guard case .tcp(_, let port) = server.address else { throw ParlorError(.unexpected, "no port") }
            var configuration = Configuration()
            configuration.whatsApp.graphURL = "http://127.0.0.1:\(port)/v23.0"
            let worker = try Worker(
                configuration, store, sealer: sealer,
                logger: Logger(label: "worker", level: .error, sink: MemorySink()),
                metrics: MetricsRegistry(), on: loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                try await body(salon, worker, cloud, loop)
                server.shutDown(within: .seconds(5))
                try await group.waitForAll()
            }
            await store.stop(within: .seconds(10))
        }
    }

    @Test("What was put up in a transaction goes out once, and is known to be sent")
    func sending() async throws {
        try await withWorker { salon, worker, cloud, loop in
            let message = try await salon.store.transaction(in: salon.scope) { transaction in
                try await Outgoing.put(
                    OutgoingMessage(in: salon.conversation, .text(try TextContent("hello"))), in: transaction)
            }.value
            let work = Task(executorPreference: loop) { try await worker.run() }
            try await cloud.bell.value(on: loop)
            await worker.drain(within: .seconds(10))
            work.cancel()
            _ = await work.result
            #expect(cloud.messages.count == 1)
            #expect(cloud.messages.first?.contains(#""to":"4915112345678""#) == true)
            #expect(cloud.messages.first?.contains(message.description) == true)
            #expect(try await salon.state(of: message) == "SENT")
            let left = try await salon.superuser.query("SELECT count(*) FROM outbox").only[0, as: Int.self]
            #expect(left == 0)
        }
    }

    @Test("A worker of its own answers whoever watches it, at the port that is configured")
    func watched() async throws {
        try await EventLoop.onThread { loop in
            let log = MemorySink()
            var configuration = Configuration()
            configuration.database.host = "/tmp/parlor-nowhere"
            configuration.worker.port = 0
            let role = try WorkerRole(configuration, logger: Logger(label: "worker", level: .info, sink: log), on: loop)
            let running = Task(executorPreference: loop) { try await role.run() }
            let lines = { log.records.map { String(decoding: LogFormat.json.line(for: $0), as: UTF8.self) } }
            let deadline = loop.now + .seconds(30)
            while !lines().contains(where: { $0.contains("listening") }), loop.now < deadline {
                try await loop.sleep(for: .milliseconds(5))
            }
            let line = try #require(lines().first { $0.contains("listening") })
            let port = try #require(Int(line.split(separator: "127.0.0.1:")[1].prefix { $0.isNumber }))
            let (client, address) = (HTTPClient(on: loop), SocketAddress.tcp(host: "127.0.0.1", port: port))
            let live = try await client.get("/health/live", at: address, within: .seconds(30))
            #expect(live.status == .ok)
            let metrics = try await client.get("/metrics", at: address, within: .seconds(30))
            #expect(metrics.text.contains("parlor_webhook_events_waiting"))
            client.close()
            running.cancel()
            _ = await running.result
        }
    }

    @Test("A booking brings its reminders, and each is sent once, in the language of who reads it")
    func reminders() async throws {
        try await withWorker { salon, _, _, loop in
            let booking = try await salon.superuser.query(
                """
                INSERT INTO bookings (salon_id, booking_code, customer_id, service, start_ts, end_ts, local_start, timezone)
                VALUES ($1, 'ABC234', $2, 'Haircut', now() + interval '3 days', now() + interval '73 hours',
                    '2027-03-01 09:30', 'UTC') RETURNING id
                """, salon.id, salon.customer
            ).only[0, as: PostgresUUID.self]
            try await salon.superuser.query("UPDATE customers SET language = 'es' WHERE id = $1", salon.customer)
            let queue = PostgresJobQueue(salon.store)
            let desk = BookingDesk(salon.store, on: loop)
            let notices = BookingNotices(salon.store, desk)
            let followUp = BookingFollowUp(desk, notices, queue, zones: ZoneDatabase())
            try await queue.add(
                NewJob(
                    BookingChange.topic, key: "1", for: salon.scope.salon,
                    PostgresJSON(#"{"booking":"\#(booking)","version":1,"what":"confirmed"}"#)))
            let job = try #require(
                await queue.take(JobRequest(BookingChange.topic, count: 1, lease: .seconds(60))).first)
            #expect(try await followUp.follow(job) == .done)
            #expect(try await followUp.follow(job) == .done)
            #expect(try await queue.counts(of: BookingFollowUp.reminders).scheduled == 2)

            let payload = try await salon.superuser.query(
                "SELECT payload FROM jobs WHERE queue = $1 ORDER BY due_at LIMIT 1", BookingFollowUp.reminders
            ).only[0, as: PostgresJSON.self]
            let reminder = try #require(Reminder(reading: payload))
            #expect(reminder.booking == booking && reminder.key.hasPrefix("reminder:\(booking):1:"))
            for _ in 0..<2 { #expect(try await notices.remind(reminder, in: salon.scope) == .told) }
            let texts = try await salon.superuser.query("SELECT content FROM messages WHERE direction = 'OUTBOUND'")
            #expect(texts.count == 1)
            let text: String = try texts.only[0]
            #expect(text == "Salon le recuerda su cita: Haircut, lunes 1 de marzo a las 9:30. Código ABC234.")

            try await salon.superuser.query("UPDATE bookings SET status = 'CANCELLED' WHERE id = $1", booking)
            #expect(try await notices.remind(reminder, in: salon.scope) == .obsolete)
        }
    }

    @Test("Outside of the window only a template goes out, and who has none is told why nothing went out")
    func window() async throws {
        try await withWorker { salon, _, _, loop in
            let booking = try await salon.superuser.query(
                """
                INSERT INTO bookings (salon_id, booking_code, customer_id, service, start_ts, end_ts, local_start, timezone)
                VALUES ($1, 'ABC234', $2, 'Haircut', now() + interval '3 days', now() + interval '73 hours',
                    '2027-03-01 09:30', 'UTC') RETURNING id
                """, salon.id, salon.customer
            ).only[0, as: PostgresUUID.self]
            try await salon.superuser.execute("UPDATE conversations SET window_expires_at = now() - interval '1 hour'")
            let desk = BookingDesk(salon.store, on: loop)
            let notices = BookingNotices(salon.store, desk)
            let reminder = Reminder(booking: booking, version: 1, rule: .days(1), due: .now())
            try await salon.superuser.query(
                """
                INSERT INTO templates (salon_id, name, language, category, status)
                VALUES ($1, 'booking_reminder', 'en', 'UTILITY', 'PENDING')
                """, salon.id)
            let refused = try await notices.remind(reminder, in: salon.scope)
            guard case .unreachable = refused else {
                Issue.record("\(refused)")
                return
            }
            try await salon.superuser.execute("UPDATE templates SET status = 'APPROVED'")
            #expect(try await notices.remind(reminder, in: salon.scope) == .told)
            let sent = try await salon.superuser.query(
                "SELECT message_type::text, payload::text FROM messages WHERE direction = 'OUTBOUND'"
            ).only
            #expect(try sent[0, as: String.self] == "TEMPLATE")
            #expect(try sent[1, as: String.self].contains("Monday, 1 March at 9:30"))
        }
    }

    @Test("Who speaks a language is told by a template in another form of it, and in his own before that")
    func formsOfLanguages() async throws {
        try await withWorker { salon, _, _, _ in
            let approve = """
                INSERT INTO templates (salon_id, name, language, category, status)
                VALUES ($1, 'booking_reminder', $2, 'UTILITY', $3::"TemplateStatus")
                """
            func language(for customer: String) async throws -> String? {
                try await salon.store.read(NoticeStatements.language, ("booking_reminder", customer), in: salon.scope)
                    .first
            }
            for (language, status) in [("pt_BR", "APPROVED"), ("es", "PENDING"), ("en_US", "APPROVED")] {
                try await salon.superuser.query(approve, salon.id, language, status)
            }
            #expect(try await language(for: "pt") == "pt_BR")
            #expect(try await language(for: "pt-PT") == "pt_BR")
            #expect(try await language(for: "en_us") == "en_US")
            #expect(try await language(for: "es") == nil)
            #expect(try await language(for: "p") == nil)
            try await salon.superuser.query(approve, salon.id, "pt_PT", "APPROVED")
            #expect(try await language(for: "pt-PT") == "pt_PT")
            #expect(try await language(for: "pt") == "pt_BR")
        }
    }
}
