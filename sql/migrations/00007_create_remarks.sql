-- +goose Up
CREATE TABLE IF NOT EXISTS remark
(
    load_id UInt64,
    rule    LowCardinality(String) COMMENT 'the name of the rule that warns',
    sheet   String,
    count   UInt64 COMMENT 'of rows, columns or files',
    message String
)
ENGINE = MergeTree ORDER BY (load_id, rule);

-- +goose Down
DROP TABLE IF EXISTS remark;
