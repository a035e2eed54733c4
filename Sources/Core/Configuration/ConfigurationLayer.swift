import Basics

/// A value for a key, as one source gives it.
struct ConfigurationSetting {
    /// The key.
    var key: ConfigurationKey
    /// The text of the value, written as the key wants it; nil for YAML's null.
    var text: String?
    /// Where it stands.
    var origin: ConfigurationOrigin
    /// What a person wrote there, when that is not `text`.
    var given: String?
    /// What would be right there, when that is not what the key says.
    var expected: String?
    /// Whether the value must not be shown although the key is no secret: it was cut out of a text that holds one.
    var isHidden = false
    /// The name within the key, where the key is a section that holds names and values.
    var member: String?
}

/// What one source says: its settings, and what was found wrong before any value was looked at.
struct ConfigurationLayer {
    var settings: [ConfigurationSetting] = []
    var faults: [ConfigurationFault] = []
    var warnings: [ConfigurationWarning] = []
    /// Whether the source was understood to its end.
    var isComplete = true

    /// Adds a setting; a relative path is taken from `folder`.
    mutating func set(_ key: ConfigurationKey, _ text: String?, _ origin: ConfigurationOrigin, folder: String = ".") {
        if let section = key.section { return setAll(key, section, text, origin) }
        let setting = ConfigurationSetting(key: key, text: key.resolved(text, in: folder), origin: origin, given: text)
        settings.append(setting)
    }
}

extension ConfigurationKey {
    /// The text of a value, with a relative path turned into one from the root so that it means the same everywhere.
    fileprivate func resolved(_ text: String?, in folder: String) -> String? {
        guard isPath, let text, !text.isEmpty, !text.hasPrefix("/") else { return text }
        return Files.absolute(folder == "." ? text : "\(folder)/\(text)")
    }
}

// MARK: - Flags

extension ConfigurationLayer {
    /// What `--set key=value` says.
    init(overrides: [(key: String, value: String)]) {
        let origin = ConfigurationOrigin.flag("--set")
        for (name, value) in overrides {
            if let (key, section, member) = ConfigurationKey.member(name) {
                setOne(key, section, member, value, origin)
            } else if let key = ConfigurationKey.named(name) {
                set(key, value, origin)
                if key.isSecret && !value.isEmpty {
                    warnings.append(
                        ConfigurationWarning(origin, key: name, "\(name) on a command line can be read by every user"))
                }
            } else if ConfigurationKey.sections.contains(name) {
                let example = ConfigurationKey.joined(name, ConfigurationKey.members(of: name)[0])
                faults.append(
                    ConfigurationFault(origin, "\(quoted(name)) is a section, expected a key such as \(example)"))
            } else {
                faults.append(
                    ConfigurationFault(
                        origin, unknown: "unknown key \(quoted(name))",
                        suggestion: ConfigurationKey.suggestion(for: name)))
            }
        }
    }
}
