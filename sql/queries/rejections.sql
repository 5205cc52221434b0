SELECT rule, sheet, row, column, value, reason, cells
FROM rejection WHERE load_id = {load:UInt64}
ORDER BY sheet, row, column LIMIT {limit:UInt32}
