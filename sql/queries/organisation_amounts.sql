-- What each organisation of a place had of some components in each period: their sum, null where none was reported.
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
    )
SELECT if(place.footprint != '', place.footprint, 'UNALLOCATED') AS footprint, summed.organisation AS organisation, summed.period AS period,
       if(place.footprint = '' OR place.share = 1, summed.amount, CAST(CAST(summed.amount AS Nullable(Decimal(76, 18))) * place.share AS Nullable(Decimal(38, 18))))
FROM summed
LEFT JOIN place ON place.organisation = summed.organisation AND place.valid_from <= summed.codes_on AND summed.codes_on < place.valid_to
ORDER BY footprint, organisation, period
