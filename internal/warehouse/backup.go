package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/pressly/goose/v3"

	questions "stpdash/sql"
)

// copyPatience bounds a copy of the whole database, during which ClickHouse says nothing: a client with no bound of its own
// gives up after five minutes of silence.
const copyPatience = 24 * time.Hour

// Backup has ClickHouse copy the database, which must be the embedded engine's, into a new folder of that name, below its folder of
// backups. Every table is copied as it stands when its turn comes, so nothing may load meanwhile.
func (w *Warehouse) Backup(ctx context.Context, name string) error {
	return w.order(ctx, "backup", clickhouse.Parameters{"name": name})
}

// EndBackups ends the backups under way, such as that of a program that was killed, and waits until they have ended.
func (w *Warehouse) EndBackups(ctx context.Context) error { return w.order(ctx, "backup_end", nil) }

// Restore makes the tables of a version in the empty database of the embedded engine, and has ClickHouse fill them from a folder that
// Backup wrote, below its folder of backups. A backup whose tables are defined otherwise is refused. Open then brings the tables to the
// present version.
func Restore(ctx context.Context, writer *clickhouse.Options, name string, schema int64) (err error) {
	w := &Warehouse{}
	if w.queries, err = readQueries(); err != nil {
		return err
	}
	if w.conn, err = connect(writer); err != nil {
		return err
	}
	migrating := *writer
	migrating.ReadTimeout = 0 // that of the client
	w.options = &migrating
	defer func() { err = errors.Join(err, w.conn.Close()) }()
	ctx, cancel := context.WithTimeout(ctx, copyPatience)
	defer cancel()
	if err := w.migrate(ctx, schema); err != nil {
		return err
	}
	return w.order(ctx, "restore", clickhouse.Parameters{"name": name})
}

func (w *Warehouse) order(ctx context.Context, question string, parameters clickhouse.Parameters) error {
	ctx, cancel := context.WithTimeout(ctx, copyPatience)
	defer cancel()
	ctx, query := w.ask(ctx, question, parameters)
	if err := w.conn.Exec(ctx, query); err != nil {
		return fmt.Errorf("%s: %w", question, reachable(err))
	}
	return nil
}

// Kept is a file that loads were made from.
type Kept struct {
	SHA256 string
	Load   uint64 // the first of them
	File   string // its name then
}

// Kept lists the files that loads were made from, by their first loads.
func (w *Warehouse) Kept(ctx context.Context) ([]Kept, error) {
	var all []Kept
	err := w.rows(ctx, "kept", nil, func(rows driver.Rows) error {
		var k Kept
		err := rows.Scan(&k.SHA256, &k.Load, &k.File)
		all = append(all, k)
		return err
	})
	return all, err
}

// Schema is the number of the newest migration that the tables have had.
func (w *Warehouse) Schema(ctx context.Context) (version int64, err error) {
	err = w.rows(ctx, "schema", nil, func(rows driver.Rows) error { return rows.Scan(&version) })
	return version, err
}

// NewestSchema is the number of the newest migration that this program knows.
func NewestSchema() (int64, error) {
	files, err := fs.Glob(questions.Migrations, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	return goose.NumericComponent(files[len(files)-1]) // they are numbered in order
}
