/// What the scheduler has to know of a message that wants to go out.
package struct SendRequest: Hashable, Sendable {
    /// Tells it from others.
    package var id: UInt64
    /// The number that it goes out from.
    package var number: String
    /// How many messages that number may take and give in a second.
    package var perSecond: Int
    /// The account whose numbers share the limit of new recipients.
    package var account: String
    /// To how many who have not written first the account may send in a day; nil for any number.
    package var newRecipientsPerDay: Int?
    /// Who gets it.
    package var recipient: String
    /// Whether it goes to somebody who has not written in the last day, which counts against that limit.
    package var isUnasked: Bool

    /// A wish to send.
    package init(
        id: UInt64, number: String, perSecond: Int = 80, account: String = "", newRecipientsPerDay: Int? = nil,
        recipient: String, isUnasked: Bool = false
    ) {
        self.id = id
        self.number = number
        self.perSecond = perSecond
        self.account = account
        self.newRecipientsPerDay = newRecipientsPerDay
        self.recipient = recipient
        self.isUnasked = isUnasked
    }
}

/// How the scheduler paces.
package struct SendPace: Hashable, Sendable {
    /// How long between two messages of a pair of numbers.
    package var pairGap = Duration.seconds(6)
    /// For how long a message counts against the rate of its number.
    package var rateSpan = Duration.seconds(1)
    /// How much later than sent a message may arrive; kept between all that must not come together.
    package var slack = Duration.milliseconds(50)
    /// For how long a recipient counts as new.
    package var recipientSpan = Duration.seconds(86_400)
    /// How many messages may be on their way to WhatsApp.
    package var inFlightMax = 64
    /// One that must wait longer is given back, so that others can wait here.
    package var patience = Duration.seconds(10)
    /// How long a number, a pair or everything rests when WhatsApp says that it was too much.
    package var rest = Duration.seconds(5)

    /// WhatsApp's limits.
    package init() {}
}

/// What may happen now.
package struct SendTurn: Hashable, Sendable {
    /// These go out.
    package var released: [SendRequest] = []
    /// These come back after so long.
    package var deferred: [Deferred] = []
    /// When to ask again, unless something ends before.
    package var wake: ContinuousClock.Instant?

    /// A request that has to wait for longer than is waited for here.
    package struct Deferred: Hashable, Sendable {
        /// Which one.
        package let request: SendRequest
        /// For how long.
        package let pause: Duration
    }
}
