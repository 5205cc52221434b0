-- The newest kept verdicts of a claim, or of each, that stood by then, oldest first.
SELECT *
FROM
(
    SELECT claim, verdict, reason, reason_facts, percent, low, high, p, definition, others, figures, version, load_id, since, at
    FROM verdict
    WHERE since <= {at:DateTime64(6, 'UTC')} AND load_id <= {bound:UInt64} AND (empty({claim:String}) OR claim = {claim:String})
    ORDER BY claim, since DESC, at DESC
    LIMIT {newest:UInt32} BY claim
)
ORDER BY claim, since, at
