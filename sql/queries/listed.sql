-- Whether some load lists every organisation in some of these periods.
SELECT count() > 0
FROM
(
    SELECT 1 FROM observation
    WHERE load_id IN {visible:Array(UInt64)} AND whole AND period IN {touched_period:Array(Date)} AND measure IN {touched_component:Array(String)}
    LIMIT 1
)
