-- The newest published load after one that states a figure which that one states; 0 where there is none.
WITH visible AS
    (
        SELECT load_id FROM load WHERE load_id > {load:UInt64} GROUP BY load_id HAVING argMax(state, at) = 'published'
    )
SELECT max(load_id)
FROM observation
WHERE load_id IN (visible)
  AND (measure, organisation, period, item) IN (SELECT measure, organisation, period, item FROM observation WHERE load_id = {load:UInt64})
  AND rank >= (SELECT max(rank) FROM observation WHERE load_id = {load:UInt64})
