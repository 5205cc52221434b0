-- What a staged publication that lists every organisation changes from the period before: the sum of a measure by a factor of ten; or two measures
-- whose figures, organisation by organisation, lie at most half as far from each other's of the period before as from their own. Under a
-- thousand, waits of an unusual winter move by a factor of ten. A list of under twenty is an excerpt.
WITH
    figure AS -- of the load, and of each visible list under the period that follows its own
    (
        SELECT measure, fresh, if(fresh, starts, if(months = 0, starts + INTERVAL 1 DAY, addMonths(starts, months))) AS period, organisation, mark,
               sumIf(abs(toFloat64(assumeNotNull(amount))), counted) AS total, max(counted) AS known, anyIf(line, counted) AS first_line,
               anyIf(sheet, counted) AS first_sheet
        FROM
        (
            SELECT toString(measure) AS measure, load_id = {load:UInt64} AS fresh, period AS starts, toString(organisation) AS organisation,
                   (rank, load_id) AS mark,
                   numerator AS amount, status = 'reported' AND isNull(denominator) AND isNotNull(numerator) AS counted,
                   if(via_row > 0, via_row, row) AS line, toString(sheet) AS sheet,
                   transform(toString(measure), {measures:Array(String)}, {months:Array(UInt8)}, toUInt8(1)) AS months
            FROM observation
            WHERE whole AND measure IN {stated:Array(String)} AND period BETWEEN {from:Date} AND {to:Date}
              AND (load_id = {load:UInt64} OR load_id IN
                  (
                      SELECT load_id
                      FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
                  ))
        )
        GROUP BY measure, fresh, period, organisation, mark
    ),
    compared AS -- with the newest list of the period before
    (
        SELECT period, organisation, measure, maxIf(total, fresh) AS n, maxIf(total, NOT fresh) AS before, max(known AND fresh) AS is,
               max(known AND NOT fresh) AS was,
               anyIf(first_line, fresh) AS line, anyIf(first_sheet, fresh) AS sheet
        FROM (SELECT *, mark = max(mark) OVER (PARTITION BY measure, period, fresh) AS newest FROM figure)
        WHERE newest
        GROUP BY period, organisation, measure
    ),
    pair AS -- of two measures of an organisation, or of one with itself
    (
        SELECT period, of_one, arrayJoin(arrayFilter(figure -> figure.measure >= of_one.measure, figures)) AS of_other
        FROM
        (
            SELECT period, arrayJoin(figures) AS of_one, figures
            FROM
            (
                SELECT period, organisation,
                       groupArray(CAST((measure, n, before, is, was, line, sheet) AS Tuple(measure String, n Float64, before Float64, is Bool,
                           was Bool, line UInt32, sheet String))) AS figures
                FROM compared
                GROUP BY period, organisation
            )
        )
    )
SELECT measure, period, '', if(itself, '', other), if(itself, 'total', 'exchanged'), toString(round(n, 2)), before, sheet,
       arraySlice(lines, 1, if(itself, 1, 5))
FROM
(
    SELECT of_one.measure AS measure, period, of_other.measure AS other, measure = other AS itself,
           sum(of_one.n) AS n, sum(of_one.before) AS before, sum(of_other.n) AS other_n, countIf(of_one.is) AS organisations,
           countIf(of_one.was) AS organisations_before,
           sum(abs(of_one.n - of_one.before) + abs(of_other.n - of_other.before)) AS from_own,
           sum(abs(of_one.n - of_other.before) + abs(of_other.n - of_one.before)) AS from_other,
           anyIf(of_one.sheet, of_one.is) AS sheet, arraySort(groupArrayIf(5)(of_one.line, of_one.is)) AS lines
    FROM pair
    WHERE of_one.measure = of_other.measure OR of_one.is AND of_one.was AND of_other.is AND of_other.was
    GROUP BY measure, period, other
)
WHERE least(organisations, organisations_before) >= 20
  AND if(itself, greatest(n, before) >= 1000 AND before > 0 AND (n >= 10 * before OR n * 10 <= before), greatest(n, other_n) >= 1000
      AND 2 * from_other < from_own)
ORDER BY NOT itself, measure, period, other
LIMIT {limit:UInt32} BY itself
