-- +goose Up
CREATE TABLE IF NOT EXISTS observation
(
    measure      LowCardinality(String),
    organisation LowCardinality(String),
    period       Date,
    numerator    Nullable(Decimal(38, 18)) COMMENT 'NULL: not reported',
    denominator  Nullable(Decimal(38, 18)),
    status       LowCardinality(String) COMMENT 'reported, not_reported or rejected',
    note         LowCardinality(String),
    codes_on     Date COMMENT 'the day whose organisation codes the publisher used',
    rank         UInt8 COMMENT '0: bundled with the product, 1: a publication or a return; the higher wins',
    whole        UInt8 COMMENT '1: the publication lists every organisation, so one that it leaves out has no figure',
    load_id      UInt64,
    file         LowCardinality(String),
    sha256       LowCardinality(String),
    sheet        LowCardinality(String),
    row          UInt32,
    column       LowCardinality(String),
    raw          String,
    released     LowCardinality(String) COMMENT 'when the publisher says it released the file, as published',
    via_file     LowCardinality(String) COMMENT 'the canonical file that carried the cell here',
    via_row      UInt32
)
ENGINE = MergeTree ORDER BY (measure, period, organisation, load_id);

CREATE TABLE IF NOT EXISTS membership
(
    organisation LowCardinality(String),
    footprint    LowCardinality(String),
    share        Decimal(9, 6),
    valid_from   Date32,
    valid_to     Date32 COMMENT 'exclusive',
    source       String,
    load_id      UInt64
)
ENGINE = MergeTree ORDER BY (load_id, organisation);

CREATE TABLE IF NOT EXISTS footprint_value
(
    measure       LowCardinality(String),
    footprint     LowCardinality(String) COMMENT 'one of the 44, ENG or UNALLOCATED',
    period        Date,
    numerator     Nullable(Decimal(38, 18)) COMMENT 'NULL where an organisation is missing',
    denominator   Nullable(Decimal(38, 18)),
    organisations UInt16,
    missing       Array(String) COMMENT 'organisations without a figure',
    definition    LowCardinality(String) COMMENT 'hash of the measure definition',
    newest_load   UInt64 COMMENT 'the newest load among the cells beneath the value',
    load_id       UInt64 COMMENT 'the load that made the value'
)
ENGINE = MergeTree ORDER BY (measure, footprint, period, load_id);

-- +goose Down
DROP TABLE IF EXISTS footprint_value;
DROP TABLE IF EXISTS membership;
DROP TABLE IF EXISTS observation;
