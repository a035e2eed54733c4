import Basics

/// Where the producer of a stream of events puts them.
///
/// The producer and the heartbeat take turns: one writes while the other waits, in the order in which they came.
public final class HTTPEventWriter: @unchecked Sendable {
    // Guard of @unchecked Sendable: used by tasks of one connection, on the loop.
    private let writer: HTTPBodyWriter
    private var isWriting = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var wasBusy = false

    init(_ writer: HTTPBodyWriter) { self.writer = writer }

    /// Sends an event, and comes back when the system has taken it.
    public func send(_ event: HTTPEvent) async throws { try await write(event.text()) }

    /// Sends an event of the usual kind.
    public func send(_ data: String) async throws { try await send(HTTPEvent(data)) }

    /// Shows that there is somebody, unless an event has done so since the last time.
    func beat() async throws {
        guard !wasBusy, !isWriting else { return wasBusy = false }
        try await write(":\n\n")
        wasBusy = false
    }

    func write(_ text: String) async throws {
        while isWriting { await withCheckedContinuation { waiting.append($0) } }
        isWriting = true
        wasBusy = true
        defer {
            isWriting = false
            if !waiting.isEmpty { waiting.removeFirst().resume() }
        }
        try await writer.write(text)
    }
}

extension HTTPResponse {
    /// A stream of events that lasts until `produce` returns, the client leaves, or the server shuts down; the last two
    /// cancel it, and a producer that is cancelled has nothing to answer for. While there is nothing to tell, a comment
    /// shows after each `heartbeat` that the stream is alive. A client that loses it comes back after `retry`.
    public static func events(
        heartbeat: Duration = .seconds(15), retry: Duration? = nil, headers: HTTPHeaders = [:],
        _ produce: @escaping @Sendable (HTTPEventWriter) async throws -> Void
    ) -> HTTPResponse {
        var response = HTTPResponse(.ok, headers: headers)
        response.headers["Content-Type"] = "text/event-stream"
        response.headers["Cache-Control"] = response.headers["Cache-Control"] ?? "no-store"
        // Proxies of the kind of nginx would keep events back until they have a bufferful.
        response.headers["X-Accel-Buffering"] = "no"
        response.outgoing = HTTPOutgoingBody(isOpenEnded: true) { writer in
            let events = HTTPEventWriter(writer)
            try await events.write(retry.map { "retry: \($0.milliseconds)\n\n" } ?? ":\n\n")
            do {
                try await run(produce, events, heartbeat)
            } catch is CancellationError {
                // The client has left, or the server ends; a proper end is the last thing to say.
            }
        }
        return response
    }

    /// A stream of the events of a sequence.
    public static func events<Events: AsyncSequence & Sendable>(
        _ events: Events, heartbeat: Duration = .seconds(15), retry: Duration? = nil, headers: HTTPHeaders = [:]
    ) -> HTTPResponse where Events.Element == HTTPEvent {
        self.events(heartbeat: heartbeat, retry: retry, headers: headers) { writer in
            for try await event in events { try await writer.send(event) }
        }
    }

    private static func run(
        _ produce: @escaping @Sendable (HTTPEventWriter) async throws -> Void, _ events: HTTPEventWriter,
        _ heartbeat: Duration
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await produce(events) }
            group.addTask {
                while true {
                    try await Task.sleep(for: heartbeat)
                    try await events.beat()
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
