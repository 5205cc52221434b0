-- How many changes of state of loads are seen, and when the last of them was: the same answer means the same figures.
SELECT count(), max(at) FROM load WHERE at <= {at:DateTime64(6, 'UTC')} AND load_id <= {bound:UInt64}
