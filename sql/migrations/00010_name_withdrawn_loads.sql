-- +goose Up
ALTER TABLE load ADD COLUMN IF NOT EXISTS withdraws UInt64 COMMENT 'the load that this one takes back; 0: none';

-- Until now a withdrawal named it in the text that stands for its file.
ALTER TABLE load UPDATE withdraws = toUInt64OrZero(extract(file, '^load (\\d+),')) WHERE source = 'withdrawals' AND withdraws = 0 SETTINGS mutations_sync = 2;

-- +goose Down
ALTER TABLE load DROP COLUMN IF EXISTS withdraws;
