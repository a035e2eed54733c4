import Basics
package import Bookings
import JSONText
package import Loop
import Messaging
package import Postgres
package import Store
package import Zones

/// Answers the messages of customers: a thin shell around a `Responder`.
///
/// Invariants:
/// - Messages of a conversation are answered in the order in which they were written, as far as they are here.
/// - What is said, how far the dialogue has come, and that the message was dealt with, are committed together and once.
/// - What is done at the desk goes before that. A booking is requested under the message's key, and every other step can
///   be done again; so whoever begins again after a crash does it no second time, and finds out what became of it.
/// - Who is blocked, or looked after by a person, is not answered; nor is anybody after the window has closed.
///
/// On failure: nothing of the answer was said. The turn can be taken again, by anybody and at the same time.
package struct ConversationTurn: Sendable {
    /// The topic of the messages that are to be answered.
    package static let topic = "message.received"
    /// How long a time is kept for somebody who is asked.
    static let holdLasts = Duration.seconds(600)
    /// How often a responder may ask before it has to answer.
    private static let stepsMax = 12

    let store: Store
    let desk: BookingDesk
    private let zones: ZoneDatabase
    private let loop: EventLoop
    private let responder: any Responder

    /// Answers by a responder.
    package init(
        _ store: Store, desk: BookingDesk, zones: ZoneDatabase = ZoneDatabase(),
        responder: any Responder = Dialogue(), on loop: EventLoop
    ) {
        self.store = store
        self.desk = desk
        self.zones = zones
        self.loop = loop
        self.responder = responder
    }

    /// Deals with the message that a payload of the topic names.
    package func handle(_ payload: PostgresJSON, in scope: SalonScope) async throws {
        let (conversation, message) = try Self.keys(in: payload)
        try await handle(conversation: conversation, message: message, in: scope)
    }

    private static func keys(in payload: PostgresJSON) throws -> (conversation: PostgresUUID, message: PostgresUUID) {
        let json = try JSON(reading: payload.text)
        guard let conversation = json["conversation"]?.text.flatMap({ PostgresUUID($0) }),
            let message = json["message"]?.text.flatMap({ PostgresUUID($0) })
        else { throw ParlorError(.malformed, "the payload names no message of a conversation") }
        return (conversation, message)
    }

    /// Deals with a message, and before it with those of the conversation that came shortly before. Those that were dealt
    /// with are left alone.
    package func handle(conversation: PostgresUUID, message: PostgresUUID, in scope: SalonScope) async throws {
        while let next = try await store.read(
            DialogueStatements.waiting, (message, conversation), in: scope, .deciding
        ).first {
            let sight = try await store.read(DialogueStatements.sight, conversation, in: scope, .deciding).first
            guard let sight, !sight.isSilent, sight.isOpen, let input = next.input else {
                try await store.write(DialogueStatements.pass, (conversation, next.id, next.created), in: scope)
                continue
            }
            let answer = try await answer(to: next, input, sight, in: scope)
            try await say(answer, to: next, in: conversation, after: sight.turn, scope)
        }
    }

    /// Lets the responder decide, and does what it wants.
    private func answer(
        to message: WaitingMessage, _ input: DialogueInput, _ sight: DialogueSight, in scope: SalonScope
    ) async throws -> DialogueAnswer {
        let reading = try await DialogueReading(sight, self, in: scope)
        var state = DialogueState(kept: sight.dialogue?.text)
        // Somebody gave the conversation back.
        if state.step == .person, !sight.isHandedOver { state.step = .menu }
        var turn = DialogueTurn(state: state, input: input, facts: reading.facts)
        for _ in 0..<Self.stepsMax {
            switch try await responder.respond(to: turn) {
            case .say(let answer): return answer
            case .ask(let wanted): turn.facts.slots[wanted] = try await reading.slots(wanted)
            case .act(let effect):
                guard turn.facts.deed == nil else {
                    throw ParlorError(.malformed, "the responder wants two things done in one turn")
                }
                let acting = DialogueActing(desk: desk, customer: reading.customer, message: message.id, scope: scope)
                turn.facts.deed = DialogueDeed(effect, try await acting.perform(effect))
            }
        }
        throw ParlorError(.malformed, "the responder comes to no answer")
    }

    func zone(_ name: String) async throws -> TimeZone {
        if let zone = zones.known(name) { return zone }
        let zones = zones
        return try await loop.blocking { try zones.zone(name) }
    }

    /// Says it, unless somebody else took the turn in the meantime: then it is looked again.
    private func say(
        _ answer: DialogueAnswer, to message: WaitingMessage, in conversation: PostgresUUID, after turn: Int32,
        _ scope: SalonScope
    ) async throws {
        _ = try await store.transaction(in: scope, repeatable: true) { transaction in
            let now = try await transaction.run(DialogueStatements.turn, conversation).first
            guard now == turn else { return }
            for content in answer.messages {
                let outgoing = OutgoingMessage(in: conversation, content, language: answer.language.rawValue)
                _ = try await Outgoing.put(outgoing, in: transaction)
            }
            try await transaction.run(
                DialogueStatements.end,
                (
                    conversation, message.id, message.created, PostgresJSON(answer.state.kept), answer.intent,
                    answer.language.rawValue, answer.messages.compactMap(\.words), answer.state.step == .person
                ))
        }
    }
}
