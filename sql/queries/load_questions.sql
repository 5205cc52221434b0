-- What a load asked before it was published.
SELECT rule, sheet, rows, measure, organisation, period, found, accepted, facts
FROM question WHERE load_id = {load:UInt64}
ORDER BY rule, measure, period, rows, organisation LIMIT {limit:UInt32}
