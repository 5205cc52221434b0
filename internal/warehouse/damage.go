package warehouse

import (
	"context"
	"errors"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"stpdash/internal/figures"
)

// damaging are ClickHouse's own errors that say that a file is not as it was written: cut short, changed, gone, of an unknown form, or a
// table that could not be opened.
var damaging = []int32{32, 33, 40, 74, 76, 107, 117, 131, 226, 227, 228, 231, 233, 246, 271, 432, 695, 740}

// Damage tells what was found damaged since the start; nil when nothing was.
func (w Upkeep) Damage() error {
	if found := w.damage.Load(); found != nil {
		return *found
	}
	return nil
}

// Distrust notes damage that was found elsewhere.
func (w Upkeep) Distrust(err error) {
	err = fmt.Errorf("%w: %w", figures.ErrDamaged, err)
	w.damage.CompareAndSwap(nil, &err)
}

func (w *connection) noteDamage(err error) {
	if errors.Is(err, figures.ErrDamaged) {
		w.damage.CompareAndSwap(nil, &err)
	}
}

// CheckDetached looks for parts of tables that ClickHouse could not read at its start and has put aside: their rows are missing, and no
// answer says so.
func (w Upkeep) CheckDetached(ctx context.Context) error {
	return w.check(ctx, "detached_parts", func(rows driver.Rows) (damaged string, err error) {
		var table, part, reason string
		err = rows.Scan(&table, &part, &reason)
		return fmt.Sprintf("part %s of the table %s was put aside at the start: %s", part, table, reason), err
	})
}

// CheckParts reads every file of the embedded engine's tables and compares it with its checksum.
func (w Upkeep) CheckParts(ctx context.Context) error {
	return w.check(ctx, "damaged_parts", func(rows driver.Rows) (damaged string, err error) {
		var database, table, part, message string
		var passed bool
		err = rows.Scan(&database, &table, &part, &passed, &message)
		if passed || database != w.options.Auth.Database {
			return "", err
		}
		return fmt.Sprintf("part %s of the table %s: %s", part, table, message), err
	})
}

// check asks as the one that writes, who alone may look at parts.
func (w *connection) check(ctx context.Context, question string, scan func(driver.Rows) (damaged string, err error)) (err error) {
	defer func() { w.noteDamage(err) }()
	ctx, cancel := context.WithTimeout(ctx, copyPatience)
	defer cancel()
	ctx, query := w.ask(ctx, question, clickhouse.Parameters{})
	rows, err := w.conn.Query(ctx, query)
	if err != nil {
		return fmt.Errorf("%s: %w", question, reachable(err))
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		switch damaged, err := scan(rows); {
		case err != nil:
			return fmt.Errorf("%s: %w", question, err)
		case damaged != "":
			return fmt.Errorf("%w: %s", figures.ErrDamaged, damaged)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", question, reachable(err))
	}
	return nil
}
