import Pooling
import TestSupport
import Testing

@Suite struct TurnMachineTests {
    private typealias Machine = PoolerTurnMachine

    private let one = PoolerTopology(leader: PoolerNode(host: "one"))
    private let two = PoolerTopology(leader: PoolerNode(host: "two"))
    private let three = PoolerTopology(leader: PoolerNode(host: "three"))

    @Test("A new leader is asked first, then turned to")
    func plain() {
        var machine = Machine(leading: one)
        #expect(machine.handle(.leader(one)) == [])
        #expect(machine.handle(.leader(two)) == [.probe(2, two.leader)])
        #expect(machine.handle(.probed(2, .readWrite)) == [.turn(2, two)])
        #expect(machine.current == one)
        #expect(machine.handle(.turned(2, isDone: true)) == [])
        #expect(machine.current == two)
    }

    @Test(
        "A server that is in recovery or silent is asked again, and never turned to",
        arguments: [
            PoolerTurnMachine.Verdict.inRecovery, .unreachable,
        ])
    func recovery(_ verdict: PoolerTurnMachine.Verdict) {
        var machine = Machine(leading: one)
        #expect(machine.handle(.leader(two)) == [.probe(1, two.leader)])
        #expect(machine.handle(.probed(1, verdict)) == [.wait(1)])
        #expect(machine.handle(.waited(1)) == [.probe(1, two.leader)])
        #expect(machine.handle(.probed(1, .readWrite)) == [.turn(1, two)])
    }

    @Test("A lost leader that is the leader again is asked, then let go on without a turn")
    func flapping() {
        var machine = Machine(leading: one)
        #expect(machine.handle(.leaderLost) == [.hold])
        #expect(machine.handle(.leaderLost) == [])
        #expect(machine.handle(.leader(one)) == [.probe(3, one.leader)])
        #expect(machine.handle(.leaderLost) == [])
        #expect(machine.handle(.probed(3, .readWrite)) == [])
        #expect(machine.handle(.leader(one)) == [.probe(5, one.leader)])
        #expect(machine.handle(.probed(5, .readWrite)) == [.release])
        #expect(!machine.isHeld)
    }

    @Test("Of two changes in a row the last one wins, also when the first turn is under way")
    func lastWins() {
        var machine = Machine(leading: one)
        #expect(machine.handle(.leader(two)) == [.probe(1, two.leader)])
        #expect(machine.handle(.leader(three)) == [.probe(2, three.leader)])
        #expect(machine.handle(.probed(1, .readWrite)) == [])
        #expect(machine.handle(.probed(2, .readWrite)) == [.turn(2, three)])
        #expect(machine.handle(.leader(two)) == [])
        #expect(machine.handle(.leader(one)) == [])
        #expect(machine.handle(.turned(2, isDone: true)) == [.probe(3, one.leader)])
    }

    @Test("A turn that ends after its leader was lost holds, and goes on holding")
    func lostInTurn() {
        var machine = Machine(leading: one)
        _ = machine.handle(.leader(two))
        _ = machine.handle(.probed(1, .readWrite))
        #expect(machine.handle(.leaderLost) == [])
        #expect(machine.handle(.turned(1, isDone: true)) == [.hold])
        #expect(machine.handle(.leader(two)) == [.probe(3, two.leader)])
        #expect(machine.handle(.probed(3, .readWrite)) == [.release])
    }

    @Test("Another replica is turned to without asking the leader, which is the same")
    func replicas() {
        var machine = Machine(leading: one)
        var more = one
        more.replicas = [PoolerNode(host: "two")]
        #expect(machine.handle(.leader(more)) == [.turn(1, more)])
    }

    @Test("A turn that could not be done is tried again after another look")
    func failed() {
        var machine = Machine(leading: one)
        _ = machine.handle(.leader(two))
        _ = machine.handle(.probed(1, .readWrite))
        #expect(machine.handle(.turned(1, isDone: false)) == [.wait(1)])
        #expect(machine.handle(.waited(1)) == [.probe(1, two.leader)])
    }

    @Test("Whatever happens, it turns only to a server that said it takes writes, and comes to rest with the last one")
    func anything() {
        var random = SeededGenerator()
        for _ in 0..<300 { simulate(&random) }
    }

    /// Answers come late and in any order; at the end they are all given.
    private func simulate(_ random: inout SeededGenerator) {
        var machine = Machine(leading: one)
        var pending: [Machine.Action] = []
        var readWrite: [Int: PoolerNode] = [:]
        var isHeld = false
        var last = one
        func act(_ event: Machine.Event) {
            for action in machine.handle(event) {
                switch action {
                case .hold:
                    #expect(!isHeld, random.note)
                    isHeld = true
                case .release:
                    #expect(isHeld, random.note)
                    isHeld = false
                case .turn(let number, let topology):
                    let isKnown = readWrite[number] == topology.leader || topology.leader == machine.current.leader
                    #expect(isKnown, random.note)
                    #expect(!pending.contains { if case .turn = $0 { true } else { false } }, random.note)
                    pending.append(action)
                case .probe, .wait: pending.append(action)
                }
            }
        }
        func answer(_ action: Machine.Action, _ isGood: Bool) {
            switch action {
            case .probe(let number, let node):
                if isGood { readWrite[number] = node }
                act(.probed(number, isGood ? .readWrite : .inRecovery))
            case .wait(let number): act(.waited(number))
            case .turn(let number, _): act(.turned(number, isDone: isGood))
            case .hold, .release: break
            }
        }
        for _ in 0..<40 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                last = [one, two, three].randomElement(using: &random) ?? one
                act(.leader(last))
            case 1: act(.leaderLost)
            default:
                guard let index = pending.indices.randomElement(using: &random) else { continue }
                answer(pending.remove(at: index), Bool.random(using: &random))
            }
        }
        act(.leader(last))
        while !pending.isEmpty { answer(pending.removeFirst(), true) }
        #expect(machine.current == last, random.note)
        #expect(!isHeld && !machine.isHeld, random.note)
    }
}
