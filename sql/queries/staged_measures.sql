-- What a staged load states: each measure, its first and last period, whether in a list of every organisation, whether otherwise, and
-- whether a list states a figure so often that same_figures.sql may ask about it.
SELECT measure, min(start), max(end), max(listed), max(returned), max(alike)
FROM
(
    SELECT measure, min(period) AS start, max(period) AS end, max(whole) AS listed, max(NOT whole) AS returned,
           listed AND count() > 2 AND ifNull(abs(figure) >= 10 AND (count() - 1) * log10(toFloat64(abs(figure)) + 1) >= 8, false) AS alike
    FROM observation
    WHERE load_id = {load:UInt64}
    GROUP BY measure, if(whole, period, toDate(0)) AS list, if(whole, numerator, NULL) AS figure
)
GROUP BY measure
ORDER BY measure
