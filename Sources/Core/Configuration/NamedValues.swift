/// Names with values that stand under one key: a section of the file, or one line elsewhere. Each source adds its own to
/// those of the sources before it.
protocol NamedValues: Equatable, Sendable {
    /// None.
    init()
    /// A single one; nil for what cannot be one.
    init?(name: String, value: String)
    /// Several on one line; nil for what is none.
    init?(_ text: String)
    /// In their order.
    var pairs: [(name: String, value: String)] { get }
    /// Takes over others, which go over those of the same name.
    mutating func merge(_ others: Self)
    /// What a name and its value must be, as it ends the sentence "expected …".
    static var memberExpectation: String { get }
    /// Why one is not for anybody to decide on here; it ends the sentence "… is refused: …".
    static func refusal(of name: String, _ value: String) -> String?
}

extension NamedValues {
    static func refusal(of name: String, _ value: String) -> String? { nil }
}

extension StringProtocol {
    /// Without spaces at its ends.
    var trimmed: String {
        var text = drop { $0 == " " }
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}

/// How a key that holds names and values takes them one by one.
struct ConfigurationSection: Sendable {
    /// What a name and its value must be, as it ends the sentence "expected …".
    let expectation: String
    /// The names and values of one line; nil for what is none.
    let split: @Sendable (_ line: String) -> [(name: String, value: String)]?
    /// One of them as a line; nil for what cannot be one.
    let line: @Sendable (_ name: String, _ value: String) -> String?
    /// Why one is refused.
    let refusal: @Sendable (_ name: String, _ value: String) -> String?

    init<Values: NamedValues>(_ kind: ConfigurationValue<Values>) {
        expectation = Values.memberExpectation
        split = { kind.read($0)?.pairs }
        line = { Values(name: $0, value: $1).map(kind.write) }
        refusal = { Values.refusal(of: $0, $1) }
    }
}
