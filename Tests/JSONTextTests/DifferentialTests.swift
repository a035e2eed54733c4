import Basics
@testable import JSONText
import TestSupport
import Testing

/// Three readers that know nothing of one another agree: this room's fast way, its `Examiner`, and `ReferenceReader`.
@Suite struct DifferentialTests {
    @Test("Random values are read as they were meant, however they are written")
    func values() throws {
        var random = RandomText(generator: SeededGenerator())
        let reader = JSONReader()
        for _ in 0..<300 {
            let value = random.value()
            let text = random.text(of: value)
            let tree = try reader.tree(from: Array(text.utf8))
            #expect(tree == value, random.generator.note)
            #expect(try ReferenceReader.tree(text) == tree, random.generator.note)
        }
    }

    @Test("What the appender writes is read as the same value by both readers")
    func roundTrip() throws {
        var random = RandomText(generator: SeededGenerator())
        for _ in 0..<300 {
            let value = random.value()
            let bytes = JSONAppender.bytes(of: value)
            #expect(try JSONReader().tree(from: bytes) == value, random.generator.note)
            #expect(try ReferenceReader.tree(String(decoding: bytes, as: UTF8.self)) == value, random.generator.note)
        }
    }

    @Test("Damaged texts are judged alike by all, with every kind of instructions, and nothing is read beyond them")
    func damage() throws {
        var random = RandomText(generator: SeededGenerator())
        let indexers = StructuralIndexer.instructions.compactMap { StructuralIndexer(instructions: $0) }
        #expect(indexers.count > 1)
        let rules = JSONRules(depthMax: 64, duplicates: .firstCounts)
        let end = ContinuousClock.now + Corpus.fuzzTime
        var index = 0
        while index < 4000 || ContinuousClock.now < end {
            index += 1
            let source = index % 2 == 0 ? random.text(of: random.value()) : Corpus.sound[index % Corpus.sound.count]
            let guarded = try GuardedBytes(random.damage(Array(source.utf8)))
            let bytes = guarded.suffix(from: 0)
            let examined = Examiner.firstFault(in: bytes, rules)
            for indexer in indexers {
                #expect(judgement(indexer, bytes, rules) == examined, random.generator.note)
            }
            expectLikeReference(Array(bytes), examined, random.generator)
            try expectReadable(bytes, rules, isSound: examined == nil, random.generator)
        }
    }

    private func judgement(
        _ indexer: StructuralIndexer, _ bytes: UnsafeBufferPointer<UInt8>, _ rules: JSONRules
    ) -> JSONFault? {
        do throws(JSONFault) { _ = try indexer.tokens(of: bytes, rules) } catch { return error }
        return nil
    }

    /// The reference refuses numbers that are too large for it, and has a depth of its own.
    private func expectLikeReference(_ bytes: [UInt8], _ fault: JSONFault?, _ generator: SeededGenerator) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            #expect(fault != nil, generator.note)
            return
        }
        do throws(ReferenceReader.Refusal) {
            let tree = try ReferenceReader.tree(text)
            #expect(fault == nil || fault?.code == .tooDeep, generator.note)
            // Where no member stands twice, the values are the same, too.
            if let read = try? JSON(reading: text) { #expect(read == tree, generator.note) }
        } catch {
            #expect(fault != nil || error.why == "a number is too large", generator.note)
        }
    }

    /// A sound text can be walked in every way; what it says is then the same as what is written of it.
    private func expectReadable(
        _ bytes: UnsafeBufferPointer<UInt8>, _ rules: JSONRules, isSound: Bool, _ generator: SeededGenerator
    ) throws {
        let reader = JSONReader(rules)
        do throws(JSONFault) {
            let tree = try reader.read(JSON.self, from: bytes.span)
            #expect(isSound, generator.note)
            let again = try reader.tree(from: JSONAppender.bytes(of: tree))
            #expect(again == tree, generator.note)
        } catch {
            #expect(!isSound || error.code == .outOfRange, generator.note)
        }
    }

    @Test("Bytes at random never make it stumble")
    func noise() {
        var random = RandomText(generator: SeededGenerator())
        for _ in 0..<2000 {
            let count = Int.random(in: 0...150, using: &random.generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0 ... .max, using: &random.generator) }
            let isSound = firstFault(in: bytes) == nil
            #expect(isSound == isReadByReference(bytes), random.generator.note)
        }
    }

    private func isReadByReference(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        return (try? ReferenceReader.tree(text)) != nil
    }
}
