import Basics
import Loop
import Postgres
import Store
import StoreTestSupport

/// Attempts that the server makes itself: each is a transaction of its own against the product's tables, and what was
/// refused is passed over. That costs a tenth of an attempt that travels, so that millions can be made.
enum RushProcedure {
    /// What happens there, told at the end: how many attempts came to what.
    struct Counts: Sendable {
        var booked = 0
        var moved = 0
        var cancelled = 0
        /// By the constraint.
        var refused = 0
        /// Ended by the server because two waited for each other, as happens to whoever does not lock first.
        var deadlocked = 0

        var all: Int { booked + moved + cancelled + refused + deadlocked }

        static func += (sum: inout Counts, other: Counts) {
            sum.booked += other.booked
            sum.moved += other.moved
            sum.cancelled += other.cancelled
            sum.refused += other.refused
            sum.deadlocked += other.deadlocked
        }
    }

    /// What is acknowledged stands in variables until the procedure ends, and is known without the tables that it is compared
    /// with.
    static let making = """
        CREATE SCHEMA rush;
        CREATE TABLE rush.acknowledged (booking_id uuid, resource_id uuid, taken_from timestamptz, taken_until timestamptz);
        CREATE PROCEDURE rush.attempt(
            salon uuid, chairs uuid[], midnight timestamptz, slots bigint, code bigint, attempts bigint, seed float8,
            INOUT counts bigint[])
        LANGUAGE plpgsql AS $$
        DECLARE
            keys uuid[];
            spans tstzrange[];
            places integer[];
            widths integer[];
            count integer := 0;
            mine integer;
            dice float8;
            place integer;
            width integer;
            wanted uuid[];
            span tstzrange;
            key uuid;
            status "BookingStatus";
            until timestamptz;
            what integer;
        BEGIN
            PERFORM setseed(seed);
            counts := ARRAY[0, 0, 0, 0, 0];
            FOR number IN 1..attempts LOOP
                dice := CASE WHEN count = 0 THEN 0 ELSE random() END;
                mine := 1 + floor(random() * count);
                place := 1 + floor(random() * cardinality(chairs));
                width := least(1 + floor(random() * 1.3), cardinality(chairs) - place + 1);
                wanted := chairs[place:place + width - 1];
                span := tstzrange(begun, begun + interval '15 minutes' * (1 + floor(random() * 4)))
                    FROM (SELECT midnight + interval '15 minutes' * floor(random() * slots) AS begun) AS chosen;
                BEGIN
                    -- Half of them as the desk does, and half with nothing but the constraint.
                    IF random() < 0.5 AND dice < 0.97 THEN
                        PERFORM FROM resources WHERE salon_id = salon AND id = ANY (wanted) ORDER BY id FOR NO KEY UPDATE;
                    END IF;
                    -- Claims come before what they belong to, so that whoever is refused has not cost much.
                    IF dice < 0.94 THEN
                        key := uuidv7();
                        status := CASE WHEN random() < 0.3 THEN 'HELD' ELSE 'CONFIRMED' END;
                        until := CASE status WHEN 'HELD' THEN now() + interval '1 day' END;
                        WITH claims AS (
                            INSERT INTO booking_claims (salon_id, booking_id, resource_id, occupied)
                            SELECT salon, key, resource, span FROM unnest(wanted) AS resource RETURNING booking_id
                        )
                        INSERT INTO bookings (
                            salon_id, id, booking_code, service, start_ts, end_ts, local_start, timezone, status,
                            hold_expires_at)
                        SELECT salon, booking_id, lpad(upper(to_hex(code + number)), 6, '0'), 'Rush', lower(span),
                            upper(span), lower(span) AT TIME ZONE 'UTC', 'UTC', status, until
                        FROM claims LIMIT 1;
                        what := 1;
                    ELSIF dice < 0.97 THEN
                        key := keys[mine];
                        DELETE FROM booking_claims WHERE salon_id = salon AND booking_id = key;
                        INSERT INTO booking_claims (salon_id, booking_id, resource_id, occupied)
                        SELECT salon, key, resource, span FROM unnest(wanted) AS resource;
                        UPDATE bookings SET start_ts = lower(span), end_ts = upper(span),
                            local_start = lower(span) AT TIME ZONE 'UTC'
                        WHERE salon_id = salon AND id = key;
                        what := 2;
                    ELSE
                        UPDATE bookings AS b SET status = 'CANCELLED', hold_expires_at = NULL
                        WHERE salon_id = salon AND id = keys[mine];
                        what := 3;
                    END IF;
                EXCEPTION
                    WHEN exclusion_violation THEN what := 4;
                    WHEN deadlock_detected THEN what := 5;
                END;
                COMMIT;
                -- Now it is acknowledged.
                counts[what] := counts[what] + 1;
                IF what = 1 THEN
                    count := count + 1;
                    mine := count;
                    keys[mine] := key;
                END IF;
                IF what <= 2 THEN
                    spans[mine] := span;
                    places[mine] := place;
                    widths[mine] := width;
                ELSIF what = 3 THEN
                    keys[mine] := keys[count];
                    spans[mine] := spans[count];
                    places[mine] := places[count];
                    widths[mine] := widths[count];
                    count := count - 1;
                END IF;
            END LOOP;
            INSERT INTO rush.acknowledged
            SELECT keys[n], resource, lower(spans[n]), upper(spans[n])
            FROM generate_series(1, count) AS n, unnest(chairs[places[n]:places[n] + widths[n] - 1]) AS resource;
        END
        $$;
        """
}

extension BookingScene {
    /// So many attempts by several sessions at once, at the times of a day and on three resources.
    func rushOnServer(
        attempts: Int, sessions: Int, day: Int, firstCode: Int, seed: UInt64
    ) async throws -> RushProcedure.Counts {
        var random = SeededRandom(seed: seed)
        let shares = (0..<sessions).map { attempts / sessions + ($0 < attempts % sessions ? 1 : 0) }
        let seeds = shares.map { _ in Double.random(in: -1...1, using: &random) }
        return try await withThrowingTaskGroup(of: RushProcedure.Counts.self) { group in
            for (number, (share, seed)) in zip(shares, seeds).enumerated() {
                let code = firstCode + shares[..<number].reduce(0, +)
                group.addTask(executorPreference: loop) {
                    let session = try await PostgresSession.connect(database.superuser, on: loop)
                    defer { session.close() }
                    // Otherwise an array of one or two is planned for anew each time.
                    try await session.execute("SET plan_cache_mode = force_generic_plan; SET jit = off")
                    let counts = try await session.query(
                        "CALL rush.attempt($1, $2, $3, 96, $4, $5, $6, NULL)", scope.salon.value, chairs + [basin],
                        at(24 * day), code, share, seed, fate: .own
                    ).only[0, as: [Int].self]
                    return RushProcedure.Counts(
                        booked: counts[0], moved: counts[1], cancelled: counts[2], refused: counts[3],
                        deadlocked: counts[4])
                }
            }
            return try await group.reduce(into: RushProcedure.Counts()) { $0 += $1 }
        }
    }
}
