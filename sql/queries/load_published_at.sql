-- When a load was published; no row when it never was.
SELECT max(at) FROM load WHERE load_id = {load:UInt64} AND state = 'published' HAVING count() > 0
