-- Who has a credential of a kind and a secret: how a provider names somebody.
SELECT act, person, kind, secret, until, at
FROM credential
WHERE kind = {kind:String} AND secret = {secret:String}
ORDER BY at DESC
LIMIT 100
