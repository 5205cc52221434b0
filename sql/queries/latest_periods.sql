-- The latest period in which something is observed of each measure, and the newest load that says so.
WITH visible AS (SELECT load_id FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0))
SELECT measure, max(period) AS latest, argMax(load_id, (period, load_id))
FROM observation
WHERE load_id IN (visible) AND status != 'rejected'
GROUP BY measure
