import Basics
import TestSupport

/// Random values, random ways to write them, and random damage.
struct RandomText {
    var generator: SeededGenerator

    private static let strings = [
        "", "a", "id", "héé", "日本", "😀", "\"", "\\", "\n\r\t", "\u{8}\u{C}\u{0}", "</script>", "\u{2028}", "\u{7F}",
        "a longer text that needs memory of its own", "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTRB",
    ]

    mutating func value(depth: Int = 0) -> JSON {
        switch Int.random(in: 0..<(depth < 5 ? 8 : 6), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .integer(.random(in: -1000...1000, using: &generator))
        case 3: return .integer(.random(in: .min ... .max, using: &generator))
        case 4: return .number(number())
        case 5: return .string(string())
        case 6: return .array((0..<Int.random(in: 0...6, using: &generator)).map { _ in value(depth: depth + 1) })
        default: return .object(members(depth: depth))
        }
    }

    private mutating func members(depth: Int) -> [JSON.Member] {
        var names: Set<String> = []
        return (0..<Int.random(in: 0...20, using: &generator)).compactMap { index in
            let name = string() + (index % 3 == 0 ? "" : "\(index)")
            return names.insert(name).inserted ? JSON.Member(name, value(depth: depth + 4)) : nil
        }
    }

    private mutating func number() -> Double {
        let number = Double(bitPattern: .random(in: 0 ... .max, using: &generator))
        return number.isFinite ? number : 0.5
    }

    mutating func string() -> String {
        let parts = Int.random(in: 0...3, using: &generator)
        return (0..<parts).map { _ in RandomText.strings.randomElement(using: &generator) ?? "" }.joined()
    }

    /// The value as somebody else might write it, with escapes and white space where they are not needed.
    mutating func text(of value: JSON) -> String {
        switch value {
        case .array(let elements): "[\(elements.map { space() + text(of: $0) + space() }.joined(separator: ","))]"
        case .object(let members):
            "{\(members.map { space() + quoted($0.name) + space() + ":" + space() + text(of: $0.value) }.joined(separator: ","))}"
        case .string(let text): quoted(text)
        default: value.compact
        }
    }

    private mutating func space() -> String {
        guard Int.random(in: 0..<4, using: &generator) == 0 else { return "" }
        return [" ", "\n", "\t", "\r\n", "    ", String(repeating: " ", count: 70)].randomElement(using: &generator)
            ?? ""
    }

    private mutating func quoted(_ text: String) -> String {
        let isPlain = Bool.random(using: &generator)
        let units = text.utf16.map { unit -> String in
            let hexadecimal = String(unit, radix: 16, uppercase: Bool.random(using: &generator))
            return "\\u" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
        }
        return isPlain ? JSON.string(text).compact : "\"\(units.joined())\""
    }

    /// Bytes that JSON cares about.
    private static let telling =
        Array("{}[]:,\"\\u0123456789.eE+-tfn \n\t/\u{1}\u{C}\u{1A}".utf8) + [0x80, 0xC3, 0xED, 0xF0, 0xFF, 0]

    /// Some bytes changed, lost, doubled, swapped or added.
    mutating func damage(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            guard !bytes.isEmpty else { break }
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            let other = Int.random(in: 0..<bytes.count, using: &generator)
            let byte = RandomText.telling.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<7, using: &generator) {
            case 0: bytes[place] = byte
            case 1: bytes.insert(byte, at: place)
            case 2: bytes.remove(at: place)
            case 3: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            case 4: bytes.swapAt(place, other)
            case 5:
                bytes.insert(
                    contentsOf: bytes[min(place, other)..<min(max(place, other), min(place, other) + 80)], at: place)
            default: bytes.removeSubrange(min(place, other)..<min(max(place, other), min(place, other) + 20))
            }
        }
        return bytes
    }
}
