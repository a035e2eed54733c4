extension DatabaseURL {
    /// The keys that the parts of the URL set.
    static let partKeys: [(key: String, part: any KeyPath<DatabaseURL, String?> & Sendable)] = [
        ("database.host", \.host), ("database.port", \.port), ("database.name", \.name), ("database.user", \.user),
        ("database.password", \.password),
    ]

    /// The keys that the parameters of the URL set.
    static let parameterKeys = [
        "schema": "database.schema", "sslmode": "database.ssl_mode", "connection_limit": "database.pool_size",
        "pool_timeout": "database.connection_timeout",
    ]
}

extension ConfigurationLayer {
    /// What `DATABASE_URL` says.
    init(databaseURL text: String) {
        let origin = ConfigurationOrigin.environment("DATABASE_URL")
        do throws(DatabaseURL.Failure) {
            let url = try DatabaseURL(text)
            for (key, path) in DatabaseURL.partKeys { part(key, url[keyPath: path]) }
            for parameter in url.parameters { read(parameter, origin) }
        } catch {
            faults = [ConfigurationFault(origin, "the URL \(error.message)", hint: error.hint)]
        }
    }

    private mutating func read(_ parameter: DatabaseURL.Parameter, _ origin: ConfigurationOrigin) {
        switch (DatabaseURL.parameterKeys[parameter.name], parameter.name) {
        case (let key?, "pool_timeout"):
            part(key, "\(parameter.value)s", expected: "pool_timeout in whole seconds from 1 to 3600")
        case (let key?, _): part(key, parameter.value)
        case (nil, let name):
            let message = "the parameter \(quoted(name)) of the URL is not known and changes nothing"
            warnings.append(ConfigurationWarning(origin, message))
        }
    }

    /// A part of the URL, never shown: a badly written URL may have a piece of the password in any part.
    private mutating func part(_ name: String, _ text: String?, expected: String? = nil) {
        guard let text, let key = ConfigurationKey.named(name) else { return }
        settings.append(
            ConfigurationSetting(
                key: key, text: text, origin: .environment("DATABASE_URL"), expected: expected, isHidden: true))
    }
}
