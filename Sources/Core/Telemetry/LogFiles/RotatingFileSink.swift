/// Writes each record to a rotating file.
public struct RotatingFileSink: LogSink {
    private let file: RotatingFile
    private let format: LogFormat

    /// Writes to `file`, as JSON unless told otherwise.
    public init(_ file: RotatingFile, format: LogFormat = .json) {
        self.file = file
        self.format = format
    }

    /// Writes the record's line.
    public func write(_ record: LogRecord) { file.append(format.line(for: record)) }
}
