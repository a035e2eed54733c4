package import Basics
package import Postgres
package import Store

/// A message that is to go out.
package struct OutgoingMessage: Hashable, Sendable {
    /// In which conversation.
    package var conversation: PostgresUUID
    /// What it says.
    package var content: MessageContent
    /// WhatsApp's identifier of the message that it answers.
    package var replyingTo: String?
    /// The language that it is in, for whoever looks for words in it.
    package var language: String?

    /// A message of a conversation.
    package init(
        in conversation: PostgresUUID, _ content: MessageContent, replyingTo: String? = nil, language: String? = nil
    ) {
        self.conversation = conversation
        self.content = content
        self.replyingTo = replyingTo
        self.language = language
    }
}

/// Why a message was not put up for sending.
package enum OutgoingRefusal: Error, Hashable, Sendable {
    /// WhatsApp would answer with 131047: the customer's last message is more than a day old. These templates may be sent.
    case windowClosed(templates: [TemplateName])
    /// The customer is not to be written to.
    case blocked
    /// There is no such conversation.
    case noConversation
    /// Neither a number nor an identifier of the customer is known.
    case noRecipient
    /// WhatsApp has not approved the template, or not any more.
    case templateNotApproved
}

extension OutgoingRefusal: ExplainedError {
    /// The same for people.
    package var explained: ParlorError {
        let (why, hint) = words
        return ParlorError(.malformed, "the message cannot be sent", why: why, hint: hint)
    }

    private var words: (why: String, hint: String?) {
        switch self {
        case .windowClosed(let templates):
            (
                "the customer's last message is more than 24 hours old (\(MessageWindow.closedCode))",
                templates.isEmpty
                    ? "Have WhatsApp approve a template; nothing else may be sent now."
                    : "Send one of the templates: \(templates.map(\.description).joined(separator: ", "))."
            )
        case .blocked: ("the conversation is blocked", nil)
        case .noConversation: ("there is no such conversation", nil)
        case .noRecipient: ("neither a number nor an identifier of the customer is known", nil)
        case .templateNotApproved: ("WhatsApp has not approved the template", nil)
        }
    }
}

/// A template by its name and language.
package struct TemplateName: StatementRow, Hashable, CustomStringConvertible {
    /// Its name.
    package let name: String
    /// Its language.
    package let language: String

    /// The columns it is made of.
    package static let shape = RowShape(Column("name", String.self), Column("language", String.self)) {
        TemplateName(name: $0, language: $1)
    }

    /// A template's name.
    package init(name: String, language: String) {
        self.name = name
        self.language = language
    }

    /// Like `reminder (en)`.
    package var description: String { "\(name) (\(language))" }
}

/// Puts messages up for sending.
package enum Outgoing {
    /// The topic under which the outbox has messages to be sent; the payload is `{"message": key}`.
    package static let topic = "message.send"

    /// Puts a message up in a transaction of its salon: it goes out if and only if that commits. Returns its key.
    ///
    /// What WhatsApp would refuse anyway is refused here, by `OutgoingRefusal`; nothing is written then.
    package static func put(
        _ message: OutgoingMessage, in transaction: StoreTransaction
    ) async throws -> PostgresUUID {
        guard let sight = try await transaction.run(OutgoingStatements.sight, message.conversation).first else {
            throw OutgoingRefusal.noConversation
        }
        if sight.status == .blocked { throw OutgoingRefusal.blocked }
        guard sight.hasRecipient else { throw OutgoingRefusal.noRecipient }
        guard MessageWindow(until: sight.windowEnd).permits(message.content, at: sight.now) else {
            throw OutgoingRefusal.windowClosed(templates: try await transaction.run(OutgoingStatements.templates, ()))
        }
        let template = try await template(of: message.content, in: transaction)
        let content = message.content
        let rows = try await transaction.run(
            OutgoingStatements.put,
            (
                message.conversation, content.typeLabel, content.words, content.payload(replyingTo: message.replyingTo),
                message.language, template,
            ))
        guard let id = rows.first else { throw OutgoingRefusal.noConversation }
        return id
    }

    /// The template's key. One that is not in our list is WhatsApp's to judge.
    private static func template(
        of content: MessageContent, in transaction: StoreTransaction
    ) async throws -> PostgresUUID? {
        guard case .template(let template) = content else { return nil }
        let known = try await transaction.run(OutgoingStatements.template, (template.name, template.language)).first
        if let known, !known.isApproved { throw OutgoingRefusal.templateNotApproved }
        return known?.id
    }
}
