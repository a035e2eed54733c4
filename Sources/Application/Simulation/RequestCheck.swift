import Basics

/// Whether a request is one that WhatsApp would take, by the contract and not by what our sender happens to write.
enum RequestCheck {
    /// Checks a message's form; who gets it and whether that is permitted is not asked here.
    static func message(_ json: JSON) throws(CloudFault) {
        guard json["recipient_type"] == nil || json["recipient_type"]?.text == "individual" else {
            throw .wrong("recipient_type")
        }
        if let data = json["biz_opaque_callback_data"] {
            guard let text = data.text, text.utf8.count <= 512 else { throw .wrong("biz_opaque_callback_data") }
        }
        if let context = json["context"] { _ = try text(context, "message_id", 1...512) }
        let type = try text(json, "type", 1...20)
        guard let content = json[type] else { throw .missing(type) }
        switch type {
        case "text": _ = try text(content, "body", 1...4096)
        case "template": try template(content)
        case "image", "video", "document": try media(content, allowsCaption: true)
        case "audio", "sticker": try media(content, allowsCaption: false)
        case "interactive": try interactive(content)
        case "reaction":
            _ = try text(content, "message_id", 1...512)
            _ = try text(content, "emoji", 0...32)
        case "location":
            guard content["latitude"] != nil, content["longitude"] != nil else { throw .missing("location") }
        default: throw .wrong("type")
        }
    }

    private static func text(
        _ json: JSON, _ name: String, _ lengths: ClosedRange<Int>
    ) throws(CloudFault) -> String {
        guard let value = json[name] else { throw .missing(name) }
        guard let text = value.text, lengths.contains(text.utf16.count) else { throw .wrong(name) }
        return text
    }

    private static func template(_ json: JSON) throws(CloudFault) {
        _ = try text(json, "name", 1...512)
        guard let language = json["language"] else { throw .missing("language") }
        _ = try text(language, "code", 2...15)
        guard let components = json["components"] else { return }
        guard let components = components.elements else { throw .wrong("components") }
        for component in components {
            guard ["header", "body", "button"].contains(component["type"]?.text) else { throw .wrong("components") }
        }
    }

    private static func media(_ json: JSON, allowsCaption: Bool) throws(CloudFault) {
        guard (json["id"]?.text == nil) != (json["link"]?.text == nil) else { throw .wrong("id or link") }
        guard json["caption"] != nil else { return }
        guard allowsCaption else { throw .wrong("caption") }
        _ = try text(json, "caption", 1...1024)
    }

    private static func interactive(_ json: JSON) throws(CloudFault) {
        guard let body = json["body"] else { throw .missing("body") }
        guard let action = json["action"] else { throw .missing("action") }
        switch try text(json, "type", 1...20) {
        case "button":
            _ = try text(body, "text", 1...1024)
            let replies = (action["buttons"]?.elements ?? []).compactMap { $0["reply"] }
            guard (1...3).contains(replies.count) else { throw .wrong("buttons") }
            for reply in replies {
                _ = try text(reply, "id", 1...256)
                _ = try text(reply, "title", 1...20)
            }
            try unique(replies)
        case "list":
            _ = try text(body, "text", 1...4096)
            _ = try text(action, "button", 1...20)
            try sections(action["sections"]?.elements ?? [])
        default: throw .wrong("interactive.type")
        }
    }

    private static func sections(_ sections: [JSON]) throws(CloudFault) {
        let rows = sections.flatMap { $0["rows"]?.elements ?? [] }
        guard (1...10).contains(sections.count), (1...10).contains(rows.count) else { throw .wrong("sections") }
        for section in sections where sections.count > 1 || section["title"] != nil {
            _ = try text(section, "title", 1...24)
        }
        for row in rows {
            _ = try text(row, "id", 1...200)
            _ = try text(row, "title", 1...24)
            if row["description"] != nil { _ = try text(row, "description", 0...72) }
        }
        try unique(rows)
    }

    private static func unique(_ options: [JSON]) throws(CloudFault) {
        guard Set(options.map { $0["id"]?.text ?? "" }).count == options.count else { throw .wrong("id") }
    }
}
