-- One partition for each month, in UTC, without a gap. What lies before the first of them is in `…_earlier`, what comes
-- after the last one in `…_later`, so that nothing that came in is refused because a partition is missing; the
-- maintenance moves it to where it belongs. There is no default partition: beside one the server cannot know that the
-- months follow each other, and asks each of them for the latest rows instead of stopping when it has enough.

CREATE SCHEMA IF NOT EXISTS archive;

-- Where the months begin, asked of `…_earlier`, or end, asked of `…_later`.
CREATE FUNCTION partition_edge(rest text) RETURNS timestamptz
    LANGUAGE sql STABLE
    SET datestyle = 'ISO'
    RETURN (
        SELECT substring(pg_get_expr(relpartbound, oid) FROM '''([^'']+)''')::timestamptz
        FROM pg_class WHERE oid = quote_ident(rest)::regclass
    );

-- The first moment of a month, and the name of its partition.
CREATE FUNCTION partition_month(parent text, month date, OUT leaf text, OUT first timestamptz, OUT last timestamptz)
    LANGUAGE sql IMMUTABLE
    AS $$
        SELECT
            format('%s_%s', parent, to_char(month, 'YYYY_MM')),
            date_trunc('month', month::timestamp) AT TIME ZONE 'UTC',
            (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC'
    $$;

-- Makes the table for a month's rows, which nobody sees before it is attached.
CREATE FUNCTION make_partition(parent text, leaf text) RETURNS void
    LANGUAGE plpgsql
    AS $$
        BEGIN
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', leaf, parent);
            PERFORM protect_partition(leaf, parent);
        END
    $$;

-- Moves the rows of a time from one detached table to another. Nothing is counted or logged by it: a partition's
-- triggers come and go with its attachment.
CREATE FUNCTION move_rows(source regclass, target regclass, first timestamptz, last timestamptz) RETURNS void
    LANGUAGE plpgsql
    AS $$
        DECLARE
            names text;
        BEGIN
            SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO names FROM pg_attribute
            WHERE attrelid = source AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
            EXECUTE format(
                'WITH moved AS (DELETE FROM %s WHERE created_at >= $1 AND created_at < $2 RETURNING *)
                INSERT INTO %s (%s) SELECT %s FROM moved', source, target, names, names)
                USING first, last;
        END
    $$;

-- Adds the partition of a month where it is missing, and those between it and the months that are there. They get the
-- rows that lie in `…_earlier` or `…_later`. Says how many were made.
CREATE FUNCTION add_partition(parent text, month date) RETURNS integer
    LANGUAGE plpgsql
    AS $$
        DECLARE
            wanted record := partition_month(parent, month);
            next record;
            rest text := parent || CASE WHEN wanted.first < partition_edge(parent || '_earlier')
                THEN '_earlier' ELSE '_later' END;
            edge timestamptz;
            made integer := 0;
        BEGIN
            IF rest = parent || '_later' AND wanted.first < partition_edge(rest) THEN
                IF to_regclass(quote_ident(wanted.leaf)) IS NOT NULL THEN
                    RETURN 0;
                END IF;
                -- Somebody has dropped it; what came in since was refused.
                PERFORM make_partition(parent, wanted.leaf);
                PERFORM attach_month(parent, wanted);
                RETURN 1;
            END IF;
            -- First of all, so that nothing comes in between the look and the attachment.
            EXECUTE format('LOCK TABLE ONLY %I IN ACCESS EXCLUSIVE MODE', parent);
            edge := partition_edge(rest);
            EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, rest);
            FOR next IN
                SELECT p.* FROM generate_series(
                    least(wanted.first, edge) AT TIME ZONE 'UTC',
                    greatest(wanted.first, edge - interval '1 day') AT TIME ZONE 'UTC', interval '1 month') AS start,
                    partition_month(parent, start::date) AS p
            LOOP
                PERFORM make_partition(parent, next.leaf);
                PERFORM move_rows(quote_ident(rest)::regclass, quote_ident(next.leaf)::regclass, next.first, next.last);
                PERFORM attach_month(parent, next);
                made := made + 1;
            END LOOP;
            IF rest = parent || '_earlier' THEN
                PERFORM attach_earlier(parent, wanted.first);
            ELSE
                EXECUTE format(
                    'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (MAXVALUE)', parent, rest, wanted.last);
            END IF;
            RETURN made;
        END
    $$;

CREATE FUNCTION attach_month(parent text, month record) RETURNS void
    LANGUAGE plpgsql
    AS $$
        BEGIN
            EXECUTE format(
                'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                parent, month.leaf, month.first, month.last);
        END
    $$;

CREATE FUNCTION attach_earlier(parent text, edge timestamptz) RETURNS void
    LANGUAGE plpgsql
    AS $$
        BEGIN
            EXECUTE format(
                'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)',
                parent, parent || '_earlier', edge);
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

-- Takes a month's rows out of their table and keeps them in the schema archive: the first of the months, or what came
-- in of one before it.
CREATE FUNCTION archive_partition(parent text, month date) RETURNS void
    LANGUAGE plpgsql
    AS $$
        DECLARE
            wanted record := partition_month(parent, month);
            rest text := parent || '_earlier';
            edge timestamptz;
        BEGIN
            EXECUTE format('LOCK TABLE ONLY %I IN ACCESS EXCLUSIVE MODE', parent);
            edge := partition_edge(rest);
            IF wanted.first > edge THEN
                RAISE EXCEPTION '% is not the first month of %', wanted.leaf, parent
                    USING ERRCODE = 'object_not_in_prerequisite_state',
                        HINT = 'Archive the months before it first.';
            END IF;
            EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, rest);
            IF wanted.first = edge THEN
                EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, wanted.leaf);
                edge := wanted.last;
            ELSIF to_regclass(format('archive.%I', wanted.leaf)) IS NULL THEN
                PERFORM make_partition(parent, wanted.leaf);
            END IF;
            IF to_regclass(quote_ident(wanted.leaf)) IS NOT NULL THEN
                EXECUTE format('ALTER TABLE %I SET SCHEMA archive', wanted.leaf);
            END IF;
            PERFORM move_rows(
                quote_ident(rest)::regclass, format('archive.%I', wanted.leaf)::regclass, wanted.first, wanted.last);
            PERFORM attach_earlier(parent, edge);
        END
    $$;

DO $$
DECLARE
    parent text;
    month timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
BEGIN
    FOREACH parent IN ARRAY ARRAY['messages', 'ai_messages', 'webhook_logs', 'audit_log'] LOOP
        PERFORM make_partition(parent, parent || '_earlier');
        PERFORM attach_earlier(parent, month AT TIME ZONE 'UTC');
        PERFORM make_partition(parent, parent || '_later');
        EXECUTE format(
            'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (MAXVALUE)',
            parent, parent || '_later', month AT TIME ZONE 'UTC');
        PERFORM add_partition(parent, (month + interval '3 months')::date);
    END LOOP;
END
$$;
