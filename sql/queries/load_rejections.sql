-- The rows and cells of a load that were not accepted. Older loads kept long cells whole.
SELECT rule, sheet, row, column, substringUTF8(value, 1, {max_length:UInt32}), substringUTF8(reason, 1, {max_length:UInt32}),
       arrayMap(cell -> substringUTF8(cell, 1, {max_length:UInt32}), arraySlice(cells, 1, {max_length:UInt32}))
FROM rejection WHERE load_id = {load:UInt64}
ORDER BY sheet, row, column, rule, value LIMIT {limit:UInt32} OFFSET {offset:UInt32}
