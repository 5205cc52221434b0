-- What a staged publication that lists every organisation changes. From the period before: the sum of a measure by a factor of ten; or two
-- measures whose figures, organisation by organisation, lie at most half as far from each other's of the period before as from their own.
-- Under two thousand, waits of an unusual winter move by a factor of ten, and so does what one trust begins to state. A list of under twenty is
-- an excerpt. And from the list of its own period that it would take the place of: organisations that it drops, first those of which it drops the most. Bundled figures, of a lower
-- rank, take no publication's place.
WITH
    listed AS -- by the load, and in each visible list: under its own period, and under the one that follows
    (
        SELECT measure, list, if(list = 'before', addDays(addMonths(starts, months), days), starts) AS period, organisation, mark,
               sumIf(abs(toFloat64(assumeNotNull(numerator))), counted) AS total, max(counted) AS known, max(reported) AS has_figure,
               anyIf(line, counted) AS first_line, anyIf(sheet, counted) AS first_sheet
        FROM
        (
            SELECT toString(o.measure) AS measure, o.period AS starts, toString(o.organisation) AS organisation, (rank, load_id) AS mark, numerator,
                   toString(o.sheet) AS sheet,
                   arrayJoin(multiIf(load_id = {load:UInt64}, ['staged'], load_id = {excluding:UInt64}, ['now'], ['now', 'before'])) AS list,
                   status = 'reported' AS reported, reported AND isNull(denominator) AND isNotNull(numerator) AS counted,
                   if(via_row > 0, via_row, row) AS line,
                   transform(measure, {measures:Array(String)}, {months:Array(UInt8)}, toUInt8(1)) AS months,
                   transform(measure, {measures:Array(String)}, {days:Array(UInt8)}, toUInt8(0)) AS days
            FROM observation AS o
            WHERE whole AND o.measure IN {stated:Array(String)} AND o.period BETWEEN {from:Date} AND {to:Date}
              AND (load_id = {load:UInt64} OR load_id IN
                  (
                      SELECT load_id
                      FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0)
                  ))
        )
        GROUP BY measure, list, period, organisation, mark
    ),
    compared AS -- with the newest list of each kind
    (
        SELECT period, organisation, measure, maxIf(total, list = 'staged') AS n, maxIf(total, list = 'before') AS before,
               max(list = 'staged') AS staged, max(known AND list = 'staged') AS is, max(known AND list = 'before') AS was,
               max(has_figure AND list = 'now') AS now, maxIf(mark.1, list = 'staged') AS staged_rank, maxIf(mark.1, list = 'now') AS now_rank,
               anyIf(first_line, list = 'staged') AS line, anyIf(first_sheet, list = 'staged') AS sheet
        FROM (SELECT *, mark = max(mark) OVER (PARTITION BY measure, period, list) AS newest FROM listed)
        WHERE newest
        GROUP BY period, organisation, measure
    ),
    pair AS -- of two measures of an organisation, or of one with itself
    (
        SELECT period, a, arrayJoin(arrayFilter(figure -> figure.measure >= a.measure, figures)) AS b
        FROM
        (
            SELECT period, arrayJoin(figures) AS a, figures
            FROM
            (
                SELECT period,
                       groupArray(CAST((measure, n, before, is, was, staged, now, staged_rank, now_rank, line, sheet)
                           AS Tuple(measure String, n Float64, before Float64, is Bool, was Bool, staged Bool, now Bool, staged_rank UInt8,
                                    now_rank UInt8, line UInt32, sheet String))) AS figures
                FROM compared
                GROUP BY period, organisation
            )
        )
    )
SELECT measure, period, if(itself, '', other), change, toString(round(n, 2)), before, shown, dropped, sheet, arraySlice(lines, 1, if(itself, 1, 5))
FROM
(
    SELECT a.measure AS measure, period, b.measure AS other, measure = other AS itself, sum(a.n) AS n, sum(a.before) AS before, sum(b.n) AS other_n,
           least(countIf(a.is), countIf(a.was)) AS organisations,
           sum(abs(a.n - a.before) + abs(b.n - b.before)) AS from_own, sum(abs(a.n - b.before) + abs(b.n - a.before)) AS from_other,
           countIf(a.now) AS shown, countIf(a.now AND NOT a.staged) AS dropped,
           anyIf(a.sheet, a.is) AS sheet, arraySort(groupArrayIf(5)(a.line, a.is)) AS lines,
           [if(itself AND organisations >= 20 AND greatest(n, before) >= 2000 AND before > 0 AND (n >= 10 * before OR n * 10 <= before), 'total', ''),
            if(itself AND shown > 0 AND max(a.staged) AND max(a.now_rank) <= max(a.staged_rank), 'dropped', ''),
            if(NOT itself AND organisations >= 20 AND greatest(n, other_n) >= 1000 AND 2 * from_other < from_own, 'exchanged', '')] AS found
    FROM pair
    WHERE a.measure = b.measure OR a.is AND a.was AND b.is AND b.was
    GROUP BY measure, period, other
)
ARRAY JOIN found AS change
WHERE change != ''
ORDER BY change, if(change = 'dropped', -dropped / shown, 0), measure, period, other
LIMIT {limit:UInt32} BY change
