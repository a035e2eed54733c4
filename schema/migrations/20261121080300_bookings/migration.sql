-- HELD is beside the specification's four: a slot that is kept for somebody who has not confirmed yet.
CREATE TYPE "BookingStatus" AS ENUM ('CONFIRMED', 'CANCELLED', 'COMPLETED', 'NO_SHOW', 'HELD');

CREATE TABLE bookings (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT uuidv7(),
    booking_code text NOT NULL CHECK (booking_code ~ '^[A-Z0-9]{6}$'),
    customer_id uuid,
    customer_phone text,
    customer_name text,
    service_id uuid,
    -- What was booked, as it was called then.
    service text NOT NULL,
    start_ts timestamptz NOT NULL,
    end_ts timestamptz NOT NULL,
    -- The wall time that was agreed on, and where: rules of time zones change, what was promised does not.
    local_start timestamp NOT NULL,
    timezone text NOT NULL,
    status "BookingStatus" NOT NULL DEFAULT 'CONFIRMED',
    hold_expires_at timestamptz,
    price numeric(12, 2) CHECK (price >= 0),
    currency char(3) CHECK (currency ~ '^[A-Z]{3}$'),
    notes bytea,
    source text NOT NULL DEFAULT 'api',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text DEFAULT current_actor(),
    updated_by text DEFAULT current_actor(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    -- Whether it takes its time on its resources.
    is_active boolean NOT NULL
        GENERATED ALWAYS AS (status IN ('HELD', 'CONFIRMED') AND deleted_at IS NULL) STORED,
    PRIMARY KEY (salon_id, id),
    UNIQUE (salon_id, id, is_active),
    UNIQUE (booking_code, salon_id),
    FOREIGN KEY (salon_id, customer_id) REFERENCES customers ON DELETE CASCADE,
    FOREIGN KEY (salon_id, service_id) REFERENCES services ON DELETE NO ACTION,
    CHECK (start_ts < end_ts),
    -- A hold ends by itself; nothing else does.
    CHECK ((status = 'HELD') = (hold_expires_at IS NOT NULL))
) WITH (fillfactor = 90);
CREATE INDEX idx_booking_salon_start ON bookings (salon_id, start_ts);
CREATE INDEX idx_booking_salon_status_start ON bookings (salon_id, status, start_ts);
-- With the start, so that a customer's last bookings are read from it in order, however many there are.
CREATE INDEX idx_booking_customer_salon ON bookings (customer_phone, salon_id, start_ts);
CREATE INDEX idx_booking_customer ON bookings (salon_id, customer_id, start_ts);
CREATE INDEX idx_booking_service ON bookings (salon_id, service_id);
CREATE INDEX idx_booking_hold ON bookings (salon_id, hold_expires_at) WHERE status = 'HELD';

-- The time on a resource that a booking takes, its buffers included: one row for each resource, so that one booking
-- takes several of them or none. Two that are active never overlap, whatever the program does. Whether a claim is
-- active is its booking's state and nobody else's to decide: the foreign key refuses what is not true and follows what
-- changes, at every isolation level, which a trigger that reads the booking could not.
CREATE TABLE booking_claims (
    -- Its own way to the salon: when a salon goes, its claims have to be gone before its resources are missed.
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    booking_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    occupied tstzrange NOT NULL CHECK (NOT isempty(occupied) AND NOT lower_inf(occupied) AND NOT upper_inf(occupied)),
    is_active boolean NOT NULL DEFAULT true,
    PRIMARY KEY (salon_id, booking_id, resource_id),
    FOREIGN KEY (salon_id, booking_id, is_active) REFERENCES bookings (salon_id, id, is_active)
        ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (salon_id, resource_id) REFERENCES resources ON DELETE NO ACTION,
    CONSTRAINT booking_claims_no_overlap
        EXCLUDE USING gist (salon_id WITH =, resource_id WITH =, occupied WITH &&) WHERE (is_active)
);
CREATE INDEX idx_booking_claim_resource ON booking_claims (salon_id, resource_id);
