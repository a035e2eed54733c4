import TestSupport
import Testing

@testable import Redis

@Suite struct CommandLedgerTests {
    private typealias Ledger = CommandLedger<Int>
    private let start = ContinuousClock.now

    private func ledger(waitingMax: Int = 100, waitingBytesMax: Int = 10_000, inFlightMax: Int = 100) -> Ledger {
        Ledger(
            .init(
                waitingMax: waitingMax, waitingBytesMax: waitingBytesMax, inFlightMax: inFlightMax,
                settlingTime: .seconds(5)))
    }

    private func terms(
        bytes: Int = 1, replies: Int = 1, safe: Bool = false, holds: Bool = false, seconds: Int = 10
    ) -> Ledger.Terms {
        Ledger.Terms(
            bytes: bytes, replies: replies, isSafeToRepeat: safe, holdsConnection: holds,
            deadline: start + .seconds(seconds))
    }

    /// Commands 1, 2, … with these terms.
    private func filled(_ ledger: Ledger, _ terms: [Ledger.Terms]) -> Ledger {
        var ledger = ledger
        for terms in terms {
            let number = ledger.nextNumber()
            let isAdmitted = ledger.admit(Int(number), number, terms)
            #expect(isAdmitted)
        }
        return ledger
    }

    private func send(_ ledger: inout Ledger) -> [Int] {
        var sent: [Int] = []
        while let next = ledger.sendNext() { sent.append(next.request) }
        return sent
    }

    @Test("What waits is bounded in commands and in bytes")
    func bounded() {
        var byCount = filled(ledger(waitingMax: 2), [terms(), terms()])
        let third = byCount.admit(3, 3, terms())
        var byBytes = filled(ledger(waitingBytesMax: 10), [terms(bytes: 6)])
        let large = byBytes.admit(2, 2, terms(bytes: 5))
        let small = byBytes.admit(2, 2, terms(bytes: 4))
        #expect([third, large, small] == [false, false, true])
        // Sending makes room.
        #expect(send(&byCount) == [1, 2])
        let later = byCount.admit(3, 3, terms())
        #expect(later)
    }

    @Test("What is on its way is bounded, and a pipeline larger than that goes alone")
    func inFlight() {
        var ledger = filled(ledger(inFlightMax: 2), [terms(), terms(replies: 5), terms()])
        #expect(send(&ledger) == [1])
        _ = ledger.answer(.null)
        #expect(send(&ledger) == [2])
        for _ in 0..<5 { _ = ledger.answer(.null) }
        #expect(send(&ledger) == [3])
    }

    @Test("Several replies of one command come together")
    func pipeline() {
        var ledger = filled(ledger(), [terms(replies: 2)])
        _ = send(&ledger)
        guard case .partial = ledger.answer(.integer(1)) else { return #expect(Bool(false), "the first of two") }
        guard case .complete(1, .array([.integer(1), .integer(2)])) = ledger.answer(.integer(2)) else {
            return #expect(Bool(false), "both")
        }
        guard case .unexpected = ledger.answer(.integer(3)) else { return #expect(Bool(false), "nobody asked") }
    }

    @Test("After a loss the safe ones wait again in front, the others are given back, and unsent ones stay")
    func loss() {
        var ledger = filled(ledger(), [terms(safe: true), terms(), terms(safe: true)])
        _ = send(&ledger)
        ledger = filled(ledger, [terms()])
        #expect(ledger.lose().map(\.request) == [2])
        #expect(send(&ledger) == [1, 3, 4])
    }

    @Test("A safe command is given back when it was lost three times, with a word that it was repeated")
    func poison() {
        var ledger = filled(ledger(), [terms(safe: true)])
        for _ in 0..<2 {
            #expect(send(&ledger) == [1])
            #expect(ledger.lose().isEmpty)
        }
        #expect(send(&ledger) == [1])
        let lost = ledger.lose()
        #expect(lost.map(\.request) == [1] && lost.map(\.wasRepeated) == [true])
        #expect(ledger.isEmpty)
    }

    @Test("A command that was called off on its way swallows its answer")
    func calledOff() {
        var ledger = filled(ledger(), [terms(), terms()])
        _ = send(&ledger)
        guard case .sent(1, mustBreakOff: false) = ledger.callOff(1, now: start) else {
            return #expect(Bool(false), "it was sent")
        }
        guard case .complete(nil, .integer(1)) = ledger.answer(.integer(1)) else {
            return #expect(Bool(false), "swallowed")
        }
        guard case .complete(2, .integer(2)) = ledger.answer(.integer(2)) else { return #expect(Bool(false), "next") }
        guard case .late = ledger.callOff(2, now: start) else { return #expect(Bool(false), "gone") }
    }

    @Test("A late answer is waited for, and after the settling time the connection must go")
    func settling() {
        var ledger = filled(ledger(), [terms(seconds: 1)])
        _ = send(&ledger)
        #expect(ledger.nextDeadline == start + .seconds(1))
        let first = ledger.expire(start + .seconds(1))
        #expect(first.overdue.map(\.request) == [1] && first.overdue.map(\.wasSent) == [true])
        #expect(!first.mustBreakOff)
        #expect(ledger.nextDeadline == start + .seconds(6))
        #expect(ledger.expire(start + .seconds(6)).mustBreakOff)
    }

    @Test("A blocking command that is overdue or called off takes the connection with it")
    func blocking() {
        var overdue = filled(ledger(), [terms(holds: true, seconds: 1)])
        _ = send(&overdue)
        #expect(overdue.expire(start + .seconds(1)).mustBreakOff)
        var cancelled = filled(ledger(), [terms(holds: true)])
        _ = send(&cancelled)
        guard case .sent(1, mustBreakOff: true) = cancelled.callOff(1, now: start) else {
            return #expect(Bool(false), "it holds the connection")
        }
    }

    @Test("Commands that are withdrawn before they were sent leave nothing behind")
    func withdrawn() {
        var ledger = filled(ledger(), [terms()])
        for _ in 0..<10_000 {
            ledger = filled(ledger, [terms()])
            let last = ledger.waitingCount
            #expect(last == 2)
            let number = ledger.nextNumber() - 1
            guard case .unsent = ledger.callOff(number, now: start) else { return #expect(Bool(false), "unsent") }
        }
        #expect(ledger.waitingCount == 1 && ledger.waitingBytes == 1)
        #expect(ledger.heldEntries < 200)
        #expect(send(&ledger) == [1])
    }
}
