public import Basics
internal import Synchronization

/// A file that lines are appended to, and that is put aside as `name.1`, `name.2`, … before it grows beyond its limit.
///
/// - One process writes it. Only whole lines stand in it: a line that could not be written whole is taken out again.
/// - Deleted or moved underneath, it is opened anew with the next line.
/// - After opening nothing is thrown. Lines that could not be written are counted; as soon as writing works again, a
///   line of its own says how many were lost and why.
public final class RotatingFile: Sendable {
    /// Where the newest lines stand.
    public let path: String
    private let writer: Mutex<RotatingFileWriter>

    /// Opens the file, readable by its owner only, and makes it when it is missing.
    ///
    /// `limit` is the size it should not exceed, `keep` how many older files stay, and `notice` the form of the line
    /// that tells about lost ones.
    public init(
        path: String, limit: ByteCount = .megabytes(10), keep: Int = 5, notice: LogFormat = .json
    ) throws(ParlorError) {
        self.path = path
        let policy = RotationPolicy(limit: max(1, limit.bytes), keep: max(0, keep))
        var writer = RotatingFileWriter(path: path, policy: policy, notice: notice)
        try writer.open()
        self.writer = Mutex(writer)
    }

    deinit { writer.withLock { $0.close() } }

    /// Appends a line; its newline is added where it is missing.
    public func append(_ line: [UInt8]) { writer.withLock { $0.append(line) } }

    /// Appends a line; its newline is added where it is missing.
    public func append(_ line: String) { append(Array(line.utf8)) }

    /// How many lines were lost since the file was opened.
    public var droppedLines: Int { writer.withLock { $0.dropped } }
}
