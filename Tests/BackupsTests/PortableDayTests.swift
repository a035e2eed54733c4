@testable import Backups
import Basics
import Digests
import Testing

@Suite struct PortableDayTests {
    private func entry(_ database: String, after seconds: Int = 0) -> PortableEntry {
        let begun = Timestamp(seconds: 1_795_230_000) + .seconds(seconds)
        var entry = PortableEntry(
            name: PortableName(database: database, begun: begun), size: 4711,
            sha256: Digest(.sha256, of: Array(database.utf8)), dumpSize: 100_000, position: "0/3000148", timeline: 3,
            started: begun, finished: begun + .milliseconds(2500))
        entry.versions = [.init(program: "postgresql", version: "15.8"), .init(program: "gpg", version: "2.2.40")]
        entry.tables = [.init(schema: "public", name: "bookings \"old\"", rows: 12)]
        entry.recipients = ["AA34536B91CB5BC90DD18F62860DCC461B68A504"]
        return entry
    }

    @Test("What is written down of dumps is read back")
    func roundTrip() throws {
        var day = PortableDay()
        day.add(entry("salons", after: 60))
        day.add(entry("Größe"))
        let read = try PortableDay(reading: Array(day.text.utf8), at: "metadata.json")
        #expect(read == day)
        #expect(read.entries.map(\.name.database) == ["Größe", "salons"])
        #expect(day.text.contains("\"duration_seconds\": 2.5"))
    }

    @Test("A dump stands in the list once, and no more when it was removed")
    func changes() {
        var day = PortableDay()
        var changed = entry("salons")
        day.add(changed)
        changed.size = 1
        day.add(changed)
        #expect(day.entries == [changed])
        #expect(day.entry(of: changed.name) == changed)
        day.remove(changed.name)
        #expect(day.entries.isEmpty && day.entry(of: changed.name) == nil)
    }

    @Test(
        "What is no list of dumps is refused with its place",
        arguments: ["", "{", "[]", "{\"dumps\": {}}", "{\"dumps\": [{\"file\": \"a\"}]}", "{\"dumps\": [1]}"])
    func refused(text: String) {
        let error = #expect(throws: ParlorError.self) { try PortableDay(reading: Array(text.utf8), at: "HERE") }
        #expect(error?.summary == "HERE is not a list of dumps")
        #expect(error?.hint != nil)
    }
}
