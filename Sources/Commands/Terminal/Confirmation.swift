import Basics
import Glibc

extension Invocation {
    /// Asks whoever sits at the terminal for a yes, unless it was given with `--yes`; where nobody can be asked, that is a
    /// no. `refused` says what was not done then, `why` what would have been.
    func confirm(_ question: String, refused: String, why: String) throws {
        if command.has(.yes) { return }
        guard terminal.isTerminal(), isatty(STDIN_FILENO) == 1 else {
            throw ParlorError(
                .notConfirmed, refused, why: why, hint: "Run it again with --yes if that is what you want.")
        }
        try terminal.write("\(question) [yes/no] ")
        guard readLine(strippingNewline: true) == "yes" else {
            throw ParlorError(.notConfirmed, refused, why: "somebody said no")
        }
    }
}
