-- The definition that last made a measure's values.
WITH visible AS
    (
        SELECT load_id FROM load WHERE at <= {at:DateTime64(6, 'UTC')} AND load_id <= {bound:UInt64}
        GROUP BY load_id HAVING argMax(state, at) = 'published'
    )
SELECT body
FROM definition
WHERE kind = 'measure'
  AND hash = (SELECT argMax(definition, load_id) FROM footprint_value WHERE measure = {measure:String} AND load_id IN (visible))
LIMIT 1
