-- The publisher's totals against ours; those that differ first.
SELECT scope, measure, period, grain, published, ours, difference, verdict, sheet, row, column
FROM reconciliation WHERE load_id = {load:UInt64}
ORDER BY verdict = 'equal', scope != 'ENG', scope, measure, period LIMIT {limit:UInt32}
