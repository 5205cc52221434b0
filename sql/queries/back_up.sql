-- ClickHouse copies the whole database into a new folder of its backups.
BACKUP DATABASE stp TO File({name:String})
