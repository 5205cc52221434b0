-- The files that loads were made from, each with the first load of it. What was only tried is not kept.
SELECT sha256, min(load_id) AS first, argMin(file, load_id) FROM load WHERE sha256 != '' AND state != 'tried' GROUP BY sha256 ORDER BY first
