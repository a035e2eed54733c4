-- No salon sees another's rows, whoever asks: row-level security is enabled and forced, so it holds for the owner too.
-- A transaction without a salon sees nothing. The platform's own work (sign-in, finding a salon by its number, handing
-- on the outbox) is done in the role platform_user, which sees all salons and only the few tables that this takes.

CREATE FUNCTION isolate(target regclass) RETURNS void
    LANGUAGE plpgsql
    AS $$
        BEGIN
            EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);
        END
    $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'memberships', 'api_keys', 'customers', 'services', 'resources', 'service_resources', 'opening_hours', 'closures',
        'bookings', 'booking_claims', 'templates', 'conversations', 'messages', 'message_keys', 'message_statuses',
        'ai_conversations', 'ai_messages', 'webhook_logs', 'outbox', 'idempotency_keys', 'files', 'audit_log'
    ] LOOP
        PERFORM isolate(name::regclass);
        EXECUTE format(
            'CREATE POLICY tenant ON %I USING (salon_id = current_salon()) WITH CHECK (salon_id = current_salon())', name);
    END LOOP;

    FOREACH name IN ARRAY ARRAY['salons', 'users', 'sessions'] LOOP
        PERFORM isolate(name::regclass);
    END LOOP;

    FOREACH name IN ARRAY ARRAY[
        'salons', 'users', 'sessions', 'memberships', 'api_keys', 'webhook_logs', 'outbox', 'audit_log'
    ] LOOP
        EXECUTE format('CREATE POLICY platform ON %I TO platform_user USING (true) WITH CHECK (true)', name);
    END LOOP;
END
$$;

-- A salon is its own tenant; its people are those with a membership.
CREATE POLICY tenant ON salons USING (id = current_salon()) WITH CHECK (id = current_salon());
CREATE POLICY tenant ON users FOR SELECT USING (
    EXISTS (SELECT FROM memberships AS m WHERE m.salon_id = current_salon() AND m.user_id = users.id));

-- The log is written by its trigger, which acts as the owner.
CREATE POLICY writer ON audit_log FOR INSERT TO CURRENT_USER WITH CHECK (true);

-- Row-level security lets an index answer only what cannot tell about foreign rows, and a text search or the overlap of
-- ranges could. So these two functions read as the owner and bring their salon themselves. A transaction without a
-- salon finds nothing.
CREATE FUNCTION search_messages(query text, before timestamptz, most integer) RETURNS SETOF messages
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
        SELECT m.* FROM messages AS m
        WHERE m.salon_id = current_salon()
            AND m.search @@ search_query((SELECT language FROM salons WHERE id = current_salon()), query)
            AND m.created_at < before
        ORDER BY m.created_at DESC
        LIMIT most
    $$;

-- What is taken of some resources' time between two moments.
CREATE FUNCTION claims_between(resources uuid[], first timestamptz, last timestamptz) RETURNS SETOF booking_claims
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
        SELECT c.* FROM booking_claims AS c
        WHERE c.salon_id = current_salon() AND c.resource_id = ANY (resources)
            AND c.occupied && tstzrange(first, last) AND c.is_active
    $$;
