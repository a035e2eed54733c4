import Basics

/// One thing in the configuration that cannot be used.
public struct ConfigurationFault: Hashable, Sendable, CustomStringConvertible {
    /// Where it stands.
    public var origin: ConfigurationOrigin
    /// The key, when the fault belongs to one.
    public var key: String?
    /// What was given, masked when it is secret; nil when nothing was, or when it must not be shown.
    public var value: String?
    /// What would have been right.
    public var expected: String?
    /// The known key or variable that was probably meant.
    public var suggestion: String?
    /// All of that in words, without the place.
    public var message: String
    /// What to do about it, where that is not plain from the message.
    public var hint: String?

    init(_ origin: ConfigurationOrigin, key: String? = nil, _ message: String, hint: String? = nil) {
        self.origin = origin
        self.key = key
        self.message = message
        self.hint = hint
    }

    /// A key whose value is of the wrong kind; `given` is a description such as `"abc"` or `a list`.
    init(_ origin: ConfigurationOrigin, key: String, is given: String, value: String? = nil, expected: String) {
        self.init(origin, key: key, "\(key) is \(given), expected \(expected)")
        self.value = value
        self.expected = expected
    }

    /// A name that nothing is known by.
    init(_ origin: ConfigurationOrigin, unknown what: String, suggestion: String?) {
        self.init(origin, suggestion.map { "\(what), did you mean \(quoted($0))?" } ?? what)
        self.suggestion = suggestion
    }

    /// `parlor.yaml:3:9: database.port is "abc", expected a whole number from 1 to 65535`.
    public var description: String { "\(origin.place): \(message)" }
}

/// Something in the configuration that works, and that its author should know about.
public struct ConfigurationWarning: Hashable, Sendable, CustomStringConvertible {
    /// Where it stands.
    public var origin: ConfigurationOrigin
    /// The key, when the warning belongs to one.
    public var key: String?
    /// What to know.
    public var message: String

    init(_ origin: ConfigurationOrigin, key: String? = nil, _ message: String) {
        self.origin = origin
        self.key = key
        self.message = message
    }

    /// The place and the message.
    public var description: String { "\(origin.place): \(message)" }
}

/// Text in double quotes, cut to a readable length, with everything escaped that could disturb a terminal.
func quoted(_ text: String) -> String {
    var output: [UInt8] = []
    JSON.writeQuoted(text.count > 80 ? "\(text.prefix(77))..." : text, to: &output)
    return String(decoding: output, as: UTF8.self)
}
