import Basics
import Postgres
import Testing

@testable import Store

@Suite("Where a read goes") struct ReadRouteTests {
    private static func meter(replayed: UInt64?, marks: [(UInt64, Duration)]) -> LagMeter {
        var meter = LagMeter()
        for (position, moment) in marks { meter.primary(at: PostgresWALPosition(bytes: position), moment) }
        if let replayed { meter.standby(at: PostgresWALPosition(bytes: replayed)) }
        return meter
    }

    private static let marks: [(UInt64, Duration)] = [
        (100, .milliseconds(0)), (200, .milliseconds(50)), (300, .milliseconds(100)),
    ]

    @Test("A standby is as old as the newest state of the primary that it shows")
    func staleness() {
        func age(_ replayed: UInt64?) -> Duration? {
            Self.meter(replayed: replayed, marks: Self.marks).staleness(at: .milliseconds(110))
        }
        #expect(age(300) == .milliseconds(10))
        #expect(age(299) == .milliseconds(60))
        #expect(age(100) == .milliseconds(110))
        #expect(age(99) == nil)
        #expect(age(nil) == nil)
    }

    @Test("While nobody writes, a standby that has everything stays fresh")
    func idle() {
        let meter = Self.meter(replayed: 100, marks: [(100, .seconds(0)), (100, .seconds(60))])
        #expect(meter.staleness(at: .seconds(61)) == .seconds(1))
    }

    @Test("After a failover to a server with less log, what was known is forgotten")
    func failover() {
        let meter = Self.meter(replayed: 300, marks: Self.marks + [(250, .milliseconds(150))])
        #expect(meter.staleness(at: .milliseconds(160)) == .milliseconds(10))
    }

    @Test("Deciding reads go to the primary, others to those that are fresh enough, in turn")
    func turns() {
        var route = ReadRoute()
        let fresh = Self.meter(replayed: 300, marks: Self.marks)
        let old = Self.meter(replayed: 100, marks: Self.marks)
        func next(_ freshness: Freshness, _ meters: [LagMeter], excluding: Set<Int> = []) -> ReadRoute.Server {
            route.server(for: freshness, meters, at: .milliseconds(110), excluding: excluding)
        }
        #expect(next(.deciding, [fresh]) == .primary)
        #expect(next(.recent, []) == .primary)
        #expect(next(.recent, [old]) == .primary)
        #expect(next(.atMost(.milliseconds(110)), [old]) == .standby(0))
        #expect((0..<4).map { _ in next(.recent, [fresh, old, fresh]) } == [0, 2, 0, 2].map { .standby($0) })
        #expect(next(.recent, [fresh, old, fresh], excluding: [0, 2]) == .primary)
    }

    @Test("Who has just written is answered by nobody who does not show it")
    func ownWrites() {
        var route = ReadRoute()
        let meter = Self.meter(replayed: 299, marks: Self.marks)
        let bound = Freshness.atMost(.seconds(1))
        func next(_ place: UInt64) -> ReadRoute.Server {
            route.server(for: bound.showing(PostgresWALPosition(bytes: place)), [meter], at: .milliseconds(110))
        }
        #expect(next(299) == .standby(0))
        #expect(next(300) == .primary)
        #expect(bound.showing(nil) == bound)
    }

    @Test("Whatever the order of events, no standby is taken for fresher than it is", arguments: 1...20)
    func property(seed: UInt64) {
        // A primary that writes a byte a millisecond, seen late, and a standby that follows with any lag.
        var random = SeededRandom(seed: seed)
        var meter = LagMeter()
        var replayed = 0
        for now in 1...500 {
            if Int.random(in: 0..<3, using: &random) == 0 {
                let asked = max(0, now - Int.random(in: 0..<20, using: &random))
                meter.primary(at: PostgresWALPosition(bytes: UInt64(now)), .milliseconds(asked))
            }
            if Bool.random(using: &random) {
                replayed = Int.random(in: replayed...now, using: &random)
                meter.standby(at: PostgresWALPosition(bytes: UInt64(replayed)))
            }
            guard let staleness = meter.staleness(at: .milliseconds(now)) else { continue }
            #expect(staleness >= .milliseconds(now - replayed), "seed \(seed), at \(now)")
        }
    }
}
