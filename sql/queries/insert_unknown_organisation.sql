-- Where the organisations of a load may belong whose codes are not known.
INSERT INTO unknown_organisation (load_id, organisation, footprints, placings)
