-- +goose Up
-- A row of the newest list that could not be read has no figure. What was stated of it before does not stand in: the list may give its work to
-- another, and its own total may be without it.
CREATE OR REPLACE VIEW precedence AS
SELECT measure, period, mark.1 AS rank, mark.2 AS load_id, listed,
       multiIf(NOT listed OR mark = newest, 'counts', mark > newest, 'adds', 'superseded') AS standing
FROM
(
    SELECT measure, period, groupArray((rank, load_id)) AS marks, max(whole) AS listed, maxIf((rank, load_id), whole) AS newest
    FROM
    (
        SELECT measure, period, load_id, any(o.rank) AS rank, max(o.whole) AS whole
        FROM observation AS o
        WHERE measure IN {measures:Array(String)} AND period BETWEEN {from:Date} AND {to:Date}
          AND load_id IN
          (
              SELECT load_id
              FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {including:UInt64}, excluding = {excluding:UInt64})
          )
        GROUP BY measure, period, load_id
    )
    GROUP BY measure, period
)
ARRAY JOIN marks AS mark;

-- The observation that counts for each measure, period, organisation and item. It is read in the order of the table, so that nothing is
-- sorted or hashed; a join would end that.
CREATE OR REPLACE VIEW current_observation AS
SELECT measure, period, organisation, item, numerator, denominator, status, note, codes_on, rank, whole, load_id,
       file, sha256, sheet, row, column, raw, released, via_file, via_row
FROM observation
WHERE measure IN {measures:Array(String)} AND period BETWEEN {from:Date} AND {to:Date}
  AND (measure, period, load_id, status = 'rejected') IN
      (
          SELECT measure, period, load_id, arrayJoin(if(standing = 'counts', [false, true], [false]))
          FROM precedence(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {including:UInt64}, excluding = {excluding:UInt64},
                          measures = {measures:Array(String)}, from = {from:Date}, to = {to:Date})
          WHERE standing IN ('counts', 'adds')
      )
ORDER BY measure, period, organisation, item, status != 'rejected' DESC, rank DESC, load_id DESC
LIMIT 1 BY measure, period, organisation, item;

-- +goose Down
SELECT 1;
