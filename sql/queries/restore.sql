-- ClickHouse fills the tables, which the migrations have made and which must be empty, with the rows of a folder of its backups. A table
-- that the migrations do not make, or define otherwise, is refused: nothing that a backup defines is ever run.
RESTORE DATABASE stp EXCEPT TABLES stp.goose_db_version FROM File({name:String})
SETTINGS create_database = 'must-exist', create_table = 'must-exist', allow_different_table_def = 0, allow_different_database_def = 0
