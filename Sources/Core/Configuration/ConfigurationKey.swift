import Basics

/// One value that can be set: what it is called, what it may be, and where it is read from.
///
/// `ConfigurationKey.all` is the only list of keys; every reader, `config show` and the reference page follow it.
public struct ConfigurationKey: Sendable {
    /// The name with its sections, like `database.port`.
    public let name: String
    /// One sentence for the reference page.
    public let documentation: String
    /// What a right value is, as it ends the sentence "expected …".
    public let expectation: String
    /// Whether the value must never be shown.
    public let isSecret: Bool
    /// What it means that an optional key is not set, like `generated`; nil when the key always has a value.
    public let absence: String?
    /// Variables of the specification that set this key, besides the one derived from its name.
    public let aliases: [Alias]

    let isPath: Bool
    /// How it takes names and values one by one; nil for a key with a single value.
    let section: ConfigurationSection?
    let set: @Sendable (String?, inout Configuration) -> Bool
    let text: @Sendable (Configuration) -> String?
    let json: @Sendable (Configuration) -> JSON

    /// A variable of the specification.
    public struct Alias: Hashable, Sendable, ExpressibleByStringLiteral {
        /// The name of the variable.
        public let name: String
        /// The unit of its bare number, like `ms`; nil when it is written like the key.
        public let unit: String?
        /// What a right value is, when it is not written like the key.
        public let expectation: String?

        private init(_ name: String, unit: String?, expectation: String?) {
            self.name = name
            self.unit = unit
            self.expectation = expectation
        }

        /// A variable whose value is written like the key's.
        public init(stringLiteral name: String) { self.init(name, unit: nil, expectation: nil) }

        /// A variable that counts milliseconds.
        static func milliseconds(_ name: String, _ range: ClosedRange<Int>) -> Alias {
            Alias(
                name, unit: "ms",
                expectation: "a whole number of milliseconds from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    /// A key that always has a value.
    init<Value>(
        _ name: String, _ path: any WritableKeyPath<Configuration, Value> & Sendable, _ kind: ConfigurationValue<Value>,
        aliases: [Alias] = [], _ documentation: String
    ) {
        self.init(
            name, kind, absence: nil, aliases: aliases, documentation,
            set: { text, configuration in
                guard let text, let value = kind.read(text) else { return false }
                configuration[keyPath: path] = value
                return true
            },
            get: { $0[keyPath: path] })
    }

    /// A key that need not have a value: an empty text takes it away.
    init<Value>(
        _ name: String, _ path: any WritableKeyPath<Configuration, Value?> & Sendable,
        _ kind: ConfigurationValue<Value>,
        absence: String, aliases: [Alias] = [], _ documentation: String
    ) {
        self.init(
            name, kind, absence: absence, aliases: aliases, documentation,
            set: { text, configuration in
                let value = text.flatMap(kind.read)
                guard value != nil || (text ?? "").isEmpty else { return false }
                configuration[keyPath: path] = value
                return true
            },
            get: { $0[keyPath: path] })
    }

    /// A key that holds names and values: each source adds to those before it, and an empty text takes all away.
    init<Values: NamedValues>(
        section name: String, _ path: any WritableKeyPath<Configuration, Values> & Sendable,
        _ kind: ConfigurationValue<Values>, absence: String, _ documentation: String
    ) {
        self.init(
            name, kind, absence: absence, aliases: [], documentation, section: ConfigurationSection(kind),
            set: { text, configuration in
                guard let text, !text.isEmpty else {
                    configuration[keyPath: path] = Values()
                    return true
                }
                guard let added = kind.read(text) else { return false }
                configuration[keyPath: path].merge(added)
                return true
            },
            get: { $0[keyPath: path].pairs.isEmpty ? nil : $0[keyPath: path] })
    }

    private init<Value>(
        _ name: String, _ kind: ConfigurationValue<Value>, absence: String?, aliases: [Alias], _ documentation: String,
        section: ConfigurationSection? = nil, set: @escaping @Sendable (String?, inout Configuration) -> Bool,
        get: @escaping @Sendable (Configuration) -> Value?
    ) {
        self.name = name
        self.documentation = documentation
        self.expectation = kind.expectation
        self.isSecret = Value.self == Secret.self || Value.self == SealingSecrets.self
        self.isPath = kind.isPath
        self.section = section
        self.absence = absence
        self.aliases = aliases
        self.set = set
        self.text = { get($0).map(kind.write) }
        self.json = { configuration in
            guard let value = get(configuration) else { return .null }
            return kind.json?(value) ?? .string(kind.write(value))
        }
    }

    /// The variable that every key has: `PARLOR_DATABASE_PORT` for `database.port`.
    public var variable: String { ConfigurationKey.variablePrefix + flattened.uppercased() }

    /// The name with its dots replaced, like `database_port`.
    var flattened: String { String(name.map { $0 == "." ? "_" : $0 }) }

    /// The value that people see: a secret masked, a missing one explained in parentheses.
    func shown(_ configuration: Configuration) -> String {
        guard let text = text(configuration) else { return "(\(absence ?? "none"))" }
        return isSecret ? Secret.mask : text
    }
}
