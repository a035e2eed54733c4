import Basics
import JSONText
package import Postgres

extension Reminder {
    /// What the job that sends it says.
    package var payload: PostgresJSON {
        PostgresJSON(
            JSON.object([
                .init("booking", .string(booking.description)), .init("version", .integer(Int(version))),
                .init("rule", .string(rule.name)), .init("due", .string(due.rfc3339)),
            ]).compact)
    }

    /// Reads what the job says; nil for anything else.
    package init?(reading payload: PostgresJSON) {
        guard let json = try? JSON(reading: payload.text),
            let booking = json["booking"]?.text.flatMap({ PostgresUUID($0) }),
            let version = json["version"]?.int.flatMap({ Int32(exactly: $0) }),
            let rule = json["rule"]?.text.flatMap({ ReminderRule(name: $0) }),
            let due = json["due"]?.text.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        self.init(booking: booking, version: version, rule: rule, due: due)
    }
}
