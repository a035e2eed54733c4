CREATE TYPE "MessageDirection" AS ENUM ('INBOUND', 'OUTBOUND');
-- The first six are the specification's; WhatsApp knows more, and one that nobody knows yet is kept as UNKNOWN.
CREATE TYPE "MessageType" AS ENUM (
    'TEXT', 'TEMPLATE', 'IMAGE', 'DOCUMENT', 'AUDIO', 'VIDEO',
    'STICKER', 'LOCATION', 'CONTACTS', 'INTERACTIVE', 'BUTTON', 'REACTION', 'ORDER', 'SYSTEM', 'UNKNOWN');
-- The first four are the specification's. RECEIVED is what came in, QUEUED what is not sent yet, PLAYED a voice message.
CREATE TYPE "MessageStatus" AS ENUM ('SENT', 'DELIVERED', 'READ', 'FAILED', 'RECEIVED', 'QUEUED', 'PLAYED');
CREATE TYPE "TemplateStatus" AS ENUM ('PENDING', 'APPROVED', 'REJECTED', 'PAUSED', 'DISABLED');
CREATE TYPE "ConversationStatus" AS ENUM ('ACTIVE', 'EXPIRED', 'BLOCKED');

CREATE TABLE templates (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT uuidv7(),
    name text NOT NULL,
    language text NOT NULL,
    category text NOT NULL,
    status "TemplateStatus" NOT NULL DEFAULT 'PENDING',
    whatsapp_template_id text,
    components jsonb NOT NULL DEFAULT '[]',
    rejected_reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text DEFAULT current_actor(),
    updated_by text DEFAULT current_actor(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (salon_id, id),
    UNIQUE (name, salon_id, language)
);

CREATE TABLE conversations (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT uuidv7(),
    customer_id uuid,
    phone_number text,
    status "ConversationStatus" NOT NULL DEFAULT 'ACTIVE',
    message_count integer NOT NULL DEFAULT 0,
    unread_count integer NOT NULL DEFAULT 0,
    cost numeric(12, 6) NOT NULL DEFAULT 0,
    assigned_to uuid REFERENCES users ON DELETE SET NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    last_message_at timestamptz NOT NULL DEFAULT now(),
    -- Until then WhatsApp lets the salon write freely: 24 hours after the customer's last message.
    window_expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text DEFAULT current_actor(),
    updated_by text DEFAULT current_actor(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (salon_id, id),
    UNIQUE (salon_id, phone_number),
    FOREIGN KEY (salon_id, customer_id) REFERENCES customers ON DELETE CASCADE
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX conversations_salon_id_customer_id_key ON conversations (salon_id, customer_id);
CREATE INDEX idx_conversation_salon_status ON conversations (salon_id, status, last_message_at);
CREATE INDEX idx_conversation_salon_last_message ON conversations (salon_id, last_message_at);
CREATE INDEX idx_conversation_assigned ON conversations (assigned_to);

-- The words of a text that people search for: as they stand, and by their stems in the language they are in.
CREATE FUNCTION search_words(language text, content text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT to_tsvector('simple', coalesce(content, '')) || CASE language
            WHEN 'en' THEN to_tsvector('english', coalesce(content, ''))
            WHEN 'es' THEN to_tsvector('spanish', coalesce(content, ''))
            WHEN 'pt' THEN to_tsvector('portuguese', coalesce(content, ''))
            WHEN 'ru' THEN to_tsvector('russian', coalesce(content, ''))
            WHEN 'de' THEN to_tsvector('german', coalesce(content, ''))
            WHEN 'fr' THEN to_tsvector('french', coalesce(content, ''))
            WHEN 'it' THEN to_tsvector('italian', coalesce(content, ''))
            ELSE ''::tsvector
        END
    $$;

-- What somebody searches for, in the same two ways.
CREATE FUNCTION search_query(language text, query text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT websearch_to_tsquery('simple', query) || CASE language
            WHEN 'en' THEN websearch_to_tsquery('english', query)
            WHEN 'es' THEN websearch_to_tsquery('spanish', query)
            WHEN 'pt' THEN websearch_to_tsquery('portuguese', query)
            WHEN 'ru' THEN websearch_to_tsquery('russian', query)
            WHEN 'de' THEN websearch_to_tsquery('german', query)
            WHEN 'fr' THEN websearch_to_tsquery('french', query)
            WHEN 'it' THEN websearch_to_tsquery('italian', query)
            ELSE websearch_to_tsquery('simple', query)
        END
    $$;

-- One partition for each month, by the time of receipt. The identifier carries nearly the same time, so that a message
-- is found by it in one partition, or two around the end of a month.
CREATE TABLE messages (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT uuidv7(),
    created_at timestamptz NOT NULL DEFAULT now(),
    conversation_id uuid,
    customer_id uuid,
    direction "MessageDirection" NOT NULL,
    phone_number text,
    message_type "MessageType" NOT NULL,
    content text,
    payload jsonb,
    language text,
    status "MessageStatus" NOT NULL,
    whatsapp_id text,
    template_id uuid,
    error_code integer,
    cost numeric(12, 6),
    sent_at timestamptz,
    delivered_at timestamptz,
    read_at timestamptz,
    failed_at timestamptz,
    created_by text DEFAULT current_actor(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    search tsvector GENERATED ALWAYS AS (search_words(language, content)) STORED,
    PRIMARY KEY (salon_id, id, created_at),
    FOREIGN KEY (salon_id, conversation_id) REFERENCES conversations ON DELETE CASCADE,
    FOREIGN KEY (salon_id, customer_id) REFERENCES customers ON DELETE CASCADE,
    FOREIGN KEY (salon_id, template_id) REFERENCES templates ON DELETE NO ACTION,
    CONSTRAINT messages_id_near_created_at
        CHECK (abs(extract(epoch FROM created_at) - uuid_seconds(id)) < 86400)
) PARTITION BY RANGE (created_at);
CREATE INDEX idx_message_salon_created ON messages (salon_id, created_at);
CREATE INDEX idx_message_conversation_created ON messages (conversation_id, created_at);
CREATE INDEX idx_message_phone_salon_created ON messages (phone_number, salon_id, created_at);
-- A conversation is in one salon. Unless the server knows, it takes the two for independent, expects next to no rows
-- and reads all of a conversation to find its last ones.
CREATE STATISTICS message_conversation_salon (dependencies) ON conversation_id, salon_id FROM messages;
CREATE INDEX idx_message_search ON messages USING gin (salon_id, search);

-- WhatsApp delivers more than once. What came before is known here: a unique constraint on messages themselves would
-- have to contain the partition key, and so would let the same message in twice.
CREATE TABLE message_keys (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    whatsapp_id text NOT NULL,
    message_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (salon_id, whatsapp_id)
);
CREATE INDEX idx_message_key_created ON message_keys USING brin (created_at);

-- The states that were told of a message, each once.
CREATE TABLE message_statuses (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    whatsapp_id text NOT NULL,
    status "MessageStatus" NOT NULL,
    happened_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (salon_id, whatsapp_id, status)
);
CREATE INDEX idx_message_status_created ON message_statuses USING brin (created_at);
