import Etcd
import TestSupport
import Testing

@testable import Cluster

@Suite struct FenceMachineTests {
    private static let limit = Duration.seconds(12)

    private func machine(leadingBy lease: EtcdLease.Identity? = nil) -> FenceMachine {
        var machine = FenceMachine("node1", silenceLimit: Self.limit)
        if let lease { #expect(machine.handle(.leader(name: "node1", lease: lease)) == nil) }
        return machine
    }

    @Test("A primary that died is fenced, and its lease goes when no process of it is left")
    func died() {
        var machine = machine(leadingBy: .number(7))
        #expect(machine.handle(.serverEnded(leavingLock: true)) == .fence(reason: "PostgreSQL died"))
        #expect(machine.handle(.fenced) == .revoke(.number(7)))
    }

    @Test("A primary that was told to stop is left alone")
    func stopped() {
        var machine = machine(leadingBy: .number(7))
        #expect(machine.handle(.serverEnded(leavingLock: false)) == nil)
    }

    @Test("A replica that died is left to its Patroni")
    func replica() {
        var machine = machine()
        #expect(machine.handle(.serverEnded(leavingLock: true)) == nil)
        #expect(machine.handle(.leader(name: "node2", lease: .number(8))) == nil)
        #expect(machine.handle(.serverEnded(leavingLock: true)) == nil)
        #expect(machine.handle(.silent(.seconds(60))) == nil)
        #expect(machine.handle(.fenced) == nil)
    }

    @Test("A primary that another one has followed is left alone")
    func succeeded() {
        var machine = machine(leadingBy: .number(7))
        #expect(machine.handle(.leader(name: "node2", lease: .number(8))) == nil)
        #expect(machine.handle(.serverEnded(leavingLock: true)) == nil)
    }

    @Test("A primary that has lost its lease is left alone")
    func lost() {
        var machine = machine(leadingBy: .number(7))
        #expect(machine.handle(.noLeader) == nil)
        #expect(machine.handle(.serverEnded(leavingLock: true)) == nil)
    }

    @Test("A node whose name begins like the primary's does not hold its lease")
    func names() {
        var machine = machine()
        #expect(machine.handle(.leader(name: "node10", lease: .number(7))) == nil)
        #expect(machine.handle(.serverEnded(leavingLock: true)) == nil)
    }

    @Test("Patroni's silence is believed from the limit on")
    func silence() {
        var machine = machine(leadingBy: .number(7))
        #expect(machine.handle(.silent(Self.limit - .milliseconds(1))) == nil)
        #expect(machine.handle(.silent(Self.limit)) == .fence(reason: "Patroni did not answer for 12 s"))
        #expect(machine.handle(.fenced) == .revoke(.number(7)))
    }

    @Test("A fence is complete before another one begins")
    func oneAtATime() {
        var machine = machine(leadingBy: .number(7))
        #expect(machine.handle(.silent(Self.limit)) != nil)
        #expect(machine.handle(.serverEnded(leavingLock: true)) == nil)
        #expect(machine.handle(.silent(Self.limit * 2)) == nil)
    }

    @Test("One death that is told twice leads to one fence")
    func toldTwice() {
        var machine = machine(leadingBy: .number(7))
        #expect(machine.handle(.serverEnded(leavingLock: true)) != nil)
        #expect(machine.handle(.fenced) == .revoke(.number(7)))
        #expect(machine.handle(.serverEnded(leavingLock: true)) == nil)
        #expect(machine.handle(.fenced) == nil)
    }

    @Test("A node that could not be fenced keeps its lease, and is fenced when it is next seen to die")
    func notFenced() {
        var machine = machine(leadingBy: .number(7))
        #expect(machine.handle(.serverEnded(leavingLock: true)) != nil)
        #expect(machine.handle(.notFenced) == nil)
        #expect(machine.handle(.serverEnded(leavingLock: true)) == .fence(reason: "PostgreSQL died"))
        #expect(machine.handle(.fenced) == .revoke(.number(7)))
    }

    @Test("The lease that the node holds when it is dead goes, not the one that it held when it died")
    func newest() {
        var machine = machine(leadingBy: .number(7))
        #expect(machine.handle(.serverEnded(leavingLock: true)) != nil)
        #expect(machine.handle(.leader(name: "node1", lease: .number(9))) == nil)
        #expect(machine.handle(.fenced) == .revoke(.number(9)))
    }

    @Test("When another node leads by the time the fence is complete, no lease goes")
    func overtaken() {
        var machine = machine(leadingBy: .number(7))
        #expect(machine.handle(.serverEnded(leavingLock: true)) != nil)
        #expect(machine.handle(.leader(name: "node2", lease: .number(8))) == nil)
        #expect(machine.handle(.fenced) == nil)
    }

    @Test("A node that leads again after a fence is fenced again")
    func again() {
        var machine = machine(leadingBy: .number(7))
        for lease in [EtcdLease.Identity.number(8), .number(9)] {
            _ = machine.handle(.leader(name: "node1", lease: lease))
            #expect(machine.handle(.serverEnded(leavingLock: true)) == .fence(reason: "PostgreSQL died"))
            #expect(machine.handle(.fenced) == .revoke(lease))
        }
    }

    @Test("Whatever happens in whatever order, a lease goes only when it is the node's own and the node is dead")
    func randomWalk() {
        var generator = SeededGenerator()
        for _ in 0..<200 {
            var machine = machine()
            var model = FenceModel(silenceLimit: Self.limit)
            for _ in 0..<100 {
                let event = randomEvent(model.isFencing, &generator)
                let complaint = model.complaint(about: machine.handle(event), to: event)
                #expect(complaint == nil, generator.note)
                if complaint != nil { return }
            }
            #expect(model.fences > 0 || model.told == 0, generator.note)
        }
    }

    private func randomEvent(_ isFencing: Bool, _ generator: inout SeededGenerator) -> FenceMachine.Event {
        // A fence is answered sooner or later; an answer without one must do no harm.
        if Int.random(in: 0..<(isFencing ? 4 : 40), using: &generator) == 0 {
            return Int.random(in: 0..<3, using: &generator) == 0 ? .notFenced : .fenced
        }
        switch Int.random(in: 0..<8, using: &generator) {
        case 0, 1: return .leader(name: "node1", lease: .number(.random(in: 1...5, using: &generator)))
        case 2: return .leader(name: "node2", lease: .number(.random(in: 1...5, using: &generator)))
        case 3: return .noLeader
        case 4: return .serverEnded(leavingLock: false)
        case 5: return .serverEnded(leavingLock: true)
        default: return .silent(.seconds(Int.random(in: 0...24, using: &generator)))
        }
    }
}

/// What may be done, from what was told.
private struct FenceModel {
    let silenceLimit: Duration
    private(set) var isFencing = false
    private(set) var fences = 0
    /// How often the node was told dead while it held the lease.
    private(set) var told = 0
    /// The last that was told of who leads.
    private var own: EtcdLease.Identity?

    init(silenceLimit: Duration) { self.silenceLimit = silenceLimit }

    /// What is wrong with an action; nil when it is the right one.
    mutating func complaint(about action: FenceMachine.Action?, to event: FenceMachine.Event) -> String? {
        defer { note(event) }
        switch action {
        case .revoke(let lease):
            guard event == .fenced else { return "a lease went though nobody has said that the node is dead: \(event)" }
            return own == lease ? nil : "a lease went that is not the node's own"
        case .fence:
            fences += 1
            guard own != nil else { return "a node that holds no lease was fenced" }
            guard !isFencing else { return "a fence began within another" }
            defer { isFencing = true }
            return isDeath(event) ? nil : "a node was fenced after \(event)"
        case nil:
            if event == .fenced, own != nil { return "the lease of a dead node stayed" }
            return isDeath(event) && own != nil && !isFencing ? "a dead node was not fenced after \(event)" : nil
        }
    }

    private func isDeath(_ event: FenceMachine.Event) -> Bool {
        switch event {
        case .serverEnded(let leavingLock): leavingLock
        case .silent(let duration): duration >= silenceLimit
        default: false
        }
    }

    private mutating func note(_ event: FenceMachine.Event) {
        if isDeath(event), own != nil { told += 1 }
        switch event {
        case .leader(let name, let lease): own = name == "node1" ? lease : nil
        case .noLeader: own = nil
        case .fenced: (own, isFencing) = (nil, false)
        case .notFenced: isFencing = false
        case .serverEnded, .silent: break
        }
    }
}
