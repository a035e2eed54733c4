\set salon random(1, 200)
\set booking random(1, 200)
\startpipeline
SELECT set_config('role', 'app_user', true), set_config('app.salon_id', '00000000-0000-7000-8000-' || lpad(:salon::text, 12, '0'), true);
SELECT id, booking_code, customer_phone, service, start_ts, end_ts, status, version FROM bookings WHERE booking_code = lpad(:booking::text, 6, '0') AND deleted_at IS NULL;
\endpipeline
