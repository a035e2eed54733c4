import TestSupport
import Testing

@testable import FaultTestSupport

@Suite struct DelayLineTests {
    private let start = ContinuousClock.now

    @Test("A frame arrives when its delay is over, and not before")
    func delay() {
        var line = DelayLine(delay: .milliseconds(20))
        #expect(line.next == nil && line.due(start).isEmpty)
        line.take([1], at: start)
        line.take([2], at: start + .milliseconds(5))
        #expect(line.next == start + .milliseconds(20))
        #expect(line.due(start + .microseconds(19_999)).isEmpty)
        #expect(line.due(start + .milliseconds(20)) == [[1]])
        #expect(line.next == start + .milliseconds(25))
        #expect(line.due(start + .seconds(1)) == [[2]])
        #expect(line.next == nil && line.bytes == 0)
    }

    @Test("A change of the delay holds for what is under way, and nothing is overtaken")
    func change() {
        var line = DelayLine(delay: .seconds(3600))
        line.take([1], at: start)
        line.delay = .milliseconds(1)
        line.take([2], at: start + .milliseconds(2))
        #expect(line.next == start + .milliseconds(1))
        #expect(line.due(start + .milliseconds(3)) == [[1], [2]])
    }

    @Test("A full line loses what comes last")
    func full() {
        var line = DelayLine(delay: .seconds(1), bytesMax: 3)
        for frame: [UInt8] in [[1, 1], [2, 2], [3]] { line.take(frame, at: start) }
        #expect(line.due(start + .seconds(1)) == [[1, 1], [3]])
        line.take([4, 4, 4], at: start + .seconds(1))
        #expect(line.bytes == 3)
    }

    @Test("Whatever the delays, all frames arrive once, in their order and never too early")
    func order() {
        var generator = SeededGenerator()
        var line = DelayLine()
        var (now, sent, arrived) = (start, [ContinuousClock.Instant](), 0)
        for _ in 0..<2000 {
            now = now.advanced(by: .microseconds(Int.random(in: 0...900, using: &generator)))
            if Int.random(in: 0..<50, using: &generator) == 0 {
                line.delay = .milliseconds(Int.random(in: 0...20, using: &generator))
            }
            line.take([UInt8(truncatingIfNeeded: sent.count)], at: now)
            sent.append(now)
            for frame in line.due(now) {
                #expect(frame == [UInt8(truncatingIfNeeded: arrived)], generator.note)
                #expect(sent[arrived] + line.delay <= now, generator.note)
                arrived += 1
            }
        }
        #expect(line.due(now + .seconds(1)).count == sent.count - arrived, generator.note)
    }
}
