-- Whether some load lists every organisation in some of these periods, and whether anything said of them may be superseded: one load
-- without rejections states every figure once.
SELECT countIf(whole) > 0, min(load_id) != max(load_id) OR countIf(status = 'rejected') > 0
FROM observation
WHERE load_id IN {visible:Array(UInt64)} AND period IN {touched_period:Array(Date)} AND measure IN {touched_component:Array(String)}
