-- +goose Up
-- The rules of 00006 and 00009, stated so that each view is worked out fewer times in a question. To plan a question costs more than to
-- read the few rows that it needs, and each mention of a view is planned anew.

-- One that is of no known code may belong to each of several footprints: load_id is then the load that names it, and the share 0, as
-- it is not known.
CREATE OR REPLACE VIEW current_membership AS
SELECT organisation, footprint, share, valid_from, valid_to, source, if(known, 0, load_id) AS load_id
FROM
(
    SELECT *, known AND load_id = maxIf(load_id, known) OVER () AS placed
    FROM
    (
        SELECT organisation, footprint, share, valid_from, valid_to, source, load_id, true AS known
        FROM membership
        UNION ALL
        SELECT organisation, arrayJoin(footprints), toDecimal32(0, 6), toDate32('1900-01-01'), toDate32('2299-01-01'), source, load_id, false
        FROM unknown_organisation
    )
    WHERE load_id IN
    (
        SELECT load_id
        FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {including:UInt64}, excluding = {excluding:UInt64})
    )
)
QUALIFY placed OR NOT known AND NOT max(placed) OVER (PARTITION BY organisation);

-- unread are the organisations and items whose row in the newest list could not be read.
CREATE OR REPLACE VIEW precedence AS
SELECT measure, period, mark.1 AS rank, mark.2 AS load_id, listed,
       multiIf(NOT listed OR mark = newest, 'counts', mark > newest, 'adds', mark >= since, 'stands in', 'superseded') AS standing, unread
FROM
(
    SELECT measure, period, marks, notEmpty(lists) AS listed, lists[1].4 AS unread, (lists[1].1, lists[1].2) AS newest,
           lists[if(unlike = 0, -1, unlike - 1)] AS oldest_alike, (oldest_alike.1, oldest_alike.2) AS since
    FROM
    (
        SELECT measure, period, marks, lists, arrayFirstIndex(list -> list.3 != lists[1].3, lists) AS unlike
        FROM
        (
            SELECT measure, period, groupArray((rank, load_id)) AS marks,
                   arrayReverseSort(groupArrayIf((rank, load_id, members, unread), whole)) AS lists -- the newest first
            FROM
            (
                SELECT measure, period, load_id, any(o.rank) AS rank, max(o.whole) AS whole, sum(cityHash64(organisation, item)) AS members,
                       groupArrayIf((organisation, item), status = 'rejected') AS unread
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
    )
)
ARRAY JOIN marks AS mark;

-- The observation that counts for each measure, period, organisation and item. It is read in the order of the table, so that nothing is
-- sorted or hashed; a join would end that.
CREATE OR REPLACE VIEW current_observation AS
SELECT measure, period, organisation, item, numerator, denominator, status, note, codes_on, rank, whole, load_id,
       file, sha256, sheet, row, column, raw, released, via_file, via_row
FROM observation
WHERE measure IN {measures:Array(String)} AND period BETWEEN {from:Date} AND {to:Date}
  AND
  (
      (measure, period, load_id, status = 'rejected') IN
      (
          SELECT measure, period, load_id, arrayJoin(if(standing = 'counts', [false, true], [false]))
          FROM precedence(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {including:UInt64}, excluding = {excluding:UInt64},
                          measures = {measures:Array(String)}, from = {from:Date}, to = {to:Date})
          WHERE standing IN ('counts', 'adds')
      )
      OR status != 'rejected' AND (measure, period, load_id, organisation, item) IN
      (
          SELECT measure, period, load_id, (arrayJoin(unread) AS missed).1, missed.2
          FROM precedence(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {including:UInt64}, excluding = {excluding:UInt64},
                          measures = {measures:Array(String)}, from = {from:Date}, to = {to:Date})
          WHERE standing = 'stands in'
      )
  )
ORDER BY measure, period, organisation, item, status != 'rejected' DESC, rank DESC, load_id DESC
LIMIT 1 BY measure, period, organisation, item;

-- The same where each figure is stated by one load alone and could be read: nothing is superseded.
CREATE VIEW IF NOT EXISTS undisputed_observation AS
SELECT measure, period, organisation, item, numerator, denominator, status, note, codes_on, rank, whole, load_id,
       file, sha256, sheet, row, column, raw, released, via_file, via_row
FROM observation
WHERE measure IN {measures:Array(String)} AND period BETWEEN {from:Date} AND {to:Date}
  AND load_id IN
  (
      SELECT load_id
      FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {including:UInt64}, excluding = {excluding:UInt64})
  );

-- +goose Down
DROP VIEW IF EXISTS undisputed_observation;
