-- Every load in its latest state, newest first. No reader hears of one that was only tried.
SELECT load_id, l.1, l.2, l.3, l.4, l.5, l.6, l.7, l.8, l.9, l.10, l.11, l.12, l.13, l.14, l.15, l.16, l.17
FROM
(
    SELECT load_id, argMax((state, at, source, file, sha256, size, definition, released, trigger,
                            observations, rejections, compared, differing, message, rule, accepted, withdraws), at) AS l
    FROM load
    WHERE at <= {at:DateTime64(6, 'UTC')}
      AND ({load:UInt64} = 0 OR load_id = {load:UInt64})
      AND ({sha256:String} = '' OR sha256 = {sha256:String})
    GROUP BY load_id
)
WHERE l.1 != 'tried' AND l.2 > {after:DateTime64(6, 'UTC')} AND ({source:String} = '' OR l.3 = {source:String}) AND ({state:String} = '' OR l.1 = {state:String})
ORDER BY load_id DESC
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
