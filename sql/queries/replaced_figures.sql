-- What a staged load states, in the order of its rows, beside what is shown of the same measure, place, period and item; load 0 where nothing is.
WITH
    stated AS
    (
        SELECT measure, organisation, period, item, toString(numerator) AS n, toString(denominator) AS d, note, sheet, row
        FROM observation WHERE load_id = {load:UInt64}
    ),
    shown AS
    (
        SELECT measure, organisation, period, item, toString(numerator) AS n, toString(denominator) AS d, note, load_id
        FROM current_observation(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = {load:UInt64},
                                 measures = {measures:Array(String)}, from = toDate('1970-01-01'), to = toDate('2149-01-01'))
        WHERE organisation IN (SELECT organisation FROM stated)
    )
SELECT stated.measure, stated.organisation, stated.period, stated.item, stated.n, stated.d, stated.note, stated.sheet, stated.row,
       shown.n, shown.d, shown.note, shown.load_id
FROM stated
LEFT JOIN shown ON shown.measure = stated.measure AND shown.organisation = stated.organisation AND shown.period = stated.period AND shown.item = stated.item
ORDER BY stated.sheet, stated.row
SETTINGS join_use_nulls = 0
