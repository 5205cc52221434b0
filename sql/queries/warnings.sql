-- What is remarkable about the figures of some loads, beside everything that was visible at a time:
-- figures far from the history of their series, organisations that had a figure in the period before, and periods that nothing precedes.
WITH visible AS
    (
        SELECT load_id FROM load WHERE at <= {at:DateTime64(6, 'UTC')} AND load_id <= {bound:UInt64}
        GROUP BY load_id HAVING argMax(state, at) = 'published'
    ),
    latest AS
    (
        SELECT measure, period, organisation, item, toFloat64(numerator) AS value, load_id, whole
        FROM observation
        WHERE load_id IN (visible) AND status != 'rejected'
          AND measure IN (SELECT measure FROM observation WHERE load_id IN {loads:Array(UInt64)})
        ORDER BY measure, period, organisation, item, rank DESC, load_id DESC
        LIMIT 1 BY measure, period, organisation, item
    ),
    series AS -- the middle of each series and how far its figures usually lie from it (Hampel, 1974)
    (
        SELECT measure, organisation, item, groupArray(value) AS figures,
               arrayReduce('medianExact', figures) AS middle,
               greatest(1.4826 * arrayReduce('medianExact', arrayMap(x -> abs(x - middle), figures)), 0.05 * abs(middle), sqrt(greatest(abs(middle), 1))) AS spread
        FROM latest
        WHERE isNotNull(value)
        GROUP BY measure, organisation, item
        HAVING length(figures) >= 12
    ),
    periods AS
    (
        SELECT measure, period, max(whole) AS whole FROM latest GROUP BY measure, period
    ),
    before AS -- the period before each of the loads' own
    (
        SELECT measure, period, load_id, whole,
               multiIf(transform(toString(measure), {measures:Array(String)}, {months:Array(UInt8)}, toUInt8(1)) = 0, period - INTERVAL 1 DAY,
                       subtractMonths(period, transform(toString(measure), {measures:Array(String)}, {months:Array(UInt8)}, toUInt8(1)))) AS earlier
        FROM (SELECT DISTINCT measure, period, load_id, whole FROM latest WHERE load_id IN {loads:Array(UInt64)})
    )
SELECT latest.load_id AS load_id, 'history' AS rule, latest.measure AS measure, latest.organisation AS organisation, latest.item AS item,
       latest.period AS period, assumeNotNull(latest.value) AS value, series.middle AS middle, series.spread AS spread
FROM latest
INNER JOIN series ON series.measure = latest.measure AND series.organisation = latest.organisation AND series.item = latest.item
WHERE latest.load_id IN {loads:Array(UInt64)} AND abs(latest.value - series.middle) > {far:Float64} * series.spread
UNION ALL
SELECT before.load_id, 'provider_stays', latest.measure, latest.organisation, latest.item, before.period, coalesce(latest.value, 0), 0, 0
FROM latest
INNER JOIN before ON before.measure = latest.measure AND before.earlier = latest.period
WHERE before.whole AND latest.whole
  AND (latest.measure, latest.organisation, latest.item, before.period) NOT IN (SELECT measure, organisation, item, period FROM latest)
UNION ALL
SELECT before.load_id, 'period_follows', before.measure, '', '', before.period, 0, 0, 0
FROM before
WHERE (before.measure, before.earlier) NOT IN (SELECT measure, period FROM periods)
  AND before.period > (SELECT min(period) FROM periods AS first WHERE first.measure = before.measure)
ORDER BY load_id, rule, measure, organisation, item, period
LIMIT {limit:UInt32}
