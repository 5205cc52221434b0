-- Numbers and denominators of a staged return that are ten times, or a tenth of, the organisation's own in the nearest period before, or
-- after where there is none before: as where the unit is another. Without either, those that are far from what the others of the period
-- state: 30 times for as many people, between a spread of ten and an error of a hundred; 300 times where the people are not known, as the
-- smallest council has a two-hundredth of a middling one's. Under 20 cases, a factor of ten may be chance. Where rows are parts of a figure,
-- each is compared with its own in another period, and the whole of an organisation with that of the others: parts are of many sizes.
WITH visible AS
    (
        SELECT load_id
        FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
    ),
    returned AS
    (
        SELECT DISTINCT measure FROM observation
        WHERE load_id = {load:UInt64} AND NOT whole AND (via_row = 0 OR measure IN {local:Array(String)}) AND status = 'reported' AND measure NOT IN {signed:Array(String)}
    ),
    known AS -- people of a footprint
    (
        SELECT organisation, toFloat64(argMax(assumeNotNull(numerator), (period, rank, load_id))) AS people
        FROM observation
        WHERE load_id IN (visible) AND measure = {population:String} AND status = 'reported' AND isNotNull(numerator)
        GROUP BY organisation
    ),
    cell AS -- before the load and with it
    (
        SELECT measure, organisation, period, item, fresh,
               argMax((ifNull(denominator, numerator), isNotNull(denominator), sheet, if(via_row > 0, via_row, row)), (load_id = {load:UInt64}, rank, load_id)) AS c,
               max(load_id = {load:UInt64}) AS staged, toFloat64(assumeNotNull(c.1)) AS n
        FROM observation
        ARRAY JOIN [0, 1] AS fresh
        WHERE (load_id = {load:UInt64} AND fresh OR load_id IN (visible)) AND measure IN (returned) AND status = 'reported' AND isNotNull(numerator)
        GROUP BY measure, organisation, period, item, fresh
        HAVING NOT fresh OR staged
    ),
    beside AS -- 0 where there is none
    (
        SELECT *,
               lagInFrame(n, 1, 0.) OVER (PARTITION BY measure, organisation, item ORDER BY period, fresh
               ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS before,
               leadInFrame(n, 1, 0.) OVER (PARTITION BY measure, organisation, item ORDER BY period, fresh
               ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS after,
               lagInFrame(period) OVER (PARTITION BY measure, organisation, item ORDER BY period, fresh
               ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS before_period,
               leadInFrame(period) OVER (PARTITION BY measure, organisation, item ORDER BY period, fresh
               ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS after_period
        FROM cell
    ),
    scaled AS
    (
        SELECT beside.measure AS measure, beside.period AS period, beside.organisation AS organisation, beside.item AS item, beside.fresh AS fresh,
               beside.staged AS staged, beside.c AS c, beside.n AS n, beside.before AS before, beside.after AS after,
               beside.before_period AS before_period, beside.after_period AS after_period, known.people AS people
        FROM beside
        LEFT JOIN known ON known.organisation = beside.organisation
    ),
    figure AS -- of an organisation, its parts together
    (
        SELECT measure, period, organisation, sum(part) AS whole, sum(toFloat64(part)) AS n, any(people) AS people
        FROM
        (
            SELECT measure, period, organisation, item, argMax(assumeNotNull(scaled.c.1), scaled.fresh) AS part, any(scaled.people) AS people FROM scaled
            GROUP BY measure, period, organisation, item
        )
        GROUP BY measure, period, organisation
    ),
    others AS -- the middle of all: one far figure among four or more does not move it
    (
        SELECT measure, period, people > 0 AS by_people, medianExact(n / if(by_people, people, 1)) AS middle, count() AS among
        FROM figure
        WHERE n > 0
        GROUP BY measure, period, by_people
    )
SELECT measure, period, organisation, toString(assumeNotNull(stated)), compared, compared_period, ratio, against, sheet, [line]
FROM
(
    SELECT scaled.measure AS measure, scaled.period AS period, scaled.organisation AS organisation, scaled.item AS item, scaled.c.2 AS ratio,
           scaled.c.3 AS sheet, scaled.c.4 AS line,
           multiIf(scaled.before > 0, 'before', scaled.after > 0, 'after', others.among < 4 OR ratio, '', scaled.people > 0, 'people', 'others') AS against,
           multiIf(against = 'before', scaled.before, against = 'after', scaled.after, against = 'people', others.middle * scaled.people,
               others.middle) AS compared,
           multiIf(against = 'before', scaled.before_period, against = 'after', scaled.after_period, toDate(0)) AS compared_period,
           multiIf(against IN ('before', 'after'), 10, against = 'people', 30, 300) AS most,
           if(against IN ('before', 'after'), scaled.n, figure.n) AS n, if(against IN ('before', 'after'), assumeNotNull(scaled.c.1), figure.whole) AS stated
    FROM scaled
    INNER JOIN figure ON figure.measure = scaled.measure AND figure.period = scaled.period AND figure.organisation = scaled.organisation
    LEFT JOIN others ON others.measure = scaled.measure AND others.period = scaled.period AND others.by_people = (scaled.people > 0)
    WHERE scaled.fresh AND scaled.staged
)
WHERE against != '' AND compared > 0 AND n > 0 AND greatest(n, compared) >= 20 AND greatest(n / compared, compared / n) >= most
ORDER BY measure, period, line
LIMIT 1 BY measure, period, organisation, if(against IN ('before', 'after'), item, ''), against
LIMIT {limit:UInt32}
