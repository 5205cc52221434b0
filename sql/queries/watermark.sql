-- How many changes of state of loads are seen and when the last of them was; the newest load, where its publication was the last; and how
-- many verdicts were kept and runs have ended. The same answer means the same figures, verdicts and runs. What was only
-- tried changes none of it.
SELECT count(), max(at), if(argMax((load_id, state), at) = (max(load_id), 'published'), max(load_id), 0), (SELECT count() FROM verdict),
       (SELECT count() FROM run)
FROM load
WHERE state != 'tried' AND at <= {at:DateTime64(6, 'UTC')} AND load_id <= {bound:UInt64}
