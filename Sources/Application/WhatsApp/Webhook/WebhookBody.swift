package import JSONText

/// What one delivery says: changes, each of one account.
///
/// Everything in it is read before anything is done, so that a body which is wrong in its last line changes nothing.
package struct WebhookBody: JSONReadable, Sendable {
    /// The changes, in the order in which they stand there.
    package let changes: [WebhookChange]

    /// Reads an envelope.
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        try json.required("object") { json throws(JSONFault) in
            guard try json.text() == "whatsapp_business_account" else {
                throw json.fault("this is not about an account of WhatsApp")
            }
        }
        changes = try json.required("entry") { json throws(JSONFault) in
            try json.list { json throws(JSONFault) -> [WebhookChange] in
                let account: String = try json.required("id")
                return try json.required("changes") { json throws(JSONFault) in
                    try json.list { json throws(JSONFault) in try WebhookChange(of: account, reading: &json) }
                }
            }
        }.flatMap { $0 }
    }
}

/// One thing that WhatsApp tells about an account.
package struct WebhookChange: Sendable {
    /// What is told.
    package enum Content: Sendable {
        /// Messages that customers wrote, and what has become of messages to them.
        case messages(MessageNews)
        /// What has become of a template.
        case template(TemplateNews)
        /// Something that nothing is done about. It is kept all the same.
        case other
    }

    /// The key of the account at WhatsApp.
    package let account: String
    /// What kind of news it is, in WhatsApp's words.
    package let field: String
    /// The news.
    package let content: Content
    /// The change as it stands in the body.
    package let source: [UInt8]

    init(of account: String, reading json: inout JSONCursor) throws(JSONFault) {
        self.account = account
        source = json.source
        let field: String = try json.required("field")
        self.field = field
        content = try json.required("value") { json throws(JSONFault) in
            switch field {
            case "messages": .messages(try MessageNews(reading: &json))
            case "message_template_status_update": .template(try TemplateNews(reading: &json))
            default: .other
            }
        }
    }
}

/// What is told about messages of one of the account's numbers.
package struct MessageNews: JSONReadable, Sendable {
    /// The key of the number at WhatsApp: by it the salon is found.
    package let number: String
    /// What is known of those who wrote, besides their messages.
    package let contacts: [Contact]
    /// What they wrote.
    package let messages: [InboundMessage]
    /// What has become of messages to them.
    package let reports: [DeliveryReport]

    /// Reads the value of a change.
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        number = try json.required("metadata") { json throws(JSONFault) in try json.required("phone_number_id") }
        contacts = try json.optional("contacts") ?? []
        messages = try json.optional("messages") ?? []
        reports = try json.optional("statuses") ?? []
    }

    /// Somebody who wrote. A number or an identifier may be missing; nothing tells which contact belongs to which message
    /// but these.
    package struct Contact: JSONReadable, Sendable {
        /// The phone number.
        package let phone: String?
        /// WhatsApp's identifier of the person for this business.
        package let user: String?
        /// The name that the person goes by.
        package let name: String?
        /// The name that the person is found by.
        package let username: String?

        /// Reads a contact.
        package init(reading json: inout JSONCursor) throws(JSONFault) {
            phone = try json.optional("wa_id")
            user = try json.optional("user_id")
            (name, username) =
                try json.optional("profile") { json throws(JSONFault) in
                    (try json.optional("name"), try json.optional("username"))
                } ?? (nil, nil)
        }
    }
}

/// What has become of a template.
package struct TemplateNews: JSONReadable, Sendable {
    /// What has happened, like `APPROVED`.
    package let event: String
    /// Its key at WhatsApp.
    package let key: String
    /// Its name.
    package let name: String
    /// Its language.
    package let language: String
    /// Why it was refused or paused.
    package let reason: String?

    /// Reads the value of a change.
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        event = try json.required("event")
        // WhatsApp writes it as a number here and as a text elsewhere.
        key = try json.required("message_template_id") { json throws(JSONFault) in
            json.kind == .number ? try json.numberText() : try json.text()
        }
        name = try json.required("message_template_name")
        language = try json.required("message_template_language")
        reason = try json.optional("reason")
    }
}
