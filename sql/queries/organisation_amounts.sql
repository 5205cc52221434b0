-- What each organisation of a place had of some measures in each period: the sum of their components, not a number where none was reported.
WITH place AS (SELECT organisation, footprint, share, valid_from, valid_to FROM current_membership(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64},
    including = 0, excluding = 0) WHERE share > 0),
    term AS
    (
        SELECT t.1 AS made, t.2 AS component, t.3 AS field
        FROM (SELECT arrayJoin(arrayZip({made:Array(String)}, {component:Array(String)}, {field:Array(String)})) AS t)
    ),
    cell AS
    (
        SELECT organisation, measure, period, numerator, denominator, codes_on
        FROM current_observation(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0,
                                 measures = {component:Array(String)}, from = {from:Date}, to = {to:Date})
    ),
    summed AS
    (
        SELECT term.made AS made, organisation, period, sum(if(term.field = 'denominator', cell.denominator, cell.numerator)) AS amount, any(cell.codes_on) AS codes_on
        FROM cell
        INNER JOIN term ON term.component = cell.measure
        GROUP BY made, organisation, period
    ),
    placed AS
    (
        SELECT summed.made AS made, if(place.footprint != '', place.footprint, 'UNALLOCATED') AS footprint, summed.organisation AS organisation,
               summed.period AS period, ifNull(toFloat64(summed.amount), nan) * if(place.footprint = '', 1, toFloat64(place.share)) AS amount
        FROM summed
        LEFT JOIN place ON place.organisation = summed.organisation AND place.valid_from <= summed.codes_on AND summed.codes_on < place.valid_to
    )
SELECT made, footprint, organisation, stated.1, stated.2
FROM (SELECT made, footprint, organisation, arraySort(groupArray((period, amount))) AS stated FROM placed GROUP BY made, footprint, organisation)
ORDER BY made, footprint, organisation
