import TestSupport
import Testing

@testable import HTTP

@Suite struct HTTPPoolMachineTests {
    private typealias Machine = HTTPPoolMachine<String>

    private func machine(perOrigin: Int = 2, idle: Int = 3, waiting: Int = 2) -> Machine {
        var limits = HTTPConnectionLimits()
        limits.perOriginMax = perOrigin
        limits.idleMax = idle
        limits.idleLimit = .seconds(10)
        limits.waitingMax = waiting
        return Machine(limits)
    }

    @Test("A connection that came back is used again, the last one first")
    func reuse() {
        var machine = machine()
        #expect(machine.acquire(ticket: 1, origin: "a", at: .zero) == [.connect(1, ticket: 1)])
        #expect(machine.acquire(ticket: 2, origin: "a", at: .zero) == [.connect(2, ticket: 2)])
        #expect(machine.release(2, isReusable: true, at: .zero).isEmpty)
        #expect(machine.release(1, isReusable: true, at: .zero).isEmpty)
        #expect(machine.acquire(ticket: 3, origin: "a", at: .zero) == [.reuse(1, ticket: 3)])
        #expect(machine.acquire(ticket: 4, origin: "b", at: .zero) == [.connect(3, ticket: 4)])
    }

    @Test("Beyond the limit requests wait in their order, and beyond that they are refused")
    func bounded() {
        var machine = machine(perOrigin: 1)
        #expect(machine.acquire(ticket: 1, origin: "a", at: .zero) == [.connect(1, ticket: 1)])
        #expect(machine.acquire(ticket: 2, origin: "a", at: .zero).isEmpty)
        #expect(machine.acquire(ticket: 3, origin: "a", at: .zero).isEmpty)
        #expect(machine.acquire(ticket: 4, origin: "a", at: .zero) == [.refuse(ticket: 4)])
        #expect(machine.release(1, isReusable: true, at: .zero) == [.reuse(1, ticket: 2)])
        #expect(machine.release(1, isReusable: false, at: .zero) == [.close(1), .connect(2, ticket: 3)])
        #expect(machine.failed(2).isEmpty)
        #expect(machine.connectionCount == 0)
    }

    @Test("A connection that could not be made leaves its place to who waits; who gave up gets nothing")
    func failures() {
        var machine = machine(perOrigin: 1)
        _ = machine.acquire(ticket: 1, origin: "a", at: .zero)
        _ = machine.acquire(ticket: 2, origin: "a", at: .zero)
        _ = machine.acquire(ticket: 3, origin: "a", at: .zero)
        machine.giveUp(ticket: 2)
        #expect(machine.failed(1) == [.connect(2, ticket: 3)])
    }

    @Test("What nobody used for long is closed, and so is the oldest one too many")
    func idle() {
        var machine = machine(perOrigin: 9, idle: 2)
        for ticket in 1...3 { _ = machine.acquire(ticket: ticket, origin: "a", at: .zero) }
        #expect(machine.release(1, isReusable: true, at: .seconds(1)).isEmpty)
        #expect(machine.release(2, isReusable: true, at: .seconds(2)).isEmpty)
        #expect(machine.release(3, isReusable: true, at: .seconds(3)) == [.close(1)])
        #expect(machine.nextExpiry == .seconds(12))
        #expect(machine.expire(at: .seconds(12)) == [.close(2)])
        #expect(machine.acquire(ticket: 4, origin: "a", at: .seconds(13)) == [.close(3), .connect(4, ticket: 4)])
    }

    @Test("A fresh connection is a new one, even when another one has to go for it")
    func fresh() {
        var machine = machine(perOrigin: 1)
        _ = machine.acquire(ticket: 1, origin: "a", at: .zero)
        _ = machine.release(1, isReusable: true, at: .zero)
        #expect(
            machine.acquire(ticket: 2, origin: "a", fresh: true, at: .zero) == [.close(1), .connect(2, ticket: 2)])
    }

    @Test("A stopped pool refuses who waits and who comes, and closes what comes back")
    func stopped() {
        var machine = machine(perOrigin: 1)
        _ = machine.acquire(ticket: 1, origin: "a", at: .zero)
        _ = machine.acquire(ticket: 2, origin: "a", at: .zero)
        #expect(machine.stop() == [.refuse(ticket: 2)])
        #expect(machine.acquire(ticket: 3, origin: "b", at: .zero) == [.refuse(ticket: 3)])
        #expect(machine.release(1, isReusable: true, at: .zero) == [.close(1)])
    }

    /// What the outside world knows about a machine that is driven at random.
    private struct World {
        var waiting: Set<Int> = []
        var lent: [Int: String] = [:]
        var open: Set<Int> = []
        var origins: [Int: String] = [:]
        var now = Duration.zero
    }

    @Test("Whatever happens, the limits hold, nobody is forgotten and each connection is closed once")
    func random() {
        var generator = SeededGenerator()
        for _ in 0..<200 {
            var machine = machine(perOrigin: 2, idle: 2, waiting: 4)
            var world = World()
            for ticket in 0..<60 { step(&machine, &world, ticket, &generator) }
            while let (number, _) = world.lent.first {
                world.lent[number] = nil
                apply(machine.release(number, isReusable: true, at: world.now), &world, generator)
            }
            #expect(world.waiting.isEmpty, generator.note)
            #expect(world.open.count == machine.idleCount, generator.note)
            apply(machine.stop(), &world, generator)
            #expect(world.open.isEmpty, generator.note)
        }
    }

    private func step(
        _ machine: inout Machine, _ world: inout World, _ ticket: Int, _ generator: inout SeededGenerator
    ) {
        world.now += .milliseconds(Int.random(in: 0...4000, using: &generator))
        let lent = world.lent.keys.sorted().randomElement(using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0, 1, 2:
            let origin = ["a", "b"].randomElement(using: &generator) ?? "a"
            world.origins[ticket] = origin
            world.waiting.insert(ticket)
            let fresh = Bool.random(using: &generator)
            apply(machine.acquire(ticket: ticket, origin: origin, fresh: fresh, at: world.now), &world, generator)
        case 3, 4:
            guard let lent else { return }
            world.lent[lent] = nil
            let isReusable = Bool.random(using: &generator)
            apply(machine.release(lent, isReusable: isReusable, at: world.now), &world, generator)
        default:
            guard let quitter = world.waiting.min() else { return }
            world.waiting.remove(quitter)
            machine.giveUp(ticket: quitter)
        }
        for origin in ["a", "b"] {
            #expect(world.lent.values.filter { $0 == origin }.count <= 2, generator.note)
        }
    }

    private func apply(_ actions: [Machine.Action], _ world: inout World, _ generator: SeededGenerator) {
        for action in actions {
            switch action {
            case .connect(let number, let ticket):
                #expect(world.open.insert(number).inserted, generator.note)
                world.lent[number] = world.origins[ticket]
                #expect(world.waiting.remove(ticket) != nil, generator.note)
            case .reuse(let number, let ticket):
                #expect(world.open.contains(number) && world.lent[number] == nil, generator.note)
                world.lent[number] = world.origins[ticket]
                #expect(world.waiting.remove(ticket) != nil, generator.note)
            case .refuse(let ticket): #expect(world.waiting.remove(ticket) != nil, generator.note)
            case .close(let number): #expect(world.open.remove(number) != nil, generator.note)
            }
        }
    }
}
