-- What a staged publication that lists every organisation changes. From the period before, or else the nearest that is known, thirteen before or
-- after: the sum of a measure by a factor of ten, or its share or rate (of a share its odds: 0.995 is as far from 0.005 as from one); a fifth of
-- the organisations that have a hundred cases, where fifty do, by a factor of ten; a zero of one that had a hundredth of all; or two measures whose
-- figures, organisation by organisation, lie at most half as far from each other's of the period before as from their own. Under two thousand, waits
-- of an unusual winter move by a factor of ten, and so does what one trust begins to state. Within a year a new measure moves by thirty, and a
-- centre closes: from a period that is not the next, a factor of a hundred counts, of all together alone. A list of under twenty is an excerpt.
-- From the list of its own period that it would take the place of: organisations that it drops, first those of which it drops the most;
-- figures that differ, organisation by organisation, by more than a third of their sum, of a ratio at the denominators of now; and one
-- organisation's by a factor of ten, or that become 0. Bundled figures, of a lower rank, take no publication's place; nor is what a
-- file that is read again states otherwise a revision. Ten is 9.9: counts that are worked out from rates are rounded.
WITH
    wanted AS -- the periods of the load, and those that are the nearest to some of them: of two as near the one before
    (
        SELECT measure, own.1 AS starts, own.2 AS staged, arrayMap(n -> n.1, arrayFilter(n -> n.2 = starts AND n.1 != starts, nearest)) AS compared_with
        FROM
        (
            SELECT measure, groupArray((starts, staged)) AS periods, groupArrayIf(starts, known) AS others,
                   transform(measure, {measures:Array(String)}, {months:Array(UInt8)}, toUInt8(1)) AS months,
                   arrayMap(p -> (p, arrayReduce('argMin', others, arrayMap(o -> if(o = p, 1000000,
                       2 * abs(if(months = 0, dateDiff('day', o, p), dateDiff('month', o, p))) + (o > p)), others))), groupArrayIf(starts, staged)) AS nearest
            FROM
            (
                SELECT toString(o.measure) AS measure, o.period AS starts, max(load_id = {load:UInt64}) AS staged, max(load_id != {excluding:UInt64}) AS known
                FROM observation AS o
                WHERE whole AND o.measure IN {stated:Array(String)} AND o.period BETWEEN {from:Date} AND {to:Date} AND (load_id = {load:UInt64} OR load_id IN
                      (
                          SELECT load_id
                          FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0)
                      ))
                GROUP BY measure, starts
            )
            GROUP BY measure
        )
        ARRAY JOIN periods AS own
        WHERE staged OR notEmpty(compared_with)
    ),
    listed AS -- by the load, and in each visible list: under its own period, and under those that it is the nearest to
    (
        SELECT measure, entry.1 AS list, entry.2 AS period, if(list = 'before', starts, toDate(0)) AS other_period, organisation, mark,
               sumIf(n, reported) AS sum, sumIf(d, reported) AS of, sumIf(abs(n), counted) AS total, max(counted) AS known, max(reported) AS stated,
               max(has_row) AS has_figure, anyIf(line, reported) AS first_line, anyIf(sheet, reported) AS first_sheet
        FROM
        (
            SELECT toString(o.measure) AS measure, o.period AS starts, toString(o.organisation) AS organisation, (rank, load_id) AS mark,
                   toString(o.sheet) AS sheet,
                   arrayJoin(arrayConcat(if(wanted.staged, [(if(load_id = {load:UInt64}, 'staged', 'now'), o.period)], []),
                       arrayMap(p -> ('before', p), if(load_id = {excluding:UInt64}, [], wanted.compared_with)))) AS entry,
                   status = 'reported' AS has_row, has_row AND isNotNull(numerator) AS reported, reported AND isNull(denominator) AS counted,
                   toFloat64(assumeNotNull(numerator)) AS n, toFloat64(ifNull(denominator, 0)) AS d,
                   if(via_row > 0, via_row, row) AS line
            FROM observation AS o
            INNER JOIN wanted ON wanted.measure = o.measure AND wanted.starts = o.period
            WHERE whole AND o.measure IN {stated:Array(String)} AND o.period BETWEEN {from:Date} AND {to:Date}
              AND (load_id = {load:UInt64} OR load_id IN
                  (
                      SELECT load_id
                      FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0)
                  ))
        )
        GROUP BY measure, list, period, other_period, organisation, mark
    ),
    compared AS -- with the newest list of each kind
    (
        SELECT period, organisation, measure, maxIf(total, list = 'staged') AS n, maxIf(total, list = 'before') AS before,
               max(other_period) AS other_starts, transform(measure, {measures:Array(String)}, {months:Array(UInt8)}, toUInt8(1)) AS months,
               transform(measure, {measures:Array(String)}, {days:Array(UInt8)}, toUInt8(0)) AS days,
               if(abs(if(months = 0, dateDiff('day', other_starts, period), dateDiff('month', other_starts, period))) = months + days, 9.9, 99) AS factor,
               max(list = 'staged') AS staged, max(known AND list = 'staged') AS is, max(known AND list = 'before') AS was,
               max(known AND list = 'before' AND mark.2 != {load:UInt64}) AS was_shown,
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
        SELECT period, organisation, a, own, a.measure AS first, arrayJoin(arrayFilter(figure -> figure.measure >= first, figures)) AS b
        FROM
        (
            SELECT period, organisation,
                   groupArray(CAST((measure, n, before, is, was, was_shown) AS Tuple(measure String, n Float64, before Float64, is Bool, was Bool, was_shown Bool))) AS figures,
                   groupArray(CAST((staged, now, staged_rank, now_rank, line, sheet, new, old, last, as_shown, as_last, other_starts, factor,
                                    has_new AND has_old AND staged_rank > 0 AND {excluding:UInt64} = 0, has_new AND has_last AND staged_rank > 0, has_old)
                       AS Tuple(staged Bool, now Bool, staged_rank UInt8, now_rank UInt8, line UInt32, sheet String,
                                new Tuple(n Float64, of Float64), old Tuple(n Float64, of Float64), last Tuple(n Float64, of Float64),
                                as_shown Float64, as_last Float64, other_starts Date, factor Float64, revises Bool, follows Bool, has_old Bool))) AS more
            FROM compared
            GROUP BY period, organisation
        )
        ARRAY JOIN figures AS a, more AS own
    )
SELECT measure, period, change.2 AS organisation, if(itself, '', other), change.1 AS what, toString(round(change.3, 2)), toString(round(change.4, 2)),
       change.5, change.6, change.7, change.8, shown, dropped, sheet, if(change.9 > 0, [change.9], arraySlice(lines, 1, if(itself, 1, 5))),
       if(change.1 IN ('total', 'share', 'many', 'exchanged') OR change.1 = 'zero' AND change.10, other_starts, toDate(0))
FROM
(
    SELECT a.measure AS measure, period, b.measure AS other, measure = other AS itself, sum(a.n) AS n, sum(a.before) AS before, sum(b.n) AS other_n,
           least(countIf(a.is), countIf(a.was)) AS organisations,
           max(own.other_starts) AS other_starts, if(max(own.factor) > 10, 100, 10) AS times,
           sum(abs(a.n - a.before) + abs(b.n - b.before)) AS from_own, sum(abs(a.n - b.before) + abs(b.n - a.before)) AS from_other,
           countIf(own.now) AS shown, countIf(own.now AND NOT own.staged) AS dropped,
           anyIf(own.sheet, own.staged) AS sheet, arraySort(groupArrayIf(5)(own.line, a.is OR itself AND own.line > 0)) AS lines,
           sumIf(own.new.n, own.revises) AS new_n, sumIf(own.new.of, own.revises) AS new_of, sumIf(own.old.n, own.revises) AS old_n, sumIf(own.old.of, own.revises) AS old_of,
           sumIf(abs(own.as_shown), own.revises) AS known, sumIf(abs(own.new.n), own.revises) AS stated,
           itself AND length(tenfold) NOT BETWEEN 1 AND 3 AND (countIf(own.revises) >= 20 OR countIf(own.revises AND organisation != 'ENG') = 0)
               AND (greatest(known, stated) >= 200 AND sumIf(abs(own.new.n - own.as_shown), own.revises) * 3 > known
                    OR greatest(old_of, new_of) >= 200 AND old_of > 0 AND sumIf(abs(own.new.of - own.old.of), own.revises) * 3 > old_of) AS revised,
           sumIf(own.new.n, own.follows) AS next_n, sumIf(own.new.of, own.follows) AS next_of, sumIf(own.last.n, own.follows) AS last_n, sumIf(own.last.of, own.follows) AS last_of,
           measure IN {shares:Array(String)} AS of_whole,
           next_n / if(of_whole, next_of - next_n, next_of) / (last_n / if(of_whole, last_of - last_n, last_of)) AS odds,
           countIf(own.follows AND greatest(abs(own.new.n), abs(own.as_last)) >= 100) AS large,
           arrayReverseSort(groupArrayIf((abs(own.as_shown), organisation, own.new, own.old, own.line), itself AND own.revises AND own.old.n != 0
               AND (greatest(abs(own.new.n), abs(own.as_shown)) >= 100 AND (abs(own.new.n) >= 9.9 * abs(own.as_shown) OR abs(own.new.n) * 9.9 <= abs(own.as_shown))
                    OR greatest(own.new.of, own.old.of) >= 100 AND own.old.of > 0 AND (own.new.of >= 9.9 * own.old.of OR own.new.of * 9.9 <= own.old.of)))) AS tenfold,
           arrayFilter(t -> t.3.1 != 0, tenfold) AS moved, arrayFilter(t -> t.3.1 = 0, tenfold) AS emptied,
           arrayReverseSort(groupArrayIf((abs(own.as_last), organisation, own.new, own.last, own.line), itself AND own.follows AND own.last.n != 0 AND own.factor < 10
               AND greatest(abs(own.new.n), abs(own.as_last)) >= 100 AND (abs(own.new.n) >= own.factor * abs(own.as_last) OR abs(own.new.n) * own.factor <= abs(own.as_last)))) AS many,
           sumIf(abs(own.last.n), own.follows) AS all_last,
           arrayReverseSort(groupArrayIf((abs(own.as_last), organisation, own.new, own.last, own.line), itself AND own.follows AND NOT own.has_old AND own.other_starts < period AND own.factor < 10 AND own.new.n = 0
               AND abs(own.as_last) >= 2000)) AS ended,
           arrayFilter(t -> t.1 * 100 >= all_last, ended) AS zeros,
           arrayConcat(
               if(itself AND organisations >= 20 AND greatest(n, before) >= 2000 AND before > 0 AND (n >= times * before OR n * times <= before),
                  [('total', '', n, 0., before, 0., 0, 0, 0, true)], []),
               if(itself AND shown > 0 AND max(own.staged) AND max(own.now_rank) <= max(own.staged_rank), [('dropped', '', n, 0., before, 0., 0, 0, 0, true)], []),
               if(NOT itself AND organisations >= 20 AND greatest(n, other_n) >= 1000 AND 2 * from_other < from_own, [('exchanged', '', n, 0., before, 0., 0, 0, 0, true)], []),
               if(itself AND countIf(own.follows) >= 20 AND last_of > 0 AND next_of > 0 AND last_n > 0 AND greatest(next_n, last_n) >= 2000
                  AND (NOT of_whole OR greatest(next_of - next_n, last_of - last_n) >= 2000) AND (odds >= times OR odds * times <= 1),
                  [('share', '', next_n, next_of, last_n, last_of, 0, 0, 0, true)], []),
               if(revised, [('revised', '', new_n, new_of, old_n, old_of, 0, 0, 0, true)], []),
               if(NOT revised AND notEmpty(moved), [('organisation', moved[1].2, moved[1].3.1, moved[1].3.2, moved[1].4.1, moved[1].4.2, length(moved), 0, moved[1].5, false)], []),
               if(NOT revised AND notEmpty(emptied), [('zero', emptied[1].2, emptied[1].3.1, emptied[1].3.2, emptied[1].4.1, emptied[1].4.2, length(emptied), 0, emptied[1].5, false)], []),
               if(notEmpty(zeros), [('zero', zeros[1].2, zeros[1].3.1, zeros[1].3.2, zeros[1].4.1, zeros[1].4.2, length(zeros), 0, zeros[1].5, true)], []),
               if(length(many) >= 5 AND large >= 50 AND length(many) * 5 >= large, [('many', many[1].2, many[1].3.1, many[1].3.2, many[1].4.1, many[1].4.2, length(many), large, many[1].5, true)], [])) AS found
    FROM pair
    WHERE a.measure = b.measure OR a.is AND a.was_shown AND b.is AND b.was_shown
    GROUP BY measure, period, other
)
ARRAY JOIN found AS change
ORDER BY what, if(what = 'dropped', -dropped / shown, 0), measure, period, other
LIMIT {limit:UInt32} BY what
SETTINGS max_block_size = 4096 -- of organisations, each with all its pairs
