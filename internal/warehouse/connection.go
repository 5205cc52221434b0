package warehouse

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"stpdash/internal/figures"
	questions "stpdash/sql"
)

func connect(options *clickhouse.Options) (driver.Conn, error) {
	// It bounds the wait for a connection too: many questions at once must not be told that there is no warehouse.
	options.DialTimeout = cmp.Or(options.DialTimeout, 15*time.Second)
	options.MaxOpenConns, options.MaxIdleConns = cmp.Or(options.MaxOpenConns, 16), cmp.Or(options.MaxIdleConns, 8)
	// A connection keeps the room that its largest block took: that of the block itself until it is given back, that of the compressor for as
	// long as it lives, which is not long.
	options.FreeBufOnConnRelease = true
	options.ConnMaxLifetime = cmp.Or(options.ConnMaxLifetime, 2*time.Minute)
	if options.Compression == nil {
		options.Compression = &clickhouse.Compression{Method: clickhouse.CompressionLZ4}
	}
	dial := options.DialContext
	if dial == nil {
		dial = dialer(options)
	}
	options.DialContext = func(ctx context.Context, address string) (net.Conn, error) {
		conn, err := dial(ctx, address)
		if err != nil {
			return nil, err
		}
		return closing{conn}, nil
	}
	conn, err := clickhouse.Open(options)
	if err != nil {
		return nil, fmt.Errorf("connect to ClickHouse: %w", err)
	}
	return conn, nil
}

// dialer connects as the client itself would.
func dialer(options *clickhouse.Options) func(ctx context.Context, address string) (net.Conn, error) {
	plain := &net.Dialer{Timeout: options.DialTimeout}
	dial := plain.DialContext
	if options.TLS != nil {
		dial = (&tls.Dialer{NetDialer: plain, Config: options.TLS}).DialContext
	}
	return func(ctx context.Context, address string) (net.Conn, error) { return dial(ctx, "tcp", address) }
}

// closing is a connection whose end is no error. Where a question is given up and its connection cannot be closed, as it was cut already,
// the client (clickhouse-go 2.50) closes what its own reading still writes to, which ends the whole program.
type closing struct{ net.Conn }

// Close implements net.Conn.
func (c closing) Close() error {
	_ = c.Conn.Close()
	return nil
}

// SyscallConn implements syscall.Conn, by which the client sees that a connection it kept was cut since.
func (c closing) SyscallConn() (syscall.RawConn, error) {
	conn := c.Conn
	if encrypted, ok := conn.(*tls.Conn); ok {
		conn = encrypted.NetConn()
	}
	under, ok := conn.(syscall.Conn)
	if !ok {
		return nil, fmt.Errorf("a %T cannot be looked at", conn)
	}
	return under.SyscallConn()
}

// connection asks ClickHouse the questions of sql/queries.
type connection struct {
	conn    driver.Conn // writes
	reader  driver.Conn // answers questions; may only read
	options *clickhouse.Options
	queries map[string]string
	damage  atomic.Pointer[error] // the first sign of it
	areas   []string              // codes that an observation may have in place of an organisation's
}

// ParseDSN reads the address of a ClickHouse server, clickhouse://user:password@host:9000/database.
func ParseDSN(dsn string) (*clickhouse.Options, error) {
	options, err := clickhouse.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("accepted: clickhouse://user:password@host:9000/database: %w", err)
	}
	return options, nil
}

func readQueries() (map[string]string, error) {
	files, err := fs.Glob(questions.Queries, "queries/*.sql")
	if err != nil {
		return nil, err
	}
	queries := map[string]string{}
	for _, file := range files {
		text, err := fs.ReadFile(questions.Queries, file)
		if err != nil {
			return nil, err
		}
		queries[strings.TrimSuffix(path.Base(file), ".sql")] = string(text)
	}
	return queries, nil
}

// prepare begins the insert into a table. Its values come in the order of the columns that it names.
func (w *connection) prepare(ctx context.Context, table string) (driver.Batch, error) {
	ctx, query := w.ask(ctx, "insert_"+table, nil)
	batch, err := begin(ctx, w.conn, query)
	if err != nil {
		return nil, fmt.Errorf("insert into %s: %w", table, reachable(err))
	}
	return batch, nil
}

// insertion is an insert that its context ends until it is sent, and no longer. The client (clickhouse-go 2.50) goes on watching the context
// for a moment after that, and where it ends then, closes the connection, which the next question may have already.
type insertion struct {
	driver.Batch
	ctx  context.Context
	sent func() bool
}

func begin(ctx context.Context, conn driver.Conn, query string) (driver.Batch, error) {
	watched, end := context.WithCancel(context.WithoutCancel(ctx))
	sent := context.AfterFunc(ctx, end)
	batch, err := conn.PrepareBatch(watched, query)
	if err != nil {
		sent()
		return nil, cmp.Or(ctx.Err(), err)
	}
	return insertion{batch, ctx, sent}, nil
}

// Send implements driver.Batch.
func (i insertion) Send() error {
	err := i.Batch.Send()
	if i.sent(); err != nil {
		return cmp.Or(i.ctx.Err(), err)
	}
	return nil
}

// unhurried is how long a question may take that no reader waits for, as those of a load. On a busy machine they take many times longer,
// and the same load begun again would take as long.
const unhurried = time.Hour

// ask binds parameters to a question of sql/queries; the question's name goes into the query log.
func (w *connection) ask(ctx context.Context, name string, parameters clickhouse.Parameters) (context.Context, string) {
	query, ok := w.queries[name]
	if !ok {
		panic("no sql/queries/" + name + ".sql")
	}
	settings := clickhouse.Settings{"log_comment": name}
	if _, limited := ctx.Deadline(); !limited {
		settings["max_execution_time"] = int(unhurried.Seconds())
	}
	return clickhouse.Context(ctx, clickhouse.WithParameters(parameters), clickhouse.WithSettings(settings)), query
}

// rows asks a question and hands every row to scan.
func (w *connection) rows(ctx context.Context, name string, parameters clickhouse.Parameters, scan func(driver.Rows) error) (err error) {
	defer func() { w.noteDamage(err) }()
	ctx, query := w.ask(ctx, name, parameters)
	rows, err := w.reader.Query(ctx, query)
	if err != nil {
		return fmt.Errorf("%s: %w", name, reachable(err))
	}
	defer func() {
		if closing := rows.Close(); err == nil && closing != nil {
			err = fmt.Errorf("%s: %w", name, reachable(closing))
		}
	}()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, reachable(err))
	}
	return nil
}

// passing are ClickHouse's own errors that pass: too many queries, not enough memory, shutting down.
var passing = []int32{202, 241, 236, 394}

// reachable marks errors that pass, those of the connection above all, as ErrUnavailable.
func reachable(err error) error {
	var answered *clickhouse.Exception
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, figures.ErrUnavailable):
		return err
	case errors.As(err, &answered) && slices.Contains(damaging, answered.Code):
		return fmt.Errorf("%w: %w", figures.ErrDamaged, err)
	case errors.As(err, &answered) && !slices.Contains(passing, answered.Code):
		return err
	default:
		return fmt.Errorf("%w: %w", figures.ErrUnavailable, err)
	}
}

// insert appends rows in one insert of sql/queries, which ClickHouse shows whole or not at all.
func (w *connection) insert(ctx context.Context, table string, rows int, appendRow func(batch driver.Batch, i int) error) error {
	if rows == 0 {
		return nil
	}
	batch, err := w.prepare(ctx, table)
	if err != nil {
		return err
	}
	defer func() { _ = batch.Close() }()
	for i := range rows {
		if err := appendRow(batch, i); err != nil {
			return fmt.Errorf("insert into %s, row %d: %w", table, i, err)
		}
	}
	if err := batch.Send(); err != nil {
		return fmt.Errorf("insert into %s: %w", table, reachable(err))
	}
	return nil
}
