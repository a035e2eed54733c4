import Basics

extension FieldType where Value == String {
    /// A time zone of IANA's that this machine knows.
    static var zone: FieldType {
        text(1...64, pattern: "^[A-Za-z0-9_+/-]+$", "a time zone of IANA's, like Europe/Berlin") {
            TimeZoneNames.all.contains($0)
        }
    }
}

/// The names of the time zones that the machine has, links included: those of the compact form of IANA's tables, which
/// Debian installs with them. PostgreSQL reads the same tables there.
enum TimeZoneNames {
    static let all: Set<String> = {
        guard let text = try? Files.readText("/usr/share/zoneinfo/tzdata.zi") else { return ["UTC"] }
        var names: Set<String> = ["UTC"]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.first == "Z", words.count > 1 { names.insert(String(words[1])) }
            if words.first == "L", words.count > 2 { names.insert(String(words[2])) }
        }
        return names
    }()
}
