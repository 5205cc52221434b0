-- The latest period in which something is observed of each measure, and the newest load that says so.
WITH visible AS
    (
        SELECT load_id FROM load WHERE at <= {at:DateTime64(6, 'UTC')} AND load_id <= {bound:UInt64}
        GROUP BY load_id HAVING argMax(state, at) = 'published'
    )
SELECT measure, max(period) AS latest, argMax(load_id, (period, load_id))
FROM observation
WHERE load_id IN (visible) AND status != 'rejected'
GROUP BY measure
