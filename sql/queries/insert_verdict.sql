-- Verdicts, beside the earlier ones.
INSERT INTO verdict (claim, verdict, reason, reason_facts, percent, low, high, p, definition, others, figures, version, load_id, since, at)
