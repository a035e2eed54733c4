import Basics
import JSONText
package import Postgres

/// What a message of the topic `booking.changed` says.
package struct BookingChange: Hashable, Sendable {
    /// The booking.
    package let booking: PostgresUUID
    /// Its version since then.
    package let version: Int32
    /// What happened: `held`, `confirmed`, `moved`, `cancelled`, `completed`, `missed`, `expired`.
    package let what: String
    /// What a booking that was moved took before.
    package let freed: [OccupiedTime]

    /// The topic of such messages in the outbox.
    package static let topic = "booking.changed"

    /// Whether time became free.
    package var frees: Bool { ["cancelled", "expired", "moved"].contains(what) }

    /// Reads the payload of a message.
    package init(reading payload: PostgresJSON) throws {
        let json = try JSON(reading: payload.text)
        guard let booking = json["booking"]?.text.flatMap({ PostgresUUID($0) }),
            let version = json["version"]?.int.flatMap({ Int32(exactly: $0) }), let what = json["what"]?.text
        else { throw Self.fault }
        self.booking = booking
        self.version = version
        self.what = what
        freed = try (json["freed"]?.elements ?? []).map { time in
            guard let resource = time["resource"]?.text.flatMap({ PostgresUUID($0) }),
                let from = time["from"]?.text.flatMap({ Timestamp(rfc3339: $0) }),
                let until = time["until"]?.text.flatMap({ Timestamp(rfc3339: $0) }), from < until
            else { throw Self.fault }
            return OccupiedTime(resource: resource, from..<until)
        }
    }

    private static let fault = ParlorError(.malformed, "a message of the outbox does not say which booking changed")
}
