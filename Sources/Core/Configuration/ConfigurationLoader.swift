import Basics

/// Lays the sources over the defaults, the weakest first, and gathers everything that is wrong.
struct ConfigurationLoader {
    private(set) var configuration = Configuration()
    private(set) var origins: [String: ConfigurationOrigin] = [:]
    private(set) var faults: [ConfigurationFault] = []
    private(set) var warnings: [ConfigurationWarning] = []
    private var isComplete = true

    /// Takes over what a source says.
    mutating func apply(_ layer: ConfigurationLayer) {
        let found = layer.faults + layer.settings.flatMap { apply($0) }
        faults += found.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(
            \.element)
        warnings += layer.warnings
        isComplete = isComplete && layer.isComplete
    }

    private mutating func apply(_ setting: ConfigurationSetting) -> [ConfigurationFault] {
        let key = setting.key
        guard key.set(setting.text, &configuration) else { return [setting.fault] }
        origins[key.name] = setting.origin
        if let member = setting.member {
            origins["\(key.name).\(member)"] = setting.origin
        } else if key.section != nil {
            origins = origins.filter { !$0.key.hasPrefix("\(key.name).") }
        }
        guard key.isSecret, let password = setting.text, SamplePassword.isKnown(password) else { return [] }
        return [setting.sampleFault]
    }

    /// Settles what follows from other values, and checks what must fit together.
    ///
    /// Half a file makes no sense to check: what is missing may stand in the other half.
    mutating func finish() {
        followHost()
        warnings += ConfigurationChecks(configuration, origins).warnings
        guard isComplete else { return }
        let broken = Set(faults.compactMap(\.key))
        faults += ConfigurationChecks(configuration, origins).faults.filter { fault in
            fault.key.map { !broken.contains($0) } ?? true
        }
    }

    /// A server elsewhere cannot be Parlor's own, so nobody need say so.
    private mutating func followHost() {
        guard origins["database.managed"] == nil, !configuration.database.isLocal else { return }
        configuration.database.managed = false
        origins["database.managed"] = .consequence(of: "database.host")
    }
}

extension ConfigurationSetting {
    /// The value is not what the key wants.
    fileprivate var fault: ConfigurationFault {
        let expected = expected ?? key.expectation
        if isHidden || key.isSecret {
            let place = isHidden ? "\(key.name) in the URL" : key.name
            var fault = ConfigurationFault(origin, key: key.name, "\(place) is not usable, expected \(expected)")
            (fault.value, fault.expected) = (Secret.mask, expected)
            return fault
        }
        guard let value = given ?? text, !value.isEmpty else {
            return ConfigurationFault(origin, key: key.name, is: "empty", value: "", expected: expected)
        }
        return ConfigurationFault(origin, key: key.name, is: quoted(value), value: value, expected: expected)
    }

    /// The password is one that everybody knows.
    fileprivate var sampleFault: ConfigurationFault {
        let managed = key.name == "database.password" ? " A private server needs none: Parlor generates it." : ""
        var fault = ConfigurationFault(
            origin, key: key.name, "\(key.name) is a sample password of the documentation",
            hint: "Choose another password, for example with `openssl rand -hex 24`.\(managed)")
        (fault.value, fault.expected) = (Secret.mask, "a password of your own")
        return fault
    }
}

extension ConfigurationFault {
    /// The place in a file, for sorting; other sources keep the order they were read in.
    fileprivate var line: FilePosition {
        if case .file(_, let position?) = origin { position } else { FilePosition(line: 0, column: 0) }
    }
}
