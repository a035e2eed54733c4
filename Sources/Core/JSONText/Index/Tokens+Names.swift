import Glibc

extension Tokens {
    /// Whether a text without its escapes is `other`.
    @inline(__always)
    func isText(_ text: Int, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        let content = content(of: text)
        guard isFlagged(text) else { return content.isSame(as: other) }
        // An escape has at most six bytes for one, so most texts are told apart without a copy.
        guard content.count > other.count, content.count <= other.count * 6 else { return false }
        return unescaped(text).withUnsafeBufferPointer { $0.isSame(as: other) }
    }

    /// The token of a name that counts, looked for from `resume` to the end of the object and then from its beginning.
    func name(
        _ name: StaticString, inObjectAt open: Int, from resume: Int
    ) throws(JSONFault) -> Int? {
        guard byte(of: open) == UInt8(ascii: "{") else { throw mismatch(at: open, expected: "an object") }
        let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        let close = link(of: open)
        if resume < close, isName(resume, name) { return resume }
        return self.name(name, from: resume, to: close) ?? self.name(name, from: open + 1, to: resume)
    }

    private func name(_ name: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int? {
        var token = start
        while token < end {
            if isName(token, name) { return token }
            token = next(after: token + 2)
        }
        return nil
    }

    /// Whether a name counts and is `name`.
    @inline(__always)
    private func isName(_ token: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        links[token] & Tokens.isShadowed == 0 && isText(token, name)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether the bytes are the same.
    func isSame(as other: UnsafeBufferPointer<UInt8>) -> Bool { count == other.count && order(to: other) == 0 }

    /// Less than 0 when these bytes come first, more when the others do, 0 when they are the same.
    func order(to other: UnsafeBufferPointer<UInt8>) -> Int {
        guard let start = baseAddress, let otherStart = other.baseAddress else { return count - other.count }
        let order = Int(memcmp(start, otherStart, Swift.min(count, other.count)))
        return order == 0 ? count - other.count : order
    }
}
