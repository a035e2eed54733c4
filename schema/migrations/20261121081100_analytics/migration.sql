-- What people want of a salon's assistant and how well it serves them, day by day in UTC. The statements that write the
-- messages keep the tables up to date, so reading them costs the same however much was ever said. They tell what was
-- said: a message that is deleted later stays counted, and a salon that goes takes its figures along.

-- How often something was wanted.
CREATE TABLE intent_analytics (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    day date NOT NULL,
    intent text NOT NULL,
    message_count bigint NOT NULL,
    -- Of those with a known confidence: how many, and the sum, from which averages over any days follow.
    confident_count bigint NOT NULL,
    confidence_sum double precision NOT NULL,
    PRIMARY KEY (salon_id, day, intent)
) WITH (fillfactor = 70);

-- How conversations went. Averages are left to the reader, because sums can be added up over days.
CREATE TABLE conversation_analytics (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    day date NOT NULL,
    -- Conversations in which something was said that day.
    conversation_count bigint NOT NULL,
    inbound_count bigint NOT NULL,
    outbound_count bigint NOT NULL,
    -- What customers said without an intent being recognised.
    unresolved_count bigint NOT NULL,
    confident_count bigint NOT NULL,
    confidence_sum double precision NOT NULL,
    tokens bigint NOT NULL,
    cost numeric(18, 6) NOT NULL,
    -- Answers whose time was taken, and the sum of it.
    timed_count bigint NOT NULL,
    response_time_ms bigint NOT NULL,
    PRIMARY KEY (salon_id, day)
) WITH (fillfactor = 70);

-- Which conversations have been counted on a day. The maintenance forgets old days.
CREATE TABLE conversation_days (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    conversation_id uuid NOT NULL,
    day date NOT NULL,
    PRIMARY KEY (salon_id, conversation_id, day)
);
CREATE INDEX idx_conversation_day_day ON conversation_days USING brin (day) WITH (pages_per_range = 16);

-- Adds what one statement has written, whether INSERT or COPY. Rows are taken in the order of their keys, and tables
-- always in the same one, so that two statements wait for each other and never in a circle.
CREATE FUNCTION count_ai_messages() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
        BEGIN
            WITH met AS (
                INSERT INTO conversation_days (salon_id, conversation_id, day)
                SELECT DISTINCT salon_id, conversation_id, (created_at AT TIME ZONE 'UTC')::date
                FROM added ORDER BY 1, 2, 3
                ON CONFLICT DO NOTHING
                RETURNING salon_id, day
            ), said AS (
                SELECT salon_id, (created_at AT TIME ZONE 'UTC')::date AS day,
                    count(*) FILTER (WHERE direction = 'INBOUND') AS inbound,
                    count(*) FILTER (WHERE direction = 'OUTBOUND') AS outbound,
                    count(*) FILTER (WHERE direction = 'INBOUND' AND intent IS NULL) AS unresolved,
                    count(confidence) AS confident, coalesce(sum(confidence::double precision), 0) AS confidence,
                    sum(tokens_used) AS tokens, sum(cost) AS cost,
                    count(response_time_ms) AS timed, coalesce(sum(response_time_ms), 0) AS response_time
                FROM added GROUP BY 1, 2
            ), begun AS (
                SELECT salon_id, day, count(*) AS conversations FROM met GROUP BY 1, 2
            )
            INSERT INTO conversation_analytics AS kept
            SELECT s.salon_id, s.day, coalesce(b.conversations, 0), s.inbound, s.outbound, s.unresolved, s.confident,
                s.confidence, s.tokens, s.cost, s.timed, s.response_time
            FROM said AS s LEFT JOIN begun AS b USING (salon_id, day)
            ORDER BY s.salon_id, s.day
            ON CONFLICT (salon_id, day) DO UPDATE SET
                conversation_count = kept.conversation_count + excluded.conversation_count,
                inbound_count = kept.inbound_count + excluded.inbound_count,
                outbound_count = kept.outbound_count + excluded.outbound_count,
                unresolved_count = kept.unresolved_count + excluded.unresolved_count,
                confident_count = kept.confident_count + excluded.confident_count,
                confidence_sum = kept.confidence_sum + excluded.confidence_sum,
                tokens = kept.tokens + excluded.tokens,
                cost = kept.cost + excluded.cost,
                timed_count = kept.timed_count + excluded.timed_count,
                response_time_ms = kept.response_time_ms + excluded.response_time_ms;

            INSERT INTO intent_analytics AS kept
            SELECT salon_id, (created_at AT TIME ZONE 'UTC')::date, intent, count(*), count(confidence),
                coalesce(sum(confidence::double precision), 0)
            FROM added WHERE intent IS NOT NULL AND direction = 'INBOUND'
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            ON CONFLICT (salon_id, day, intent) DO UPDATE SET
                message_count = kept.message_count + excluded.message_count,
                confident_count = kept.confident_count + excluded.confident_count,
                confidence_sum = kept.confidence_sum + excluded.confidence_sum;
            RETURN NULL;
        END
    $$;

-- On the table and not on its partitions: a row that moves from one partition to another is not said again.
CREATE TRIGGER count_ai_messages AFTER INSERT ON ai_messages
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_ai_messages();

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['intent_analytics', 'conversation_analytics', 'conversation_days'] LOOP
        PERFORM isolate(name::regclass);
        EXECUTE format(
            'CREATE POLICY tenant ON %I USING (salon_id = current_salon()) WITH CHECK (salon_id = current_salon())',
            name);
    END LOOP;
END
$$;

GRANT SELECT ON intent_analytics, conversation_analytics TO app_user, readonly_user;
