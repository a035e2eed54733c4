import Basics

/// What only comes out when everything was looked at once: what each conversation adds up to, and how many appointments
/// there are.
package struct SeedTotals: Sendable {
    /// Exchanges, by the customer's number among all.
    private(set) var exchanges: [Int32]
    /// When the customer has written last, in seconds since 1970.
    private(set) var lastAsked: [Int64]
    /// What the assistant has used.
    private(set) var tokens: [Int32]
    /// How many customers have written.
    private(set) var conversations = 0
    /// How many bookings there are.
    private(set) var bookings = 0
    /// How many claims they have.
    private(set) var claims = 0

    /// Looks at all of a world, and lets others work between.
    package init(_ world: SeedWorld) async {
        let count = world.customerCount
        exchanges = Array(repeating: 0, count: count)
        lastAsked = Array(repeating: 0, count: count)
        tokens = Array(repeating: 0, count: count)
        for number in 0..<world.exchangeCount {
            let exchange = Exchange(world, number)
            let customer = world.customerStarts[exchange.salon] + exchange.customer
            exchanges[customer] += 1
            tokens[customer] += Int32(exchange.tokens)
            lastAsked[customer] = max(lastAsked[customer], exchange.askedAt.microseconds / 1_000_000)
            if number.isMultiple(of: 8192) { await Task.yield() }
        }
        conversations = exchanges.count { $0 > 0 }
        for day in world.appointmentDays {
            for salon in world.salons.indices {
                let services = world.salons[salon].profile.services
                for appointment in world.appointments(salon, day) {
                    bookings += 1
                    claims += services[appointment.service].offer.needsChair ? 2 : 1
                }
            }
            await Task.yield()
        }
    }
}
