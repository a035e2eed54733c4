import Basics
import Testing

@Suite struct IdentifiersTests {
    @Test("Bytes become two lower-case digits each")
    func digits() {
        #expect(hexadecimal([0x00, 0x0F, 0xA5, 0xFF]) == "000fa5ff")
        #expect(hexadecimal([UInt8]()) == "")
    }

    @Test("Digits in either case become the numbers they stand for, and nothing else does")
    func values() {
        for number in UInt8(0)..<16 { #expect(hexadecimalValue(hexadecimalDigit(number)) == number) }
        #expect("ABCDEF".utf8.map(hexadecimalValue) == [10, 11, 12, 13, 14, 15])
        #expect("/:@G`g -+".utf8.allSatisfy { hexadecimalValue($0) == nil })
    }

    @Test("Random bits that are kept ready come once, to whoever asks, from many threads at once")
    func buffered() async {
        let drawn = await withTaskGroup(of: [UInt64].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var generator = BufferedRandom()
                    return (0..<1000).map { _ in generator.next() }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(drawn).count == 8000)
        // Each of the 64 bits is set in about half of them: ten deviations of 45 lie between these.
        for bit in 0..<64 { #expect((3550...4450).contains(drawn.count { $0 >> bit & 1 == 1 })) }
    }

    @Test("A random identifier has the asked length and never comes twice")
    func random() {
        let identifiers = (0..<500).map { _ in RandomIdentifier.hex(bytes: 16) }
        #expect(Set(identifiers).count == 500)
        #expect(identifiers.allSatisfy { $0.count == 32 })
        #expect(Set(identifiers.joined()) == Set("0123456789abcdef"))
    }
}
