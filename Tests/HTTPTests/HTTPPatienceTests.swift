import Testing

@testable import HTTP

@Suite struct HTTPPatienceTests {
    @Test("Waiting uses patience up, and bytes give it back, never more than there was")
    func spent() {
        var patience = HTTPPatience(.seconds(30), rate: 1000)
        patience.received(0, after: .seconds(10))
        #expect(patience.left == .seconds(20))
        patience.received(5000, after: .seconds(1))
        #expect(patience.left == .seconds(24))
        patience.received(1_000_000, after: .seconds(1))
        #expect(patience.left == .seconds(30))
        patience.received(1, after: .seconds(40))
        #expect(patience.left == .zero)
    }

    @Test("Who drips is given up, who is fast enough never")
    func rates() {
        func isServed(_ bytes: Int) -> Bool {
            var patience = HTTPPatience(.seconds(30), rate: 1000)
            for _ in 0..<1000 where patience.left > .zero { patience.received(bytes, after: .seconds(1)) }
            return patience.left > .zero
        }
        #expect(!isServed(900) && isServed(1000))
    }
}
