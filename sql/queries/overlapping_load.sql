-- The newest published load after one that states a figure which that one states, or lists every organisation of a measure and period that
-- it states; 0 where there is none.
WITH
    own AS
    (
        SELECT measure, organisation, period, item, rank FROM observation WHERE load_id = {load:UInt64}
    )
SELECT max(load_id)
FROM observation
WHERE load_id > {load:UInt64}
  AND load_id IN (SELECT load_id FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0))
  AND ((measure, organisation, period, item) IN (SELECT measure, organisation, period, item FROM own)
       OR whole AND (measure, period) IN (SELECT measure, period FROM own))
  AND rank >= (SELECT max(rank) FROM own)
