-- Deletes the rejections of a load that is read again from its beginning.
DELETE FROM rejection WHERE load_id = {load:UInt64}
