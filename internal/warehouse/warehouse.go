// Package warehouse keeps loads and figures in ClickHouse and answers questions about them as they stood at any time.
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
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"stpdash/internal/figures"
	questions "stpdash/sql"
)

// Warehouse is a connection to a ClickHouse that holds our tables.
type Warehouse struct {
	conn    driver.Conn // writes
	reader  driver.Conn // answers questions; may only read
	options *clickhouse.Options
	queries map[string]string
	damage  atomic.Pointer[error] // the first sign of it
	areas   []string              // codes that an observation may have in place of an organisation's
}

// Open connects as one user that writes and one that reads, and brings the tables to the present version.
// Footprints are the codes of the 44.
func Open(ctx context.Context, writer, reader *clickhouse.Options, footprints []string) (*Warehouse, error) {
	queries, err := readQueries()
	if err != nil {
		return nil, err
	}
	w := &Warehouse{options: writer, queries: queries, areas: footprints}
	if w.conn, err = connect(writer); err != nil {
		return nil, err
	}
	if w.reader, err = connect(reader); err != nil {
		return nil, errors.Join(err, w.conn.Close())
	}
	if err := w.Migrate(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func connect(options *clickhouse.Options) (driver.Conn, error) {
	// It bounds the wait for a connection too: many questions at once must not be told that there is no warehouse.
	options.DialTimeout = cmp.Or(options.DialTimeout, 15*time.Second)
	options.MaxOpenConns, options.MaxIdleConns = cmp.Or(options.MaxOpenConns, 16), cmp.Or(options.MaxIdleConns, 8)
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

// Close ends the connections.
func (w *Warehouse) Close() error { return errors.Join(w.reader.Close(), w.conn.Close()) }

// Ping tells whether ClickHouse answers.
func (w *Warehouse) Ping(ctx context.Context) error { return reachable(w.reader.Ping(ctx)) }

// ask binds parameters to a question of sql/queries; the question's name goes into the query log.
func (w *Warehouse) ask(ctx context.Context, name string, parameters clickhouse.Parameters) (context.Context, string) {
	query, ok := w.queries[name]
	if !ok {
		panic("no sql/queries/" + name + ".sql")
	}
	return clickhouse.Context(ctx,
		clickhouse.WithParameters(parameters),
		clickhouse.WithSettings(clickhouse.Settings{"log_comment": name}),
	), query
}

// rows asks a question and hands every row to scan.
func (w *Warehouse) rows(ctx context.Context, name string, parameters clickhouse.Parameters, scan func(driver.Rows) error) (err error) {
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

// array writes a list of strings as a parameter.
func array(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v) + "'"
	}
	return "[" + strings.Join(quoted, ",") + "]"
}

// numbers writes a list of numbers as a parameter.
func numbers[N int | int8 | uint64](values []N) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v)
	}
	return "[" + strings.Join(texts, ",") + "]"
}

func number[N uint64 | int](n N) string { return strconv.FormatUint(uint64(n), 10) }

func day(t time.Time) string { return t.Format(time.DateOnly) }

func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000000") }
