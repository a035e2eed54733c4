import Basics
@testable import JSONText
import Testing

@Suite struct TruncationTests {
    @Test(
        "A text that is cut at any byte is refused, and nothing behind its last byte is read", arguments: Corpus.sound)
    func everyByte(text: String) throws {
        let bytes = Array(text.utf8)
        let reader = JSONReader()
        for count in 0...bytes.count {
            let guarded = try GuardedBytes(Array(bytes.prefix(count)))
            var fault: JSONFault?
            do throws(JSONFault) { _ = try reader.read(JSON.self, from: guarded.suffix(from: 0).span) } catch {
                fault = error
            }
            if fault == nil {
                expectWhole(bytes, count)
            } else if let fault {
                #expect((0...count).contains(fault.position.offset))
            }
        }
    }

    /// A number may be cut and still be one; whatever else is cut is no JSON any more, unless only space was lost.
    private func expectWhole(_ bytes: [UInt8], _ count: Int) {
        let lost = bytes.dropFirst(count)
        let isNumber = bytes.first.map { $0 == 0x2D || (0x30...0x39).contains($0) } ?? false
        #expect(isNumber || lost.allSatisfy { $0 == 0x20 || $0 == 0x0A }, "\(count) bytes were accepted")
    }

    @Test("Texts of every length around simdjson's blocks are read to the last byte and no further")
    func lengths() throws {
        for count in 0..<200 {
            for text in [
                "\"\(String(repeating: "a", count: count))\"", String(repeating: "7", count: count + 1),
                "[\(String(repeating: " ", count: count))]", "\"\(String(repeating: "\\n", count: count))\"",
                "[\(String(repeating: "0,", count: count))1]",
            ] {
                let guarded = try GuardedBytes(Array(text.utf8))
                try JSONReader().read(from: guarded.suffix(from: 0).span) { json in
                    #expect(json.source == Array(text.utf8))
                }
            }
        }
    }

    @Test("A text may begin at any address")
    func alignment() throws {
        for text in Corpus.sound {
            for offset in 0..<16 {
                let guarded = try GuardedBytes(Array(repeating: 0x5B, count: offset) + Array(text.utf8))
                #expect(throws: Never.self) { try JSONReader().read(from: guarded.suffix(from: offset).span) { _ in } }
            }
        }
    }
}
