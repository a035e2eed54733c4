-- Who changed what. The specification's fields are operation, entityType, entityId, userId, timestamp and metadata.
-- There is no foreign key to salons: what was done stays on record when a salon is gone.
CREATE TABLE audit_log (
    id uuid NOT NULL DEFAULT uuidv7(),
    created_at timestamptz NOT NULL DEFAULT now(),
    salon_id uuid,
    operation text NOT NULL,
    entity_type text NOT NULL,
    entity_id uuid,
    actor text,
    request_id text,
    -- For each column that changed, what it was and what it became; of sealed and secret ones only that they changed.
    changes jsonb NOT NULL,
    PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX idx_audit_salon_created ON audit_log (salon_id, created_at);
CREATE INDEX idx_audit_entity ON audit_log (entity_type, entity_id, created_at);

-- Writes the log as its owner, so that nobody else needs to be able to. The arguments are the columns whose values stay
-- out of it. What was inserted stands in the row itself and in what later changes replaced, so only updates and deletions
-- carry values.
CREATE FUNCTION audit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
        DECLARE
            before jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
            after jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
            present jsonb := coalesce(after, before);
            changed jsonb := '{}';
        BEGIN
            IF TG_OP <> 'INSERT' THEN
                SELECT coalesce(jsonb_object_agg(
                    key, CASE
                        WHEN key = ANY (TG_ARGV) THEN '"sealed"'::jsonb
                        WHEN TG_OP = 'DELETE' THEN jsonb_build_array(value)
                        ELSE jsonb_build_array(value, after -> key)
                    END), '{}')
                INTO changed
                FROM jsonb_each(before)
                WHERE value IS DISTINCT FROM after -> key
                    AND key NOT IN ('created_at', 'updated_at', 'created_by', 'updated_by', 'version');
            END IF;
            IF TG_OP = 'UPDATE' AND changed = '{}' THEN
                RETURN NULL;
            END IF;
            INSERT INTO audit_log (salon_id, operation, entity_type, entity_id, actor, request_id, changes)
            VALUES (
                CASE WHEN TG_TABLE_NAME = 'salons' THEN present ->> 'id' ELSE present ->> 'salon_id' END::uuid,
                TG_OP, TG_TABLE_NAME, (present ->> 'id')::uuid, current_actor(),
                nullif(current_setting('app.request_id', true), ''), changed);
            RETURN NULL;
        END
    $$;

CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
        BEGIN
            RAISE EXCEPTION 'the table % only grows', TG_TABLE_NAME
                USING ERRCODE = 'insufficient_privilege', HINT = 'Old partitions are archived as a whole.';
        END
    $$;
CREATE TRIGGER audit_log_only_grows BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every business table counts its versions and is audited. Logs of what happened (messages, events) are their own
-- record; of a conversation only what people decide is audited, not each message that moves its counters.
CREATE TRIGGER count_version BEFORE UPDATE ON salons FOR EACH ROW EXECUTE FUNCTION count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON memberships FOR EACH ROW EXECUTE FUNCTION count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON services FOR EACH ROW EXECUTE FUNCTION count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON resources FOR EACH ROW EXECUTE FUNCTION count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON opening_hours FOR EACH ROW EXECUTE FUNCTION count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON closures FOR EACH ROW EXECUTE FUNCTION count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON bookings FOR EACH ROW EXECUTE FUNCTION count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON templates FOR EACH ROW EXECUTE FUNCTION count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON conversations FOR EACH ROW EXECUTE FUNCTION count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON files FOR EACH ROW EXECUTE FUNCTION count_version();

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON salons
    FOR EACH ROW EXECUTE FUNCTION audit('access_token');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION audit('password_hash');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON memberships FOR EACH ROW EXECUTE FUNCTION audit();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON api_keys
    FOR EACH ROW EXECUTE FUNCTION audit('key_hash');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON customers
    FOR EACH ROW EXECUTE FUNCTION audit('notes');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON services FOR EACH ROW EXECUTE FUNCTION audit();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON resources FOR EACH ROW EXECUTE FUNCTION audit();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON opening_hours FOR EACH ROW EXECUTE FUNCTION audit();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON closures FOR EACH ROW EXECUTE FUNCTION audit();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON bookings
    FOR EACH ROW EXECUTE FUNCTION audit('notes');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON templates FOR EACH ROW EXECUTE FUNCTION audit();
CREATE TRIGGER audit AFTER UPDATE OF status, assigned_to, deleted_at OR DELETE ON conversations
    FOR EACH ROW EXECUTE FUNCTION audit();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON files FOR EACH ROW EXECUTE FUNCTION audit();
