-- Remove what a person signed in with from the files.
ALTER TABLE credential DELETE WHERE person = {person:String} SETTINGS mutations_sync = 2
