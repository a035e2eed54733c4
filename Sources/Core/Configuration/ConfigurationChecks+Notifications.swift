extension ConfigurationChecks {
    /// What it takes to send e-mail, and what must never travel without encryption.
    var mail: [ConfigurationFault] {
        missingForMail + missingForSigningIn + unencryptedMail
            + (email.authority == nil ? [] : file("notifications.email.authority", email.authority))
    }

    private var missingForMail: [ConfigurationFault] {
        let keys = [("to", email.to), ("from", email.from), ("server", email.server)]
        guard let given = keys.first(where: { $0.1 != nil }) else { return [] }
        return keys.filter { $0.1 == nil }.map { missing($0.0, "a value", since: given.0) }
    }

    private var missingForSigningIn: [ConfigurationFault] {
        switch (email.user, email.password) {
        case (nil, .some): [missing("user", "who signs in", since: "password")]
        case (.some, nil): [missing("password", "the password of the user", since: "user")]
        default: []
        }
    }

    private func missing(_ key: String, _ what: String, since other: String) -> ConfigurationFault {
        ConfigurationFault(
            origin("notifications.email.\(other)"), key: "notifications.email.\(key)", is: "not set",
            expected: "\(what), since notifications.email.\(other) is set")
    }

    private var unencryptedMail: [ConfigurationFault] {
        guard email.encryption == .none, let server = email.server else { return [] }
        let key = "notifications.email.encryption"
        guard HostName.isLoopback(server) else {
            return [fault(key, is: "none", "starttls or tls, since \(quoted(server)) is not this machine")]
        }
        guard email.user != nil || email.password != nil else { return [] }
        return [fault(key, is: "none", "starttls or tls, since a password is not sent without encryption")]
    }
}
