-- One partition for each month, in UTC. A default one takes what no other does, so that nothing that came in is refused
-- because a partition is missing; the maintenance moves it to where it belongs.

CREATE SCHEMA IF NOT EXISTS archive;

-- Adds the partition of a month where it is missing, and says whether it was. It is made apart and attached then, with
-- the rows that the default partition holds of that month, so that readers and writers wait for moments only.
CREATE FUNCTION add_partition(parent text, month date) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
        DECLARE
            first timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
            last timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
            leaf text := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
            rest text := parent || '_default';
            names text;
            strays boolean;
        BEGIN
            IF to_regclass(quote_ident(leaf)) IS NOT NULL THEN
                RETURN false;
            END IF;
            -- First of all, so that nothing comes into it between the look and the attachment.
            EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', rest);
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', leaf, parent);
            PERFORM protect_partition(leaf, parent);
            EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE created_at >= $1 AND created_at < $2)', rest)
                INTO strays USING first, last;
            IF strays THEN
                SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO names FROM pg_attribute
                WHERE attrelid = rest::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
                -- The audit log's rows may move, though they may not go.
                EXECUTE format('ALTER TABLE %I DISABLE TRIGGER USER', rest);
                EXECUTE format(
                    'WITH moved AS (DELETE FROM %I WHERE created_at >= $1 AND created_at < $2 RETURNING *)
                    INSERT INTO %I (%s) SELECT %s FROM moved', rest, leaf, names, names)
                    USING first, last;
                EXECUTE format('ALTER TABLE %I ENABLE TRIGGER USER', rest);
            END IF;
            EXECUTE format(
                'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, leaf, first, last);
            RETURN true;
        END
    $$;

-- Whoever reads a partition directly passes its parent's policies by; so it has the same ones itself, and no grants.
CREATE FUNCTION protect_partition(leaf text, parent text) RETURNS void
    LANGUAGE plpgsql
    AS $$
        DECLARE
            policy record;
        BEGIN
            PERFORM isolate(quote_ident(leaf)::regclass);
            FOR policy IN SELECT * FROM pg_policies WHERE schemaname = current_schema AND tablename = parent LOOP
                EXECUTE format(
                    'CREATE POLICY %I ON %I FOR %s TO %s', policy.policyname, leaf, policy.cmd,
                    (SELECT string_agg(CASE name WHEN 'public' THEN name ELSE quote_ident(name) END, ', ')
                    FROM unnest(policy.roles) AS name))
                    || coalesce(' USING (' || policy.qual || ')', '')
                    || coalesce(' WITH CHECK (' || policy.with_check || ')', '');
            END LOOP;
        END
    $$;

-- Takes the partition of a month out of its table and keeps it in the schema archive.
CREATE FUNCTION archive_partition(parent text, month date) RETURNS void
    LANGUAGE plpgsql
    AS $$
        DECLARE
            leaf text := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
        BEGIN
            EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, leaf);
            EXECUTE format('ALTER TABLE %I SET SCHEMA archive', leaf);
        END
    $$;

DO $$
DECLARE
    parent text;
    month date;
BEGIN
    FOREACH parent IN ARRAY ARRAY['messages', 'ai_messages', 'webhook_logs', 'audit_log'] LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', parent || '_default', parent);
        PERFORM protect_partition(parent || '_default', parent);
        FOR month IN
            SELECT date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead)
            FROM generate_series(0, 3) AS ahead
        LOOP
            PERFORM add_partition(parent, month);
        END LOOP;
    END LOOP;
END
$$;
