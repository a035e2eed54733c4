import Basics
import Glibc
import Processes

/// Whose a namespace is: the names of a lab's bear the process that made it and when that began, since numbers of
/// processes are given again.
struct LabMark: Equatable {
    private static let prefix = "parlor-lab-"

    let process: Int32
    let began: String
    let lab: String

    /// The mark of another lab of this process.
    init() {
        process = getpid()
        began = ProcessStat(of: getpid())?.began ?? "0"
        lab = RandomIdentifier.hex(bytes: 3)
    }

    init?(_ network: NetworkNamespace) {
        guard network.name.hasPrefix(Self.prefix) else { return nil }
        let words = network.name.dropFirst(Self.prefix.count).split(separator: "-", maxSplits: 3)
        guard words.count == 4, let process = Int32(words[0]) else { return nil }
        self.process = process
        began = String(words[1])
        lab = String(words[2])
    }

    func namespace(_ host: String) -> NetworkNamespace {
        NetworkNamespace(name: "\(Self.prefix)\(process)-\(began)-\(lab)-\(host)")
    }

    /// Whether the process that made it runs.
    var isOwned: Bool { ProcessStat(of: process)?.began == began }

    /// Removes what processes that have ended left.
    static func removeLeftovers() {
        for network in NetworkNamespace.all {
            if let mark = LabMark(network), !mark.isOwned { try? network.remove() }
        }
    }
}
