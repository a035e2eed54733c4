package import Basics
package import Postgres
package import Zones

/// What a resource is.
package enum ResourceKind: String, PostgresEnumeration {
    /// Somebody who works.
    case staff = "STAFF"
    /// A room.
    case room = "ROOM"
    /// A chair.
    case chair = "CHAIR"
    /// A device.
    case equipment = "EQUIPMENT"
}

/// Something that a service may take.
package struct BookableResource: Hashable, Sendable {
    /// Its key.
    package var id: PostgresUUID
    /// What it is. A booking takes one of each kind that its service lists.
    package var kind: ResourceKind
    /// Whether it can be booked at all now. A kind of which nothing can leaves its service without slots.
    package var isBookable: Bool

    /// A resource.
    package init(id: PostgresUUID, kind: ResourceKind, isBookable: Bool = true) {
        self.id = id
        self.kind = kind
        self.isBookable = isBookable
    }
}

/// When the salon, or a resource, is there on a day of the week, by the salon's clocks.
package struct OpeningSpan: Hashable, Sendable {
    /// Whose it is; nil for the salon itself.
    package var resource: PostgresUUID?
    /// From 1, a Monday, to 7.
    package var weekday: Int
    /// From when on, since midnight.
    package var opens: Duration
    /// Until when; 24 hours is midnight.
    package var closes: Duration
    /// The first day it holds on.
    package var validFrom: CivilDate?
    /// The last one.
    package var validUntil: CivilDate?

    /// A span.
    package init(
        resource: PostgresUUID? = nil, weekday: Int, opens: Duration, closes: Duration, validFrom: CivilDate? = nil,
        validUntil: CivilDate? = nil
    ) {
        self.resource = resource
        self.weekday = weekday
        self.opens = opens
        self.closes = closes
        self.validFrom = validFrom
        self.validUntil = validUntil
    }

    func holds(on date: CivilDate) -> Bool {
        weekday == date.weekday && validFrom.map { $0 <= date } ?? true && validUntil.map { date <= $0 } ?? true
    }
}

/// A time of the salon, or of a resource: one that it is closed for, or one that is taken.
package struct OccupiedTime: Hashable, Sendable {
    /// Whose it is; nil for the salon itself.
    package var resource: PostgresUUID?
    /// From when until when.
    package var span: Range<Timestamp>

    /// A time.
    package init(resource: PostgresUUID?, _ span: Range<Timestamp>) {
        self.resource = resource
        self.span = span
    }
}

/// How a salon wants its slots.
package struct SlotRules: Hashable, Sendable {
    /// A slot begins when the clocks show a multiple of this since midnight.
    package var step = Duration.seconds(900)
    /// How long before it begins a slot must be asked for.
    package var notice = Duration.zero
    /// How far ahead slots are given.
    package var horizon = Duration.seconds(90 * 86_400)

    /// A quarter of an hour, no notice, 90 days.
    package init() {}
}

/// Everything that decides which slots of a service are free, as it is at one moment.
package struct SlotQuestion: Sendable {
    /// The salon's zone.
    package var zone: TimeZone
    /// How the salon wants its slots.
    package var rules = SlotRules()
    /// How long the service takes.
    package var duration: Duration
    /// What is kept free before it on what it takes.
    package var bufferBefore = Duration.zero
    /// What is kept free behind it.
    package var bufferAfter = Duration.zero
    /// What the service lists.
    package var resources: [BookableResource]
    /// When the salon and its resources are there.
    package var hours: [OpeningSpan]
    /// When they are not there after all.
    package var closures: [OccupiedTime] = []
    /// What is taken of the resources, buffers included.
    package var taken: [OccupiedTime] = []
    /// Whom or what it has to be; of its kind no other one is taken.
    package var preferred: PostgresUUID?
    /// When it is asked.
    package var now: Timestamp

    /// A question about a service.
    package init(
        zone: TimeZone, duration: Duration, resources: [BookableResource], hours: [OpeningSpan], now: Timestamp
    ) {
        self.zone = zone
        self.duration = duration
        self.resources = resources
        self.hours = hours
        self.now = now
    }
}

/// A time at which a service can be had.
package struct FreeSlot: Hashable, Sendable {
    /// When it begins.
    package let start: Timestamp
    /// When it ends, without the buffer.
    package let end: Timestamp
    /// What the salon's clocks show when it begins.
    package let localStart: WallTime
    /// One resource of each kind that the service lists.
    package let resources: [PostgresUUID]
}

/// Why a time cannot be had.
package enum SlotRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// It begins too soon, or is over.
    case tooSoon
    /// It is further ahead than the salon plans.
    case tooFar
    /// The salon's slots do not begin then.
    case offStep
    /// The salon is closed, or what the service needs is not there.
    case closed
    /// What the service needs is taken.
    case taken
    /// What the service needs does not exist or cannot be booked.
    case noResource

    /// A lower-case fact.
    package var description: String {
        switch self {
        case .tooSoon: "it is too late to book this time"
        case .tooFar: "this time is further ahead than the salon plans"
        case .offStep: "no slot begins at this time"
        case .closed: "the salon, or what the service needs, is not there at this time"
        case .taken: "this time is taken"
        case .noResource: "nothing that the service needs can be booked"
        }
    }
}
