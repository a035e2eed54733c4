package import Basics

/// Up to where the log is replayed.
package enum RecoveryTarget: Equatable, Sendable {
    /// All of it.
    case latest
    /// The last commit up to a moment.
    case time(Timestamp)
    /// A place that somebody gave a name to.
    case restorePoint(String)
    /// A transaction, which is the last one.
    case transaction(UInt32)
    /// As little as the backup needs to be whole.
    case backupItself

    /// Reads what people write: a moment such as `2026-11-21 14:30` (UTC unless it says otherwise), the number of a
    /// transaction, or the name of a restore point.
    package init(_ text: String) throws(ParlorError) {
        if let moment = Self.moment(text) {
            self = .time(moment)
        } else if let number = UInt32(text) {
            self = .transaction(number)
        } else if text.contains(":") || text.contains("-") && text.first?.isNumber == true {
            throw ParlorError(
                .usage, "\"\(text)\" is no moment", why: "it looks like one and cannot be read",
                hint: "Write it like \"2026-11-21 14:30:00\", which is UTC, or with an offset at its end: +02:00.")
        } else if (1...63).contains(text.utf8.count) {
            self = .restorePoint(text)
        } else {
            throw ParlorError(
                .usage, "\"\(text)\" is no target", why: "a restore point has a name of 1 to 63 bytes",
                hint: "Name a moment, the number of a transaction, or a restore point.")
        }
    }

    private static func moment(_ text: String) -> Timestamp? {
        var text = text.replacing(" ", with: "T", maxReplacements: 1).replacing(" ", with: "")
        // Without seconds.
        if text.utf8.count == 16 { text += ":00" }
        return Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "Z")
    }

    /// What pgBackRest is told.
    package var options: [String] {
        switch self {
        case .latest: ["--type=default"]
        case .time(let moment): ["--type=time", "--target=\(Self.text(moment))", "--target-action=promote"]
        case .restorePoint(let name): ["--type=name", "--target=\(name)", "--target-action=promote"]
        case .transaction(let number): ["--type=xid", "--target=\(number)", "--target-action=promote"]
        case .backupItself: ["--type=immediate", "--target-action=promote"]
        }
    }

    /// As PostgreSQL reads it, to the microsecond.
    private static func text(_ moment: Timestamp) -> String {
        let whole = Timestamp(seconds: moment.microseconds / 1_000_000).rfc3339Seconds
        let micros = String(moment.microseconds % 1_000_000 + 1_000_000).dropFirst()
        return "\(whole.dropLast().replacing("T", with: " ")).\(micros)+00"
    }
}

extension RecoveryTarget: CustomStringConvertible {
    /// For people, as the end of "up to".
    package var description: String {
        switch self {
        case .latest: "the newest moment that there is"
        case .time(let moment): moment.rfc3339
        case .restorePoint(let name): "the restore point \(name)"
        case .transaction(let number): "transaction \(number)"
        case .backupItself: "the moment of the backup"
        }
    }
}
