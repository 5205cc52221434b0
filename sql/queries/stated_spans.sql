-- What some loads state, whether it could be read or not: each measure, and its first and last period.
SELECT measure, min(period), max(period)
FROM observation
WHERE load_id IN {loads:Array(UInt64)}
GROUP BY measure
