-- What a staged publication that lists every organisation breaks off, by what is shown of the thirteen periods before and after: figures far outside
-- all of the organisation's own, zeros after steady figures, rows of nothing but zeros, organisations with half of their parts, and lists from which
-- organisations have gone that carried 50, £50,000 or three in a thousand together, with all that the list and the nearest one state. A ratio is compared as what the organisation would
-- state by its earlier shares.
-- Real figures of 500 or more have grown by less than eight times; ten times a figure of a quiet month is eight times that of a busy one. Over 1,000,
-- beside six others, those of one that took nobody over have not grown by three times the most of them, and by more than those lie apart. They fall
-- below an eighth where a department closes or cases are counted under another name. So of a fall is asked after 10,000, or where it is to a tenth,
-- a hundredth or a thousandth, to within 8%, of figures that were steady; three of them months apart do not show that. One figure is enough of the period beside: within a year others grow by
-- more. Zeros and what is left out are asked only after figures, as what has a figure later may have begun with it. Of what the period itself shows, a revision is asked, and what is stated as it is shown is not asked at all.
WITH
    listed AS -- the newest list of each kind: an organisation with its parts together
    (
        SELECT measure, period, organisation, staged, mark.1 AS rank, n, d, parts, line, first_sheet
        FROM
        (
            SELECT *, max(mark) OVER (PARTITION BY measure, period, staged) AS newest
            FROM
            (
                SELECT toString(o.measure) AS measure, o.period AS period, toString(o.organisation) AS organisation, load_id = {load:UInt64} AS staged,
                       (o.rank, load_id) AS mark, sumIf(toFloat64(assumeNotNull(numerator)), status = 'reported' AND isNotNull(numerator)) AS n,
                       sumIf(toFloat64(ifNull(denominator, 0)), status = 'reported' AND isNotNull(numerator)) AS d,
                       countIf(status = 'reported' AND isNotNull(numerator)) AS parts, any(if(via_row > 0, via_row, row)) AS line, any(toString(sheet)) AS first_sheet
                FROM observation AS o
                WHERE whole AND o.measure IN {stated:Array(String)} AND o.period BETWEEN {from:Date} AND {to:Date} AND organisation != 'ENG'
                  AND (load_id = {load:UInt64} OR load_id IN
                      (
                          SELECT load_id
                          FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
                      ))
                GROUP BY measure, period, organisation, staged, mark
            )
        )
        WHERE mark = newest
    ),
    -- Each step names what the next compares: an expression that names another is worked through again wherever it is named.
    place AS -- each organisation in each period of the load
    (
        SELECT *, arrayFirst(f -> f.1 = at, fresh) AS own,
               arrayFilter(f -> if(months = 0, abs(dateDiff('day', f.1, at)) <= 13 * days, abs(dateDiff('month', f.1, at)) <= 13 * months), shown) AS around
        FROM
        (
            SELECT measure, organisation, shown, fresh, each.1 AS at, each.2 AS nearest,
                   transform(measure, {measures:Array(String)}, {months:Array(UInt8)}, toUInt8(1)) AS months,
                   transform(measure, {measures:Array(String)}, {days:Array(UInt8)}, toUInt8(0)) AS days
            FROM
            (
                SELECT measure, organisation, groupArrayIf((period, n, d, parts, rank), NOT staged AND parts > 0) AS shown,
                       groupArrayIf((period, n, d, parts, line, first_sheet), staged) AS fresh
                FROM listed
                GROUP BY measure, organisation
            ) AS series
            INNER JOIN
            (
                SELECT measure, groupUniqArrayIf(period, staged AND rank > 0) AS own, groupUniqArrayIf(period, NOT staged) AS others,
                       arrayMap(p -> (p, if(empty(others), toDate(0), arraySort(o -> (abs(dateDiff('month', o, p)), abs(dateDiff('day', o, p)), o), others)[1])), own) AS list_periods
                FROM listed
                GROUP BY measure
            ) AS lists ON lists.measure = series.measure
            ARRAY JOIN list_periods AS each
        )
    ),
    near AS
    (
        SELECT *, own.1 = at AS has_row, abs(own.2) AS n, same.1 = at AS is_shown,
               arrayMap(f -> abs(if(f.3 > 0 AND own.3 > 0, f.2 / f.3 * own.3, f.2)), others) AS known,
               arrayExists(f -> if(months = 0, abs(dateDiff('day', f.1, at)) <= days, abs(dateDiff('month', f.1, at)) <= months), others) AS beside,
               arrayExists(f -> f.1 < at AND greatest(abs(f.2), f.3) > 0, others) AS began,
               measure IN {money:Array(String)} AS in_money, measure IN {intermittent:Array(String)} AS comes_and_goes
        FROM
        (
            SELECT measure, organisation, at, months, days, own, nearest, arrayFirst(f -> f.1 = at, around) AS same, arrayFilter(f -> f.1 != at, around) AS others,
                   arrayFirst(f -> f.1 = nearest, around) AS last
            FROM place
        )
    ),
    found AS
    (
        SELECT *, arrayConcat(
                   if(has_row AND own.4 > 0 AND NOT (is_shown AND (same.5 > 0 OR abs(own.2 - same.2) * 3 <= abs(same.2))),
                      arrayConcat(
                          if((among >= 3 OR beside AND NOT in_money) AND most >= 500 AND n >= 8 * most
                             OR NOT in_money AND among >= 3 AND n > 0 AND least >= 10000 AND n * 8 <= least
                             OR (among >= 3 AND beside OR among >= 6) AND n > 0 AND greatest(n, middle) >= 500 AND most <= 1.5 * least AND abs(round(tens)) > 0
                                AND abs(tens - round(tens)) <= log10(1.08), ['far'], []),
                          if(among >= 6 AND NOT in_money AND NOT comes_and_goes AND most >= 500 AND n >= 1000 AND least > 0 AND n < 8 * most
                             AND n >= most * greatest(3, most / least), ['risen'], []),
                          if(n = 0 AND began AND NOT comes_and_goes AND (among >= 3 AND least >= if(in_money, 100000, 1000) OR among > 0 AND NOT in_money AND least >= 2000), ['zero'], [])), []),
                   if(has_row AND own.4 > 0 AND (last.4 >= 8 AND own.4 * 2 <= last.4
                       OR last.4 >= 20 AND own.4 <= 0.82 * last.4 AND greatest(abs(own.2), own.3) <= 0.9 * greatest(abs(last.2), last.3)), ['parts'], []),
                   if(NOT has_row AND began AND last.4 > 0, ['gone'], [])) AS all_found
        FROM
        (
            SELECT *, log10(n / middle) AS tens
            FROM (SELECT *, length(known) AS among, arrayMax(known) AS most, arrayMin(known) AS least, arrayReduce('medianExact', known) AS middle FROM near)
        )
    )
SELECT measure, at, organisation, arrayFilter(f -> f != 'gone', broken), toString(stated), of, usual, last_n, last_of, last_parts, own_parts,
       has(broken, 'gone') = 1 AS gone, lost = 1, empty = 1 AND measures_of_row > 0 AS nothing, measures_of_row, sheet, line, compared
FROM
(
    SELECT *, sumIf(carried, has(broken, 'gone')) OVER (PARTITION BY measure, at) AS went, sum(carried) OVER (PARTITION BY measure, at) AS all_carried,
           went >= least(0.003 * all_carried, if(in_money, 50000, 50)) AS lost, has_row AND max(n) OVER (PARTITION BY organisation, at) = 0 AS empty,
           countIf(has_row AND own_parts > 0) OVER (PARTITION BY organisation, at) AS measures_of_row
    FROM
    (
        SELECT measure, at, organisation, all_found AS broken, has_row, n, round(own.2, 2) AS stated, own.3 AS of, if(among > 0, middle, 0) AS usual,
               last.2 AS last_n, last.3 AS last_of, last.4 AS last_parts, own.4 AS own_parts, own.6 AS sheet, own.5 AS line, last.1 AS compared,
               if(last_of > 0, last_of, abs(last_n)) AS carried, in_money
        FROM found
    )
)
WHERE notEmpty(arrayFilter(f -> f != 'gone', broken)) OR lost AND (last_parts > 0 OR own_parts > 0) OR nothing AND last_n > 0
ORDER BY measure, at, organisation
SETTINGS max_block_size = 4096 -- with each row go the periods of its organisation
