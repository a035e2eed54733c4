package import Basics
package import JSONText
package import Messaging

/// What has become of a message to a customer.
package struct DeliveryReport: JSONReadable, Sendable {
    /// WhatsApp's key of the message.
    package let key: String
    /// What has become of it; nil for something that nobody knows yet.
    package let status: MessageStatus?
    /// When.
    package let happened: Timestamp
    /// What the message was sent with, to know it again by.
    package let callback: String?
    /// Why it failed, as a number.
    package let errorCode: Int32?
    /// What it is charged as, where it is told.
    package let pricing: Pricing?
    /// The number that it went to, where it is told.
    package let phone: String?
    /// WhatsApp's identifier of whom it went to, where it is told.
    package let user: String?

    /// What a message is charged as.
    package struct Pricing: JSONReadable, Hashable, Sendable {
        /// Whether it is charged at all.
        package let isBillable: Bool
        /// What it is charged as, like `utility`.
        package let category: String

        /// Reads the object of that name.
        package init(reading json: inout JSONCursor) throws(JSONFault) {
            isBillable = try json.optional("billable") ?? true
            category = try json.required("category")
        }
    }

    /// Reads a status.
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        key = try json.required("id") { json throws(JSONFault) in try json.identifier("a key of a message") }
        let name: String = try json.required("status")
        status = Self.known[name]
        happened = try json.required("timestamp") { json throws(JSONFault) in try json.moment() }
        callback = try json.optional("biz_opaque_callback_data")
        errorCode =
            try json.optional("errors") { json throws(JSONFault) in
                try json.list { json throws(JSONFault) -> Int32 in try json.required("code") }.first
            } ?? nil
        pricing = try json.optional("pricing")
        phone = try json.optional("recipient_id")
        user = try json.optional("recipient_user_id")
    }

    private static let known: [String: MessageStatus] = [
        "sent": .sent, "delivered": .delivered, "read": .read, "failed": .failed, "played": .played,
    ]
}
