-- The footprint values of some measures as they stood; no footprints asked for means all.
WITH visible AS (SELECT load_id FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0))
SELECT measure, footprint, period, v.1, v.2, v.3, v.4, v.5, v.6, v.7, v.8, v.9, v.10
FROM
(
    SELECT measure, footprint, period,
           argMax((numerator, denominator, organisations, missing, definition, newest_load, partial_numerator, partial_denominator, shared, shares), load_id) AS v
    FROM footprint_value
    WHERE load_id IN (visible)
      AND measure IN {measures:Array(String)}
      AND (empty({footprints:Array(String)}) OR footprint IN {footprints:Array(String)})
      AND period BETWEEN {from:Date} AND {to:Date}
    GROUP BY measure, footprint, period
)
WHERE v.3 > 0 -- without organisations the place has no figure any more
ORDER BY measure, footprint, period
