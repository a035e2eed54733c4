import Basics
import TestSupport
import Testing

@testable import Zones

@Suite("A reading of a place's clocks") struct LocalMomentTests {
    private let zones = ZoneDatabase()

    private func moment(_ zone: String, _ reading: String) throws -> LocalMoment {
        try zones.zone(zone).moment(of: #require(WallTime(reading)))
    }

    private func utc(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    @Test("It is one moment on an ordinary day, before the first change of the list and behind the last")
    func single() throws {
        #expect(try moment("Europe/Berlin", "2026-03-01T09:30") == .single(utc("2026-03-01T08:30:00Z")))
        #expect(try moment("Europe/Berlin", "2199-07-01T09:30") == .single(utc("2199-07-01T07:30:00Z")))
        #expect(try moment("Europe/Berlin", "1800-01-01T00:53:28") == .single(utc("1800-01-01T00:00:00Z")))
        #expect(try moment("Asia/Kathmandu", "2026-03-01T05:45") == .single(utc("2026-03-01T00:00:00Z")))
    }

    @Test("It never comes in a gap, whose two edges are told")
    func gap() throws {
        let found = try moment("Europe/Berlin", "2026-03-29T02:30")
        let edges = try (#require(WallTime("2026-03-29T02:00")), #require(WallTime("2026-03-29T03:00")))
        #expect(found == .gap(ZoneGap(at: try utc("2026-03-29T01:00:00Z"), from: edges.0, until: edges.1)))
        #expect(found.agreed == nil)
        #expect(try found.orNext == utc("2026-03-29T01:00:00Z"))
        #expect(try moment("Europe/Berlin", "2026-03-29T03:00") == .single(utc("2026-03-29T01:00:00Z")))
        #expect(try moment("Europe/Berlin", "2026-03-29T01:59:59") == .single(utc("2026-03-29T00:59:59Z")))
    }

    @Test("It comes twice in a fold, and what is agreed on is the first")
    func fold() throws {
        let found = try moment("America/New_York", "2026-11-01T01:30")
        #expect(found == .fold(earlier: try utc("2026-11-01T05:30:00Z"), later: try utc("2026-11-01T06:30:00Z")))
        #expect(try found.agreed == utc("2026-11-01T05:30:00Z"))
    }

    @Test("Half an hour, and a day that a place left out")
    func oddities() throws {
        #expect(
            try moment("Australia/Lord_Howe", "2026-04-05T01:45")
                == .fold(earlier: utc("2026-04-04T14:45:00Z"), later: utc("2026-04-04T15:15:00Z")))
        guard case .gap(let gap) = try moment("Pacific/Apia", "2011-12-30T12:00") else {
            Issue.record("30 December 2011 never came to Apia")
            return
        }
        #expect(gap.from.description == "2011-12-30T00:00:00")
        #expect(gap.until.description == "2011-12-31T00:00:00")
        #expect(try zones.zone("Pacific/Apia").start(of: #require(CivilDate("2011-12-30"))) == nil)
    }

    @Test(
        "A day is as long as it is there",
        arguments: [
            ("Europe/Berlin", "2026-03-29", 23), ("Europe/Berlin", "2026-10-25", 25),
            ("Europe/Berlin", "2026-05-01", 24),
            ("America/Sao_Paulo", "2018-11-04", 23), ("America/Sao_Paulo", "2018-02-17", 25),
        ])
    func days(name: String, day: String, hours: Int64) throws {
        let date = try #require(CivilDate(day))
        let moments = try zones.zone(name).moments(from: WallTime(date), until: WallTime(date + 1))
        #expect(moments.map { ($0.upperBound - $0.lowerBound).microseconds } == [hours * 3_600_000_000])
    }

    @Test("The moments at which clocks show something are those at which they do, minute by minute")
    func preimage() throws {
        var generator = SeededGenerator()
        for (name, day) in [
            ("Europe/Berlin", "2026-03-29"), ("Europe/Berlin", "2026-10-25"), ("Australia/Lord_Howe", "2026-04-05"),
            ("Pacific/Apia", "2011-12-30"), ("America/Nuuk", "2026-03-28"),
        ] {
            let (zone, middle) = (try zones.zone(name), WallTime(try #require(CivilDate(day))))
            for _ in 0..<20 {
                let from = middle + .seconds(60 * Int.random(in: -1500..<1500, using: &generator))
                let until = from + .seconds(60 * Int.random(in: 1..<1500, using: &generator))
                let found = zone.moments(from: from, until: until)
                #expect(zip(found, found.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
                for minute in -4000..<4000 {
                    let moment = Timestamp(microseconds: middle.microseconds + Int64(minute) * 60_000_000)
                    let isThere = found.contains { $0.contains(moment) }
                    #expect(isThere == (from..<until).contains(zone.wallTime(at: moment)), "\(name): \(generator.note)")
                }
            }
        }
    }

    @Test("No count of microseconds is too great or too small to be asked for")
    func extremes() throws {
        for name in ["Europe/Berlin", "Pacific/Apia", "UTC"] {
            let zone = try zones.zone(name)
            for count in [Int64.min, .min + 1, -1, 0, .max - 1, .max] {
                _ = zone.wallTime(at: Timestamp(microseconds: count))
                _ = zone.moment(of: WallTime(microseconds: count))
            }
        }
    }
}
