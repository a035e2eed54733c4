import JSONText
package import Postgres

/// What can be said to a customer. Each kind is checked against WhatsApp's limits when it is made, so whatever is of this
/// type can be sent.
package enum MessageContent: Hashable, Sendable {
    /// Words.
    case text(TextContent)
    /// Words that WhatsApp has approved, the only ones outside of the window.
    case template(TemplateContent)
    /// A picture, a document, a sound, a film or a sticker.
    case media(MediaContent)
    /// Words with buttons or a list to choose from.
    case interactive(InteractiveContent)
    /// An emoji at a message.
    case reaction(ReactionContent)
    /// A place.
    case location(LocationContent)

    /// Whether it may be said when the customer has not written for a day.
    package var isTemplate: Bool { if case .template = self { true } else { false } }

    /// The label of `MessageType`.
    package var typeLabel: String {
        switch self {
        case .text: "TEXT"
        case .template: "TEMPLATE"
        case .media(let media): media.kind.rawValue.uppercased()
        case .interactive: "INTERACTIVE"
        case .reaction: "REACTION"
        case .location: "LOCATION"
        }
    }

    /// The words in it, by which people find it; none where it has no words.
    package var words: String? {
        switch self {
        case .text(let text): text.body
        case .template(let template): template.words
        case .media(let media): media.caption
        case .interactive(let interactive): interactive.body
        case .reaction(let reaction): reaction.emoji
        case .location(let location): location.name
        }
    }

    /// What `messages.payload` holds: WhatsApp's own form, without who gets it. `replyingTo` is WhatsApp's identifier of
    /// the message that this one answers.
    package func payload(replyingTo: String? = nil) -> PostgresJSON {
        var json = JSONAppender()
        json.object { json in
            writeMembers(to: &json)
            if let replyingTo {
                json.member("context") { json in json.object { $0.member("message_id", replyingTo) } }
            }
        }
        return PostgresJSON(json.text)
    }

    private func writeMembers(to json: inout JSONAppender) {
        switch self {
        case .text(let text): Self.write("text", text, to: &json)
        case .template(let template): Self.write("template", template, to: &json)
        case .media(let media): Self.write(media.kind.name, media, to: &json)
        case .interactive(let interactive): Self.write("interactive", interactive, to: &json)
        case .reaction(let reaction): Self.write("reaction", reaction, to: &json)
        case .location(let location): Self.write("location", location, to: &json)
        }
    }

    private static func write(_ name: StaticString, _ content: some JSONWritable, to json: inout JSONAppender) {
        json.member("type", "\(name)")
        json.member(name, content)
    }
}
