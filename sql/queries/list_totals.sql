-- What the lists of a staged publication come to, where that lies outside all that the lists of the thirteen periods before and after come to: the
-- organisations together, the people of a ratio, and the ratio itself. "low" and "high" are the ends of those. With a year of them known, real lists of
-- quarters and years lay at most a quarter outside, those of months a half, but for events such as a pandemic.
WITH
    total AS -- of the newest list of each kind
    (
        SELECT measure, period, staged, argMax((n, d, organisations, first_sheet), mark) AS of, max(mark) AS newest, newest.1 AS rank
        FROM
        (
            SELECT toString(o.measure) AS measure, o.period AS period, load_id = {load:UInt64} AS staged, (o.rank, load_id) AS mark,
                   sumIf(toFloat64(assumeNotNull(numerator)), status = 'reported' AND isNotNull(numerator)) AS n,
                   sumIf(toFloat64(ifNull(denominator, 0)), status = 'reported' AND isNotNull(numerator)) AS d,
                   uniqIf(organisation, status = 'reported' AND isNotNull(numerator)) AS organisations, any(toString(sheet)) AS first_sheet
            FROM observation AS o
            WHERE whole AND o.measure IN {stated:Array(String)} AND o.period BETWEEN {from:Date} AND {to:Date} AND organisation != 'ENG'
              AND (load_id = {load:UInt64} OR load_id IN
                  (
                      SELECT load_id
                      FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
                  ))
            GROUP BY measure, period, staged, mark
        )
        GROUP BY measure, period, staged
    ),
    place AS
    (
        SELECT measure, own.1 AS at, own.2 AS n, own.3 AS d, own.5 AS sheet, months, arrayFirst(f -> f.1 = at, shown) AS same,
               arrayFilter(f -> f.1 != at AND if(months = 0, abs(dateDiff('day', f.1, at)) <= 13 * days, abs(dateDiff('month', f.1, at)) <= 13 * months), shown) AS around
        FROM
        (
            SELECT measure, groupArrayIf((period, of.1, of.2), NOT staged AND of.3 >= 20) AS shown,
                   groupArrayIf((period, of.1, of.2, of.3, of.4), staged AND rank > 0 AND of.3 >= 20) AS fresh,
                   transform(measure, {measures:Array(String)}, {months:Array(UInt8)}, toUInt8(1)) AS months,
                   transform(measure, {measures:Array(String)}, {days:Array(UInt8)}, toUInt8(0)) AS days
            FROM total
            GROUP BY measure
        )
        ARRAY JOIN fresh AS own
    ),
    compared AS
    (
        SELECT measure, at, sheet, n, d, what, known, around, if(months >= 3, 1.25, 1.5) AS factor, months, same, if(what = 'ratio', n / d, if(what = 'of', d, n)) AS figure, arrayMin(known) AS low, arrayMax(known) AS high
        FROM
        (
            SELECT *, arrayFilter(k -> k > 0, arrayMap(f -> if(what = 'ratio', if(f.3 > 0, f.2 / f.3, 0), if(what = 'of', f.3, f.2)), around)) AS known
            FROM (SELECT *, arrayJoin(if(d > 0, ['ratio', 'of'], ['total'])) AS what FROM place)
        )
    )
SELECT measure, at, what, toString(round(n, 2)), if(d > 0, toString(round(d, 2)), ''), figure, low, high, length(known), sheet
FROM compared
WHERE months > 0 AND length(known) >= if(months = 1, 12, 4) AND length(known) = length(around) AND figure > 0 AND NOT (same.2 > 0 AND abs(n - same.2) <= 0.1 * same.2 AND abs(d - same.3) <= 0.1 * same.3)
  AND greatest(if(what = 'ratio', d, figure), if(what = 'ratio', d, high)) >= if(measure IN {money:Array(String)}, 20000000, 20000)
  AND (figure > high * greatest(factor, pow(high / low, 0.3)) OR figure * greatest(factor, pow(high / low, 0.3)) < low)
ORDER BY measure, at, what
LIMIT {limit:UInt32}
