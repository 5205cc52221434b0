-- The acts after a number, in their order.
SELECT seq, id, at, actor, via, kind, scope_kind, scope, subject, body, prev_hash, hash
FROM act
WHERE seq > {after:UInt64}
ORDER BY seq
LIMIT {limit:UInt32} WITH TIES
