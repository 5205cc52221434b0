-- What each organisation of a place had of some components in each period: their sum, not a number where none was reported.
WITH place AS (SELECT organisation, footprint, share, valid_from, valid_to FROM current_membership(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64},
    including = 0, excluding = 0) WHERE share > 0),
    cell AS
    (
        SELECT organisation, period, if({denominators:Bool}, denominator, numerator) AS amount, codes_on
        FROM current_observation(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0,
                                 measures = {component:Array(String)}, from = {from:Date}, to = {to:Date})
    ),
    summed AS
    (
        SELECT organisation, period, sum(cell.amount) AS amount, any(cell.codes_on) AS codes_on
        FROM cell
        GROUP BY organisation, period
    ),
    placed AS
    (
        SELECT if(place.footprint != '', place.footprint, 'UNALLOCATED') AS footprint, summed.organisation AS organisation, summed.period AS period,
               ifNull(toFloat64(summed.amount), nan) * if(place.footprint = '', 1, toFloat64(place.share)) AS amount
        FROM summed
        LEFT JOIN place ON place.organisation = summed.organisation AND place.valid_from <= summed.codes_on AND summed.codes_on < place.valid_to
    )
SELECT footprint, organisation, stated.1, stated.2
FROM (SELECT footprint, organisation, arraySort(groupArray((period, amount))) AS stated FROM placed GROUP BY footprint, organisation)
ORDER BY footprint, organisation
