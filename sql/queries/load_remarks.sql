-- What there is to check about the files of some loads.
SELECT load_id, rule, sheet, count, message
FROM remark WHERE has({loads:Array(UInt64)}, load_id)
ORDER BY load_id, rule, sheet, message LIMIT {limit:UInt32}
