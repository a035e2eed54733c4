import Basics
import Testing

@Suite struct IdentifiersTests {
    @Test("Bytes become two lower-case digits each")
    func digits() {
        #expect(hexadecimal([0x00, 0x0F, 0xA5, 0xFF]) == "000fa5ff")
        #expect(hexadecimal([UInt8]()) == "")
    }

    @Test("A random identifier has the asked length and never comes twice")
    func random() {
        let identifiers = (0..<500).map { _ in RandomIdentifier.hex(bytes: 16) }
        #expect(Set(identifiers).count == 500)
        #expect(identifiers.allSatisfy { $0.count == 32 })
        #expect(Set(identifiers.joined()) == Set("0123456789abcdef"))
    }
}
