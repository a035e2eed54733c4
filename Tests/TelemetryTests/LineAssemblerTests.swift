import TestSupport
import Telemetry
import Testing

@Suite struct LineAssemblerTests {
    private func feed(_ assembler: inout LineAssembler, _ text: String) -> [String] {
        assembler.feed(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("Lines come out when their newline has come in")
    func lines() {
        var assembler = LineAssembler()
        #expect(feed(&assembler, "one\ntw") == ["one"])
        #expect(feed(&assembler, "") == [])
        #expect(feed(&assembler, "o\n\n\nthree") == ["two", "", ""])
        #expect(assembler.finish() == Array("three".utf8))
        #expect(assembler.finish() == nil)
        #expect(feed(&assembler, "four\n") == ["four"])
        #expect(assembler.finish() == nil)
    }

    @Test("A line that is too long is cut, one that just fits is not")
    func cuts() {
        var assembler = LineAssembler(longest: 5)
        #expect(feed(&assembler, "12345\n") == ["12345"])
        #expect(feed(&assembler, "123456\n") == ["12345", "6"])
        #expect(feed(&assembler, "123456789012") == ["12345", "67890"])
        #expect(feed(&assembler, "\n") == ["12"])
        #expect(feed(&assembler, "12345") == [])
        #expect(feed(&assembler, "6") == ["12345"])
        #expect(assembler.finish() == Array("6".utf8))
    }

    @Test("A program that never ends its line takes no more memory than a line")
    func endless() {
        var assembler = LineAssembler()
        var pieces: [[UInt8]] = []
        for _ in 0..<100 { pieces += assembler.feed([UInt8](repeating: 65, count: 10_000)) }
        #expect(pieces.allSatisfy { $0.count == 65_536 })
        #expect(pieces.count == 15)
        #expect(assembler.finish()?.count == 1_000_000 - 15 * 65_536)
    }

    @Test("A cut falls between characters, and what is no UTF-8 passes through")
    func characters() {
        var assembler = LineAssembler(longest: 5)
        #expect(feed(&assembler, "aééé\n") == ["aéé", "é"])
        #expect(feed(&assembler, "aa😀é\n") == ["aa", "😀", "é"])
        let noText: [UInt8] = [0xFF, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80]
        #expect(assembler.feed(noText + [0x0A]) == [Array(noText[..<5]), Array(noText[5...])])
    }

    @Test("How the bytes are cut into pieces makes no difference", arguments: [UInt64.random(in: 0 ... .max)])
    func anyPieces(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                [0x0A, 0x41, 0xC3, 0xA9, 0xFF][Int.random(in: 0..<5, using: &generator)] as UInt8
            }
            // Long enough that nothing is cut: where a cut falls depends on nothing else, but newlines must.
            var whole = LineAssembler(longest: 20)
            let expected = whole.feed(bytes) + [whole.finish()].compactMap(\.self)

            var pieces = LineAssembler(longest: 20)
            var lines: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...rest.count, using: &generator)
                lines += pieces.feed(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            lines += [pieces.finish()].compactMap(\.self)
            #expect(lines == expected, "seed \(seed)")
        }
    }
}
