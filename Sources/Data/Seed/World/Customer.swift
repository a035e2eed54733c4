import Basics
import Postgres

/// Somebody who writes to a salon and comes there.
struct Customer {
    let salon: Int
    /// Among the salon's customers, the oldest first.
    let index: Int
    let id: PostgresUUID
    let createdAt: Timestamp
    let language: Int
    let firstName: [UInt8]
    let lastName: [UInt8]
    /// The digits behind the dialling code; nil when WhatsApp tells only its own identifier.
    let number: Int?
    /// WhatsApp's identifier of the user, which not all have yet.
    let user: Int?
    let hasHandle: Bool

    /// Reads the customer's part of a seed.
    init(_ world: SeedWorld, _ salon: Int, _ index: Int) {
        var draw = Draw(world.seed, .customer, group: salon, index)
        self.salon = salon
        self.index = index
        createdAt = world.joined(salon, index, &draw)
        id = draw.identifier(at: createdAt)
        let home = world.salons[salon].profile.language
        language = draw.chance(86) ? home : draw.below(Language.all.count)
        let words = Language.all[language]
        firstName = draw.one(of: words.firstNames).bytes
        lastName = draw.one(of: words.lastNames).bytes
        // No two customers of a salon share a number: it is a permutation of their indices.
        number = draw.chance(97) ? Self.permuted(index, salt: salon) : nil
        user = number == nil || draw.chance(70) ? Self.permuted(index, salt: salon &+ 7_777) : nil
        hasHandle = draw.chance(12)
    }

    private static func permuted(_ index: Int, salt: Int) -> Int {
        // 387,420,489 is a power of three, and so has no factor in common with a power of ten.
        (index * 387_420_489 + salt * 7_919 + 12_345) % 100_000_000
    }

    /// The number as WhatsApp writes it. The zero behind the dialling code keeps it from being anybody's.
    func writePhone(_ place: Place, into buffer: inout CopyBuffer) {
        guard let number else { return }
        buffer.append(place.dialling)
        buffer.append(byte: UInt8(ascii: "0"))
        buffer.append(digits: number, width: 8)
    }

    /// The identifier as WhatsApp writes it.
    func writeUser(_ place: Place, into buffer: inout CopyBuffer) {
        guard let user else { return }
        buffer.append(place.country)
        buffer.append(byte: UInt8(ascii: "."))
        buffer.append(digits: 1_000_000_000_000 + user * 7, width: 13)
    }

    /// The full name.
    func writeName(into buffer: inout CopyBuffer) {
        buffer.append(firstName)
        buffer.append(byte: UInt8(ascii: " "))
        buffer.append(lastName)
    }
}

// Customers come one after the other: a third was there before the first day, the others join until the last.
extension SeedWorld {
    private func founders(_ salon: Int) -> Int { max(1, salons[salon].profile.customers * 35 / 100) }

    /// How many customers a salon has on a day.
    func customers(_ salon: Int, on day: Int) -> Int {
        let founders = founders(salon)
        let later = salons[salon].profile.customers - founders
        return founders + later * max(0, min(day, calendar.dayCount - 1)) / (calendar.dayCount - 1)
    }

    /// When a customer joined: the day before the first one that counts it.
    fileprivate func joined(_ salon: Int, _ index: Int, _ draw: inout Draw) -> Timestamp {
        let founders = founders(salon)
        let seconds = draw.below(86_400)
        guard index >= founders else { return calendar.moment(-1 - draw.below(300), seconds: seconds) }
        let later = salons[salon].profile.customers - founders
        let day = ((index - founders + 1) * (calendar.dayCount - 1) + later - 1) / later
        return calendar.moment(day - 1, seconds: seconds)
    }

    /// One of those that a salon has on a day; the first ones are those who come most.
    func customer(_ salon: Int, on day: Int, at fraction: Double) -> Int {
        Int(Double(customers(salon, on: day)) * fraction * fraction)
    }

    /// The salon of a customer by its number among all, and its index there.
    func place(ofCustomer number: Int) -> (salon: Int, index: Int) {
        let salon = Self.place(of: number, in: customerStarts)
        return (salon, number - customerStarts[salon])
    }

    /// The identifier of a customer's conversation, which begins as the customer joins.
    func conversation(of customer: Customer) -> PostgresUUID {
        var draw = Draw(seed, .conversation, group: customer.salon, customer.index)
        return draw.identifier(at: customer.createdAt)
    }
}
