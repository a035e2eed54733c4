/// A salon as it is before anything happens in it: what it is called, who works there, what it offers, and when.
struct SalonProfile: Sendable {
    /// A stretch of a day, in minutes since midnight of the salon's clocks.
    struct Hours: Sendable {
        let opens: Int
        let closes: Int
    }

    /// What can be booked.
    struct Service: Sendable {
        /// As it stands on the list.
        let name: Word
        /// As people write of it.
        let spoken: Word
        let category: Word
        let offer: Offer
        /// In the smallest unit of the salon's currency.
        let price: Int
    }

    var name: Word
    /// Unique in a database.
    var handle: String
    /// In `Place.all`.
    var place: Int
    /// The families that work there come from here too.
    var language: Int
    var staff: [Word]
    /// What a chair is called; a number follows.
    var chair: Word
    var services: [Service]
    /// Monday first. An empty day is closed, one with a break has two stretches.
    var week: [[Hours]]
    /// Why it is closed on holidays, and for a day of leave.
    var holiday: Word
    var leave: Word
    /// How many customers there are at the end.
    var customers: Int
    /// Its share of all that is written, relative to the other salons'.
    var weight: Double
    /// Bookings of a day, over all days.
    var bookingsPerDay: Double

    /// The shortest service, with which every gap can be filled.
    var shortest: Int {
        services.indices.min { services[$0].offer.quarters < services[$1].offer.quarters } ?? 0
    }

    /// Nine to one and two to six, on Saturdays until four; closed on Sundays.
    static let usualWeek: [[Hours]] =
        Array(repeating: [Hours(opens: 540, closes: 780), Hours(opens: 840, closes: 1080)], count: 5)
        + [[Hours(opens: 540, closes: 960)], []]
}

extension SalonProfile {
    /// The salons of a workload. Their sizes follow a power law, as those of towns do: the largest has many times the
    /// customers of the smallest.
    static func workload(seed: UInt64, count: Int, bookingsPerDay: Double) -> [SalonProfile] {
        let sizes = (0..<count).map { 1 / Double($0 + 1).squareRoot() }
        let sum = sizes.reduce(0, +)
        return sizes.enumerated().map { index, size in
            drawn(seed, index, bookingsPerDay: bookingsPerDay * size / sum, weight: size)
        }
    }

    private static func drawn(_ seed: UInt64, _ index: Int, bookingsPerDay: Double, weight: Double) -> SalonProfile {
        var draw = Draw(seed, .salon, index)
        let place = place(&draw)
        let language = Language.all[Place.all[place].language]
        let trade = draw.one(of: Trade.allCases)
        guard let words = language.trades[trade] else { preconditionFailure("a language lacks a trade") }
        var name = CopyBuffer()
        let owner = draw.one(of: language.lastNames)
        draw.one(of: words.salonNames).write(into: &name) { $1.append(owner.bytes) }
        var week = usualWeek
        if draw.chance(30) { week[0] = [] }
        if draw.chance(25) { week[3].append(Hours(opens: 1080, closes: 1200)) }
        // Eight bookings fill a day, and Fridays have half as many again as other days.
        let staff = max(2, Int((bookingsPerDay * 2 / 8).rounded(.up)))
        return SalonProfile(
            name: Word(String(decoding: name.bytes, as: UTF8.self)), handle: "s\(seed)-\(index + 1)", place: place,
            language: Place.all[place].language,
            staff: (0..<staff).map { _ in draw.one(of: language.firstNames) }, chair: chair(language),
            services: services(trade, words, Place.all[place]), week: week, holiday: "25.12. / 1.1.", leave: "–",
            customers: max(8, Int(bookingsPerDay * 60)), weight: weight, bookingsPerDay: bookingsPerDay)
    }

    private static func place(_ draw: inout Draw) -> Int {
        var rest = draw.below(Place.shares.reduce(0, +))
        for (place, share) in Place.shares.enumerated() {
            if rest < share { return place }
            rest -= share
        }
        return 0
    }

    /// The list of a trade at the prices of a place.
    static func services(_ trade: Trade, _ words: TradeWords, _ place: Place) -> [Service] {
        trade.offers.enumerated().map { index, offer in
            Service(
                name: words.menu[index], spoken: words.services[index], category: words.category, offer: offer,
                price: offer.price * place.priceFactor)
        }
    }

    /// What a chair is called.
    static func chair(_ language: Language) -> Word {
        switch "\(language.code)" {
        case "es": "Silla"
        case "pt": "Cadeira"
        case "ru": "Кресло"
        default: "Chair"
        }
    }
}
