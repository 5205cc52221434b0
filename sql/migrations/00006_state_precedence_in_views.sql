-- +goose Up
-- What counts at a moment, stated once for every question: docs/architecture/precedence.md has an example of each case.
-- The moment is a time and the newest load number seen. A load that is about to be published or withdrawn is included or excluded by its number.

CREATE VIEW IF NOT EXISTS visible_load AS
SELECT load_id
FROM load
WHERE at <= {at:DateTime64(6, 'UTC')} AND load_id <= {bound:UInt64}
GROUP BY load_id
HAVING (argMax(state, at) = 'published' OR load_id = {including:UInt64}) AND load_id != {excluding:UInt64};

CREATE VIEW IF NOT EXISTS current_membership AS
SELECT organisation, footprint, share, valid_from, valid_to, source
FROM membership
WHERE load_id =
(
    SELECT max(load_id)
    FROM membership
    WHERE load_id IN
    (
        SELECT load_id
        FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {including:UInt64}, excluding = {excluding:UInt64})
    )
);

-- How each load of a measure and a period stands:
--   counts     the newest that lists every organisation, with the rows of it that could not be read; where none lists them all, any
--   adds       a later load of some organisations: its rows that could be read replace or add to the list
--   stands in  an earlier load, since which every list has named the same organisations: for those whose row in the newest could not be read
--   superseded what an earlier load says otherwise
CREATE VIEW IF NOT EXISTS precedence AS
SELECT measure, period, mark.1 AS rank, mark.2 AS load_id, notEmpty(lists) AS listed,
       multiIf(NOT listed OR mark = newest, 'counts', mark > newest, 'adds', mark >= since, 'stands in', 'superseded') AS standing
FROM
(
    SELECT measure, period, groupArray((rank, load_id)) AS marks,
           arrayReverseSort(groupArrayIf((rank, load_id, members), whole)) AS lists, -- the newest first
           arrayFirstIndex(list -> list.3 != lists[1].3, lists) AS unlike,
           if(unlike = 0, lists[-1], lists[unlike - 1]) AS oldest_alike,
           (lists[1].1, lists[1].2) AS newest,
           (oldest_alike.1, oldest_alike.2) AS since
    FROM
    (
        SELECT measure, period, load_id, any(o.rank) AS rank, max(o.whole) AS whole, sum(cityHash64(organisation, item)) AS members
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
-- sorted or hashed.
CREATE VIEW IF NOT EXISTS current_observation AS
WITH standings AS
(
    SELECT measure, period, load_id, standing
    FROM precedence(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {including:UInt64}, excluding = {excluding:UInt64},
                    measures = {measures:Array(String)}, from = {from:Date}, to = {to:Date})
)
SELECT measure, period, organisation, item, numerator, denominator, status, note, codes_on, rank, whole, load_id,
       file, sha256, sheet, row, column, raw, released, via_file, via_row
FROM observation
WHERE measure IN {measures:Array(String)} AND period BETWEEN {from:Date} AND {to:Date}
  AND
  (
      (measure, period, load_id, status = 'rejected') IN
      (
          SELECT measure, period, load_id, arrayJoin(if(standing = 'counts', [false, true], [false])) FROM standings WHERE standing IN ('counts', 'adds')
      )
      OR (measure, period, load_id, status = 'rejected') IN (SELECT measure, period, load_id, false FROM standings WHERE standing = 'stands in')
      AND (measure, period, organisation, item) IN
      (
          SELECT measure, period, organisation, item
          FROM observation
          WHERE measure IN {measures:Array(String)} AND period BETWEEN {from:Date} AND {to:Date} AND status = 'rejected'
            AND (measure, period, load_id) IN (SELECT measure, period, load_id FROM standings WHERE standing = 'counts')
      )
  )
ORDER BY measure, period, organisation, item, status != 'rejected' DESC, rank DESC, load_id DESC
LIMIT 1 BY measure, period, organisation, item;

-- +goose Down
DROP VIEW IF EXISTS current_observation;
DROP VIEW IF EXISTS precedence;
DROP VIEW IF EXISTS current_membership;
DROP VIEW IF EXISTS visible_load;
