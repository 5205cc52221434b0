SELECT max(load_id) + 1 FROM load
