/// The few ways in which a word may stand out.
package enum Style: String, Sendable {
    /// A heading.
    case bold = "1"
    /// What matters less.
    case dim = "2"
    /// All is well.
    case green = "32"
    /// On its way.
    case yellow = "33"
    /// Something is wrong.
    case red = "31"

    /// The text in this style when colour is allowed, else as it is.
    package func applied(to text: String, if isAllowed: Bool) -> String {
        isAllowed && !text.isEmpty ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
