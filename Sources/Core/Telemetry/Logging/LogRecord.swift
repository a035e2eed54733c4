public import Basics

/// One line of the log before it is written.
public struct LogRecord: Hashable, Sendable {
    /// When it happened.
    public var time: Timestamp
    /// How much it matters.
    public var level: LogLevel
    /// Which part of the program says it.
    public var label: String
    /// What happened, in words that are the same every time.
    public var message: String
    /// The particulars of this time.
    public var metadata: LogMetadata

    /// One line of the log.
    public init(time: Timestamp, level: LogLevel, label: String, message: String, metadata: LogMetadata = [:]) {
        self.time = time
        self.level = level
        self.label = label
        self.message = message
        self.metadata = metadata
    }
}
