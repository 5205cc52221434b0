-- +goose Up
CREATE TABLE IF NOT EXISTS verdict
(
    claim      LowCardinality(String),
    verdict    LowCardinality(String),
    reason     String COMMENT 'the one that weighs most',
    percent    Nullable(Float64) COMMENT 'the effect in per cent of what there would have been; NULL: none was estimated',
    low        Nullable(Float64) COMMENT 'the ends of its interval of 95 per cent',
    high       Nullable(Float64),
    p          Nullable(Float64),
    definition String COMMENT 'hash of the claim',
    others     Array(String) COMMENT 'hashes of the measures and of the other claims that it was tested with',
    figures    String COMMENT 'the same while the figures are that it was tested with',
    version    LowCardinality(String) COMMENT 'of the code that tested it, with its rules',
    load_id    UInt64 COMMENT 'the newest load when it began to stand: as of it the figures are those that it was tested with',
    since      DateTime64(6, 'UTC') COMMENT 'when it began to stand',
    at         DateTime64(6, 'UTC') COMMENT 'when it was tested'
)
ENGINE = MergeTree ORDER BY (claim, since);

-- +goose Down
DROP TABLE IF EXISTS verdict;
