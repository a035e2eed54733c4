/// Writes JSON into a buffer, value by value.
///
///     var json = JSONAppender()
///     json.object { json in
///         json.member("id", booking.id)
///         json.member("guests") { json in
///             json.list { json in
///                 for guest in booking.guests { json.append(guest.name) }
///             }
///         }
///     }
///     return json.bytes
///
/// Commas and colons come by themselves. What would not be JSON, such as a value without a name inside of an object,
/// is a mistake of the program and stops it.
public struct JSONAppender: Sendable {
    /// What may come next.
    @usableFromInline
    enum Place: Sendable { case start, end, emptyObject, object, afterName, emptyList, list }

    /// What was written so far; JSON when the value is complete.
    public private(set) var bytes: [UInt8] = []
    @usableFromInline
    var place = Place.start

    /// An empty buffer, with room for so many bytes.
    public init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// One value on one line.
    public static func bytes(of value: some JSONWritable) -> [UInt8] {
        var json = JSONAppender()
        value.write(to: &json)
        return json.bytes
    }

    /// What was written so far, as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether exactly one whole value was written.
    public var isComplete: Bool { place == .end }

    /// Makes room for the next value and keeps the memory.
    public mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
        place = .start
    }

    /// Ends a line, so that another value may follow: the form of logs and of streams of JSON.
    public mutating func endLine() {
        precondition(place == .end, "a line holds one whole value")
        bytes.append(UInt8(ascii: "\n"))
        place = .start
    }

    // MARK: - Objects and lists

    /// An object, whose members `body` writes.
    @inlinable
    public mutating func object<Failure>(_ body: (inout JSONAppender) throws(Failure) -> Void) throws(Failure) {
        let outer = open(UInt8(ascii: "{"), .emptyObject)
        try body(&self)
        close(UInt8(ascii: "}"), outer)
    }

    /// A list, whose elements `body` writes.
    @inlinable
    public mutating func list<Failure>(_ body: (inout JSONAppender) throws(Failure) -> Void) throws(Failure) {
        let outer = open(UInt8(ascii: "["), .emptyList)
        try body(&self)
        close(UInt8(ascii: "]"), outer)
    }

    /// A member whose value `body` writes.
    @inlinable
    public mutating func member<Failure>(
        _ name: StaticString, _ body: (inout JSONAppender) throws(Failure) -> Void
    ) throws(Failure) {
        self.name(name)
        try body(&self)
    }

    /// A member.
    @inlinable
    public mutating func member(_ name: StaticString, _ value: some JSONWritable) {
        self.name(name)
        value.write(to: &self)
    }

    /// A member when there is a value, and nothing when there is none.
    @inlinable
    public mutating func optionalMember(_ name: StaticString, _ value: (some JSONWritable)?) {
        if let value { member(name, value) }
    }

    /// Any value that knows how to write itself.
    @inlinable
    public mutating func append(_ value: some JSONWritable) { value.write(to: &self) }

    /// The name of a member; its value comes next.
    public mutating func name(_ name: StaticString) {
        beginName()
        appendQuoted(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: ":"))
    }

    /// The name of a member, known only now; its value comes next.
    public mutating func name(computed name: String) {
        beginName()
        appendQuoted(name)
        bytes.append(UInt8(ascii: ":"))
    }

    // MARK: - The grammar

    private mutating func beginName() {
        switch place {
        case .emptyObject: break
        case .object: bytes.append(UInt8(ascii: ","))
        default: preconditionFailure("a name may only stand in an object, after a whole member")
        }
        place = .afterName
    }

    /// Notes that a value begins here, with the comma that it needs.
    mutating func beginValue() {
        switch place {
        case .start: place = .end
        case .afterName: place = .object
        case .emptyList: place = .list
        case .list: bytes.append(UInt8(ascii: ","))
        case .emptyObject, .object: preconditionFailure("a member needs a name")
        case .end: preconditionFailure("a text is one value")
        }
    }

    /// Opens an object or a list: the place to go back to when it is closed.
    @usableFromInline
    mutating func open(_ bracket: UInt8, _ inner: Place) -> Place {
        beginValue()
        bytes.append(bracket)
        defer { place = inner }
        return place
    }

    @usableFromInline
    mutating func close(_ bracket: UInt8, _ outer: Place) {
        precondition(place != .afterName, "a member needs a value")
        bytes.append(bracket)
        place = outer
    }

    mutating func appendByte(_ byte: UInt8) { bytes.append(byte) }

    /// Appends bytes that are JSON already.
    mutating func appendRaw(_ raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }
}
