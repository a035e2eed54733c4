import TestSupport
import Testing

@testable import Postgres

@Suite struct PipelineLedgerTests {
    private final class Call { let number: Int; init(_ number: Int) { self.number = number } }
    private typealias Ledger = PipelineLedger<Call, String, String>

    private func words(_ verdicts: [Ledger.Verdict]?) -> [String]? {
        verdicts?.map { verdict in
            switch verdict {
            case .succeeded(let call, let output): "\(call.number) \(output)"
            case .failed(let call, let failure): "\(call.number) failed: \(failure)"
            case .again(let call): "\(call.number) again"
            }
        }
    }

    private func ledger(_ groups: [Int]...) -> Ledger {
        var ledger = Ledger()
        for group in groups {
            for number in group { ledger.sent(.execution(Call(number))) }
            ledger.sent(.sync)
        }
        return ledger
    }

    @Test("A group that succeeds gets its verdicts at its Sync, in order")
    func success() {
        var ledger = ledger([1, 2], [3])
        for output in ["a", "b"] { _ = ledger.answered(.done(output)) }
        #expect(words(ledger.synced()) == ["1 a", "2 b"])
        #expect(ledger.running?.number == 3)
        _ = ledger.answered(.done("c"))
        #expect(words(ledger.synced()) == ["3 c"])
        #expect(ledger.isEmpty && ledger.running == nil)
    }

    @Test("A statement alone that fails has failed, one among others decides nothing")
    func failures() {
        var ledger = ledger([1], [2, 3, 4])
        _ = ledger.answered(.failed("no"))
        #expect(words(ledger.synced()) == ["1 failed: no"])
        _ = ledger.answered(.done("b"))
        _ = ledger.answered(.failed("no"))
        _ = ledger.answered(.skipped)
        #expect(words(ledger.synced()) == ["2 again", "3 again", "4 again"])
    }

    @Test("A Sync that fails to commit counts as a failure of its group")
    func failedCommit() {
        var ledger = ledger([1], [2, 3])
        _ = ledger.answered(.done("a"))
        _ = ledger.answered(.failed("late"))
        #expect(words(ledger.synced()) == ["1 failed: late"])
        _ = ledger.answered(.done("b"))
        _ = ledger.answered(.done("c"))
        _ = ledger.answered(.failed("late"))
        #expect(words(ledger.synced()) == ["2 again", "3 again"])
    }

    @Test("A failed preparation is its statement's failure, a failed deallocation nobody's")
    func preparation() {
        var ledger = Ledger()
        let call = Call(1)
        ledger.sent(.preparation(call, name: "one"))
        ledger.sent(.execution(call))
        ledger.sent(.sync)
        _ = ledger.answered(.failed("syntax"))
        _ = ledger.answered(.skipped)
        #expect(words(ledger.synced()) == ["1 failed: syntax"])
        ledger.sent(.deallocation("one"))
        ledger.sent(.execution(call))
        ledger.sent(.sync)
        _ = ledger.answered(.failed("gone"))
        _ = ledger.answered(.skipped)
        #expect(words(ledger.synced()) == ["1 again"])
    }

    @Test("An answer that nothing was sent for is noticed")
    func outOfStep() {
        var ledger = ledger([1])
        #expect(ledger.synced() == nil)
        _ = ledger.answered(.done("a"))
        _ = ledger.synced()
        #expect(ledger.answered(.done("b")) == nil)
    }

    @Test("Whatever fails, every statement gets one verdict in the order of sending")
    func simulation() {
        var generator = SeededGenerator()
        for _ in 0..<300 {
            let sizes = (0..<Int.random(in: 1..<8, using: &generator)).map { _ in
                Int.random(in: 1..<6, using: &generator)
            }
            var ledger = Ledger()
            var number = 0
            for size in sizes {
                for _ in 0..<size {
                    ledger.sent(.execution(Call(number)))
                    number += 1
                }
                ledger.sent(.sync)
            }
            var seen: [Int] = []
            let cut = Int.random(in: 0...sizes.count, using: &generator)
            for size in sizes.prefix(cut) {
                let bad = Int.random(in: 0..<size * 2, using: &generator)
                for index in 0..<size {
                    _ = ledger.answered(index == bad ? .failed("no") : index > bad ? .skipped : .done("yes"))
                }
                let verdicts = words(ledger.synced()) ?? []
                #expect(verdicts.contains { $0.hasSuffix("again") } == (bad < size && size > 1), generator.note)
                seen += verdicts.compactMap { Int($0.prefix { $0 != " " }) }
            }
            seen += ledger.abandonAll().map(\.number)
            #expect(seen == Array(0..<number), generator.note)
        }
    }
}

@Suite struct StatementCacheTests {
    private func key(_ sql: String, _ types: [UInt32] = []) -> StatementCache.Key { .init(sql: sql, types: types) }

    @Test("A statement is known once it was asked for, with the same types")
    func known() {
        var cache = StatementCache(limit: 4)
        #expect(cache.use(key("a")) == .unknown("parlor_1", dropping: nil))
        #expect(cache.use(key("a")) == .known("parlor_1"))
        #expect(cache.use(key("a", [20])) == .unknown("parlor_2", dropping: nil))
    }

    @Test("The statement that was not used for longest goes when there is no room")
    func bounded() {
        var cache = StatementCache(limit: 2)
        _ = cache.use(key("a"))
        _ = cache.use(key("b"))
        _ = cache.use(key("a"))
        #expect(cache.use(key("c")) == .unknown("parlor_3", dropping: "parlor_2"))
        #expect(cache.use(key("a")) == .known("parlor_1"))
        #expect(cache.count == 2)
    }

    @Test("A forgotten statement is prepared anew under another name")
    func forgotten() {
        var cache = StatementCache(limit: 2)
        _ = cache.use(key("a"))
        cache.forget("parlor_1")
        cache.forget("parlor_9")
        #expect(cache.use(key("a")) == .unknown("parlor_2", dropping: nil))
    }
}
