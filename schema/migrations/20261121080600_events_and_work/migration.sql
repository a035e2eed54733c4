CREATE TYPE "WebhookStatus" AS ENUM ('RECEIVED', 'PROCESSED', 'FAILED', 'IGNORED');

-- Every event that was signed, as it came. Whose it is may be unknown. What JSONB cannot hold (a NUL, broken UTF-8) is
-- kept as bytes instead.
CREATE TABLE webhook_logs (
    id uuid NOT NULL DEFAULT uuidv7(),
    created_at timestamptz NOT NULL DEFAULT now(),
    salon_id uuid REFERENCES salons ON DELETE CASCADE,
    event_type text NOT NULL,
    payload jsonb,
    payload_bytes bytea,
    status "WebhookStatus" NOT NULL DEFAULT 'RECEIVED',
    error text,
    processed_at timestamptz,
    PRIMARY KEY (id, created_at),
    CHECK (num_nonnulls(payload, payload_bytes) = 1),
    CONSTRAINT webhook_logs_id_near_created_at
        CHECK (abs(extract(epoch FROM created_at) - uuid_seconds(id)) < 86400)
) PARTITION BY RANGE (created_at);
CREATE INDEX idx_webhook_salon_created ON webhook_logs (salon_id, created_at);
CREATE INDEX idx_webhook_status_created ON webhook_logs (status, created_at);

-- What must happen outside because of a commit, written in the same commit. Whoever hands it on deletes the row.
CREATE TABLE outbox (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    salon_id uuid REFERENCES salons ON DELETE CASCADE,
    topic text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    available_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    last_error text
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX idx_outbox_available ON outbox (available_at, id);
CREATE INDEX idx_outbox_salon ON outbox (salon_id);

-- The answers to requests that may come again, and those that are still being worked on.
CREATE TABLE idempotency_keys (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request_hash bytea NOT NULL CHECK (length(request_hash) = 32),
    response_status integer,
    response_headers jsonb,
    response_body bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
    PRIMARY KEY (salon_id, key)
);
CREATE INDEX idx_idempotency_expires ON idempotency_keys (expires_at);

-- What lies in the object storage.
CREATE TABLE files (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT uuidv7(),
    storage_key text NOT NULL UNIQUE,
    name text,
    content_type text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text DEFAULT current_actor(),
    updated_by text DEFAULT current_actor(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (salon_id, id)
);
