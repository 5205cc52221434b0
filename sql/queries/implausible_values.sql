-- Figures of a staged load outside what is plausible of their measure: of a rate or share its value, of others the figure itself; or either divided by
-- the people that are known last. An organisation has at most the people of its footprint, and at least a five-hundredth of them.
WITH visible AS
    (
        SELECT load_id
        FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
    ),
    limits AS
    (
        SELECT t.1 AS measure, t.2 AS people, t.3 AS per, t.4 AS least, t.5 AS most
        FROM (SELECT arrayJoin(arrayZip({checked:Array(String)}, {people:Array(String)}, {per:Array(Float64)}, {least:Array(Float64)},
                                        {most:Array(Float64)})) AS t)
    ),
    known AS
    (
        SELECT measure, organisation AS place, toFloat64(assumeNotNull(argMax(numerator, (period, rank, load_id)))) AS number
        FROM observation
        WHERE load_id IN (visible) AND measure IN {people:Array(String)} AND organisation IN {footprints:Array(String)}
          AND status = 'reported' AND isNotNull(numerator)
        GROUP BY measure, organisation
    ),
    counted AS -- England has the people of all
    (
        SELECT measure, place, number FROM known
        UNION ALL
        SELECT measure, 'ENG', sum(number) FROM known GROUP BY measure
    ),
    place AS
    (
        SELECT organisation, footprint, valid_from, valid_to
        FROM current_membership(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
        WHERE load_id = 0 AND share > 0 AND footprint != 'UNALLOCATED' -- of a known code
    ),
    located AS
    (
        SELECT o.measure AS measure, o.period AS period, o.organisation AS organisation, o.sheet AS sheet, if(o.via_row > 0, o.via_row, o.row) AS line,
               o.numerator AS numerator, o.denominator AS denominator, o.organisation = 'ENG' OR o.organisation IN {footprints:Array(String)} AS whole_place,
               if(whole_place, o.organisation, place.footprint) AS footprint
        FROM observation AS o
        LEFT JOIN place ON place.organisation = o.organisation AND place.valid_from <= o.codes_on AND o.codes_on < place.valid_to
        WHERE o.load_id = {load:UInt64} AND o.measure IN {checked:Array(String)} AND o.status = 'reported' AND isNotNull(o.numerator) AND o.item = ''
          AND (isNull(o.denominator) OR o.denominator > 0)
    ),
    stated AS
    (
        SELECT located.measure AS measure, located.period AS period, located.organisation AS organisation, located.sheet AS sheet, located.line AS line,
               assumeNotNull(located.numerator) AS figure, ifNull(toString(located.denominator), '') AS of, limits.people AS people, limits.most AS most,
               if(people = '' OR located.whole_place, limits.least, limits.least / 500) AS least, if(people = '', 1, counted.number) AS persons,
               toFloat64(figure) / if(isNull(located.denominator), 1, toFloat64(assumeNotNull(located.denominator))) * limits.per / persons AS value
        FROM located
        INNER JOIN limits ON limits.measure = located.measure
        LEFT JOIN counted ON counted.measure = limits.people AND counted.place = located.footprint
    )
SELECT measure, period, organisation, toString(figure), of, if(people = '', 0, persons), least, most, value, sheet, [line]
FROM stated
WHERE persons > 0 AND (value < least OR value > most)
ORDER BY measure, period, line
LIMIT {limit:UInt32}
