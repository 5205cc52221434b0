-- +goose Up
CREATE TABLE IF NOT EXISTS load
(
    load_id      UInt64,
    state        LowCardinality(String) COMMENT 'received, staged, published, failed or interrupted: one row per change',
    at           DateTime64(6, 'UTC'),
    source       LowCardinality(String),
    file         String,
    sha256       String,
    size         UInt64,
    definition   String COMMENT 'hash of the source definition that read the file',
    released     String COMMENT 'when the publisher says it released the file, as published',
    trigger      LowCardinality(String),
    observations UInt64,
    rejections   UInt64,
    compared     UInt32 COMMENT 'publisher totals compared with ours',
    differing    UInt32,
    message      String
)
ENGINE = MergeTree ORDER BY (load_id, at);

CREATE TABLE IF NOT EXISTS run
(
    run_id    UInt64,
    trigger   LowCardinality(String),
    path      String,
    started   DateTime64(6, 'UTC'),
    ended     DateTime64(6, 'UTC'),
    found     UInt32,
    published UInt32,
    failed    UInt32,
    known     UInt32,
    message   String
)
ENGINE = MergeTree ORDER BY (started, run_id);

CREATE TABLE IF NOT EXISTS rejection
(
    load_id UInt64,
    sheet   String,
    row     UInt32,
    column  String,
    value   String,
    reason  String,
    cells   Array(String) COMMENT 'the whole row as published'
)
ENGINE = MergeTree ORDER BY (load_id, sheet, row);

CREATE TABLE IF NOT EXISTS reconciliation
(
    load_id    UInt64,
    scope      LowCardinality(String) COMMENT 'ENG or a footprint',
    measure    LowCardinality(String),
    period     Date,
    grain      LowCardinality(String),
    published  Decimal(38, 18),
    ours       Decimal(38, 18),
    difference Decimal(38, 18),
    verdict    LowCardinality(String) COMMENT 'equal, differs or short: rows were rejected',
    sheet      String,
    row        UInt32,
    column     String
)
ENGINE = MergeTree ORDER BY (load_id, scope, measure, period);

CREATE TABLE IF NOT EXISTS definition
(
    hash String,
    kind LowCardinality(String),
    id   LowCardinality(String),
    body String COMMENT 'the definition as JSON',
    at   DateTime64(6, 'UTC')
)
ENGINE = MergeTree ORDER BY (kind, id, hash);

-- +goose Down
DROP TABLE IF EXISTS definition;
DROP TABLE IF EXISTS reconciliation;
DROP TABLE IF EXISTS rejection;
DROP TABLE IF EXISTS run;
DROP TABLE IF EXISTS load;
