import Assistant
import Bookings
import Jobs
import Messaging
import Store
import Tenants
import WhatsApp

/// What the program reads and writes, for whoever wants to change the schema while it runs.
enum ProgramStatements {
    static var all: [any AnyStatement] {
        let lists: [any StatementList.Type] = [
            AccessStatements.self,
            ApplyStatements.self,
            AssistantStatements.self,
            BookingDeskStatements.self,
            BookingDetailStatements.self,
            BookingStatements.self,
            ConversationStatements.self,
            JobStatements.self,
            MessageStatements.self,
            OutboxStatements.self,
            OutgoingStatements.self,
            PriceStatements.self,
            RepetitionStatements.self,
            SalonStatements.self,
            SealedColumnStatements.self,
            SendingStatements.self,
            ServiceStatements.self,
            SlotStatements.self,
            StatusStatements.self,
            WaitingStatements.self,
            WebhookLogStatements.self,
        ]
        return lists.flatMap { $0.all }
    }

    /// Their SQL.
    static var texts: [String] { all.map(\.sql) }
}
