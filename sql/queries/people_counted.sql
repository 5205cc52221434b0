-- Numbers of people in a staged load that are far from what is known: for an organisation, what it stated last by codes of at most three years
-- before or after, as an area may grow and keep its code; without that, for a footprint, the population that is loaded. An organisation, or all of
-- one footprint together, has no more than the footprint, and where it counts all its people no less than a five-hundredth: the Isles of Scilly have
-- a 250th of Cornwall's. A returned rate of more than one for each person is that of exchanged columns: the highest true one here, delayed days of a
-- quarter, is under a tenth.
WITH visible AS
    (
        SELECT load_id
        FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
    ),
    checked AS
    (
        SELECT t.1 AS measure, t.2 AS population, t.3 AS some
        FROM (SELECT arrayJoin(arrayZip({checked:Array(String)}, {population:Array(String)}, {some:Array(UInt8)})) AS t)
    ),
    place AS
    (
        SELECT organisation, footprint, valid_from, valid_to
        FROM current_membership(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
        WHERE load_id = 0 AND share > 0 AND footprint != 'UNALLOCATED' -- of a known code
    ),
    known AS -- of a footprint
    (
        SELECT measure, organisation AS footprint, ifNull(toFloat64(argMax(numerator, (period, rank, load_id))), 0) AS known_people
        FROM observation
        WHERE load_id IN (visible) AND measure IN (SELECT population FROM checked) AND status = 'reported' AND isNotNull(numerator)
        GROUP BY measure, footprint
    ),
    own AS -- what an organisation stated last
    (
        SELECT measure, organisation,
               groupArray((period, rank, load_id, codes_on, ifNull(toFloat64(ifNull(denominator, numerator)), 0))) AS all_stated
        FROM observation
        WHERE load_id IN (visible) AND measure IN (SELECT measure FROM observation WHERE load_id = {load:UInt64} AND measure IN (SELECT measure FROM checked))
          AND status = 'reported' AND isNotNull(numerator)
        GROUP BY measure, organisation
    ),
    stated AS
    (
        SELECT o.measure AS measure, o.period AS period, o.organisation AS organisation, o.sheet AS sheet, if(o.via_row > 0, o.via_row, o.row) AS line,
               o.denominator IS NOT NULL AS ratio, assumeNotNull(ifNull(o.denominator, o.numerator)) AS figure, toFloat64(figure) AS people,
               toFloat64(assumeNotNull(o.numerator)) AS part, o.codes_on AS codes_on, (NOT o.whole AND (o.via_row = 0 OR o.measure IN {local:Array(String)})) AS returned,
               checked.population AS population, checked.some AS some, o.organisation IN {footprints:Array(String)} AS is_footprint,
               if(is_footprint, o.organisation, place.footprint) AS footprint
        FROM observation AS o
        INNER JOIN checked ON checked.measure = o.measure
        LEFT JOIN place ON place.organisation = o.organisation AND place.valid_from <= o.codes_on AND o.codes_on < place.valid_to
        WHERE o.load_id = {load:UInt64} AND o.status = 'reported' AND isNotNull(o.numerator) AND o.item = ''
    ),
    beside AS
    (
        SELECT stated.measure AS measure, stated.period AS period, stated.organisation AS organisation, stated.sheet AS sheet, stated.line AS line,
               stated.ratio AS ratio, stated.figure AS figure, stated.people AS people, stated.part AS part, stated.returned AS returned,
               stated.population AS population, stated.some AS some,
               stated.is_footprint AS is_footprint, stated.footprint AS footprint, known.known_people AS of_footprint,
               arraySort(s -> (s.1, s.2, s.3), arrayFilter(s -> abs(s.4 - stated.codes_on) <= 3 * 366, own.all_stated))[-1].5 AS stated_last
        FROM stated
        LEFT JOIN known ON known.measure = stated.population AND known.footprint = stated.footprint
        LEFT JOIN own ON own.measure = stated.measure AND own.organisation = stated.organisation
    ),
    judged AS
    (
        SELECT *,
               (of_footprint > 0 AND people > of_footprint * if(some, 1, 4 / 3)) AS too_many,
               stated_last > 0 AND abs(people / stated_last - 1) <= 1 / 3 AS as_before,
               (returned AND ratio AND some = 0 AND part > people) AS exchanged,
               (returned AND some = 0 AND NOT is_footprint AND of_footprint > 0 AND people * 500 < of_footprint AND as_before = 0) AS few,
               multiIf(exchanged OR few, 1,
                       some = 0 AND stated_last > 0, as_before = 0,
                       some = 0 AND is_footprint AND of_footprint > 0, abs(people / of_footprint - 1) > 1 / 3,
                       too_many AND as_before = 0) AS far
        FROM beside
    )
SELECT measure, period, if(together, footprint, organisation), toString(if(together, all_stated, figure)),
       round(multiIf(together, of_footprint, exchanged, part, few, of_footprint, some = 0 AND stated_last > 0, stated_last, of_footprint)), ratio,
       multiIf(together, 'together', exchanged, 'numerator', few, 'few', some = 0 AND stated_last > 0, 'last', is_footprint AND some = 0, 'known', 'footprint'),
       population, sheet, if(together, arraySlice(arraySort(all_lines), 1, 5), [line])
FROM
(
    SELECT *, sum(figure) OVER place AS all_stated, sum(people) OVER place AS all_people, sum(stated_last) OVER place AS all_last,
           min(stated_last) OVER place AS least_last, max(far) OVER place AS any_far, groupArray(line) OVER place AS all_lines, min(line) OVER place AS first
    FROM judged
    WINDOW place AS (PARTITION BY measure, period, footprint, is_footprint)
)
ARRAY JOIN [false, true] AS together
WHERE if(together, NOT is_footprint AND footprint != '' AND line = first AND length(all_lines) > 1 AND NOT any_far AND of_footprint > 0
                   AND all_people > of_footprint * if(some, 1, 4 / 3) AND NOT (least_last > 0 AND abs(all_people / all_last - 1) <= 1 / 3), far)
ORDER BY together, measure, period, if(together, footprint, ''), line
LIMIT {limit:UInt32} BY together
