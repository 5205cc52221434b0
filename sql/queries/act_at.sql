-- The newest act that was done by a moment: its number and hash; no row where none was.
SELECT seq, hash
FROM act
WHERE at <= {at:DateTime64(6, 'UTC')}
ORDER BY seq DESC
LIMIT 1
