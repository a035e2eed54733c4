import Basics
import Postgres
import TestSupport
import Testing

@testable import Store

@Suite struct CacheCircuitTests {
    private let limits = CacheCircuit.Limits(failuresMax: 3, shortest: .seconds(1), longest: .seconds(8))

    @Test(
        "It opens after so many failures in a row and closes when a probe succeeds; the pauses double up to the longest"
    )
    func life() {
        var circuit = CacheCircuit(limits)
        #expect(circuit.failed(in: circuit.round, spread: 1) == .nothing)
        #expect(circuit.failed(in: circuit.round, spread: 1) == .nothing)
        circuit.succeeded()
        #expect(circuit.failed(in: circuit.round, spread: 1) == .nothing)
        #expect(circuit.failed(in: circuit.round, spread: 1) == .nothing)
        #expect(circuit.failed(in: circuit.round, spread: 1) == .open(probeAfter: .seconds(1)))
        #expect(
            circuit.isOpen && circuit.failed(in: circuit.round, spread: 1) == .nothing
                && circuit.trip(spread: 1) == .nothing)
        for seconds in [2, 4, 8, 8] {
            #expect(circuit.probed(succeeded: false, spread: 1) == .wait(probeAfter: .seconds(seconds)))
        }
        #expect(circuit.probed(succeeded: true, spread: 0) == .close)
        #expect(!circuit.isOpen && circuit.probed(succeeded: true, spread: 0) == .nothing)
        #expect(circuit.trip(spread: 0) == .open(probeAfter: .milliseconds(500)))
    }

    @Test("Commands that were under way together and failed count as one failure")
    func together() {
        var circuit = CacheCircuit(limits)
        for _ in 0..<2 {
            let round = circuit.round
            for _ in 0..<100 { #expect(circuit.failed(in: round, spread: 1) == .nothing) }
        }
        #expect(circuit.failed(in: circuit.round, spread: 1) == .open(probeAfter: .seconds(1)))
    }

    @Test("Whatever happens, it opens and closes in turn, and a probe is due exactly while it is open")
    func simulation() {
        var generator = SeededGenerator()
        var circuit = CacheCircuit(limits)
        var isOpen = false
        for _ in 0..<5000 {
            let spread = Double.random(in: 0...1, using: &generator)
            let action: CacheCircuit.Action
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: action = circuit.failed(in: circuit.round, spread: spread)
            case 1: action = circuit.probed(succeeded: .random(using: &generator), spread: spread)
            case 2: action = circuit.trip(spread: spread)
            default:
                circuit.succeeded()
                action = .nothing
            }
            switch action {
            case .open(let pause):
                #expect(!isOpen && (.milliseconds(500)...limits.shortest).contains(pause), generator.note)
                isOpen = true
            case .wait(let pause):
                #expect(isOpen && (.milliseconds(500)...limits.longest).contains(pause), generator.note)
            case .close:
                #expect(isOpen, generator.note)
                isOpen = false
            case .nothing: break
            }
            #expect(circuit.isOpen == isOpen, generator.note)
        }
    }

    @Test("Owed invalidations are remembered up to a number; beyond that only the longest lifetime helps")
    func owed() {
        func keys(_ numbers: Range<Int>) -> [StoredKey] {
            numbers.map { StoredKey(CacheKey("salon", "\($0)"), of: SalonIdentifier(PostgresUUID(high: 0, low: 0))) }
        }
        let now = ContinuousClock.now
        var owed = OwedInvalidations(max: 1000)
        #expect(owed.isEmpty && owed.next(now: now) == [])
        owed.add(keys(0..<800), now: now)
        while let next = owed.next(now: now), !next.isEmpty {
            #expect(next.count <= 500)
            owed.settled(next)
        }
        #expect(owed.isEmpty)
        owed.add(keys(0..<1001), now: now)
        owed.add(keys(0..<1), now: now)
        #expect(!owed.isEmpty && owed.next(now: now + .seconds(3599)) == nil)
        #expect(owed.next(now: now + .seconds(3600)) == [] && owed.isEmpty)
    }

    @Test(
        "A time is at most a fifth shorter than was said, never longer than an hour, and differs with the seed's numbers"
    )
    func lifetimes() {
        var generator = SeededGenerator()
        let lifetime = CacheLifetime(.seconds(100), absent: .seconds(7200))
        let times = (0..<100).compactMap { _ in
            lifetime.time(isPresent: true, spread: .random(in: 0...1, using: &generator))
        }
        #expect(
            times.count == 100 && times.allSatisfy { (.seconds(80)...(.seconds(100))).contains($0) }, generator.note)
        #expect(Set(times).count > 90, generator.note)
        #expect(lifetime.time(isPresent: false, spread: 0) == .seconds(3600))
        #expect(CacheLifetime(.seconds(1)).time(isPresent: false, spread: 0) == nil)
    }
}
