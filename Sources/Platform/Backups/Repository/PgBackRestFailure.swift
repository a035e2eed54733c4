package import Basics

/// What pgBackRest said when it failed, and what that means for somebody who does not know it.
package struct PgBackRestFailure: Equatable, Sendable {
    /// What it was told to do.
    let command: String
    /// Its number for the kind of error; nil when it died without a word.
    let number: Int?
    /// The sentence of the error.
    let message: String
    /// Its own hints.
    let hints: [String]
    /// Everything it wrote.
    let text: String

    /// Reads what it wrote to its standard error. `end` is how the process ended.
    package init(_ command: String, _ text: String, _ end: String) {
        self.command = command
        self.text = text
        let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
        // "P00  ERROR: [050]: unable to acquire lock on file …"
        let first = lines.firstIndex { $0.contains("ERROR: [") }
        guard let first, let bracket = lines[first].firstRange(of: "ERROR: [") else {
            (number, message, hints) = (nil, end.hasPrefix("killed") ? "it was \(end)" : "it \(end)", [])
            return
        }
        let rest = lines[first][bracket.upperBound...]
        number = Int(rest.prefix { $0 != "]" })
        let sentence = rest.drop { $0 != ":" }.dropFirst(2)
        message = String(sentence.last == ":" ? sentence.dropLast() : sentence)
        hints = lines[first...].compactMap { $0.firstRange(of: "HINT: ") == nil ? nil : String($0.dropFirst(6)) }
    }

    /// The error for people.
    package var error: ParlorError {
        let (what, hint) = words
        return ParlorError(
            number == 50 ? .alreadyRunning : isFull ? .diskFull : .backup, what, why: message,
            hint: hint, detail: text)
    }

    /// A write that took less than it was given names no cause, or one that is left from an earlier call: to a file that
    /// is open nothing can be missing.
    private var isFull: Bool {
        text.contains("No space left on device") || text.contains("Disk quota exceeded")
            || text.contains(/unable to write '[^'\n]*'(: \[2\] [^\n]*)?(\n|$)/)
    }

    /// Whether something cannot be decrypted or is no file of pgBackRest's after it was.
    private var hasWrongKey: Bool {
        text.contains("key/value found outside of section") || text.contains("unable to flush") || number == 95
    }

    private var words: (what: String, hint: String) {
        if isFull {
            return (
                "there is no room for the backup",
                "Free some space where the repository is; what is archived already stays as it is."
            )
        }
        if text.contains("does not match expected checksum") {
            return (
                "a file of the backup is damaged",
                "Choose another backup with --backup, and make a full one now with \"./parlor backup run --full\"."
            )
        }
        if hasWrongKey {
            return (
                "the repository cannot be read with this key",
                "Set backups.key to the key that it was made with; see docs/backups.md, \"The key\"."
            )
        }
        if command == "restore", number == 55 {
            return (
                "a file of the backup is missing",
                "Choose another backup with --backup, and make a full one now with \"./parlor backup run --full\"."
            )
        }
        if text.contains("Permission denied") {
            return (
                "a file cannot be opened by the user that backups are made as",
                "Give that user the folder with chown; nothing is lost meanwhile."
            )
        }
        switch number {
        case 40:
            return ("the folder is not empty", "Choose an empty folder, or --delta to make it equal to the backup.")
        case 50:
            return ("another backup or restore is being made", "Wait until it is done: ./parlor backup list shows it.")
        case 49, 102, 103:
            return ("the repository cannot be reached", "See whether the service answers; nothing is lost meanwhile.")
        case 56, 57:
            return ("the database cannot be asked", "See how it is with \"./parlor status\".")
        case 28, 51, 58:
            return (
                "the repository holds backups of another cluster",
                "Restore it with \"./parlor restore full\", or set another backups.folder or backups.s3.prefix."
            )
        case 75:
            return ("there is no such backup", "See what there is with \"./parlor backup list\".")
        case 82:
            return (
                "the log did not arrive in the repository",
                "See what the server says of its archive_command with \"./parlor logs\"; the backup is begun again later."
            )
        default: break
        }
        return ("pgBackRest could not do \"\(command)\"", hints.first ?? "Its own words are in the log of the agent.")
    }
}

extension PgBackRestFailure {
    /// What `info` says of a repository that it cannot read, like `[FormatError] unable to load info file …`.
    package init(ofRepository message: String) {
        number = nil
        command = "info"
        let line = message.split(separator: "\n").first ?? ""
        self.message = String(line.last == ":" ? line.dropLast() : line)
        hints = []
        text = message
    }
}
