-- +goose Up
-- Withdrawals of before name the load in the name of their file.
ALTER TABLE load ADD COLUMN IF NOT EXISTS withdraws UInt64 DEFAULT if(source = 'withdrawals', toUInt64OrZero(extract(file, '^load (\\d+),')), 0)
    COMMENT 'the load that this one withdraws, 0 for none';

ALTER TABLE question ADD COLUMN IF NOT EXISTS facts String COMMENT 'what was found, as JSON: an acceptance covers the same facts, whatever words they are said in';

-- +goose Down
ALTER TABLE question DROP COLUMN IF EXISTS facts;
ALTER TABLE load DROP COLUMN IF EXISTS withdraws;
