-- What there is to check about a load's file.
INSERT INTO remark (load_id, rule, sheet, count, message)
