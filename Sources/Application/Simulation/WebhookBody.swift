import Basics

/// What WhatsApp posts to the service: an envelope with one change.
enum WebhookBody {
    /// A change of a number, as the body of a delivery.
    static func envelope(_ number: SimulatedNumber, field: String = "messages", _ members: [JSON.Member]) -> JSON {
        let metadata: JSON = [
            "display_phone_number": .string(number.displayNumber), "phone_number_id": .string(number.phoneNumberID),
        ]
        let value = JSON.object(
            [.init("messaging_product", "whatsapp"), .init("metadata", metadata)] + members)
        return [
            "object": "whatsapp_business_account",
            "entry": [["id": .string(number.account), "changes": [["field": .string(field), "value": value]]]],
        ]
    }

    /// A customer's message: the members of the change.
    static func message(
        _ id: String, of customer: SimulatedCustomer, at seconds: Int64, _ content: SimulatedCustomer.Saying,
        replyingTo: String?
    ) -> [JSON.Member] {
        var message = head(id, customer, seconds)
        switch content {
        case .text(let body): message += [.init("type", "text"), .init("text", ["body": .string(body)])]
        case .button(let id, let title): message += choice("button_reply", id, title)
        case .row(let id, let title): message += choice("list_reply", id, title)
        }
        if let replyingTo { message.append(.init("context", ["id": .string(replyingTo)])) }
        return [.init("contacts", [contact(customer)]), .init("messages", [.object(message)])]
    }

    /// The word that a customer has another number.
    static func numberChange(
        _ id: String, of customer: SimulatedCustomer, from old: SimulatedCustomer, at seconds: Int64
    ) -> [JSON.Member] {
        var system: [JSON.Member] = [.init("body", "the number changed"), .init("type", "user_changed_number")]
        if let phone = customer.phone { system.append(.init("wa_id", .string(phone))) }
        system.append(.init("user_id", .string(customer.userID)))
        let message = head(id, old, seconds) + [.init("type", "system"), .init("system", .object(system))]
        return [.init("contacts", [contact(old)]), .init("messages", [.object(message)])]
    }

    /// A state of a salon's message.
    static func status(_ status: String, of message: TakenMessage, at seconds: Int64) -> [JSON.Member] {
        var members: [JSON.Member] = [
            .init("id", .string(message.id)), .init("status", .string(status)),
            .init("timestamp", .string("\(seconds)")),
        ]
        if let phone = message.phone { members.append(.init("recipient_id", .string(phone))) }
        if let user = message.userID { members.append(.init("recipient_user_id", .string(user))) }
        if let data = message.callbackData { members.append(.init("biz_opaque_callback_data", .string(data))) }
        if status == "failed" {
            let fault: JSON = [
                "code": 131_026, "title": "Message undeliverable",
                "error_data": ["details": "the customer cannot be reached"],
            ]
            members.append(.init("errors", [fault]))
        } else if status != "read" {
            let pricing: JSON = [
                "billable": .bool(message.isTemplate), "pricing_model": "PMP",
                "category": message.isTemplate ? "utility" : "service",
                "type": message.isTemplate ? "regular" : "free_customer_service",
            ]
            members.append(.init("pricing", pricing))
        }
        return [.init("statuses", [.object(members)])]
    }

    private static func head(_ id: String, _ customer: SimulatedCustomer, _ seconds: Int64) -> [JSON.Member] {
        var members: [JSON.Member] = []
        if let phone = customer.phone { members.append(.init("from", .string(phone))) }
        members.append(.init("from_user_id", .string(customer.userID)))
        return members + [.init("id", .string(id)), .init("timestamp", .string("\(seconds)"))]
    }

    private static func choice(_ kind: String, _ id: String, _ title: String) -> [JSON.Member] {
        let reply = JSON.object([
            .init("type", .string(kind)), .init(kind, ["id": .string(id), "title": .string(title)]),
        ])
        return [.init("type", "interactive"), .init("interactive", reply)]
    }

    private static func contact(_ customer: SimulatedCustomer) -> JSON {
        var members: [JSON.Member] = [.init("profile", ["name": .string(customer.name)])]
        if let phone = customer.phone { members.append(.init("wa_id", .string(phone))) }
        members.append(.init("user_id", .string(customer.userID)))
        return .object(members)
    }
}

/// A message that the simulated WhatsApp has taken from a salon.
struct TakenMessage: Hashable, Sendable {
    let id: String
    let phone: String?
    let userID: String?
    let callbackData: String?
    let isTemplate: Bool
}
