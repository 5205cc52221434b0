-- What a person signs in with, under the act that gives it.
INSERT INTO credential (act, person, kind, secret, until, at)
