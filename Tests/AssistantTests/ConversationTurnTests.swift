import Assistant
import Basics
import Bookings
import Loop
import Postgres
import Store
import StoreTestSupport
import Synchronization
import Testing

/// A salon that is open day and night, with one chair and two services, and a customer who writes to it.
private struct ChatScene: Sendable {
    let salon: TestedSalon
    let desk: BookingDesk
    let turn: ConversationTurn
    let loop: EventLoop
    let tomorrow: CivilDate

    init(_ salon: TestedSalon, on loop: EventLoop) async throws {
        self.salon = salon
        self.loop = loop
        try await salon.superuser.execute(
            """
            INSERT INTO resources (salon_id, id, kind, name) VALUES ('\(salon.id)', '\(PretendSalon.key(11))', 'CHAIR', 'One');
            INSERT INTO services (salon_id, id, name, duration_minutes, price, currency) VALUES
                ('\(salon.id)', '\(PretendSalon.key(21))', 'Cut', 30, 25.50, 'EUR'),
                ('\(salon.id)', '\(PretendSalon.key(22))', 'Colour', 60, NULL, NULL);
            INSERT INTO service_resources SELECT salon_id, id, '\(PretendSalon.key(11))' FROM services;
            INSERT INTO opening_hours (salon_id, weekday, opens, closes)
                SELECT '\(salon.id)', day, '00:00', '24:00' FROM generate_series(1, 7) AS day
            """)
        desk = BookingDesk(salon.store, on: loop)
        turn = ConversationTurn(salon.store, desk: desk, on: loop)
        let now = try await salon.superuser.query("SELECT now()").only[0, as: Timestamp.self]
        tomorrow = CivilDate(now) + 1
    }

    /// A message comes in and is not answered yet.
    func receive(_ text: String, choice: String? = nil) async throws -> PostgresUUID {
        let payload = choice.map { #"{"interactive": {"list_reply": {"id": "\#($0)"}}}"# } ?? "{}"
        return try await salon.superuser.query(
            """
            INSERT INTO messages (salon_id, conversation_id, customer_id, direction, message_type, content, payload, status)
            VALUES ($1, $2, $3, 'INBOUND', $4::text::"MessageType", $5, $6, 'RECEIVED') RETURNING id
            """, salon.id, salon.conversation, salon.customer, choice == nil ? "TEXT" : "INTERACTIVE", text,
            PostgresJSON(payload)
        ).only[0]
    }

    /// The same, and is answered; what was said.
    @discardableResult
    func say(_ text: String, choice: String? = nil) async throws -> String {
        try await answer(receive(text, choice: choice))
    }

    @discardableResult
    func answer(_ message: PostgresUUID, by turn: ConversationTurn? = nil) async throws -> String {
        let before = try await said().count
        try await (turn ?? self.turn).handle(conversation: salon.conversation, message: message, in: salon.scope)
        return try await said().dropFirst(before).joined(separator: "\n")
    }

    func said() async throws -> [String] {
        try await salon.superuser.query(
            "SELECT content FROM messages WHERE direction = 'OUTBOUND' ORDER BY created_at, id"
        ).map { try $0[0, as: String.self] }
    }

    /// The bookings that there are, like `CONFIRMED 15:30`.
    func bookings() async throws -> [String] {
        try await salon.superuser.query(
            "SELECT status || ' ' || to_char(local_start, 'HH24:MI') FROM bookings ORDER BY created_at, id"
        ).map { try $0[0, as: String.self] }
    }
}

private func withChat(_ body: @escaping @Sendable (ChatScene) async throws -> Void) async throws {
    try await withSalonDatabase { database, loop in
        let superuser = try await PostgresSession.connect(database.superuser, on: loop)
        defer { superuser.close() }
        let store = Store(primary: database.service, on: loop)
        let outcome: Result<Void, any Error>
        do {
            let scene = try await ChatScene(TestedSalon.open("Salon", store, superuser), on: loop)
            outcome = .success(try await body(scene))
        } catch { outcome = .failure(error) }
        await store.stop(within: .seconds(10))
        try outcome.get()
    }
}

/// Breaks off so many times after something was done.
private final class BreakingResponder: Responder {
    struct BrokenOff: Error {}

    private let left: Mutex<Int>

    init(_ count: Int) { left = Mutex(count) }

    func respond(to turn: DialogueTurn) async throws -> DialogueStep {
        let breaks = left.withLock { left in
            guard turn.facts.deed != nil, left > 0 else { return false }
            left -= 1
            return true
        }
        if breaks { throw BrokenOff() }
        return try Dialogue().step(of: turn)
    }
}

@Suite("Messages of customers are answered") struct ConversationTurnTests {
    @Test("A customer books, moves and cancels by chat") func whole() async throws {
        try await withChat { scene in
            #expect(try await scene.say("hello").hasPrefix("Hello! This is Salon"))
            #expect(try await scene.say("Cut", choice: "service:\(PretendSalon.key(21))").hasPrefix("Cut: which day"))
            try await scene.say("\(scene.tomorrow)", choice: "day:\(scene.tomorrow)")
            #expect(try await scene.say("15:30").contains("Shall I book it?"))
            #expect(try await scene.bookings() == ["HELD 15:30"])
            #expect(try await scene.say("yes").hasPrefix("Booked"))
            #expect(try await scene.bookings() == ["CONFIRMED 15:30"])
            #expect(try await scene.say("move my appointment to tomorrow 17:00").hasPrefix("Moved"))
            #expect(try await scene.bookings() == ["CONFIRMED 17:00"])
            try await scene.say("please cancel my appointment")
            #expect(try await scene.say("yes").hasPrefix("Cancelled"))
            #expect(try await scene.bookings() == ["CANCELLED 17:00"])
            let analytics = try await scene.salon.superuser.query(
                """
                SELECT string_agg(intent, ' ' ORDER BY created_at, id) FROM ai_messages WHERE direction = 'INBOUND'
                """
            ).only[0, as: String.self]
            #expect(analytics == "menu book book book confirm move cancel confirm")
        }
    }

    @Test("A message is answered once, however often and by however many it is dealt with") func once() async throws {
        try await withChat { scene in
            let message = try await scene.receive("cut tomorrow 15:30")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask(executorPreference: scene.loop) {
                        try await scene.turn.handle(
                            conversation: scene.salon.conversation, message: message, in: scene.salon.scope)
                    }
                }
                try await group.waitForAll()
            }
            try await scene.answer(message)
            #expect(try await scene.said().count == 1)
            #expect(try await scene.bookings() == ["HELD 15:30"])
        }
    }

    @Test("A crash between what is done and what is said does nothing twice, at each step") func crash() async throws {
        try await withChat { scene in
            let breaking = ConversationTurn(
                scene.salon.store, desk: scene.desk, responder: BreakingResponder(4), on: scene.loop)
            let steps = [
                ("cut tomorrow 15:30", "HELD 15:30", "book it?"), ("yes", "CONFIRMED 15:30", "Booked"),
                ("move my appointment to tomorrow 17:00", "CONFIRMED 17:00", "Moved"),
            ]
            for (text, booking, answer) in steps {
                let message = try await scene.receive(text)
                await #expect(throws: BreakingResponder.BrokenOff.self) {
                    try await scene.answer(message, by: breaking)
                }
                #expect(try await scene.bookings() == [booking])
                #expect(try await scene.answer(message).contains(answer))
                #expect(try await scene.bookings() == [booking])
            }
            try await scene.say("please cancel my appointment")
            let message = try await scene.receive("yes")
            await #expect(throws: BreakingResponder.BrokenOff.self) { try await scene.answer(message, by: breaking) }
            #expect(try await scene.answer(message).hasPrefix("Cancelled"))
            #expect(try await scene.bookings() == ["CANCELLED 17:00"])
            let changes = try await scene.salon.superuser.query(
                "SELECT string_agg(payload ->> 'what', ' ' ORDER BY id) FROM outbox WHERE topic = 'booking.changed'"
            ).only[0, as: String.self]
            #expect(changes == "held confirmed moved cancelled")
        }
    }

    @Test("A time that was taken in between is said to be, with others that are free") func taken() async throws {
        try await withChat { scene in
            try await scene.say("cut tomorrow")
            let reading = WallTime(scene.tomorrow, sinceMidnight: .seconds(55_800))
            let other = BookingRequest(
                service: PretendSalon.key(21), start: .wallTime(reading), customer: .passer(name: "Eve"))
            _ = try await scene.desk.book(other, in: scene.salon.scope)
            #expect(try await scene.say("15:30").contains("has just been taken"))
            #expect(try await scene.say("16:00").contains("Shall I book it?"))
            // Who turns to something else gives back what is kept.
            #expect(try await scene.say("menu").hasPrefix("Hello!"))
            #expect(try await scene.bookings() == ["CONFIRMED 15:30", "CANCELLED 16:00"])
        }
    }

    @Test("Messages are answered in their order, even when the later one is dealt with first") func order() async throws
    {
        try await withChat { scene in
            let first = try await scene.receive("cut tomorrow 15:30")
            let second = try await scene.receive("yes")
            let keys = #"{"conversation": "\#(scene.salon.conversation)", "message": "\#(second)"}"#
            try await scene.turn.handle(PostgresJSON(keys), in: scene.salon.scope)
            #expect(try await scene.said().last?.contains("Booked") == true)
            #expect(try await scene.answer(first).isEmpty)
            #expect(try await scene.bookings() == ["CONFIRMED 15:30"])
        }
    }

    @Test("Nobody is answered who is blocked, waits for a person or has one, or wrote too long ago")
    func silent() async throws {
        try await withChat { scene in
            let conversation = "UPDATE conversations SET"
            try await scene.salon.superuser.execute("\(conversation) status = 'BLOCKED'")
            #expect(try await scene.say("hello").isEmpty)
            try await scene.salon.superuser.execute(
                "\(conversation) status = 'ACTIVE', window_expires_at = now() - interval '1 minute'")
            #expect(try await scene.say("hello").isEmpty)
            try await scene.salon.superuser.execute("\(conversation) window_expires_at = now() + interval '1 day'")
            #expect(try await scene.say("I want to talk to a person").contains("Somebody from the salon"))
            #expect(try await scene.say("cut tomorrow 15:30").isEmpty)
            #expect(try await scene.say("menu").hasPrefix("Hello!"))
            try await scene.say("person")
            try await scene.salon.superuser.execute(
                """
                INSERT INTO users (id, email, name) VALUES ('\(PretendSalon.key(31))', 'a@example.com', 'A');
                \(conversation) assigned_to = '\(PretendSalon.key(31))'
                """)
            #expect(try await scene.say("menu").isEmpty)
            try await scene.salon.superuser.execute("\(conversation) assigned_to = NULL")
            #expect(try await scene.say("cut tomorrow 15:30").contains("Shall I book it?"))
        }
    }
}
