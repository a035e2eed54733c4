package import JSONText

/// Where the bytes of something are.
package enum MediaSource: Hashable, Sendable {
    /// With WhatsApp, which has given them this identifier.
    case id(String)
    /// At an address that WhatsApp fetches them from.
    case link(String)

    func check(_ part: String) throws(MessageFault) {
        switch self {
        case .id(let id):
            try ContentCheck.text(id, "\(part).id", 1...256)
        case .link(let link):
            try ContentCheck.text(link, "\(part).link", 1...2048)
            guard link.hasPrefix("https://") else { throw MessageFault("\(part).link", "does not begin with https://") }
        }
    }

    func writeMember(to json: inout JSONAppender) {
        switch self {
        case .id(let id): json.member("id", id)
        case .link(let link): json.member("link", link)
        }
    }
}

/// A picture, a document, a sound, a film or a sticker.
package struct MediaContent: Hashable, Sendable {
    /// What it is.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A picture.
        case image
        /// Something to read.
        case document
        /// A sound.
        case audio
        /// A film.
        case video
        /// A small picture without words.
        case sticker

        var name: StaticString {
            switch self {
            case .image: "image"
            case .document: "document"
            case .audio: "audio"
            case .video: "video"
            case .sticker: "sticker"
            }
        }
    }

    /// What it is.
    package let kind: Kind
    /// Where it is.
    package let source: MediaSource
    /// Words below it, which sounds and stickers cannot have.
    package let caption: String?
    /// What a document is called.
    package let fileName: String?

    /// Something that is with WhatsApp or at an address.
    package init(
        _ kind: Kind, _ source: MediaSource, caption: String? = nil, fileName: String? = nil
    ) throws(MessageFault) {
        try source.check(kind.rawValue)
        try ContentCheck.optional(caption, "\(kind.rawValue).caption", 1...1024)
        try ContentCheck.optional(fileName, "\(kind.rawValue).filename", 1...240)
        if caption != nil, kind == .audio || kind == .sticker {
            throw MessageFault("\(kind.rawValue).caption", "is not permitted")
        }
        if fileName != nil, kind != .document { throw MessageFault("\(kind.rawValue).filename", "is not permitted") }
        self.kind = kind
        self.source = source
        self.caption = caption
        self.fileName = fileName
    }
}

extension MediaContent: JSONWritable {
    /// Writes WhatsApp's form.
    package func write(to json: inout JSONAppender) {
        json.object { json in
            source.writeMember(to: &json)
            json.optionalMember("caption", caption)
            json.optionalMember("filename", fileName)
        }
    }
}
