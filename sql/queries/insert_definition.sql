-- Definitions that were not in force before.
INSERT INTO definition (hash, kind, id, body, at)
