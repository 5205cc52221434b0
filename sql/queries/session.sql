-- A session, by the hash of its token.
SELECT hash, any(person), minIf(at, event = 'begun'), max(at), countIf(event = 'ended') > 0, anyIf(client, event = 'begun')
FROM session
WHERE hash = {hash:String}
GROUP BY hash
HAVING countIf(event = 'begun') > 0
