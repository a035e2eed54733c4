/// How much happens in a day, over all salons.
struct Volume: Sendable {
    let salons: Int
    let bookings: Double
    /// A customer's message with the assistant's answer.
    let exchanges: Double

    // Of the specification: 1,000 salons, and in a day 100,000 messages, 10,000 bookings, 50,000 conversations with the
    // assistant and 150,000 events. They fit together: a conversation is one exchange, which is two messages and three
    // events, one for the message that came in and two for the states of the one that went out.
    private static let salonsInAll = 1000.0
    private static let bookingsInAll = 10_000.0
    private static let exchangesInAll = 50_000.0

    /// At least two salons, so that a tenant always has a neighbour.
    init(scale: Double) {
        salons = max(2, Int((Self.salonsInAll * scale).rounded()))
        bookings = Self.bookingsInAll * scale
        exchanges = Self.exchangesInAll * scale
    }

    /// Three salons that are well known.
    init(demo: [SalonProfile]) {
        salons = demo.count
        bookings = demo.reduce(0) { $0 + $1.bookingsPerDay }
        exchanges = 36
    }
}
