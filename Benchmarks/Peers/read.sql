\set key random(1, 100000)
SELECT body FROM message WHERE id = :key;
