-- Periods of a staged load that repeat another of the thirteen before or after: more than half of their figures of ten or more, and at
-- least three, are those of the other period; of a publication four fifths, as stocks stay: of maternity beds (KH03) up to 64% do.
WITH
    grain AS
    (
        SELECT t.1 AS measure, t.2 AS months
        FROM (SELECT arrayJoin(arrayZip({measures:Array(String)}, {months:Array(UInt8)})) AS t)
    ),
    fresh AS
    (
        SELECT measure, period, cityHash64(organisation, item, assumeNotNull(numerator), ifNull(denominator, -1)) AS same, whole OR via_row > 0 AS published, sheet, if(via_row > 0, via_row, row) AS line
        FROM observation
        WHERE load_id = {load:UInt64} AND status = 'reported' AND isNotNull(numerator) AND abs(numerator) >= 10
    ),
    other AS
    (
        SELECT DISTINCT measure, period, cityHash64(organisation, item, assumeNotNull(numerator), ifNull(denominator, -1)) AS same
        FROM observation
        WHERE (load_id = {load:UInt64} OR load_id IN
              (
                  SELECT load_id
                  FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {without:UInt64})
              ))
          AND status = 'reported' AND isNotNull(numerator) AND (measure, same) IN (SELECT measure, same FROM fresh)
    ),
    among AS
    (
        SELECT measure, period, count() AS figures FROM fresh GROUP BY measure, period
    )
SELECT again.measure, again.period, again.other_period, again.times, among.figures, again.sheet, again.lines
FROM
(
    SELECT fresh.measure AS measure, fresh.period AS period, other.period AS other_period, count() AS times, any(fresh.sheet) AS sheet, any(fresh.published) AS published,
           arraySort(groupArray(5)(fresh.line)) AS lines
    FROM fresh
    INNER JOIN other ON other.measure = fresh.measure AND other.same = fresh.same
    INNER JOIN grain ON grain.measure = fresh.measure
    WHERE fresh.period != other.period
      AND if(months = 0, abs(dateDiff('day', fresh.period, other.period)) <= 13, abs(dateDiff('month', fresh.period, other.period)) <= 13 * months)
    GROUP BY measure, period, other_period
) AS again
INNER JOIN among ON among.measure = again.measure AND among.period = again.period
WHERE again.times >= 3 AND again.times > among.figures * if(again.published, 0.8, 0.5)
ORDER BY again.measure, again.period, again.times DESC, again.other_period
LIMIT 1 BY again.measure, again.period
LIMIT {limit:UInt32}
