-- The measure and period of which a staged load, that lists every organisation, leaves out the most of those of the newest such list, where
-- it would take its place.
WITH
    staged AS
    (
        SELECT measure, period, organisation, rank FROM observation WHERE load_id = {load:UInt64} AND whole
    ),
    newest AS
    (
        SELECT measure, period, load_id
        FROM precedence(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0,
                        measures = {stated:Array(String)}, from = {from:Date}, to = {to:Date})
        WHERE listed AND standing = 'counts' AND (measure, period) IN (SELECT measure, period FROM staged)
          AND rank <= (SELECT max(rank) FROM staged) -- bundled figures do not replace a publication
    )
SELECT measure, period, uniqExact(organisation) AS organisations,
       uniqExactIf(organisation, (measure, period, organisation) NOT IN (SELECT measure, period, organisation FROM staged)) AS missing
FROM observation
WHERE (measure, period, load_id) IN (newest) AND status = 'reported'
GROUP BY measure, period
ORDER BY missing / organisations DESC, measure, period
LIMIT 1
