-- The measure and period of which a staged load, that lists every organisation, leaves out the most of those that are shown now.
WITH visible AS
    (
        SELECT load_id FROM load GROUP BY load_id HAVING argMax(state, at) = 'published'
    ),
    staged AS
    (
        SELECT measure, period, organisation, rank FROM observation WHERE load_id = {load:UInt64} AND whole
    ),
    newest AS -- the newest load that lists every organisation; what an older such load says is superseded
    (
        SELECT measure, period, max((rank, load_id)) AS mark
        FROM
        (
            SELECT measure, period, load_id, any(o.rank) AS rank
            FROM observation AS o
            WHERE o.load_id IN (visible) AND o.whole AND (measure, period) IN (SELECT measure, period FROM staged)
              AND o.rank <= (SELECT max(rank) FROM staged) -- bundled figures do not replace a publication
            GROUP BY measure, period, load_id
            HAVING countIf(o.status = 'rejected') = 0
        )
        GROUP BY measure, period
    )
SELECT o.measure AS measure, o.period AS period, uniqExact(o.organisation) AS organisations,
       uniqExactIf(o.organisation, (o.measure, o.period, o.organisation) NOT IN (SELECT measure, period, organisation FROM staged)) AS missing
FROM observation AS o
INNER JOIN newest ON newest.measure = o.measure AND newest.period = o.period AND newest.mark = (o.rank, o.load_id)
WHERE o.status = 'reported'
GROUP BY measure, period
ORDER BY missing / organisations DESC, measure, period
LIMIT 1
