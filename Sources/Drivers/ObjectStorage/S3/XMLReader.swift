/// Reads the XML of a server's answers, strictly, event by event: elements, text and references, nothing that could
/// reach outside (no document types, no entities of its own). It performs nothing.
struct XMLReader {
    /// What comes next.
    enum Event: Equatable {
        /// An element begins; its name without a prefix.
        case start(String)
        /// Text, perhaps only a part of it.
        case text(String)
        /// The innermost element ends.
        case end
        /// The document has ended.
        case done
    }

    /// Why these bytes are no document.
    struct Fault: Error, Equatable {
        let reason: String
        /// The byte at which that was clear.
        let position: Int
    }

    private static let depthMax = 32

    private let bytes: [UInt8]
    private var position = 0
    private var open: [String] = []
    private var hasRoot = false
    private var pendingEnd = false

    /// A reader of a document in UTF-8.
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next event.
    mutating func next() throws(Fault) -> Event {
        if pendingEnd {
            pendingEnd = false
            return close()
        }
        while true {
            guard position < bytes.count else {
                guard hasRoot, open.isEmpty else { throw fault("it ends too early") }
                return .done
            }
            let isText = !open.isEmpty && bytes[position] != UInt8(ascii: "<")
            guard !isText else { return .text(try text()) }
            if let event = try open.isEmpty ? outside() : markup() { return event }
        }
    }

    private func fault(_ reason: String) -> Fault { Fault(reason: reason, position: position) }

    // MARK: - Markup

    /// Outside of the root there is only white space, and what means nothing.
    private mutating func outside() throws(Fault) -> Event? {
        if Self.isSpace(bytes[position]) {
            position += 1
            return nil
        }
        guard bytes[position] == UInt8(ascii: "<") else { throw fault("text stands outside of the root") }
        return try markup()
    }

    private mutating func markup() throws(Fault) -> Event? {
        if take("<!--") {
            try skip(to: "-->")
            return nil
        }
        if take("<?") {
            try skip(to: "?>")
            return nil
        }
        if take("<![CDATA[") {
            guard !open.isEmpty else { throw fault("text stands outside of the root") }
            let start = position
            try skip(to: "]]>")
            return .text(try Self.string(bytes[start..<(position - 3)], at: start))
        }
        if take("</") {
            let name = try self.name()
            skipSpace()
            guard take(">"), open.last == name else { throw fault("an element ends that was not open") }
            return close()
        }
        guard take("<") else { throw fault("a tag was expected") }
        return try element()
    }

    private mutating func element() throws(Fault) -> Event {
        guard !hasRoot || !open.isEmpty else { throw fault("there is a second root") }
        let name = try self.name()
        guard open.count < Self.depthMax else { throw fault("elements are nested too deeply") }
        hasRoot = true
        open.append(name)
        while true {
            let hadSpace = skipSpace()
            if take("/>") {
                pendingEnd = true
                break
            }
            if take(">") { break }
            guard hadSpace else { throw fault("a tag is malformed") }
            try attribute()
        }
        return .start(name.split(separator: ":").last.map(String.init) ?? name)
    }

    /// Attributes are checked and left out: no answer needs them.
    private mutating func attribute() throws(Fault) {
        _ = try name()
        skipSpace()
        guard take("=") else { throw fault("an attribute has no value") }
        skipSpace()
        guard position < bytes.count, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(bytes[position]) else {
            throw fault("the value of an attribute is not quoted")
        }
        let quote = bytes[position]
        position += 1
        while position < bytes.count, bytes[position] != quote {
            guard bytes[position] != UInt8(ascii: "<") else { throw fault("a tag stands in an attribute") }
            position += 1
        }
        guard position < bytes.count else { throw fault("it ends too early") }
        position += 1
    }

    private mutating func close() -> Event {
        open.removeLast()
        return .end
    }

    // MARK: - Text

    private mutating func text() throws(Fault) -> String {
        let start = position
        if bytes[position] == UInt8(ascii: "&") { return try reference() }
        while position < bytes.count, ![UInt8(ascii: "<"), UInt8(ascii: "&")].contains(bytes[position]) {
            position += 1
        }
        return try Self.string(bytes[start..<position], at: start)
    }

    private mutating func reference() throws(Fault) -> String {
        let start = position + 1
        guard let end = bytes[start...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
            throw fault("a reference has no end")
        }
        let name = String(decoding: bytes[start..<end], as: UTF8.self)
        let known = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
        guard let text = known[name] ?? Self.character(name) else { throw fault("a reference is not known") }
        position = end + 1
        return text
    }

    /// `#233` or `#xE9`, when that is a character a document may hold.
    private static func character(_ name: String) -> String? {
        guard name.first == "#" else { return nil }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first == "x"
        let text = isHexadecimal ? digits.dropFirst() : digits
        guard text.allSatisfy(\.isHexDigit), let value = UInt32(text, radix: isHexadecimal ? 16 : 10),
            let scalar = Unicode.Scalar(value), value >= 0x20 || [9, 10, 13].contains(value),
            value != 0xFFFE, value != 0xFFFF
        else { return nil }
        return String(Character(scalar))
    }

    private static func string(_ part: ArraySlice<UInt8>, at position: Int) throws(Fault) -> String {
        guard let text = String(validating: part, as: UTF8.self) else {
            throw Fault(reason: "it is not UTF-8", position: position)
        }
        guard part.allSatisfy({ $0 >= 0x20 || [9, 10, 13].contains($0) }) else {
            throw Fault(reason: "it holds a control character", position: position)
        }
        return text
    }

    // MARK: - Bytes

    private mutating func name() throws(Fault) -> String {
        let start = position
        while position < bytes.count, Self.isNameByte(bytes[position], first: position == start) { position += 1 }
        guard position > start else { throw fault("a name was expected") }
        return try Self.string(bytes[start..<position], at: start)
    }

    private static func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...:
            true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"): !first
        default: false
        }
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    /// Goes behind the next `text`.
    private mutating func skip(to text: StaticString) throws(Fault) {
        while position < bytes.count {
            if take(text) { return }
            position += 1
        }
        throw fault("it ends too early")
    }

    @discardableResult
    private mutating func skipSpace() -> Bool {
        let start = position
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
        return position > start
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
