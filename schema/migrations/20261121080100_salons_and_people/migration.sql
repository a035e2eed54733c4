CREATE TYPE "UserRole" AS ENUM ('OWNER', 'MANAGER', 'STAFF', 'READONLY');

-- A tenant. Its access token is sealed by the service; the database never sees it in the clear.
CREATE TABLE salons (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    handle citext UNIQUE,
    phone_number_id text NOT NULL UNIQUE,
    business_account_id text,
    display_phone_number text,
    access_token bytea,
    is_active boolean NOT NULL DEFAULT true,
    timezone text NOT NULL DEFAULT 'UTC',
    language text NOT NULL DEFAULT 'en',
    currency char(3) NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
    settings jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text DEFAULT current_actor(),
    updated_by text DEFAULT current_actor(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1
);

-- A person who signs in, of any number of salons.
CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    email citext NOT NULL UNIQUE CHECK (email LIKE '%_@_%'),
    handle citext UNIQUE,
    name text NOT NULL,
    password_hash text,
    is_platform_admin boolean NOT NULL DEFAULT false,
    failed_attempts integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text DEFAULT current_actor(),
    updated_by text DEFAULT current_actor(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1
);

-- What a person may do in a salon.
CREATE TABLE memberships (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT uuidv7(),
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    role "UserRole" NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text DEFAULT current_actor(),
    updated_by text DEFAULT current_actor(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (salon_id, id),
    UNIQUE (salon_id, user_id)
);
CREATE INDEX idx_membership_user ON memberships (user_id);

-- Somebody who is signed in. Of the token only its hash is kept.
CREATE TABLE sessions (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    salon_id uuid REFERENCES salons ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX idx_session_user ON sessions (user_id);
CREATE INDEX idx_session_salon ON sessions (salon_id);
CREATE INDEX idx_session_expires ON sessions (expires_at);

-- A program's way in. Of the key only its hash is kept, and its first characters, by which people recognise it.
CREATE TABLE api_keys (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT uuidv7(),
    name text NOT NULL,
    prefix text NOT NULL,
    key_hash bytea NOT NULL UNIQUE CHECK (length(key_hash) = 32),
    scopes text[] NOT NULL DEFAULT '{}',
    last_used_at timestamptz,
    expires_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text DEFAULT current_actor(),
    updated_by text DEFAULT current_actor(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (salon_id, id)
);

-- Somebody who writes to a salon or is booked there. WhatsApp may tell the number, its own identifier for the user
-- (scoped to the business), or both; the number may be absent and may change.
CREATE TABLE customers (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT uuidv7(),
    name text,
    phone_number text,
    whatsapp_user_id text,
    username citext,
    email citext,
    language text,
    notes bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text DEFAULT current_actor(),
    updated_by text DEFAULT current_actor(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (salon_id, id)
);
CREATE UNIQUE INDEX customers_salon_id_phone_number_key ON customers (salon_id, phone_number)
    WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX customers_salon_id_whatsapp_user_id_key ON customers (salon_id, whatsapp_user_id)
    WHERE deleted_at IS NULL;
