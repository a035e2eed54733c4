import Basics
import JSONText

/// A log line as it is shown: with its part where there are several, and on a terminal in words instead of JSON.
struct LogLineView {
    /// The width of the column of parts; nil when there is only one.
    var partWidth: Int?
    /// Whether a person reads it.
    var isForPeople: Bool

    func line(_ line: LogLine) -> String {
        let text = (isForPeople ? words(line.text) : nil) ?? line.text
        guard let partWidth else { return text.printable }
        let padding = String(repeating: " ", count: max(0, partWidth - line.part.count))
        return "\(line.part)\(padding) | \(text.printable)"
    }

    /// `09:30:00.250 info  listening  port=3000`; nil for a line that is not one of ours.
    private func words(_ text: String) -> String? {
        guard text.hasPrefix("{"), case .object(let members)? = try? JSON(reading: text),
            let time = members.first(where: { $0.name == "time" })?.value.text, time.count == 24
        else { return nil }
        let level = members.first { $0.name == "level" }?.value.text ?? ""
        let message = members.first { $0.name == "message" }?.value.text ?? ""
        let named: Set = ["time", "level", "message", "label", "trace_id", "span_id"]
        let rest = members.filter { !named.contains($0.name) }.map { "\($0.name)=\($0.value.text ?? $0.value.compact)" }
        let column = level + String(repeating: " ", count: max(0, 8 - level.count))
        return ["\(time.dropFirst(11).dropLast()) \(column)\(message)", rest.joined(separator: " ")]
            .filter { !$0.isEmpty }.joined(separator: "  ")
    }
}
