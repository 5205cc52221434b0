-- Which organisation belongs to which footprint.
INSERT INTO membership (organisation, footprint, share, valid_from, valid_to, source, load_id)
