-- The definition that last made the values of each measure.
WITH visible AS (SELECT load_id FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0))
SELECT made.measure, made.definition, any(definition.body)
FROM
(
    SELECT measure, argMax(footprint_value.definition, load_id) AS definition
    FROM footprint_value
    WHERE load_id IN (visible)
    GROUP BY measure
) AS made
INNER JOIN definition ON definition.hash = made.definition
WHERE definition.kind = 'measure'
GROUP BY made.measure, made.definition
