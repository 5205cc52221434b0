-- What a load states something new about; of everything, all that anything visible with it states.
WITH visible AS
    (
        SELECT load_id FROM load GROUP BY load_id HAVING argMax(state, at) = 'published'
    )
SELECT DISTINCT measure, period
FROM observation
WHERE load_id = {load:UInt64} OR ({everything:Bool} AND load_id IN (visible))
ORDER BY period, measure
