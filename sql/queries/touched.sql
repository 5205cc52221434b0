-- What a load states something new about, or takes back; of everything, all that anything visible with it states.
WITH visible AS
    (
        SELECT load_id FROM load GROUP BY load_id HAVING argMax(state, at) = 'published'
    )
SELECT DISTINCT measure, period
FROM observation
WHERE load_id IN ({load:UInt64}, {without:UInt64}) OR ({everything:Bool} AND load_id IN (visible))
ORDER BY period, measure
