extension ConfigurationLayer {
    /// Variables of Parlor's that are no keys.
    private static let otherVariables: Set = ["PARLOR_STATE", "PARLOR_CONFIG"]
    /// What Parlor tells its own children begins with this.
    private static let internalPrefix = "PARLOR_INTERNAL_"

    /// What the variables that begin with `PARLOR_` say.
    init(environment: [String: String]) {
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            guard name.hasPrefix(ConfigurationKey.variablePrefix), !name.hasPrefix(ConfigurationLayer.internalPrefix),
                !ConfigurationLayer.otherVariables.contains(name)
            else { continue }
            let origin = ConfigurationOrigin.environment(name)
            if let key = ConfigurationKey.variable(name) {
                set(key, value, origin)
            } else {
                let suggestion = ConfigurationKey.suggestion(forVariable: name)
                faults.append(ConfigurationFault(origin, unknown: "unknown variable", suggestion: suggestion))
            }
        }
    }

    /// What the variables of the specification say: first the URL, then those that name a single value.
    ///
    /// Empty ones say nothing.
    init(specification environment: [String: String]) {
        if let url = environment["DATABASE_URL"], !url.isEmpty { self.init(databaseURL: url) } else { self.init() }
        for key in ConfigurationKey.all {
            for alias in key.aliases {
                guard let value = environment[alias.name], !value.isEmpty else { continue }
                set(key, value, alias)
            }
        }
    }

    private mutating func set(_ key: ConfigurationKey, _ value: String, _ alias: ConfigurationKey.Alias) {
        let origin = ConfigurationOrigin.environment(alias.name)
        guard let unit = alias.unit else { return set(key, value, origin) }
        // A text with a unit of its own gets two, which no reader takes.
        settings.append(
            ConfigurationSetting(
                key: key, text: "\(value)\(unit)", origin: origin, given: value, expected: alias.expectation))
    }
}
