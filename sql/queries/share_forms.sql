-- Shares of a staged return that are not stated as counts: a numerator between 0 and 1, or a hundredth of, or a hundred times, what
-- the others of the period state.
WITH stated AS
    (
        SELECT measure, period, organisation, sheet, if(via_row > 0, via_row, row) AS line,
               assumeNotNull(numerator) AS numerator, assumeNotNull(denominator) AS denominator, toFloat64(numerator) / toFloat64(denominator) AS share
        FROM observation AS o
        WHERE load_id = {load:UInt64} AND NOT whole AND (via_row = 0 OR measure IN {local:Array(String)}) AND status = 'reported' AND measure IN {shares:Array(String)}
          AND isNotNull(o.numerator) AND isNotNull(o.denominator) AND o.denominator > 0
    ),
    compared AS
    (
        SELECT *, arrayReduce('medianExact', arrayMap(x -> x.2, arrayFilter(x -> x.1 != line, all))) AS others, length(all) AS among
        FROM (SELECT *, groupArray((line, share)) OVER (PARTITION BY measure, period) AS all FROM stated)
    )
SELECT measure, period, organisation, toString(numerator), toString(denominator), if(among > 1, others, 0) AS others, sheet, [line]
FROM compared
WHERE numerator > 0 AND (numerator < 1
      OR among > 1 AND numerator > 0 AND others > 0 AND others / share BETWEEN 50 AND 200 AND others * toFloat64(denominator) >= 20)
ORDER BY measure, period, line
LIMIT {limit:UInt32}
