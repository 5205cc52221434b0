package load_test

import (
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"

	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/warehouse/engine"
	"stpdash/internal/warehouse/engine/enginetest"
)

// Readers are told after half a minute that a question takes too long. What a load is asked may take longer, as a busy machine would break off
// the same load again and again.
func TestQuestionsOfLoadsMayTakeLong(t *testing.T) {
	t.Parallel()
	const least = 600 // seconds
	r := mappingtest.Reference(t)
	endpoint, _ := enginetest.Prepared(t, "tables", func(endpoint engine.Endpoint, _ string) { openWarehouseAt(t, endpoint, r) })
	l := newLoader(t, openWarehouseAt(t, endpoint, r), mappingtest.DefinitionsWithoutCentres(t, nil), r)
	mustPublish(t, l, mappingtest.April, mappingtest.AprilCSV(t).Bytes())
	mustPublish(t, l, "MSitAE-May-2018.csv", mappingtest.PublishedFile(t, "ae", "MSitAE-May-2018"))
	conn, err := clickhouse.Open(endpoint.Options(endpoint.User))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Exec(t.Context(), "SYSTEM FLUSH LOGS"); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(t.Context(), `SELECT log_comment, min(toUInt32OrZero(Settings['max_execution_time'])) FROM system.query_log
		WHERE current_database = {database:String} AND type = 'QueryFinish'
		  AND log_comment IN ('compared_lists', 'larger_parts', 'repeated_periods', 'touched_observations', 'roll_up_shortcuts', 'roll_up')
		GROUP BY log_comment`, clickhouse.Named("database", endpoint.Database))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	asked := 0
	for rows.Next() {
		var question string
		var seconds uint32
		if err := rows.Scan(&question, &seconds); err != nil {
			t.Fatal(err)
		}
		if asked++; seconds < least {
			t.Errorf("%s may take %d seconds, want %d", question, seconds, least)
		}
	}
	if err := rows.Err(); err != nil || asked != 6 {
		t.Errorf("%d questions of 6 were asked: %v", asked, err)
	}
}
