-- Ends the backups under way, which ClickHouse goes on with when the program that asked for them was killed.
KILL QUERY WHERE query_kind = 'Backup' AND user = currentUser() SYNC
