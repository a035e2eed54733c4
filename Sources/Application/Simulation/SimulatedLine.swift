package import Basics

/// Something that a customer or a salon said.
package struct SimulatedLine: Hashable, Sendable {
    /// Who said it.
    package enum Speaker: Sendable { case customer, salon }

    /// When it was said, or read.
    package let time: Timestamp
    /// The salon's name.
    package let salon: String
    /// The customer's name.
    package let customer: String
    /// Which of them said it.
    package let speaker: Speaker
    /// The words, with what can be pressed in brackets.
    package let words: String

    /// Something that was said.
    package init(time: Timestamp, salon: String, customer: String, speaker: Speaker, words: String) {
        self.time = time
        self.salon = salon
        self.customer = customer
        self.speaker = speaker
        self.words = words
    }

    /// The words of a message as a salon sends it.
    static func words(of message: JSON) -> String {
        let type = message["type"]?.text ?? ""
        let content = message[type]
        switch type {
        case "text": return content?["body"]?.text ?? ""
        case "interactive":
            let action = content?["action"]
            let buttons = (action?["buttons"]?.elements ?? []).compactMap { $0["reply"]?["title"]?.text }
            let rows = (action?["sections"]?.elements ?? []).flatMap { $0["rows"]?.elements ?? [] }
            let titles = buttons + rows.compactMap { $0["title"]?.text }
            return (content?["body"]?["text"]?.text ?? "") + titles.map { " [\($0)]" }.joined()
        case "template": return "(template \(content?["name"]?.text ?? ""))"
        case "reaction": return content?["emoji"]?.text ?? ""
        default: return "(\(type))"
        }
    }
}

extension SimulatedCustomer.Saying {
    /// As a person would read it.
    var words: String {
        switch self {
        case .text(let text): text
        case .button(_, let title), .row(_, let title): "[\(title)]"
        }
    }
}
