-- What seeds have made: sample data, which is known again by its seed's number and removed by it. A salon's settings do not
-- say it, because its people write them, and what they write must not decide what is removed or whom a simulation plays.
CREATE TABLE seeds (
    -- 64 bits without a sign.
    number text PRIMARY KEY,
    size text NOT NULL,
    -- The day on which it ends, like 2026-03-01.
    until text NOT NULL,
    -- False while it is being made, and after an end that came too early.
    is_complete boolean NOT NULL DEFAULT false,
    salons uuid[] NOT NULL
);
SELECT isolate('seeds');
CREATE POLICY platform ON seeds FOR SELECT TO platform_user USING (true);
GRANT SELECT ON seeds TO platform_user;

-- The marks that were in settings before. Who made a salon is written in created_by, which its people cannot change; a mark
-- that they changed is left where it is.
WITH marked AS (
    SELECT id, settings FROM salons
    WHERE created_by = 'seed:' || (settings ->> 'seed') AND settings ?& '{seed_size,seed_until,seed_complete}'
), noted AS (
    INSERT INTO seeds (number, size, until, is_complete, salons)
    SELECT settings ->> 'seed', min(settings ->> 'seed_size'), min(settings ->> 'seed_until'),
        bool_and(settings -> 'seed_complete' = 'true'), array_agg(id)
    FROM marked GROUP BY settings ->> 'seed'
)
UPDATE salons AS s SET settings = s.settings - '{seed,seed_size,seed_until,seed_complete}'::text[]
FROM marked AS m WHERE s.id = m.id;
