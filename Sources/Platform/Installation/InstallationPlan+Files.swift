package import Basics
import Glibc

extension InstallationPlan {
    /// Compares the files with what stands in their places; `obsolete` belonged to a former version.
    package init(comparing files: [InstalledFile], removing obsolete: [String] = []) throws(ParlorError) {
        try self.init(files, removing: obsolete) { file throws(ParlorError) in try Self.look(at: file) }
    }

    /// What stands where a file belongs.
    static func look(at file: InstalledFile) throws(ParlorError) -> Finding {
        guard let status = try Files.status(file.path, followLinks: false) else { return .nothing }
        switch (file.content, status.kind) {
        case (.link(let target), .link): return target == Files.target(ofLink: file.path) ? .same : .different
        case (_, .folder): return .other("a folder")
        case (.link, _): return .other("no link")
        case (_, .link): return .other("a link")
        // What is kept need not be compared, nor be readable.
        case (_, .file) where file.isKept: return .different
        case (_, .file):
            guard status.mode == file.mode else { return .different }
            return try holds(file.content, file.path) ? .same : .different
        default: return .other("no file")
        }
    }

    private static func holds(_ content: InstalledFile.Content, _ path: String) throws(ParlorError) -> Bool {
        switch content {
        case .text(let text): return try Files.read(path) == Array(text.utf8)
        case .copy(let source): return try FileBytes.areEqual(source, path)
        case .link: return false
        }
    }

    /// Carries the plan out. Each file is exchanged at one stroke; where it is cut off, the next installation goes on.
    package func apply() throws(ParlorError) {
        for step in changes {
            guard let file = step.file else {
                try Files.remove(step.path)
                continue
            }
            try Files.makeFolder(Files.parent(of: file.path), mode: 0o755)
            try Self.removeUnfinished(beside: file.path)
            let temporary = "\(file.path).\(RandomIdentifier.hex(bytes: 4)).new"
            do throws(ParlorError) {
                try Self.write(file, to: temporary)
                try Files.move(temporary, to: file.path)
            } catch {
                unlink(temporary)
                throw error
            }
        }
    }

    /// Removes what an installation that was killed left of this file, and of no other.
    private static func removeUnfinished(beside path: String) throws(ParlorError) {
        let beginning = "\(Files.name(of: path))."
        for name in try Files.list(Files.parent(of: path)) where name.hasPrefix(beginning) && name.hasSuffix(".new") {
            let identifier = name.dropFirst(beginning.count).dropLast(4)
            guard identifier.count == 8, identifier.allSatisfy(\.isHexDigit) else { continue }
            try Files.remove("\(Files.parent(of: path))/\(name)")
        }
    }

    private static func write(_ file: InstalledFile, to path: String) throws(ParlorError) {
        if case .link(let target) = file.content {
            guard symlink(target, path) == 0 else { throw .systemCall("symlink", path: path, errno: errno) }
            return
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .systemCall("open", path: path, errno: errno) }
        defer { close(descriptor) }
        switch file.content {
        case .text(let text): try Files.write(Array(text.utf8), to: descriptor, path: path)
        case .copy(let source): try FileBytes.copy(source, to: descriptor, path: path)
        case .link: break
        }
        if let owner = file.owner, fchown(descriptor, owner.user, owner.group) != 0 {
            throw .systemCall("fchown", path: path, errno: errno)
        }
        guard fchmod(descriptor, file.mode) == 0 else { throw .systemCall("fchmod", path: path, errno: errno) }
        guard fsync(descriptor) == 0 else { throw .systemCall("fsync", path: path, errno: errno) }
    }
}
