package import Basics
package import Postgres
package import Store

/// A line of the log of events, as it is written.
package struct EventLine: Sendable {
    /// What came, in the form in which it can be kept.
    package enum Payload: Sendable {
        /// JSON that the database can hold.
        case json([UInt8])
        /// Anything else.
        case bytes([UInt8])
    }

    /// Its key, which carries the moment.
    package let id: PostgresUUID
    /// When it came in, as exactly as the key says it.
    package var created: Timestamp { id.moment }
    /// Whose it is, where that is known.
    package let salon: PostgresUUID?
    /// What kind of event it is.
    package let event: String
    /// What came.
    package let payload: Payload
    /// What is to become of it.
    package let status: WebhookStatus
    /// Why nothing will.
    package let error: String?

    /// A line of now.
    package init(
        _ event: String, of salon: PostgresUUID?, _ payload: Payload, _ status: WebhookStatus, error: String? = nil,
        at moment: Timestamp = .now()
    ) {
        id = .timed(at: moment)
        self.salon = salon
        self.event = event
        self.payload = payload
        self.status = status
        self.error = error
    }

    func row() throws(PostgresError) -> BatchRow {
        var json: PostgresJSON?
        var raw: [UInt8]?
        switch payload {
        case .json(let bytes): json = PostgresJSON(String(decoding: bytes, as: UTF8.self))
        case .bytes(let bytes): raw = bytes
        }
        return try BatchRow(id, created, salon, event, json, raw, status.rawValue, error)
    }
}

/// Keeps every event that was signed, before anybody is told that it arrived. Lines that wait at the same time share a
/// commit, so many cost hardly more than one.
package final class EventLog: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on the store's loop only.

    /// How long a line may take before whoever sent it is told to come again.
    private static let limit = Duration.seconds(10)

    private let batcher: CommitBatcher
    private let pressure: DeliveryPressure

    /// A log that connects at once. Some connections write while others are still being read from: with one, everybody
    /// would take turns.
    package init(_ store: Store, connections: Int, _ pressure: DeliveryPressure) throws {
        self.pressure = pressure
        batcher = try store.batcher(
            WebhookLogStatements.keep.sql, columns: PostgresUUID.self, Timestamp.self, PostgresUUID?.self, String.self,
            PostgresJSON?.self, [UInt8]?.self, String.self, String?.self,
            in: PlatformScope(by: .service("webhook")), BatchLimits(connections: connections, promptRows: 16))
    }

    /// Comes back when the line is durable. What fails was not written, or nobody knows whether it was.
    package func keep(_ line: EventLine) async throws {
        pressure.begins()
        defer { pressure.ends() }
        try await batcher.commit(line.row(), within: Self.limit)
    }

    /// How many batches were written, and how many lines wait.
    package var status: (batches: Int, waiting: Int) { batcher.status }

    /// Waits for what is on its way.
    package func stop(within limit: Duration) async { await batcher.stop(within: limit) }
}
