-- A run that has ended.
INSERT INTO run (run_id, trigger, path, started, ended, found, published, failed, known, message, source, held)
