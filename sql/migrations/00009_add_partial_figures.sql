-- +goose Up
CREATE TABLE IF NOT EXISTS unknown_organisation
(
    load_id      UInt64,
    organisation String COMMENT 'the code as published, which the reference does not have',
    footprints   Array(LowCardinality(String)) COMMENT 'where it may belong',
    source       String COMMENT 'what the publication calls it, and how it was placed'
)
ENGINE = MergeTree ORDER BY (load_id, organisation);

ALTER TABLE footprint_value ADD COLUMN IF NOT EXISTS partial_numerator Nullable(Decimal(38, 18)) COMMENT 'of the organisations that reported, where others did not';
ALTER TABLE footprint_value ADD COLUMN IF NOT EXISTS partial_denominator Nullable(Decimal(38, 18));

-- An organisation whose code is not known may belong to each of several footprints: load_id is then the load that names it, and the share 0,
-- as it is not known.
CREATE OR REPLACE VIEW current_membership AS
WITH
    visible AS
    (
        SELECT load_id
        FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {including:UInt64}, excluding = {excluding:UInt64})
    ),
    placed AS
    (
        SELECT organisation, footprint, share, valid_from, valid_to, source
        FROM membership
        WHERE load_id = (SELECT max(load_id) FROM membership WHERE load_id IN (visible))
    )
SELECT organisation, footprint, share, valid_from, valid_to, source, toUInt64(0) AS load_id
FROM placed
UNION ALL
SELECT organisation, arrayJoin(footprints), toDecimal32(0, 6), toDate32('1900-01-01'), toDate32('2299-01-01'), source, load_id
FROM unknown_organisation
WHERE load_id IN (visible) AND organisation NOT IN (SELECT organisation FROM placed);

-- +goose Down
ALTER TABLE footprint_value DROP COLUMN IF EXISTS partial_denominator;
ALTER TABLE footprint_value DROP COLUMN IF EXISTS partial_numerator;
DROP TABLE IF EXISTS unknown_organisation;
