package import Basics
import JSONText
package import Messaging
package import Postgres

/// How far the dialogue with a customer has come. It is kept as JSON with a version; one that is not understood, because
/// another release wrote it, begins anew.
package struct DialogueState: Hashable, Sendable {
    /// Which question the customer was asked last.
    package var step = Step.menu
    /// The language that the customer chose or was heard to speak.
    package var language: Language?
    /// How often in a row the customer was not understood.
    package var misses = 0

    static let version = 1

    /// A dialogue that begins.
    package init() {}

    /// A question that the customer was asked.
    package enum Step: Hashable, Sendable {
        /// What can be done.
        case menu
        /// Which service, from one of the list on.
        case services(from: Int)
        /// Which day; further ones begin with `next`.
        case days(DialoguePlan, next: CivilDate)
        /// At what time of a day, from one of the list on.
        case times(DialoguePlan, day: CivilDate, from: Int)
        /// Whether a time that is kept is to be booked.
        case confirming(DialogueBooking)
        /// Which booking, from one of the list on.
        case bookings(DialoguePurpose, from: Int)
        /// What is to be done with a booking.
        case booking(DialogueBooking)
        /// Whether a booking is to be called off.
        case cancelling(DialogueBooking)
        /// None: a person answers.
        case person
    }
}

/// For which purpose a customer is asked for one of the bookings.
package enum DialoguePurpose: String, Hashable, Sendable, JSONReadable, JSONWritable {
    /// To see it.
    case see
    /// To put it on another time.
    case move
    /// To call it off.
    case cancel
}

/// For what a time is looked for: a new booking, or one that is there.
package struct DialoguePlan: Hashable, Sendable {
    /// The service's key.
    package var service: PostgresUUID
    /// What it is called.
    package var name: String
    /// The booking that is to be put on another time.
    package var moving: DialogueBooking?
}

/// A customer's booking.
package struct DialogueBooking: Hashable, Sendable {
    /// Its key.
    package let id: PostgresUUID
    /// Its code.
    package let code: String
    /// The service's key, where it is still there.
    package let service: PostgresUUID?
    /// What was booked.
    package let name: String
    /// When it begins.
    package let start: Timestamp
    /// What the salon's clocks show then.
    package let local: WallTime
    /// How often it was changed.
    package let version: Int32

    /// A booking.
    package init(
        id: PostgresUUID, code: String, service: PostgresUUID?, name: String, start: Timestamp, local: WallTime,
        version: Int32
    ) {
        self.id = id
        self.code = code
        self.service = service
        self.name = name
        self.start = start
        self.local = local
        self.version = version
    }

    /// What it takes to look for another time; nil when the service is gone.
    var plan: DialoguePlan? { service.map { DialoguePlan(service: $0, name: name, moving: nil) } }

    /// The same to put the booking there.
    var movingPlan: DialoguePlan? { service.map { DialoguePlan(service: $0, name: name, moving: self) } }
}
