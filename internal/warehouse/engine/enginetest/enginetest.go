//go:build linux || darwin

// Package enginetest gives tests the real engine: one for a test binary, on an empty data directory.
package enginetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"stpdash/internal/warehouse/engine"
)

var shared struct {
	once   sync.Once
	dir    string
	engine *engine.Engine
	err    error
}

// Main runs the tests of a package that calls Start. Its TestMain must call it first of all, because the test
// binary re-executes itself to be the engine. It does not return.
func Main(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == engine.ChildCommand {
		os.Exit(engine.RunChild(os.Args[2:]))
	}
	code := m.Run()
	if err := Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// Stop ends the engine that Start started and removes its data. Main does it after the tests; a TestMain with more
// to do, such as to look for leaked goroutines, may do it earlier.
func Stop() error {
	if shared.engine == nil {
		return nil
	}
	if err := shared.engine.Close(); err != nil {
		return err
	}
	return os.RemoveAll(shared.dir)
}

// Start returns the engine of the test binary. Without the library it skips the test, but fails it in CI.
func Start(t testing.TB) *engine.Engine {
	t.Helper()
	library := Library(t)
	shared.once.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "stpd-engine-"); shared.err != nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		shared.engine, shared.err = engine.Start(ctx, engine.Options{DataDir: shared.dir, Library: library})
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.engine
}

var databases atomic.Int64

// Database returns the endpoint of the test binary's engine with a new, empty database for this test alone.
func Database(t testing.TB) engine.Endpoint {
	t.Helper()
	endpoint := Start(t).Endpoint()
	endpoint.Database = fmt.Sprintf("%s_test_%d", endpoint.Database, databases.Add(1))
	exec(t, endpoint, "CREATE DATABASE "+endpoint.Database)
	t.Cleanup(func() { exec(t, endpoint, "DROP DATABASE "+endpoint.Database+" SYNC") })
	return endpoint
}

// original is a database, with a folder, that tests get copies of.
type original struct {
	fill     sync.Once
	endpoint engine.Endpoint
	folder   string
	filled   bool
}

var originals sync.Map // by kind

// Prepared is Database with tables and rows in it, and a folder of files for the test alone. Both are copies of what fill made of
// an empty database and an empty folder, which it is called to do once for each kind in a test binary.
func Prepared(t testing.TB, kind string, fill func(endpoint engine.Endpoint, folder string)) (engine.Endpoint, string) {
	t.Helper()
	Library(t) // without it the test is skipped, and not what others wait for
	found, _ := originals.LoadOrStore(kind, &original{})
	o := found.(*original)
	o.fill.Do(func() {
		o.endpoint = Start(t).Endpoint()
		o.endpoint.Database += "_of_" + kind
		o.folder = filepath.Join(shared.dir, "folders", kind)
		if err := os.MkdirAll(o.folder, 0o700); err != nil {
			t.Fatal(err)
		}
		exec(t, o.endpoint, "CREATE DATABASE "+o.endpoint.Database)
		fill(o.endpoint, o.folder)
		o.filled = !t.Failed()
	})
	if !o.filled {
		t.Fatalf("the database %s was not prepared", kind)
	}
	endpoint, folder := Database(t), t.TempDir()
	copyTables(t, o.endpoint, endpoint.Database)
	if err := os.CopyFS(folder, os.DirFS(o.folder)); err != nil {
		t.Fatal(err)
	}
	return endpoint, folder
}

// copyTables copies all tables and views of a database; the copies share the files that the rows are in, which never change.
func copyTables(t testing.TB, from engine.Endpoint, to string) {
	t.Helper()
	conn := open(t, from)
	defer conn.Close()
	rows, err := conn.Query(t.Context(), `SELECT name, engine, create_table_query FROM system.tables WHERE database = {from:String}
		ORDER BY engine LIKE '%View', metadata_modification_time, name`, clickhouse.Named("from", from.Database))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var statements []string
	for rows.Next() {
		var name, kind, create string
		if err := rows.Scan(&name, &kind, &create); err != nil {
			t.Fatal(err)
		}
		create = strings.ReplaceAll(create, from.Database+".", to+".")
		if kind == "MergeTree" {
			create = fmt.Sprintf("CREATE TABLE %s.%s CLONE AS %s.%[2]s", to, name, from.Database)
		}
		statements = append(statements, create)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%v: %s", err, statement)
		}
	}
}

func exec(t testing.TB, endpoint engine.Endpoint, query string) {
	t.Helper()
	conn := open(t, endpoint)
	defer conn.Close()
	if err := conn.Exec(context.Background(), query); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, endpoint engine.Endpoint) clickhouse.Conn {
	t.Helper()
	options := endpoint.Options(endpoint.User)
	options.Auth.Database = "system"
	conn, err := clickhouse.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// Library finds libchdb.so: STP_ENGINE_LIBRARY, or else bin/engine of the project. Without it, it skips the test,
// but fails it in CI. Short runs of tests do without the engine.
func Library(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("needs ClickHouse")
	}
	path := os.Getenv("STP_ENGINE_LIBRARY")
	if path == "" {
		path = filepath.Join(projectRoot(t), "bin", "engine", "libchdb.so")
	}
	_, err := os.Stat(path)
	switch {
	case err == nil:
		return path
	case os.Getenv("CI") == "true":
		t.Fatalf("no ClickHouse library: %v; run `make engine`", err)
	default:
		t.Skipf("no ClickHouse library: %v; run `make engine` or set STP_ENGINE_LIBRARY", err)
	}
	return ""
}

func projectRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = parent
	}
}
