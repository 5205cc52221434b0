-- The files that loads were made from, each with the first load of it.
SELECT sha256, min(load_id) AS first, argMin(file, load_id) FROM load WHERE sha256 != '' GROUP BY sha256 ORDER BY first
