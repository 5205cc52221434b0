-- +goose Up
CREATE TABLE IF NOT EXISTS fetch
(
    address       String,
    etag          String COMMENT 'as the publisher stated it, blank: not stated',
    last_modified String COMMENT 'as the publisher stated it, blank: not stated',
    file          String COMMENT 'what the publisher calls the file',
    sha256        String,
    load_id       UInt64 COMMENT 'the load that the file ended in; 0: its source leaves it alone',
    at            DateTime64(6, 'UTC')
)
ENGINE = MergeTree ORDER BY (address, at);

ALTER TABLE run ADD COLUMN IF NOT EXISTS source LowCardinality(String) COMMENT 'id of the source or inbox; blank: files named by hand';

-- +goose Down
ALTER TABLE run DROP COLUMN IF EXISTS source;
DROP TABLE IF EXISTS fetch;
