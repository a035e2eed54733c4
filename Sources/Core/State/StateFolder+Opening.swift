public import Basics
import Glibc

extension StateFolder {
    /// Opens the folder at `path` for `owner`; nil when nothing is there, or only an empty folder.
    public static func open(_ path: String, owner: UInt32) throws(ParlorError) -> StateFolder? {
        guard try Files.status(path, followLinks: false) != nil else { return nil }
        guard let real = Files.resolved(path), let status = try status(of: real), status.kind == .folder else {
            throw ParlorError(
                .stateFolder, "\(path) is not a folder",
                hint: "Move it away, or name another place in PARLOR_STATE.")
        }
        try checkOwner(of: real, status, owner)
        return try hasFormat(real) ? StateFolder(path: real) : nil
    }

    /// Opens the folder at `path`, or makes what is missing of it. Runs as its owner, and may run again after a crash
    /// at any
    /// moment: the format is written last.
    public static func create(_ path: String, owner: UInt32) throws(ParlorError) -> StateFolder {
        if let folder = try open(path, owner: owner) {
            try checkWritable(folder.path)
            return folder
        }
        try checkPath(path)
        do throws(ParlorError) { try Files.makeFolder(path) } catch { throw unusable(path, error) }
        guard let real = Files.resolved(path) else { throw .systemCall("realpath", path: path, errno: errno) }
        let folder = StateFolder(path: real)
        try checkPath(real)
        try checkWritable(real)
        do throws(ParlorError) {
            for part in [folder.secrets.folder, folder.logs, folder.run, folder.postgres] { try Files.makeFolder(part) }
            try Files.writeAtomically("\(format)\n", to: "\(real)/format")
        } catch { throw unusable(path, error) }
        return folder
    }

    private static func status(of path: String) throws(ParlorError) -> Files.Status? {
        do throws(ParlorError) { return try Files.status(path) } catch { throw unusable(path, error) }
    }

    private static func checkOwner(of path: String, _ status: Files.Status, _ owner: UInt32) throws(ParlorError) {
        guard status.owner != owner else { return }
        let name = getpwuid(status.owner).map { String(cString: $0.pointee.pw_name) } ?? "user \(status.owner)"
        throw ParlorError(
            .stateFolderForeign, "the state folder \(path) belongs to \(name)",
            hint: "Run Parlor as \(name), or name another place in PARLOR_STATE.")
    }

    private static func hasFormat(_ path: String) throws(ParlorError) -> Bool {
        let file = "\(path)/format"
        guard Files.exists(file) else {
            let names: [String]
            do throws(ParlorError) { names = try Files.list(path) } catch { throw unusable(path, error) }
            // What a crash in `create` leaves, and nothing else.
            let ours: Set = ["secrets", "logs", "run", "postgres", "lock"]
            guard names.allSatisfy({ ours.contains($0) || $0.hasPrefix("format.") }) else {
                throw ParlorError(
                    .stateFolder, "\(path) is not a state folder of Parlor's", why: "it holds other files",
                    hint: "Name an empty or a new folder in PARLOR_STATE.")
            }
            return false
        }
        let text: String
        do throws(ParlorError) { text = try Files.readText(file) } catch { throw unusable(path, error) }
        guard let found = Int(text.split(separator: "\n").first ?? "") else {
            throw ParlorError(
                .stateFolder, "the state folder \(path) is damaged", why: "its file \"format\" holds no number",
                hint: "Write \(format) into \(file) if this Parlor made the folder, else restore it from a backup.")
        }
        guard found <= format else {
            throw ParlorError(
                .stateFolderNewer, "a newer Parlor wrote the state folder \(path)",
                why: "its format is \(found), and this Parlor reads up to \(format)",
                hint: "Use the newer Parlor, or name another place in PARLOR_STATE.")
        }
        return true
    }

    private static func checkWritable(_ path: String) throws(ParlorError) {
        let probe = "\(path)/run/.writable"
        do throws(ParlorError) {
            try Files.makeFolder("\(path)/run")
            try Files.writeAtomically("yes\n", to: probe)
            try Files.remove(probe)
        } catch { throw unusable(path, error) }
    }

    /// Refuses a path that PostgreSQL's socket in it cannot have: the kernel has 107 bytes for it, and libpq takes a
    /// comma for
    /// the end of it. To be asked before anything is made.
    public static func checkPath(_ path: String) throws(ParlorError) {
        let room = 107 - "/run/.s.PGSQL.65535".utf8.count
        guard path.utf8.count <= room else {
            throw ParlorError(
                .stateFolder, "the path of the state folder \(path) is too long",
                why: "it has \(path.utf8.count) bytes, and sockets in it allow at most \(room)",
                hint: "Name a shorter path in PARLOR_STATE.")
        }
        guard !path.contains(",") else {
            throw ParlorError(
                .stateFolder, "the path of the state folder \(path) holds a comma",
                why: "PostgreSQL takes that for the end of a path", hint: "Name another path in PARLOR_STATE.")
        }
    }

    private static func unusable(_ path: String, _ error: ParlorError) -> ParlorError {
        guard error.code == .file else { return error }
        return ParlorError(
            .stateFolder, "the state folder \(path) cannot be used", why: error.summary,
            hint:
                "Make it readable and writable for the user that Parlor runs as, or name another place in PARLOR_STATE.",
            cause: error)
    }
}
