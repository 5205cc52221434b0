-- +goose Up
ALTER TABLE unknown_organisation ADD COLUMN IF NOT EXISTS placings String
    COMMENT 'JSON: what the publication calls it, and how it was placed; empty of those kept before, whose source has the words';

-- One that is of no known code may belong to each of several footprints: load_id is then the load that names it, and the share 0, as
-- it is not known.
CREATE OR REPLACE VIEW current_membership AS
SELECT organisation, footprint, share, valid_from, valid_to, source, if(known, 0, load_id) AS load_id, placings
FROM
(
    SELECT *, known AND load_id = maxIf(load_id, known) OVER () AS placed
    FROM
    (
        SELECT organisation, footprint, share, valid_from, valid_to, source, load_id, true AS known, '' AS placings
        FROM membership
        UNION ALL
        SELECT organisation, arrayJoin(footprints), toDecimal32(0, 6), toDate32('1900-01-01'), toDate32('2299-01-01'), source, load_id, false, placings
        FROM unknown_organisation
    )
    WHERE load_id IN
    (
        SELECT load_id
        FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {including:UInt64}, excluding = {excluding:UInt64})
    )
)
QUALIFY placed OR NOT known AND NOT max(placed) OVER (PARTITION BY organisation);

-- +goose Down
-- One that is of no known code may belong to each of several footprints: load_id is then the load that names it, and the share 0, as
-- it is not known.
CREATE OR REPLACE VIEW current_membership AS
SELECT organisation, footprint, share, valid_from, valid_to, source, if(known, 0, load_id) AS load_id
FROM
(
    SELECT *, known AND load_id = maxIf(load_id, known) OVER () AS placed
    FROM
    (
        SELECT organisation, footprint, share, valid_from, valid_to, source, load_id, true AS known
        FROM membership
        UNION ALL
        SELECT organisation, arrayJoin(footprints), toDecimal32(0, 6), toDate32('1900-01-01'), toDate32('2299-01-01'), source, load_id, false
        FROM unknown_organisation
    )
    WHERE load_id IN
    (
        SELECT load_id
        FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {including:UInt64}, excluding = {excluding:UInt64})
    )
)
QUALIFY placed OR NOT known AND NOT max(placed) OVER (PARTITION BY organisation);

ALTER TABLE unknown_organisation DROP COLUMN IF EXISTS placings;
