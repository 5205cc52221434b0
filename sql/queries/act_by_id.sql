-- The act of an id.
SELECT seq, id, at, actor, via, kind, scope_kind, scope, subject, body, prev_hash, hash
FROM act
WHERE id = {id:String}
ORDER BY seq
LIMIT 1
