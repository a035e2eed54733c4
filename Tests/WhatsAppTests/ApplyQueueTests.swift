import TestSupport
import Testing

@testable import WhatsApp

@Suite("Which events are applied together") struct ApplyQueueTests {
    private typealias Queue = ApplyQueue<String, Int>

    private func queue(salons: Int = 2, batch: Int = 3, waiting: Int = 100) -> Queue {
        var limits = Queue.Limits()
        limits.salons = salons
        limits.batch = batch
        limits.waiting = waiting
        return Queue(limits)
    }

    @Test("A salon has one batch on its way, and its events keep their order")
    func order() throws {
        var queue = queue()
        for event in 1...5 { _ = queue.add(event, of: "a") }
        let first = queue.take()
        #expect(first?.events == [1, 2, 3])
        let early = queue.take()
        #expect(early == nil && queue.waiting == 2)
        _ = queue.add(6, of: "a")
        queue.finish("a")
        let second = queue.take()
        #expect(second?.events == [4, 5, 6])
        queue.finish("a")
        let none = queue.take()
        #expect(none == nil && queue.isIdle)
    }

    @Test("A salon with much to do does not hold up the others")
    func turns() {
        var queue = queue(salons: 1)
        for event in 1...9 { _ = queue.add(event, of: "big") }
        _ = queue.add(10, of: "small")
        var order: [String] = []
        while let batch = queue.take() {
            order.append(batch.salon)
            queue.finish(batch.salon)
        }
        #expect(order == ["big", "small", "big", "big"])
    }

    @Test("What there is no room for is left to the log")
    func room() {
        var queue = queue(waiting: 2)
        let taken = [(1, "a"), (2, "b"), (3, "a")].map { queue.add($0.0, of: $0.1) }
        #expect(taken == [true, true, false])
        _ = queue.take()
        let isTaken = queue.add(3, of: "a")
        #expect(isTaken)
    }

    @Test("Whatever happens, each event is taken once, in its salon's order, and no salon twice at a time")
    func properties() {
        var random = SeededGenerator()
        for _ in 0..<300 {
            var queue = queue(
                salons: Int.random(in: 1...4, using: &random), batch: Int.random(in: 1...4, using: &random))
            var (next, busy, taken) = (0, [String](), [String: [Int]]())
            for _ in 0..<200 {
                switch Int.random(in: 0..<3, using: &random) {
                case 0:
                    let salon = ["a", "b", "c", "d", "e"].randomElement(using: &random) ?? "a"
                    if queue.add(next, of: salon) { next += 1 }
                case 1:
                    guard let batch = queue.take() else { continue }
                    #expect(!busy.contains(batch.salon), random.note)
                    busy.append(batch.salon)
                    taken[batch.salon, default: []] += batch.events
                default:
                    guard let salon = busy.popLast() else { continue }
                    queue.finish(salon)
                }
            }
            for salon in busy { queue.finish(salon) }
            while let batch = queue.take() {
                taken[batch.salon, default: []] += batch.events
                queue.finish(batch.salon)
            }
            #expect(queue.isIdle && taken.values.joined().sorted() == Array(0..<next), random.note)
            #expect(taken.values.allSatisfy { $0 == $0.sorted() }, random.note)
        }
    }
}
