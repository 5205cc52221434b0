-- The name and address of a person.
INSERT INTO person (id, name, address, at)
