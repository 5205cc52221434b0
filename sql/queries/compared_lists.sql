-- What a staged publication that lists every organisation changes. From the period before, or else the nearest that is known, thirteen before or
-- after: the sum of a measure by a factor of ten, or its share or rate (of a share its odds: 0.995 is as far from 0.005 as from one); a fifth of
-- the organisations that have a hundred cases, where fifty do, by a factor of ten; or two measures whose figures, organisation by organisation,
-- lie at most half as far from each other's of the period before as from their own. Under two thousand, waits
-- of an unusual winter move by a factor of ten, and so does what one trust begins to state. Within a year a new measure moves by thirty, and a
-- centre closes: from a period that is not the next, a factor of a hundred counts, of all together alone. A list of under twenty is an excerpt.
-- From the list of its own period that it would take the place of: organisations that it drops, first those of which it drops the most;
-- figures that differ, organisation by organisation, by more than a tenth of their sum, of a ratio at the denominators of now; or else single
-- organisations' of a hundred or more that differ by as much, or become 0. Bundled figures, of a lower rank, take no publication's place; nor is
-- what a file that is read again states otherwise a revision. Ten is 9.9: counts that are worked out from rates are rounded.
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
    newest AS -- the newest list of each kind, beside each other
    (
        SELECT period, organisation, measure, maxIf(total, list = 'staged') AS n, maxIf(total, list = 'before') AS before,
               max(other_period) AS other_starts,
               max(list = 'staged') AS staged, max(known AND list = 'staged') AS is, max(known AND list = 'before') AS was,
               max(known AND list = 'before' AND mark.2 != {load:UInt64}) AS was_shown,
               max(has_figure AND list = 'now') AS now, maxIf(mark.1, list = 'staged') AS staged_rank, maxIf(mark.1, list = 'now') AS now_rank,
               anyIf(first_line, list = 'staged') AS line, anyIf(first_sheet, list = 'staged') AS sheet,
               anyIf((sum, of), list = 'staged' AND stated) AS new, anyIf((sum, of), list = 'now' AND stated) AS old, anyIf((sum, of), list = 'before' AND stated) AS last,
               max(stated AND list = 'staged') AS has_new, max(stated AND list = 'now') AS has_old, max(stated AND list = 'before') AS has_last
        FROM (SELECT *, mark = max(mark) OVER (PARTITION BY measure, period, list) AS is_newest FROM listed)
        WHERE is_newest
        GROUP BY period, organisation, measure
    ),
    compared AS
    (
        SELECT *, if(apart = months + days, 9.9, 99) AS factor,
               -- what it would state by the share or rate that is shown, or as many cases as are shown
               if(old.2 > 0 AND new.2 > 0, old.1 / old.2 * new.2, old.1) AS as_shown, if(last.2 > 0 AND new.2 > 0, last.1 / last.2 * new.2, last.1) AS as_last
        FROM
        (
            SELECT *, abs(if(months = 0, dateDiff('day', other_starts, period), dateDiff('month', other_starts, period))) AS apart
            FROM
            (
                SELECT *, transform(measure, {measures:Array(String)}, {months:Array(UInt8)}, toUInt8(1)) AS months,
                       transform(measure, {measures:Array(String)}, {days:Array(UInt8)}, toUInt8(0)) AS days
                FROM newest
            )
        )
    ),
    pair AS -- of a measure of an organisation with itself, and of two of which both were shown before
    (
        SELECT period, organisation, a.measure AS measure, b.measure AS other, measure = other AS itself, a.n AS n, a.before AS before, a.is AS is, a.was AS was,
               b.n AS other_n, b.before AS other_before, own.1 AS staged, own.2 AS now, own.3 AS staged_rank, own.4 AS now_rank, own.5 AS line, own.6 AS sheet,
               own.7 AS new, new.1 AS new_n, new.2 AS new_of, own.8 AS old, old.1 AS old_n, old.2 AS old_of, own.9 AS last, last.1 AS last_n, last.2 AS last_of,
               own.10 AS as_shown, own.11 AS as_last, own.12 AS other_starts, own.13 AS factor, own.14 AS revises, own.15 AS follows
        FROM
        (
            SELECT period, organisation, a, own, arrayJoin(arrayFilter(figure -> figure.measure = a.measure
                       OR a.is AND a.was_shown AND figure.measure > a.measure AND figure.is AND figure.was_shown, figures)) AS b
            FROM
            (
                SELECT period, organisation,
                       groupArray(CAST((measure, n, before, is, was, was_shown) AS Tuple(measure String, n Float64, before Float64, is Bool, was Bool, was_shown Bool))) AS figures,
                       groupArray((staged, now, staged_rank, now_rank, line, sheet, new, old, last, as_shown, as_last, other_starts, factor,
                                   has_new AND has_old AND staged_rank > 0 AND {excluding:UInt64} = 0, has_new AND has_last AND staged_rank > 0)) AS more
                FROM compared
                GROUP BY period, organisation
            )
            ARRAY JOIN figures AS a, more AS own
        )
    ),
    -- Each step names what the next compares: an expression that names another is worked through again wherever it is named.
    together AS
    (
        SELECT p.measure AS measure, period, other, itself, sum(p.n) AS n, sum(p.before) AS before, sum(p.other_n) AS other_n,
               least(countIf(p.is), countIf(p.was)) AS organisations,
               max(p.other_starts) AS other_starts, if(max(p.factor) > 10, 100, 10) AS times,
               sum(abs(p.n - p.before) + abs(p.other_n - p.other_before)) AS from_own, sum(abs(p.n - p.other_before) + abs(p.other_n - p.before)) AS from_other,
               countIf(p.now) AS shown, countIf(p.now AND NOT p.staged) AS dropped, max(p.staged) AS staged, max(p.staged_rank) AS staged_rank, max(p.now_rank) AS now_rank,
               anyIf(p.sheet, p.staged) AS sheet, arraySort(groupArrayIf(5)(p.line, p.is OR itself AND p.line > 0)) AS lines,
               countIf(p.revises) AS revising, countIf(p.revises AND organisation != 'ENG') AS revising_parts,
               sumIf(p.new_n, p.revises) AS new_n, sumIf(p.new_of, p.revises) AS new_of, sumIf(p.old_n, p.revises) AS old_n, sumIf(p.old_of, p.revises) AS old_of,
               sumIf(abs(p.as_shown), p.revises) AS known, sumIf(abs(p.new_n), p.revises) AS stated,
               sumIf(abs(p.new_n - p.as_shown), p.revises) AS moved_n, sumIf(abs(p.new_of - p.old_of), p.revises) AS moved_of,
               countIf(p.follows) AS following,
               sumIf(p.new_n, p.follows) AS next_n, sumIf(p.new_of, p.follows) AS next_of, sumIf(p.last_n, p.follows) AS last_n, sumIf(p.last_of, p.follows) AS last_of,
               countIf(p.follows AND greatest(abs(p.new_n), abs(p.as_last)) >= 100) AS large,
               arrayReverseSort(groupArrayIf((abs(p.as_shown), organisation, p.new, p.old, p.line), itself AND p.revises AND p.old_n != 0
                   AND (greatest(abs(p.new_n), abs(p.as_shown)) >= 100 AND abs(p.new_n - p.as_shown) * 3 > abs(p.as_shown)
                        OR greatest(p.new_of, p.old_of) >= 100 AND p.old_of > 0 AND abs(p.new_of - p.old_of) * 3 > p.old_of))) AS changed,
               arrayReverseSort(groupArrayIf((abs(p.as_last), organisation, p.new, p.last, p.line), itself AND p.follows AND p.last_n != 0 AND p.factor < 10
                   AND greatest(abs(p.new_n), abs(p.as_last)) >= 100 AND (abs(p.new_n) >= p.factor * abs(p.as_last) OR abs(p.new_n) * p.factor <= abs(p.as_last)))) AS many
        FROM pair AS p
        GROUP BY measure, period, other, itself
    ),
    sorted AS
    (
        SELECT *, if(of_whole, next_of - next_n, next_of) AS next_others, if(of_whole, last_of - last_n, last_of) AS last_others,
               itself AND tenfold NOT BETWEEN 1 AND 3 AND (revising >= 20 OR revising_parts = 0)
                   AND (greatest(known, stated) >= 200 AND moved_n * 10 > known OR greatest(old_of, new_of) >= 200 AND old_of > 0 AND moved_of * 10 > old_of) AS revised
        FROM
        (
            SELECT *, measure IN {shares:Array(String)} AS of_whole,
                   arrayCount(t -> abs(t.3.1) >= 9.9 * t.1 OR abs(t.3.1) * 9.9 <= t.1 OR t.4.2 > 0 AND (t.3.2 >= 9.9 * t.4.2 OR t.3.2 * 9.9 <= t.4.2), changed) AS tenfold,
                   arrayFilter(t -> t.3.1 != 0, changed) AS moved, arrayFilter(t -> t.3.1 = 0, changed) AS emptied, emptied[1] AS emptiest, many[1] AS most
            FROM together
        )
    )
SELECT measure, period, change.2 AS organisation, if(itself, '', other), change.1 AS what, toString(round(change.3, 2)), toString(round(change.4, 2)),
       change.5, change.6, change.7, change.8, shown, dropped, sheet, if(change.9 > 0, [change.9], arraySlice(lines, 1, if(itself, 1, 5))),
       if(change.1 IN ('total', 'share', 'many', 'exchanged'), other_starts, toDate(0))
FROM
(
    SELECT measure, period, other, itself, shown, dropped, sheet, lines, other_starts,
           arrayConcat(
               if(itself AND organisations >= 20 AND greatest(n, before) >= 2000 AND before > 0 AND (n >= times * before OR n * times <= before),
                  [('total', '', n, 0., before, 0., 0, 0, 0)], []),
               if(itself AND shown > 0 AND staged AND now_rank <= staged_rank, [('dropped', '', n, 0., before, 0., 0, 0, 0)], []),
               if(NOT itself AND organisations >= 20 AND greatest(n, other_n) >= 1000 AND 2 * from_other < from_own, [('exchanged', '', n, 0., before, 0., 0, 0, 0)], []),
               if(itself AND following >= 20 AND last_of > 0 AND next_of > 0 AND last_n > 0 AND greatest(next_n, last_n) >= 2000
                  AND (NOT of_whole OR greatest(next_others, last_others) >= 2000) AND (odds >= times OR odds * times <= 1),
                  [('share', '', next_n, next_of, last_n, last_of, 0, 0, 0)], []),
               if(revised, [('revised', '', new_n, new_of, old_n, old_of, 0, 0, 0)], []),
               if(NOT revised, arrayMap(m -> ('organisation', m.2, m.3.1, m.3.2, m.4.1, m.4.2, toUInt64(1), 0, m.5), arraySlice(moved, 1, 200)), []),
               if(NOT revised AND notEmpty(emptied), [('zero', emptiest.2, emptiest.3.1, emptiest.3.2, emptiest.4.1, emptiest.4.2, length(emptied), 0, emptiest.5)], []),
               if(length(many) >= 5 AND large >= 50 AND length(many) * 5 >= large, [('many', most.2, most.3.1, most.3.2, most.4.1, most.4.2, length(many), large, most.5)], [])) AS found
    FROM (SELECT *, next_n / next_others / (last_n / last_others) AS odds FROM sorted)
)
ARRAY JOIN found AS change
ORDER BY what, if(what = 'dropped', -dropped / shown, 0), measure, period, other
LIMIT {limit:UInt32} BY what
SETTINGS max_block_size = 4096 -- of organisations, each with all its pairs
