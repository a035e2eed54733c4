/// Reads a text that was refused byte by byte, and says what is wrong with it first, and where.
///
/// It knows the whole grammar by itself, so that a test can hold the fast way against it.
struct Examiner {
    private enum Expectation { case value, valueOrClose, name, nameOrClose, separator }

    /// An object or a list that is open, and the member or element that it is at.
    private enum Frame {
        case object(name: Range<Int>?)
        case list(index: Int)
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let depthMax: Int
    private var position = 0
    private var frames: [Frame] = []
    private var expectation = Expectation.value

    private init(_ bytes: UnsafeBufferPointer<UInt8>, _ rules: JSONRules) {
        self.bytes = bytes
        depthMax = rules.depthMax
    }

    /// What is wrong with a text that is refused.
    static func fault(in bytes: UnsafeBufferPointer<UInt8>, _ rules: JSONRules) -> JSONFault {
        firstFault(in: bytes, rules)
            ?? JSONFault(.malformed, "this is no JSON", at: JSONPosition(of: 0, in: bytes), path: JSONPath())
    }

    /// What is wrong first with the grammar, the depth or the UTF-8 of a text; nil when all is well.
    static func firstFault(in bytes: UnsafeBufferPointer<UInt8>, _ rules: JSONRules) -> JSONFault? {
        var examiner = Examiner(bytes, rules)
        do throws(Complaint) { try examiner.text() } catch {
            return JSONFault(
                error.code, "\(error.what)", at: JSONPosition(of: error.offset, in: bytes),
                path: JSONPath(examiner.steps))
        }
        return nil
    }

    private struct Complaint: Error {
        var code = JSONFault.Code.malformed
        var what: StaticString
        var offset: Int
    }

    private func complaint(_ what: StaticString, at offset: Int? = nil) -> Complaint {
        Complaint(what: what, offset: offset ?? position)
    }

    private var steps: [JSONPath.Step] {
        frames.compactMap { frame in
            switch frame {
            case .list(let index): .element(index)
            case .object(name: nil): nil
            case .object(let name?): .member(string(name))
            }
        }
    }

    private func string(_ range: Range<Int>) -> String {
        let content = UnsafeBufferPointer(rebasing: bytes[range])
        return String(unsafeUninitializedCapacity: content.count) { Escapes.undo(content, into: $0) }
    }

    private mutating func text() throws(Complaint) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw complaint("the text begins with a byte order mark") }
        while true {
            while position < bytes.count, bytes[position].isSpace { position += 1 }
            guard position < bytes.count else { return try end() }
            guard !frames.isEmpty || expectation != .separator else { throw complaint("something follows the value") }
            switch expectation {
            case .value: try value()
            case .valueOrClose: try bytes[position] == UInt8(ascii: "]") ? close() : value()
            case .name: try name()
            case .nameOrClose: try bytes[position] == UInt8(ascii: "}") ? close() : name()
            case .separator: try separator()
            }
        }
    }

    /// The end of the text, where it may end.
    private func end() throws(Complaint) {
        guard !frames.isEmpty || expectation != .separator else { return }
        switch expectation {
        case .value where frames.isEmpty: throw complaint("the text is empty")
        case .value: throw complaint("the text ends where a value should stand")
        case .name, .nameOrClose: throw complaint("the text ends inside of an object")
        case .valueOrClose: throw complaint("the text ends inside of a list")
        case .separator:
            guard case .list = frames.last else { throw complaint("the text ends inside of an object") }
            throw complaint("the text ends inside of a list")
        }
    }

    private mutating func value() throws(Complaint) {
        switch bytes[position] {
        case UInt8(ascii: "{"): try open(.object(name: nil), .nameOrClose)
        case UInt8(ascii: "["): try open(.list(index: 0), .valueOrClose)
        case UInt8(ascii: "\""):
            _ = try quoted()
            expectation = .separator
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case 0x80...:
            try checkScalar()
            throw complaint("a value cannot begin like this")
        default: throw complaint("a value cannot begin like this")
        }
    }

    private mutating func open(_ frame: Frame, _ inner: Expectation) throws(Complaint) {
        guard frames.count < depthMax else {
            throw Complaint(code: .tooDeep, what: "the text is nested too deep", offset: position)
        }
        frames.append(frame)
        expectation = inner
        position += 1
    }

    private mutating func close() {
        frames.removeLast()
        expectation = .separator
        position += 1
    }

    private mutating func separator() throws(Complaint) {
        guard let frame = frames.last else { return }
        switch (frame, bytes[position]) {
        case (.object, UInt8(ascii: "}")), (.list, UInt8(ascii: "]")): close()
        case (.object, UInt8(ascii: ",")):
            frames[frames.count - 1] = .object(name: nil)
            expectation = .name
            position += 1
        case (.list(let index), UInt8(ascii: ",")):
            frames[frames.count - 1] = .list(index: index + 1)
            expectation = .value
            position += 1
        case (.object, _): throw complaint("a comma or \"}\" is missing")
        case (.list, _): throw complaint("a comma or \"]\" is missing")
        }
    }

    private mutating func name() throws(Complaint) {
        guard bytes[position] == UInt8(ascii: "\"") else { throw complaint("a member needs a name in quotes") }
        frames[frames.count - 1] = .object(name: try quoted())
        while position < bytes.count, bytes[position].isSpace { position += 1 }
        guard position < bytes.count else { throw complaint("the text ends inside of an object") }
        guard bytes[position] == UInt8(ascii: ":") else { throw complaint("a colon is missing after a member's name") }
        position += 1
        expectation = .value
    }

    private mutating func word(_ word: StaticString) throws(Complaint) {
        for index in 0..<word.utf8CodeUnitCount {
            guard position + index < bytes.count else {
                throw complaint("the text ends inside of a word", at: bytes.count)
            }
            guard bytes[position + index] == word.utf8Start[index] else {
                throw complaint("a value cannot begin like this")
            }
        }
        position += word.utf8CodeUnitCount
        expectation = .separator
    }

    private mutating func number() throws(Complaint) {
        let scan = NumberScan(bytes, from: position, limit: bytes.count)
        if let what = scan.complaint { throw complaint(what, at: scan.end) }
        position = scan.end
        expectation = .separator
    }

    /// A text in quotes: what stands between them.
    private mutating func quoted() throws(Complaint) -> Range<Int> {
        let start = position + 1
        position = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return start..<(position - 1)
            case UInt8(ascii: "\\"):
                switch Escapes.end(ofEscapeAt: position, in: bytes, limit: bytes.count) {
                case .success(let end): position = end
                case .failure(let fault): throw complaint(fault.what, at: fault.offset)
                }
            case ..<0x20: throw complaint("a control character must be escaped")
            case 0x80...: position += try checkScalar()
            default: position += 1
            }
        }
        throw complaint("a text has no closing quote")
    }

    /// Checks the scalar at this position after RFC 3629: how many bytes it has.
    @discardableResult
    private func checkScalar() throws(Complaint) -> Int {
        let length = Unicode.UTF8.length(ofScalarAt: position, in: bytes)
        guard let length else {
            throw Complaint(code: .notUTF8, what: "the text is not UTF-8", offset: position)
        }
        return length
    }
}

extension Unicode.UTF8 {
    /// How many bytes the scalar beyond ASCII has that begins there; nil when it is none.
    fileprivate static func length(ofScalarAt position: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        // What the second byte may be leaves out overlong forms, surrogates and what lies beyond U+10FFFF.
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch bytes[position] {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0...0)
            }
        guard length > 0, position + length <= bytes.count, second.contains(bytes[position + 1]) else { return nil }
        return bytes[(position + 2)..<(position + length)].allSatisfy { $0 & 0xC0 == 0x80 } ? length : nil
    }
}
