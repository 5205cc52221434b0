-- Remove the name and address of a person from the files.
ALTER TABLE person DELETE WHERE id = {person:String} SETTINGS mutations_sync = 2
