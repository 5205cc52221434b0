-- The parts of our tables that ClickHouse could not read at its start.
SELECT table, name, reason FROM system.detached_parts WHERE database = currentDatabase() AND reason LIKE 'broken%' ORDER BY table, name
