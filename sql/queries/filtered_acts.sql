-- Acts of a kind, of an actor, in a span of time and before a number, the newest first.
SELECT seq, id, at, actor, via, kind, scope_kind, scope, subject, body, prev_hash, hash
FROM act
WHERE (empty({kind:String}) OR kind = {kind:String})
    AND (empty({actor:String}) OR actor = {actor:String})
    AND at >= {from:DateTime64(6, 'UTC')} AND at < {until:DateTime64(6, 'UTC')}
    AND seq < {before:UInt64}
ORDER BY seq DESC
LIMIT {limit:UInt32}
