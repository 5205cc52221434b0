-- What an act gave a person to sign in with.
SELECT act, person, kind, secret, until, at
FROM credential
WHERE person = {person:String} AND act = {act:String}
LIMIT 1
