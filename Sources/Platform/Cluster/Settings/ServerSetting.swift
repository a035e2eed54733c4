/// A setting of PostgreSQL, with the reason why it has its value.
package struct ServerSetting: Equatable, Sendable {
    /// What it takes until a new value holds.
    package enum Change: String, Sendable {
        /// The server reads its files again; some values hold for new connections only.
        case reload
        /// The server stops and starts.
        case restart
    }

    /// Who writes it where a cluster is kept by Patroni.
    package enum Keeper: String, Sendable {
        /// Whoever configures the one server.
        case server
        /// Patroni, for all members alike: it belongs into its dynamic configuration.
        case cluster
        /// Patroni, which takes no other word for it.
        case patroni
    }

    /// What it is about.
    package enum Topic: String, CaseIterable, Sendable {
        /// What is kept in memory.
        case memory = "Memory"
        /// Connections and processes.
        case processes = "Connections and processes"
        /// How the disk is used.
        case disk = "Disk"
        /// The log that makes commits last.
        case log = "Write-ahead log"
        /// How members follow each other.
        case replication = "Replication"
        /// Who gets in.
        case security = "Security"
        /// What is said about it.
        case reporting = "What is logged"
        /// What everybody expects.
        case custom = "What everybody expects"
        /// What somebody else decided.
        case others = "Set by you"
    }

    /// The name.
    package let name: String
    /// The value, without quotes.
    package let value: String
    /// Why, in a few words without a full stop.
    package let reason: String
    /// What it is about.
    package let topic: Topic
    /// The value that Parlor would choose, and why; nil unless somebody else decided.
    package let overridden: Derivation?

    /// A value and its reason.
    package struct Derivation: Equatable, Sendable {
        /// The value, without quotes.
        package let value: String
        /// Why.
        package let reason: String
    }

    /// A setting that Parlor decided.
    package init(_ name: String, _ value: String, _ topic: Topic, _ reason: String) {
        self.init(name, value, topic, reason, overridden: nil)
    }

    init(_ name: String, _ value: String, _ topic: Topic, _ reason: String, overridden: Derivation?) {
        self.name = name
        self.value = value
        self.topic = topic
        self.reason = reason
        self.overridden = overridden
    }

    /// Whether somebody else decided.
    package var isSetBySomebody: Bool { overridden != nil || topic == .others }

    /// The line of postgresql.conf, with the reason beside it.
    package var line: String { "\(name) = \(quotedValue)  # \(comment)" }

    /// The reason on one line, whatever the path of a configuration file in it holds.
    private var comment: String { String(reason.map { $0.isNewline || $0 == "\0" ? "?" : $0 }) }

    /// The value as PostgreSQL's files have it: quoted unless it is a plain word or number.
    var quotedValue: String {
        let isWord =
            !value.isEmpty
            && value.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
                default: false
                }
            }
        // What somebody else wrote may look plain and still be no single word for PostgreSQL.
        return !isSetBySomebody && (isWord || Double(value) != nil) ? value : quoted(value)
    }
}

/// Single quotes as PostgreSQL's files have them, where a backslash begins an escape.
func quoted(_ text: String) -> String {
    "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "''"))'"
}
