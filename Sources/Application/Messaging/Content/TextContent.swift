package import JSONText

/// Words, at most 4,096 characters of them.
package struct TextContent: Hashable, Sendable {
    /// The words.
    package let body: String
    /// Whether WhatsApp shows a preview of the first link in them.
    package let previewsLink: Bool

    /// Words that are not too many.
    package init(_ body: String, previewsLink: Bool = false) throws(MessageFault) {
        try ContentCheck.text(body, "text.body", 1...4096)
        self.body = body
        self.previewsLink = previewsLink
    }
}

extension TextContent: JSONWritable {
    /// Writes WhatsApp's form.
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("body", body)
            if previewsLink { json.member("preview_url", true) }
        }
    }
}

/// An emoji at a message, or none any more.
package struct ReactionContent: Hashable, Sendable {
    /// WhatsApp's identifier of the message.
    package let message: String
    /// The emoji; empty takes the reaction back.
    package let emoji: String

    /// A reaction to a message.
    package init(to message: String, _ emoji: String) throws(MessageFault) {
        try ContentCheck.text(message, "reaction.message_id", 1...256)
        guard emoji.count <= 1 else { throw MessageFault("reaction.emoji", "is more than one character") }
        try ContentCheck.text(emoji, "reaction.emoji", 0...32)
        self.message = message
        self.emoji = emoji
    }
}

extension ReactionContent: JSONWritable {
    /// Writes WhatsApp's form.
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("message_id", message)
            json.member("emoji", emoji)
        }
    }
}

/// A place on the map.
package struct LocationContent: Hashable, Sendable {
    /// Degrees north.
    package let latitude: Double
    /// Degrees east.
    package let longitude: Double
    /// What it is called.
    package let name: String?
    /// Where it is.
    package let address: String?

    /// A place.
    package init(
        latitude: Double, longitude: Double, name: String? = nil, address: String? = nil
    ) throws(MessageFault) {
        guard (-90...90).contains(latitude) else { throw MessageFault("location.latitude", "is not on Earth") }
        guard (-180...180).contains(longitude) else { throw MessageFault("location.longitude", "is not on Earth") }
        try ContentCheck.optional(name, "location.name", 1...1000)
        try ContentCheck.optional(address, "location.address", 1...1000)
        self.latitude = latitude
        self.longitude = longitude
        self.name = name
        self.address = address
    }
}

extension LocationContent: JSONWritable {
    /// Writes WhatsApp's form.
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("latitude", latitude)
            json.member("longitude", longitude)
            json.optionalMember("name", name)
            json.optionalMember("address", address)
        }
    }
}
