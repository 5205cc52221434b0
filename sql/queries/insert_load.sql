-- States of loads.
INSERT INTO load (load_id, state, at, source, file, sha256, size, definition, released, trigger, observations, rejections, compared, differing,
    message, rule, accepted, withdraws)
