/// The fields of a message in the order in which they were added; names are compared without regard to case.
///
/// All names and values share one piece of memory, so that a head costs two allocations however many fields it has;
/// a value becomes a text when somebody asks for it.
public struct HTTPHeaders: Sendable {
    /// One line of a header.
    public struct Field: Hashable, Sendable {
        /// The name as it was written.
        public var name: String
        /// The value without the space around it.
        public var value: String

        /// A field.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }

        /// Whether this is the field of that name.
        public func isNamed(_ other: String) -> Bool { equalIgnoringCase(name, other) }

        /// Whether it can be sent: a token, and a value that cannot end its line.
        public var isValid: Bool {
            !name.isEmpty && name.utf8.allSatisfy(\.isTokenByte) && value.utf8.allSatisfy(\.isFieldValueByte)
        }
    }

    /// Where a field stands in `bytes`; the value follows its name.
    struct Place: Sendable {
        let start: UInt32
        let nameCount: UInt32
        let valueCount: UInt32

        var name: Range<Int> { Int(start)..<Int(start + nameCount) }
        var value: Range<Int> { Int(start + nameCount)..<Int(start + nameCount + valueCount) }
    }

    private(set) var bytes: [UInt8] = []
    private(set) var places: [Place] = []

    /// No field.
    public init() {}

    /// How many fields there are.
    public var count: Int { places.count }

    /// Every field.
    public var fields: [Field] {
        places.map { Field(String(decoding: bytes[$0.name], as: UTF8.self), HTTPGrammar.text(bytes[$0.value])) }
    }

    /// Adds a field after the others.
    public mutating func append(_ name: String, _ value: String) { append(name.utf8, value.utf8) }

    mutating func append(_ field: Field) { append(field.name, field.value) }

    mutating func append(_ name: some Collection<UInt8>, _ value: some Collection<UInt8>) {
        if bytes.isEmpty {
            bytes.reserveCapacity(256)
            places.reserveCapacity(8)
        }
        let place = Place(
            start: UInt32(bytes.count), nameCount: UInt32(name.count), valueCount: UInt32(value.count))
        places.append(place)
        bytes.append(contentsOf: name)
        bytes.append(contentsOf: value)
    }

    /// Takes every field of that name away.
    public mutating func remove(_ name: String) {
        guard has(name) else { return }
        let old = self
        (bytes, places) = ([], [])
        for place in old.places where !old.isNamed(name, place) {
            append(old.bytes[place.name], old.bytes[place.value])
        }
    }

    /// The first value of that name. Setting replaces every field of the name by one; nil removes them.
    public subscript(name: String) -> String? {
        get { firstPlace(of: name).map { HTTPGrammar.text(bytes[$0.value]) } }
        set {
            remove(name)
            if let newValue { append(name, newValue) }
        }
    }

    /// Whether there is a field of that name.
    public func has(_ name: String) -> Bool { firstPlace(of: name) != nil }

    /// Every value of that name, in order.
    public func values(of name: String) -> [String] {
        places.filter { isNamed(name, $0) }.map { HTTPGrammar.text(bytes[$0.value]) }
    }

    /// The bytes of the first value of that name, and whether there is no other.
    func single(_ name: String) -> (value: ArraySlice<UInt8>?, isAlone: Bool) {
        var value: ArraySlice<UInt8>?
        for place in places where isNamed(name, place) {
            guard value == nil else { return (value, false) }
            value = bytes[place.value]
        }
        return (value, true)
    }

    /// The elements of a field that holds a list, over all its lines, in lower case: for `Connection` and its like.
    public func tokens(of name: String) -> [String] {
        guard has(name) else { return [] }
        return values(of: name).flatMap { value in
            value.split(separator: ",").map { trimmed($0).lowercased() }.filter { !$0.isEmpty }
        }
    }

    private func firstPlace(of name: String) -> Place? {
        for place in places where isNamed(name, place) { return place }
        return nil
    }

    func isNamed(_ name: String, _ place: Place) -> Bool {
        guard name.utf8.count == Int(place.nameCount) else { return false }
        var index = Int(place.start)
        for byte in name.utf8 {
            guard bytes[index] == byte || bytes[index].lowercased == byte.lowercased else { return false }
            index += 1
        }
        return true
    }
}

extension HTTPHeaders: Hashable {
    /// Whether both have the same fields in the same order, the names in the same letters.
    public static func == (left: HTTPHeaders, right: HTTPHeaders) -> Bool {
        left.places.count == right.places.count
            && zip(left.places, right.places).allSatisfy { one, other in
                left.bytes[one.name] == right.bytes[other.name] && left.bytes[one.value] == right.bytes[other.value]
            }
    }

    /// Hashes every field.
    public func hash(into hasher: inout Hasher) {
        for place in places {
            hasher.combine(bytes[place.name])
            hasher.combine(bytes[place.value])
        }
    }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    /// Fields in the order of the literal.
    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }
}

/// Whether two texts are equal but for the case of their ASCII letters.
func equalIgnoringCase(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).allSatisfy { $0.lowercased == $1.lowercased }
}

/// A text without the spaces and tabs around it.
func trimmed(_ text: Substring) -> Substring {
    let start = text.drop { $0 == " " || $0 == "\t" }
    return start.lastIndex { $0 != " " && $0 != "\t" }.map { start[...$0] } ?? ""
}
