package import Basics

/// An error as the last thing that a command says.
package struct ErrorView: Sendable {
    /// For whom it is.
    package enum Form: Sendable {
        /// People: the fact, its reason and a hint.
        case plain
        /// People who look for the cause: everything that is known.
        case debug
        /// Programs.
        case json
    }

    /// The lines to print, with the last line's end.
    package let text: String

    /// An error in the form that was asked for.
    package init(_ error: ParlorError, form: Form = .plain, inColor: Bool = false) {
        let lead = "parlor: " + Style.red.applied(to: "error:", if: inColor) + " "
        switch form {
        case .plain: text = lead + ErrorView.safe(error.description) + "\n"
        case .debug: text = lead + ErrorView.safe(error.debugDescription) + "\n"
        case .json: text = error.json.compact + "\n"
        }
    }

    /// A message may repeat what somebody typed or a program wrote, and must not steer the terminal.
    private static func safe(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }.joined(
            separator: "\n")
    }
}
