-- What applying the events of WhatsApp takes.

-- The moment of the last news of a template, so that older ones which come later change nothing.
ALTER TABLE templates ADD COLUMN told_at timestamptz;

-- News of templates name the account, and not the number.
CREATE INDEX idx_salon_account ON salons (business_account_id);

-- Conversations whose window is over are looked for among all salons, by the platform, which sees nothing else of them.
CREATE INDEX idx_conversation_window ON conversations (window_expires_at) WHERE status = 'ACTIVE';
CREATE POLICY platform ON conversations TO platform_user USING (true) WITH CHECK (true);
GRANT SELECT (salon_id, id, status, window_expires_at), UPDATE (status) ON conversations TO platform_user;

-- What people decide about a conversation is audited; that its window is over, or open again, is not.
DROP TRIGGER audit ON conversations;
CREATE TRIGGER audit AFTER UPDATE OF status, assigned_to, deleted_at ON conversations
    FOR EACH ROW WHEN (
        OLD.assigned_to IS DISTINCT FROM NEW.assigned_to OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at
        OR (OLD.status = 'BLOCKED') <> (NEW.status = 'BLOCKED'))
    EXECUTE FUNCTION audit();
CREATE TRIGGER audit_deletion AFTER DELETE ON conversations FOR EACH ROW EXECUTE FUNCTION audit();
