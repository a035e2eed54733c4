package import Basics
package import JSONText
package import Messaging

/// A message that a customer wrote.
package struct InboundMessage: JSONReadable, Sendable {
    /// WhatsApp's key of it.
    package let key: String
    /// The number of who wrote it, where it is told.
    package let phone: String?
    /// WhatsApp's identifier of who wrote it, for this business.
    package let user: String?
    /// When it was written, in whole seconds.
    package let sent: Timestamp
    /// Its kind; one that nobody knows yet is `unknown`.
    package let kind: MessageKind
    /// What of it people read.
    package let text: String?
    /// Whoever wrote it has another number or identifier now.
    package let newIdentity: NewIdentity?
    /// The message as it stands in the body.
    package let source: [UInt8]

    /// What somebody who changed the number is known by now.
    package struct NewIdentity: Hashable, Sendable {
        /// The number.
        package let phone: String?
        /// WhatsApp's identifier.
        package let user: String?
    }

    /// Reads a message.
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        source = json.source
        key = try json.required("id") { json throws(JSONFault) in try json.identifier("a key of a message") }
        phone = try json.optional("from") { json throws(JSONFault) in try json.identifier("a phone number") }
        user = try json.optional("from_user_id") { json throws(JSONFault) in try json.identifier("a user") }
        guard phone != nil || user != nil else { throw json.fault("nobody is said to have written it") }
        sent = try json.required("timestamp") { json throws(JSONFault) in try json.moment() }
        let type: String = try json.required("type")
        kind = MessageKind(cloudName: type)
        (text, newIdentity) = try Self.content(of: kind, in: &json)
    }

    private static func content(
        of kind: MessageKind, in json: inout JSONCursor
    ) throws(JSONFault) -> (String?, NewIdentity?) {
        switch kind {
        case .text: (try json.optional("text") { json throws(JSONFault) in try json.required("body") }, nil)
        case .image: (try caption("image", in: &json), nil)
        case .video: (try caption("video", in: &json), nil)
        case .document: (try caption("document", in: &json), nil)
        case .button: (try json.optional("button") { json throws(JSONFault) in try json.optional("text") } ?? nil, nil)
        case .interactive:
            (try json.optional("interactive") { json throws(JSONFault) in try choice(&json) } ?? nil, nil)
        case .reaction:
            (try json.optional("reaction") { json throws(JSONFault) in try json.optional("emoji") } ?? nil, nil)
        case .location:
            (try json.optional("location") { json throws(JSONFault) in try json.optional("name") } ?? nil, nil)
        case .system: try system(&json)
        default: (nil, nil)
        }
    }

    private static func caption(_ name: StaticString, in json: inout JSONCursor) throws(JSONFault) -> String? {
        try json.optional(name) { json throws(JSONFault) in try json.optional("caption") } ?? nil
    }

    /// The words on the button, or in the line of the list, that was chosen.
    private static func choice(_ json: inout JSONCursor) throws(JSONFault) -> String? {
        for name: StaticString in ["button_reply", "list_reply"] where try json.has(name) {
            return try json.required(name) { json throws(JSONFault) in try json.optional("title") }
        }
        return nil
    }

    private static func system(_ json: inout JSONCursor) throws(JSONFault) -> (String?, NewIdentity?) {
        try json.optional("system") { json throws(JSONFault) -> (String?, NewIdentity?) in
            let body: String? = try json.optional("body")
            let phone = try json.optional("wa_id") { json throws(JSONFault) in try json.identifier("a phone number") }
            let user = try json.optional("user_id") { json throws(JSONFault) in try json.identifier("a user") }
            return (body, phone == nil && user == nil ? nil : NewIdentity(phone: phone, user: user))
        } ?? (nil, nil)
    }
}

extension MessageKind {
    /// The kind by WhatsApp's name for it.
    init(cloudName: String) {
        self = MessageKind(rawValue: cloudName.uppercased()) ?? .unknown
    }
}

extension JSONCursor {
    /// A key or a number that others gave: of a length that can be stored and looked for.
    func identifier(_ what: String) throws(JSONFault) -> String {
        let text = try text()
        guard (1...512).contains(text.utf8.count) else { throw fault("\(what) has from 1 to 512 bytes") }
        return text
    }

    /// Seconds since 1970 in a text, as WhatsApp writes moments.
    func moment() throws(JSONFault) -> Timestamp {
        // Ten digits reach to the year 2286.
        guard let seconds = try Int64(text()), (0..<10_000_000_000).contains(seconds) else {
            throw fault("a moment is a text of seconds since 1970")
        }
        return Timestamp(seconds: seconds)
    }
}
