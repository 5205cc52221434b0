-- The measures and periods that have footprint values, also by formulas that are no longer in force.
WITH visible AS (SELECT load_id FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0))
SELECT DISTINCT measure, period FROM footprint_value WHERE load_id IN (visible) ORDER BY period, measure
