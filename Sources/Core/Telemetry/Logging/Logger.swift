internal import Basics

/// Writes log lines of one part of the program to a sink.
///
/// Messages are constant by their type; what changes from time to time goes into the metadata. Below the level neither
/// the metadata is evaluated nor anything else done. The request that is being answered (`TraceContext.current`) is
/// added by itself.
public struct Logger: Sendable {
    /// Which part of the program speaks.
    public let label: String
    /// Lines below this level are left out.
    public var level: LogLevel
    /// What every line carries.
    public var metadata: LogMetadata
    private let sink: any LogSink

    /// A logger of a part of the program.
    public init(label: String, level: LogLevel = .info, metadata: LogMetadata = [:], sink: any LogSink) {
        self.label = label
        self.level = level
        self.metadata = metadata
        self.sink = sink
    }

    /// The same logger under another label.
    public func labelled(_ label: String) -> Logger {
        Logger(label: label, level: level, metadata: metadata, sink: sink)
    }

    /// The same logger with more metadata on every line.
    public func with(_ metadata: LogMetadata) -> Logger {
        Logger(label: label, level: level, metadata: self.metadata.merging(metadata), sink: sink)
    }

    /// Whether a line of that level is written; for work that only prepares one.
    public func writes(_ level: LogLevel) -> Bool { level >= self.level }

    /// Writes a line.
    public func log(
        _ level: LogLevel, _ message: @autoclosure () -> StaticString, _ metadata: @autoclosure () -> LogMetadata = [:]
    ) {
        guard writes(level) else { return }
        var all = TraceContext.current?.metadata ?? [:]
        all.merge(self.metadata)
        all.merge(metadata())
        sink.write(
            LogRecord(time: .now(), level: level, label: label, message: message().description, metadata: all))
    }

    /// Writes a line about an error. The error's detail is there only when the logger is at `debug`.
    public func log(
        _ level: LogLevel, _ message: @autoclosure () -> StaticString, error: any Error,
        _ metadata: @autoclosure () -> LogMetadata = [:]
    ) {
        log(
            level, message(),
            LogMetadata(describing: error, withDetail: self.level == .debug).merging(metadata()))
    }
}

extension Logger {
    /// Writes a line for the person who looks for a mistake.
    public func debug(
        _ message: @autoclosure () -> StaticString, _ metadata: @autoclosure () -> LogMetadata = [:]
    ) {
        log(.debug, message(), metadata())
    }

    /// Writes a line about something that went as it should.
    public func info(
        _ message: @autoclosure () -> StaticString, _ metadata: @autoclosure () -> LogMetadata = [:]
    ) {
        log(.info, message(), metadata())
    }

    /// Writes a line about something that Parlor deals with by itself.
    public func warning(
        _ message: @autoclosure () -> StaticString, _ metadata: @autoclosure () -> LogMetadata = [:]
    ) {
        log(.warning, message(), metadata())
    }

    /// Writes a line about an error that Parlor deals with by itself.
    public func warning(
        _ message: @autoclosure () -> StaticString, error: any Error,
        _ metadata: @autoclosure () -> LogMetadata = [:]
    ) {
        log(.warning, message(), error: error, metadata())
    }

    /// Writes a line about something that somebody has to look at.
    public func error(
        _ message: @autoclosure () -> StaticString, _ metadata: @autoclosure () -> LogMetadata = [:]
    ) {
        log(.error, message(), metadata())
    }

    /// Writes a line about an error that somebody has to look at.
    public func error(
        _ message: @autoclosure () -> StaticString, error: any Error,
        _ metadata: @autoclosure () -> LogMetadata = [:]
    ) {
        log(.error, message(), error: error, metadata())
    }
}
