-- +goose Up
ALTER TABLE footprint_value ADD COLUMN IF NOT EXISTS shared Array(String) COMMENT 'organisations of which only a share counts: with any, the value is an estimate';
ALTER TABLE footprint_value ADD COLUMN IF NOT EXISTS shares Array(Decimal(9, 6)) COMMENT 'of each of them, in the same order';

-- +goose Down
ALTER TABLE footprint_value DROP COLUMN IF EXISTS shares;
ALTER TABLE footprint_value DROP COLUMN IF EXISTS shared;
