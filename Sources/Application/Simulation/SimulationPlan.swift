package import Basics

/// A salon's number in the simulated WhatsApp.
package struct SimulatedNumber: Hashable, Sendable {
    /// WhatsApp's identifier of the number.
    package var phoneNumberID: String
    /// The account that it belongs to.
    package var account: String
    /// The number as people see it.
    package var displayNumber: String
    /// Whose number it is.
    package var name: String
    /// The token that a request must show; nil takes any.
    package var token: Secret?
    /// How many messages it may take and give in a second.
    package var perSecond: Int
    /// To how many people who have not written first its account may send in a day; nil for any number.
    package var newRecipientsPerDay: Int?

    /// A number.
    package init(
        _ phoneNumberID: String, account: String = "100", displayNumber: String = "15550000001",
        name: String = "the salon", token: Secret? = nil, perSecond: Int = 80, newRecipientsPerDay: Int? = 250
    ) {
        self.phoneNumberID = phoneNumberID
        self.account = account
        self.displayNumber = displayNumber
        self.name = name
        self.token = token
        self.perSecond = perSecond
        self.newRecipientsPerDay = newRecipientsPerDay
    }
}

/// How often what is allowed but unwelcome happens: each a share between 0 and 1.
package struct SimulatedFaults: Hashable, Sendable {
    /// A delivery comes twice.
    package var duplicates = 0.0
    /// A delivery comes late, so that others overtake it.
    package var delays = 0.0
    /// Somebody has no number, only WhatsApp's identifier.
    package var withoutNumber = 0.0
    /// Somebody's number changes in the middle.
    package var numberChanges = 0.0
    /// A request is answered with trouble of WhatsApp's own (131000), and nothing is sent.
    package var trouble = 0.0
    /// A message is taken and the answer is broken off.
    package var silence = 0.0
    /// A message's first state is on its way before the answer that names it.
    package var earlyStates = 0.0
    /// A message cannot be delivered.
    package var failures = 0.0
    /// A message is read at once, so that nobody says that it was delivered.
    package var skippedDeliveries = 0.0

    /// None.
    package init() {}

    /// Each of them with the same share, but what takes something away from the conversations with a tenth of it.
    package init(share: Double) {
        (duplicates, delays, withoutNumber, earlyStates, skippedDeliveries) = (share, share, share, share, share)
        (numberChanges, trouble, silence, failures) = (share / 10, share / 10, share / 10, share / 10)
    }
}

/// What is simulated. The same plan makes the same customers, who say the same when they are answered the same.
package struct SimulationPlan: Sendable {
    /// What decides all chance.
    package var seed: UInt64
    /// The salons' numbers.
    package var numbers: [SimulatedNumber]
    /// How many customers write, by turns to each number; nil when there is no end of them.
    package var customers: Int?
    /// How many of them begin in a second.
    package var perSecond: Double
    /// How long a customer thinks, at most.
    package var thought: Duration
    /// What goes wrong.
    package var faults: SimulatedFaults
    /// Whether what is said is kept until somebody takes it.
    package var keepsTranscript: Bool

    /// A plan.
    package init(
        seed: UInt64, numbers: [SimulatedNumber], customers: Int?, perSecond: Double = 1,
        thought: Duration = .seconds(8), faults: SimulatedFaults = SimulatedFaults(), keepsTranscript: Bool = false
    ) {
        self.seed = seed
        self.numbers = numbers
        self.customers = customers
        self.perSecond = perSecond
        self.thought = thought
        self.faults = faults
        self.keepsTranscript = keepsTranscript
    }

    /// When a customer begins; nil when there is no such customer.
    func beginning(of index: Int) -> Duration? {
        guard customers.map({ index < $0 }) ?? true else { return nil }
        return .seconds(Double(index) / max(perSecond, 0.000_1))
    }
}

/// What happened.
package struct SimulationTotals: Hashable, Sendable {
    /// Customers who have begun.
    package var begun = 0
    /// Customers who have what they wanted.
    package var content = 0
    /// Customers who gave up.
    package var gaveUp = 0
    /// Messages of customers.
    package var inbound = 0
    /// Messages that were taken from the salons.
    package var taken = 0
    /// Requests that were refused, by WhatsApp's code.
    package var refused: [Int: Int] = [:]
    /// Deliveries that were answered with 200, duplicates included.
    package var acknowledged = 0
    /// Deliveries that were not, and were made again.
    package var unacknowledged = 0
    /// Booking codes that customers were told.
    package var bookings = 0

    /// Nothing yet.
    package init() {}
}
