-- Figures that a staged load states for several organisations alike: most of those of one footprint or of a period, or in every period.
-- Of a returned ratio either side may be alike; a publication may state its rates of 100,000 everywhere. The larger the figure and
-- the more state it, the less can it be chance. That k counts of about n cases are alike has a chance of about (n + 1) ^ (1 - k): of counts
-- under ten, all must be alike with a chance of less than 1 in 10,000.
-- What a publication states, also where a row names its cell, may be alike more easily than what is returned.
WITH visible AS
    (
        SELECT load_id
        FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {without:UInt64})
    ),
    place AS
    (
        SELECT organisation, footprint, valid_from, valid_to
        FROM current_membership(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {without:UInt64})
        WHERE load_id = 0 AND share > 0 AND footprint != 'UNALLOCATED' -- of a known code
    ),
    stated AS
    (
        SELECT measure, period, organisation, codes_on, o.whole OR via_row > 0 AS whole, sheet, if(via_row > 0, via_row, row) AS line,
               assumeNotNull(numerator) AS numerator, assumeNotNull(denominator) AS denominator, (o.denominator IS NOT NULL AND NOT o.whole AND o.via_row = 0) AS sides
        FROM observation AS o
        WHERE load_id = {load:UInt64} AND status = 'reported' AND item = '' AND isNotNull(o.numerator)
    ),
    located AS
    (
        SELECT stated.measure AS measure, stated.period AS period, stated.organisation AS organisation, stated.whole AS whole, stated.sheet AS sheet,
               stated.line AS line, side.1 AS ratio, side.2 AS figure,
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
    )
SELECT measure, period, scope, toString(figure), ratio, times, among, false AS over_time, sheet, lines
FROM
(
    SELECT *, (times - 1) * log10(toFloat64(abs(figure)) + 1) AS weight
    FROM alike
    WHERE times > 1 AND figure != 0 AND times * 2 >= among
)
WHERE if(abs(figure) < 10, NOT whole AND times = among AND weight >= 4, if(whole, weight >= 8 AND times > 2, weight >= 3 OR times = among AND times > 2)) AND (scope != '' OR times > 2)
ORDER BY measure, period, scope != '', NOT ratio, figure
LIMIT 1 BY measure, period, if(scope = '', '', scope)
LIMIT {limit:UInt32}
UNION ALL
SELECT measure, min(period), organisation, toString(any(numerator)), false, count() AS times, times, true, any(sheet), arraySort(groupArray(5)(line))
FROM stated
WHERE NOT whole
GROUP BY measure, organisation
HAVING times > 2 AND uniqExact(numerator) = 1 AND any(abs(numerator)) >= 10
       AND (uniqExact(denominator) = 1 OR (times - 1) * log10(any(abs(toFloat64(numerator)))) >= 5)
ORDER BY measure, organisation
LIMIT {limit:UInt32}
