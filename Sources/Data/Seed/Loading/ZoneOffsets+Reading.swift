import Basics
import Postgres

extension ZoneOffsets {
    /// Asks the server how the clocks of `Place.all` go around the days of a seed, to the hour.
    init(_ calendar: SeedCalendar, from session: PostgresSession) async throws {
        let names = Place.all.map { "\($0.zone)" }
        let found = try await session.query(
            """
            SELECT zone, changed_at, ahead FROM (
                SELECT number AS zone, extract(epoch FROM hour)::bigint AS changed_at, ahead,
                    lag(ahead) OVER (PARTITION BY number ORDER BY hour) AS before
                FROM unnest($1::text[]) WITH ORDINALITY AS place (name, number),
                    generate_series($2::timestamptz, $3::timestamptz, '1 hour') AS hour,
                    LATERAL (SELECT extract(
                        epoch FROM (hour AT TIME ZONE name) - (hour AT TIME ZONE 'UTC'))::int AS ahead) AS clock
            ) AS hours
            WHERE ahead IS DISTINCT FROM before
            ORDER BY zone, changed_at
            """, names, calendar.moment(-2, seconds: 0), calendar.moment(calendar.dayCount + 20, seconds: 0))
        var zones: [[Change]] = Array(repeating: [], count: names.count)
        for row in found {
            let (zone, from, offset) = try row.values(as: Int.self, Int64.self, Int32.self)
            zones[zone - 1].append(Change(from: from, offset: Int(offset)))
        }
        self.init(zones)
    }
}
