package load_test

import (
	"fmt"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"stpdash/internal/warehouse/engine"
)

func dumpLog(b *testing.B, e engine.Endpoint) {
	conn, err := clickhouse.Open(&clickhouse.Options{Addr: []string{e.Address}, Auth: clickhouse.Auth{Database: e.Database, Username: e.User, Password: e.Password}})
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Exec(b.Context(), "SYSTEM FLUSH LOGS"); err != nil {
		fmt.Println(err)
	}
	rows, err := conn.Query(b.Context(), "SELECT log_comment, count(), toUInt64(sum(query_duration_ms)), toUInt64(sum(ProfileEvents['UserTimeMicroseconds']+ProfileEvents['SystemTimeMicroseconds'])/1000), toUInt64(max(memory_usage)/1e6), toUInt64(sum(read_rows)) FROM system.query_log WHERE type='QueryFinish' AND current_database = currentDatabase() GROUP BY 1 ORDER BY 4 DESC LIMIT 12")
	if err != nil {
		b.Fatal(err)
	}
	for rows.Next() {
		var c string
		var n, d, cpu, mem, rr uint64
		if err := rows.Scan(&c, &n, &d, &cpu, &mem, &rr); err != nil {
			b.Fatal(err)
		}
		fmt.Printf("%-20s n=%d dur=%dms cpu=%dms mem=%dMB rows=%d\n", c, n, d, cpu, mem, rr)
	}
}
