-- What is remarkable about the figures of some loads, beside everything that was visible at a time:
-- figures far from the history of their series, organisations that had a figure in the period before, and periods that nothing precedes.
WITH visible AS (SELECT load_id FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0)),
    latest AS
    (
        SELECT measure, period, organisation, item, toFloat64(numerator) AS value, load_id, whole
        FROM current_observation(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = 0, excluding = 0,
                                 measures = {stated:Array(String)}, from = {from:Date}, to = {to:Date})
        WHERE status != 'rejected'
    ),
    far AS -- the few figures that may lie far from the twelve before them, whose middle is between the least and the most of them
    (
        SELECT *
        FROM
        (
            SELECT measure, organisation, item, period, load_id, assumeNotNull(value) AS value,
                   groupArray(assumeNotNull(value)) OVER (PARTITION BY measure, organisation, item ORDER BY period
                   ROWS BETWEEN 12 PRECEDING AND 1 PRECEDING) AS earlier
            FROM latest
            WHERE isNotNull(value)
        )
        WHERE load_id IN {loads:Array(UInt64)} AND length(earlier) >= 8
          AND greatest(value - arrayMin(earlier), arrayMax(earlier) - value) > {far:Float64} * 5
    ),
    series AS -- beside each figure that middle, and how far the twelve usually lie from it (Hampel, 1974)
    (
        SELECT *,
               arrayReduce('medianExact', earlier) AS middle,
               greatest(1.4826 * arrayReduce('medianExact', arrayMap(x -> abs(x - middle), earlier)), 0.1 * abs(middle), sqrt(abs(middle)), 5) AS spread
        FROM far
    ),
    periods AS
    (
        SELECT DISTINCT measure, period FROM observation WHERE load_id IN (visible) AND status != 'rejected'
    ),
    before AS -- the period before each of the loads' own
    (
        SELECT measure, period, load_id, whole,
               multiIf(transform(toString(measure), {measures:Array(String)}, {months:Array(UInt8)}, toUInt8(1)) = 0, period - INTERVAL 1 DAY,
                       subtractMonths(period, transform(toString(measure), {measures:Array(String)}, {months:Array(UInt8)}, toUInt8(1)))) AS earlier
        FROM (SELECT DISTINCT measure, period, load_id, whole FROM latest WHERE load_id IN {loads:Array(UInt64)})
    )
SELECT load_id, rule, measure, organisation, item, period, value, middle, spread
FROM
(
    SELECT load_id, 'history' AS rule, measure, organisation, item, period, value, middle, spread
    FROM series
    WHERE abs(value - middle) > {far:Float64} * spread
    UNION ALL
    SELECT before.load_id, 'provider_stays', latest.measure, latest.organisation, latest.item, before.period, coalesce(latest.value, 0), 0, 0
    FROM latest
    INNER JOIN before ON before.measure = latest.measure AND before.earlier = latest.period
    WHERE before.whole AND latest.whole AND latest.value > 0
      AND (latest.measure, latest.organisation, latest.item, before.period) NOT IN
              (SELECT measure, organisation, item, period FROM latest WHERE (measure, period) IN (SELECT measure, period FROM before WHERE whole))
    UNION ALL
    SELECT before.load_id, 'period_follows', before.measure, '', '', before.period, 0, 0, 0
    FROM before
    WHERE (before.measure, before.earlier) NOT IN (SELECT measure, period FROM periods)
      AND before.period > (SELECT min(period) FROM periods AS first WHERE first.measure = before.measure)
)
ORDER BY load_id, rule, measure, organisation, item, period
LIMIT {limit:UInt32}
