@testable import Telemetry
import Testing

@Suite struct AtomicDoubleTests {
    @Test("A change that somebody else came in between of is made again, so that neither is lost")
    func interleaved() {
        let number = AtomicDouble(1)
        var seen: [Double] = []
        number.update { value in
            if seen.isEmpty { number.update { $0 + 10 } }
            seen.append(value)
            return value + 100
        }
        #expect(number.value == 111)
        #expect(seen.first == 1)
        #expect(seen.last == 11)
    }

    @Test(
        "Every number is kept bit by bit",
        arguments: [0, -0.0, 0.1, -1e300, .infinity, .leastNonzeroMagnitude] as [Double])
    func exact(value: Double) {
        let number = AtomicDouble()
        number.store(value)
        #expect(number.value.bitPattern == value.bitPattern)
    }
}
