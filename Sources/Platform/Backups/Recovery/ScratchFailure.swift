package import Basics

/// Why a server did not come up on restored data, from what it wrote.
package struct ScratchFailure: Equatable, Sendable {
    private let text: String

    /// Reads what the server wrote.
    package init(_ text: String) { self.text = text }

    /// The error for people.
    package var error: ParlorError {
        let lines = text.split(separator: "\n")
        let fatal = lines.last { $0.contains("FATAL:") || $0.contains("PANIC:") }
        let words = fatal.flatMap { line in line.firstRange(of: ":  ").map { String(line[$0.upperBound...]) } }
        if text.contains("recovery ended before configured recovery target was reached") {
            let moment = text.firstMatch(of: /last completed transaction was at log time ([^\n]*)/)?.output.1
            return ParlorError(
                .backup, "the log in the repository ends before that target",
                why: moment.map { "its last transaction is of \($0)" } ?? words,
                hint: "Choose an earlier target, or \"./parlor restore full\" for the newest.", detail: text)
        }
        if text.contains(/could not locate (required|a valid) checkpoint record/)
            || text.contains("invalid checkpoint record")
        {
            return ParlorError(
                .backup, "the log that the backup needs is missing or damaged", why: words,
                hint: "Choose another backup with --backup; \"./parlor backup verify\" says what is damaged.",
                detail: text)
        }
        return ParlorError(
            .backup, "the restored data cannot be brought up", why: words ?? lines.last.map(String.init),
            hint: "All that the server said is in its log, postgres.log beside the data.", detail: text)
    }
}
