-- Makes the footprint values of one load, of the measures and periods it touched, from every observation visible with it.
-- A measure is a sum of components; an organisation without one of them has no value, nor has its footprint.
INSERT INTO footprint_value (measure, footprint, period, numerator, denominator, organisations, missing, definition, newest_load, load_id,
                             partial_numerator, partial_denominator, shared, shares)
WITH
    term AS
    (
        SELECT t.1 AS made, t.2 AS component, t.3 AS field, t.4 AS part, t.5 AS coefficient, t.6 AS bit, t.7 AS bits
        FROM (SELECT arrayJoin(arrayZip({made:Array(String)}, {component:Array(String)}, {field:Array(String)}, {part:Array(String)},
                                        {coefficient:Array(Int8)}, {bit:Array(UInt64)}, {bits:Array(UInt64)})) AS t)
    ),
    touched AS -- covered: a load lists every organisation of each component, so that a sum can be whole
    (
        SELECT t.1 AS made, t.2 AS period, t.3 AS covered
        FROM (SELECT arrayJoin(arrayZip({touched_made:Array(String)}, {touched_period:Array(Date)}, {touched_covered:Array(UInt8)})) AS t)
    ),
    gap AS -- periods of organisations whose published figures are known to lack a part
    (
        SELECT t.1 AS component, t.2 AS organisation, t.3 AS period
        FROM (SELECT arrayJoin(arrayZip({gap_component:Array(String)}, {gap_organisation:Array(String)}, {gap_period:Array(Date)})) AS t)
    ),
    latest AS -- undisputed_observation says the same sooner where, as roll_up_shortcuts.sql tells, nothing is superseded
    (
        SELECT measure, period, organisation, item, numerator, denominator, codes_on, load_id
        FROM current_observation(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {load:UInt64}, excluding = {excluding:UInt64},
                                 measures = {touched_component:Array(String)}, from = {from:Date}, to = {to:Date})
        WHERE period IN {touched_period:Array(Date)}
    ),
    place AS
    (
        SELECT organisation, footprint, share, valid_from, valid_to, load_id
        FROM current_membership(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {load:UInt64}, excluding = {excluding:UInt64})
    ),
    located AS
    (
        SELECT latest.measure AS measure, latest.period AS period, latest.organisation AS organisation, latest.item AS item, latest.load_id AS load_id,
               (latest.measure, latest.organisation, latest.period) IN (SELECT component, organisation, period FROM gap) AS lacks,
               if(lacks, NULL, latest.numerator) AS numerator, if(lacks, NULL, latest.denominator) AS denominator,
               if(place.footprint != '', place.share, 1) AS share, place.load_id = 0 AS known,
               multiIf(latest.organisation = 'ENG' OR latest.organisation IN {footprints:Array(String)}, latest.organisation,
                       place.footprint != '', place.footprint, 'UNALLOCATED') AS footprint
        FROM latest
        LEFT JOIN place ON place.organisation = latest.organisation
             AND place.valid_from <= latest.codes_on AND latest.codes_on < place.valid_to
             AND (place.load_id = 0 OR place.load_id = latest.load_id) -- where one that is not known may belong, its own load says
    ),
    part AS -- of a measure, from one row
    (
        SELECT term.made AS made, located.period AS period, located.organisation AS organisation, located.footprint AS footprint,
               located.share AS share, located.load_id AS load_id,
               located.organisation = located.footprint AS stated,
               located.share = 0 AND located.known AS elsewhere, -- the reference has it among the unallocated, where its figure counts
               term.part = 'numerator' AS of_numerator, term.bit AS bit, term.bits AS bits,
               term.bits = 1 AND located.item = '' AS only, -- the only row of its organisation
               if(term.field = 'numerator', located.numerator, located.denominator) * term.coefficient AS published
        FROM located
        INNER JOIN term ON term.component = located.measure
    ),
    summed AS -- of each place, the figure stated for it and the sum of its organisations
    (
        SELECT made, period, footprint, stated,
               sumIf(amount, of_numerator) AS numerator,
               sumOrNullIf(amount, NOT of_numerator) AS denominator,
               countIf(only AND share = 1) AS singles, groupArrayIf(organisation, NOT (only AND share = 1)) AS others,
               groupArrayIf(organisation, amount IS NULL) AS blank,
               groupUniqArrayIf(toString(organisation), elsewhere) AS elsewhere,
               groupUniqArrayIf((toString(organisation), share), share NOT IN (0, 1)) AS shares,
               groupArrayIf((organisation, bit, of_numerator, amount), NOT only) AS found,
               any(bits) AS needed,
               max(load_id) AS newest_load
        FROM
        (
            SELECT made, period, organisation, footprint, stated, share, load_id, elsewhere, of_numerator, bit, bits, only,
                   multiIf(share = 1, published, share = 0, NULL, -- it may belong here: its figure is not the footprint's
                           CAST(CAST(published AS Nullable(Decimal(76, 18))) * share AS Nullable(Decimal(38, 18)))) AS amount
            FROM part
        )
        GROUP BY made, period, footprint, stated
    ),
    lacking AS
    (
        SELECT summed.made AS made, summed.period AS period, summed.footprint AS footprint, summed.stated AS stated, touched.covered AS covered,
               summed.numerator AS numerator, summed.denominator AS denominator, summed.singles AS singles, summed.others AS others,
               summed.elsewhere AS elsewhere, summed.shares AS shares, summed.found AS found, summed.newest_load AS newest_load,
               -- Those with a blank figure, and of a measure with several components those without one of them.
               arrayConcat(arrayMap(code -> toString(code), blank),
                           mapKeys(mapFilter((code, bits) -> bits != needed,
                                             arrayReduce('groupBitOrMap', arrayMap(f -> map(toString(f.1), f.2), found))))) AS missing
        FROM summed
        INNER JOIN touched ON touched.made = summed.made AND touched.period = summed.period
    ),
    weighed AS
    (
        SELECT made, period, footprint, stated, covered, numerator, denominator, singles, others, elsewhere, shares, newest_load, missing,
               numerator - arraySum(f -> if(f.3, assumeNotNull(f.4), 0), unmatched) AS partial_numerator,
               denominator - arraySum(f -> if(f.3, 0, assumeNotNull(f.4)), unmatched) AS partial_denominator,
               -- which is mostly the case nowhere, as roll_up_shortcuts.sql tells
               if({stated:Bool}, max(counts) OVER (PARTITION BY made, period, footprint), false) AS place_stated,
               if({stated:Bool}, max(NOT stated) OVER (PARTITION BY made, period, footprint), true) AS place_has_parts,
               if({stated:Bool}, max(counts AND footprint = 'ENG') OVER (PARTITION BY made, period), false) AS england_stated,
               if({stated:Bool}, max(footprint != 'ENG') OVER (PARTITION BY made, period), true) AS england_has_parts
        FROM
        (
            SELECT *, stated AND empty(missing) AND (NOT covered OR footprint = 'ENG' AND has({england:Array(String)}, toString(made))) AS counts,
                   -- what those that lack some of it have of the rest is no part of a partial figure
                   if(empty(missing), [], arrayFilter(f -> f.4 IS NOT NULL AND has(missing, toString(f.1)), found)) AS unmatched
            FROM lacking
        )
    ),
    former AS -- places that had a figure; one that has no organisation any more is told so
    (
        SELECT v.measure AS made, v.footprint AS scope, v.period AS period
        FROM footprint_value AS v
        WHERE v.load_id IN
              (
                  SELECT load_id
                  FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {load:UInt64}, excluding = {excluding:UInt64})
              )
          AND (v.measure, v.period) IN (SELECT made, period FROM touched)
        GROUP BY made, scope, period
        HAVING argMax(organisations, load_id) > 0
    ),
    area AS -- a figure stated for a place stands instead of the sum of its parts where no load lists them all
    (
        SELECT made, arrayJoin(if(footprint = 'ENG', ['ENG'], [footprint, 'ENG'])) AS scope, period, footprint, stated, covered,
               singles, if(scope = 'ENG', arrayFilter(code -> NOT has(elsewhere, toString(code)), others), others) AS others,
               if(scope = 'ENG', arrayFilter(code -> NOT has(elsewhere, code), missing), missing) AS missing,
               numerator, denominator, partial_numerator, partial_denominator, newest_load, shares
        FROM weighed
        WHERE if(place_stated, stated, NOT stated OR NOT place_has_parts)
          AND if(scope = 'ENG', if(england_stated, footprint = 'ENG', footprint != 'ENG' OR NOT england_has_parts), true)
        UNION ALL
        SELECT made, scope, period, '', false, true, 0, [], [], NULL, NULL, NULL, NULL, 0, [] FROM former
    ),
    value AS
    (
        SELECT made, scope, period, sum(singles) + length(arrayDistinct(groupArrayArray(others))) AS organisations,
               -- A sum of organisations is whole where a load lists them all, or for England where each of the 44 is stated.
               arraySort(arrayDistinct(arrayConcat(groupArrayArray(missing),
                                                   if(min(covered) OR max(stated AND footprint = scope)
                                                          OR countIf(stated) = length({footprints:Array(String)}), [], ['UNLISTED'])))) AS missing,
               sum(area.numerator) AS numerator, sum(area.denominator) AS denominator,
               sum(area.partial_numerator) AS partial_numerator, sum(area.partial_denominator) AS partial_denominator,
               max(area.newest_load) AS newest_load,
               -- An organisation whose shares add up again, as all do in England, counts whole.
               arrayFilter(s -> s.2 != 1, arrayZip(sumMap(arrayMap(s -> s.1, area.shares), arrayMap(s -> s.2, area.shares)) AS together.1, together.2)) AS shares
        FROM area
        GROUP BY made, scope, period
    )
SELECT made, scope, period, if(whole, numerator, NULL), if(whole, denominator, NULL), organisations, missing,
       transform(made, {measures:Array(String)}, {definitions:Array(String)}, ''),
       if(newest_load = 0, {load:UInt64}, newest_load), {load:UInt64}, if(partial, partial_numerator, NULL), if(partial, partial_denominator, NULL),
       arrayMap(s -> s.1, shares), arrayMap(s -> s.2, shares)
FROM
(
    SELECT *, has({separate:Array(String)}, toString(made)) AND organisations > 1 AS apart, -- no weights put them together
           empty(missing) AND NOT apart AS whole,
           -- Where no one lists all, a sum of some is nobody's figure.
           NOT empty(missing) AND NOT apart AND NOT has(missing, 'UNLISTED') AND length(missing) < organisations AS partial
    FROM value
)
