-- Least privilege. An account of the service is a member of app_user and platform_user without inheriting from them, so
-- a statement outside of a tenant's or the platform's transaction is refused. A table that is added gets nothing until
-- its migration grants it.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO app_user, platform_user, readonly_user;

-- The service, for one salon.
GRANT SELECT, INSERT, UPDATE, DELETE ON
    memberships, api_keys, customers, services, resources, service_resources, opening_hours, closures, bookings,
    booking_claims, templates, conversations, ai_conversations, idempotency_keys, files
    TO app_user;
GRANT SELECT, UPDATE ON salons TO app_user;
GRANT SELECT (id, email, handle, name, created_at, deleted_at, version) ON users TO app_user;
GRANT SELECT, INSERT, UPDATE ON messages TO app_user;
GRANT SELECT, INSERT, UPDATE (status, error, processed_at) ON webhook_logs TO app_user;
GRANT SELECT, INSERT ON message_keys, message_statuses, ai_messages TO app_user;
GRANT INSERT ON outbox TO app_user;
GRANT SELECT ON audit_log TO app_user;

-- The service, for itself.
GRANT SELECT, INSERT, UPDATE ON salons, users, memberships TO platform_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO platform_user;
GRANT SELECT, UPDATE (last_used_at) ON api_keys TO platform_user;
GRANT SELECT, INSERT, UPDATE (salon_id, status, error, processed_at) ON webhook_logs TO platform_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO platform_user;
GRANT SELECT ON audit_log TO platform_user;

-- People who report on a salon: everything but secrets.
GRANT SELECT ON
    memberships, customers, services, resources, service_resources, opening_hours, closures, bookings, booking_claims,
    templates, conversations, messages, ai_conversations, ai_messages, webhook_logs, files, audit_log
    TO readonly_user;
GRANT SELECT (
    id, name, handle, phone_number_id, business_account_id, display_phone_number, is_active, timezone, language, currency,
    settings, created_at, updated_at, created_by, updated_by, deleted_at, version
    ) ON salons TO readonly_user;
GRANT SELECT (id, email, handle, name, created_at, deleted_at, version) ON users TO readonly_user;

GRANT EXECUTE ON FUNCTION
    uuidv7(), uuid_seconds(uuid), uuid_time(uuid), current_salon(), current_actor(), search_words(text, text)
    TO app_user, platform_user, readonly_user;
GRANT EXECUTE ON FUNCTION
    search_messages(text, timestamptz, integer), claims_between(uuid[], timestamptz, timestamptz)
    TO app_user, readonly_user;
