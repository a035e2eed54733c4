import Assistant
import Bookings
import Messaging
import Store
import Tenants
import WhatsApp

/// What the program reads and writes, for whoever wants to change the schema while it runs.
enum ProgramStatements {
    static var lists: [any StatementList.Type] {
        [
            AssistantStatements.self, BookingStatements.self, ConversationStatements.self, MessageStatements.self,
            OutboxStatements.self, SalonStatements.self, SealedColumnStatements.self, WebhookLogStatements.self,
        ]
    }

    /// Their SQL.
    static var texts: [String] { lists.flatMap { $0.all.map(\.sql) } }
}
