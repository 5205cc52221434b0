-- How the publisher's totals of each visible load compare with ours; the loads with most that are not equal first.
WITH visible AS
    (
        SELECT load_id FROM load WHERE at <= {at:DateTime64(6, 'UTC')} AND load_id <= {bound:UInt64}
        GROUP BY load_id HAVING argMax(state, at) = 'published'
    )
SELECT load_id, countIf(verdict = 'equal'), countIf(verdict = 'differs') AS differing, countIf(verdict = 'short') AS short
FROM reconciliation
WHERE load_id IN (visible)
GROUP BY load_id
ORDER BY differing + short DESC, load_id DESC
