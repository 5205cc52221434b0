-- Every state of every load, in the order in which they came.
SELECT load_id, state, at, source, file, sha256, size, definition, released, trigger, observations, rejections, compared, differing, message, rule, accepted, withdraws
FROM load
ORDER BY at, state = 'published', load_id
