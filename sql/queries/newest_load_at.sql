-- The newest load that was published by then.
SELECT max(load_id) FROM load WHERE at <= {at:DateTime64(6, 'UTC')} AND state = 'published'
