//go:build linux || darwin

package engine_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"go.uber.org/goleak"

	"stpdash/internal/warehouse/engine"
	"stpdash/internal/warehouse/engine/enginetest"
)

// What the test binary is when it re-executes itself, beside the engine: another stpd, or the clickhouse executable.
const (
	roleVariable   = "STPD_TEST_ROLE"
	roleOwner      = "owner"
	roleGuest      = "guest"
	roleClickHouse = "clickhouse"
	roleAttacker   = "attacker"
	roleSnoop      = "snoop"
	roleFlood      = "flood"
	dirVariable    = "STPD_TEST_DIR"
	libVariable    = "STPD_TEST_LIBRARY"
)

func TestMain(m *testing.M) {
	dir, library := os.Getenv(dirVariable), os.Getenv(libVariable)
	switch os.Getenv(roleVariable) {
	case roleOwner:
		if len(os.Args) == 1 {
			beOwner(dir, library)
		}
	case roleGuest:
		beGuest(dir)
	case roleAttacker:
		beAttacker()
	case roleFlood:
		beFlood(dir)
	case roleSnoop:
		beSnoop(dir)
	case roleClickHouse:
		if slices.Contains(os.Args, "--version") {
			fmt.Println("ClickHouse local version", dir)
			os.Exit(0)
		}
		if len(os.Args) > 1 && os.Args[1] == "local" {
			os.Exit(engine.RunLibrary(library, os.Args[2:]))
		}
	}
	enginetest.Main(m)
}

// beOwner runs an engine, says where, and waits to be killed.
func beOwner(dir, library string) {
	e, err := engine.Start(context.Background(), engine.Options{DataDir: dir, Library: library})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(e.PID())
	select {}
}

// beGuest reads a table through the engine of another process.
func beGuest(dir string) {
	p, err := engine.Attach(dir)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	conn, err := clickhouse.Open(p.Options(p.Reader))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var n uint64
	if err := conn.QueryRow(context.Background(), "SELECT count() FROM stp.guest").Scan(&n); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(n)
	os.Exit(0)
}

func role(name, dir, library string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"="+name, dirVariable+"="+dir, libVariable+"="+library)
	return cmd
}

func dial(p engine.Endpoint, user, password string) (clickhouse.Conn, error) {
	return clickhouse.Open(&clickhouse.Options{
		Addr:        []string{p.Address},
		Auth:        clickhouse.Auth{Database: "system", Username: user, Password: password},
		DialContext: p.Dial,
	})
}

func connect(t *testing.T, p engine.Endpoint) clickhouse.Conn {
	t.Helper()
	conn, err := dial(p, p.User, p.Password)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func start(t *testing.T, o engine.Options) *engine.Engine {
	t.Helper()
	e, err := engine.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func execute(t *testing.T, conn clickhouse.Conn, queries ...string) {
	t.Helper()
	for _, q := range queries {
		if err := conn.Exec(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

func number(t *testing.T, conn clickhouse.Conn, query string) uint64 {
	t.Helper()
	var n uint64
	if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// eventually waits generously for what takes a second.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within two minutes: %s", what)
		}
	}
}

func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !strings.Contains(string(stat), ") Z ") // a zombie awaits its parent, or init
}

func TestStartAndQuery(t *testing.T) {
	e := start(t, engine.Options{DataDir: t.TempDir(), Library: enginetest.Library(t)})
	conn := connect(t, e.Endpoint())
	execute(t, conn,
		"CREATE TABLE stp.first (x UInt64, money Decimal(18, 2)) ENGINE = MergeTree ORDER BY x",
		"INSERT INTO stp.first SELECT number, 0.1 FROM numbers(1000)")
	if got := number(t, conn, "SELECT count() FROM stp.first WHERE money = 0.1"); got != 1000 {
		t.Errorf("%d rows, want 1000", got)
	}
	if !e.Ready() || e.Restarts() != 0 || !alive(e.PID()) {
		t.Errorf("ready %t, %d restarts, pid %d", e.Ready(), e.Restarts(), e.PID())
	}
	if _, err := os.Stat("/proc/self/statm"); err == nil && e.ResidentBytes() < 1<<20 {
		t.Errorf("%d resident bytes", e.ResidentBytes())
	}
}

func TestUsersMayDoWhatTheyNeedAndNoMore(t *testing.T) {
	p := enginetest.Database(t)
	e := enginetest.Start(t)
	pid := e.PID()
	table := p.Database + ".secret"
	execute(t, connect(t, p),
		"CREATE TABLE "+table+" (x UInt64) ENGINE = MergeTree ORDER BY x",
		"INSERT INTO "+table+" VALUES (1)",
		"SYSTEM FLUSH LOGS") // creates the query log

	const allowed, accessDenied, badLogin, notAllowedPath, readOnly = 0, 497, 516, 36, 164
	for _, test := range []struct {
		user, password, query string
		want                  int32
	}{
		{"default", "", "SELECT * FROM " + table, badLogin},
		{"default", "", "SELECT * FROM file('/etc/passwd', 'LineAsString')", badLogin},
		{"default", "", "SELECT name FROM system.users", badLogin},
		{"default", "", "SELECT query FROM system.query_log", badLogin},
		{"default", "", "CREATE TABLE " + table + "2 (x UInt64) ENGINE = Memory", badLogin},
		{"default", p.Password, "SELECT 1", badLogin},
		{p.User, "", "SELECT 1", badLogin},
		{p.User, "guess", "SELECT 1", badLogin},
		{"nobody", "", "SELECT 1", badLogin},
		{p.User, p.Password, "SELECT * FROM " + table, allowed},
		{p.User, p.Password, "CREATE TABLE " + table + "2 AS " + table, allowed},
		{p.User, p.Password, "EXCHANGE TABLES " + table + " AND " + table + "2", allowed},
		{p.User, p.Password, "BACKUP TABLE " + table + " TO File('" + p.Database + "')", allowed},
		{p.User, p.Password, "BACKUP TABLE " + table + " TO File('/tmp/secret')", notAllowedPath},
		{p.User, p.ReaderPassword, "SELECT 1", badLogin},
		{p.Reader, p.Password, "SELECT 1", badLogin},
		{p.User, p.Password, "CREATE TABLE " + table + "3 (x String) ENGINE = URL('http://127.0.0.1:1', 'CSV')", accessDenied},
		{p.User, p.Password, "CREATE DATABASE other", accessDenied},
		{p.Reader, p.ReaderPassword, "SELECT * FROM " + table + " SETTINGS log_comment = 'page'", allowed},
		{p.Reader, p.ReaderPassword, "INSERT INTO " + table + " VALUES (2)", accessDenied},
		{p.Reader, p.ReaderPassword, "DROP TABLE " + table, accessDenied},
		{p.Reader, p.ReaderPassword, "SET readonly = 0", readOnly},
	} {
		conn, err := dial(p, test.user, test.password)
		if err != nil {
			t.Fatal(err)
		}
		var exception *clickhouse.Exception
		switch err := conn.Exec(t.Context(), test.query); {
		case err == nil:
			exception = &clickhouse.Exception{}
		case !errors.As(err, &exception):
			t.Errorf("%s: %s: %v", test.user, test.query, err)
			exception = &clickhouse.Exception{Code: test.want}
		}
		if exception.Code != test.want {
			t.Errorf("%s: %s: code %d, want %d", test.user, test.query, exception.Code, test.want)
		}
		conn.Close()
	}
	if e.PID() != pid || e.Restarts() != 0 {
		t.Error("a refused login or query ended the engine")
	}
}

func TestStrangersDoNotEndTheEngine(t *testing.T) {
	e := enginetest.Start(t)
	pid := e.PID()
	for _, greeting := range []string{"", "\x00", "GET / HTTP/1.0\r\n\r\n", strings.Repeat("\xff", 5000)} {
		conn, err := e.Dial(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte(greeting)); err != nil {
			t.Fatal(err)
		}
		conn.(*net.TCPConn).SetLinger(0) // break the connection
		conn.Close()
	}
	execute(t, connect(t, e.Endpoint()), "SELECT 1")
	if e.PID() != pid || e.Restarts() != 0 {
		t.Error("a stranger ended the engine")
	}
}

func TestSignalsAreForTheService(t *testing.T) {
	e := enginetest.Start(t)
	pid := e.PID()
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		if err := syscall.Kill(pid, s); err != nil {
			t.Fatal(err)
		}
	}
	execute(t, connect(t, e.Endpoint()), "SELECT sleep(0.5)")
	if e.PID() != pid || e.Restarts() != 0 {
		t.Error("a signal ended the engine")
	}
}

func TestKilledEngineComesBackWithItsData(t *testing.T) {
	e := start(t, engine.Options{DataDir: t.TempDir(), Library: enginetest.Library(t)})
	p := e.Endpoint()
	conn := connect(t, p)
	execute(t, conn, "CREATE TABLE stp.kept (x UInt64) ENGINE = MergeTree ORDER BY x")
	for i := range 3 {
		execute(t, conn, "INSERT INTO stp.kept SELECT number FROM numbers(1000)")
		pid := e.PID()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the engine is seen to be down", func() bool { return e.PID() != pid && (!e.Ready() || e.PID() != 0) })
		eventually(t, "the engine is back", e.Ready)
		if e.Endpoint() != p {
			t.Errorf("endpoint %v, want %v", e.Endpoint(), p)
		}
		var n uint64
		eventually(t, "the client's pool recovers", func() bool {
			return conn.QueryRow(t.Context(), "SELECT count() FROM stp.kept").Scan(&n) == nil
		})
		if want := uint64(1000 * (i + 1)); n != want || e.Restarts() != i+1 {
			t.Errorf("%d rows, want %d; %d restarts, want %d", n, want, e.Restarts(), i+1)
		}
	}
	execute(t, conn, "SYSTEM FLUSH LOGS")
	if number(t, conn, "SELECT count() FROM system.query_log") == 0 {
		t.Error("no query log after a restart")
	}
}

func TestRestartOnAnotherPortWhereTheOldOneIsTaken(t *testing.T) {
	dir := t.TempDir()
	e := start(t, engine.Options{DataDir: dir, Library: enginetest.Library(t)})
	p := e.Endpoint()
	client, err := clickhouse.Open(&clickhouse.Options{
		Addr:        []string{p.Address},
		Auth:        clickhouse.Auth{Database: p.Database, Username: p.User, Password: p.Password},
		DialContext: e.Dial,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	execute(t, client, "SELECT 1")
	if err := syscall.Kill(e.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	var thief net.Listener
	eventually(t, "the port is taken", func() bool {
		thief, err = net.Listen("tcp", p.Address)
		return err == nil
	})
	defer thief.Close()
	eventually(t, "the engine is back", func() bool { return e.Ready() && e.Endpoint().Address != p.Address })
	eventually(t, "the client follows", func() bool { return client.Exec(t.Context(), "SELECT 1") == nil })
	if attached, err := engine.Attach(dir); err != nil || attached != e.Endpoint() {
		t.Errorf("attached to %v, %v; want %v", attached, err, e.Endpoint())
	}
}

func TestNothingOutlivesAKilledParent(t *testing.T) {
	dir, library := t.TempDir(), enginetest.Library(t)
	owner := role(roleOwner, dir, library)
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("the owner says %q", line)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	start(t, engine.Options{DataDir: dir, Library: library}) // at once: it waits for the old engine to end
	eventually(t, "the killed parent's engine is gone", func() bool { return !alive(pid) })
	owner.Wait()
}

func TestOneOwnerOfADataDirectory(t *testing.T) {
	dir, library := t.TempDir(), enginetest.Library(t)
	start(t, engine.Options{DataDir: dir, Library: library})
	_, err := engine.Start(t.Context(), engine.Options{DataDir: dir, Library: library})
	var inUse *engine.InUseError
	if !errors.As(err, &inUse) || inUse.PID != os.Getpid() || inUse.Path != filepath.Join(dir, "lock") {
		t.Errorf("a second start gives %v", err)
	}
}

func TestAttach(t *testing.T) {
	dir, library := t.TempDir(), enginetest.Library(t)
	if _, err := engine.Attach(dir); !errors.Is(err, engine.ErrNotRunning) {
		t.Errorf("before: %v", err)
	}
	e := start(t, engine.Options{DataDir: dir, Library: library})
	execute(t, connect(t, e.Endpoint()),
		"CREATE TABLE stp.guest (x UInt64) ENGINE = MergeTree ORDER BY x",
		"INSERT INTO stp.guest SELECT number FROM numbers(7)")
	if out, err := role(roleGuest, dir, "").CombinedOutput(); err != nil || string(out) != "7\n" {
		t.Errorf("another process reads %q, %v", out, err)
	}
	info, err := os.Stat(filepath.Join(dir, "clickhouse", "endpoint.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("endpoint file: %v, %v", info, err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Attach(dir); !errors.Is(err, engine.ErrNotRunning) {
		t.Errorf("after: %v", err)
	}
}

func TestCloseLeavesNothingBehind(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	o := engine.Options{DataDir: t.TempDir(), Library: enginetest.Library(t)}
	e, err := engine.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	p, pid := e.Endpoint(), e.PID()
	client, err := p.Dial(t.Context(), "") // one that does not hang up
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for range 2 {
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if alive(pid) || e.Ready() || e.PID() != 0 {
		t.Errorf("process alive: %t, ready: %t, pid %d", alive(pid), e.Ready(), e.PID())
	}
	again, err := engine.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if again.Endpoint().Password != p.Password {
		t.Error("the data directory changed its password")
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestStartThatIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := engine.Options{DataDir: t.TempDir(), Library: enginetest.Library(t)}
	if _, err := engine.Start(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	start(t, o)
}

func TestClickHouseOnPath(t *testing.T) {
	library := enginetest.Library(t)
	dir := t.TempDir()
	self, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "clickhouse")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	t.Setenv(roleVariable, roleClickHouse)
	t.Setenv(libVariable, library)

	t.Setenv(dirVariable, "26.6.9.1")
	t.Setenv("XDG_DATA_HOME", dir)
	if _, err := engine.Start(t.Context(), engine.Options{DataDir: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "`clickhouse` 26.7 or newer") {
		t.Errorf("with an old one: %v", err)
	}

	t.Setenv(dirVariable, "26.7.0.1")
	e := start(t, engine.Options{DataDir: t.TempDir()})
	execute(t, connect(t, e.Endpoint()), "CREATE TABLE stp.t (x UInt64) ENGINE = MergeTree ORDER BY x")
	if e.ResidentBytes() < 100<<20 && e.ResidentBytes() != 0 {
		t.Errorf("%d resident bytes: those of the executable are not counted", e.ResidentBytes())
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsNoEngineIsExplained(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.so")
	if err := os.WriteFile(text, []byte("not a library"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, library := range []string{filepath.Join(dir, "missing.so"), dir, text} {
		_, err := engine.Start(t.Context(), engine.Options{DataDir: t.TempDir(), Library: library})
		if err == nil {
			t.Fatalf("%s: started", library)
		}
		for _, want := range []string{library, "make engine", "@chdb/lib-", engine.Version, "STP_CLICKHOUSE_DSN"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the error does not name %s: %v", library, want, err)
			}
		}
	}
}

func TestChildIsNotForUseByHand(t *testing.T) {
	out, err := exec.Command(os.Args[0], engine.ChildCommand).CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("by hand")) {
		t.Errorf("%q, %v", out, err)
	}
}

func TestPausesBetweenRestarts(t *testing.T) {
	short := make([]time.Duration, 10)
	for i, pause := range engine.Pauses(append(short, time.Hour)...) {
		low, high := min(100*time.Millisecond<<i, 5*time.Second), min(200*time.Millisecond<<i, 10*time.Second)
		if i == len(short) {
			low, high = 100*time.Millisecond, 200*time.Millisecond
		}
		if pause < low || pause > high {
			t.Errorf("pause %d is %s, want %s to %s", i, pause, low, high)
		}
	}
}
