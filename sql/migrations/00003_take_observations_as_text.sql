-- +goose Up
ALTER TABLE observation ADD COLUMN IF NOT EXISTS item LowCardinality(String) COMMENT 'what the figure is of, where an organisation has several';

ALTER TABLE rejection ADD COLUMN IF NOT EXISTS rule LowCardinality(String) COMMENT 'the name of the rule that was broken';

ALTER TABLE load ADD COLUMN IF NOT EXISTS rule LowCardinality(String) COMMENT 'the rule that a refused file breaks';

-- Observations arrive as texts, which ClickHouse turns into numbers and dictionaries faster than its clients do.
CREATE TABLE IF NOT EXISTS arriving
(
    measure      String,
    organisation String,
    item         String,
    period       Date,
    numerator    String COMMENT 'blank: none',
    denominator  String,
    status       String,
    note         String,
    codes_on     Date,
    rank         UInt8,
    whole        Bool,
    load_id      UInt64,
    file         String,
    sha256       String,
    sheet        String,
    row          UInt32,
    column       String,
    raw          String,
    released     String,
    via_file     String,
    via_row      UInt32
)
ENGINE = Null;

CREATE MATERIALIZED VIEW IF NOT EXISTS arrival TO observation AS
SELECT * REPLACE (
    if(numerator = '', NULL, toDecimal128(if(numerator = '', '0', numerator), 18)) AS numerator,
    if(denominator = '', NULL, toDecimal128(if(denominator = '', '0', denominator), 18)) AS denominator)
FROM arriving;

-- +goose Down
ALTER TABLE load DROP COLUMN IF EXISTS rule;
DROP VIEW IF EXISTS arrival;
DROP TABLE IF EXISTS arriving;
ALTER TABLE rejection DROP COLUMN IF EXISTS rule;
ALTER TABLE observation DROP COLUMN IF EXISTS item;
