-- Makes the footprint values of one load, of the measures and periods it touched, from every observation visible with it.
-- A measure is a sum of components; an organisation without one of them has no value, nor has its footprint.
INSERT INTO footprint_value
WITH
    visible AS
    (
        SELECT load_id FROM load WHERE load_id != {without:UInt64} GROUP BY load_id HAVING argMax(state, at) = 'published'
        UNION ALL
        SELECT {load:UInt64}
    ),
    term AS
    (
        SELECT t.1 AS made, t.2 AS component, t.3 AS field, t.4 AS part, t.5 AS coefficient, t.6 AS definition
        FROM (SELECT arrayJoin(arrayZip({made:Array(String)}, {component:Array(String)}, {field:Array(String)},
                                        {part:Array(String)}, {coefficient:Array(Int8)}, {definition:Array(String)})) AS t)
    ),
    touched AS
    (
        SELECT t.1 AS made, t.2 AS period
        FROM (SELECT arrayJoin(arrayZip({touched_made:Array(String)}, {touched_period:Array(Date)})) AS t)
    ),
    newest AS -- the newest load that lists every organisation; what an older such load says is superseded
    (
        SELECT measure, period, max((rank, load_id)) AS mark
        FROM
        (
            SELECT measure, period, load_id, any(rank) AS rank
            FROM observation
            WHERE load_id IN (visible) AND whole AND period IN {touched_period:Array(Date)}
              AND measure IN {touched_component:Array(String)}
            GROUP BY measure, period, load_id
            HAVING countIf(status = 'rejected') = 0
        )
        GROUP BY measure, period
    ),
    covered AS -- where some load lists every organisation, so that a sum can be whole
    (
        SELECT measure, period, true AS yes
        FROM observation
        WHERE load_id IN (visible) AND whole AND period IN {touched_period:Array(Date)}
          AND measure IN {touched_component:Array(String)}
        GROUP BY measure, period
    ),
    latest AS
    (
        SELECT o.measure AS measure, o.period AS period, o.organisation AS organisation,
               argMax((numerator, denominator, codes_on, o.load_id), (status != 'rejected', rank, o.load_id)) AS cell
        FROM observation AS o
        LEFT JOIN newest ON newest.measure = o.measure AND newest.period = o.period
        WHERE o.load_id IN (visible)
          AND o.period IN {touched_period:Array(Date)}
          AND o.measure IN {touched_component:Array(String)}
          AND (NOT whole OR (rank, o.load_id) >= newest.mark)
          AND (status != 'rejected' OR newest.mark.2 = 0) -- an earlier load without rejections still holds
        GROUP BY measure, period, organisation
    ),
    part AS
    (
        SELECT term.made AS made, term.part AS part, term.coefficient AS coefficient, term.definition AS definition,
               latest.period AS period, latest.organisation AS organisation,
               latest.cell.3 AS codes_on, latest.cell.4 AS cell_load, covered.yes AS covered,
               if(term.field = 'numerator', latest.cell.1, latest.cell.2) AS amount
        FROM latest
        INNER JOIN term ON term.component = latest.measure
        LEFT JOIN covered ON covered.measure = latest.measure AND covered.period = latest.period
        WHERE (term.made, latest.period) IN (SELECT made, period FROM touched)
    ),
    terms AS
    (
        SELECT made, count() AS needed FROM term GROUP BY made
    ),
    organisation_value AS
    (
        SELECT made, definition, period, organisation, max(codes_on) AS codes_on, max(cell_load) AS newest_load, min(covered) AS covered,
               count(amount) = any(terms.needed) AS complete,
               if(complete, sumIf(amount * coefficient, part = 'numerator'), NULL) AS numerator,
               if(complete AND countIf(part = 'denominator') > 0, sumIf(amount * coefficient, part = 'denominator'), NULL) AS denominator
        FROM part
        INNER JOIN terms ON terms.made = part.made
        GROUP BY made, definition, period, organisation
    ),
    place AS
    (
        SELECT organisation, footprint, share, valid_from, valid_to
        FROM membership
        WHERE load_id = (SELECT max(load_id) FROM membership WHERE load_id IN (visible))
    ),
    allocated AS
    (
        SELECT v.made AS made, v.definition AS definition, v.period AS period, v.organisation AS organisation, v.complete AS complete,
               v.covered AS covered, v.newest_load AS newest_load,
               v.numerator AS numerator, v.denominator AS denominator,
               multiIf(v.organisation = 'ENG' OR has({footprints:Array(String)}, v.organisation), v.organisation,
                       p.footprint != '', p.footprint, 'UNALLOCATED') AS footprint,
               if(p.footprint != '', p.share, toDecimal32(1, 6)) AS share
        FROM organisation_value AS v
        LEFT JOIN place AS p ON p.organisation = v.organisation
             AND p.valid_from <= v.codes_on AND v.codes_on < p.valid_to
    ),
    weighed AS
    (
        SELECT *,
               organisation = footprint AS stated,
               max(stated AND complete AND NOT covered) OVER (PARTITION BY made, period, footprint) AS place_stated,
               max(NOT stated) OVER (PARTITION BY made, period, footprint) AS place_has_parts,
               max(stated AND complete AND footprint = 'ENG' AND NOT covered) OVER (PARTITION BY made, period) AS england_stated,
               max(footprint != 'ENG') OVER (PARTITION BY made, period) AS england_has_parts
        FROM allocated
    ),
    area AS -- a figure stated for a place stands instead of the sum of its parts where no load lists them all
    (
        SELECT *, arrayJoin(if(footprint = 'ENG', ['ENG'], [footprint, 'ENG'])) AS scope
        FROM weighed
        WHERE if(place_stated, stated, NOT stated OR NOT place_has_parts)
          AND if(scope = 'ENG', if(england_stated, footprint = 'ENG', footprint != 'ENG' OR NOT england_has_parts), true)
    ),
    former AS -- places that had a figure; one that has no organisation any more is told so
    (
        SELECT v.measure AS made, v.footprint AS scope, v.period AS period
        FROM footprint_value AS v
        WHERE v.load_id IN (visible) AND (v.measure, v.period) IN (SELECT made, period FROM touched)
        GROUP BY made, scope, period
        HAVING argMax(organisations, load_id) > 0
    )
SELECT made,
       scope,
       period,
       if(empty(missing), CAST(sum(CAST(numerator AS Nullable(Decimal(76, 18))) * share) AS Nullable(Decimal(38, 18))), NULL),
       if(empty(missing), CAST(sum(CAST(denominator AS Nullable(Decimal(76, 18))) * share) AS Nullable(Decimal(38, 18))), NULL),
       uniqExactIf(organisation, NOT gone),
       -- A sum of organisations is whole where a load lists them all, or for England where each of the 44 is stated.
       arraySort(arrayConcat(groupUniqArrayIf(toString(organisation), NOT complete),
                             if(min(covered) OR max(stated AND footprint = scope)
                                    OR uniqExactIf(footprint, stated) = length({footprints:Array(String)}), [], ['UNLISTED']))) AS missing,
       definition,
       if(max(newest_load) = 0, {load:UInt64}, max(newest_load)),
       {load:UInt64}
FROM
(
    SELECT made, definition, scope, footprint, period, organisation, complete, covered, stated, numerator, denominator, share, newest_load, false AS gone
    FROM area
    UNION ALL
    SELECT former.made, term.definition, scope, '', period, '', true, true, false, NULL, NULL, toDecimal32(0, 6), 0, true
    FROM former
    INNER JOIN (SELECT DISTINCT made, definition FROM term) AS term ON term.made = former.made
)
GROUP BY made, definition, scope, period
