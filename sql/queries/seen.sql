-- How many changes of state of loads are seen, when the last of them was, and how many verdicts were kept: the same answer means the same
-- figures and verdicts.
SELECT count(), max(at), (SELECT count() FROM verdict)
FROM load
WHERE at <= {at:DateTime64(6, 'UTC')} AND load_id <= {bound:UInt64}
