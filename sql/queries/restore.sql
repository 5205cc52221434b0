-- ClickHouse fills an empty database from a folder of its backups.
RESTORE DATABASE stp FROM File({name:String})
