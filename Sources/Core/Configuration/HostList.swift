/// The machines that a cluster stands on, in the order in which they were named; none for a cluster on one machine.
///
/// The order counts: the first host begins the cluster, and the first ones keep etcd.
public struct HostList: Equatable, Sendable {
    /// A machine.
    public struct Host: Hashable, Sendable {
        /// What people call it.
        public let name: String
        /// The numeric address at which the others reach it.
        public let address: String
    }

    /// The machines.
    public private(set) var all: [Host] = []

    /// None.
    public init() {}
}

extension HostList: NamedValues {
    static let memberExpectation = "a name in lower-case letters, digits and hyphens, and a numeric address of the host"

    var pairs: [(name: String, value: String)] { all.map { ($0.name, $0.address) } }

    init?(name: String, value: String) {
        guard Self.isName(name), HostName.isAddress(value) else { return nil }
        all = [Host(name: name, address: value)]
    }

    /// Reads `alpha=10.0.0.1; beta=10.0.0.2`.
    init?(_ text: String) {
        for pair in text.split(separator: ";") {
            let words = pair.split(separator: "=", omittingEmptySubsequences: false)
            guard words.count == 2, let host = HostList(name: words[0].trimmed, value: words[1].trimmed) else {
                return nil
            }
            merge(host)
        }
    }

    /// A text that reads back as the same hosts.
    var text: String { pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "; ") }

    /// A host that is named again keeps its place.
    mutating func merge(_ others: HostList) {
        for host in others.all {
            if let index = all.firstIndex(where: { $0.name == host.name }) {
                all[index] = host
            } else {
                all.append(host)
            }
        }
    }

    private static func isName(_ text: String) -> Bool {
        let characters = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
        return characters && (1...63).contains(text.utf8.count) && text.first != "-"
    }
}
