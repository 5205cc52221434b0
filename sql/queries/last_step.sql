-- The newest step of an authenticator app with whose code a person has signed in.
SELECT max(step)
FROM session
WHERE person = {person:String}
