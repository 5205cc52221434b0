// Package warehouse keeps loads and figures in ClickHouse and answers questions about them as they stood at any time.
package warehouse

import (
	"context"
	"errors"

	"github.com/ClickHouse/clickhouse-go/v2"

	"stpdash/internal/load"
)

// Warehouse is a ClickHouse that holds our tables, by what it keeps and answers.
type Warehouse struct {
	*connection
	LoadLog
	LoadReports
	RunLog
	Ingest
	Moments
	FigureStore
	VerdictLog
	ActLog
	Accounts
	Upkeep
}

var _ load.Store = (*Warehouse)(nil)

func of(c *connection) *Warehouse {
	return &Warehouse{c, LoadLog{c}, LoadReports{c}, RunLog{c}, Ingest{c}, Moments{c}, FigureStore{c}, VerdictLog{c}, ActLog{c}, Accounts{c}, Upkeep{c}}
}

// Open connects as one user that writes and one that reads, and brings the tables to the present version.
// Footprints are the codes of the 44.
func Open(ctx context.Context, writer, reader *clickhouse.Options, footprints []string) (*Warehouse, error) {
	queries, err := readQueries()
	if err != nil {
		return nil, err
	}
	w := of(&connection{options: writer, queries: queries, areas: footprints})
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

// Close ends the connections.
func (w *Warehouse) Close() error { return errors.Join(w.reader.Close(), w.conn.Close()) }

// Ping tells whether ClickHouse answers.
func (w *Warehouse) Ping(ctx context.Context) error { return reachable(w.reader.Ping(ctx)) }
