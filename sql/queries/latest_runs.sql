-- The latest run of each source.
SELECT run_id, trigger, path, started, ended, found, published, failed, known, message, source, held
FROM run WHERE source != '' ORDER BY started DESC, run_id DESC LIMIT 1 BY source
