package import Basics
import Glibc

/// What holds a folder: which file system, how large, and on what kind of device.
package struct Disk: Equatable, Sendable {
    /// What kind of device it is.
    package enum Kind: String, Sendable {
        /// Any place is reached as fast as any other.
        case solidState = "solid_state"
        /// A head has to move to each place.
        case rotating
        /// A disk of a virtual machine, whose own word on rotation means nothing.
        case virtual
        /// Another machine.
        case network
        /// Nothing says.
        case unknown
    }

    /// The file system's name, like `ext4`; empty when it is not known.
    package var fileSystem: String
    /// The kind of device.
    package var kind: Kind
    /// The size of the file system; nil when it is not known.
    package var capacity: ByteCount?

    /// A disk; one of which nothing is known unless something is said.
    package init(fileSystem: String = "", kind: Kind = .unknown, capacity: ByteCount? = nil) {
        self.fileSystem = fileSystem
        self.kind = kind
        self.capacity = capacity
    }

    /// Whether it writes to a new place what is written again to an old one.
    package var copiesOnWrite: Bool { ["btrfs", "zfs", "bcachefs"].contains(fileSystem) }

    /// The disk of a path, or of the nearest folder above it that exists.
    package static func holding(_ path: String) -> Disk {
        var path = Files.absolute(path)
        while path != "/", !Files.exists(path) { path = Files.parent(of: path) }
        let mounts = SystemFiles.kernel.read("/proc/self/mountinfo") ?? ""
        var disk = Disk(of: Files.resolved(path) ?? path, mounts: mounts, .kernel)
        var size = statvfs()
        if statvfs(path, &size) == 0, size.f_blocks > 0 {
            disk.capacity = ByteCount(Int(size.f_blocks) * Int(size.f_frsize))
        }
        return disk
    }
}

extension Disk {
    /// The disk of a path without links, from the text of `/proc/self/mountinfo` and the kernel's files on devices.
    package init(of path: String, mounts: String, _ files: SystemFiles) {
        // Of several mounts at one place, the last hides the ones before it.
        let mount = mounts.split(separator: "\n").compactMap { Mount($0) }.filter { $0.holds(path) }
            .reduce(nil) { (best: Mount?, next) in
                best.map { $0.point.utf8.count > next.point.utf8.count } ?? false ? best : next
            }
        guard let mount else {
            self.init()
            return
        }
        self.init(fileSystem: mount.fileSystem, kind: Self.kind(of: mount, files))
    }

    private static func kind(of mount: Mount, _ files: SystemFiles) -> Kind {
        let isRemote = ["nfs", "nfs4", "cifs", "smb3", "ceph", "9p", "virtiofs"].contains(mount.fileSystem)
        if isRemote || mount.fileSystem.hasPrefix("fuse") { return .network }
        if mount.fileSystem == "tmpfs" { return .solidState }
        let folder = "/sys/dev/block/\(mount.device)"
        if files.read("\(folder)/uevent") != nil { return kind(ofDevice: folder, files, depth: 0) }
        // A file system over several devices, like btrfs, has a number of its own and names one of them.
        guard mount.source.hasPrefix("/dev/") else { return .unknown }
        return kind(ofDevice: "/sys/class/block/\(Files.name(of: mount.source))", files, depth: 0)
    }

    /// The kind of a device, or the slowest kind of those that it is made of.
    private static func kind(ofDevice folder: String, _ files: SystemFiles, depth: Int) -> Kind {
        let parts = depth < 8 ? files.list("\(folder)/slaves") : []
        guard parts.isEmpty else {
            let kinds = Set(parts.map { kind(ofDevice: "\(folder)/slaves/\($0)", files, depth: depth + 1) })
            return [.rotating, .unknown, .virtual].first { kinds.contains($0) } ?? .solidState
        }
        let name = files.read("\(folder)/uevent")?.split(separator: "\n").first { $0.hasPrefix("DEVNAME=") }
        if let name, ["vd", "xvd"].contains(where: { name.dropFirst("DEVNAME=".count).hasPrefix($0) }) {
            return .virtual
        }
        // A partition has no queue of its own, its disk stands above it.
        let word = files.read("\(folder)/queue/rotational") ?? files.read("\(folder)/../queue/rotational")
        switch word?.first {
        case "0": return .solidState
        case "1": return .rotating
        default: return .unknown
        }
    }
}

/// A line of `/proc/self/mountinfo`.
private struct Mount {
    var device: String
    var point: String
    var fileSystem: String
    var source: String

    /// Nil for a line that is not of its form: six fields and some more, a dash, three fields.
    init?(_ line: Substring) {
        let fields = line.split(separator: " ")
        guard let dash = fields.dropFirst(6).firstIndex(of: "-"), fields.count > dash + 2 else { return nil }
        device = String(fields[2])
        point = Self.unescaped(fields[4])
        fileSystem = String(fields[dash + 1])
        source = Self.unescaped(fields[dash + 2])
    }

    func holds(_ path: String) -> Bool { point == "/" || path == point || path.hasPrefix("\(point)/") }

    /// Spaces and the like stand there as a backslash and three octal digits.
    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
