-- How far the dialogue with a customer has come. Each message that is dealt with counts one turn, so that of two who deal
-- with messages of a conversation at the same time only one has his way. Since handed_over_at the customer waits for a
-- person.
ALTER TABLE conversations
    ADD COLUMN dialogue jsonb,
    ADD COLUMN dialogue_turn integer NOT NULL DEFAULT 0,
    ADD COLUMN handed_over_at timestamptz;

-- A person who gives a conversation back gives it to the dialogue.
CREATE FUNCTION release_dialogue() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
        BEGIN
            NEW.handed_over_at := NULL;
            RETURN NEW;
        END
    $$;
CREATE TRIGGER release_dialogue BEFORE UPDATE OF assigned_to ON conversations
    FOR EACH ROW WHEN (OLD.assigned_to IS NOT NULL AND NEW.assigned_to IS NULL)
    EXECUTE FUNCTION release_dialogue();
