import Basics
import Glibc
import State

/// A line of a part's log.
struct LogLine: Equatable {
    /// The part that wrote it.
    var part: String
    /// When, as far as the line tells; comparable as text.
    var time: String
    /// What.
    var text: String

    /// The moment that stands in a line of ours or of PostgreSQL's, in one form; nil when there is none.
    static func time(of text: String) -> String? {
        let text = text.hasPrefix("{\"time\":\"") ? text.dropFirst(9) : text[...]
        var moment = Array(text.prefix(23).utf8)
        guard moment.count == 23, moment[4] == UInt8(ascii: "-"), moment[13] == UInt8(ascii: ":") else { return nil }
        moment[10] = UInt8(ascii: "T")
        return String(decoding: moment, as: UTF8.self)
    }

    /// Lines of one part; one without a moment belongs to the one before it.
    static func lines(of part: String, _ texts: [Substring]) -> [LogLine] {
        var last = ""
        return texts.map { text in
            last = time(of: String(text)) ?? last
            return LogLine(part: part, time: last, text: String(text))
        }
    }

    /// The lines of several parts in the order in which they were written.
    static func merged(_ logs: [[LogLine]]) -> [LogLine] {
        // A stable order: lines of one part never change places.
        logs.joined().enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }
}

/// Reads a log from its end on, and goes on where it grows, is rotated, or appears.
struct LogTail {
    private static let window = 1 << 20

    let part: String
    private let path: String
    private var position: Int
    private var inode: UInt64 = 0
    private var unfinished: [UInt8] = []

    /// The log of a part.
    init(part: String, path: String) {
        self.part = part
        self.path = path
        position = 0
    }

    /// The last lines; what comes later is `next`.
    mutating func last(_ count: Int) throws(ParlorError) -> [LogLine] {
        guard let file = try identity(path) else { return [] }
        inode = file.inode
        var window = Self.window
        while true {
            position = max(0, file.size - window)
            unfinished = []
            let isCut = position > 0
            let lines = try read(path).dropFirst(isCut ? 1 : 0)
            if lines.count >= count || !isCut { return Array(lines.suffix(count)) }
            window *= 4
        }
    }

    /// What was written since.
    mutating func next() throws(ParlorError) -> [LogLine] {
        guard let file = try identity(path) else { return [] }
        guard file.inode != inode || file.size < position else {
            return file.size > position ? try read(path) : []
        }
        let rest = try restOfRotated()
        (inode, position, unfinished) = (file.inode, 0, [])
        return rest + (try read(path))
    }

    /// What was written between the last look and the rotation.
    private mutating func restOfRotated() throws(ParlorError) -> [LogLine] {
        let rotated = "\(path).1"
        return try identity(rotated)?.inode == inode ? try read(rotated) : []
    }

    private func identity(_ path: String) throws(ParlorError) -> (inode: UInt64, size: Int)? {
        var found = stat()
        guard stat(path, &found) == 0 else {
            guard errno == ENOENT else { throw .systemCall("stat", path: path, errno: errno) }
            return nil
        }
        return (UInt64(found.st_ino), Int(found.st_size))
    }

    private mutating func read(_ path: String) throws(ParlorError) -> [LogLine] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .systemCall("open", path: path, errno: errno) }
        defer { close(descriptor) }
        var bytes = unfinished
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = pread(descriptor, &chunk, chunk.count, position)
            guard count >= 0 else { throw .systemCall("read", path: path, errno: errno) }
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
            position += count
        }
        let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        unfinished = Array(bytes[end...])
        return LogLine.lines(of: part, String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\n"))
    }
}
