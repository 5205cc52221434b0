-- The measures and periods that have footprint values, also by formulas that are no longer in force.
WITH visible AS
    (
        SELECT load_id FROM load GROUP BY load_id HAVING argMax(state, at) = 'published'
    )
SELECT DISTINCT measure, period FROM footprint_value WHERE load_id IN (visible) ORDER BY period, measure
