import Basics
package import Messaging
import Zones

/// Answers customers by words, buttons and lists, the same for the same, without asking anybody.
///
/// Invariants:
/// - "Menu" leads out of every question, and so do the words for leaving.
/// - A time that is kept is given back when the customer turns to something else.
/// - A turn wants one thing done at most, and what it wants follows from the state and the input alone, not from what is
///   free or booked by now. So a turn that broke off after it was done wants the same again.
/// - Who waits for a person is not answered, until "menu" says that the engine is wanted again.
/// - Who is not understood once sees the menu; who is not understood again is offered a person.
package struct Dialogue: Responder {
    /// An engine; it remembers nothing.
    package init() {}

    /// What comes next in a turn.
    package func respond(to turn: DialogueTurn) async throws -> DialogueStep { try step(of: turn) }

    /// The same, for whoever need not wait.
    package func step(of turn: DialogueTurn) throws(MessageFault) -> DialogueStep { try DialogueTalk(turn).step() }
}

/// One turn of the engine: what is asked, in which language, and what is made of it.
struct DialogueTalk {
    var state: DialogueState
    let facts: DialogueFacts
    let text: SpokenText?
    let request: DialogueRequest
    let language: Language
    var phrases: Phrases { language.phrases }

    init(_ turn: DialogueTurn) {
        facts = turn.facts
        state = turn.state
        switch turn.input {
        case .text(let words):
            let text = SpokenText(words)
            self.text = text
            let hasWish = DialogueWish(text, facts).isSomething
            request = DialogueRequest(text, isAsked: state.step != .menu && state.step != .person, hasWish: hasWish)
            if facts.customerLanguage == nil, state.language == nil { state.language = text.language }
        case .choice(let id): (text, request) = (nil, DialogueRequest(choice: id))
        case .other: (text, request) = (nil, .unclear)
        }
        if case .language(let language) = request { state.language = language }
        language = state.language ?? facts.customerLanguage ?? facts.salonLanguage
    }

    var wish: DialogueWish { text.map { DialogueWish($0, facts) } ?? DialogueWish() }

    func step() throws(MessageFault) -> DialogueStep {
        if state.step == .person, request != .menu { return say(.person, []) }
        if let deed = facts.deed { return try after(deed) }
        if case .confirming(let booking) = state.step { return try confirming(booking) }
        if case .cancelling(let booking) = state.step {
            switch request {
            case .agreeToCancel(booking.id), .yes: return .act(.cancel(booking))
            case .keep, .no, .leave: return try menu(phrases.kept)
            default: break
            }
        }
        return try turnTo(request)
    }

    // MARK: - Requests that are understood at any time

    func turnTo(_ request: DialogueRequest) throws(MessageFault) -> DialogueStep {
        switch request {
        case .menu: return try menu(phrases.hello(facts.salon))
        case .leave, .keep, .no: return try menu(state.step == .menu ? nil : phrases.left)
        case .book: return try book(wish)
        case .mine: return try chooseBooking(.see)
        case .move: return try chooseBooking(.move)
        case .cancel: return try chooseBooking(.cancel)
        case .prices: return try menu(prices)
        case .hours: return try menu(hours)
        case .person: return say(.person, [try words(phrases.handedOver)])
        case .thanks: return say(.menu, [try words(phrases.thanks)])
        case .language: return try menu(phrases.languageChosen)
        case .service(let id):
            guard let service = facts.services.first(where: { $0.id == id }) else { return try unclear() }
            return try days(DialoguePlan(service: service.id, name: service.name))
        case .booking(let id), .moveBooking(let id), .cancelBooking(let id):
            guard let booking = facts.bookings.first(where: { $0.id == id }) else { return try unclear() }
            return try turn(to: booking, purpose(of: request))
        default: return try answered(request)
        }
    }

    private func purpose(of request: DialogueRequest) -> DialoguePurpose {
        switch request {
        case .moveBooking: .move
        case .cancelBooking: .cancel
        default: if case .bookings(let purpose, _) = state.step { purpose } else { .see }
        }
    }

    /// An answer to the question that was asked last.
    private func answered(_ request: DialogueRequest) throws(MessageFault) -> DialogueStep {
        switch state.step {
        case .services(let from):
            if request == .more { return try services(from: from + Self.page) }
            return request == .wish ? try book(wish) : try unclear()
        case .days(let plan, let next):
            if request == .more { return try days(plan, from: next) }
            return try pick(plan, nil, request)
        case .times(let plan, let day, let from):
            if request == .more || request == .otherTime { return try times(plan, on: day, from: from + Self.page) }
            return try pick(plan, day, request)
        case .bookings(let purpose, let from):
            return request == .more ? try chooseBooking(purpose, from: from + Self.page) : try unclear()
        case .menu where request == .wish && (wish.service != nil || wish.day != nil): return try book(wish)
        default: return try unclear()
        }
    }

    /// A day or a time for a plan.
    private func pick(
        _ plan: DialoguePlan, _ day: CivilDate?, _ request: DialogueRequest
    ) throws(MessageFault) -> DialogueStep {
        switch request {
        case .day(let day): return try times(plan, on: day)
        case .time(let moment) where day != nil: return try take(plan, at: moment)
        case .otherDay: return try days(plan)
        case .wish:
            if let service = wish.service, plan.moving == nil { return try pick(service, wish) }
            return try pick(plan, DialogueWish(day: wish.day ?? day, minute: wish.minute))
        default: return try unclear()
        }
    }

    // MARK: - A time that is kept

    private func confirming(_ booking: DialogueBooking) throws(MessageFault) -> DialogueStep {
        switch request {
        case .confirm(booking.id), .yes: return .act(.confirm(booking))
        // What only informs, or is not understood, changes nothing.
        case .prices: return try confirm(booking, prices)
        case .hours: return try confirm(booking, hours)
        case .language: return try confirm(booking, phrases.languageChosen)
        case .thanks: return try confirm(booking)
        case .unclear, .confirm, .agreeToCancel:
            return state.misses > 0 ? .act(.release(booking)) : try confirm(booking, phrases.notUnderstood, misses: 1)
        default: return .act(.release(booking))
        }
    }

    /// How it goes on when a time that was kept was given back.
    private func released(_ booking: DialogueBooking) throws(MessageFault) -> DialogueStep {
        var talk = self
        switch request {
        case .release, .otherTime, .more: if let plan = booking.plan { return try times(plan, on: booking.local.date) }
        case .otherDay: if let plan = booking.plan { return try days(plan) }
        case .time: if let plan = booking.plan { return try times(plan, on: booking.local.date) }
        case .day(let day): if let plan = booking.plan { return try times(plan, on: day) }
        case .wish:
            if let plan = booking.plan, wish.service == nil {
                return try times(plan, on: wish.day ?? booking.local.date)
            }
        case .no, .leave, .keep: return try menu(phrases.left)
        default: break
        }
        talk.state.step = .menu
        return try talk.turnTo(request)
    }

    // MARK: - What was done

    private func after(_ deed: DialogueDeed) throws(MessageFault) -> DialogueStep {
        switch (deed.effect, deed.outcome) {
        case (.release(let booking), _): return try released(booking)
        case (.hold, .done(let booking)): return try confirm(booking)
        case (.confirm, .done(let booking)):
            return say(.menu, [try words(phrases.booked(booking.name, calendar.moment(booking.local), booking.code))])
        case (.move, .done(let booking)):
            return say(.menu, [try words(phrases.moved(booking.name, calendar.moment(booking.local), booking.code))])
        case (.cancel, .done(let booking)):
            return say(
                .menu, [try words(phrases.cancelled(booking.name, calendar.moment(booking.local), booking.code))])
        case (.confirm(let booking), .expired):
            guard let plan = booking.plan else { return try menu(phrases.expired) }
            return try times(plan, on: booking.local.date, saying: phrases.expired)
        case (.hold(let service, let start), _):
            let plan = facts.services.first { $0.id == service }.map { DialoguePlan(service: $0.id, name: $0.name) }
            return try untaken(plan, start, deed.outcome)
        case (.move(let booking, let start), _): return try untaken(booking.movingPlan, start, deed.outcome)
        case (.confirm, _), (.cancel, _): return try menu(phrases.failed)
        }
    }

    /// A time could not be had.
    private func untaken(
        _ plan: DialoguePlan?, _ start: Timestamp, _ outcome: DialogueOutcome
    ) throws(MessageFault) -> DialogueStep {
        guard let plan else { return try menu(phrases.failed) }
        if case .taken(let next) = outcome, let first = next.first {
            return try offer(next, plan, day: first.local.date, phrases.taken)
        }
        let said = outcome == .refused ? phrases.impossible : phrases.taken
        return try times(plan, on: facts.zone.wallTime(at: start).date, saying: said)
    }
}
