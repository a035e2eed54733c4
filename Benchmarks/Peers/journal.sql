INSERT INTO journal (moment, position, body) VALUES (clock_timestamp(), pg_current_wal_insert_lsn(), :body)
