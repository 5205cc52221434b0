package main

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"

	"stpdash/internal/warehouse/engine"
)

// TestServerInPlaceOfTheEngine points a second service at the ClickHouse of the first, as at any server.
func TestServerInPlaceOfTheEngine(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	host := start(t, "STP_DATA_DIR="+folder, "STP_BUNDLED=false")
	endpoint, err := engine.Attach(folder)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := clickhouse.Open(&clickhouse.Options{
		Addr:        []string{endpoint.Address},
		Auth:        clickhouse.Auth{Database: endpoint.Database, Username: endpoint.User, Password: endpoint.Password},
		DialContext: endpoint.Dial,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Exec(t.Context(), "CREATE DATABASE stp_server"); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	dsn := "clickhouse://" + endpoint.User + ":" + endpoint.Password + "@" + relay(t, endpoint) + "/stp_server"
	guest := start(t, "STP_DATA_DIR="+t.TempDir(), "STP_CLICKHOUSE_DSN="+dsn)
	if pid := enginePID(guest.command.Process.Pid); pid != 0 {
		t.Errorf("it started an engine of its own, process %d", pid)
	}
	const question = "/api/v1/series?measure=ae_attendances&footprint=ENG&from=2017-04&to=2017-04"
	if a := guest.get(t, question); !strings.Contains(a.body, `"numerator":"1949762"`) {
		t.Errorf("%d: %s", a.status, a.body)
	}
	if a := host.get(t, question); !strings.Contains(a.body, `"points":[]`) {
		t.Errorf("the figures went to the other database: %s", a.body)
	}
	guest.stop(t)
	host.stop(t)
}

// relay is an address at which the engine answers as any server does: its own port answers its own clients alone.
func relay(t *testing.T, endpoint engine.Endpoint) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer client.Close()
				server, err := endpoint.Dial(context.Background(), "")
				if err != nil {
					return
				}
				defer server.Close()
				go func() { _, _ = io.Copy(server, client); _ = server.Close() }()
				_, _ = io.Copy(client, server)
			}()
		}
	}()
	return listener.Addr().String()
}
