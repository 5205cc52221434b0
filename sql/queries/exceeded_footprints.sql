-- Footprints whose own figure, with a staged load, is less than that of the organisations in them together, by more than five. What a return does not
-- state is taken from what is shown now; a list of every organisation has them all, so that its footprints do not state more either.
SELECT measure, period, footprint, toString(own.1), parts, own.3, [if(own.2 > 0, own.2, staged_line)]
FROM
(
    SELECT measure, period, footprint, anyIf((n, if(staged, line, 0), sheet), is_footprint) AS own, max(is_footprint) AS has_own,
           sumIf(toFloat64(n), NOT is_footprint) AS parts, countIf(NOT is_footprint) AS beneath, max(staged) AS any_staged, anyIf(line, staged) AS staged_line
    FROM
    (
        SELECT c.1 AS n, c.4 AS staged, c.2 AS line, c.3 AS sheet, cell.measure AS measure, cell.period AS period, organisation IN {footprints:Array(String)} AS is_footprint,
               if(is_footprint, cell.organisation, place.footprint) AS footprint
        FROM
        (
            SELECT toString(o.measure) AS measure, o.period AS period, toString(o.organisation) AS organisation,
                   argMax((assumeNotNull(numerator), if(via_row > 0, via_row, row), toString(sheet), load_id = {load:UInt64}, codes_on), (rank, load_id)) AS c
            FROM observation AS o
            WHERE o.measure IN {measures:Array(String)} AND o.period BETWEEN {from:Date} AND {to:Date} AND status = 'reported' AND isNotNull(numerator) AND item = ''
              AND (load_id = {load:UInt64} OR o.measure NOT IN {listed:Array(String)} AND load_id IN
                  (
                      SELECT load_id
                      FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
                  ))
            GROUP BY measure, period, organisation
        ) AS cell
        LEFT JOIN
        (
            SELECT organisation, footprint, valid_from, valid_to
            FROM current_membership(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
            WHERE load_id = 0 AND share = 1 AND footprint != 'UNALLOCATED'
        ) AS place ON place.organisation = cell.organisation AND place.valid_from <= cell.c.5 AND cell.c.5 < place.valid_to
    )
    GROUP BY measure, period, footprint
)
WHERE footprint != '' AND has_own AND any_staged AND beneath > 0
  AND (parts > toFloat64(own.1) + 5 OR measure IN {listed:Array(String)} AND parts < toFloat64(own.1) - 5)
ORDER BY measure, period, footprint
LIMIT {limit:UInt32}
