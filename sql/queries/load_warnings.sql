-- What there is to check about the figures of some loads, beside everything that was visible at a time:
-- figures far from the history of their series, organisations that had a figure in the period before, and periods that nothing precedes.
-- The figures are read once, as series: to read them through the view again for each rule costs most of the time.
WITH shown AS -- the periods that each measure has
    (
        SELECT measure, groupUniqArray(period) AS periods
        FROM observation
        WHERE status != 'rejected' AND measure IN {stated:Array(String)} AND load_id IN
        (
            SELECT load_id
            FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0)
        )
        GROUP BY measure
    ),
    series AS
    (
        SELECT measure, organisation, item, arraySort(groupArray((period, toFloat64(ifNull(numerator, 0)), load_id, whole, numerator IS NOT NULL))) AS points
        FROM current_observation(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0,
                                 measures = {stated:Array(String)}, from = {from:Date}, to = {to:Date})
        WHERE status != 'rejected'
        GROUP BY measure, organisation, item
    ),
    beside AS -- each series, with the periods of its measure that the loads state
    (
        SELECT series.measure AS measure, series.organisation AS organisation, series.item AS item, series.points AS points, shown.periods AS periods,
               groupUniqArrayArray(arrayMap(p -> (p.1, p.3, p.4), arrayFilter(p -> has({loads:Array(UInt64)}, p.3), series.points)))
                   OVER (PARTITION BY series.measure) AS own,
               row_number() OVER (PARTITION BY series.measure ORDER BY series.organisation, series.item) = 1 AS first,
               transform(toString(series.measure), {measures:Array(String)}, {months:Array(UInt8)}, toUInt8(1)) AS months,
               transform(toString(series.measure), {measures:Array(String)}, {days:Array(UInt8)}, toUInt8(0)) AS days
        FROM series
        INNER JOIN shown ON shown.measure = series.measure
    ),
    -- A lambda gets a copy of each array of the row that it names for every element that it looks at, which of a long series takes much memory. So the
    -- twelve figures before each stand beside it, and absent periods are found before any is looked for.
    found AS
    (
        SELECT measure, organisation, item,
               arrayFilter(p -> p.5, points) AS stated,
               arrayMap(p -> p.2, stated) AS figures,
               arrayMap(o -> (o.1, o.2, o.3, subtractDays(subtractMonths(o.1, months), days)), own) AS owned, -- with the period before
               -- the figures that may lie far from the twelve before them, whose middle is between the least and the most of them
               arrayFilter(f -> length(f.4) >= 8 AND greatest(f.3 - arrayMin(f.4), arrayMax(f.4) - f.3) > {far:Float64} * 5,
                           arrayMap((p, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12) -> (p.3, p.1, p.2, if(has({loads:Array(UInt64)}, p.3), arrayFilter(x -> NOT isNaN(x), [x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12]), [])), stated,
                                    arrayShiftRight(figures, 1, nan), arrayShiftRight(figures, 2, nan), arrayShiftRight(figures, 3, nan), arrayShiftRight(figures, 4, nan), arrayShiftRight(figures, 5, nan), arrayShiftRight(figures, 6, nan),
                                    arrayShiftRight(figures, 7, nan), arrayShiftRight(figures, 8, nan), arrayShiftRight(figures, 9, nan), arrayShiftRight(figures, 10, nan), arrayShiftRight(figures, 11, nan), arrayShiftRight(figures, 12, nan))) AS far,
               arrayExcept(arrayMap(o -> o.1, owned), arrayMap(p -> p.1, points)) AS absent,
               arrayMap(p -> p.1, arrayFilter(p -> p.4 AND p.2 > 0, points)) AS listed, -- with a figure
               arrayFilter(o -> has(listed, o.4), arrayFilter(o -> o.3 AND has(absent, o.1), owned)) AS gone,
               if(first, arrayDistinct(arrayMap(o -> (o.2, o.1), arrayFilter(o -> NOT has(periods, o.4) AND o.1 > begin, owned))), []) AS alone,
               arrayConcat(
                   arrayMap(f -> ('history', f.1, organisation, item, f.2, f.3, f.4), far),
                   arrayMap(o -> ('provider_stays', o.2, organisation, item, o.1,
                                  arrayFirst(p -> p.1 = o.4, points).2, emptyArrayFloat64()), gone),
                   arrayMap(o -> ('period_follows', o.1, '', '', o.2, toFloat64(0), emptyArrayFloat64()), alone)) AS findings
        FROM (SELECT *, arrayMin(periods) AS begin FROM beside)
    )
SELECT load_id, rule, measure, organisation, item, period, value, middle, spread
FROM
(
    SELECT measure, finding.1 AS rule, finding.2 AS load_id, finding.3 AS organisation, finding.4 AS item, finding.5 AS period, finding.6 AS value,
           -- the middle of the twelve, and how far they usually lie from it (Hampel, 1974)
           if(rule = 'history', arrayReduce('medianExact', finding.7), 0) AS middle,
           if(rule = 'history', greatest(1.4826 * arrayReduce('medianExact', arrayMap(x -> abs(x - middle), finding.7)), 0.1 * abs(middle), sqrt(abs(middle)), 5), 0) AS spread
    FROM (SELECT measure, findings FROM found WHERE notEmpty(findings))
    ARRAY JOIN findings AS finding
)
WHERE rule != 'history' OR abs(value - middle) > {far:Float64} * spread
ORDER BY load_id, rule, measure, organisation, item, period
LIMIT {limit:UInt32}
SETTINGS max_block_size = 2048 -- of series, each with all its figures
