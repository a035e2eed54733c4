internal import Synchronization

/// Writes each record to standard error with a single call; lines of several threads do not mix.
public final class StandardErrorSink: LogSink {
    private let format: LogFormat
    private let descriptor: Int32
    private let turn = Mutex(())

    /// Writes to standard error, or to another open descriptor.
    public init(_ format: LogFormat, descriptor: Int32 = 2) {
        self.format = format
        self.descriptor = descriptor
    }

    /// Writes the record's line.
    public func write(_ record: LogRecord) {
        let line = format.line(for: record)
        turn.withLock { _ in _ = writeWhole(line, to: descriptor) }
    }
}
