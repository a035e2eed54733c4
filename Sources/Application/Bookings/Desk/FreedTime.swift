import Basics
import JSONText
import Postgres

/// What a booking that was put elsewhere took before, as its message in the outbox says it.
enum FreedTime {
    static func json(_ times: [OccupiedTime]) -> PostgresJSON {
        let list = times.map { time in
            JSON.object([
                .init("resource", .string(time.resource?.description)),
                .init("from", .string(time.span.lowerBound.rfc3339)),
                .init("until", .string(time.span.upperBound.rfc3339)),
            ])
        }
        return PostgresJSON(JSON.array(list).compact)
    }
}
