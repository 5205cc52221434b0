-- What an address gave.
INSERT INTO fetch (address, etag, last_modified, file, sha256, load_id, at)
