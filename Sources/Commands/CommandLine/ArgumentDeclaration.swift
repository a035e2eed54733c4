/// An argument that a command takes by its place.
package struct ArgumentDeclaration: Sendable {
    /// The name in help texts, like `part`.
    package let name: String
    /// Whether it may be left out.
    package let isOptional: Bool
    /// Whether more than one may follow; only the last argument of a command may be such.
    package let isRepeatable: Bool
    /// What it is, without a full stop.
    package let help: String

    /// An argument of a command.
    package init(_ name: String, isOptional: Bool = false, isRepeatable: Bool = false, _ help: String) {
        self.name = name
        self.isOptional = isOptional
        self.isRepeatable = isRepeatable
        self.help = help
    }

    /// The name as usage lines have it: `<part>`, `[part]`, `[command...]`.
    package var usage: String {
        let name = isRepeatable ? "\(name)..." : name
        return isOptional ? "[\(name)]" : "<\(name)>"
    }
}
