-- One measure of one organisation, made from its observations.
WITH visible AS
    (
        SELECT load_id FROM load WHERE at <= {at:DateTime64(6, 'UTC')} AND load_id <= {bound:UInt64}
        GROUP BY load_id HAVING argMax(state, at) = 'published'
    ),
    term AS
    (
        SELECT t.1 AS component, t.2 AS field, t.3 AS part, t.4 AS coefficient
        FROM (SELECT arrayJoin(arrayZip({component:Array(String)}, {field:Array(String)}, {part:Array(String)}, {coefficient:Array(Int8)})) AS t)
    ),
    newest AS -- the newest load that lists every organisation; what an older such load says is superseded
    (
        SELECT measure, period, max((rank, load_id)) AS mark
        FROM
        (
            SELECT measure, period, load_id, any(rank) AS rank
            FROM observation
            WHERE load_id IN (visible) AND whole AND measure IN (SELECT component FROM term) AND period BETWEEN {from:Date} AND {to:Date}
            GROUP BY measure, period, load_id
            HAVING countIf(status = 'rejected') = 0
        )
        GROUP BY measure, period
    ),
    cell AS
    (
        SELECT o.measure AS measure, o.period AS period,
               o.item AS item, argMax((numerator, denominator, o.load_id), (status != 'rejected', rank, o.load_id)) AS latest
        FROM observation AS o
        LEFT JOIN newest ON newest.measure = o.measure AND newest.period = o.period
        WHERE o.load_id IN (visible) AND o.organisation = {organisation:String}
          AND o.measure IN (SELECT component FROM term)
          AND o.period BETWEEN {from:Date} AND {to:Date}
          AND (NOT whole OR (rank, o.load_id) >= newest.mark)
          AND (status != 'rejected' OR newest.mark.2 = 0)
        GROUP BY measure, period, item
    )
SELECT period,
       count(if(term.field = 'numerator', cell.latest.1, cell.latest.2)) = count()
           AND uniqExact(term.component, term.field, term.part) = length({component:Array(String)}) AS complete,
       if(complete, sumIf(if(term.field = 'numerator', cell.latest.1, cell.latest.2) * term.coefficient, term.part = 'numerator'), NULL) AS numerator,
       if(complete AND countIf(term.part = 'denominator') > 0,
          sumIf(if(term.field = 'numerator', cell.latest.1, cell.latest.2) * term.coefficient, term.part = 'denominator'), NULL) AS denominator,
       max(cell.latest.3) AS load
FROM cell
INNER JOIN term ON term.component = cell.measure
GROUP BY period
ORDER BY period
