package import Basics
package import Messaging
package import Postgres

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
