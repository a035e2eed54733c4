import Basics
import Digests
import HTTP
import Postgres

/// Where a list goes on: the key of the last row that a client has, as an opaque text.
///
/// It is bound to its list by a check sum, so one that was made up, changed or taken from elsewhere is refused and not
/// followed to a wrong place. It gives nobody access to anything: what a page shows is decided anew for each request.
struct Cursor: Hashable, Sendable {
    /// The moment of the row, in lists that are ordered by one; zero elsewhere.
    let moment: Timestamp
    /// The key of the row.
    let id: PostgresUUID

    init(_ id: PostgresUUID, at moment: Timestamp = Timestamp(microseconds: 0)) {
        self.id = id
        self.moment = moment
    }

    private var bytes: [UInt8] {
        [id.high, id.low, UInt64(bitPattern: moment.microseconds)].flatMap { number in
            withUnsafeBytes(of: number.bigEndian) { Array($0) }
        }
    }

    private static func checksum(_ bytes: [UInt8], _ list: String) -> [UInt8] {
        Array(Digest(.sha256, of: Array("cursor 1 \(list) ".utf8) + bytes).bytes.prefix(8))
    }

    /// The text for the list of that operation.
    func text(for list: String) -> String { hexadecimal(bytes + Self.checksum(bytes, list)) }

    /// Reads a text of the list of that operation; nil for anything else.
    init?(_ text: String, of list: String) {
        guard text.utf8.count == 64, let all = Digest(hexadecimal: text)?.bytes else { return nil }
        let bytes = Array(all.prefix(24))
        guard Array(all.suffix(8)) == Self.checksum(bytes, list) else { return nil }
        let numbers = stride(from: 0, to: 24, by: 8).map { start in
            bytes[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) }
        }
        id = PostgresUUID(high: numbers[0], low: numbers[1])
        moment = Timestamp(microseconds: Int64(bitPattern: numbers[2]))
    }
}
