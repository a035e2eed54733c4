/// Why the bytes of a zone's file cannot be used.
enum ZoneFileFault: String, Error, Hashable {
    case foreign = "it does not begin as such files do"
    case version = "it has the old form, whose years end in 2037"
    case short = "it ends too early"
    case counts = "its counts do not go together"
    case order = "its changes are not in order"
    case offset = "an offset is further from UTC than any place ever was"
    case kind = "a change names an offset that is not there"
    case leapSeconds = "it counts leap seconds, which no other clock here does"
    case rule = "the rule for later years cannot be read"
}

extension TimeZone {
    /// Reads a zone's file: TZif, RFC 8536, version 2 or later. Damaged bytes are a fault, whatever they are.
    init(name: String, file: [UInt8]) throws(ZoneFileFault) {
        var reader = ZoneFileReader(file)
        let old = try reader.header()
        guard old.version >= UInt8(ascii: "2") else { throw .version }
        try reader.pass(old.size(ofTime: 4))
        let header = try reader.header()
        guard header.leapSeconds == 0 else { throw .leapSeconds }
        guard header.kinds > 0, header.kinds <= 256 else { throw .counts }
        let seconds = try reader.items(header.changes) { reader throws(ZoneFileFault) in try reader.integer64() }
        let kinds = try reader.bytes(header.changes)
        let offsets = try reader.items(header.kinds) { reader throws(ZoneFileFault) in
            let offset = Int(try reader.integer32())
            try reader.pass(2)
            guard abs(offset) <= TimeZone.offsetMax else { throw .offset }
            return offset
        }
        try reader.pass(header.names + header.standardMarks + header.universalMarks)
        guard zip(seconds, seconds.dropFirst()).allSatisfy({ $0 < $1 }) else { throw .order }
        guard kinds.allSatisfy({ Int($0) < offsets.count }) else { throw .kind }
        self.name = name
        changes = zip(seconds, kinds).map { ZoneChange(second: $0, offset: offsets[Int($1)]) }
        firstOffset = offsets[0]
        let footer = try reader.line()
        rule = footer.isEmpty ? nil : try YearlyRule(reading: footer)
    }
}

private struct ZoneFileHeader {
    let version: UInt8
    let universalMarks: Int
    let standardMarks: Int
    let leapSeconds: Int
    let changes: Int
    let kinds: Int
    let names: Int

    /// How many bytes follow where a moment takes so many.
    func size(ofTime time: Int) -> Int {
        changes * (time + 1) + kinds * 6 + names + leapSeconds * (time + 4) + standardMarks + universalMarks
    }
}

private struct ZoneFileReader {
    private var rest: ArraySlice<UInt8>

    init(_ file: [UInt8]) { rest = file[...] }

    mutating func bytes(_ count: Int) throws(ZoneFileFault) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw .short }
        defer { rest.removeFirst(count) }
        return rest.prefix(count)
    }

    mutating func pass(_ count: Int) throws(ZoneFileFault) { _ = try bytes(count) }

    mutating func integer32() throws(ZoneFileFault) -> Int32 {
        Int32(bitPattern: try bytes(4).reduce(0) { $0 << 8 | UInt32($1) })
    }

    mutating func integer64() throws(ZoneFileFault) -> Int64 {
        Int64(bitPattern: try bytes(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// So many of something; the count may be anything, so nothing is set aside for it.
    mutating func items<Item>(
        _ count: Int, _ item: (inout ZoneFileReader) throws(ZoneFileFault) -> Item
    ) throws(ZoneFileFault) -> [Item] {
        guard count <= rest.count else { throw .short }
        var items: [Item] = []
        for _ in 0..<count { items.append(try item(&self)) }
        return items
    }

    mutating func header() throws(ZoneFileFault) -> ZoneFileHeader {
        guard rest.starts(with: "TZif".utf8) else { throw .foreign }
        try pass(4)
        guard let version = try bytes(1).first else { throw .short }
        try pass(15)
        let counts = try items(6) { reader throws(ZoneFileFault) in Int(UInt32(bitPattern: try reader.integer32())) }
        return ZoneFileHeader(
            version: version, universalMarks: counts[0], standardMarks: counts[1], leapSeconds: counts[2],
            changes: counts[3], kinds: counts[4], names: counts[5])
    }

    /// A line between two line feeds, which is the last thing of the file.
    mutating func line() throws(ZoneFileFault) -> ArraySlice<UInt8> {
        guard try bytes(1).first == 10, let end = rest.firstIndex(of: 10) else { throw .short }
        return rest[..<end]
    }
}
