-- The footprint values that differ between two moments, with the load that made what is shown at the later one and the cause.
-- Beside the rows of one page comes the first row of each cause and measure, with how many are like it.
WITH
    earlier AS (SELECT load_id FROM visible_load(at = {from_at:DateTime64(6, 'UTC')}, bound = {from_bound:UInt64}, including = 0, excluding = 0)),
    later AS (SELECT load_id FROM visible_load(at = {to_at:DateTime64(6, 'UTC')}, bound = {to_bound:UInt64}, including = 0, excluding = 0)),
    pair AS
    (
        SELECT measure, footprint, period,
               argMaxIf((numerator, denominator, missing, notEmpty(shared) OR organisations > 1 AND has({weighted:Array(String)}, toString(measure))), load_id, load_id IN (earlier)) AS before,
               argMaxIf((numerator, denominator, missing, notEmpty(shared) OR organisations > 1 AND has({weighted:Array(String)}, toString(measure))), load_id, load_id IN (later)) AS after,
               argMaxIf(organisations, load_id, load_id IN (earlier)) > 0 AS was, -- without organisations there is no figure
               argMaxIf(organisations, load_id, load_id IN (later)) > 0 AS is,
               maxIf(load_id, load_id IN (earlier)) AS made_before,
               maxIf(load_id, load_id IN (later)) AS made,
               minIf(load_id, organisations > 0 AND load_id IN (later) AND load_id NOT IN (earlier)) AS appeared
        FROM footprint_value
        WHERE measure IN {measures:Array(String)} AND (empty({footprints:Array(String)}) OR footprint IN {footprints:Array(String)})
        GROUP BY measure, footprint, period
        HAVING was != is OR was AND NOT (before.1 <=> after.1 AND before.2 <=> after.2 AND before.3 = after.3 AND before.4 = after.4)
    ),
    named AS
    (
        SELECT load_id, argMax(source, at) AS source, argMax(file, at) AS file, argMax(withdraws, at) AS withdraws FROM load WHERE load_id IN (later)
        GROUP BY load_id
    ),
    taken AS -- the loads that took others back
    (
        SELECT withdraws AS withdrawn, max(load_id) AS load_id FROM named WHERE withdraws != 0 GROUP BY withdrawn
    ),
    dated AS
    (
        SELECT pair.*,
               made <= made_before AS bare, -- what made it before is withdrawn, and nothing had to be made in its place
               if(bare, taken.load_id, made) AS load,
               multiIf(bare, taken.load_id, was, made, appeared) AS decisive
        FROM pair
        LEFT JOIN taken ON taken.withdrawn = pair.made_before
    ),
    change AS
    (
        SELECT transform(deciding.source, ['definitions', 'memberships', 'withdrawals'], ['definition', 'membership', 'withdrawal'],
                         if(was, 'revision', 'new_period')) AS cause,
               dated.*, making.source AS source, making.file AS file
        FROM dated
        LEFT JOIN named AS deciding ON deciding.load_id = dated.decisive
        LEFT JOIN named AS making ON making.load_id = dated.load
    )
SELECT cause, measure, footprint, period, was, before.1, before.2, before.3, before.4, is, after.1, after.2, after.3, after.4, load, source, file,
       n > {offset:UInt64} AND n <= {offset:UInt64} + {limit:UInt64} AS on_page,
       if(first = 1, alike, 0)
FROM
(
    SELECT *,
           row_number() OVER (ORDER BY cause, measure, footprint, period) AS n,
           row_number() OVER (PARTITION BY cause, measure ORDER BY footprint, period) AS first,
           count() OVER (PARTITION BY cause, measure) AS alike
    FROM change
    WHERE empty({cause:String}) OR cause = {cause:String}
)
WHERE on_page OR first = 1
ORDER BY n
