/// A socket that listens, as the kernel's tables of TCP have it.
struct ListeningSocket: Equatable, Sendable {
    /// The numeric address.
    var host: String
    /// The port.
    var port: Int
    /// What leads to the process.
    var inode: UInt64

    private static let listening = "0A"

    /// All in the text of /proc/net/tcp or /proc/net/tcp6.
    static func all(in table: String) -> [ListeningSocket] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == listening, let inode = UInt64(fields[9]) else { return nil }
            let place = fields[1].split(separator: ":")
            guard place.count == 2, let host = address(place[0]), let port = Int(place[1], radix: 16) else {
                return nil
            }
            return ListeningSocket(host: host, port: port, inode: inode)
        }
    }

    /// The kernel writes each word of four bytes as a number of this machine, whose lowest byte comes first.
    private static func address(_ text: Substring) -> String? {
        let digits = Array(text)
        guard digits.count == 8 || digits.count == 32 else { return nil }
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        guard bytes.count * 2 == digits.count else { return nil }
        let ordered = stride(from: 0, to: bytes.count, by: 4).flatMap { bytes[$0..<$0 + 4].reversed() }
        if ordered.count == 4 { return ordered.map(String.init).joined(separator: ".") }
        if ordered.allSatisfy({ $0 == 0 }) { return "::" }
        if ordered.dropLast().allSatisfy({ $0 == 0 }), ordered.last == 1 { return "::1" }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(ordered[$0]) << 8 | UInt16(ordered[$0 + 1]) }
        return groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// Whether it is one of those that are declared.
    func observation(among places: [HardenedSystem.Place]) -> Observation {
        let address = "\(host.contains(":") ? "[\(host)]" : host):\(port)"
        let isDeclared = places.contains { place in
            let declared = place.host == "localhost" ? "127.0.0.1" : place.host
            return place.port == port && declared == host
        }
        return isDeclared ? .sound(address) : .violation("something listens at \(address)")
    }
}
