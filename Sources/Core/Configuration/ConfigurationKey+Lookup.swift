import Basics

extension ConfigurationKey {
    /// What the derived variables begin with.
    static let variablePrefix = "PARLOR_"

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    private static let byVariable = Dictionary(uniqueKeysWithValues: all.map { ($0.variable, $0) })

    /// The names of all sections, like `database` and `database.ssl`.
    static let sections = Set(all.flatMap { prefixes($0.name) })

    /// The key of that name.
    public static func named(_ name: String) -> ConfigurationKey? { byName[name] }

    /// The key and the name in it of one that holds names and values, like `database.settings.work_mem`.
    static func member(_ name: String) -> (key: ConfigurationKey, section: ConfigurationSection, member: String)? {
        for key in all where name.hasPrefix("\(key.name).") {
            if let section = key.section { return (key, section, String(name.dropFirst(key.name.count + 1))) }
        }
        return nil
    }

    /// The key that a variable like `PARLOR_DATABASE_PORT` sets.
    static func variable(_ name: String) -> ConfigurationKey? { byVariable[name] }

    /// The names of what stands directly in a section, keys and sections; the empty name is the file itself.
    static func members(of section: String) -> [String] {
        let depth = section.isEmpty ? 0 : section.split(separator: ".").count
        let inside = all.map(\.name).filter { section.isEmpty || $0.hasPrefix("\(section).") }
        var names: [String] = []
        for name in inside.map({ String($0.split(separator: ".")[depth]) }) where !names.contains(name) {
            names.append(name)
        }
        return names
    }

    /// The known key or section that was probably meant by an unknown one.
    ///
    /// The last part is compared within its own section first, so that a long section name buys no wild guesses; then a
    /// part that is right but stands in the wrong section is looked for, then a misspelt section.
    static func suggestion(for name: String) -> String? {
        let (section, last) = parted(name)
        if section.isEmpty || sections.contains(section), let found = nearest(to: last, among: members(of: section)) {
            return joined(section, found)
        }
        let elsewhere = all.map(\.name).filter { parted($0).last == last }
        if elsewhere.count == 1 { return elsewhere[0] }
        guard !section.isEmpty, !sections.contains(section), let meant = suggestion(for: section) else { return nil }
        guard let found = nearest(to: last, among: members(of: meant)) else { return nil }
        return joined(meant, found)
    }

    /// The variable that was probably meant by an unknown one.
    static func suggestion(forVariable variable: String) -> String? {
        let word = variable.dropFirst(variablePrefix.count).lowercased()
        let section = sections.map { "\(flat($0))_" }.filter { word.hasPrefix($0) }.max { $0.count < $1.count } ?? ""
        let names = all.map(\.flattened).filter { $0.hasPrefix(section) }.map { String($0.dropFirst(section.count)) }
        return nearest(to: String(word.dropFirst(section.count)), among: names).map {
            variablePrefix + (section + $0).uppercased()
        }
    }

    /// `port` within `database` is `database.port`.
    static func joined(_ section: String, _ name: String) -> String { section.isEmpty ? name : "\(section).\(name)" }

    private static func flat(_ name: String) -> String { String(name.map { $0 == "." ? "_" : $0 }) }

    private static func parted(_ name: String) -> (section: String, last: String) {
        guard let dot = name.lastIndex(of: ".") else { return ("", name) }
        return (String(name[..<dot]), String(name[name.index(after: dot)...]))
    }

    private static func prefixes(_ name: String) -> [String] {
        let section = parted(name).section
        return section.isEmpty ? [] : prefixes(section) + [section]
    }
}
