import CPostgres

/// What the server says about an error or a notice.
public struct ServerReport: Hashable, Sendable {
    /// `ERROR`, `FATAL`, `PANIC`, or for a notice `WARNING`, `NOTICE`, `INFO`, `LOG`, `DEBUG`; never translated.
    public var severity: String
    /// The code of what happened.
    public var sqlState: SQLState
    /// The server's sentence. It may contain values.
    public var message: String
    /// More of it. It may contain values.
    public var detail: String?
    /// The server's advice.
    public var hint: String?
    /// Where in the statement, counted in characters from 1.
    public var position: Int?
    /// The functions and statements around it.
    public var context: String?
    /// The schema it is about.
    public var schema: String?
    /// The table it is about.
    public var table: String?
    /// The column it is about.
    public var column: String?
    /// The data type it is about.
    public var dataType: String?
    /// The constraint it is about.
    public var constraint: String?

    /// Whether the connection ends with it.
    public var endsConnection: Bool { severity == "FATAL" || severity == "PANIC" }

    /// The constraint, column and table by name; nil when the server names none.
    public var objects: String? {
        var parts: [String] = []
        if let constraint { parts.append("constraint \(quoteIdentifier(constraint))") }
        if let column { parts.append("column \(quoteIdentifier(column))") }
        if let table {
            parts.append("table \((schema.map { [$0, table] } ?? [table]).map(quoteIdentifier).joined(separator: "."))")
        }
        if let dataType { parts.append("type \(quoteIdentifier(dataType))") }
        return parts.isEmpty ? nil : parts.joined(separator: " of ")
    }
}

extension ServerReport: CustomStringConvertible, CustomDebugStringConvertible {
    /// The condition and the names of what it is about, without any value. Safe to show anybody.
    public var description: String { objects.map { "\(sqlState): \($0)" } ?? "\(sqlState)" }

    /// Everything the server said, line by line.
    public var debugDescription: String {
        var lines = ["\(severity): \(message)"]
        if let detail { lines.append("DETAIL: \(detail)") }
        if let hint { lines.append("HINT: \(hint)") }
        if let context { lines.append("CONTEXT: \(context)") }
        if let position { lines.append("POSITION: \(position)") }
        return lines.joined(separator: "\n")
    }
}

extension ServerReport {
    /// Reads the fields of a result, which need not have any.
    init(_ result: OpaquePointer) {
        // The letters are those of the protocol; libpq's names for them are characters, which are no constants in
        // Swift.
        func field(_ letter: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(letter.value)).map { String(cString: $0) }
        }
        severity = field("V") ?? field("S") ?? "ERROR"
        sqlState = SQLState(field("C") ?? SQLState.connectionFailure.code)
        message = field("M") ?? PQresultErrorMessage(result).map { String(cString: $0) } ?? ""
        detail = field("D")
        hint = field("H")
        position = field("P").flatMap { Int($0) }
        context = field("W")
        schema = field("s")
        table = field("t")
        column = field("c")
        dataType = field("d")
        constraint = field("n")
    }
}

/// Where libpq's callback delivers notices; owned by the connection.
final class NoticeReceiver {
    private let deliver: (ServerReport) -> Void

    init(_ deliver: ((ServerReport) -> Void)?) { self.deliver = deliver ?? { _ in } }

    /// Makes libpq call it instead of printing to standard error. The receiver must outlive the connection.
    func attach(to handle: OpaquePointer) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        PQsetNoticeReceiver(
            handle,
            { receiver, result in
                guard let receiver, let result else { return }
                Unmanaged<NoticeReceiver>.fromOpaque(receiver).takeUnretainedValue().deliver(ServerReport(result))
            }, me)
    }
}
