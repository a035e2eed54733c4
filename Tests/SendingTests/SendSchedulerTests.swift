import Basics
import Testing
import WhatsApp

@Suite("The scheduler of what goes out") struct SendSchedulerTests {
    typealias Instant = ContinuousClock.Instant

    /// The scheduler between salons that want to send and a WhatsApp that counts, in simulated time.
    private struct World {
        var scheduler: SendScheduler
        var limits = SimulatedLimits()
        var random: SeededRandom
        var now: Instant
        let start: Instant
        let pace: SendPace
        /// What is on its way: when it arrives, and which one.
        var onTheWay: [(arrival: Instant, request: SendRequest)] = []
        var released: [(moment: Instant, request: SendRequest)] = []
        var deferred: [SendTurn.Deferred] = []
        private var lastID: UInt64 = 0

        init(seed: UInt64, _ pace: SendPace = SendPace()) {
            random = SeededRandom(seed: seed)
            start = .now
            now = start
            self.pace = pace
            scheduler = SendScheduler(pace)
        }

        mutating func offer(_ request: SendRequest) {
            var request = request
            lastID += 1
            request.id = lastID
            scheduler.offer(request)
        }

        /// Lets time pass until a moment, with whatever happens meanwhile.
        mutating func run(until end: Instant) {
            while now < end {
                let turn = scheduler.next(at: now)
                for request in turn.released {
                    released.append((now, request))
                    let delay = Duration.microseconds(Int.random(in: 100...50_000, using: &random))
                    onTheWay.append((now + delay, request))
                }
                deferred += turn.deferred
                let arrival = onTheWay.map(\.arrival).min()
                now = min(end, arrival ?? end, turn.wake ?? end)
                for (arrival, request) in onTheWay where arrival <= now {
                    limits.outbound(request, at: arrival)
                    scheduler.finish(request, .sent("wamid"), at: now)
                }
                onTheWay.removeAll { $0.arrival <= now }
            }
        }
    }

    @Test("No limit is ever exceeded, whatever is offered when", arguments: 0..<3)
    func limits(_ round: Int) {
        let seed = UInt64.random(in: .min ... .max)
        var world = World(seed: seed)
        let numbers = [("a", 80), ("b", 20), ("c", 1000), ("d", 80)]
        for second in 0..<8 {
            for (number, rate) in numbers {
                let count = Int.random(in: 0...min(rate * 2, 160), using: &world.random)
                for _ in 0..<count {
                    let recipient = "\(Int.random(in: 0..<(round * 100 + 20), using: &world.random))"
                    world.offer(
                        SendRequest(
                            id: 0, number: number, perSecond: rate,
                            account: number == "c" ? "three" : number == "d" ? "one" : "two",
                            newRecipientsPerDay: number == "c" ? nil : 60, recipient: recipient,
                            isUnasked: Int.random(in: 0..<4, using: &world.random) == 0))
                }
                for _ in 0..<Int.random(in: 0...(rate / 8), using: &world.random) {
                    world.scheduler.noteInbound(number, at: world.now)
                    world.limits.inbound(number, at: world.now)
                }
            }
            world.run(until: world.start + .seconds(second + 1))
        }
        world.run(until: world.start + .seconds(25))
        for (number, rate) in numbers { world.limits.checkRate(number, rate) }
        #expect(world.limits.breaches == [], "seed \(seed)")
        #expect(world.limits.counts.values.reduce(0, +) > 200, "seed \(seed)")
    }

    @Test("A scheduler without slack is caught by the same checks")
    func control() {
        var pace = SendPace()
        pace.slack = .zero
        var world = World(seed: 7, pace)
        for second in 0..<10 {
            for index in 0..<100 { world.offer(SendRequest(id: 0, number: "a", recipient: "\(index % 300)")) }
            world.run(until: world.start + .seconds(second + 1))
        }
        world.limits.checkRate("a", 80)
        #expect(!world.limits.breaches.isEmpty)
    }

    @Test("A number with enough to do sends nearly as much as it may")
    func throughput() {
        var world = World(seed: 3)
        for second in 0..<20 {
            for index in 0..<120 {
                world.offer(SendRequest(id: 0, number: "a", recipient: "\(second) \(index)"))
            }
            world.run(until: world.start + .seconds(second + 1))
        }
        let rate = Double(world.released.count) / 20
        #expect(rate >= 0.94 * 80, "\(rate) in a second")
    }

    @Test("A salon with thousands to send delays the one message of another by at most one turn of all numbers")
    func fair() {
        var pace = SendPace()
        pace.inFlightMax = 4
        var world = World(seed: 5, pace)
        for number in 0..<10 {
            for index in 0..<500 {
                world.offer(SendRequest(id: 0, number: "big \(number)", perSecond: 1000, recipient: "\(index)"))
            }
        }
        world.run(until: world.start + .seconds(1))
        for small in 0..<5 {
            let before = world.released.count
            world.offer(SendRequest(id: 0, number: "small \(small)", recipient: "one"))
            world.run(until: world.now + .milliseconds(500))
            let place = world.released.dropFirst(before).firstIndex { $0.request.number == "small \(small)" }
            #expect(place.map { $0 - before <= 11 } == true)
        }
    }

    @Test("Messages to one customer go out in their order, six seconds apart, and late ones come back")
    func pairs() {
        var world = World(seed: 9)
        for index in 0..<4 { world.offer(SendRequest(id: 0, number: "a", account: "\(index)", recipient: "one")) }
        world.run(until: world.start + .seconds(30))
        #expect(world.released.map(\.request.account) == ["0", "1"])
        #expect(world.released[1].moment - world.released[0].moment >= .seconds(6))
        #expect(world.deferred.map(\.request.account) == ["2", "3"])
        #expect(world.deferred.allSatisfy { $0.pause > .seconds(10) && $0.pause < .seconds(20) })
    }

    @Test("New recipients are counted for an account over all its numbers, over a day, with those of before")
    func recipients() {
        var world = World(seed: 11)
        world.scheduler.remember(
            (0..<3).map { ("old \($0)", .seconds(86_400 - 100 * ($0 + 1))) }, of: "account", at: world.now)
        for index in 0..<6 {
            world.offer(
                SendRequest(
                    id: 0, number: "\(index % 2)", account: "account", newRecipientsPerDay: 5, recipient: "\(index)",
                    isUnasked: true))
        }
        world.offer(
            SendRequest(
                id: 0, number: "0", account: "account", newRecipientsPerDay: 5, recipient: "old 0", isUnasked: true))
        world.offer(SendRequest(id: 0, number: "0", account: "account", newRecipientsPerDay: 5, recipient: "asked"))
        world.run(until: world.start + .seconds(1))
        #expect(Set(world.released.map(\.request.recipient)) == ["0", "1", "old 0", "asked"])
        #expect(world.deferred.count == 4)
        // The oldest one that counts is the second of before; the first was written to again.
        #expect(world.deferred.allSatisfy { (.seconds(199)...(.seconds(201))).contains($0.pause) })
    }

    @Test("When WhatsApp says that it was too much, what it names rests and nothing else")
    func rest() {
        for (scope, waiting) in [
            (SendVerdict.Scope.pair, ["a one"]), (.number, ["a one", "a two"]),
            (.application, ["a one", "a two", "b one"]),
        ] {
            var scheduler = SendScheduler()
            let now = Instant.now
            let first = SendRequest(id: 1, number: "a", recipient: "one")
            scheduler.offer(first)
            #expect(scheduler.next(at: now).released == [first])
            scheduler.finish(first, .slowDown(scope), at: now)
            for (id, name) in [("a", "one"), ("a", "two"), ("b", "one")].enumerated() {
                scheduler.offer(SendRequest(id: UInt64(id) + 2, number: name.0, recipient: name.1))
            }
            let turn = scheduler.next(at: now)
            let released = Set(turn.released.map { "\($0.number) \($0.recipient)" })
            #expect(released == Set(["a one", "a two", "b one"]).subtracting(waiting))
        }
    }
}
