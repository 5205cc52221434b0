-- England's own share or rate in a staged load against what the organisations make together, with their denominators; where these are no weights it lies
-- between the lowest and the highest. What a load does not state is taken from what is shown now. Published for councils to a tenth of a per cent
-- and weighted by estimates, England's is met within a fiftieth; a twentieth more or less is asked about.
WITH england.1 / england.2 AS own, arrayMap(o -> o.1 / o.2, others) AS each
SELECT measure, period, toString(round(england.1, 6)), toString(round(england.2, 6)), arraySum(arrayMap(o -> o.1, others)) AS n, arraySum(arrayMap(o -> o.2, others)) AS d,
       england.4, [england.3]
FROM
(
    SELECT measure, period, anyIf((n, d, line, sheet), organisation = 'ENG' AND staged) AS england,
           groupArrayIf((n, d), organisation != 'ENG') AS others, max(organisation = 'ENG' AND staged) AS stated
    FROM
    (
        SELECT toString(measure) AS measure, period, toString(organisation) AS organisation,
               argMax((toFloat64(ifNull(o.numerator, 0)), toFloat64(ifNull(o.denominator, 0)), toString(o.status), if(via_row > 0, via_row, row), toString(o.sheet), load_id = {load:UInt64}),
                      (rank, load_id)) AS c,
               c.1 AS n, c.2 AS d, c.4 AS line, c.5 AS sheet, c.6 AS staged
        FROM observation AS o
        WHERE o.measure IN {measures:Array(String)} AND o.period BETWEEN {from:Date} AND {to:Date} AND o.organisation NOT IN {footprints:Array(String)}
          AND (load_id = {load:UInt64} OR load_id IN
              (
                  SELECT load_id
                  FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
              ))
        GROUP BY measure, period, organisation
        HAVING c.3 = 'reported' AND d > 0
    )
    GROUP BY measure, period
)
WHERE stated AND length(others) >= 20
  AND (own < arrayMin(each) OR own > arrayMax(each) OR NOT has({apart:Array(String)}, measure) AND abs(own * d - n) > n / 20)
ORDER BY measure, period
LIMIT {limit:UInt32}
