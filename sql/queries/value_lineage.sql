-- What made the footprint values of each measure: a name that is the same while the values are, and when they came to be so.
WITH once_visible AS
    (
        SELECT load_id, argMax(state, load.at) AS state, max(load.at) AS at
        FROM load WHERE load.at <= {at:DateTime64(6, 'UTC')} AND load_id <= {bound:UInt64}
        GROUP BY load_id HAVING state IN ('published', 'withdrawn')
    )
SELECT measure, lower(hex(sipHash64(arraySort(groupArrayIf(load_id, state = 'published'))))), max(at)
FROM (SELECT DISTINCT measure, load_id FROM footprint_value WHERE measure IN {measures:Array(String)}) AS made
INNER JOIN once_visible USING (load_id)
GROUP BY measure
