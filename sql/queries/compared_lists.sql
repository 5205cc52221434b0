-- What a staged publication that lists every organisation changes. From the period before: the sum of a measure by a factor of ten, or its
-- share or rate (of a share its odds: 0.995 is as far from 0.005 as from one); organisations of a tenth of those that have a hundred cases,
-- by a factor of ten; a nought of one that had a hundredth of all; or two measures whose figures, organisation by organisation, lie at most
-- half as far from each other's of the period before as from their own. Under two thousand, waits of an unusual winter move by a factor of ten,
-- and so does what one trust begins to state. A list of under twenty is an excerpt.
-- From the list of its own period that it would take the place of: organisations that it drops, first those of which it drops the most;
-- figures that differ, organisation by organisation, by more than a third of their sum, of a ratio at the denominators of now; and one
-- organisation's by a factor of ten, or that become nought. Bundled figures, of a lower rank, take no publication's place; nor is what a
-- file that is read again states otherwise a revision.
WITH
    listed AS -- by the load, and in each visible list: under its own period, and under the one that follows
    (
        SELECT measure, list, if(list = 'before', addDays(addMonths(starts, months), days), starts) AS period, organisation, mark,
               sumIf(n, reported) AS sum, sumIf(d, reported) AS of, sumIf(abs(n), counted) AS total, max(counted) AS known, max(reported) AS stated,
               max(has_row) AS has_figure, anyIf(line, reported) AS first_line, anyIf(sheet, reported) AS first_sheet
        FROM
        (
            SELECT toString(o.measure) AS measure, o.period AS starts, toString(o.organisation) AS organisation, (rank, load_id) AS mark,
                   toString(o.sheet) AS sheet,
                   arrayJoin(multiIf(load_id = {load:UInt64}, ['staged'], load_id = {excluding:UInt64}, ['now'], ['now', 'before'])) AS list,
                   status = 'reported' AS has_row, has_row AND isNotNull(numerator) AS reported, reported AND isNull(denominator) AS counted,
                   toFloat64(assumeNotNull(numerator)) AS n, toFloat64(ifNull(denominator, 0)) AS d,
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
               anyIf(first_line, list = 'staged') AS line, anyIf(first_sheet, list = 'staged') AS sheet,
               anyIf((sum, of), list = 'staged' AND stated) AS new, anyIf((sum, of), list = 'now' AND stated) AS old, anyIf((sum, of), list = 'before' AND stated) AS last,
               max(stated AND list = 'staged') AS has_new, max(stated AND list = 'now') AS has_old, max(stated AND list = 'before') AS has_last,
               -- what it would state by the share or rate that is shown, or as many cases as are shown
               if(old.2 > 0 AND new.2 > 0, old.1 / old.2 * new.2, old.1) AS as_shown, if(last.2 > 0 AND new.2 > 0, last.1 / last.2 * new.2, last.1) AS as_last
        FROM (SELECT *, mark = max(mark) OVER (PARTITION BY measure, period, list) AS newest FROM listed)
        WHERE newest
        GROUP BY period, organisation, measure
    ),
    pair AS -- of two measures of an organisation, or of one with itself
    (
        SELECT period, organisation, a, arrayJoin(arrayFilter(figure -> figure.measure >= a.measure, figures)) AS b
        FROM
        (
            SELECT period, organisation, arrayJoin(figures) AS a, figures
            FROM
            (
                SELECT period, organisation,
                       groupArray(CAST((measure, n, before, is, was, staged, now, staged_rank, now_rank, line, sheet,
                                        new, old, last, as_shown, as_last, has_new AND has_old AND staged_rank > 0 AND {excluding:UInt64} = 0, has_new AND has_last AND staged_rank > 0, has_old)
                           AS Tuple(measure String, n Float64, before Float64, is Bool, was Bool, staged Bool, now Bool, staged_rank UInt8,
                                    now_rank UInt8, line UInt32, sheet String,
                                    new Tuple(n Float64, of Float64), old Tuple(n Float64, of Float64), last Tuple(n Float64, of Float64),
                                    as_shown Float64, as_last Float64,
                                    revises Bool, follows Bool, has_old Bool))) AS figures
                FROM compared
                GROUP BY period, organisation
            )
        )
    )
SELECT measure, period, change.2 AS organisation, if(itself, '', other), change.1 AS what, toString(round(change.3, 2)), toString(round(change.4, 2)),
       change.5, change.6, change.7, change.8, shown, dropped, sheet, if(change.9 > 0, [change.9], arraySlice(lines, 1, if(itself, 1, 5)))
FROM
(
    SELECT a.measure AS measure, period, b.measure AS other, measure = other AS itself, sum(a.n) AS n, sum(a.before) AS before, sum(b.n) AS other_n,
           least(countIf(a.is), countIf(a.was)) AS organisations,
           sum(abs(a.n - a.before) + abs(b.n - b.before)) AS from_own, sum(abs(a.n - b.before) + abs(b.n - a.before)) AS from_other,
           countIf(a.now) AS shown, countIf(a.now AND NOT a.staged) AS dropped,
           anyIf(a.sheet, a.staged) AS sheet, arraySort(groupArrayIf(5)(a.line, a.is OR itself AND a.line > 0)) AS lines,
           sumIf(a.new.n, a.revises) AS new_n, sumIf(a.new.of, a.revises) AS new_of, sumIf(a.old.n, a.revises) AS old_n, sumIf(a.old.of, a.revises) AS old_of,
           sumIf(abs(a.as_shown), a.revises) AS known, sumIf(abs(a.new.n), a.revises) AS stated,
           itself AND (greatest(known, stated) >= 200 AND sumIf(abs(a.new.n - a.as_shown), a.revises) * 3 > known
                       OR greatest(old_of, new_of) >= 200 AND old_of > 0 AND sumIf(abs(a.new.of - a.old.of), a.revises) * 3 > old_of) AS revised,
           sumIf(a.new.n, a.follows) AS next_n, sumIf(a.new.of, a.follows) AS next_of, sumIf(a.last.n, a.follows) AS last_n, sumIf(a.last.of, a.follows) AS last_of,
           measure IN {shares:Array(String)} AS of_whole,
           next_n / if(of_whole, next_of - next_n, next_of) / (last_n / if(of_whole, last_of - last_n, last_of)) AS odds,
           countIf(a.follows AND greatest(abs(a.new.n), abs(a.as_last)) >= 100) AS large,
           arrayReverseSort(groupArrayIf((abs(a.as_shown), organisation, a.new, a.old, a.line), itself AND a.revises AND a.old.n != 0
               AND (greatest(abs(a.new.n), abs(a.as_shown)) >= 100 AND (abs(a.new.n) >= 10 * abs(a.as_shown) OR abs(a.new.n) * 10 <= abs(a.as_shown))
                    OR greatest(a.new.of, a.old.of) >= 100 AND a.old.of > 0 AND (a.new.of >= 10 * a.old.of OR a.new.of * 10 <= a.old.of)))) AS tenfold,
           arrayFilter(t -> t.3.1 != 0, tenfold) AS moved, arrayFilter(t -> t.3.1 = 0, tenfold) AS emptied,
           arrayReverseSort(groupArrayIf((abs(a.as_last), organisation, a.new, a.last, a.line), itself AND a.follows AND a.last.n != 0
               AND greatest(abs(a.new.n), abs(a.as_last)) >= 100 AND (abs(a.new.n) >= 10 * abs(a.as_last) OR abs(a.new.n) * 10 <= abs(a.as_last)))) AS many,
           sumIf(abs(a.last.n), a.follows) AS all_last,
           arrayReverseSort(groupArrayIf((abs(a.as_last), organisation, a.new, a.last, a.line), itself AND a.follows AND NOT a.has_old AND a.new.n = 0
               AND abs(a.as_last) >= 2000)) AS ended,
           arrayFilter(t -> t.1 * 100 >= all_last, ended) AS noughts,
           arrayConcat(
               if(itself AND organisations >= 20 AND greatest(n, before) >= 2000 AND before > 0 AND (n >= 10 * before OR n * 10 <= before),
                  [('total', '', n, 0., before, 0., 0, 0, 0)], []),
               if(itself AND shown > 0 AND max(a.staged) AND max(a.now_rank) <= max(a.staged_rank), [('dropped', '', n, 0., before, 0., 0, 0, 0)], []),
               if(NOT itself AND organisations >= 20 AND greatest(n, other_n) >= 1000 AND 2 * from_other < from_own, [('exchanged', '', n, 0., before, 0., 0, 0, 0)], []),
               if(itself AND countIf(a.follows) >= 20 AND last_of > 0 AND next_of > 0 AND last_n > 0 AND greatest(next_n, last_n) >= 2000
                  AND (NOT of_whole OR greatest(next_of - next_n, last_of - last_n) >= 2000) AND (odds >= 10 OR odds <= 0.1),
                  [('share', '', next_n, next_of, last_n, last_of, 0, 0, 0)], []),
               if(revised, [('revised', '', new_n, new_of, old_n, old_of, 0, 0, 0)], []),
               if(NOT revised AND notEmpty(moved), [('organisation', moved[1].2, moved[1].3.1, moved[1].3.2, moved[1].4.1, moved[1].4.2, length(moved), 0, moved[1].5)], []),
               if(NOT revised AND notEmpty(emptied), [('nought', emptied[1].2, emptied[1].3.1, emptied[1].3.2, emptied[1].4.1, emptied[1].4.2, length(emptied), 0, emptied[1].5)], []),
               if(notEmpty(noughts), [('nought', noughts[1].2, noughts[1].3.1, noughts[1].3.2, noughts[1].4.1, noughts[1].4.2, length(noughts), 0, noughts[1].5)], []),
               if(length(many) >= 5 AND length(many) * 10 >= large, [('many', many[1].2, many[1].3.1, many[1].3.2, many[1].4.1, many[1].4.2, length(many), large, many[1].5)], [])) AS found
    FROM pair
    WHERE a.measure = b.measure OR a.is AND a.was AND b.is AND b.was
    GROUP BY measure, period, other
)
ARRAY JOIN found AS change
ORDER BY what, if(what = 'dropped', -dropped / shown, 0), measure, period, other
LIMIT {limit:UInt32} BY what
