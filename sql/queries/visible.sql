-- The loads that are published, but for one.
SELECT groupArray(load_id)
FROM (SELECT load_id FROM load WHERE load_id != {without:UInt64} GROUP BY load_id HAVING argMax(state, at) = 'published' ORDER BY load_id)
