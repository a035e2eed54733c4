package import Basics
package import Messaging
package import Postgres
package import Zones

/// What a responder knows in a turn.
package struct DialogueFacts: Sendable {
    /// The salon's name.
    package var salon: String
    /// The language that the salon speaks.
    package var salonLanguage: Language
    /// The customer's, where it is known.
    package var customerLanguage: Language?
    /// The salon's clocks.
    package var zone: TimeZone
    /// The moment.
    package var now: Timestamp
    /// What can be booked.
    package var services: [DialogueService]
    /// What the customer has booked and is still to come.
    package var bookings: [DialogueBooking] = []
    /// When the salon is there.
    package var hours: [DialogueHours] = []
    /// What is free, as far as it was asked.
    package var slots: [SlotsWanted: [DialogueSlot]] = [:]
    /// What was done in this turn already.
    package var deed: DialogueDeed?

    /// What is known of a salon.
    package init(
        salon: String, language: Language, zone: TimeZone, now: Timestamp, services: [DialogueService]
    ) {
        self.salon = salon
        salonLanguage = language
        self.zone = zone
        self.now = now
        self.services = services
    }

    /// The day that it is at the salon.
    var today: CivilDate { zone.wallTime(at: now).date }
}

/// Something that can be booked.
package struct DialogueService: Hashable, Sendable {
    /// Its key.
    package let id: PostgresUUID
    /// What it is called.
    package let name: String
    /// How long it takes.
    package let minutes: Int
    /// What it costs, with the currency; nil when nothing is said about that.
    package let price: String?

    /// A service.
    package init(id: PostgresUUID, name: String, minutes: Int, price: String? = nil) {
        self.id = id
        self.name = name
        self.minutes = minutes
        self.price = price
    }
}

/// A time of the week at which the salon is there.
package struct DialogueHours: Hashable, Sendable {
    /// From 1, a Monday, to 7.
    package let weekday: Int
    /// Since midnight.
    package let opens: Duration
    /// Since midnight.
    package let closes: Duration

    /// A time of the week.
    package init(weekday: Int, opens: Duration, closes: Duration) {
        self.weekday = weekday
        self.opens = opens
        self.closes = closes
    }
}

/// A time at which a service can begin.
package struct DialogueSlot: Hashable, Sendable {
    /// The moment.
    package let start: Timestamp
    /// What the salon's clocks show then.
    package let local: WallTime

    /// A time.
    package init(start: Timestamp, local: WallTime) {
        self.start = start
        self.local = local
    }
}
