import Basics
import Postgres

/// Everything that a seed tells of, worked out from its request: which salons, who comes, and what happens when.
///
/// It holds tables of sums alone; each customer, exchange and appointment is worked out again whenever a row of it is
/// written. That makes rows independent of how they are cut into pieces and of which connection writes them.
package struct SeedWorld: Sendable {
    let request: SeedRequest
    let seed: UInt64
    let calendar: SeedCalendar
    let salons: [Salon]
    let volume: Volume
    /// Who has made the rows.
    let actor: [UInt8]
    /// How many customers the salons before each one have; at the end, how many there are.
    let customerStarts: [Int]
    /// The same of exchanges, by the day.
    let exchangeStarts: [Int]
    private let weights: [Double]
    private let zones: ZoneOffsets
    private let isHoliday: [Bool]

    /// A salon, and what never changes about it.
    struct Salon: Sendable {
        let profile: SalonProfile
        let id: PostgresUUID
        let createdAt: Timestamp
        let phoneNumberID: [UInt8]
        let accountID: [UInt8]
        let phone: [UInt8]
        let services: [PostgresUUID]
        let staff: [PostgresUUID]
        let chairs: [PostgresUUID]
        let templates: [PostgresUUID]

        var place: Place { Place.all[profile.place] }
    }

    /// Messages by the weekday, Monday first: few on Sundays, most before the weekend.
    private static let exchangeRhythm = [1.1, 1.05, 1.05, 1.1, 1.25, 1.15, 0.3]
    /// Bookings likewise.
    private static let bookingRhythm = [0.7, 0.9, 1.0, 1.1, 1.4, 1.2, 0.7]
    /// Messages by the hour of the salon's clocks.
    private static let hours = [
        1, 0.5, 0.3, 0.2, 0.3, 0.8, 2, 4, 7, 9, 9, 8, 8, 7, 7, 8, 8, 9, 9, 9, 8, 6, 4, 2,
    ]
    private static let hourSums = hours.reduce(into: [0.0]) { $0.append(($0.last ?? 0) + $1) }
    /// Appointments lie up to so many days behind the end.
    static let lead = 14

    /// Works it out. `zones` are those of `Place.all`.
    package init(_ request: SeedRequest, zones: ZoneOffsets) {
        self.request = request
        self.zones = zones
        seed = request.number
        actor = Array(request.actor.utf8)
        let calendar = request.calendar
        self.calendar = calendar
        let profiles: [SalonProfile]
        switch request.size {
        case .demo:
            volume = Volume(demo: SalonProfile.demo)
            profiles = SalonProfile.demo
        case .workload(let scale):
            volume = Volume(scale: scale)
            profiles = SalonProfile.workload(
                seed: request.number, count: volume.salons, bookingsPerDay: volume.bookings)
        }
        salons = profiles.enumerated().map { Salon($1, request.number, $0, calendar) }
        customerStarts = Self.sums(profiles.map(\.customers))
        exchangeStarts = Self.exchangeStarts(calendar, perDay: volume.exchanges)
        let sum = profiles.reduce(0) { $0 + $1.weight }
        weights = profiles.reduce(into: []) { $0.append(($0.last ?? 0) + $1.weight / sum) }
        isHoliday = (0..<calendar.dayCount + Self.lead + 1).map(calendar.isHoliday)
    }

    private static func sums(_ counts: [Int]) -> [Int] {
        counts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
    }

    /// The year has as many as it should, and each day its share of them.
    private static func exchangeStarts(_ calendar: SeedCalendar, perDay: Double) -> [Int] {
        let shares = (0..<calendar.dayCount).map { exchangeRhythm[calendar.weekday($0)] }
        let all = perDay * Double(calendar.dayCount) / max(1, shares.reduce(0, +))
        var sum = 0.0
        return [0]
            + shares.map { share in
                sum += share
                return Int((sum * all).rounded())
            }
    }

    /// How many exchanges there are.
    var exchangeCount: Int { exchangeStarts.last ?? 0 }

    /// How many customers there are.
    var customerCount: Int { customerStarts.last ?? 0 }

    // MARK: - Time

    /// The seconds that the clocks of a salon are ahead of UTC.
    func offset(_ salon: Int, at moment: Timestamp) -> Int { zones.offset(salons[salon].profile.place, at: moment) }

    /// The moment at which the clocks of a salon show so many minutes after midnight.
    func moment(_ salon: Int, day: Int, minutes: Int) -> Timestamp {
        zones.moment(salons[salon].profile.place, wall: calendar.moment(day, seconds: minutes * 60))
    }

    /// The time of a day, in seconds, before which that fraction of its messages has come.
    static func secondsOfDay(before fraction: Double) -> Int {
        let wanted = fraction * (hourSums.last ?? 1)
        let hour = max(0, (hourSums.firstIndex { $0 > wanted } ?? 24) - 1)
        guard hour < 24 else { return 86_399 }
        return hour * 3600 + Int((wanted - hourSums[hour]) / hours[hour] * 3600)
    }

    // MARK: - Who and when

    /// The place of a number in sums: the last one that does not exceed it.
    static func place(of number: Int, in sums: [Int]) -> Int {
        var (low, high) = (0, sums.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if sums[middle] <= number { low = middle } else { high = middle }
        }
        return low
    }

    /// A salon as often as its size says.
    func salon(at fraction: Double) -> Int {
        var (low, high) = (0, weights.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if weights[middle] > fraction { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The stretches of a day in which a salon works.
    func hours(_ salon: Int, _ day: Int) -> [SalonProfile.Hours] {
        isHoliday[day] ? [] : salons[salon].profile.week[calendar.weekday(day)]
    }

    /// How many appointments a salon has on a day.
    func appointmentCount(_ salon: Int, _ day: Int) -> Int {
        let profile = salons[salon].profile
        guard !hours(salon, day).isEmpty else { return 0 }
        let rhythm = profile.week.indices.filter { !profile.week[$0].isEmpty }.map { Self.bookingRhythm[$0] }
        let share = Self.bookingRhythm[calendar.weekday(day)] / rhythm.reduce(0, +) * 7
        var draw = Draw(seed, .day, group: salon, day)
        // Some weeks are better than others.
        let wanted = profile.bookingsPerDay * share * (0.8 + 0.4 * draw.fraction())
        let count = Int(wanted) + (draw.fraction() < wanted - wanted.rounded(.down) ? 1 : 0)
        return min(count, profile.staff.count * capacity(salon, day))
    }

    /// How many of the shortest appointments somebody can have in a day.
    private func capacity(_ salon: Int, _ day: Int) -> Int {
        let shortest = salons[salon].profile.services[salons[salon].profile.shortest].offer.quarters
        return hours(salon, day).reduce(0) { $0 + ($1.closes - $1.opens) / 15 / shortest }
    }
}

extension SeedWorld.Salon {
    fileprivate init(_ profile: SalonProfile, _ seed: UInt64, _ index: Int, _ calendar: SeedCalendar) {
        var draw = Draw(seed, .salon, group: 1, index)
        let createdAt = calendar.moment(-1 - draw.below(700), seconds: draw.below(86_400))
        func identifiers(_ subject: Draw.Subject, _ count: Int) -> [PostgresUUID] {
            (0..<count).map {
                var draw = Draw(seed, subject, group: index, $0)
                return draw.identifier(at: createdAt)
            }
        }
        func digits(_ count: Int, prefix: String = "") -> [UInt8] {
            Array(prefix.utf8) + (0..<count).map { _ in UInt8(48 + draw.below(10)) }
        }
        self.profile = profile
        self.createdAt = createdAt
        id = draw.identifier(at: createdAt)
        phoneNumberID = digits(14, prefix: "1")
        accountID = digits(14, prefix: "2")
        phone = digits(8, prefix: "\(Place.all[profile.place].dialling)0")
        services = identifiers(.service, profile.services.count)
        staff = identifiers(.staff, profile.staff.count)
        chairs = identifiers(.chair, profile.staff.count)
        templates = identifiers(.template, Template.all.count)
    }
}
