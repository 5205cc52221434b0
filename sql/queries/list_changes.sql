-- What a staged publication that lists every organisation changes from the period before: the sum of a measure by a factor of ten; or two measures
-- whose figures, organisation by organisation, lie at most half as far from each other's of the period before as from their own. Under a
-- thousand, waits of an unusual winter move by a factor of ten. A list of under twenty is an excerpt.
WITH visible AS
    (
        SELECT load_id
        FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {without:UInt64})
    ),
    grain AS
    (
        SELECT t.1 AS measure, t.2 AS months
        FROM (SELECT arrayJoin(arrayZip({measures:Array(String)}, {months:Array(UInt8)})) AS t)
    ),
    fresh AS
    (
        SELECT o.measure AS measure, o.period AS period, o.organisation AS organisation, sum(abs(ifNull(toFloat64(o.numerator), 0))) AS n,
               any(if(o.via_row > 0, o.via_row, o.row)) AS line, any(o.sheet) AS sheet,
               any(if(months = 0, o.period - INTERVAL 1 DAY, subtractMonths(o.period, months))) AS earlier
        FROM observation AS o
        INNER JOIN grain ON grain.measure = o.measure
        WHERE o.load_id = {load:UInt64} AND o.whole AND o.status = 'reported' AND isNull(o.denominator) AND isNotNull(o.numerator)
        GROUP BY measure, period, organisation
    ),
    listed AS -- the newest list of each period before
    (
        SELECT measure, period, max((rank, load_id)) AS newest
        FROM observation
        WHERE load_id IN (visible) AND whole AND (measure, period) IN (SELECT measure, earlier FROM fresh)
        GROUP BY measure, period
    ),
    earlier AS
    (
        SELECT measure, period, organisation, sum(abs(ifNull(toFloat64(numerator), 0))) AS n
        FROM observation
        WHERE (measure, period, (rank, load_id)) IN (listed) AND status = 'reported' AND isNull(denominator) AND isNotNull(numerator)
        GROUP BY measure, period, organisation
    ),
    both AS
    (
        SELECT earlier.measure AS measure, times.period AS period, earlier.organisation AS organisation, earlier.n AS before
        FROM earlier
        INNER JOIN (SELECT DISTINCT measure, period, earlier AS previous FROM fresh) AS times ON times.measure = earlier.measure AND times.previous = earlier.period
    ),
    beside AS
    (
        SELECT fresh.measure AS measure, fresh.period AS period, fresh.organisation AS organisation, fresh.n AS n, both.before AS before,
               fresh.line AS line, fresh.sheet AS sheet
        FROM fresh
        INNER JOIN both ON both.measure = fresh.measure AND both.period = fresh.period AND both.organisation = fresh.organisation
    ),
    sums AS
    (
        SELECT measure, period, sum(n) AS n, any(line) AS line, any(sheet) AS sheet, count() AS organisations FROM fresh GROUP BY measure, period
    )
SELECT sums.measure, sums.period, '', '' AS other, 'total', toString(round(sums.n, 2)), was.n, sums.sheet, [sums.line]
FROM sums
INNER JOIN (SELECT measure, period, sum(before) AS n, count() AS organisations FROM both GROUP BY measure, period) AS was ON was.measure = sums.measure AND was.period = sums.period
WHERE least(sums.organisations, was.organisations) >= 20 AND greatest(sums.n, was.n) >= 1000 AND was.n > 0 AND (sums.n >= 10 * was.n OR sums.n * 10 <= was.n)
ORDER BY sums.measure, sums.period
LIMIT {limit:UInt32}
UNION ALL
SELECT a.measure, a.period, '', b.measure, 'exchanged', toString(round(sum(a.n), 2)), sum(a.before), any(a.sheet), arraySort(groupArray(5)(a.line))
FROM beside AS a
INNER JOIN beside AS b ON b.period = a.period AND b.organisation = a.organisation
WHERE a.measure < b.measure
GROUP BY a.measure, a.period, b.measure
HAVING count() >= 20 AND greatest(sum(a.n), sum(b.n)) >= 1000
       AND 2 * sum(abs(a.n - b.before) + abs(b.n - a.before)) < sum(abs(a.n - a.before) + abs(b.n - b.before))
ORDER BY a.measure, a.period, b.measure
LIMIT {limit:UInt32}
