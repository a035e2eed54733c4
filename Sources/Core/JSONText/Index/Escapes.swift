import Glibc

/// The backslash escapes inside of a text.
enum Escapes {
    /// How an escape breaks the grammar, and at which byte.
    struct Complaint: Error {
        let offset: Int
        let what: StaticString

        init(_ offset: Int, _ what: StaticString) {
            self.offset = offset
            self.what = what
        }
    }

    /// Where the first backslash stands from `start` on; `end` when there is none.
    static func firstBackslash(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
        if end - start >= 32, let base = UnsafeRawPointer(bytes.baseAddress) {
            guard let found = memchr(base + start, 0x5C, end - start) else { return end }
            return UnsafeRawPointer(found) - base
        }
        var position = start
        let raw = UnsafeRawBufferPointer(bytes)
        // Eight at a time: a byte of `eight` is zero where a backslash stands.
        while end - position >= 8 {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let eight = word ^ 0x5C5C_5C5C_5C5C_5C5C
            let zeros = (eight &- 0x0101_0101_0101_0101) & ~eight & 0x8080_8080_8080_8080
            if zeros != 0 { return position + zeros.trailingZeroBitCount / 8 }
            position += 8
        }
        while position < end, bytes[position] != UInt8(ascii: "\\") { position += 1 }
        return position
    }

    /// Checks the escape at `position`, which is a backslash: where it ends. A pair of surrogates is one escape.
    static func end(
        ofEscapeAt position: Int, in bytes: UnsafeBufferPointer<UInt8>, limit: Int
    ) -> Result<Int, Complaint> {
        guard position + 1 < limit else { return .failure(Complaint(limit, "the text ends in an escape")) }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return .success(position + 2)
        case UInt8(ascii: "u"): return end(ofUnicodeEscapeAt: position, in: bytes, limit: limit)
        default: return .failure(Complaint(position + 1, "there is no such escape"))
        }
    }

    private static func end(
        ofUnicodeEscapeAt position: Int, in bytes: UnsafeBufferPointer<UInt8>, limit: Int
    ) -> Result<Int, Complaint> {
        switch codeUnit(at: position + 2, in: bytes, limit: limit) {
        case .failure(let complaint): return .failure(complaint)
        case .success(0xDC00...0xDFFF):
            return .failure(Complaint(position, "half of a surrogate pair is missing"))
        case .success(0xD800...0xDBFF):
            let second = position + 6
            guard second + 1 < limit, bytes[second] == UInt8(ascii: "\\"), bytes[second + 1] == UInt8(ascii: "u") else {
                return .failure(Complaint(position, "half of a surrogate pair is missing"))
            }
            return codeUnit(at: second + 2, in: bytes, limit: limit).flatMap { unit in
                guard (0xDC00...0xDFFF).contains(unit) else {
                    return .failure(Complaint(position, "half of a surrogate pair is missing"))
                }
                return .success(second + 6)
            }
        case .success: return .success(position + 6)
        }
    }

    private static func codeUnit(
        at position: Int, in bytes: UnsafeBufferPointer<UInt8>, limit: Int
    ) -> Result<UInt32, Complaint> {
        var value: UInt32 = 0
        for index in position..<(position + 4) {
            guard index < limit, let digit = bytes[index].hexadecimalValue else {
                return .failure(Complaint(min(index, limit), "four hexadecimal digits are missing"))
            }
            value = value << 4 | digit
        }
        return .success(value)
    }

    /// Whether all escapes between two bytes are as they must be.
    static func areSound(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Bool {
        var position = firstBackslash(in: bytes, from: start, to: end)
        while position < end {
            guard case .success(let next) = Escapes.end(ofEscapeAt: position, in: bytes, limit: end) else {
                return false
            }
            position = firstBackslash(in: bytes, from: next, to: end)
        }
        return true
    }

    /// Copies a text whose escapes are sound and undoes them: how many bytes that makes, at most as many as it had.
    static func undo(
        _ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var (position, count) = (0, 0)
        func write(_ byte: UInt8) {
            target[count] = byte
            count += 1
        }
        while position < source.count {
            guard source[position] == UInt8(ascii: "\\") else {
                write(source[position])
                position += 1
                continue
            }
            position += 2
            switch source[position - 1] {
            case UInt8(ascii: "b"): write(0x08)
            case UInt8(ascii: "f"): write(0x0C)
            case UInt8(ascii: "n"): write(0x0A)
            case UInt8(ascii: "r"): write(0x0D)
            case UInt8(ascii: "t"): write(0x09)
            case UInt8(ascii: "u"): UTF8.encode(scalar(at: &position, in: source))?.forEach(write)
            default: write(source[position - 1])
            }
        }
        return count
    }

    /// The scalar of the digits at `position`, and of the second half of the pair where they are a first half.
    private static func scalar(at position: inout Int, in source: UnsafeBufferPointer<UInt8>) -> Unicode.Scalar {
        func next() -> UInt32 {
            defer { position += 4 }
            return source[position..<(position + 4)].reduce(0) { $0 << 4 | ($1.hexadecimalValue ?? 0) }
        }
        let first = next()
        guard (0xD800...0xDBFF).contains(first) else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
        position += 2
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (next() - 0xDC00)) ?? "\u{FFFD}"
    }
}
