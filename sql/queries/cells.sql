-- The published cells beneath the figures of footprints, of England, of the unallocated or of one organisation. Those of a load's own
-- file are kept with a blank in the place of the file.
WITH visible AS
    (
        SELECT load_id FROM load WHERE at <= {at:DateTime64(6, 'UTC')} AND load_id <= {bound:UInt64}
        GROUP BY load_id HAVING argMax(state, at) = 'published'
    ),
    newest AS -- the newest load that lists every organisation; what an older such load says is superseded
    (
        SELECT measure, period, max((rank, load_id)) AS mark
        FROM
        (
            SELECT measure, period, load_id, any(rank) AS rank
            FROM observation
            WHERE load_id IN (visible) AND whole AND period BETWEEN {from:Date} AND {to:Date} AND measure IN {component:Array(String)}
            GROUP BY measure, period, load_id
            HAVING countIf(status = 'rejected') = 0
        )
        GROUP BY measure, period
    ),
    cell AS
    (
        SELECT o.measure AS measure, o.period AS period, o.organisation AS organisation, o.item AS item,
               argMax((numerator, denominator, status, note, codes_on, o.load_id, file, sha256, sheet, row, column, raw, released, via_file, via_row),
                      (status != 'rejected', rank, o.load_id)) AS c
        FROM observation AS o
        LEFT JOIN newest ON newest.measure = o.measure AND newest.period = o.period
        WHERE o.load_id IN (visible) AND o.period BETWEEN {from:Date} AND {to:Date} AND o.measure IN {component:Array(String)}
          AND {organisation:String} IN ('', o.organisation)
          AND (NOT whole OR (rank, o.load_id) >= newest.mark)
          AND (status != 'rejected' OR newest.mark.2 = 0)
        GROUP BY measure, period, organisation, item
    ),
    place AS
    (
        SELECT organisation, footprint, share, valid_from, valid_to, source
        FROM membership
        WHERE load_id = (SELECT max(load_id) FROM membership WHERE load_id IN (visible))
    ),
    located AS
    (
        SELECT cell.measure AS measure, cell.period AS period, cell.organisation AS organisation, cell.item AS item, cell.c AS c, place.source AS source,
               if(place.footprint != '', place.share, 1) AS share,
               multiIf(cell.organisation = 'ENG' OR cell.organisation IN {footprints:Array(String)}, cell.organisation,
                       place.footprint != '', place.footprint, 'UNALLOCATED') AS footprint
        FROM cell
        LEFT JOIN place ON place.organisation = cell.organisation AND place.valid_from <= cell.c.5 AND cell.c.5 < place.valid_to
    ),
    covered AS
    (
        SELECT period
        FROM observation
        WHERE load_id IN (visible) AND whole AND period BETWEEN {from:Date} AND {to:Date} AND measure IN {component:Array(String)}
        GROUP BY period
        HAVING uniqExact(measure) = length({component:Array(String)})
    ),
    weighed AS
    (
        SELECT *,
               organisation = footprint AS stated,
               uniqExactIf(measure, stated AND c.1 IS NOT NULL) OVER (PARTITION BY period, footprint) = length({component:Array(String)})
                   AND countIf(stated AND c.1 IS NULL) OVER (PARTITION BY period, footprint) = 0
                   AND period NOT IN (SELECT period FROM covered) AS place_stated,
               max(NOT stated) OVER (PARTITION BY period, footprint) AS place_has_parts,
               uniqExactIf(measure, footprint = 'ENG' AND c.1 IS NOT NULL) OVER (PARTITION BY period) = length({component:Array(String)})
                   AND countIf(footprint = 'ENG' AND c.1 IS NULL) OVER (PARTITION BY period) = 0
                   AND period NOT IN (SELECT period FROM covered) AS england_stated,
               max(footprint != 'ENG') OVER (PARTITION BY period) AS england_has_parts
        FROM located
    ),
    published AS
    (
        SELECT load_id, argMax((at, definition, source, file, sha256, released), at) AS l FROM load WHERE state = 'published' AND at <= {at:DateTime64(6, 'UTC')} GROUP BY load_id
    )
SELECT weighed.measure, weighed.period, weighed.organisation, weighed.item, weighed.footprint, weighed.source, weighed.share,
       c.1, c.2, c.3, c.4, c.6, if(c.7 = '', l.4, c.7), if(c.7 = '', l.5, c.8), c.9, c.10, c.11, c.12, if(c.7 = '', l.6, c.13),
       if(c.14 = '' AND c.15 != 0, l.4, c.14), c.15,
       published.l.1, published.l.2, published.l.3
FROM weighed
INNER JOIN published ON published.load_id = c.6
-- A figure stated for a place stands instead of the sum of its parts, as in roll_up.sql.
WHERE {organisation:String} != '' OR if(place_stated, stated, NOT stated OR NOT place_has_parts)
  AND if(has({scopes:Array(String)}, 'ENG'), if(england_stated, weighed.footprint = 'ENG', weighed.footprint != 'ENG' OR NOT england_has_parts),
         weighed.footprint IN {scopes:Array(String)})
ORDER BY weighed.period, weighed.organisation, weighed.measure, weighed.item
