-- Makes the footprint values of one load, of the measures and periods it touched, from every observation visible with it.
-- A measure is a sum of components; an organisation without one of them has no value, nor has its footprint.
INSERT INTO footprint_value
WITH
    term AS
    (
        SELECT t.1 AS made, t.2 AS component, t.3 AS field, t.4 AS part, t.5 AS coefficient, t.6 AS bit, t.7 AS bits
        FROM (SELECT arrayJoin(arrayZip({made:Array(String)}, {component:Array(String)}, {field:Array(String)}, {part:Array(String)},
                                        {coefficient:Array(Int8)}, {bit:Array(UInt64)}, {bits:Array(UInt64)})) AS t)
    ),
    touched AS
    (
        SELECT t.1 AS made, t.2 AS period
        FROM (SELECT arrayJoin(arrayZip({touched_made:Array(String)}, {touched_period:Array(Date)})) AS t)
    ),
    visible AS
    (
        SELECT load_id
        FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {load:UInt64}, excluding = {without:UInt64})
    ),
    gap AS -- periods of organisations whose published figures are known to lack a part
    (
        SELECT t.1 AS component, t.2 AS organisation, t.3 AS period
        FROM (SELECT arrayJoin(arrayZip({gap_component:Array(String)}, {gap_organisation:Array(String)}, {gap_period:Array(Date)})) AS t)
    ),
    listing AS -- where a load lists every organisation
    (
        SELECT DISTINCT measure, period
        FROM observation
        WHERE {listed:Bool} AND load_id IN (visible) AND whole AND period IN {touched_period:Array(Date)} AND measure IN {touched_component:Array(String)}
    ),
    latest AS -- nothing is superseded where, as contested.sql tells, all was said once: contested_component is then empty
    (
        SELECT measure, period, organisation, item, numerator, denominator, codes_on, load_id
        FROM observation
        WHERE NOT {contested:Bool} AND load_id IN (visible) AND period IN {touched_period:Array(Date)} AND measure IN {touched_component:Array(String)}
        UNION ALL
        SELECT measure, period, organisation, item, numerator, denominator, codes_on, load_id
        FROM current_observation(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {load:UInt64}, excluding = {without:UInt64},
                                 measures = {contested_component:Array(String)}, from = {from:Date}, to = {to:Date})
        WHERE period IN {touched_period:Array(Date)}
    ),
    place AS
    (
        SELECT organisation, footprint, share, valid_from, valid_to, load_id
        FROM current_membership(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {load:UInt64}, excluding = {without:UInt64})
    ),
    located AS
    (
        SELECT latest.measure AS measure, latest.period AS period, latest.organisation AS organisation, latest.item AS item, latest.load_id AS load_id,
               multiIf(latest.organisation = 'ENG' OR latest.organisation IN {footprints:Array(String)}, latest.organisation,
                       place.footprint != '', place.footprint, 'UNALLOCATED') AS footprint,
               latest.organisation = footprint AS stated,
               place.footprint != '' AND place.share != 1 AS shared,
               shared AND place.share = 0 AS possible, -- it may belong here: its figure is not the footprint's
               (latest.measure, latest.organisation, latest.period) IN (SELECT component, organisation, period FROM gap) AS lacks,
               possible AND place.load_id = 0 AS elsewhere, -- and the reference has it among the unallocated, where its figure counts
               multiIf(possible OR lacks, NULL, shared, CAST(CAST(latest.numerator AS Nullable(Decimal(76, 18))) * place.share AS Nullable(Decimal(38, 18))), latest.numerator) AS numerator,
               multiIf(possible OR lacks, NULL, shared, CAST(CAST(latest.denominator AS Nullable(Decimal(76, 18))) * place.share AS Nullable(Decimal(38, 18))), latest.denominator) AS denominator
        FROM latest
        LEFT JOIN place ON place.organisation = latest.organisation
             AND place.valid_from <= latest.codes_on AND latest.codes_on < place.valid_to
             AND (place.load_id = 0 OR place.load_id = latest.load_id) -- where one that is not known may belong, its own load says
    ),
    summed AS -- of each place, the figure stated for it and the sum of its organisations
    (
        SELECT made, period, footprint, stated,
               sumIf(amount * coefficient, part = 'numerator') AS numerator,
               sumOrNullIf(amount * coefficient, part = 'denominator') AS denominator,
               countIf(single) AS singles, groupArrayIf(organisation, NOT single) AS others,
               groupArrayIf(organisation, amount IS NULL) AS blank,
               groupUniqArrayIf(toString(organisation), elsewhere) AS elsewhere,
               groupArrayIf((organisation, bit, part = 'numerator', amount * coefficient), NOT only) AS found,
               any(bits) AS needed,
               max(load_id) AS newest_load
        FROM
        (
            SELECT term.made AS made, located.period AS period, located.organisation AS organisation, located.footprint AS footprint,
                   located.stated AS stated, located.elsewhere AS elsewhere, located.load_id AS load_id, term.coefficient AS coefficient, term.part AS part,
                   term.bit AS bit, term.bits AS bits,
                   term.bits = 1 AND located.item = '' AS only, -- the only row of its organisation
                   only AND NOT located.shared AS single,
                   if(term.field = 'numerator', located.numerator, located.denominator) AS amount
            FROM located
            INNER JOIN term ON term.component = located.measure
        )
        GROUP BY made, period, footprint, stated
        HAVING (made, period) IN (SELECT made, period FROM touched)
    ),
    covered AS -- where each component is listed whole, so that a sum can be whole
    (
        SELECT term.made AS made, listing.period AS period
        FROM listing
        INNER JOIN term ON term.component = listing.measure
        GROUP BY made, period
        HAVING groupBitOr(term.bit) = any(term.bits)
    ),
    weighed AS
    (
        SELECT *,
               (made, period) IN (SELECT made, period FROM covered) AS covered,
               -- Those with a blank figure, and of a measure with several components those without one of them.
               arrayConcat(arrayMap(code -> toString(code), blank),
                           mapKeys(mapFilter((code, bits) -> bits != needed,
                                             arrayReduce('groupBitOrMap', arrayMap(f -> map(toString(f.1), f.2), found))))) AS missing,
               -- what those that lack some of it have of the rest is no part of a partial figure
               if(empty(missing), [], arrayFilter(f -> f.4 IS NOT NULL AND has(missing, toString(f.1)), found)) AS unmatched,
               numerator - arraySum(f -> if(f.3, assumeNotNull(f.4), 0), unmatched) AS partial_numerator,
               denominator - arraySum(f -> if(f.3, 0, assumeNotNull(f.4)), unmatched) AS partial_denominator,
               stated AND empty(missing) AND NOT covered AS counts,
               -- which is mostly the case nowhere, as contested.sql tells
               if({stated:Bool}, max(counts) OVER (PARTITION BY made, period, footprint), false) AS place_stated,
               if({stated:Bool}, max(NOT stated) OVER (PARTITION BY made, period, footprint), true) AS place_has_parts,
               if({stated:Bool}, max(counts AND footprint = 'ENG') OVER (PARTITION BY made, period), false) AS england_stated,
               if({stated:Bool}, max(footprint != 'ENG') OVER (PARTITION BY made, period), true) AS england_has_parts
        FROM summed
    ),
    former AS -- places that had a figure; one that has no organisation any more is told so
    (
        SELECT v.measure AS made, v.footprint AS scope, v.period AS period
        FROM footprint_value AS v
        WHERE v.load_id IN (visible) AND (v.measure, v.period) IN (SELECT made, period FROM touched)
        GROUP BY made, scope, period
        HAVING argMax(organisations, load_id) > 0
    ),
    area AS -- a figure stated for a place stands instead of the sum of its parts where no load lists them all
    (
        SELECT made, arrayJoin(if(footprint = 'ENG', ['ENG'], [footprint, 'ENG'])) AS scope, period, footprint, stated, covered,
               singles, if(scope = 'ENG', arrayFilter(code -> NOT has(elsewhere, toString(code)), others), others) AS others,
               if(scope = 'ENG', arrayFilter(code -> NOT has(elsewhere, code), missing), missing) AS missing,
               numerator, denominator, partial_numerator, partial_denominator, newest_load
        FROM weighed
        WHERE if(place_stated, stated, NOT stated OR NOT place_has_parts)
          AND if(scope = 'ENG', if(england_stated, footprint = 'ENG', footprint != 'ENG' OR NOT england_has_parts), true)
        UNION ALL
        SELECT made, scope, period, '', false, true, 0, [], [], NULL, NULL, NULL, NULL, 0 FROM former
    ),
    value AS
    (
        SELECT made, scope, period,
               sum(singles) + length(arrayDistinct(groupArrayArray(others))) AS organisations,
               -- A sum of organisations is whole where a load lists them all, or for England where each of the 44 is stated.
               arraySort(arrayDistinct(arrayConcat(groupArrayArray(missing),
                                                   if(min(covered) OR max(stated AND footprint = scope)
                                                          OR countIf(stated) = length({footprints:Array(String)}), [], ['UNLISTED'])))) AS missing,
               if(empty(missing), sum(area.numerator), NULL) AS numerator,
               if(empty(missing), sum(area.denominator), NULL) AS denominator,
               -- Where no one lists all, a sum of some is nobody's figure.
               notEmpty(missing) AND NOT has(missing, 'UNLISTED') AND length(missing) < organisations AS partial,
               if(partial, sum(area.partial_numerator), NULL) AS partial_numerator,
               if(partial, sum(area.partial_denominator), NULL) AS partial_denominator,
               max(area.newest_load) AS newest_load
        FROM area
        GROUP BY made, scope, period
    )
SELECT made, scope, period, numerator, denominator, organisations, missing,
       transform(made, {measures:Array(String)}, {definitions:Array(String)}, ''),
       if(newest_load = 0, {load:UInt64}, newest_load), {load:UInt64}, partial_numerator, partial_denominator
FROM value
