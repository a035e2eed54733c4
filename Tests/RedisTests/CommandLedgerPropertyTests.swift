import TestSupport
import Testing

@testable import Redis

/// Drives a ledger through random histories beside a plain model of a server, and holds every promise against it.
@Suite struct CommandLedgerPropertyTests {
    private struct World {
        struct Command {
            var isSafe: Bool
            var replies: Int
            var deadline: ContinuousClock.Instant
            var sends = 0
            var outcome: String?
        }

        var ledger: CommandLedger<UInt64>
        var now = ContinuousClock.now
        var commands: [UInt64: Command] = [:]
        /// What the server has received on this connection and not answered yet: command and reply number.
        var server: [(number: UInt64, part: Int)] = []
        var isUp = false
        var random: SeededGenerator
        var faults: [String] = []

        init(_ random: SeededGenerator) {
            self.random = random
            ledger = CommandLedger(
                .init(waitingMax: 20, waitingBytesMax: 200, inFlightMax: 8, settlingTime: .seconds(3)))
        }

        mutating func pick(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }

        mutating func end(_ number: UInt64, _ outcome: String) {
            if let earlier = commands[number]?.outcome { faults.append("\(number) was \(earlier), then \(outcome)") }
            commands[number]?.outcome = outcome
        }

        mutating func step() {
            switch pick(0...11) {
            case 0...3: submit()
            case 4...5: send()
            case 6...8: answer()
            case 9: if isUp { lose() } else { isUp = true }
            case 10: callOff()
            default: passTime()
            }
            if ledger.waitingCount > 20 + 8 * 3 { faults.append("\(ledger.waitingCount) wait") }
            if ledger.inFlightCount > 8 { faults.append("\(ledger.inFlightCount) are on their way") }
        }

        private mutating func submit() {
            let number = ledger.nextNumber()
            let command = Command(
                isSafe: random.next() % 2 == 0, replies: pick(1...3), deadline: now + .seconds(pick(1...20)))
            let terms = CommandLedger<UInt64>.Terms(
                bytes: pick(1...30), replies: command.replies, isSafeToRepeat: command.isSafe,
                deadline: command.deadline)
            if ledger.admit(number, number, terms) { commands[number] = command }
        }

        private mutating func send() {
            guard isUp else { return }
            var last: UInt64 = 0
            while let (number, isSafe) = ledger.sendNext() {
                guard let command = commands[number] else { return faults.append("\(number) is unknown") }
                if number < last { faults.append("\(number) was sent after \(last)") }
                if command.sends > 0 && !isSafe { faults.append("\(number) was repeated") }
                if command.sends >= 3 { faults.append("\(number) was sent too often") }
                if command.outcome != nil { faults.append("\(number) was sent after its end") }
                last = number
                commands[number]?.sends += 1
                for part in 0..<command.replies { server.append((number, part)) }
            }
        }

        private mutating func answer() {
            guard isUp, !server.isEmpty else { return }
            let (number, part) = server.removeFirst()
            let reply = RedisValue.integer(Int64(number) * 10 + Int64(part))
            switch ledger.answer(reply) {
            case .unexpected: faults.append("the answer to \(number) was unexpected")
            case .partial: break
            case .complete(let owner, let value):
                guard let owner else { return }
                let count = commands[owner]?.replies ?? 0
                let expected = (0..<count).map { RedisValue.integer(Int64(owner) * 10 + Int64($0)) }
                if value != (count == 1 ? expected[0] : .array(expected)) {
                    faults.append("\(owner) got the answer of another one")
                }
                end(owner, "answered")
            }
        }

        mutating func lose() {
            isUp = false
            server = []
            for (number, wasRepeated) in ledger.lose() {
                if let command = commands[number] {
                    if command.isSafe && command.sends < 3 { faults.append("\(number) was given up too early") }
                    if command.sends == 0 { faults.append("\(number) was lost without being sent") }
                    if wasRepeated && !command.isSafe { faults.append("\(number) was said to be repeated") }
                }
                end(number, "lost")
            }
        }

        private mutating func callOff() {
            guard let number = commands.keys.sorted().randomElement(using: &random) else { return }
            switch ledger.callOff(number, now: now) {
            case .late: if commands[number]?.outcome == nil { faults.append("\(number) cannot be called off") }
            case .unsent(let found), .sent(let found, _):
                if found != number { faults.append("\(found) was called off instead of \(number)") }
                end(number, "called off")
            }
        }

        private mutating func passTime() {
            now += .seconds(pick(1...4))
            let (overdue, mustBreakOff) = ledger.expire(now)
            for (number, _) in overdue {
                if let deadline = commands[number]?.deadline, deadline > now { faults.append("\(number) is early") }
                end(number, "overdue")
            }
            if let next = ledger.nextDeadline, next <= now, !mustBreakOff {
                faults.append("something is still overdue")
            }
            if mustBreakOff { lose() }
        }

        mutating func finish() {
            lose()
            for number in ledger.refuseWaiting() { end(number, "refused") }
            if !ledger.isEmpty || ledger.nextDeadline != nil { faults.append("something is left") }
            for (number, command) in commands where command.outcome == nil { faults.append("\(number) has no end") }
        }
    }

    @Test("In any order of events every command ends once, in order, and is repeated only when that is safe")
    func histories() {
        let first = SeededGenerator()
        var seeds = first
        for _ in 0..<300 {
            var world = World(SeededGenerator(seed: seeds.next()))
            for _ in 0..<400 { world.step() }
            world.finish()
            #expect(world.faults == [], first.note)
            #expect(world.commands.count > 20, first.note)
        }
    }
}
