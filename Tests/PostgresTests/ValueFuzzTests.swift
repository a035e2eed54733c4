import Basics
import Glibc
import TestSupport
import Testing

@testable import Postgres

/// A decoder with an encoder behind it, and bytes to begin with.
private struct Codec: Sendable {
    let name: String
    let type: PostgresType
    let sample: [UInt8]
    /// Nil for what cannot be read, else what it is written as again.
    let pass: @Sendable ([UInt8], PostgresType) -> [UInt8]?

    init<Value: PostgresCodable>(_ value: Value, as type: PostgresType = Value.postgresType) {
        name = "\(Value.self)"
        self.type = type
        sample = Codec.bytes(value) ?? []
        pass = { bytes, type in (try? Value.read(copied: bytes, type: type)).flatMap { Codec.bytes($0) } }
    }

    private static func bytes(_ value: some PostgresEncodable) -> [UInt8]? {
        var writer = PostgresWriter()
        guard (try? value.encode(into: &writer)) != nil else { return nil }
        return writer.bytes
    }
}

private enum Mood: String, PostgresEnumeration { case calm, busy }

@Suite struct ValueFuzzTests {
    private static let codecs: [Codec] = {
        var record = PostgresRecord()
        try? record.append(7)
        try? record.append("salon")
        try? record.append(nil as Bool?)
        let day = PostgresDate(days: 9000)
        return [
            Codec(7), Codec(Int16(-7)), Codec(Int32(7)), Codec(UInt32(7)), Codec(0.1), Codec(Float(0.1)), Codec(true),
            Codec("salon", as: .text), Codec(Mood.calm, as: .text), Codec(PostgresJSON("{\"a\":1}")),
            Codec([1, 2, 3] as [UInt8]), Codec(PostgresUUID(high: 1, low: 2)), Codec(Timestamp(seconds: 1_700_000_000)),
            Codec(day), Codec(PostgresTime(hour: 9, minute: 30)), Codec(PostgresInterval(months: 1, days: 2)),
            Codec(PostgresNumeric(unscaled: 123_456_789, scale: 5)), Codec(PostgresNumeric.notANumber),
            Codec(PostgresRange(1..<9)), Codec(PostgresRange.between(.including(day), .unbounded)),
            Codec(PostgresRange<PostgresNumeric>.between(.including(1), .excluding(2))),
            Codec([1, nil, 3] as [Int?]), Codec(["a", "b"], as: PostgresType(oid: 1009)),
            Codec(PostgresArray([1, 2, 3, 4, 5, 6], dimensions: [.init(count: 2), .init(count: 3, first: -1)])),
            Codec([[1, 2], [3]] as [[UInt8]]), Codec([PostgresRange(1..<9)]),
            Codec(PostgresMultirange([PostgresRange(1..<9), PostgresRange(12..<13)])), Codec(record, as: .record),
        ]
    }()

    @Test("Every value is written as it was read")
    func samples() {
        for codec in Self.codecs { #expect(codec.pass(codec.sample, codec.type) == codec.sample, "\(codec.name)") }
    }

    @Test("Random and damaged bytes are refused or read, and what was read stays the same")
    func damage() {
        var generator = SeededGenerator()
        // Said beforehand, because a decoder that traps leaves no other word.
        print("values are damaged with TEST_SEED=\(generator.seed)")
        let types = PostgresType.all.flatMap { [$0.type, $0.array].compactMap(\.self) } + [PostgresType(oid: 70_000)]
        let deadline = ContinuousClock.now + .seconds(Self.seconds)
        var rounds = 0
        while rounds < 400 || .now < deadline {
            rounds += 1
            for codec in Self.codecs {
                let isOwnType = Bool.random(using: &generator)
                let type = isOwnType ? codec.type : types.randomElement(using: &generator) ?? codec.type
                let bytes = damaged(codec.sample, &generator)
                guard let once = codec.pass(bytes, type) else { continue }
                #expect(codec.pass(once, codec.type) == once, generator.note)
            }
        }
    }

    /// How long values are damaged, at the least.
    private static let seconds = getenv("PARLOR_FUZZ_SECONDS").flatMap { Int(String(cString: $0)) } ?? 0

    private func damaged(_ sample: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = sample
        let extremes: [UInt8] = [0x00, 0x01, 0x7f, 0x80, 0xff]
        switch Int.random(in: 0..<6, using: &generator) {
        case 0:
            bytes = (0..<Int.random(in: 0..<64, using: &generator)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
        case 1: bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
        case 2: bytes += [0]
        default:
            for _ in 0..<Int.random(in: 1..<5, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = extremes.randomElement(using: &generator) ?? 0
            }
        }
        return bytes
    }

    @Test("A text is read whatever its length and wherever a character stands, but for zero bytes and broken UTF-8")
    func texts() throws {
        func read(_ bytes: [UInt8]) throws -> String { try String.read(copied: bytes, type: .text) }
        for length in 0..<34 {
            let plain = (0..<length).map { UInt8($0 % 0x7F) + 1 }
            let text = try read(plain)
            #expect(Array(text.utf8) == plain)
            for place in 0...length {
                let accented = plain[..<place] + [0xC3, 0xA9] + plain[place...]
                let whole = try read(Array(accented))
                #expect(Array(whole.utf8) == Array(accented))
                for wrong in [0x00, 0x80, 0xC3, 0xFF] as [UInt8] {
                    #expect(throws: PostgresValueFault.self) {
                        try read(plain[..<place] + [wrong] + plain[place...])
                    }
                }
            }
        }
    }

    @Test("An array that claims more than it holds is refused before room is made for it")
    func greedyArray() {
        var writer = PostgresWriter()
        writer.write(integer: Int32(2))
        writer.write(integer: Int32(0))
        writer.write(integer: PostgresType.int8.oid)
        for _ in 0..<2 {
            writer.write(integer: Int32.max)
            writer.write(integer: Int32(1))
        }
        let bytes = writer.bytes
        #expect(throws: PostgresValueFault.truncated) {
            try PostgresArray<Int>.read(copied: bytes, type: PostgresType(oid: 1016))
        }
    }
}
