internal import Basics

/// How a record becomes a line.
///
/// Either form keeps a record on exactly one line: whatever could break a line, move a terminal's cursor or reverse
/// what people read is escaped, so that nobody can forge a line by what he sends.
public enum LogFormat: Hashable, Sendable {
    /// An object for programs: `{"time":…,"level":…,"message":…,"label":…}` and the metadata.
    case json
    /// Words for people, with the time of day in UTC: `09:30:00.250 info  service  listening  port=3000`.
    case text(colour: Bool)

    /// The line of a record, its newline included.
    public func line(for record: LogRecord) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(256)
        switch self {
        case .json: LogFormat.writeJSON(record, to: &output)
        case .text(let colour): LogFormat.writeText(record, colour: colour, to: &output)
        }
        output.append(UInt8(ascii: "\n"))
        return output
    }

    private static func writeJSON(_ record: LogRecord, to output: inout [UInt8]) {
        output += #"{"time":""#.utf8
        output += record.time.rfc3339.utf8
        output += #"","level":""#.utf8
        output += record.level.rawValue.utf8
        output += #"","message":"#.utf8
        LogEscaping.writeQuoted(record.message, to: &output)
        output += #","label":"#.utf8
        LogEscaping.writeQuoted(record.label, to: &output)
        for entry in record.metadata.entries {
            output += #",""#.utf8
            output += entry.key.rawValue.utf8
            output += #"":"#.utf8
            switch entry.value {
            case .string(let text): LogEscaping.writeQuoted(text, to: &output)
            // JSON has no infinity and no NaN.
            case .double(let number) where !number.isFinite: output += "null".utf8
            default: output += entry.value.plainText.utf8
            }
        }
        output.append(UInt8(ascii: "}"))
    }

    private static func writeText(_ record: LogRecord, colour: Bool, to output: inout [UInt8]) {
        func write(_ text: some StringProtocol, _ style: TerminalStyle) {
            output += (colour ? "\(style.start)\(text)\(TerminalStyle.end)" : String(text)).utf8
        }
        write(record.time.rfc3339.dropFirst("2026-03-01T".count).dropLast(), .dim)
        output.append(UInt8(ascii: " "))
        write(record.level.terminalWord, record.level.style)
        output.append(UInt8(ascii: " "))
        LogEscaping.write(record.label, to: &output)
        output += "  ".utf8
        LogEscaping.write(record.message, to: &output)
        for (index, entry) in record.metadata.entries.enumerated() {
            output += (index == 0 ? "  " : " ").utf8
            write("\(entry.key.rawValue)=", .dim)
            if case .string(let text) = entry.value, LogEscaping.needsQuotes(text) {
                LogEscaping.writeQuoted(text, to: &output)
            } else {
                output += entry.value.plainText.utf8
            }
        }
    }
}

extension LogValue {
    /// The value without quotes or escapes.
    fileprivate var plainText: String {
        switch self {
        case .string(let text): text
        case .integer(let number): "\(number)"
        case .double(let number): "\(number)"
        case .bool(let value): "\(value)"
        case .duration(let duration) where duration.microseconds % 1000 == 0: "\(duration.milliseconds)"
        case .duration(let duration): "\(Double(duration.microseconds) / 1000)"
        }
    }
}

extension LogLevel {
    /// The level in five columns.
    fileprivate var terminalWord: String {
        switch self {
        case .debug: "debug"
        case .info: "info "
        case .warning: "warn "
        case .error: "error"
        }
    }

    fileprivate var style: TerminalStyle {
        switch self {
        case .debug: .dim
        case .info: .green
        case .warning: .yellow
        case .error: .red
        }
    }
}

private enum TerminalStyle: String {
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"

    static let end = "\u{1B}[0m"

    var start: String { "\u{1B}[\(rawValue)m" }
}
