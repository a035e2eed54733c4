import Basics
import Messaging
import Postgres
import Store
import StoreTestSupport
import Testing

@Suite("Messages that are put up for sending") struct OutgoingTests {
    private static func put(_ message: OutgoingMessage, _ salon: TestedSalon) async throws -> PostgresUUID {
        try await salon.store.transaction(in: salon.scope) { try await Outgoing.put(message, in: $0) }.value
    }

    private static func refusal(_ message: OutgoingMessage, _ salon: TestedSalon) async throws -> OutgoingRefusal? {
        do {
            _ = try await put(message, salon)
            return nil
        } catch let refusal as OutgoingRefusal {
            return refusal
        }
    }

    private static func hello() throws -> MessageContent { .text(try TextContent("hello")) }

    private static func template(_ name: String = "reminder") throws -> MessageContent {
        .template(try TemplateContent(name, language: "en", [.body([.text("Ana")])]))
    }

    @Test("A message, its place in the outbox and the conversation's counters are written together, or not at all")
    func together() async throws {
        try await withTestedSalon { salon in
            let message = OutgoingMessage(
                in: salon.conversation, try Self.hello(), replyingTo: "wamid.1", language: "en")
            let id = try await Self.put(message, salon)
            let row = try await salon.superuser.query(
                """
                SELECT concat_ws(' ', m.status, m.message_type, m.content, m.payload->'context'->>'message_id',
                    m.phone_number, o.topic, o.payload->>'message', c.message_count)
                FROM messages m, outbox o, conversations c WHERE m.id = $1 AND c.id = m.conversation_id
                """, id
            ).only
            let expected = "QUEUED TEXT hello wamid.1 4915112345678 message.send \(id) 1"
            #expect(try row[0, as: String.self] == expected)
            struct Undone: Error {}
            await #expect(throws: Undone.self) {
                try await salon.store.transaction(in: salon.scope) { transaction in
                    _ = try await Outgoing.put(message, in: transaction)
                    throw Undone()
                }
            }
            let count = try await salon.superuser.query("SELECT count(*) FROM messages, outbox").only[0, as: Int.self]
            #expect(count == 1)
        }
    }

    @Test("Outside of the window only a template is taken, and the templates that may be sent are offered")
    func window() async throws {
        try await withTestedSalon { salon in
            try await salon.superuser.execute(
                """
                UPDATE conversations SET window_expires_at = now() - interval '1 second';
                INSERT INTO templates (salon_id, name, language, category, status) VALUES
                    ('\(salon.id)', 'reminder', 'en', 'UTILITY', 'APPROVED'), ('\(salon.id)', 'sale', 'en', 'MARKETING', 'PAUSED')
                """)
            let hello = OutgoingMessage(in: salon.conversation, try Self.hello())
            let refusal = try await Self.refusal(hello, salon)
            #expect(refusal == .windowClosed(templates: [TemplateName(name: "reminder", language: "en")]))
            #expect(refusal?.explained.summary.contains("131047") == true)
            #expect(refusal?.explained.hint == "Send one of the templates: reminder (en).")
            let id = try await Self.put(OutgoingMessage(in: salon.conversation, try Self.template()), salon)
            let isNamed = try await salon.superuser.query(
                "SELECT template_id IS NOT NULL FROM messages WHERE id = $1", id
            ).only[0, as: Bool.self]
            #expect(isNamed)
            let paused = OutgoingMessage(in: salon.conversation, try Self.template("sale"))
            #expect(try await Self.refusal(paused, salon) == .templateNotApproved)
        }
    }

    @Test("Who is blocked gets nothing, a foreign conversation is none, and without an address nothing can go out")
    func refused() async throws {
        try await withTestedSalon { salon in
            let other = try await TestedSalon.open("Other", salon.store, salon.superuser)
            let foreign = OutgoingMessage(in: other.conversation, try Self.hello())
            #expect(try await Self.refusal(foreign, salon) == .noConversation)
            try await salon.superuser.execute("UPDATE conversations SET status = 'BLOCKED'")
            let template = OutgoingMessage(in: salon.conversation, try Self.template())
            #expect(try await Self.refusal(template, salon) == .blocked)
            try await salon.superuser.execute(
                """
                UPDATE conversations SET status = 'ACTIVE', phone_number = NULL;
                UPDATE customers SET phone_number = NULL, whatsapp_user_id = NULL
                """)
            #expect(try await Self.refusal(template, salon) == .noRecipient)
        }
    }

    @Test("The window is open for a day after the customer's last message, and closed at its end")
    func moments() {
        let wrote = Timestamp(seconds: 1_900_000_000)
        let window = MessageWindow(afterMessageAt: wrote)
        #expect(window.isOpen(at: wrote))
        #expect(window.isOpen(at: Timestamp(microseconds: (wrote + .seconds(86_400)).microseconds - 1)))
        #expect(!window.isOpen(at: wrote + .seconds(86_400)))
        #expect(!MessageWindow(until: nil).isOpen(at: wrote))
    }
}
