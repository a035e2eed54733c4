internal import Synchronization

/// Where log lines go.
public protocol LogSink: Sendable {
    /// Takes a record; what cannot be written is lost, and the caller never hears of it.
    func write(_ record: LogRecord)
}

/// Gives every record to several sinks.
public struct FanOutSink: LogSink {
    private let sinks: [any LogSink]

    /// A sink in front of others.
    public init(_ sinks: [any LogSink]) { self.sinks = sinks }

    /// Hands the record to every sink in turn.
    public func write(_ record: LogRecord) {
        for sink in sinks { sink.write(record) }
    }
}

/// Keeps records for a test to look at.
public final class MemorySink: LogSink {
    private let kept = Mutex<[LogRecord]>([])

    /// An empty sink.
    public init() {}

    /// Keeps the record.
    public func write(_ record: LogRecord) { kept.withLock { $0.append(record) } }

    /// What was written so far.
    public var records: [LogRecord] { kept.withLock { $0 } }
}
