-- The states one load went through.
SELECT state, at, message FROM load WHERE load_id = {load:UInt64} AND state != 'tried' AND at <= {at:DateTime64(6, 'UTC')} ORDER BY at
