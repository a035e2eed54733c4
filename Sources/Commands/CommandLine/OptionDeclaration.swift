/// An option that a command takes: a flag, or a name with a value.
package struct OptionDeclaration: Sendable {
    /// The long name without its dashes, like `follow`.
    package let name: String
    /// The short form without its dash, like `f`.
    package let letter: Character?
    /// What stands after the name; nil for a flag.
    package let value: ValueDeclaration?
    /// Whether a value may be given more than once.
    package let isRepeatable: Bool
    /// What the option does, in the imperative and without a full stop.
    package let help: String

    /// An option that is there or not.
    package static func flag(_ name: String, letter: Character? = nil, _ help: String) -> OptionDeclaration {
        OptionDeclaration(name: name, letter: letter, value: nil, isRepeatable: false, help: help)
    }

    /// An option that takes a value.
    package static func value(
        _ name: String, letter: Character? = nil, _ value: ValueDeclaration, isRepeatable: Bool = false, _ help: String
    ) -> OptionDeclaration {
        OptionDeclaration(name: name, letter: letter, value: value, isRepeatable: isRepeatable, help: help)
    }

    /// The long form as one types it, like `--follow`.
    package var spelling: String { "--\(name)" }

    /// The long form with its placeholder, like `--lines <n>`.
    package var usage: String { value.map { "\(spelling) \($0.placeholder)" } ?? spelling }
}

/// The value that an option takes.
package struct ValueDeclaration: Sendable {
    /// What stands for the value in help texts, like `<file>`.
    package let placeholder: String
    /// What is accepted.
    package let kind: ValueKind
    /// What counts when the option is not given, as one would type it.
    package let standard: String?

    /// A value of some kind.
    package init(_ placeholder: String, _ kind: ValueKind = .text, standard: String? = nil) {
        self.placeholder = placeholder
        self.kind = kind
        self.standard = standard
    }
}
