-- The acts that have a number, by their hashes: one, or the log is broken.
SELECT hash
FROM act
WHERE seq = {seq:UInt64}
