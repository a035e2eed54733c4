public import Basics

extension LoadedConfiguration {
    /// One key as `config show` prints it.
    public struct Entry: Hashable, Sendable {
        /// The key.
        public let key: String
        /// The value: a secret masked, a missing one explained in parentheses.
        public let value: String
        /// Where it came from, like `default` or `parlor.yaml:12`.
        public let origin: String
        /// Whether nothing set it.
        public let isDefault: Bool
    }

    /// Every key in the order of the reference page.
    public func entries() -> [Entry] {
        ConfigurationKey.all.map { key in
            let origin = origin(of: key.name)
            return Entry(
                key: key.name, value: key.shown(configuration), origin: origin.description,
                isDefault: origin == .standard)
        }
    }

    /// The same for programs.
    public func json() -> JSON {
        let values = ConfigurationKey.all.map { key in
            let members: [JSON.Member] = [.init("key", .string(key.name)), .init("value", key.json(configuration))]
            return JSON.object(members + origin(of: key.name).members)
        }
        return ["file": .string(file), "values": .array(values), "warnings": .array(warnings.map(\.json))]
    }

    /// The variables that give a child process an equal configuration, secrets revealed; the child reads no file.
    public func environment() -> [String: String] { configuration.environment() }
}

extension Configuration {
    /// The variables that make the same configuration out of nothing: what is not the default, secrets revealed.
    ///
    /// `PARLOR_CONFIG` keeps the child from a file that it may not read, or that has changed since.
    public func environment() -> [String: String] {
        let standard = Configuration()
        var variables = ["PARLOR_CONFIG": "/dev/null"]
        for key in ConfigurationKey.all where key.text(self) != key.text(standard) {
            variables[key.variable] = key.text(self) ?? ""
        }
        return variables
    }
}
