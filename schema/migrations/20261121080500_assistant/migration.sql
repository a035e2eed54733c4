-- A conversation that the assistant takes part in, with what it has used.
CREATE TABLE ai_conversations (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT uuidv7(),
    conversation_id uuid NOT NULL UNIQUE,
    phone_number text,
    ai_model text,
    language text,
    message_count integer NOT NULL DEFAULT 0,
    total_tokens bigint NOT NULL DEFAULT 0,
    total_cost numeric(12, 6) NOT NULL DEFAULT 0,
    last_activity timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (salon_id, id),
    UNIQUE (salon_id, conversation_id),
    UNIQUE (salon_id, phone_number),
    FOREIGN KEY (salon_id, conversation_id) REFERENCES conversations ON DELETE CASCADE
) WITH (fillfactor = 80);
CREATE INDEX idx_ai_conv_salon_activity ON ai_conversations (salon_id, last_activity);

CREATE TABLE ai_messages (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT uuidv7(),
    created_at timestamptz NOT NULL DEFAULT now(),
    conversation_id uuid NOT NULL,
    direction "MessageDirection" NOT NULL,
    content text NOT NULL,
    intent text,
    confidence real CHECK (confidence BETWEEN 0 AND 1),
    ai_model text,
    tokens_used integer NOT NULL DEFAULT 0,
    cost numeric(12, 6) NOT NULL DEFAULT 0,
    response_time_ms integer,
    PRIMARY KEY (salon_id, id, created_at),
    FOREIGN KEY (salon_id, conversation_id) REFERENCES ai_conversations (salon_id, conversation_id) ON DELETE CASCADE,
    CONSTRAINT ai_messages_id_near_created_at
        CHECK (abs(extract(epoch FROM created_at) - uuid_seconds(id)) < 86400)
) PARTITION BY RANGE (created_at);
CREATE INDEX idx_ai_msg_conversation_created ON ai_messages (conversation_id, created_at);
CREATE STATISTICS ai_msg_conversation_salon (dependencies) ON conversation_id, salon_id FROM ai_messages;
CREATE INDEX idx_ai_msg_salon_created ON ai_messages (salon_id, created_at);
