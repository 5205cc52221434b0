package warehouse_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/go-cmp/cmp"

	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/mapping"
	"stpdash/internal/warehouse"
	"stpdash/internal/warehouse/engine"
	"stpdash/internal/warehouse/engine/enginetest"
	"stpdash/sql"
)

// ownEngine starts an engine of the test's own, with its database, and tells where its backups are.
func ownEngine(t *testing.T) (endpoint engine.Endpoint, backups string) {
	t.Helper()
	dir := t.TempDir()
	e, err := engine.Start(t.Context(), engine.Options{DataDir: dir, Library: enginetest.Library(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e.Endpoint(), filepath.Join(dir, "backups")
}

// newest is the version of the tables that Open makes.
func newest(t *testing.T) int64 {
	t.Helper()
	version, err := warehouse.NewestSchema()
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func TestBackup(t *testing.T) {
	from, written := ownEngine(t)
	to, read := ownEngine(t)
	w, c := open(t, from), shipped(t)
	for i := range 3 {
		publish(t, w, c, time.Date(2018, 1, 1+i, 0, 0, 0, 0, time.UTC), batch{
			Observations: []mapping.Observation{figure(t, "ae_attendances_type1", "RD1", "2017-04", "1949762.428571428571")},
		})
	}
	before, err := w.Loads(t.Context(), figures.LoadFilter{Limit: 10})
	if err != nil || len(before) != 3 {
		t.Fatalf("%v, %v", before, err)
	}
	if err := w.Backup(t.Context(), "new/copy"); err != nil {
		t.Fatal(err)
	}
	if err := w.Backup(t.Context(), "new/copy"); err == nil {
		t.Error("a backup replaced another")
	}
	if err := os.Rename(filepath.Join(written, "new", "copy"), filepath.Join(read, "copy")); err != nil {
		t.Fatal(err)
	}
	// ClickHouse may be silent for longer than a client listens otherwise.
	options := to.Options(to.User)
	options.ReadTimeout = time.Millisecond
	if err := warehouse.Restore(t.Context(), options, "copy", newest(t)); err != nil {
		t.Fatal(err)
	}
	restored := open(t, to)
	after, err := restored.Loads(t.Context(), figures.LoadFilter{Limit: 10})
	if diff := cmp.Diff(before, after); err != nil || diff != "" {
		t.Error(err, diff)
	}
	kept, err := restored.LoadFiles(t.Context())
	want := []warehouse.LoadFile{{SHA256: "f1", Load: 1, File: "file.csv"}, {SHA256: "f2", Load: 2, File: "file.csv"}, {SHA256: "f3", Load: 3, File: "file.csv"}}
	if diff := cmp.Diff(want, kept); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if err := warehouse.Restore(t.Context(), to.Options(to.User), "copy", newest(t)); err == nil || !strings.Contains(err.Error(), "already contains some data") {
		t.Errorf("a restore into a full database gives %v", err)
	}
	if err := warehouse.Restore(t.Context(), to.Options(to.User), "none", newest(t)); err == nil {
		t.Error("a backup that is not there was restored")
	}
}

// TestEndBackups ends a backup that takes minutes, of a program that no longer waits for it.
func TestEndBackups(t *testing.T) {
	endpoint, _ := ownEngine(t)
	w, conn := open(t, endpoint), connect(t, endpoint, endpoint.User)
	if err := conn.Exec(t.Context(), "CREATE TABLE many ENGINE = MergeTree PARTITION BY x ORDER BY x AS SELECT number AS x FROM numbers(20)"); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		slow := clickhouse.Context(context.WithoutCancel(t.Context()), clickhouse.WithSettings(clickhouse.Settings{"max_backup_bandwidth": 500}))
		ended <- conn.Exec(slow, "BACKUP DATABASE stp TO File('slow')")
	}()
	running := func() (n uint64) {
		if err := conn.QueryRow(t.Context(), "SELECT count() FROM system.processes WHERE query_kind = 'Backup'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for deadline := time.Now().Add(5 * time.Minute); running() == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the backup did not begin within five minutes")
		}
	}
	if err := w.EndBackups(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := running(); n != 0 {
		t.Errorf("%d backups still run", n)
	}
	var exception *clickhouse.Exception
	if err := <-ended; !errors.As(err, &exception) || exception.Code != 394 {
		t.Errorf("the backup ended with %v", err)
	}
	if err := w.Backup(t.Context(), "slow"); err != nil {
		t.Errorf("another backup of the same name: %v", err)
	}
}

// TestBackupOfAnOlderVersion restores what the first migration made, which Open brings to the present version. A withdrawal then names
// the load that it takes back, which was once a part of a text.
func TestBackupOfAnOlderVersion(t *testing.T) {
	from, written := ownEngine(t)
	to, read := ownEngine(t)
	conn := connect(t, from, from.User)
	text, err := sql.Migrations.ReadFile("migrations/00001_create_loads.sql")
	if err != nil {
		t.Fatal(err)
	}
	up, _, _ := strings.Cut(string(text), "-- +goose Down")
	statements := append(strings.Split(strings.TrimSpace(up), ";\n"),
		"CREATE TABLE goose_db_version (version_id Int64, is_applied UInt8, date Date DEFAULT now(), tstamp DateTime DEFAULT now()) ENGINE = MergeTree ORDER BY date",
		"INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1)",
		"INSERT INTO load (load_id, state, at, sha256) VALUES (7, 'published', '2018-01-01 00:00:00', 'f7')",
		"INSERT INTO load (load_id, state, at, source, file) VALUES (6, 'published', '2018-01-01 00:00:00', 'withdrawals', 'load 5, a.csv')",
		"INSERT INTO load (load_id, state, at, source, file) VALUES (4, 'published', '2018-01-01 00:00:00', 'ae', 'load 3, b.csv')",
		"BACKUP DATABASE stp TO File('old')")
	for _, statement := range statements {
		if err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := os.Rename(filepath.Join(written, "old"), filepath.Join(read, "old")); err != nil {
		t.Fatal(err)
	}
	if err := warehouse.Restore(t.Context(), to.Options(to.User), "old", 1); err != nil {
		t.Fatal(err)
	}
	w := open(t, to)
	latest, err := w.AsOfTime(t.Context(), figures.Now.At)
	if err != nil || latest.Load != 7 {
		t.Errorf("the newest load is %d, %v", latest.Load, err)
	}
	for id, withdrawn := range map[uint64]uint64{7: 0, 6: 5, 4: 0} {
		if l, err := w.Load(t.Context(), id); err != nil || l.Withdraws != withdrawn {
			t.Errorf("load %d takes back load %d, %v; it took back load %d", id, l.Withdraws, err, withdrawn)
		}
	}
	version, err := w.Schema(t.Context())
	known, unknown := warehouse.NewestSchema()
	if err != nil || unknown != nil || version != known || known < 2 {
		t.Errorf("the tables are of version %d, %v; known are %d, %v", version, err, known, unknown)
	}
	if _, err := figurestest.Values(t.Context(), w, figures.Now, nil, nil, figures.Range{}); err != nil {
		t.Errorf("the tables of later migrations: %v", err)
	}
}
