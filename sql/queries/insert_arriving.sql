-- Observations as texts, which become rows of the table observation.
INSERT INTO arriving (measure, organisation, item, period, numerator, denominator, status, note, codes_on, rank, whole, load_id, file, sha256, sheet,
    row, column, raw, released, via_file, via_row)
