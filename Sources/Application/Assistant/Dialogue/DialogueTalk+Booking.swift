import Basics
import Messaging
import Postgres
import Zones

extension DialogueTalk {
    /// As many lines as fit into a list beside one that goes on and one that leads back.
    static let page = 8
    /// How many days are looked at for free times.
    static let daysAtOnce = 14
    /// No salon plans further ahead.
    private static let daysMax = 370

    /// A new booking, with what is known of it already.
    func book(_ wish: DialogueWish) throws(MessageFault) -> DialogueStep {
        if let plan = wish.service { return try pick(plan, wish) }
        if facts.services.count == 1, let service = facts.services.first {
            return try pick(DialoguePlan(service: service.id, name: service.name), wish)
        }
        return try services(from: 0)
    }

    /// What is still missing of a day and a time.
    func pick(_ plan: DialoguePlan, _ wish: DialogueWish) throws(MessageFault) -> DialogueStep {
        guard let day = wish.day else { return try days(plan) }
        guard let minute = wish.minute else { return try times(plan, on: day) }
        let reading = WallTime(day, sinceMidnight: .seconds(minute * 60))
        guard let moment = facts.zone.moment(of: reading).agreed else {
            return try times(plan, on: day, saying: phrases.impossible)
        }
        return try take(plan, at: moment)
    }

    /// The salon is asked for a time; where something was done in this turn already, the customer is.
    func take(_ plan: DialoguePlan, at moment: Timestamp) throws(MessageFault) -> DialogueStep {
        if facts.deed != nil { return try times(plan, on: facts.zone.wallTime(at: moment).date) }
        if let booking = plan.moving { return .act(.move(booking, to: moment)) }
        return .act(.hold(service: plan.service, at: moment))
    }

    func services(from: Int) throws(MessageFault) -> DialogueStep {
        guard !facts.services.isEmpty else { return say(.menu, [try words(phrases.noServices)]) }
        let from = from < facts.services.count ? from : 0
        let rows = facts.services.map { service in
            Row("service:\(service.id)", service.name, detail: detail(of: service))
        }
        return say(
            .services(from: from),
            [try list(phrases.which, phrases.servicesButton, paged(rows, from: from) + [leaveRow])])
    }

    private func detail(of service: DialogueService) -> String {
        // A name that is cut off stands here in full.
        let name = service.name.utf16.count > Limits.row ? "\(service.name) · " : ""
        return "\(name)\(phrases.minutes(service.minutes))\(service.price.map { " · \($0)" } ?? "")"
    }

    func days(
        _ plan: DialoguePlan, from: CivilDate? = nil, saying said: String? = nil
    ) throws(MessageFault) -> DialogueStep {
        let from = max(from ?? facts.today, facts.today)
        let wanted = SlotsWanted(of: plan.service, from: from, days: Self.daysAtOnce)
        guard let slots = facts.slots[wanted] else { return .ask(wanted) }
        let found = Set(slots.map(\.local.date)).sorted()
        guard !found.isEmpty else { return try noDays(plan, from, said) }
        let rows = found.prefix(Self.page).map { Row("day:\($0)", dayTitle($0), detail: calendar.date($0)) }
        let next = found.count > Self.page ? found[Self.page] : from + Self.daysAtOnce
        return say(
            .days(plan, next: next),
            [
                try list(
                    join(said, phrases.whichDay(plan.name)), phrases.daysButton, rows + [moreRow, leaveRow])
            ])
    }

    private func noDays(
        _ plan: DialoguePlan, _ from: CivilDate, _ said: String?
    ) throws(MessageFault) -> DialogueStep {
        guard from.days < facts.today.days + Self.daysAtOnce * 2 else {
            return try menu(join(said, phrases.noTimes(plan.name)))
        }
        return try days(plan, from: from + Self.daysAtOnce, saying: said)
    }

    func times(
        _ plan: DialoguePlan, on day: CivilDate, from: Int = 0, saying said: String? = nil
    ) throws(MessageFault) -> DialogueStep {
        guard day >= facts.today, day.days <= facts.today.days + Self.daysMax else {
            return try days(plan, saying: said ?? phrases.impossible)
        }
        let wanted = SlotsWanted(of: plan.service, from: day, days: 1)
        guard let slots = facts.slots[wanted] else { return .ask(wanted) }
        guard !slots.isEmpty else { return try days(plan, from: day, saying: said ?? phrases.noTimes(plan.name)) }
        return try offer(slots, plan, day: day, from: from < slots.count ? from : 0, said)
    }

    /// Free times to choose from.
    func offer(
        _ slots: [DialogueSlot], _ plan: DialoguePlan, day: CivilDate, from: Int = 0, _ said: String?
    ) throws(MessageFault) -> DialogueStep {
        let rows = slots.map { slot in
            Row("time:\(slot.start.microseconds)", calendar.time(slot.local), detail: calendar.date(slot.local.date))
        }
        let lines = paged(rows, from: from) + [Row("other-day", phrases.otherDay)]
        let body = join(said, phrases.whichTime(plan.name, calendar.date(day)))
        return say(.times(plan, day: day, from: from), [try list(body, phrases.timesButton, lines)])
    }

    /// Whether a time that is kept is to be booked.
    func confirm(
        _ booking: DialogueBooking, _ said: String? = nil, misses: Int = 0
    ) throws(MessageFault) -> DialogueStep {
        let question = phrases.confirmQuestion(booking.name, calendar.moment(booking.local))
        let buttons = [
            Button("confirm:\(booking.id)", phrases.confirm), Button("release:\(booking.id)", phrases.otherTime),
            Button("leave", phrases.leave),
        ]
        return say(.confirming(booking), [try self.buttons(join(said, question), buttons)], misses: misses)
    }
}
