-- What everything else stands on: extensions, roles, identifiers, and who is asking.

CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- A function is nobody's to call until it is granted. One that may be called may also be hung on a temporary table as a
-- trigger, and one of them writes the audit log.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Roles belong to the whole server, so another database may have brought them already, or be bringing them right now.
-- They own privileges; people and programs get accounts that are members of them.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY[
        'app_user', 'platform_user', 'readonly_user', 'monitor', 'migrator', 'backup_user', 'replicator'
    ] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END LOOP;
END
$$;

-- Identifiers carry the moment they were made in, so that new rows lie side by side in every index (RFC 9562, version 7).
CREATE FUNCTION uuidv7() RETURNS uuid
    LANGUAGE sql VOLATILE PARALLEL SAFE
    AS $$
        SELECT encode(
            set_bit(
                set_bit(
                    overlay(
                        uuid_send(gen_random_uuid())
                        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                        FROM 1 FOR 6),
                    52, 1),
                53, 1),
            'hex')::uuid
    $$;

-- The seconds since 1970 that a version 7 identifier carries.
CREATE FUNCTION uuid_seconds(id uuid) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT ('x0000' || encode(substring(uuid_send(id) FROM 1 FOR 6), 'hex'))::bit(64)::bigint / 1000.0 $$;

-- The moment that a version 7 identifier carries.
CREATE FUNCTION uuid_time(id uuid) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT to_timestamp(uuid_seconds(id)::double precision) $$;

-- The salon that this transaction works for; NULL when none was set. After a commit the setting is '' and not NULL.
CREATE FUNCTION current_salon() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.salon_id', true), '')::uuid $$;

-- Who is acting, like 'user:…' or 'worker', for created_by, updated_by and the audit log.
CREATE FUNCTION current_actor() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.actor', true), '') $$;

-- Counts the versions of a row, for optimistic locking, and keeps who changed it and when.
CREATE FUNCTION count_version() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
        BEGIN
            NEW.version := OLD.version + 1;
            NEW.updated_at := now();
            NEW.updated_by := current_actor();
            RETURN NEW;
        END
    $$;
