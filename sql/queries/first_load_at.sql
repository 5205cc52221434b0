-- When the first load was begun; no row when there is none.
SELECT min(at) FROM load HAVING count() > 0
