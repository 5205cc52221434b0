-- +goose Up
ALTER TABLE verdict ADD COLUMN IF NOT EXISTS reason_facts String
    COMMENT 'JSON: the code of the reason that weighs most, and what it is about; empty of verdicts kept before it was, whose reason has the words'
    AFTER reason;

-- +goose Down
ALTER TABLE verdict DROP COLUMN IF EXISTS reason_facts;
