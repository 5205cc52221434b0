-- What a staged load states: each measure, its first and last period, whether in a list of every organisation, whether otherwise, whether a list
-- states a figure so often that same_figures.sql may ask about it, whether it came with the product, whether it states figures of footprints, whether
-- there is another period or load of the measure to compare it with, and how many figures it states.
SELECT measure, min(start), max(end), max(listed), max(returned), max(alike), max(bundled), max(areas), measure IN
       (
           SELECT measure
           FROM observation
           WHERE measure IN (SELECT measure FROM observation WHERE load_id = {load:UInt64})
             AND (load_id = {load:UInt64} OR load_id IN
                 (
                     SELECT load_id
                     FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0)
                 ))
           GROUP BY measure
           HAVING uniqExact((period, load_id)) > 1
       ),
       sum(times)
FROM
(
    SELECT measure, min(period) AS start, max(period) AS end, max(whole) AS listed, max(NOT whole) AS returned, min(rank) = 0 AS bundled,
           max(organisation IN {footprints:Array(String)}) AS areas,
           count() AS times, listed AND times > 2 AND ifNull(abs(figure) >= 10 AND (times - 1) * log10(toFloat64(abs(figure)) + 1) >= 8, false) AS alike
    FROM observation
    WHERE load_id = {load:UInt64}
    GROUP BY measure, if(whole, period, toDate(0)) AS list, if(whole, numerator, NULL) AS figure
)
GROUP BY measure
ORDER BY measure
