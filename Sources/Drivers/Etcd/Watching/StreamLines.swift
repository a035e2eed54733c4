/// Cuts the bytes of a stream into its lines.
struct StreamLines {
    private let limit: Int
    private var rest: [UInt8] = []
    /// Up to where there is no end of a line in `rest`.
    private var searched = 0

    init(limit: Int) { self.limit = limit }

    mutating func add(_ bytes: [UInt8]) { rest += bytes }

    /// The next line that is complete, without its end; nil when there is none yet. Empty lines are passed over.
    mutating func next() throws(EtcdLineTooLong) -> [UInt8]? {
        while let end = rest[searched...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = Array(rest[..<end])
            rest.removeSubrange(...end)
            searched = 0
            if !line.isEmpty { return line }
        }
        searched = rest.count
        guard rest.count <= limit else { throw EtcdLineTooLong() }
        return nil
    }
}

/// A line is longer than anybody wants to hold.
struct EtcdLineTooLong: Error {}
