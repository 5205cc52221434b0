-- Some measures of some organisations, or of all where none is named, made from their observations.
WITH
    term AS
    (
        SELECT t.1 AS made, t.2 AS component, t.3 AS field, t.4 AS part, t.5 AS coefficient, t.6 AS parts
        FROM (SELECT arrayJoin(arrayZip({made:Array(String)}, {component:Array(String)}, {field:Array(String)}, {part:Array(String)},
                                        {coefficient:Array(Int8)}, {parts:Array(UInt64)})) AS t)
    ),
    cell AS
    (
        SELECT measure, organisation, period, numerator, denominator, load_id
        FROM current_observation(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0,
                                 measures = {component:Array(String)}, from = {from:Date}, to = {to:Date})
        WHERE empty({organisations:Array(String)}) OR organisation IN {organisations:Array(String)}
    )
SELECT term.made AS made, organisation, period,
       count(if(term.field = 'numerator', cell.numerator, cell.denominator)) = count()
           AND uniqExact(term.component, term.field, term.part) = any(term.parts) AS complete,
       if(complete, sumIf(if(term.field = 'numerator', cell.numerator, cell.denominator) * term.coefficient, term.part = 'numerator'), NULL) AS numerator,
       if(complete AND countIf(term.part = 'denominator') > 0,
          sumIf(if(term.field = 'numerator', cell.numerator, cell.denominator) * term.coefficient, term.part = 'denominator'), NULL) AS denominator,
       max(cell.load_id) AS load
FROM cell
INNER JOIN term ON term.component = cell.measure
GROUP BY made, organisation, period
ORDER BY indexOf({made:Array(String)}, made), organisation, period
