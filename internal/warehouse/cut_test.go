package warehouse

import (
	"context"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

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

// busy is a context that is watched late, now and then, as on a machine with much to do.
type busy struct{ context.Context }

func (b busy) Done() <-chan struct{} {
	time.Sleep(rand.N(4 * time.Millisecond))
	return b.Context.Done()
}

// What ends just after its insert was sent leaves the connection to the next question.
func TestContextThatEndsAfterItsInsert(t *testing.T) {
	t.Parallel()
	endpoint := enginetest.Database(t)
	options := endpoint.Options(endpoint.User)
	options.MaxOpenConns = 1
	conn, err := connect(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.Exec(t.Context(), "CREATE TABLE brief (a UInt8) ENGINE = Memory"); err != nil {
		t.Fatal(err)
	}
	w := &connection{conn: conn, queries: map[string]string{"insert_brief": "INSERT INTO brief (a)"}}
	for i := range 300 {
		ending, end := context.WithCancel(t.Context())
		ctx := busy{ending}
		err := w.insert(ctx, "brief", 1, func(batch driver.Batch, _ int) error { return batch.Append(uint8(1)) })
		end()
		if err != nil {
			t.Fatalf("insert %d: %v", i, err)
		}
	}
}

// A connection that was cut while nobody used it is not the next question's.
func TestConnectionCutWhileKept(t *testing.T) {
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
	for range 2 {
		if err := conn.Exec(t.Context(), "SELECT 1"); err != nil {
			t.Fatal(err)
		}
		_ = cut.Close()
	}
}

// A reader's question ends with the reader's patience; a load's, for which nobody waits, is not broken off by what readers are granted.
func TestTimeOfQuestions(t *testing.T) {
	t.Parallel()
	endpoint := enginetest.Database(t)
	conn, err := connect(endpoint.Options(endpoint.Reader))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	asking := &connection{reader: conn, queries: map[string]string{
		"granted": "SELECT toUInt64(value) FROM system.settings WHERE name = 'max_execution_time'",
	}}
	hurried, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for _, c := range []struct {
		name        string
		ctx         context.Context
		least, most uint64
	}{
		{"with a deadline", hurried, 1, 30},
		{"without one", t.Context(), 3600, 3600},
	} {
		var granted uint64
		if err := asking.rows(c.ctx, "granted", nil, func(rows driver.Rows) error { return rows.Scan(&granted) }); err != nil {
			t.Fatal(err)
		}
		if granted < c.least || granted > c.most {
			t.Errorf("%s: granted %d s, want %d to %d", c.name, granted, c.least, c.most)
		}
	}
}
