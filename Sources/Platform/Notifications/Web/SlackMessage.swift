import Basics

/// A notice as Slack's incoming webhooks take it.
struct SlackMessage {
    let json: JSON

    init(_ telling: Telling, from source: String) {
        let notice = telling.notice
        let title = Self.escaped(notice.title.oneLine(atMost: 200))
        let mark = notice.isResolved ? "Resolved" : notice.severity.rawValue.capitalizedWord
        let fields: [JSON] = telling.fields.prefix(20).map { field in
            [
                "title": .string(Self.escaped(field.name.oneLine(atMost: 100))),
                "value": .string(Self.escaped(field.value.oneLine(atMost: 500))), "short": true,
            ]
        }
        let attachment: JSON = [
            "color": .string(Self.color(notice)), "fallback": .string("\(mark): \(title)"), "title": .string(title),
            "text": .string(Self.escaped(notice.text.lines(atMost: 3000))), "fields": .array(fields),
            "footer": .string(Self.escaped(source)), "ts": .integer(Int(notice.at.microseconds / 1_000_000)),
        ]
        json = ["text": .string("*\(mark)* on \(Self.escaped(source))"), "attachments": [attachment]]
    }

    private static func color(_ notice: Notice) -> String {
        if notice.isResolved { return "good" }
        return switch notice.severity {
        case .info: "#439FE0"
        case .warning: "warning"
        case .critical: "danger"
        }
    }

    /// With the three characters replaced that could make a mention or a link. One by one: joined with an accent they
    /// would be other characters, and mean the same to Slack.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension String {
    /// With a capital at its beginning.
    var capitalizedWord: String { prefix(1).uppercased() + dropFirst() }
}
