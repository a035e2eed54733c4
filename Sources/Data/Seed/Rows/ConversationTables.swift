import Basics
import Postgres

// Conversations: one for each customer who has written. A unit is a customer.
extension SeedWorld {
    func conversationTable(_ totals: SeedTotals) -> SeedTable {
        SeedTable(
            "conversations",
            """
            salon_id id customer_id phone_number status message_count unread_count cost started_at last_message_at
            window_expires_at \(Self.audit)
            """, stage: 2, units: customerCount, rows: totals.conversations, rowSize: 620
        ) { unit, buffer in
            guard totals.exchanges[unit] > 0 else { return }
            let (salon, index) = place(ofCustomer: unit)
            let customer = Customer(self, salon, index)
            let last = Timestamp(seconds: totals.lastAsked[unit])
            let isOpen = last + .seconds(86_400) > calendar.until
            buffer.row(of: 15)
            buffer.uuid(salons[salon].id)
            buffer.uuid(conversation(of: customer))
            buffer.uuid(customer.id)
            buffer.phone(of: customer, salons[salon].place)
            buffer.text(isOpen ? "ACTIVE" : index % 97 == 13 ? "BLOCKED" : "EXPIRED")
            buffer.int(Int(totals.exchanges[unit]) * 2)
            buffer.int(isOpen && index % 3 == 0 ? 1 : 0)
            buffer.numeric(0, decimals: 6)
            buffer.time(customer.createdAt)
            buffer.time(last)
            buffer.time(last + .seconds(86_400))
            writeAudit(customer.createdAt, updatedAt: last, into: &buffer)
        }
    }

    func assistantTable(_ totals: SeedTotals) -> SeedTable {
        SeedTable(
            "ai_conversations",
            """
            salon_id id conversation_id phone_number ai_model language message_count total_tokens total_cost
            last_activity created_at updated_at
            """, stage: 3, units: customerCount, rows: totals.conversations, rowSize: 530
        ) { unit, buffer in
            guard totals.exchanges[unit] > 0 else { return }
            let (salon, index) = place(ofCustomer: unit)
            let customer = Customer(self, salon, index)
            let last = Timestamp(seconds: totals.lastAsked[unit])
            var draw = Draw(seed, .assistant, group: salon, index)
            buffer.row(of: 12)
            buffer.uuid(salons[salon].id)
            buffer.uuid(draw.identifier(at: customer.createdAt))
            buffer.uuid(conversation(of: customer))
            buffer.phone(of: customer, salons[salon].place)
            buffer.text(Self.model)
            buffer.text(Language.all[customer.language].code)
            buffer.int(Int(totals.exchanges[unit]) * 2)
            buffer.big(Int(totals.tokens[unit]))
            buffer.numeric(Int(totals.tokens[unit]) * 2, decimals: 6)
            buffer.time(last)
            buffer.time(customer.createdAt)
            buffer.time(last)
        }
    }

    /// The model that has answered.
    static let model: StaticString = "assistant-1"
}
