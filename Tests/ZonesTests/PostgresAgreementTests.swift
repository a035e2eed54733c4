import Basics
import Postgres
import PostgresTestSupport
import TestSupport
import Testing

@testable import Zones

/// PostgreSQL reads the same database with code of its own.
@Suite("Zones agree with PostgreSQL") struct PostgresAgreementTests {
    static let zones = ZoneDatabase()
    /// Half an hour, a skipped day, offsets of odd minutes, rules both ways and none, and clocks that go back for a month.
    static let notable = [
        "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia",
        "Africa/Casablanca", "Asia/Kathmandu", "Europe/Dublin", "America/Caracas", "Asia/Tehran", "America/Nuuk",
        "Antarctica/Troll", "Pacific/Kiritimati", "Africa/Monrovia", "Asia/Gaza", "UTC", "Etc/GMT+12",
    ]

    @Test("Both show the same reading at random moments from 1970 to 2100, in every zone the server knows")
    func readings() async throws {
        try await withSession { session, _ in
            var generator = SeededGenerator()
            // What is an abbreviation as well means that to PostgreSQL: `AT TIME ZONE 'CET'` knows no summer.
            let names = try await session.query(
                """
                SELECT name FROM pg_timezone_names
                WHERE name NOT LIKE 'posix%' AND name NOT IN (SELECT abbrev FROM pg_timezone_abbrevs) ORDER BY name
                """
            ).map { try $0[0, as: String.self] }
            #expect(names.count > 500)
            let moments = names.map { _ in
                (0..<40).map { _ in Timestamp(seconds: .random(in: 0..<4_102_444_800, using: &generator)) }
            }
            let theirs = try await session.query(
                "SELECT moment AT TIME ZONE zone FROM unnest($1, $2) WITH ORDINALITY AS m (moment, zone, n) ORDER BY n",
                moments.flatMap(\.self), names.flatMap { [String](repeating: $0, count: 40) }
            ).map { try $0[0, as: WallTime.self] }
            for (index, name) in names.enumerated() {
                let zone = try Self.zones.zone(name)
                let ours = moments[index].map { zone.wallTime(at: $0) }
                #expect(ours == Array(theirs[index * 40..<(index + 1) * 40]), "\(name): \(generator.note)")
            }
        }
    }

    @Test("Both take random readings for the same moments")
    func moments() async throws {
        try await withSession { session, _ in
            var generator = SeededGenerator()
            for name in Self.notable {
                let zone = try Self.zones.zone(name)
                let readings = (0..<500).map { _ in
                    WallTime(microseconds: .random(in: 0..<4_102_444_800, using: &generator) * 1_000_000)
                }
                try await expectAgreement(zone, readings, session, generator.note)
            }
        }
    }

    @Test("Both agree around every change of notable zones, minute by minute in gaps and folds", arguments: notable)
    func changes(name: String) async throws {
        try await withSession { session, _ in
            let zone = try Self.zones.zone(name)
            var generator = SeededGenerator()
            var readings: [WallTime] = []
            for change in zone.changes(from: 0, until: 4_102_444_800) {
                let moments = [-7201, -3600, -1, 0, 1, 1799, 1800, 3600].map { change.second + $0 }
                let theirs = try await session.readings(of: moments.map(Timestamp.init(seconds:)), in: name)
                #expect(moments.map { zone.wallTime(at: Timestamp(seconds: $0)) } == theirs)
                let here = zone.wallTime(at: Timestamp(seconds: change.second))
                let width = abs(change.offset - zone.offset(atSecond: change.second - 1)) / 60
                readings += (0..<8).map { _ in
                    here + .seconds(60 * Int.random(in: -2 * width - 61...2 * width + 61, using: &generator))
                }
                readings += [here, here + .seconds(-1), here + .seconds(60 * width), here + .seconds(-60 * width)]
            }
            try await expectAgreement(zone, readings, session, generator.note)
        }
    }
}

/// The server says nothing of gaps and folds: in a gap it goes on with the old offset, of a fold it takes the second.
private func expectAgreement(
    _ zone: TimeZone, _ readings: [WallTime], _ session: PostgresSession, _ note: Comment
) async throws {
    let theirs = try await session.query(
        "SELECT reading AT TIME ZONE $2 FROM unnest($1) WITH ORDINALITY AS r (reading, n) ORDER BY n", readings,
        zone.name
    ).map { try $0[0, as: Timestamp.self] }
    for (reading, theirs) in zip(readings, theirs) {
        let ours =
            switch zone.moment(of: reading) {
            case .single(let moment): moment
            case .fold(_, let later): later
            case .gap(let gap): gap.at + .microseconds(reading.microseconds - gap.from.microseconds)
            }
        #expect(ours == theirs, "\(zone.name) \(reading): \(note)")
    }
}

extension PostgresSession {
    fileprivate func readings(of moments: [Timestamp], in zone: String) async throws -> [WallTime] {
        try await query(
            "SELECT moment AT TIME ZONE $2 FROM unnest($1) WITH ORDINALITY AS m (moment, n) ORDER BY n", moments, zone
        ).map { try $0[0, as: WallTime.self] }
    }
}

extension TimeZone {
    /// Every change between two moments, those of the list and those of the rule behind it.
    fileprivate func changes(from: Int64, until: Int64) -> [ZoneChange] {
        let listed = changes.filter { $0.second > from && $0.second <= until }
        return listed + (rule?.changes(from: max(from, changes.last?.second ?? from), until: until) ?? [])
    }
}
