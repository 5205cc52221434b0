-- What a load states something new about, or takes back; of everything, all that anything visible with it states.
WITH visible AS (SELECT load_id FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0))
SELECT DISTINCT measure, period
FROM observation
WHERE load_id IN ({load:UInt64}, {excluding:UInt64}) OR ({everything:Bool} AND load_id IN (visible))
ORDER BY period, measure
