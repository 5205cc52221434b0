//go:build linux || darwin

// Package enginetest gives tests the real engine: one for a test binary, on an empty data directory.
package enginetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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

func exec(t testing.TB, endpoint engine.Endpoint, query string) {
	t.Helper()
	options := endpoint.Options(endpoint.User)
	options.Auth.Database = "system"
	conn, err := clickhouse.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Exec(context.Background(), query); err != nil {
		t.Fatal(err)
	}
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
