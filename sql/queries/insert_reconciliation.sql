-- The publisher's totals against ours.
INSERT INTO reconciliation (load_id, scope, measure, period, grain, published, ours, difference, verdict, sheet, row, column)
