import Basics

extension ConfigurationLayer {
    /// What the text of a configuration file says; its permissions decide whether a password may stand in it.
    init(yaml bytes: [UInt8], file path: String, mode: UInt32 = 0o600) {
        let document = YAMLDocument(bytes)
        isComplete = document.isComplete
        faults = document.faults.map { ConfigurationFault(.file(path, $0.position), $0.message, hint: $0.hint) }
        guard let root = document.root, !root.isNull else { return }
        var walk = ConfigurationFileWalk(path: path, mode: mode, layer: self)
        walk.section("", root)
        self = walk.layer
    }
}

/// Goes through the sections of a file.
private struct ConfigurationFileWalk {
    let path: String
    let mode: UInt32
    var layer: ConfigurationLayer

    /// A section that is known; the empty name is the file itself.
    mutating func section(_ name: String, _ node: YAMLNode) {
        guard case .mapping(let entries) = node.content else {
            return report(wrongSection: name, node)
        }
        for entry in entries { member(ConfigurationKey.joined(name, entry.name), entry, in: name) }
    }

    private mutating func member(_ name: String, _ entry: YAMLNode.Entry, in section: String) {
        if entry.name.contains(".") {
            report(dotted: entry, name)
        } else if let key = ConfigurationKey.named(name) {
            value(key, entry.value)
        } else if ConfigurationKey.sections.contains(name) {
            // A section without anything in it says nothing.
            if !entry.value.isNull { self.section(name, entry.value) }
        } else {
            let kind = if case .mapping = entry.value.content { "section" } else { "key" }
            report(unknown: "unknown \(kind) \(quoted(name))", entry, ConfigurationKey.suggestion(for: name))
        }
    }

    private mutating func value(_ key: ConfigurationKey, _ node: YAMLNode) {
        let origin = ConfigurationOrigin.file(path, node.position)
        switch node.content {
        case .list: report(key, is: "a list", origin)
        case .mapping(let entries):
            guard let section = key.section else { return report(key, is: "a section", origin) }
            layer.setMembers(key, section, entries, file: path)
        case .scalar(let text, _):
            layer.set(key, node.isNull ? nil : text, origin, folder: Files.parent(of: path))
            if key.isSecret && !node.isNull && mode & 0o077 != 0 { report(exposed: key, origin) }
        }
    }

    private mutating func report(_ key: ConfigurationKey, is given: String, _ origin: ConfigurationOrigin) {
        layer.faults.append(ConfigurationFault(origin, key: key.name, is: given, expected: key.expectation))
    }

    private mutating func report(wrongSection name: String, _ node: YAMLNode) {
        let origin = ConfigurationOrigin.file(path, node.position)
        let given = if case .list = node.content { "a list" } else { "a single value" }
        let members = ConfigurationKey.members(of: name)
        guard !name.isEmpty else {
            let message =
                "the file is \(given), expected sections such as \(members.dropFirst().joined(separator: ", "))"
            return layer.faults.append(ConfigurationFault(origin, message))
        }
        let expected = "a section with keys such as \(members.prefix(3).joined(separator: ", "))"
        layer.faults.append(ConfigurationFault(origin, key: name, is: given, expected: expected))
    }

    private mutating func report(unknown what: String, _ entry: YAMLNode.Entry, _ suggestion: String?) {
        layer.faults.append(ConfigurationFault(.file(path, entry.position), unknown: what, suggestion: suggestion))
    }

    /// A name with a dot is how messages and flags write a key, and a likely slip in a file.
    private mutating func report(dotted entry: YAMLNode.Entry, _ name: String) {
        let what = "\(quoted(entry.name)) is written with a dot"
        guard let dot = name.lastIndex(of: "."), let key = ConfigurationKey.named(name) else {
            return report(
                unknown: "\(what), which no key of the file is", entry, ConfigurationKey.suggestion(for: name))
        }
        let expected = "\(name[name.index(after: dot)...]) in the section \(name[..<dot])"
        var fault = ConfigurationFault(.file(path, entry.position), key: key.name, "\(what), expected \(expected)")
        fault.expected = expected
        layer.faults.append(fault)
    }

    private mutating func report(exposed key: ConfigurationKey, _ origin: ConfigurationOrigin) {
        let octal = String(mode & 0o777, radix: 8)
        var fault = ConfigurationFault(
            origin, key: key.name, "\(key.name) stands in a file that other users can read (mode \(octal))",
            hint: "Take the file back with `chmod 600 \(path)`.")
        fault.value = Secret.mask
        fault.expected = "mode 600"
        layer.faults.append(fault)
    }
}
