package import Basics
package import Postgres

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
