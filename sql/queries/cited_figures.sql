-- What rows of a staged load that name a published cell state otherwise than is shown, or where nothing is, of measures that lists state; a row for
-- each measure and period: the first of them in the file, how many there are, and of how many rows it was looked at.
WITH
    stated AS
    (
        SELECT measure, organisation, period, item, numerator AS n, denominator AS d, file, sheet, via_row
        FROM observation
        WHERE load_id = {load:UInt64} AND via_row > 0 AND status = 'reported' AND measure IN {cited:Array(String)} AND isNotNull(numerator)
    ),
    shown AS
    (
        SELECT measure, organisation, period, item, numerator AS n, denominator AS d
        FROM current_observation(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64},
                                 measures = {cited:Array(String)}, from = {from:Date}, to = {to:Date})
        WHERE status = 'reported' AND isNotNull(numerator)
    ),
    published AS -- measures that lists state
    (
        SELECT DISTINCT measure
        FROM observation
        WHERE whole AND measure IN {cited:Array(String)} AND load_id IN
            (
                SELECT load_id
                FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {excluding:UInt64})
            )
    ),
    compared AS
    (
        SELECT stated.measure AS measure, stated.period AS period, stated.organisation AS organisation, stated.n AS n, stated.d AS d, shown.n AS shown_n,
               shown.d AS shown_d, isNull(shown_n) OR n != shown_n OR ifNull(d, 0) != ifNull(shown_d, 0) AS differs, stated.file AS file, stated.sheet AS sheet, stated.via_row AS line
        FROM stated
        LEFT JOIN shown ON shown.measure = stated.measure AND shown.organisation = stated.organisation AND shown.period = stated.period AND shown.item = stated.item
        WHERE stated.measure IN (SELECT measure FROM published)
    )
SELECT measure, period, first.1, toString(first.2), ifNull(toString(first.3), ''), toFloat64(ifNull(first.4, 0)), isNotNull(first.4), toFloat64(ifNull(first.5, 0)), first.6, first.7, [first.8],
       times, among
FROM
(
    SELECT measure, period, argMinIf((organisation, assumeNotNull(n), d, shown_n, shown_d, file, sheet, line), line, differs) AS first,
           countIf(differs) AS times, count() AS among
    FROM compared
    GROUP BY measure, period
)
WHERE times > 0
ORDER BY measure, period
LIMIT {limit:UInt32}
SETTINGS join_use_nulls = 1
