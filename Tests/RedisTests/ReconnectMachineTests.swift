import TestSupport
import Testing

@testable import Redis

@Suite struct ReconnectMachineTests {
    private let backOff = RedisBackOff(
        shortest: .milliseconds(100), longest: .seconds(1), steadyAfter: .seconds(10))

    private func machine(after events: ReconnectMachine.Event...) -> ReconnectMachine {
        var machine = ReconnectMachine(backOff)
        for event in [.start] + events { _ = machine.handle(event, spread: 1) }
        return machine
    }

    @Test("Each failure doubles the pause up to the longest")
    func doubling() {
        var machine = machine()
        let pauses = (0..<6).map { _ in
            let action = machine.handle(.failed, spread: 1)
            #expect(machine.handle(.pauseOver, spread: 1) == .connect)
            return action
        }
        let expected = [100, 200, 400, 800, 1000, 1000]
        #expect(pauses == expected.map { .pause(.milliseconds($0)) })
    }

    @Test("Chance shortens a pause to no less than half")
    func spread() {
        #expect(backOff.pause(afterFailures: 1, spread: 0) == .milliseconds(50))
        #expect(backOff.pause(afterFailures: 1, spread: 0.5) == .milliseconds(75))
        #expect(backOff.pause(afterFailures: 1_000_000, spread: 1) == .seconds(1))
    }

    @Test("A connection that had held is made anew at once, and the failures are forgotten")
    func steady() {
        var machine = machine(after: .failed, .pauseOver, .opened)
        #expect(machine.handle(.lost(after: .seconds(10)), spread: 1) == .connect)
        #expect(machine.handle(.failed, spread: 1) == .pause(.milliseconds(100)))
    }

    @Test("A server that hangs up again and again is not stormed")
    func flapping() {
        var machine = machine(after: .opened)
        var pauses: [ReconnectMachine.Action] = []
        for _ in 0..<3 {
            pauses.append(machine.handle(.lost(after: .milliseconds(1)), spread: 1))
            _ = machine.handle(.pauseOver, spread: 1)
            _ = machine.handle(.opened, spread: 1)
        }
        #expect(pauses == [100, 200, 400].map { .pause(.milliseconds($0)) })
    }

    @Test("Whatever happens in whatever order, it never connects twice at a time and rests once closed")
    func anyOrder() {
        var random = SeededGenerator()
        for _ in 0..<500 {
            var machine = ReconnectMachine(backOff)
            var attempts = 0
            var isPausing = false
            var isClosed = false
            for _ in 0..<200 {
                let events: [ReconnectMachine.Event] = [
                    .start, .opened, .failed, .lost(after: .seconds(Int.random(in: 0...20, using: &random))),
                    .pauseOver, .failed, .pauseOver,
                    Int.random(in: 0..<40, using: &random) == 0 ? .close : .pauseOver,
                ]
                let event = events[Int.random(in: events.indices, using: &random)]
                // An end of what does not exist comes too late.
                let before = machine.state
                let action = machine.handle(event, spread: .random(in: 0...1, using: &random))
                if event == .failed && before == .connecting || isLost(event) && before == .up { attempts -= 1 }
                switch action {
                case .connect:
                    attempts += 1
                    isPausing = false
                case .pause(let length):
                    #expect(!isPausing && length <= backOff.longest && length >= backOff.shortest / 2, random.note)
                    isPausing = true
                case .hangUp:
                    #expect(!isClosed, random.note)
                    isClosed = true
                    attempts = 0
                case .nothing: break
                }
                #expect(attempts == (isClosed || isPausing || machine.state == .resting ? 0 : 1), random.note)
                #expect(!isClosed || machine.state == .closed, random.note)
            }
        }
    }

    private func isLost(_ event: ReconnectMachine.Event) -> Bool { if case .lost = event { true } else { false } }
}
