-- The published cells beneath the figures of footprints, of England, of the unallocated or of one organisation. Those of a load's own
-- file are kept with a blank in the place of the file.
WITH
    cell AS
    (
        SELECT *
        FROM current_observation(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0,
                                 measures = {component:Array(String)}, from = {from:Date}, to = {to:Date})
        WHERE {organisation:String} IN ('', organisation)
    ),
    place AS (SELECT * FROM current_membership(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0)),
    located AS
    (
        SELECT cell.*, place.source AS source, place.placings AS placings,
               place.footprint != '' AND place.share = 0 AND place.load_id = 0 AS elsewhere, -- the reference has it among the unallocated
               if(place.footprint != '', place.share, 1) AS share,
               multiIf(cell.organisation = 'ENG' OR cell.organisation IN {footprints:Array(String)}, cell.organisation,
                       place.footprint != '', place.footprint, 'UNALLOCATED') AS footprint
        FROM cell
        LEFT JOIN place ON place.organisation = cell.organisation AND place.valid_from <= cell.codes_on AND cell.codes_on < place.valid_to
             AND (place.load_id = 0 OR place.load_id = cell.load_id)
    ),
    covered AS
    (
        SELECT period
        FROM precedence(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0,
                        measures = {component:Array(String)}, from = {from:Date}, to = {to:Date})
        WHERE listed
        GROUP BY period
        HAVING uniqExact(measure) = length({component:Array(String)})
    ),
    weighed AS
    (
        SELECT *,
               organisation = footprint AS stated,
               uniqExactIf(measure, stated AND numerator IS NOT NULL) OVER (PARTITION BY period, footprint) = length({component:Array(String)})
                   AND countIf(stated AND numerator IS NULL) OVER (PARTITION BY period, footprint) = 0
                   AND period NOT IN (SELECT period FROM covered) AS place_stated,
               max(NOT stated) OVER (PARTITION BY period, footprint) AS place_has_parts,
               uniqExactIf(measure, footprint = 'ENG' AND numerator IS NOT NULL) OVER (PARTITION BY period) = length({component:Array(String)})
                   AND countIf(footprint = 'ENG' AND numerator IS NULL) OVER (PARTITION BY period) = 0
                   AND ({england:Bool} OR period NOT IN (SELECT period FROM covered)) AS england_stated, -- of some measures it stands above the parts
               max(footprint != 'ENG') OVER (PARTITION BY period) AS england_has_parts
        FROM located
    ),
    published AS
    (
        SELECT load_id, argMax((at, definition, source, file, sha256, released), at) AS l FROM load
        WHERE state = 'published' AND at <= {at:DateTime64(6, 'UTC')} GROUP BY load_id
    )
SELECT weighed.measure, weighed.period, weighed.organisation, weighed.item, weighed.footprint, weighed.source, weighed.placings, weighed.share,
       numerator, denominator, status, note, weighed.load_id, if(weighed.file = '', l.4, weighed.file), if(weighed.file = '', l.5, weighed.sha256),
       sheet, row, column, raw, if(weighed.file = '', l.6, weighed.released),
       if(via_file = '' AND via_row != 0, l.4, via_file), via_row,
       published.l.1, published.l.2, published.l.3
FROM weighed
INNER JOIN published ON published.load_id = weighed.load_id
-- A figure stated for a place stands instead of the sum of its parts, as in roll_up.sql.
WHERE NOT (elsewhere AND (has({scopes:Array(String)}, 'ENG') OR {organisation:String} != ''))
  AND ({organisation:String} != '' OR if(place_stated, stated, NOT stated OR NOT place_has_parts)
  AND if(has({scopes:Array(String)}, 'ENG'), if(england_stated, weighed.footprint = 'ENG', weighed.footprint != 'ENG' OR NOT england_has_parts),
         weighed.footprint IN {scopes:Array(String)}))
ORDER BY weighed.period, weighed.organisation, weighed.measure, weighed.item, weighed.footprint
-- One that is not known may belong to several footprints, and is listed once for England.
LIMIT 1 BY weighed.period, weighed.organisation, weighed.measure, weighed.item,
           if(weighed.share = 0 AND (has({scopes:Array(String)}, 'ENG') OR {organisation:String} != ''), '', weighed.footprint)
