import Basics
import Postgres

/// A customer's message and the assistant's answer.
struct Exchange {
    /// Among all, in the order of days.
    let number: Int
    let salon: Int
    /// Among the salon's customers.
    let customer: Int
    let askedAt: Timestamp
    let answeredAt: Timestamp
    let intent: Intent
    /// What became of the answer: delivered and read, only delivered, or failed.
    let outcome: Outcome
    /// The kind of the question; an answer is text, or a template.
    let medium: Medium
    let template: Template?
    /// What the assistant used.
    let tokens: Int
    /// Seconds until it was delivered, and read after that.
    let deliveredAfter: Int
    let readAfter: Int
    /// What is mentioned.
    let service: Int
    let weekday: Int
    /// In quarters of an hour since midnight.
    let quarter: Int
    /// What chooses the words.
    let words: UInt64

    enum Outcome: Sendable { case read, delivered, failed }
    enum Medium: Sendable { case text, image, audio, button }

    /// Millionths of a dollar.
    var cost: Int { tokens * 2 }

    /// Reads the exchange's part of a seed.
    init(_ world: SeedWorld, _ number: Int) {
        var draw = Draw(world.seed, .exchange, number)
        let day = SeedWorld.place(of: number, in: world.exchangeStarts)
        let (first, end) = (world.exchangeStarts[day], world.exchangeStarts[day + 1])
        self.number = number
        salon = world.salon(at: draw.fraction())
        customer = world.customer(salon, on: day, at: draw.fraction())
        // The customers' own time of day, kept within the day of UTC; the answer and its states follow on the same day.
        let local = SeedWorld.secondsOfDay(before: (Double(number - first) + draw.fraction()) / Double(end - first))
        let ahead = world.offset(salon, at: world.calendar.moment(day, seconds: 43_200))
        let seconds = (local - ahead + 86_400) % 86_400
        let asked = world.calendar.moment(day, seconds: min(seconds, 85_000))
        askedAt = asked + .milliseconds(draw.below(1000))
        answeredAt = askedAt + .milliseconds(900 + draw.below(4000) + draw.below(4000))
        intent = Intent.drawn(&draw)
        let luck = draw.below(100)
        outcome = luck < 88 ? .read : luck < 98 ? .delivered : .failed
        let kind = draw.below(100)
        medium = kind < 90 ? .text : kind < 93 ? .image : kind < 96 ? .audio : .button
        template = intent == .book && draw.chance(15) ? (draw.chance(50) ? .confirmation : .reminder) : nil
        tokens = 240 + draw.below(500) + draw.below(300)
        deliveredAfter = 1 + draw.below(4)
        readAfter = 2 + draw.below(40) * draw.below(25)
        service = draw.below(world.salons[salon].profile.services.count)
        weekday = draw.below(6)
        quarter = 36 + draw.below(36)
        words = draw.next()
    }
}
