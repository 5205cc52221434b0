-- Verdicts, beside the earlier ones.
INSERT INTO verdict (claim, verdict, reason, percent, low, high, p, definition, others, figures, version, load_id, since, at)
