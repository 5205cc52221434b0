-- The latest file that an address gave.
SELECT address, etag, last_modified, file, sha256, load_id, at
FROM fetch WHERE address = {address:String} ORDER BY at DESC LIMIT 1
