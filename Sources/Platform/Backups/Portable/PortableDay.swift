package import Basics
import JSONText

/// What `metadata.json` says of the dumps of a day.
package struct PortableDay: Equatable, Sendable {
    /// The dumps, the oldest first.
    package private(set) var entries: [PortableEntry] = []

    /// A day without dumps.
    package init() {}

    /// Reads a file; `place` is where it stands, for the error.
    package init(reading bytes: [UInt8], at place: String) throws(ParlorError) {
        let list = (try? JSON(reading: bytes))?["dumps"]?.elements
        guard let list, case let entries = list.compactMap({ PortableEntry(json: $0) }), entries.count == list.count
        else {
            throw ParlorError(
                .malformed, "\(place) is not a list of dumps",
                hint: "Move it away; the dumps beside it can be read without it.")
        }
        self.entries = entries
    }

    /// The file's content.
    package var text: String {
        let json: JSON = ["dumps": .array(entries.map(\.json))]
        return json.pretty + "\n"
    }

    /// What it says of a dump.
    package func entry(of name: PortableName) -> PortableEntry? { entries.first { $0.name == name } }

    /// Says this of a dump, instead of what was said of it before.
    package mutating func add(_ entry: PortableEntry) {
        entries.removeAll { $0.name == entry.name }
        entries.append(entry)
        entries.sort { $0.name < $1.name }
    }

    /// Forgets a dump.
    package mutating func remove(_ name: PortableName) { entries.removeAll { $0.name == name } }
}
