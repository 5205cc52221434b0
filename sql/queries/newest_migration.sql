-- The newest migration that the tables have had.
SELECT max(version_id) FROM goose_db_version WHERE is_applied = 1
