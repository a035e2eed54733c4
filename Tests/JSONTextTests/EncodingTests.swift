import JSONText
import Testing

/// UTF-8 after RFC 3629, wherever it stands in a block of simdjson's.
@Suite struct EncodingTests {
    @Test("Two and three bytes are accepted in a text exactly when they are UTF-8")
    func everyPair() {
        for first in UInt8(0x80)...0xFF {
            for second in stride(from: 0x40, through: 0xFF, by: 1).map({ UInt8($0) }) {
                for third: UInt8? in [nil, 0x7F, 0x80, 0xBF, 0xC0] {
                    expectJudged([first, second] + (third.map { [$0] } ?? []))
                }
            }
        }
    }

    @Test("Four bytes are accepted in a text exactly when they are UTF-8")
    func four() {
        for first in UInt8(0xEF)...0xF8 {
            for second: UInt8 in [0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0] {
                for third: UInt8 in [0x41, 0x80, 0xBF, 0xC0] {
                    for fourth: UInt8 in [0x41, 0x80, 0xBF, 0xC0] { expectJudged([first, second, third, fourth]) }
                }
            }
        }
    }

    private func expectJudged(_ sequence: [UInt8]) {
        let isText =
            String(validating: sequence, as: UTF8.self) != nil && !sequence.contains { $0 == 0x22 || $0 == 0x5C }
        guard !sequence.contains(0x22), !sequence.contains(0x5C) else { return }
        let fault = firstFault(in: [0x22] + sequence + [0x22])
        guard (fault == nil) != isText || (!isText && fault?.code != .notUTF8) else { return }
        Issue.record(
            "\(sequence) is \(isText ? "UTF-8" : "not UTF-8"), and the reader says \(String(describing: fault))")
    }

    @Test("A broken sequence is found at every place of a block", arguments: [0xFF, 0xC0, 0x80, 0xED, 0xF5] as [UInt8])
    func everyPlace(byte: UInt8) throws {
        for count in 0..<140 {
            let text = [0x22] + [UInt8](repeating: 0x61, count: count) + [byte] + Array("tail\"".utf8)
            let fault = try #require(firstFault(in: text))
            #expect(fault.code == .notUTF8 && fault.position.offset == count + 1)
        }
    }

    @Test("Bytes that are not UTF-8 are refused outside of texts, too")
    func outside() {
        #expect(firstFault(in: [0xFF])?.code == .notUTF8)
        #expect(firstFault(in: [0x5B, 0x31, 0xC3, 0x5D]) != nil)
        #expect(firstFault(in: [0xFF, 0xFE, 0x31, 0x00])?.code == .notUTF8)
    }
}
