-- How the publisher's totals of each visible load compare with ours; the loads with most that are not equal first.
WITH visible AS (SELECT load_id FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0))
SELECT load_id, countIf(verdict = 'equal'), countIf(verdict = 'differs') AS differing, countIf(verdict = 'short') AS short
FROM reconciliation
WHERE load_id IN (visible)
GROUP BY load_id
ORDER BY differing + short DESC, load_id DESC
