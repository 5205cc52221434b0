-- Deletes what was staged of a load that is not published.
DELETE FROM observation WHERE load_id = {load:UInt64}
