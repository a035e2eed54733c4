import Basics
import Glibc
import TestSupport

/// What this machine lets a test do.
package enum Machine {
    /// Whether the tests run as root, and the program therefore becomes another user.
    package static let isRoot = geteuid() == 0

    /// Whether file systems can be mounted.
    package static let canMount = TinyDisk.isAvailable

    /// The owners of a folder and of everything in it, each once.
    package static func owners(of path: String) throws -> Set<UInt32> {
        guard let status = try Files.status(path, followLinks: false) else { return [] }
        guard status.kind == .folder else { return [status.owner] }
        return try Files.list(path).reduce(into: [status.owner]) { try $0.formUnion(owners(of: "\(path)/\($1)")) }
    }

    /// The files in a folder and the folders in it.
    package static func files(below path: String) throws -> [String] {
        try Files.list(path).flatMap { name -> [String] in
            let inner = "\(path)/\(name)"
            switch try Files.status(inner, followLinks: false)?.kind {
            case .folder: return try files(below: inner)
            case .file: return [inner]
            default: return []
            }
        }
    }
}
