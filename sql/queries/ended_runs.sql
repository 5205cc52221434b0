SELECT run_id, trigger, path, started, ended, found, published, failed, known, message, source, held
FROM run WHERE ended <= {at:DateTime64(6, 'UTC')}
ORDER BY started DESC, run_id DESC LIMIT {limit:UInt32}
