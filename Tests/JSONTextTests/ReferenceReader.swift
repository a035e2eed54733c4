import Basics

/// A reader of the plainest kind, which knows nothing of the room's own two ways to read: what all three agree on is
/// likely right.
///
/// It keeps members that stand twice, and refuses numbers beyond every `Double`.
struct ReferenceReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    /// Why a text is no JSON.
    struct Refusal: Error {
        var why: String
        var offset: Int
    }

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads one text, nested to 128 levels.
    static func tree(_ text: String) throws(Refusal) -> JSON {
        var reader = ReferenceReader(Array(text.utf8))
        let value = try reader.value()
        reader.skipSpace()
        guard reader.position == reader.bytes.count else { throw reader.fault("nothing may follow the value") }
        return value
    }

    private func fault(_ why: String) -> Refusal { Refusal(why: why, offset: position) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(Refusal) -> JSON {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object(try members())
        case UInt8(ascii: "["): return .array(try elements())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case .some(let byte) where byte == UInt8(ascii: "-") || isDigit(byte): return try number()
        case .some: throw fault("a value cannot begin like this")
        case nil: throw fault("the text ends where a value should stand")
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws(Refusal) -> JSON {
        guard bytes[position...].starts(with: word.utf8) else { throw fault("a value cannot begin like this") }
        position += word.utf8.count
        return value
    }

    private mutating func list<Element>(
        close: Unicode.Scalar, _ element: (inout ReferenceReader) throws(Refusal) -> Element
    ) throws(Refusal) -> [Element] {
        position += 1
        depth += 1
        guard depth <= 128 else { throw fault("it is nested deeper than 128 levels") }
        defer { depth -= 1 }
        skipSpace()
        if take(close) { return [] }
        var list: [Element] = []
        repeat {
            list.append(try element(&self))
            skipSpace()
        } while take(",")
        guard take(close) else { throw fault("a comma or \"\(close)\" is missing") }
        return list
    }

    private mutating func elements() throws(Refusal) -> [JSON] {
        try list(close: "]") { reader throws(Refusal) in try reader.value() }
    }

    private mutating func members() throws(Refusal) -> [JSON.Member] {
        try list(close: "}") { reader throws(Refusal) in
            reader.skipSpace()
            guard reader.next == UInt8(ascii: "\"") else { throw reader.fault("a member needs a name in quotes") }
            let name = try reader.string()
            reader.skipSpace()
            guard reader.take(":") else { throw reader.fault("a colon is missing after a member's name") }
            return JSON.Member(name, try reader.value())
        }
    }

    private mutating func number() throws(Refusal) -> JSON {
        let start = position
        _ = take("-")
        let zero = next == UInt8(ascii: "0")
        guard let whole = digits(), !(zero && whole > 1) else { throw fault("a number is written wrongly") }
        var isInteger = true
        if take(".") {
            isInteger = false
            guard digits() != nil else { throw fault("digits are missing after the point") }
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            guard digits() != nil else { throw fault("digits are missing in the exponent") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let number = Int(text) { return .integer(number) }
        guard let number = Double(text), number.isFinite else { throw fault("a number is too large") }
        return .number(number)
    }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private mutating func digits() -> Int? {
        let start = position
        while let byte = next, isDigit(byte) { position += 1 }
        return position > start ? position - start : nil
    }

    private mutating func string() throws(Refusal) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: text, as: UTF8.self) else { throw fault("a text is not UTF-8") }
                return text
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw fault("a control character must be escaped")
            default: text.append(byte)
            }
        }
        throw fault("a text has no closing quote")
    }

    private mutating func escape(into text: inout [UInt8]) throws(Refusal) {
        guard let byte = next else { throw fault("the text ends in an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += Array(String(try scalar()).utf8)
        default: throw fault("there is no such escape")
        }
    }

    /// A `\u` escape, or a pair of them for what lies outside the basic plane.
    private mutating func scalar() throws(Refusal) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, take("\\"), take("u") else { throw fault("half of a surrogate pair is missing") }
        let second = try codeUnit()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw fault("half of a surrogate pair is missing") }
        return scalar
    }

    private mutating func codeUnit() throws(Refusal) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("four hexadecimal digits are missing")
            }
            value = value << 4 + UInt32(digit)
            position += 1
        }
        return value
    }
}
