package import Basics
package import Messaging
package import Postgres
package import Zones

/// Whoever answers customers: today an engine that goes by words and buttons, and one day a language model.
///
/// A responder decides and does nothing. It is asked again with what it asked for, and again with what became of what it
/// wanted done, until it says something; so it has to decide the same when the same is put to it once more.
package protocol Responder: Sendable {
    /// What comes next in a turn.
    func respond(to turn: DialogueTurn) async throws -> DialogueStep
}

/// What comes next in a turn.
package enum DialogueStep: Hashable, Sendable {
    /// The responder has to know which times are free.
    case ask(SlotsWanted)
    /// Something is to be done: at most once in a turn.
    case act(DialogueEffect)
    /// The customer is answered, and the turn is over.
    case say(DialogueAnswer)
}

/// A message of a customer with everything that decides the answer.
package struct DialogueTurn: Sendable {
    /// How far the dialogue has come.
    package var state: DialogueState
    /// What the customer did.
    package var input: DialogueInput
    /// What is known.
    package var facts: DialogueFacts

    /// A turn.
    package init(state: DialogueState, input: DialogueInput, facts: DialogueFacts) {
        self.state = state
        self.input = input
        self.facts = facts
    }
}

/// What a customer did.
package enum DialogueInput: Hashable, Sendable {
    /// Words.
    case text(String)
    /// A button or a line of a list, by its identifier.
    case choice(String)
    /// Something without words, like a picture.
    case other
}

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

/// Which free times a responder asks for.
package struct SlotsWanted: Hashable, Sendable {
    /// Of which service.
    package let service: PostgresUUID
    /// From which day on.
    package let from: CivilDate
    /// On how many days.
    package let days: Int

    /// Free times of some days.
    package init(of service: PostgresUUID, from: CivilDate, days: Int) {
        self.service = service
        self.from = from
        self.days = days
    }
}

/// What a responder wants done.
package enum DialogueEffect: Hashable, Sendable {
    /// A time is kept while the customer is asked.
    case hold(service: PostgresUUID, at: Timestamp)
    /// What was kept is booked.
    case confirm(DialogueBooking)
    /// What was kept is given back.
    case release(DialogueBooking)
    /// A booking is put on another time.
    case move(DialogueBooking, to: Timestamp)
    /// A booking is called off.
    case cancel(DialogueBooking)
}

/// What became of it.
package enum DialogueOutcome: Hashable, Sendable {
    /// It is done.
    case done(DialogueBooking)
    /// Somebody has the time; these are free.
    case taken(next: [DialogueSlot])
    /// The time was kept for too long.
    case expired
    /// It cannot be done.
    case refused
}

/// What was done, and what became of it.
package struct DialogueDeed: Hashable, Sendable {
    /// What was wanted.
    package let effect: DialogueEffect
    /// What became of it.
    package let outcome: DialogueOutcome

    /// Something that was done.
    package init(_ effect: DialogueEffect, _ outcome: DialogueOutcome) {
        self.effect = effect
        self.outcome = outcome
    }
}

/// What a customer is told, and how it goes on.
package struct DialogueAnswer: Hashable, Sendable {
    /// How far the dialogue has come.
    package var state: DialogueState
    /// What is said, in this order.
    package var messages: [MessageContent]
    /// In which language.
    package var language: Language
    /// What the customer was understood to want; nil when that was not understood.
    package var intent: String?
}
