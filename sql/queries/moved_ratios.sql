-- Shares and rates of organisations that a staged return makes impossible, or moves by a factor of ten. Those that are made of several
-- figures take what the return does not state from what is shown now. Publications do both at times: a hospital's delays of a day may be
-- those of ambulances that arrived the day before.
WITH visible AS
    (
        SELECT load_id
        FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
    ),
    term AS
    (
        SELECT t.1 AS made, t.2 AS component, t.3 AS field, t.4 AS part, t.5 AS coefficient, t.6 AS terms
        FROM
        (
            SELECT arrayJoin(arrayZip({made:Array(String)}, {component:Array(String)}, {field:Array(String)}, {part:Array(String)},
                                      {coefficient:Array(Int8)}, {terms:Array(UInt64)})) AS t
        )
    ),
    touched AS
    (
        SELECT DISTINCT measure, organisation FROM observation WHERE load_id = {load:UInt64} AND NOT whole AND measure IN (SELECT component FROM term)
    ),
    cell AS -- before the load and with it
    (
        SELECT measure, organisation, period, item, fresh,
               argMax((numerator, denominator, status, if(via_row > 0, via_row, row)), (load_id = {load:UInt64}, rank, load_id)) AS c,
               max(load_id = {load:UInt64}) AS staged
        FROM observation
        ARRAY JOIN [0, 1] AS fresh
        WHERE (load_id = {load:UInt64} AND fresh OR load_id IN (visible))
          AND measure IN (SELECT component FROM term) AND organisation IN (SELECT organisation FROM touched) AND status != 'rejected'
        GROUP BY measure, organisation, period, item, fresh
    ),
    ratio AS
    (
        SELECT term.made AS measure, organisation, period, fresh,
               sumIf(if(field = 'numerator', c.1, c.2) * coefficient, part = 'numerator') AS numerator,
               sumIf(if(field = 'numerator', c.1, c.2) * coefficient, part = 'denominator') AS denominator,
               arraySort(groupUniqArrayIf(5)(c.4, staged)) AS lines, max(staged) AS stated
        FROM cell
        INNER JOIN term ON term.component = cell.measure
        GROUP BY measure, organisation, period, fresh
        HAVING uniqExact(term.component, term.field, term.part) = any(term.terms) AND countIf(isNull(if(field = 'numerator', c.1, c.2))) = 0
               AND (NOT fresh OR stated) AND denominator > 0
    ),
    moved AS
    (
        SELECT *, toFloat64(assumeNotNull(numerator)) AS n, toFloat64(assumeNotNull(denominator)) AS d,
               lagInFrame((n, d, period), 1, (0., 0., toDate(0))) OVER (PARTITION BY measure, organisation ORDER BY period, fresh
               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before,
               leadInFrame((n, d, period), 1, (0., 0., toDate(0))) OVER (PARTITION BY measure, organisation ORDER BY period, fresh
               ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS after,
               if(before.2 > 0, before, after) AS earlier, -- or later, where nothing earlier is known
               n / d AS share, earlier.1 / earlier.2 AS share_before
        FROM ratio
    )
SELECT measure, period, organisation, toString(numerator), toString(denominator), earlier.1, earlier.2,
       (measure IN {parts:Array(String)} AND (n < -1e-6 OR n > d * (1 + 1e-9))) AS impossible, earlier.3, lines
FROM moved
WHERE fresh AND (impossible
      OR earlier.2 > 0 AND earlier.1 > 0 AND (share >= 9.99 * share_before AND n >= 20 OR share * 9.99 <= share_before AND share_before * d >= 20))
ORDER BY NOT impossible, measure, period, organisation
LIMIT {limit:UInt32}
