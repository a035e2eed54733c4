CREATE TYPE "WaitingStatus" AS ENUM ('WAITING', 'OFFERED', 'BOOKED', 'WITHDRAWN');

-- Who would come sooner if something became free. The line is by entry; an offer is a booking that is held.
CREATE TABLE waiting_list (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT uuidv7(),
    customer_id uuid NOT NULL,
    service_id uuid NOT NULL,
    -- Whom or what the customer insists on; NULL leaves it open.
    resource_id uuid,
    -- Days and times of the salon's clocks between which the visit may begin.
    first_day date NOT NULL,
    last_day date NOT NULL,
    earliest time NOT NULL DEFAULT '00:00',
    latest time NOT NULL DEFAULT '24:00',
    status "WaitingStatus" NOT NULL DEFAULT 'WAITING',
    -- What is offered now, and since then.
    booking_id uuid,
    -- Beginnings that were offered and let go, so that nobody is asked twice about the same one.
    passed timestamptz[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text DEFAULT current_actor(),
    updated_by text DEFAULT current_actor(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (salon_id, id),
    FOREIGN KEY (salon_id, customer_id) REFERENCES customers ON DELETE CASCADE,
    FOREIGN KEY (salon_id, service_id) REFERENCES services ON DELETE CASCADE,
    FOREIGN KEY (salon_id, resource_id) REFERENCES resources ON DELETE CASCADE,
    FOREIGN KEY (salon_id, booking_id) REFERENCES bookings ON DELETE CASCADE,
    CHECK (first_day <= last_day),
    CHECK (earliest <= latest),
    CHECK ((status IN ('OFFERED', 'BOOKED')) = (booking_id IS NOT NULL))
);
CREATE INDEX idx_waiting_list_line ON waiting_list (salon_id, status, id);
CREATE INDEX idx_waiting_list_customer ON waiting_list (salon_id, customer_id);
CREATE INDEX idx_waiting_list_service ON waiting_list (salon_id, service_id);
CREATE INDEX idx_waiting_list_resource ON waiting_list (salon_id, resource_id);
CREATE INDEX idx_waiting_list_booking ON waiting_list (salon_id, booking_id);

-- What a caller named his request to book. It lives as long as the booking, whoever asked, so that repeating it months
-- later, or by another way, makes no second one.
CREATE TABLE booking_requests (
    salon_id uuid NOT NULL REFERENCES salons ON DELETE CASCADE,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    booking_id uuid NOT NULL,
    request_hash bytea NOT NULL CHECK (length(request_hash) = 32),
    PRIMARY KEY (salon_id, key),
    FOREIGN KEY (salon_id, booking_id) REFERENCES bookings ON DELETE CASCADE
);
CREATE INDEX idx_booking_request_booking ON booking_requests (salon_id, booking_id);

SELECT isolate('waiting_list');
SELECT isolate('booking_requests');
CREATE POLICY tenant ON waiting_list USING (salon_id = current_salon()) WITH CHECK (salon_id = current_salon());
CREATE POLICY tenant ON booking_requests USING (salon_id = current_salon()) WITH CHECK (salon_id = current_salon());

CREATE TRIGGER count_version BEFORE UPDATE ON waiting_list FOR EACH ROW EXECUTE FUNCTION count_version();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON waiting_list FOR EACH ROW EXECUTE FUNCTION audit();

GRANT SELECT, INSERT, UPDATE, DELETE ON waiting_list TO app_user;
GRANT SELECT, INSERT ON booking_requests TO app_user;
GRANT SELECT ON waiting_list TO readonly_user;
