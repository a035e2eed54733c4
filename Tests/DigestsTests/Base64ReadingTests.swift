import Digests
import TestSupport
import Testing

@Suite struct Base64ReadingTests {
    @Test("Every text that was written is read as the bytes that it was made of")
    func roundTrip() {
        var generator = SeededGenerator()
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(Base64.bytes(Base64.text(bytes)) == bytes, generator.note)
        }
    }

    @Test(
        "What is not such a text is not read",
        arguments: ["A", "AA", "AAA", "A===", "====", "AA=A", "AB==", "AAB=", "A-_A", "AAAA\n", "AA A", "ÄÄ"])
    func refused(text: String) { #expect(Base64.bytes(text) == nil) }
}
