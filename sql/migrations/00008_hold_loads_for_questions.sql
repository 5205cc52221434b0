-- +goose Up
ALTER TABLE load ADD COLUMN IF NOT EXISTS accepted String COMMENT 'why it was published though it raised questions';

ALTER TABLE run ADD COLUMN IF NOT EXISTS held UInt32 COMMENT 'files that wait for acceptance';

CREATE TABLE IF NOT EXISTS question
(
    load_id      UInt64,
    rule         LowCardinality(String),
    sheet        LowCardinality(String),
    rows         Array(UInt32) COMMENT 'the first of the rows that raise it',
    measure      LowCardinality(String),
    organisation LowCardinality(String),
    period       String,
    found        String,
    accepted     String COMMENT 'what would raise no question'
)
ENGINE = MergeTree ORDER BY (load_id, rule, measure, period, organisation);

-- +goose Down
DROP TABLE IF EXISTS question;
ALTER TABLE run DROP COLUMN IF EXISTS held;
ALTER TABLE load DROP COLUMN IF EXISTS accepted;
