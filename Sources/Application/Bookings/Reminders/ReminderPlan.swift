package import Basics
package import Postgres
package import Zones

/// How long before a booking somebody is reminded of it.
package enum ReminderRule: Hashable, Sendable {
    /// So many days before, when the salon's clocks show the same: who comes at nine is reminded at nine, whatever
    /// happened to the clocks in between.
    case days(Int)
    /// So long before.
    case before(Duration)

    /// The name by which jobs are told apart.
    package var name: String {
        switch self {
        case .days(let days): "\(days)d"
        case .before(let duration): "\(duration.microseconds / 60_000_000)m"
        }
    }

    /// The rule of a name.
    init?(name: String) {
        guard let number = Int32(name.dropLast()).map(Int.init) else { return nil }
        switch name.last {
        case "d": self = .days(number)
        case "m": self = .before(.seconds(number * 60))
        default: return nil
        }
    }
}

/// A reminder of a booking as it was at one version.
package struct Reminder: Hashable, Sendable {
    /// The booking.
    package let booking: PostgresUUID
    /// Its version. A reminder of another one does nothing.
    package let version: Int32
    /// Which of the rules.
    package let rule: ReminderRule
    /// When it is due.
    package let due: Timestamp

    /// A reminder.
    package init(booking: PostgresUUID, version: Int32, rule: ReminderRule, due: Timestamp) {
        self.booking = booking
        self.version = version
        self.rule = rule
        self.due = due
    }

    /// What is the same for the same reminder however often it is planned, and differs for every other one.
    package var key: String { "reminder:\(booking):\(version):\(rule.name)" }

    /// Whether it is to be sent, at the moment when its turn comes: only for the booking as it is now, and before that
    /// begins.
    package func isValid(for booking: BookingDetails, now: Timestamp) -> Bool {
        booking.id == self.booking && booking.version == version && booking.status == .confirmed && now < booking.start
    }
}

/// Which reminders a booking gets.
package struct ReminderPlan: Hashable, Sendable {
    /// The rules, each of which gives one reminder at most.
    package var rules: [ReminderRule] = [.days(1), .before(.seconds(2 * 3600))]

    /// The day before, and two hours before.
    package init() {}

    /// The reminders of a booking from now on: none that would be late already, and none of what is not confirmed.
    ///
    /// A change brings a new version and a new plan, and what was planned for the old one does nothing. A reminder that
    /// was due before the change is not planned again, so nobody is reminded twice of the same time.
    package func reminders(of booking: BookingDetails, in zone: TimeZone, now: Timestamp) -> [Reminder] {
        guard booking.status == .confirmed else { return [] }
        return rules.map { rule in
            Reminder(booking: booking.id, version: booking.version, rule: rule, due: due(rule, booking.start, zone))
        }.filter { $0.due > now && $0.due < booking.start }.sorted { $0.due < $1.due }
    }

    private func due(_ rule: ReminderRule, _ start: Timestamp, _ zone: TimeZone) -> Timestamp {
        switch rule {
        case .before(let duration): Timestamp(microseconds: start.microseconds - duration.microseconds)
        case .days(let days):
            zone.moment(of: zone.wallTime(at: start) + .seconds(-86_400 * days)).orNext
        }
    }
}
