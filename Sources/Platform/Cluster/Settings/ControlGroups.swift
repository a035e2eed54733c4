package import Basics

/// The control groups that a process is in, from the innermost to the root: the least that any of them allows holds.
///
/// In a container the own group is often mounted as the root, which therefore always counts.
package struct ControlGroups: Equatable, Sendable {
    /// Their folders.
    package let folders: [String]

    private static let root = "/sys/fs/cgroup"

    /// Reads the text of `/proc/self/cgroup`, where version 2 of control groups has the line `0::<path>`.
    package init(_ text: String) {
        let line = text.split(separator: "\n").first { $0.hasPrefix("0::/") }
        var parts = line.map { $0.dropFirst("0::/".count).split(separator: "/").map(String.init) } ?? []
        var folders: [String] = []
        while !parts.isEmpty {
            folders.append("\(Self.root)/\(parts.joined(separator: "/"))")
            parts.removeLast()
        }
        self.folders = folders + [Self.root]
    }

    /// The least memory that a group allows; nil without a limit.
    package func memory(_ files: SystemFiles) -> ByteCount? {
        folders.compactMap { files.read("\($0)/memory.max").flatMap(Self.limit) }.min()
    }

    /// The fewest cores that a group's share of time amounts to, a part of one counted whole; nil without a limit.
    package func cores(_ files: SystemFiles) -> Int? {
        folders.compactMap { files.read("\($0)/cpu.max").flatMap(Self.share) }.min()
    }

    /// The number in `memory.max`; nil for `max`.
    package static func limit(_ text: String) -> ByteCount? {
        text.split(separator: "\n").first.flatMap { Int($0) }.map { ByteCount($0) }
    }

    /// The cores of `cpu.max`, which holds the time and the period that it is given in; nil for `max`.
    package static func share(_ text: String) -> Int? {
        let numbers = text.split { $0 == " " || $0 == "\n" }.map { Int($0) }
        guard numbers.count == 2, let time = numbers[0], let period = numbers[1], time > 0, period > 0 else {
            return nil
        }
        return (time + period - 1) / period
    }
}
