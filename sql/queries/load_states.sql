-- The states one load went through.
SELECT state, at, message FROM load WHERE load_id = {load:UInt64} ORDER BY at
