-- What a load asks.
INSERT INTO question (load_id, rule, sheet, rows, measure, organisation, period, found, accepted, facts)
