-- The definition that last made a measure's values.
WITH visible AS (SELECT load_id FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0))
SELECT body
FROM definition
WHERE kind = 'measure'
  AND hash = (SELECT argMax(definition, load_id) FROM footprint_value WHERE measure = {measure:String} AND load_id IN (visible))
LIMIT 1
