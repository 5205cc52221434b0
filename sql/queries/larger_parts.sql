-- Places in which parts, with a staged load, are more than the whole: each limit has the figures whose sum is at most that of others, one by one
-- with their side. What the load does not state is taken from what is shown now. Departments that a provider does not have are given a
-- few patients by mistake, of whom NHS England counts up to 17 a month (RYG): of less than a hundred, twenty more raise no question.
WITH
    term AS
    (
        SELECT t.1 AS bound, t.2 AS component, t.3 AS field, t.4 AS part, t.5 AS terms
        FROM
        (
            SELECT arrayJoin(arrayZip({limits:Array(UInt64)}, {component:Array(String)}, {field:Array(String)}, {part:Array(String)}, {terms:Array(UInt64)})) AS t
        )
    ),
    cell AS
    (
        SELECT measure, organisation, period, item,
               argMax((numerator, denominator, status, if(via_row > 0, via_row, row), toString(sheet), load_id = {load:UInt64}), (rank, load_id)) AS c, c.6 AS staged
        FROM observation
        WHERE measure IN {measures:Array(String)} AND period BETWEEN {from:Date} AND {to:Date} AND status != 'rejected'
          AND (load_id = {load:UInt64} OR load_id IN
              (
                  SELECT load_id
                  FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
              ))
        GROUP BY measure, organisation, period, item
    )
SELECT bound, period, worst.2 AS organisation, toString(worst.3), toString(worst.4), length(over), among, worst.6, arraySort(arrayMap(o -> o.5, arraySlice(over, 1, 5)))
FROM
(
    SELECT bound, period, count() AS among,
           arrayReverseSort(groupArrayIf((toFloat64(parts - whole), organisation, parts, whole, line, sheet), parts > whole + if(whole < 100, 20, 1)
               AND NOT has({excepted:Array(String)}, concat(toString(bound), ' ', organisation, ' ', toString(period))))) AS over, over[1] AS worst
    FROM
    (
        SELECT term.bound AS bound, organisation, period,
               assumeNotNull(sumIf(if(field = 'numerator', c.1, c.2), part = 'numerator')) AS parts,
               assumeNotNull(sumIf(if(field = 'numerator', c.1, c.2), part = 'denominator')) AS whole,
               anyIf(c.4, staged) AS line, anyIf(c.5, staged) AS sheet
        FROM cell
        INNER JOIN term ON term.component = cell.measure
        GROUP BY bound, organisation, period
        HAVING max(staged) AND uniqExact(component, field, part) = any(term.terms) AND countIf(isNull(if(field = 'numerator', c.1, c.2))) = 0
    )
    GROUP BY bound, period
)
WHERE notEmpty(over)
ORDER BY length(over) DESC, bound, period
LIMIT {limit:UInt32}
