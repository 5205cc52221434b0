-- What became of a session.
INSERT INTO session (hash, person, event, at, client, step)
