package import Basics
import JSONText
package import Postgres

/// Who gets a message: by number, by WhatsApp's identifier, or both, of which the number counts.
package struct CloudRecipient: Hashable, Sendable {
    /// The number, in digits.
    package let phone: String?
    /// WhatsApp's identifier of the user, like `BR.1234`.
    package let userID: String?

    /// Somebody; nil when neither is known.
    package init?(phone: String?, userID: String?) {
        guard phone != nil || userID != nil else { return nil }
        self.phone = phone
        self.userID = userID
    }

    /// What tells this customer from others.
    package var name: String { phone ?? userID ?? "" }
}

/// What is posted to WhatsApp's Cloud API.
package enum CloudRequest: Hashable, Sendable {
    /// A message. Its key travels with it and comes back with each of its states.
    case message(PostgresUUID, to: CloudRecipient, payload: PostgresJSON)
    /// A message of the customer's was read; and perhaps an answer is being typed.
    case read(String, isTyping: Bool)

    /// The request's body.
    package var body: [UInt8] {
        var json = JSONAppender(reserving: 512)
        json.object { json in
            json.member("messaging_product", "whatsapp")
            switch self {
            case .message(let key, let recipient, let payload):
                json.member("recipient_type", "individual")
                json.optionalMember("to", recipient.phone)
                json.optionalMember("recipient", recipient.userID)
                json.member("biz_opaque_callback_data", key.description)
                Self.splice(payload, into: &json)
            case .read(let message, let isTyping):
                json.member("status", "read")
                json.member("message_id", message)
                if isTyping {
                    json.member("typing_indicator") { json in json.object { $0.member("type", "text") } }
                }
            }
        }
        return json.bytes
    }

    /// The members of an object beside others.
    private static func splice(_ payload: PostgresJSON, into json: inout JSONAppender) {
        guard case .object(let members) = try? JSON(reading: payload.text) else { return }
        for member in members {
            json.name(computed: member.name)
            json.append(checkedJSON: member.value.compact.utf8)
        }
    }
}

/// Where and as whom a salon sends.
package struct CloudSender: Sendable {
    /// The identifier of the salon's number.
    package let phoneNumberID: String
    /// What WhatsApp knows the salon by.
    package let token: Secret

    /// A number with its token.
    package init(phoneNumberID: String, token: Secret) {
        self.phoneNumberID = phoneNumberID
        self.token = token
    }
}
