CREATE TYPE "ResourceKind" AS ENUM ('STAFF', 'ROOM', 'CHAIR', 'EQUIPMENT');

-- What can be booked, with the time that is kept free before and after.
CREATE TABLE services (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT uuidv7(),
    name text NOT NULL,
    description text,
    category text,
    duration_minutes integer NOT NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
    buffer_before_minutes integer NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 1440),
    buffer_after_minutes integer NOT NULL DEFAULT 0 CHECK (buffer_after_minutes BETWEEN 0 AND 1440),
    price numeric(12, 2) CHECK (price >= 0),
    currency char(3) CHECK (currency ~ '^[A-Z]{3}$'),
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text DEFAULT current_actor(),
    updated_by text DEFAULT current_actor(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (salon_id, id)
);
CREATE UNIQUE INDEX services_salon_id_name_key ON services (salon_id, name) WHERE deleted_at IS NULL;

-- What a booking occupies: somebody who works, a room, a chair.
CREATE TABLE resources (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT uuidv7(),
    kind "ResourceKind" NOT NULL,
    name text NOT NULL,
    user_id uuid REFERENCES users ON DELETE SET NULL,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text DEFAULT current_actor(),
    updated_by text DEFAULT current_actor(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (salon_id, id)
);
CREATE INDEX idx_resource_user ON resources (user_id);

-- Which resources can give which service. A booking takes one of each kind that the service lists.
CREATE TABLE service_resources (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    service_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    PRIMARY KEY (salon_id, service_id, resource_id),
    FOREIGN KEY (salon_id, service_id) REFERENCES services ON DELETE CASCADE,
    FOREIGN KEY (salon_id, resource_id) REFERENCES resources ON DELETE CASCADE
);
CREATE INDEX idx_service_resource_resource ON service_resources (salon_id, resource_id);

-- When a salon, or one of its resources, is there: local wall time of the salon's zone. A day with a break has two rows.
CREATE TABLE opening_hours (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT uuidv7(),
    resource_id uuid,
    weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens time NOT NULL,
    closes time NOT NULL,
    valid_from date,
    valid_until date,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text DEFAULT current_actor(),
    updated_by text DEFAULT current_actor(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (salon_id, id),
    FOREIGN KEY (salon_id, resource_id) REFERENCES resources ON DELETE CASCADE,
    CHECK (opens < closes),
    CHECK (valid_from <= valid_until)
);
CREATE INDEX idx_opening_hours_resource ON opening_hours (salon_id, resource_id, weekday);

-- When a salon, or one of its resources, is not there after all: holidays, leave, repairs.
CREATE TABLE closures (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT uuidv7(),
    resource_id uuid,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text DEFAULT current_actor(),
    updated_by text DEFAULT current_actor(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (salon_id, id),
    FOREIGN KEY (salon_id, resource_id) REFERENCES resources ON DELETE CASCADE,
    CHECK (starts_at < ends_at)
);
CREATE INDEX idx_closure_salon_ends ON closures (salon_id, ends_at);
CREATE INDEX idx_closure_resource ON closures (salon_id, resource_id);
