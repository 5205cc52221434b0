-- Periods of a staged load that repeat another of the thirteen before or after: more than half of their figures of ten or more, and at
-- least three, are those of the other period; of a publication four fifths, as stocks stay: of maternity beds (KH03) up to 64% do.
SELECT measure, period, other_period, count() AS times, any(among) AS figures, any(sheet), arraySort(groupArray(5)(line))
FROM
(
    SELECT other.measure AS measure, fresh.period AS period, other.period AS other_period, fresh.among AS among, fresh.published AS published,
           fresh.sheet AS sheet, fresh.line AS line, transform(other.measure, {measures:Array(String)}, {months:Array(UInt8)}, toUInt8(1)) AS months,
           transform(other.measure, {measures:Array(String)}, {days:Array(UInt8)}, toUInt8(0)) AS days
    FROM
    (
        SELECT DISTINCT toString(o.measure) AS measure, o.period AS period,
               cityHash64(organisation, item, assumeNotNull(numerator), ifNull(denominator, -1)) AS same
        FROM observation AS o
        WHERE (load_id = {load:UInt64} OR load_id IN
              (
                  SELECT load_id
                  FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
              ))
          AND o.measure IN {stated:Array(String)} AND o.period BETWEEN {from:Date} AND {to:Date} AND status = 'reported' AND isNotNull(numerator)
    ) AS other
    INNER JOIN
    (
        SELECT toString(o.measure) AS measure, o.period AS period, cityHash64(organisation, item, assumeNotNull(numerator), ifNull(denominator, -1)) AS same,
               whole OR via_row > 0 AND o.measure NOT IN {local:Array(String)} AS published, sheet, if(via_row > 0, via_row, row) AS line, count() OVER (PARTITION BY measure, period) AS among
        FROM observation AS o
        WHERE load_id = {load:UInt64} AND o.measure IN {stated:Array(String)} AND o.period BETWEEN {from:Date} AND {to:Date}
          AND status = 'reported' AND isNotNull(numerator) AND abs(numerator) >= 10
    ) AS fresh ON fresh.measure = other.measure AND fresh.same = other.same
    WHERE fresh.period != other.period
      AND if(months = 0, abs(dateDiff('day', fresh.period, other.period)) <= 13 * days, abs(dateDiff('month', fresh.period, other.period)) <= 13 * months)
)
GROUP BY measure, period, other_period
HAVING times >= 3 AND times > figures * if(any(published), 0.8, 0.5)
ORDER BY measure, period, times DESC, other_period
LIMIT 1 BY measure, period
LIMIT {limit:UInt32}
