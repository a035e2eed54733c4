import TestSupport
import Testing

@testable import Postgres

@Suite struct PoolMachineTests {
    private typealias Action = PoolMachine.Action

    private static let limits = PoolLimits(
        minimum: 1, maximum: 3, acquireTimeout: .seconds(5), waitingMax: 4, lifetime: .seconds(1000),
        idleTime: .seconds(100), checkAfter: .seconds(30), leakAfter: .seconds(60))

    /// A started pool with its first connection.
    private func pool(_ limits: PoolLimits = limits) -> PoolMachine {
        var pool = PoolMachine(limits)
        #expect(pool.handle(.start, at: .zero) == [.connect(1)])
        #expect(pool.handle(.connected(1), at: .zero) == [])
        return pool
    }

    @Test("A free connection is lent at once, and the one used last first")
    func lending() {
        var pool = pool()
        #expect(pool.handle(.acquire(ticket: 1), at: .zero) == [.lend(1, ticket: 1)])
        #expect(pool.handle(.acquire(ticket: 2), at: .zero) == [.connect(2)])
        #expect(pool.handle(.connected(2), at: .zero) == [.lend(2, ticket: 2)])
        _ = pool.handle(.released(1, isUsable: true), at: .zero)
        _ = pool.handle(.released(2, isUsable: true), at: .zero)
        #expect(pool.handle(.acquire(ticket: 3), at: .zero) == [.lend(2, ticket: 3)])
        #expect(pool.status.lent == 1 && pool.status.idle == 1 && pool.status.acquired == 3)
    }

    @Test("Tasks are served in their order, and never by more connections than the maximum")
    func fairness() {
        var pool = pool()
        for ticket in 1...3 { _ = pool.handle(.acquire(ticket: ticket), at: .zero) }
        for number in 2...3 { _ = pool.handle(.connected(number), at: .zero) }
        #expect(pool.handle(.acquire(ticket: 4), at: .zero) == [])
        #expect(pool.handle(.acquire(ticket: 5), at: .zero) == [])
        #expect(pool.handle(.giveUp(ticket: 4), at: .zero) == [])
        #expect(pool.handle(.acquire(ticket: 6), at: .zero) == [])
        #expect(pool.handle(.released(2, isUsable: true), at: .zero) == [.lend(2, ticket: 5)])
        #expect(pool.handle(.released(3, isUsable: false), at: .zero) == [.close(3), .connect(4)])
        #expect(pool.handle(.connected(4), at: .zero) == [.lend(4, ticket: 6)])
    }

    @Test("Who waits too long is refused at the deadline, and one too many at once")
    func deadlines() {
        var pool = pool()
        for ticket in 1...7 { _ = pool.handle(.acquire(ticket: ticket), at: .seconds(1)) }
        #expect(pool.status.waiting == 4 && pool.status.crowded == 2)
        #expect(pool.nextWake == .seconds(6))
        let actions = pool.handle(.wake, at: .seconds(6))
        #expect(actions == [2, 3, 4, 5].map { .refuse(ticket: $0, .timeout) })
        #expect(pool.status.timeouts == 4)
    }

    @Test("A connection that rested long is asked before it is lent, and replaced when it does not answer")
    func checks() {
        var pool = pool()
        #expect(pool.handle(.acquire(ticket: 1), at: .seconds(30)) == [.check(1)])
        #expect(pool.handle(.checked(1, isAlive: true), at: .seconds(30)) == [.lend(1, ticket: 1)])
        _ = pool.handle(.released(1, isUsable: true), at: .seconds(31))
        #expect(pool.handle(.acquire(ticket: 2), at: .seconds(70)) == [.check(1)])
        #expect(pool.handle(.checked(1, isAlive: false), at: .seconds(71)) == [.close(1), .connect(2)])
        #expect(pool.status.broken == 1)
    }

    @Test("Where every connection is to be asked, it is asked once each time")
    func checksAlways() {
        var pool = pool(PoolLimits(maximum: 1, checkAfter: .zero))
        #expect(pool.handle(.acquire(ticket: 1), at: .seconds(1)) == [.check(1)])
        #expect(pool.handle(.checked(1, isAlive: true), at: .seconds(2)) == [.lend(1, ticket: 1)])
    }

    @Test("Old connections are replaced, surplus ones closed, and those kept too long reported once")
    func ages() {
        var pool = pool()
        for ticket in 1...2 { _ = pool.handle(.acquire(ticket: ticket), at: .zero) }
        _ = pool.handle(.connected(2), at: .zero)
        #expect(pool.handle(.released(2, isUsable: true), at: .seconds(1)) == [])
        #expect(pool.nextWake == .seconds(60))
        #expect(pool.handle(.wake, at: .seconds(60)) == [.report(1, heldFor: .seconds(60))])
        #expect(pool.nextWake == .seconds(101))
        #expect(pool.handle(.wake, at: .seconds(101)) == [.close(2)])
        #expect(pool.handle(.released(1, isUsable: true), at: .seconds(200)) == [])
        #expect(pool.nextWake == .seconds(1000) - .seconds(1000) / 80)
        #expect(pool.handle(.wake, at: .seconds(1000)) == [.close(1), .connect(3)])
        #expect(pool.status.leaks == 1 && pool.status.surplus == 1 && pool.status.expired == 1)
    }

    @Test("After a failure one attempt at a time follows with growing waits; a lasting failure refuses all that wait")
    func failures() {
        var pool = PoolMachine(Self.limits)
        _ = pool.handle(.start, at: .zero)
        for ticket in 1...2 { _ = pool.handle(.acquire(ticket: ticket), at: .zero) }
        #expect(pool.handle(.notConnected(1, isTransient: true), at: .zero) == [])
        #expect(pool.handle(.notConnected(2, isTransient: true), at: .zero) == [])
        #expect(pool.nextWake == .milliseconds(200))
        #expect(pool.handle(.wake, at: .milliseconds(200)) == [.connect(3)])
        #expect(pool.handle(.wake, at: .milliseconds(300)) == [])
        let refusals: [Action] = [1, 2].map { .refuse(ticket: $0, .unreachable) }
        #expect(pool.handle(.notConnected(3, isTransient: false), at: .milliseconds(300)) == refusals)
        #expect(pool.nextWake == .milliseconds(700))
    }

    @Test("A pool that stops refuses, closes what rests and what comes back, and then has finished")
    func stopping() {
        var pool = pool()
        for ticket in 1...4 { _ = pool.handle(.acquire(ticket: ticket), at: .zero) }
        _ = pool.handle(.connected(2), at: .zero)
        _ = pool.handle(.released(2, isUsable: true), at: .zero)
        #expect(pool.handle(.stop, at: .zero) == [.refuse(ticket: 4, .stopping)])
        #expect(pool.handle(.acquire(ticket: 5), at: .zero) == [.refuse(ticket: 5, .stopping)])
        #expect(pool.handle(.released(2, isUsable: true), at: .zero) == [.close(2)])
        #expect(pool.handle(.connected(3), at: .zero) == [.close(3)])
        #expect(pool.handle(.released(1, isUsable: true), at: .zero) == [.close(1), .finish])
        #expect(pool.handle(.wake, at: .zero) == [])
        #expect(pool.nextWake == nil)
    }

    @Test("Whatever happens in whatever order, the pool keeps its promises")
    func simulation() {
        var generator = SeededGenerator()
        for _ in 0..<200 {
            var world = PoolWorld(&generator)
            for _ in 0..<300 { world.step(&generator) }
            world.end(&generator)
            #expect(world.faults == [], generator.note)
        }
    }
}

/// Tasks and connections around a pool's machine, which act by chance and watch what it promises.
private struct PoolWorld {
    private var machine: PoolMachine
    private var now: Duration = .zero
    private var connecting: Set<Int> = []
    private var checking: Set<Int> = []
    private var open: Set<Int> = []
    private var lent: [Int: Int] = [:]
    private var waiting: [(ticket: Int, since: Duration)] = []
    private var lastTicket = 0
    private var isFinished = false
    private(set) var faults: [String] = []

    init(_ generator: inout SeededGenerator) {
        let maximum = Int.random(in: 1...5, using: &generator)
        machine = PoolMachine(
            PoolLimits(
                minimum: Int.random(in: 0...maximum, using: &generator), maximum: maximum, acquireTimeout: .seconds(3),
                waitingMax: 6, lifetime: .seconds(40), idleTime: .seconds(10), checkAfter: .seconds(2),
                leakAfter: .seconds(5)))
        post(.start)
    }

    mutating func step(_ generator: inout SeededGenerator) {
        switch Int.random(in: 0..<12, using: &generator) {
        case 0...3:
            lastTicket += 1
            waiting.append((lastTicket, now))
            post(.acquire(ticket: lastTicket))
        case 4...5: release(&generator)
        case 6...7: connect(&generator)
        case 8: check(&generator)
        case 9:
            guard let one = waiting.randomElement(using: &generator) else { return }
            waiting.removeAll { $0.ticket == one.ticket }
            post(.giveUp(ticket: one.ticket))
        case 10:
            guard let number = open.sorted().randomElement(using: &generator) else { return }
            if lent[number] == nil, !checking.contains(number) { open.remove(number) }
            post(.broke(number))
        default: pass(.milliseconds(Int.random(in: 1...4000, using: &generator)))
        }
        if machine.status.waiting != waiting.count { faults.append("it counts other waiters than there are") }
    }

    /// Time passes as the machine has asked to be woken.
    private mutating func pass(_ duration: Duration) {
        let end = now + duration
        var wakes = 0
        while let next = machine.nextWake, next <= end {
            wakes += 1
            if wakes > 100 { return faults.append("it wants to be woken without an end") }
            now = max(now, next)
            post(.wake)
        }
        now = end
        guard let first = waiting.first, first.since + .seconds(3) < now else { return }
        faults.append("ticket \(first.ticket) is forgotten")
    }

    private mutating func release(_ generator: inout SeededGenerator) {
        guard let number = lent.keys.sorted().randomElement(using: &generator) else { return }
        lent[number] = nil
        post(.released(number, isUsable: Int.random(in: 0..<5, using: &generator) > 0))
    }

    private mutating func connect(_ generator: inout SeededGenerator) {
        guard let number = connecting.sorted().randomElement(using: &generator) else { return }
        connecting.remove(number)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: post(.notConnected(number, isTransient: true))
        case 1: post(.notConnected(number, isTransient: false))
        default:
            open.insert(number)
            post(.connected(number))
        }
    }

    private mutating func check(_ generator: inout SeededGenerator) {
        guard let number = checking.sorted().randomElement(using: &generator) else { return }
        checking.remove(number)
        post(.checked(number, isAlive: Bool.random(using: &generator)))
    }

    /// Brings everything to its end, which must come.
    mutating func end(_ generator: inout SeededGenerator) {
        post(.stop)
        while !lent.isEmpty { release(&generator) }
        while !connecting.isEmpty { connect(&generator) }
        while !checking.isEmpty { check(&generator) }
        if !isFinished { faults.append("it does not finish") }
        if !waiting.isEmpty { faults.append("tasks are left waiting") }
        if !open.isEmpty { faults.append("connections are left open") }
    }

    private mutating func post(_ event: PoolMachine.Event) {
        for action in machine.handle(event, at: now) { perform(action) }
        let all = connecting.count + open.count
        if all > machine.limits.maximum { faults.append("\(all) connections are too many") }
    }

    private mutating func perform(_ action: PoolMachine.Action) {
        switch action {
        case .connect(let number): connecting.insert(number)
        case .check(let number):
            if lent[number] != nil || !open.contains(number) { faults.append("a connection in use is checked") }
            checking.insert(number)
        case .lend(let number, let ticket):
            if lent[number] != nil || !open.contains(number) || checking.contains(number) {
                faults.append("connection \(number) is not there to be lent")
            }
            if waiting.first?.ticket != ticket { faults.append("ticket \(ticket) is served out of its turn") }
            waiting.removeAll { $0.ticket == ticket }
            lent[number] = ticket
        case .refuse(let ticket, _):
            if !waiting.contains(where: { $0.ticket == ticket }) { faults.append("ticket \(ticket) is refused twice") }
            waiting.removeAll { $0.ticket == ticket }
        case .close(let number):
            if lent[number] != nil { faults.append("a connection in use is closed") }
            if open.remove(number) == nil { faults.append("connection \(number) is closed twice") }
        case .report: break
        case .finish:
            if isFinished { faults.append("it finishes twice") }
            isFinished = true
        }
    }
}
