import Basics
import Loop
import Messaging
import Postgres
import Store
import StoreTestSupport
import Testing

@Suite("What WhatsApp tells of messages") struct StatusReportTests {
    /// The states of a message that goes out, each further than the one before it.
    private static let ascending: [MessageStatus] = [.queued, .sent, .failed, .delivered, .read, .played]
    private static let moment = Timestamp(seconds: 1_900_000_000)

    private static func apply(_ reports: [StatusReport], _ salon: TestedSalon) async throws -> StatusReports.Outcome {
        try await salon.store.transaction(in: salon.scope) { try await StatusReports.apply(reports, in: $0) }.value
    }

    private static func name(_ message: PostgresUUID, _ whatsappID: String, _ salon: TestedSalon) async throws {
        try await salon.store.transaction(in: salon.scope) { transaction in
            _ = try await transaction.run(StatusStatements.lock, [whatsappID])
            _ = try await transaction.run(StatusStatements.name, ([whatsappID], [message]))
            _ = try await transaction.run(StatusStatements.merge, [whatsappID])
        }
    }

    /// A report of each state, as WhatsApp would tell it at its time.
    private static func report(_ index: Int, _ whatsappID: String, of message: PostgresUUID?) -> StatusReport {
        let status = Self.ascending[index]
        return StatusReport(
            whatsappID, status, at: moment + .seconds(index), of: message,
            errorCode: status == .failed ? 131_026 : nil, error: status == .failed ? "not delivered" : nil,
            price: status == .sent ? PostgresNumeric(unscaled: 45, scale: 3) : nil)
    }

    @Test("In any order, twice, before or after the message is named, by either name: the same row in the end")
    func anyOrder() async throws {
        let seed = UInt64.random(in: .min ... .max)
        try await withTestedSalon { salon in
            var random = SeededRandom(seed: seed)
            for round in 0..<40 {
                let message = try await salon.putQueuedMessage()
                let whatsappID = "wamid.\(round)"
                let told = (1..<Self.ascending.count).filter { _ in Bool.random(using: &random) }
                let tells = Bool.random(using: &random)
                let twice = (told + told.filter { _ in Bool.random(using: &random) }).shuffled(using: &random)
                let naming = Int.random(in: 0...twice.count, using: &random)
                for (place, index) in twice.enumerated() {
                    if place == naming { try await Self.name(message, whatsappID, salon) }
                    _ = try await Self.apply([Self.report(index, whatsappID, of: tells ? message : nil)], salon)
                }
                if naming == twice.count { try await Self.name(message, whatsappID, salon) }
                try await Self.check(message, told, salon, "seed \(seed), round \(round), told \(told)")
            }
        }
    }

    private static func check(
        _ message: PostgresUUID, _ told: [Int], _ salon: TestedSalon, _ sight: String
    ) async throws {
        let row = try await salon.superuser.query(
            """
            SELECT status::text, sent_at, delivered_at, read_at, failed_at, error_code, cost, whatsapp_id FROM messages
            WHERE id = $1
            """, message
        ).only
        let (status, sent, delivered, read, failed, code, cost, whatsappID) = try row.values(
            as: String.self, Timestamp?.self, Timestamp?.self, Timestamp?.self, Timestamp?.self, Int32?.self,
            PostgresNumeric?.self, String?.self)
        let furthest = told.max() ?? 0
        #expect(status == Self.ascending[furthest].rawValue, "\(sight)")
        for (moment, index) in [(sent, 1), (failed, 2), (delivered, 3), (read, 4)] {
            #expect(moment == (told.contains(index) ? Self.moment + .seconds(index) : nil), "\(sight)")
        }
        #expect(code == (furthest == 2 ? 131_026 : nil), "\(sight)")
        #expect(cost == (furthest > 2 && told.contains(1) ? PostgresNumeric(unscaled: 45, scale: 3) : nil), "\(sight)")
        #expect(whatsappID != nil || told.isEmpty, "\(sight)")
    }

    @Test("A cost counts for the conversation once, however often its message is told of")
    func cost() async throws {
        try await withTestedSalon { salon in
            for number in 0..<3 {
                let message = try await salon.putQueuedMessage()
                let reports = [1, 3, 4].map { Self.report($0, "wamid.\(number)", of: message) }
                _ = try await Self.apply(reports, salon)
                _ = try await Self.apply(reports.reversed(), salon)
            }
            let cost = try await salon.superuser.query(
                "SELECT cost FROM conversations WHERE id = $1", salon.conversation
            ).only[0, as: PostgresNumeric.self]
            #expect(cost == PostgresNumeric(unscaled: 135, scale: 3))
        }
    }

    @Test("What had been told before is not new, and two states of one message may come together")
    func dedupe() async throws {
        try await withTestedSalon { salon in
            let message = try await salon.putQueuedMessage()
            let first = try await Self.apply([1, 3].map { Self.report($0, "wamid", of: message) }, salon)
            #expect(first.new.count == 2)
            #expect(first.messages.map(\.status) == [.delivered])
            let second = try await Self.apply([1, 3, 4].map { Self.report($0, "wamid", of: message) }, salon)
            #expect(second.new == [StatusName(whatsappID: "wamid", status: .read)])
        }
    }

    @Test("Another salon's message, one that came in, and one with another identifier are left alone")
    func foreign() async throws {
        try await withTestedSalon { salon in
            let other = try await TestedSalon.open("Other", salon.store, salon.superuser)
            let foreign = try await other.putQueuedMessage()
            let inbound = try await salon.putQueuedMessage()
            try await salon.superuser.query(
                "UPDATE messages SET direction = 'INBOUND', status = 'RECEIVED' WHERE id = $1", inbound)
            let sent = try await salon.putQueuedMessage()
            try await salon.superuser.query("UPDATE messages SET whatsapp_id = 'wamid.first' WHERE id = $1", sent)
            for message in [foreign, inbound, sent] {
                let told = try await Self.apply([Self.report(4, "wamid.\(message)", of: message)], salon)
                #expect(told.messages.isEmpty)
            }
            #expect(try await other.state(of: foreign) == "QUEUED")
            #expect(try await salon.state(of: inbound) == "RECEIVED")
            #expect(try await salon.state(of: sent) == "QUEUED")
        }
    }

    @Test("A state that comes while its message is being named is seen by one of the two")
    func race() async throws {
        try await withTestedSalon { salon in
            for number in 0..<30 {
                let message = try await salon.putQueuedMessage()
                async let named: Void = Self.name(message, "wamid.\(number)", salon)
                async let told = Self.apply([Self.report(3, "wamid.\(number)", of: nil)], salon)
                _ = try await (named, told)
                #expect(try await salon.state(of: message) == "DELIVERED")
            }
        }
    }
}
