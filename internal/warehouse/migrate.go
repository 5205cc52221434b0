package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/pressly/goose/v3"

	questions "stpdash/sql"
)

const (
	createLock  = "CREATE TABLE migration_lock (holder UInt8) ENGINE = Null"
	dropLock    = "DROP TABLE IF EXISTS migration_lock"
	lockAge     = "SELECT dateDiff('second', metadata_modification_time, now()) FROM system.tables WHERE database = currentDatabase() AND name = 'migration_lock'"
	begunBefore = "SELECT count() > 0 FROM system.tables WHERE database = currentDatabase() AND name = 'goose_db_version'"
	// A holder that has not finished by then has died.
	lockStale        = 60
	codeTableExists  = 57
	lockPollInterval = 100 * time.Millisecond
)

// Migrate brings the tables to the present version; two at once take turns. Without anything to do it takes no lock.
func (w Upkeep) Migrate(ctx context.Context) error {
	newest, err := NewestSchema()
	if err != nil {
		return err
	}
	return w.migrate(ctx, newest)
}

// migrate brings the tables to a version.
func (w *connection) migrate(ctx context.Context, version int64) (err error) {
	migrations, err := fs.Sub(questions.Migrations, "migrations")
	if err != nil {
		return err
	}
	db := clickhouse.OpenDB(w.options)
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := goose.NewProvider(goose.DialectClickHouse, db, migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrate the warehouse: %w", err)
	}
	var begun bool // goose creates its table when it is asked for versions, which two at once must not do
	if err := w.conn.QueryRow(ctx, begunBefore).Scan(&begun); err != nil {
		return fmt.Errorf("migrate the warehouse: %w", reachable(err))
	}
	if begun {
		if current, _, err := provider.GetVersions(ctx); err == nil && current == version {
			return nil
		}
	}
	if err := w.lockMigrations(ctx); err != nil {
		return fmt.Errorf("migrate the warehouse: %w", reachable(err))
	}
	defer func() {
		// The lock is given back even if the caller gave up, within a time of its own: that of a client may be too short.
		unlocking, cancel := context.WithTimeout(context.WithoutCancel(ctx), lockStale*time.Second)
		defer cancel()
		if failed := w.conn.Exec(unlocking, dropLock); failed != nil {
			err = errors.Join(err, fmt.Errorf("give back the lock of migrations: %w", reachable(failed)))
		}
	}()
	if _, err := provider.UpTo(ctx, version); err != nil {
		return fmt.Errorf("migrate the warehouse: %w", reachable(err))
	}
	return nil
}

// lockMigrations relies on ClickHouse to create a table for one of several callers only; goose has no lock for it.
func (w *connection) lockMigrations(ctx context.Context) error {
	for held := false; ; held = true {
		err := w.conn.Exec(ctx, createLock)
		var refused *clickhouse.Exception
		switch {
		case err == nil:
			return nil
		case held && ctx.Err() != nil: // in the middle of a question
			return fmt.Errorf("another stpd is migrating the warehouse: %w", ctx.Err())
		case !errors.As(err, &refused) || refused.Code != codeTableExists:
			return err
		}
		var age int64
		if err := w.conn.QueryRow(ctx, lockAge).Scan(&age); err == nil && age > lockStale {
			if err := w.conn.Exec(ctx, dropLock); err != nil {
				return err
			}
			continue
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("another stpd is migrating the warehouse: %w", ctx.Err())
		case <-time.After(lockPollInterval):
		}
	}
}
