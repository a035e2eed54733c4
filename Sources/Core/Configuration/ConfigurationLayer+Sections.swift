import Basics

extension ConfigurationLayer {
    /// Adds each name of a line such as `work_mem=64MB; jit=off`; an empty line takes all of them away.
    mutating func setAll(
        _ key: ConfigurationKey, _ section: ConfigurationSection, _ text: String?, _ origin: ConfigurationOrigin
    ) {
        guard let text, !text.isEmpty, let several = section.split(text) else {
            return settings.append(ConfigurationSetting(key: key, text: text, origin: origin, given: text))
        }
        for (name, value) in several { setOne(key, section, name, value, origin) }
    }

    /// Adds one, unless it is not for anybody to decide on.
    mutating func setOne(
        _ key: ConfigurationKey, _ section: ConfigurationSection, _ name: String, _ value: String,
        _ origin: ConfigurationOrigin
    ) {
        let member = "\(key.name).\(name)"
        guard let line = section.line(name, value) else {
            return faults.append(
                ConfigurationFault(origin, key: member, is: "unusable", expected: section.expectation))
        }
        if let reason = section.refusal(name, value) {
            return faults.append(ConfigurationFault(origin, key: member, "\(member) is refused: \(reason)"))
        }
        var added = ConfigurationSetting(key: key, text: line, origin: origin, given: value)
        added.member = name.lowercased()
        settings.append(added)
    }

    /// The names and values of a section of the file, each with its own place.
    mutating func setMembers(
        _ key: ConfigurationKey, _ section: ConfigurationSection, _ entries: [YAMLNode.Entry], file path: String
    ) {
        for entry in entries {
            let origin = ConfigurationOrigin.file(path, entry.value.position)
            let member = "\(key.name).\(entry.name)"
            switch entry.value.content {
            case .scalar(let text, _) where !entry.value.isNull: setOne(key, section, entry.name, text, origin)
            case .scalar:
                faults.append(ConfigurationFault(origin, key: member, is: "empty", value: "", expected: "a value"))
            case .list:
                faults.append(
                    ConfigurationFault(origin, key: member, is: "a list", expected: "one value, commas included"))
            case .mapping:
                faults.append(
                    ConfigurationFault(
                        origin, key: member, is: "a section",
                        expected: "a value; a setting of an extension is written with a dot"))
            }
        }
    }
}

extension LoadedConfiguration {
    /// Where the value of one setting of PostgreSQL came from.
    public func origin(ofSetting name: String) -> ConfigurationOrigin { origin(of: "\(DatabaseSettings.key).\(name)") }

    /// The error that says what PostgreSQL has against settings, the file's in its order; nil when it has nothing.
    public func faults(objections: [(name: String, objection: String)]) -> ConfigurationFaults? {
        let faults = objections.map { name, objection in
            let member = "\(DatabaseSettings.key).\(name)"
            return ConfigurationFault(
                origin(ofSetting: name), key: member, "\(member) is not taken by PostgreSQL: \(objection)")
        }
        guard !faults.isEmpty else { return nil }
        return ConfigurationFaults(faults: faults.sorted { $0.origin.filePosition < $1.origin.filePosition })
    }
}

extension ConfigurationOrigin {
    /// The place in the file; behind its end for what stands elsewhere.
    fileprivate var filePosition: FilePosition {
        if case .file(_, let position?) = self { position } else { FilePosition(line: .max, column: .max) }
    }
}
