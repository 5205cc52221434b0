-- The measure and period of which a staged load, that lists every organisation, leaves out the most of those of the newest such list, where
-- it would take its place: bundled figures, of a lower rank, do not replace a publication.
SELECT measure, period, countIf(known) AS organisations, countIf(known AND NOT staged) AS dropped
FROM
(
    SELECT measure, period, organisation, max(load_id = {load:UInt64}) AS staged, max(load_id != {load:UInt64} AND status = 'reported') AS known,
           maxIf(rank, load_id = {load:UInt64}) AS staged_rank, maxIf(rank, load_id != {load:UInt64}) AS newest_rank
    FROM observation
    WHERE measure IN {stated:Array(String)} AND period BETWEEN {from:Date} AND {to:Date}
      AND (load_id = {load:UInt64} AND whole OR (measure, period, load_id) IN
          (
              SELECT measure, period, load_id
              FROM precedence(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0,
                              measures = {stated:Array(String)}, from = {from:Date}, to = {to:Date})
              WHERE listed AND standing = 'counts'
          ))
    GROUP BY measure, period, organisation
)
GROUP BY measure, period
HAVING organisations > 0 AND max(staged) AND max(newest_rank) <= max(staged_rank)
ORDER BY dropped / organisations DESC, measure, period
LIMIT 1
