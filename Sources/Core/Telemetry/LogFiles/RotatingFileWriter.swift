internal import Basics
internal import Glibc

/// What a rotating file does under its lock.
struct RotatingFileWriter {
    private let path: String
    private let policy: RotationPolicy
    private let notice: LogFormat

    private var descriptor: Int32 = -1
    private var identity: (device: dev_t, inode: ino_t) = (0, 0)
    private var size = 0

    /// The lines lost since the file was opened.
    private(set) var dropped = 0
    private var untold = 0
    private var reason: String?

    init(path: String, policy: RotationPolicy, notice: LogFormat) {
        self.path = path
        self.policy = policy
        self.notice = notice
    }

    mutating func append(_ line: [UInt8]) {
        var bytes = lossNotice()
        bytes += line
        if line.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        do {
            try place(bytes)
            untold = 0
        } catch {
            dropped += 1
            untold += 1
            reason = error.why ?? error.what
        }
    }

    /// Opens the file. A link in its place is not followed: whoever may write the folder must not choose what we write
    /// to.
    mutating func open() throws(ParlorError) {
        close()
        let opened = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard opened >= 0 else { throw .systemCall("open", path: path, errno: errno) }
        var found = stat()
        guard fstat(opened, &found) == 0, found.st_mode & S_IFMT == S_IFREG else {
            Glibc.close(opened)
            throw ParlorError(.file, "\(path) is not a regular file", hint: "Move away what stands there.")
        }
        // It may come from an earlier program that let others read it; when it is not ours, its owner decides.
        fchmod(opened, 0o600)
        descriptor = opened
        identity = (found.st_dev, found.st_ino)
        size = Int(found.st_size)
    }

    mutating func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private mutating func place(_ bytes: [UInt8]) throws(ParlorError) {
        if !isCurrent() { try open() }
        if policy.rotates(size: size, adding: bytes.count) { try rotate() }
        if let number = writeWhole(bytes, to: descriptor) {
            ftruncate(descriptor, off_t(size))
            throw .systemCall("write", path: path, errno: number)
        }
        size += bytes.count
    }

    /// Whether the open file still is the one at the path. Learns its size as well: somebody may have emptied it.
    private mutating func isCurrent() -> Bool {
        var found = stat()
        guard descriptor >= 0, lstat(path, &found) == 0, (found.st_dev, found.st_ino) == identity else { return false }
        size = Int(found.st_size)
        return true
    }

    /// Puts the file aside and opens a new one. When it cannot be moved, writing goes on: too large a file beats lost
    /// lines.
    private mutating func rotate() throws(ParlorError) {
        if policy.keep == 0 {
            guard unlink(path) == 0 else { return }
        } else {
            for move in policy.moves(for: path, exists: { Files.exists($0) }) {
                guard rename(move.from, move.to) == 0 else { return }
            }
        }
        try open()
    }

    private func lossNotice() -> [UInt8] {
        guard untold > 0 else { return [] }
        return notice.line(
            for: LogRecord(
                time: .now(), level: .warning, label: "log", message: "log lines were lost",
                metadata: [.count: untold, .reason: reason, .file: path]))
    }
}
