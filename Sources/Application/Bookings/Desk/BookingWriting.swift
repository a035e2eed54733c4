package import Basics
package import Postgres
import Store

/// A booking that is planned and not yet written.
package struct BookingDraft: Sendable {
    /// For whom it is, as far as that is known.
    package struct Customer: Sendable {
        /// His key.
        package var id: PostgresUUID?
        /// His number.
        package var phone: String?
        /// His name.
        package var name: String?
    }

    /// When, and on which resources.
    package var slot: FreeSlot
    /// What it takes of them, buffers included.
    package var occupied: Range<Timestamp>
    /// The service's key.
    package var service: PostgresUUID
    /// What it is called.
    package var name: String
    /// The salon's zone.
    package var zone: String
    /// What it costs.
    package var price: PostgresNumeric?
    /// In which currency.
    package var currency: String?
    /// For whom it is.
    package var customer: Customer
}

/// The booking transaction of docs/schema.md.
struct BookingWriting: Sendable {
    let draft: BookingDraft
    let hold: PostgresInterval?
    let notes: SealedText?
    let source: String
    let key: String?
    let hash: [UInt8]
    let codes: BookingCodes

    func run(_ transaction: StoreTransaction) async throws -> BookingDetails {
        while true {
            let code = codes.next()
            async let locked = transaction.run(BookingDeskStatements.lockResources, draft.slot.resources)
            async let released: [Void] = transaction.run(
                BookingDeskStatements.releaseExpired,
                (draft.slot.resources, draft.occupied.lowerBound, draft.occupied.upperBound))
            async let inserted = transaction.run(BookingDeskStatements.insert, values(code))
            async let details = transaction.run(BookingDetailStatements.byCode, code)
            guard try await locked.count == draft.slot.resources.count else { throw ResourceGone() }
            _ = try await released
            // No row: the salon has a booking of this code, and chance gives another one.
            guard try await !inserted.isEmpty, let booking = try await details.first else { continue }
            return booking
        }
    }

    // The tuple is what the statement takes.
    // swift-format-ignore
    private func values(_ code: String) -> (
        String, PostgresUUID?, String?, String?, PostgresUUID, String, Timestamp, Timestamp, WallTime, String,
        PostgresNumeric?, String?, SealedText?, String, PostgresInterval?, Timestamp, Timestamp, [PostgresUUID], String?,
        [UInt8]?
    ) {
        (
            code, draft.customer.id, draft.customer.phone, draft.customer.name, draft.service, draft.name,
            draft.slot.start, draft.slot.end, draft.slot.localStart, draft.zone, draft.price, draft.currency, notes,
            source, hold, draft.occupied.lowerBound, draft.occupied.upperBound, draft.slot.resources, key, hash
        )
    }
}

/// A resource that was planned with cannot be booked any more.
struct ResourceGone: Error {}

extension PostgresError {
    /// Whether somebody else took the time, or said the same request, at the same moment.
    var isLostRace: Bool {
        sqlState == .exclusionViolation
            || sqlState == .uniqueViolation && report?.constraint == "booking_requests_pkey"
    }
}
