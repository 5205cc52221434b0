package warehouse

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"stpdash/internal/warehouse/engine/enginetest"
)

// A question is given up while the client waits to hand on a block of its answer, and its connection was cut before: the program goes on.
func TestCutConnectionOfQuestionGivenUp(t *testing.T) {
	t.Parallel()
	endpoint := enginetest.Database(t)
	options := endpoint.Options(endpoint.Reader)
	dial := options.DialContext
	var cut net.Conn
	options.DialContext = func(ctx context.Context, address string) (conn net.Conn, err error) {
		cut, err = dial(ctx, address)
		return cut, err
	}
	conn, err := connect(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	ctx, giveUp := context.WithCancel(clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"max_block_size": 1000})))
	rows, err := conn.Query(ctx, "SELECT number FROM numbers(1000000000000)")
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond) // the client has blocks enough
	_ = cut.Close()
	giveUp()
	time.Sleep(300 * time.Millisecond)
	for rows.Next() {
	}
	if rows.Err() == nil {
		t.Error("an answer that was given up ends as if it were whole")
	}
}
