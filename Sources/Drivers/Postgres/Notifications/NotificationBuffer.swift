/// What somebody said with `NOTIFY`.
public struct PostgresNotification: Hashable, Sendable {
    /// Where it was said.
    public var channel: String
    /// What was said; empty unless something was given.
    public var payload: String
    /// The server's process that said it.
    public var backendProcess: Int32
}

/// What comes of listening.
public enum NotificationEvent: Hashable, Sendable {
    /// Somebody said something.
    case notification(PostgresNotification)
    /// Something may have been said that was not heard: the connection was gone and is back, or the reader was too
    /// slow.
    /// Look at the tables themselves; whatever is said from now on is heard.
    case gap
}

/// Keeps what was heard until it is read, at most so much of it.
///
/// Invariant: what is read is everything that was said in its order, with a gap at each place where something is
/// missing. When there is no room, all that waits becomes one gap, because a reader that must look at the tables
/// anyway gains nothing from the rest.
struct NotificationBuffer: Sendable {
    private let limit: Int
    private var events: [NotificationEvent] = []
    private var head = 0

    init(limit: Int) { self.limit = limit }

    var count: Int { events.count - head }

    mutating func append(_ event: NotificationEvent) {
        if event == .gap || count >= limit {
            events = [.gap]
            head = 0
        } else {
            events.append(event)
        }
    }

    mutating func next() -> NotificationEvent? {
        guard head < events.count else { return nil }
        defer {
            head += 1
            if head == events.count {
                events.removeAll(keepingCapacity: true)
                head = 0
            }
        }
        return events[head]
    }
}
