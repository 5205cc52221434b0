-- The sessions of a person that were not ended, the newest first.
SELECT hash, any(person), minIf(at, event = 'begun') AS begun, max(at), countIf(event = 'ended') > 0 AS over, anyIf(client, event = 'begun')
FROM session
WHERE person = {person:String}
GROUP BY hash
HAVING countIf(event = 'begun') > 0 AND NOT over
ORDER BY begun DESC
LIMIT 1000
