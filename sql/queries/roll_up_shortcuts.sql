-- What roll_up.sql need not look for in some periods, by measure and period: whether a load lists every organisation, whether anything
-- said may be superseded (one load without rejections states every figure once), and whether a figure is stated for a place itself.
SELECT measure, period, max(whole), min(load_id) != max(load_id) OR countIf(status = 'rejected') > 0,
       countIf(organisation = 'ENG' OR organisation IN {footprints:Array(String)}) > 0
FROM observation
WHERE load_id IN (SELECT load_id FROM visible_load(at = {at:DateTime64(6, 'UTC')}, bound = {bound:UInt64}, including = {load:UInt64},
        excluding = {excluding:UInt64}))
  AND period IN {touched_period:Array(Date)} AND measure IN {touched_component:Array(String)}
GROUP BY measure, period
