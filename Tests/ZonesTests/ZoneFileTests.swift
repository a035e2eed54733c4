import Basics
import TestSupport
import Testing

@testable import Zones

@Suite("A zone's file") struct ZoneFileTests {
    private static let berlin = try? Files.read("\(ZoneDatabase.folder)/Europe/Berlin")

    @Test("Damaged bytes are a fault or another zone, and never the end of the program")
    func fuzz() throws {
        let whole = try #require(Self.berlin)
        var generator = SeededGenerator()
        var faults: Set<ZoneFileFault> = []
        for _ in 0..<4_000 {
            var bytes = whole
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes.removeLast(.random(in: 0...bytes.count, using: &generator))
            case 1: bytes.removeSubrange(0..<Int.random(in: 0..<60, using: &generator))
            default: break
            }
            for _ in 0..<Int.random(in: 0..<6, using: &generator) where !bytes.isEmpty {
                // The head, the changes of the second part and the rule at the end are hit as often as all the rest.
                let places = [0..<60, 1000..<1400, bytes.count - 40..<bytes.count, 0..<bytes.count]
                let place = Int.random(in: places.randomElement(using: &generator) ?? 0..<1, using: &generator)
                guard bytes.indices.contains(place) else { continue }
                bytes[place] = .random(in: .min ... .max, using: &generator)
            }
            do throws(ZoneFileFault) {
                let zone = try TimeZone(name: "Damaged", file: bytes)
                for _ in 0..<4 {
                    let count = Int64.random(in: .min ... .max, using: &generator)
                    _ = zone.wallTime(at: Timestamp(microseconds: count))
                    _ = zone.moment(of: WallTime(microseconds: count >> 10))
                }
            } catch {
                faults.insert(error)
            }
        }
        #expect(faults.count >= 7, "\(faults): \(generator.note)")
    }

    @Test(
        "A rule for later years is read as POSIX has it",
        arguments: [
            ("UTC0", 0, nil), ("<+0545>-5:45", 20_700, nil), ("CET-1CEST,M3.5.0,M10.5.0/3", 3600, 7200),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", 3600, 0), ("EST5EDT,J60,300/-1:30", -18_000, -14_400),
        ])
    func rules(text: String, standard: Int, daylight: Int?) throws {
        let rule = try YearlyRule(reading: Array(text.utf8))
        #expect(rule.standard == standard)
        #expect(rule.daylight?.offset == daylight)
    }

    @Test("Clocks that are put forward all the year, as POSIX has to write it, stay so")
    func always() throws {
        let rule = try YearlyRule(reading: Array("XXX3EDT4,0/0,J365/23".utf8))
        for day in 0..<800 { #expect(rule.offset(at: Int64(day) * 86_400 + 7) == -4 * 3600) }
    }

    @Test(
        "A rule that cannot be read is a fault",
        arguments: [
            "", "U0", "UTC", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "UTC0x", "<A", "CET-25", "A BC-1",
        ])
    func broken(text: String) {
        #expect(throws: ZoneFileFault.rule) { try YearlyRule(reading: Array(text.utf8)) }
    }
}

@Suite("The zones of a machine") struct ZoneDatabaseTests {
    @Test(
        "A name leads to nothing outside of their folder",
        arguments: [
            "", "/etc/passwd", "../../../etc/passwd", "Europe/../UTC", "Europe//Berlin", "UTC/", "Eu\0rope", "Ä", ".",
        ])
    func names(name: String) {
        let error = #expect(throws: ParlorError.self) { try ZoneDatabase().zone(name) }
        #expect(
            error?.description
                == "this cannot be the name of a time zone\nHINT: Use a name of the IANA database, like Europe/Berlin.")
    }

    @Test("One that is not there, is a folder or is no zone is refused, with what to do")
    func missing() {
        let hint = "HINT: Use a name of the IANA database, like Europe/Berlin."
        for name in ["Europe/Berlni", "Europe", "UTC/Berlin"] {
            let error = #expect(throws: ParlorError.self) { try ZoneDatabase().zone(name) }
            #expect(error?.description == "no time zone is called \(name)\n\(hint)")
        }
        let foreign = #expect(throws: ParlorError.self) { try ZoneDatabase().zone("leapseconds") }
        #expect(
            foreign?.description
                == "the time zone file /usr/share/zoneinfo/leapseconds cannot be used: it does not begin as such files do"
                + "\nHINT: Install the package tzdata again.")
        let none = #expect(throws: ParlorError.self) { try ZoneDatabase(folder: "/nowhere").zone("UTC") }
        #expect(none?.description == "/nowhere is not there\nHINT: Install the package tzdata.")
    }

    @Test("One that was read is known, and read no more")
    func known() throws {
        let zones = ZoneDatabase()
        #expect(zones.known("UTC") == nil)
        _ = try zones.zone("UTC")
        #expect(zones.known("UTC")?.name == "UTC")
    }
}
