-- How messages go out: what is known of each attempt, what was told of it, the queue of work, and what messages cost.

-- The states of a message only ever go up. WhatsApp tells them in any order and leaves some out; a message that was
-- delivered after all did not fail. What came from a customer is above all of them: nothing that is told changes it.
CREATE FUNCTION message_status_rank(status "MessageStatus") RETURNS smallint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
        SELECT CASE status
            WHEN 'QUEUED' THEN 0 WHEN 'SENT' THEN 1 WHEN 'FAILED' THEN 2 WHEN 'DELIVERED' THEN 3 WHEN 'READ' THEN 4
            WHEN 'PLAYED' THEN 5 ELSE 6
        END::smallint
    $$;
GRANT EXECUTE ON FUNCTION message_status_rank("MessageStatus") TO app_user, platform_user, readonly_user;

-- attempted_at is written before WhatsApp is called, and taken back when the call certainly did nothing. While it stands
-- and the state is QUEUED, nobody knows whether the message went out, so it is not sent again.
ALTER TABLE messages ADD COLUMN attempted_at timestamptz, ADD COLUMN error text;

-- What was told besides the state. The price is what the message costs once it is delivered; NULL when it costs nothing
-- or the price is not known.
ALTER TABLE message_statuses
    ADD COLUMN error_code integer, ADD COLUMN error text, ADD COLUMN price numeric(12, 6);

-- How fast a salon's number may send, and to how many people in a day that have not written first; that is counted
-- together for all numbers of a business account. A salon whose token WhatsApp refuses sends nothing until it has another.
ALTER TABLE salons
    ADD COLUMN messages_per_second integer NOT NULL DEFAULT 80,
    ADD COLUMN new_recipients_per_day integer DEFAULT 250,
    ADD COLUMN sending_stopped_at timestamptz,
    ADD COLUMN sending_stopped_because text;
GRANT SELECT (messages_per_second, new_recipients_per_day, sending_stopped_at, sending_stopped_because)
    ON salons TO readonly_user;

-- Work that is done later, at least once each. What is finished is deleted, so that taking costs the same however much
-- was ever done; what failed too often stays, for people to look at. A job that is taken is due again when its lease
-- ends.
CREATE TABLE jobs (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    queue text NOT NULL CHECK (length(queue) BETWEEN 1 AND 100),
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    salon_id uuid REFERENCES salons ON DELETE CASCADE,
    -- Salons are served by turns; the platform's own work is a lane of its own.
    lane uuid NOT NULL GENERATED ALWAYS AS (coalesce(salon_id, '00000000-0000-0000-0000-000000000000')) STORED,
    payload jsonb NOT NULL,
    due_at timestamptz NOT NULL DEFAULT now(),
    lease uuid,
    attempts integer NOT NULL DEFAULT 0,
    attempts_max integer NOT NULL DEFAULT 20 CHECK (attempts_max > 0),
    last_error text,
    quarantined_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (queue, key)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX idx_job_due ON jobs (queue, lane, due_at, id) WHERE quarantined_at IS NULL;
CREATE INDEX idx_job_quarantined ON jobs (queue, quarantined_at) WHERE quarantined_at IS NOT NULL;
CREATE INDEX idx_job_salon ON jobs (salon_id);

-- What WhatsApp asks for a delivered message, from a day on; '*' is any country that has no price of its own.
CREATE TABLE message_prices (
    valid_from date NOT NULL,
    country text NOT NULL CHECK (country ~ '^([A-Z]{2}|\*)$'),
    category text NOT NULL CHECK (category IN ('marketing', 'utility', 'authentication', 'service')),
    price numeric(12, 6) NOT NULL CHECK (price >= 0),
    currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    PRIMARY KEY (valid_from, country, category, currency)
);

SELECT isolate('jobs');
CREATE POLICY platform ON jobs TO platform_user USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO platform_user;

SELECT isolate('message_prices');
CREATE POLICY platform ON message_prices TO platform_user USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON message_prices TO platform_user;
