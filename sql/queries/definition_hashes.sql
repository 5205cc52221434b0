-- Every definition that was ever in force, with when it first was.
SELECT hash, min(at) FROM definition GROUP BY hash
