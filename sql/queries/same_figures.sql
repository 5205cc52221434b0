-- Figures that a staged load states for several organisations alike: most of those of one footprint or of a period, or in every period.
-- Of a returned ratio either side may be alike; a publication may state its rates of 100,000 everywhere. The larger the figure and
-- the more state it, the less can it be chance. That k counts of about n cases are alike has a chance of about (n + 1) ^ (1 - k): of counts
-- under ten, all must be alike with a chance of less than 1 in 10,000.
-- What a publication states may be alike more easily than what is returned, also where a row of a measure that has publications names its cell.
-- One share of all organisations of a footprint or a period is one that was copied, whatever it is taken of: numerators that are that
-- share of their denominators to the nearest case. About as many of n cases are that by chance as one in n.
WITH visible AS
    (
        SELECT load_id
        FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
    ),
    place AS
    (
        SELECT organisation, footprint, valid_from, valid_to
        FROM current_membership(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
        WHERE load_id = 0 AND share > 0 AND footprint != 'UNALLOCATED' -- of a known code
    ),
    stated AS
    (
        SELECT measure, period, organisation, codes_on, o.whole OR via_row > 0 AND measure NOT IN {local:Array(String)} AS whole, sheet, if(via_row > 0, via_row, row) AS line,
               assumeNotNull(numerator) AS numerator, assumeNotNull(denominator) AS denominator,
               (o.denominator IS NOT NULL AND NOT o.whole AND (o.via_row = 0 OR o.measure IN {local:Array(String)})) AS sides
        FROM observation AS o
        WHERE load_id = {load:UInt64} AND status = 'reported' AND item = '' AND isNotNull(o.numerator)
    ),
    located AS
    (
        SELECT stated.measure AS measure, stated.period AS period, stated.organisation AS organisation, stated.whole AS whole, stated.sheet AS sheet,
               stated.line AS line, side.1 AS ratio, side.2 AS figure, stated.sides AS sides, toFloat64(stated.denominator) AS of,
               if(stated.organisation IN {footprints:Array(String)}, stated.organisation, place.footprint) AS footprint
        FROM (SELECT *, arrayJoin(if(sides, [(false, numerator), (true, denominator)], [(false, numerator)])) AS side FROM stated) AS stated
        LEFT JOIN place ON place.organisation = stated.organisation AND place.valid_from <= stated.codes_on AND stated.codes_on < place.valid_to
    ),
    alike AS
    (
        SELECT measure, period, scope, figure, ratio, any(whole) AS whole, any(sheet) AS sheet, count() AS times,
               arraySort(groupArray(5)(line)) AS lines, sum(times) OVER (PARTITION BY measure, period, scope, ratio) AS among
        FROM located
        ARRAY JOIN arrayDistinct([footprint, '']) AS scope
        GROUP BY measure, period, scope, figure, ratio
    ),
    shared AS
    (
        SELECT measure, period, scope, any(sheet) AS sheet, arraySort(groupArray((toFloat64(figure) / of, toFloat64(figure), of, line))) AS all,
               all[intDiv(length(all) + 1, 2)] AS middle,
               arrayFilter(s -> abs(s.2 - middle.1 * s.3) <= 0.5 * (1 + s.3 / middle.3), all) AS alike,
               arraySort(s -> -s, arrayMap(s -> log10(s.2 + 1) / 2, alike)) AS weights
        FROM located
        ARRAY JOIN arrayDistinct([footprint, '']) AS scope
        WHERE sides AND NOT ratio AND NOT whole AND figure > 0 AND of > 0 AND figure != of
        GROUP BY measure, period, scope
        HAVING length(alike) > 2 AND length(alike) * 2 >= length(all) AND arraySum(weights) - weights[1] >= 3
               AND arrayUniq(arrayMap(s -> s.2, alike)) * 2 > length(alike) -- else the figures themselves are alike
    )
SELECT measure, period, scope, toString(figure), ratio, 0. AS share, times, among, false AS over_time, sheet, lines
FROM
(
    SELECT *, (times - 1) * log10(toFloat64(abs(figure)) + 1) AS weight
    FROM alike
    WHERE times > 1 AND figure != 0 AND times * 2 >= among
)
WHERE if(abs(figure) < 10, NOT whole AND times = among AND weight >= 4,
        if(whole, weight >= 8 AND times > 2, weight >= 3 OR times = among AND times > 2)) AND (scope != '' OR times > 2)
ORDER BY measure, period, scope != '', NOT ratio, figure
LIMIT 1 BY measure, period, if(scope = '', '', scope)
LIMIT {limit:UInt32}
UNION ALL
SELECT measure, period, scope, '0', false, middle.1, length(alike), length(all), false, sheet, arraySlice(arraySort(arrayMap(s -> s.4, alike)), 1, 5)
FROM shared
ORDER BY measure, period, scope != ''
LIMIT 1 BY measure, period, if(scope = '', '', scope)
LIMIT {limit:UInt32}
UNION ALL
SELECT measure, min(period), organisation, toString(any(numerator)), false, 0., count() AS times, times, true, any(sheet), arraySort(groupArray(5)(line))
FROM stated
WHERE NOT whole
GROUP BY measure, organisation
HAVING times > 2 AND uniqExact(numerator) = 1 AND any(abs(numerator)) >= 10
       AND (uniqExact(denominator) = 1 OR (times - 1) * log10(any(abs(toFloat64(numerator)))) >= 5)
ORDER BY measure, organisation
LIMIT {limit:UInt32}
