-- The values of some measures in the latest period of each and in the same period a year before.
WITH visible AS
    (
        SELECT load_id FROM load WHERE at <= {at:DateTime64(6, 'UTC')} AND load_id <= {bound:UInt64}
        GROUP BY load_id HAVING argMax(state, at) = 'published'
    ),
    latest_period AS
    (
        SELECT measure, max(period) AS latest
        FROM
        (
            SELECT measure, period
            FROM footprint_value
            WHERE load_id IN (visible) AND measure IN {measures:Array(String)}
            GROUP BY measure, period, footprint
            HAVING argMax(organisations, load_id) > 0 -- without organisations the place has no figure any more
        )
        GROUP BY measure
    )
SELECT measure, footprint, period, v.1, v.2, v.3, v.4, v.5, v.6
FROM
(
    SELECT measure, footprint, period,
           argMax((numerator, denominator, organisations, missing, definition, newest_load), load_id) AS v
    FROM footprint_value
    WHERE load_id IN (visible)
      AND (measure, period) IN (SELECT measure, arrayJoin([latest, latest - INTERVAL 1 YEAR]) FROM latest_period)
    GROUP BY measure, footprint, period
)
WHERE v.3 > 0 -- without organisations the place has no figure any more
ORDER BY measure, footprint, period
