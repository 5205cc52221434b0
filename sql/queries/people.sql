-- The people whose names are kept, by their newest rows.
SELECT id, argMax(name, at), argMax(address, at), max(at)
FROM person
GROUP BY id
ORDER BY id
