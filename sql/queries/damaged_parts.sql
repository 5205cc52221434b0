-- Reads every file of every table and compares it with its checksum.
CHECK ALL TABLES
