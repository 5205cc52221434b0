-- Rows and cells of a load that were not accepted.
INSERT INTO rejection (load_id, sheet, row, column, value, reason, cells, rule)
