package import Basics
package import Postgres
package import Store

/// What has become of somebody's place in the line.
package enum WaitingStatus: String, CaseIterable, PostgresEnumeration {
    /// He waits.
    case waiting = "WAITING"
    /// A slot is held for him.
    case offered = "OFFERED"
    /// He took one.
    case booked = "BOOKED"
    /// He waits no more.
    case withdrawn = "WITHDRAWN"
}

/// Somebody's place in the line for a service.
package struct WaitingEntry: StatementRow, Hashable {
    /// Its key, by which the line is ordered.
    package let id: PostgresUUID
    /// Who waits.
    package let customer: PostgresUUID
    /// What for.
    package let service: PostgresUUID
    /// Whom or what it has to be.
    package let resource: PostgresUUID?
    /// The first day on which he would come.
    package let firstDay: CivilDate
    /// The last one.
    package let lastDay: CivilDate
    /// From which time of the day on a visit may begin.
    package let earliest: Duration
    /// Until which time; 24 hours leaves it open.
    package let latest: Duration
    /// What has become of it.
    package let status: WaitingStatus
    /// What is held for him, or what he took.
    package let booking: PostgresUUID?
    /// Beginnings that he let go.
    package let passed: [Timestamp]
    /// How often it was changed.
    package let version: Int32

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("customer_id", PostgresUUID.self),
        Column("service_id", PostgresUUID.self), Column("resource_id", PostgresUUID?.self),
        Column("first_day", PostgresDate.self), Column("last_day", PostgresDate.self),
        Column("earliest", PostgresTime.self), Column("latest", PostgresTime.self),
        Column("status", WaitingStatus.self), Column("booking_id", PostgresUUID?.self),
        Column("passed", [Timestamp].self), Column("version", Int32.self)
    ) {
        WaitingEntry(
            id: $0, customer: $1, service: $2, resource: $3, firstDay: $4.date, lastDay: $5.date,
            earliest: .microseconds($6.microseconds), latest: .microseconds($7.microseconds), status: $8, booking: $9,
            passed: $10, version: $11)
    }

    /// Whether he would come to a slot of his service, and did not let one go that it shares time with.
    package func wants(_ slot: FreeSlot) -> Bool {
        let (date, time) = (slot.localStart.date, slot.localStart.sinceMidnight)
        return status == .waiting && firstDay <= date && date <= lastDay && earliest <= time && time <= latest
            && (resource.map { slot.resources.contains($0) } ?? true)
            && !passed.contains { $0 < slot.end && slot.start < $0 + (slot.end - slot.start) }
    }
}

/// Who is offered what became free: pure.
package enum WaitingMatch {
    /// An entry and the slot that is offered to him.
    package struct Offer: Hashable, Sendable {
        /// The entry.
        package let entry: WaitingEntry
        /// The slot.
        package let slot: FreeSlot
    }

    /// The first in the line for whom there is a slot in what became free, and the first such slot. `slots` gives the
    /// free slots for an entry, in order.
    package static func offer(
        _ line: [WaitingEntry], freed: Range<Timestamp>, slots: (WaitingEntry) -> [FreeSlot]
    ) -> Offer? {
        for entry in line.sorted(by: { $0.id < $1.id }) where entry.status == .waiting {
            let slot = slots(entry).first { entry.wants($0) && freed.overlaps($0.start..<$0.end) }
            if let slot { return Offer(entry: entry, slot: slot) }
        }
        return nil
    }
}
