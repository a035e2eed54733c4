package import Basics
package import Postgres
package import Store
import Zones

/// Which bookings a list shows.
package struct BookingFilter: Hashable, Sendable {
    /// Those that begin then or later.
    package var from: Timestamp
    /// Those that begin before.
    package var until: Timestamp
    /// Those of a status.
    package var status: BookingStatus?
    /// Those of a customer, by key.
    package var customer: PostgresUUID?
    /// Those that take a resource.
    package var resource: PostgresUUID?

    /// All that begin within a time.
    package init(from: Timestamp, until: Timestamp) {
        self.from = from
        self.until = until
    }
}

/// A place in a list of bookings: behind one of them.
package struct BookingCursor: Hashable, Sendable {
    /// When that one begins.
    package let start: Timestamp
    /// Its key.
    package let id: PostgresUUID

    /// Behind a booking of that beginning and key.
    package init(start: Timestamp, id: PostgresUUID) {
        self.start = start
        self.id = id
    }

    /// Behind a booking.
    package init(behind booking: BookingDetails) { self.init(start: booking.start, id: booking.id) }

    /// Before all.
    static let beginning = BookingCursor(start: Timestamp(microseconds: .min), id: PostgresUUID(high: 0, low: 0))
}

/// A part of a list, and where it goes on; nil at its end.
package struct BookingPage: Hashable, Sendable {
    /// The bookings.
    package let bookings: [BookingDetails]
    /// Behind the last of them.
    package let next: BookingCursor?
}

extension BookingDesk {
    /// The booking of a code, as people write it; nil when there is none.
    package func booking(
        code: String, in scope: SalonScope, _ freshness: Freshness = .recent
    ) async throws -> BookingDetails? {
        guard let code = BookingCode.read(code) else { return nil }
        return try await store.read(BookingDetailStatements.byCode, code, in: scope, freshness).first
    }

    /// The booking of a key; nil when there is none.
    package func booking(
        _ id: PostgresUUID, in scope: SalonScope, _ freshness: Freshness = .recent
    ) async throws -> BookingDetails? {
        try await store.read(BookingDetailStatements.byKeys, [id], in: scope, freshness).first
    }

    /// A part of the list of bookings, in order of their beginnings.
    package func list(
        _ filter: BookingFilter, behind cursor: BookingCursor? = nil, atMost most: Int = 50, in scope: SalonScope,
        _ freshness: Freshness = .recent
    ) async throws -> BookingPage {
        let cursor = cursor ?? .beginning
        // One more than is shown says whether there are more.
        let found = try await store.read(
            BookingDetailStatements.list,
            (
                max(filter.from, cursor.start), filter.until, cursor.start, cursor.id, filter.status, filter.customer,
                filter.resource, most + 1
            ), in: scope, freshness)
        let shown = Array(found.prefix(most))
        return BookingPage(
            bookings: shown, next: found.count > most ? shown.last.map(BookingCursor.init(behind:)) : nil)
    }

    /// What begins on a day of the salon's calendar, cancelled ones too; nothing on one that its place left out.
    package func calendar(
        of day: CivilDate, zone name: String, resource: PostgresUUID? = nil, in scope: SalonScope,
        _ freshness: Freshness = .recent
    ) async throws -> [BookingDetails] {
        let zone = try await planner.zone(name)
        var found: [BookingDetails] = []
        for part in zone.moments(from: WallTime(day), until: WallTime(day + 1)) {
            var filter = BookingFilter(from: part.lowerBound, until: part.upperBound)
            filter.resource = resource
            var cursor: BookingCursor?
            repeat {
                let page = try await list(filter, behind: cursor, atMost: 500, in: scope, freshness)
                found += page.bookings
                cursor = page.next
            } while cursor != nil
        }
        return found
    }

    /// A customer's bookings that are still to come, by key or by number.
    package func upcoming(
        of customer: BookingRequest.Customer, atMost most: Int = 20, in scope: SalonScope,
        _ freshness: Freshness = .recent
    ) async throws -> [BookingDetails] {
        switch customer {
        case .key(let key):
            try await store.read(BookingDetailStatements.upcomingOfCustomer, (key, most), in: scope, freshness)
        case .phone(let number, _):
            try await store.read(BookingDetailStatements.upcomingOfNumber, (number, most), in: scope, freshness)
        case .passer: []
        }
    }
}
