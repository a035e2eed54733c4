import Assistant
import Bookings
import Jobs
import Messaging
import Notices
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
            ClosureStatements.self,
            ConversationStatements.self,
            CustomerStatements.self,
            DialogueStatements.self,
            InboxStatements.self,
            InsightStatements.self,
            JobStatements.self,
            MembershipStatements.self,
            MessageStatements.self,
            NoticeStatements.self,
            OpeningHoursStatements.self,
            OutboxStatements.self,
            OutgoingStatements.self,
            PriceStatements.self,
            ProgramKeyStatements.self,
            RepetitionStatements.self,
            ResourceStatements.self,
            SalonSettingsStatements.self,
            SalonStatements.self,
            SealedColumnStatements.self,
            SendingStatements.self,
            ServiceStatements.self,
            SignInStatements.self,
            SlotStatements.self,
            StatusStatements.self,
            TemplateStatements.self,
            WaitingStatements.self,
            WebhookLogPages.self,
            WebhookLogStatements.self,
        ]
        return lists.flatMap { $0.all }
    }

    /// Their SQL.
    static var texts: [String] { all.map(\.sql) }
}
