import Glibc
import TestSupport
import Testing

@testable import Redis

/// What no server would say: the parser behind it is C, and a mistake there is worse than a wrong answer.
@Suite struct ReplyFuzzTests {
    /// What a reader made of some bytes.
    private struct Outcome: Equatable {
        var replies: [RedisValue] = []
        var fault: ReplyFault?
    }

    /// Feeds the bytes in the pieces whose lengths `next` gives.
    private func outcome(_ bytes: [UInt8], _ reader: ReplyReader, pieces next: () -> Int) -> Outcome {
        var outcome = Outcome()
        var rest = bytes[...]
        while !rest.isEmpty && outcome.fault == nil {
            let piece = rest.prefix(next())
            rest = rest.dropFirst(piece.count)
            do throws(ReplyFault) {
                try reader.feed(Array(piece)) { reply in
                    outcome.replies.append(reply)
                    return true
                }
            } catch {
                outcome.fault = error
            }
        }
        return outcome
    }

    private func noise(_ random: inout SeededGenerator) -> [UInt8] {
        let likely = Array("+-:$*\r\n0123456789 OK".utf8)
        return (0..<Int.random(in: 1...60, using: &random)).map { _ in
            let isLikely = Bool.random(using: &random)
            return isLikely ? likely.randomElement(using: &random) ?? 0 : .random(in: 0...255, using: &random)
        }
    }

    private func damaged(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes = (0..<Int.random(in: 1...5, using: &random)).flatMap { _ in
            RandomReply.encoded(RandomReply.reply(&random))
        }
        let signs = Array("+-:$*\r\n0199".utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0...3, using: &random) {
            case 0: bytes.remove(at: place)
            case 1: bytes.insert(signs.randomElement(using: &random) ?? 0, at: place)
            case 2: bytes[place] = .random(in: 0...255, using: &random)
            default: bytes[place] = signs.randomElement(using: &random) ?? 0
            }
        }
        return bytes
    }

    @Test("Damaged replies are refused or read, in the same way however they are cut, and a refusal is for good")
    func damage() {
        var random = SeededGenerator()
        // Said beforehand, because a parser that is overrun leaves no other word.
        print("replies are damaged with TEST_SEED=\(random.seed)")
        let seconds = getenv("PARLOR_FUZZ_SECONDS").flatMap { Int(String(cString: $0)) } ?? 0
        let end = ContinuousClock.now + .seconds(seconds)
        repeat {
            for _ in 0..<2000 {
                let bytes = Bool.random(using: &random) ? noise(&random) : damaged(&random)
                let (whole, cut) = (ReplyReader(bytesMax: 1 << 20), ReplyReader(bytesMax: 1 << 20))
                let expected = outcome(bytes, whole) { bytes.count }
                let found = outcome(bytes, cut) { Int.random(in: 1...9, using: &random) }
                #expect(found == expected, random.note)
                guard expected.fault != nil else { continue }
                #expect(throws: ReplyFault.self, random.note) { try whole.feed(Array("+OK\r\n".utf8)) { _ in true } }
            }
        } while ContinuousClock.now < end
    }
}
