//go:build linux || darwin

package engine_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"stpdash/internal/warehouse/engine"
	"stpdash/internal/warehouse/engine/enginetest"
)

// nobody is another user of the machine.
const nobody = 65534

// asNobody makes the test binary play a role as another user, who could not read it where it is.
func asNobody(t *testing.T, name, dir string) *exec.Cmd {
	t.Helper()
	if os.Geteuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("attacks come from another user: run the tests as root")
		}
		t.Skip("attacks come from another user, which only root can be: run the tests as root")
	}
	content, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(openFolder(t), "attacker")
	if err := os.WriteFile(program, content, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Dir = "/"
	cmd.Env = []string{roleVariable + "=" + name, dirVariable + "=" + dir}
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return cmd
}

// openFolder is a folder that every user can enter and read, as the test's own temporary folder is not.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "stpd-open-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// spoils is what an attacker brings home. Nothing are attempts that did not reach the engine or got no answer.
type spoils struct{ Nothing, Refused, LoggedIn int64 }

// beAttacker tries, all the time and many at once, to log in without a password at the addresses that it reads, until they end.
// Half of the attempts connect first and speak later, so as to meet moments when the engine starts or stops.
func beAttacker() {
	var (
		target atomic.Value
		ended  atomic.Bool
		won    spoils
		all    sync.WaitGroup
	)
	target.Store("")
	for i := range 8 {
		all.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			for !ended.Load() {
				address := target.Load().(string)
				if address == "" {
					time.Sleep(time.Millisecond)
					continue
				}
				var wait time.Duration
				if i%2 == 0 {
					wait = time.Duration(random.IntN(600)) * time.Millisecond
				}
				user := []string{"default", "", "stpd", "stpd_read"}[max(0, random.IntN(8)-4)]
				conn, err := net.DialTimeout("tcp", address, 50*time.Millisecond)
				in := false
				if err == nil {
					in, err = login(conn, user, "", wait)
				}
				switch {
				case err != nil:
					atomic.AddInt64(&won.Nothing, 1)
					time.Sleep(2 * time.Millisecond)
				case in:
					atomic.AddInt64(&won.LoggedIn, 1)
				default:
					atomic.AddInt64(&won.Refused, 1)
					time.Sleep(2 * time.Millisecond)
				}
			}
		})
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		target.Store(lines.Text())
	}
	ended.Store(true)
	all.Wait()
	_ = json.NewEncoder(os.Stdout).Encode(won)
	os.Exit(0)
}

// login says hello as a user in the native protocol and tells whether the answer was a welcome; an error is no answer.
func login(conn net.Conn, user, password string, wait time.Duration) (in bool, err error) {
	defer conn.Close()
	time.Sleep(wait)
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	var hello []byte
	text := func(s string) { hello = append(binary.AppendUvarint(hello, uint64(len(s))), s...) }
	hello = append(hello, 0)
	text("attacker")
	for _, n := range []uint64{24, 1, 54460} {
		hello = binary.AppendUvarint(hello, n)
	}
	text("")
	text(user)
	text(password)
	if _, err := conn.Write(hello); err != nil {
		return false, err
	}
	var answer [1]byte
	if _, err := io.ReadFull(conn, answer[:]); err != nil {
		return false, err
	}
	return answer[0] == 0, nil
}

func reach(t *testing.T, e *engine.Engine) net.Conn {
	t.Helper()
	conn, err := e.Dial(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// beFlood opens as many connections to an address as it can, says nothing, and opens them again, until it is told to end.
func beFlood(address string) {
	var all sync.WaitGroup
	ended := make(chan struct{})
	for range 100 {
		all.Go(func() {
			var open []net.Conn
			for {
				select {
				case <-ended:
					return
				default:
				}
				conn, err := net.DialTimeout("tcp", address, 100*time.Millisecond)
				if err != nil {
					time.Sleep(time.Millisecond)
					continue
				}
				if open = append(open, conn); len(open) > 40 {
					_ = open[0].Close()
					open = open[1:]
				}
			}
		})
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	close(ended)
	all.Wait()
	os.Exit(0)
}

// TestSilentStrangers has another user open thousands of connections, to the engine's port and to that where it asks who may log in, and say
// nothing.
func TestSilentStrangers(t *testing.T) {
	dir := t.TempDir()
	e := start(t, engine.Options{DataDir: dir, Library: enginetest.Library(t)})
	config, err := os.ReadFile(filepath.Join(dir, "clickhouse", "config.xml"))
	if err != nil {
		t.Fatal(err)
	}
	doorman := regexp.MustCompile(`http://(127\.0\.0\.1:\d+)/`).FindSubmatch(config)
	for name, address := range map[string]string{"the engine": e.Endpoint().Address, "the door": string(doorman[1])} {
		t.Run(name, func(t *testing.T) {
			before := e.ResidentBytes()
			flood := asNobody(t, roleFlood, address)
			stdin, err := flood.StdinPipe()
			if err == nil {
				err = flood.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second)
			var slowest time.Duration
			for range 20 {
				began := time.Now()
				if err := e.Ask(t.Context()); err != nil {
					t.Errorf("the engine does not answer: %v", err)
				}
				slowest = max(slowest, time.Since(began))
				time.Sleep(50 * time.Millisecond)
			}
			descriptors, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", e.PID()))
			more := e.ResidentBytes() - before
			t.Logf("the slowest answer took %s; %d MB more, %d descriptors", slowest, more>>20, len(descriptors))
			if err != nil || slowest > 2*time.Second || more > 100<<20 || len(descriptors) > 500 {
				t.Errorf("the slowest answer took %s; %d MB more, %d descriptors, %v", slowest, more>>20, len(descriptors), err)
			}
			if err := errors.Join(stdin.Close(), flood.Wait()); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// A connection that reaches the port and does not log in ends soon.
func TestLoginsAreTimed(t *testing.T) {
	conn := reach(t, enginetest.Start(t))
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(15 * time.Second))
	began := time.Now()
	if _, err := io.Copy(io.Discard, conn); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("after %s: %v, want it closed", time.Since(began), err)
	}
}

// TestLimitsBind has both users ask for more than they may have.
func TestLimitsBind(t *testing.T) {
	p := enginetest.Start(t).Endpoint()
	for _, user := range []string{p.User, p.Reader} {
		conn, err := clickhouse.Open(p.Options(user))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		settings := []string{"max_memory_usage = 0", "max_memory_usage = 100000000000"}
		if user == p.Reader {
			settings = append(settings, "max_execution_time = 0", "max_execution_time = 100000")
		}
		for _, setting := range settings {
			var refused *clickhouse.Exception
			if err := conn.Exec(t.Context(), "SELECT 1 SETTINGS "+setting); !errors.As(err, &refused) || refused.Code != 452 {
				t.Errorf("%s: %s: %v, want it refused", user, setting, err)
			}
		}
		execute(t, conn, "SELECT 1 SETTINGS max_memory_usage = 1000000, max_execution_time = 44")
	}
}

// attack has another user attack the engine of a data directory, wherever its port is, until the returned function is called.
func attack(t *testing.T, dir string) (end func() spoils) {
	t.Helper()
	attacker := asNobody(t, roleAttacker, "")
	orders, err := attacker.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	attacker.Stdout = &out
	if err := attacker.Start(); err != nil {
		t.Fatal(err)
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for last := ""; ; {
			var p engine.Endpoint
			if text, err := os.ReadFile(filepath.Join(dir, "clickhouse", "endpoint.json")); err == nil && json.Unmarshal(text, &p) == nil && p.Address != last {
				last = p.Address
				fmt.Fprintln(orders, last)
			}
			select {
			case <-done:
				_ = orders.Close()
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	return func() spoils {
		close(done)
		<-ended
		if err := attacker.Wait(); err != nil {
			t.Fatal(err)
		}
		var won spoils
		if err := json.Unmarshal(out.Bytes(), &won); err != nil {
			t.Fatalf("the attacker says %q: %v", out.Bytes(), err)
		}
		return won
	}
}

// TestNobodyLogsInWithoutAPassword attacks an engine that is started, killed and stopped at random moments.
func TestNobodyLogsInWithoutAPassword(t *testing.T) {
	const moments, seed = 20, 44
	o := engine.Options{DataDir: t.TempDir(), Library: enginetest.Library(t)}
	random := rand.New(rand.NewPCG(seed, seed))
	end := attack(t, o.DataDir)
	kills, stops := 0, 0
	for range moments {
		e, err := engine.Start(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.IntN(300)) * time.Millisecond)
		if random.IntN(3) == 0 {
			kills++
			if err := syscall.Kill(e.PID(), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the engine is started again", func() bool { return e.Restarts() == 1 && e.Ready() })
		}
		if err := e.Ask(t.Context()); err != nil {
			t.Errorf("under attack the engine does not answer: %v", err)
		}
		time.Sleep(time.Duration(random.IntN(100)) * time.Millisecond)
		stops++
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	won := end()
	t.Logf("%d starts, %d kills, %d stops: %d attempts got no answer, %d logins refused, %d let in", moments, kills, stops, won.Nothing, won.Refused, won.LoggedIn)
	if tried := won.Nothing + won.Refused; won.LoggedIn != 0 || tried < 500 || kills < 3 {
		t.Errorf("%d logins without a password were let in, %d not, %d kills; want none, at least 500, at least 3", won.LoggedIn, tried, kills)
	}
}

// TestServiceUsersReachNothingElse asks, with both users' own passwords, for everything through which ClickHouse reaches out of its
// data: files, addresses, commands, other servers, its port and its life.
func TestServiceUsersReachNothingElse(t *testing.T) {
	dir := t.TempDir()
	e := start(t, engine.Options{DataDir: dir, Library: enginetest.Library(t)})
	p := e.Endpoint()
	const secret = "what no question may read"
	file := filepath.Join(openFolder(t), "secret")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(dir, "clickhouse", "data", "user_scripts", "script")
	if err := errors.Join(os.MkdirAll(filepath.Dir(script), 0o700), os.WriteFile(script, []byte("#!/bin/sh\ncat "+file+"\n"), 0o700)); err != nil {
		t.Fatal(err)
	}
	written := filepath.Join(openFolder(t), "written")
	var visits atomic.Int64
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		visits.Add(1)
		fmt.Fprintln(w, secret)
	}))
	defer web.Close()
	host := strings.TrimPrefix(web.URL, "http://")
	bucket := "http://bucket.s3.127.0.0.1.nip.io:1/x"

	conn := connect(t, p)
	execute(t, conn, "CREATE TABLE stp.own (x String) ENGINE = MergeTree ORDER BY x", "INSERT INTO stp.own VALUES ('"+file+"')",
		"BACKUP DATABASE stp TO File('own')", "SYSTEM FLUSH LOGS")
	dictionary := "CREATE DICTIONARY stp.d (k UInt64, v String) PRIMARY KEY k LAYOUT(FLAT()) LIFETIME(0) SOURCE"
	engineOf := func(clause string) string { return "CREATE TABLE stp.taken (x String) ENGINE = " + clause }
	disk := func(clause string) string {
		return engineOf("MergeTree ORDER BY x SETTINGS disk = disk(" + clause + ")")
	}
	questions := []string{
		"SELECT file('" + file + "')",
		"SELECT file('" + file + "', 'x')",
		"SELECT file(x) FROM stp.own",
		"SELECT file('secret', NULL)",
		"SELECT file('" + filepath.Join(dir, "clickhouse", "endpoint.json") + "')",
		"SELECT file('users.xml')",
		"SELECT file('/proc/self/environ')",
		"SELECT * FROM file('" + file + "', 'LineAsString')",
		"SELECT * FROM `" + file + "`",
		"SELECT * FROM default.`" + file + "`",
		"DESCRIBE TABLE file('" + file + "')",
		"SELECT * FROM sqlite('" + file + "', 't')",
		"SELECT * FROM fileCluster('default', '" + file + "', 'LineAsString')",
		"INSERT INTO FUNCTION file('" + written + "', 'TSV', 'x String') SELECT 'a'",
		"CREATE TABLE stp.taken AS file('" + file + "', 'LineAsString')",
		"CREATE VIEW stp.taken AS SELECT file('" + file + "')",
		"CREATE VIEW stp.taken SQL SECURITY NONE AS SELECT * FROM file('" + file + "', 'LineAsString')",
		"CREATE VIEW stp.taken DEFINER = default SQL SECURITY DEFINER AS SELECT * FROM system.users",
		engineOf("File('LineAsString', '" + file + "')"),
		engineOf("URL('" + web.URL + "', 'LineAsString')"),
		engineOf("Executable('script', 'TSV')"),
		engineOf("S3('" + bucket + "', 'TSV')"),
		engineOf("Distributed('default', 'system', 'one')"),
		engineOf("SQLite('" + file + "', 't')"),
		engineOf(
			"MySQL('" + host + "', 'a', 'b', 'c', 'd')",
		),
		engineOf("PostgreSQL('" + host + "', 'a', 'b', 'c', 'd')"),
		engineOf("ODBC('a', 'b', 'c')"),
		engineOf("MongoDB('" + host + "', 'a', 'b', 'c', 'd')"),
		engineOf(
			"Kafka('" + host + "', 'a', 'b', 'TSV')",
		),
		engineOf("EmbeddedRocksDB(0, '" + written + "') PRIMARY KEY x"),
		engineOf("FileLog('" + file + "', 'LineAsString')"),
		disk(
			"type = local, path = '" + written + "/'",
		),
		disk("type = web, endpoint = '" + web.URL + "/'"),
		disk("type = s3, endpoint = '" + bucket + "/', access_key_id = 'a', secret_access_key = 'b'"),
		disk(
			"type = local_blob_storage, path = '" + written + "/'",
		),
		disk("type = cache, disk = 'default', max_size = '1Mi', path = '" + written + "/'"),
		disk("type = encrypted, disk = 'default', key = '1234567812345678', path = '" + written + "/'"),
		"ALTER TABLE stp.own MODIFY SETTING disk = disk(type = local, path = '" + written + "/')",
		disk("type = object_storage, object_storage_type = local, metadata_type = local, path = '" + written + "/'"),
		disk("type = azure_blob_storage, storage_account_url = '" + web.URL + "/a', container_name = 'c', account_name = 'a', account_key = 'Yg=='"),
		disk(
			"type = s3, endpoint = '" + web.URL + "/bucket/k/', access_key_id = 'a', secret_access_key = 'b'",
		),
		disk("type = s3_plain, endpoint = '" + web.URL + "/bucket/k/', access_key_id = 'a', secret_access_key = 'b'"),
		disk(
			"type = object_storage, object_storage_type = azure_blob_storage, metadata_type = local, storage_account_url = '" + web.URL + "/a', container_name = 'c', account_name = 'a', account_key = 'Yg=='",
		),
		"ALTER TABLE stp.own MODIFY SETTING disk = disk(type = azure_blob_storage, storage_account_url = '" + web.URL + "/a', container_name = 'c', account_name = 'a', account_key = 'Yg==')",
		disk(
			"type = object_storage, object_storage_type = local_blob_storage, metadata_type = local, path = '" + written + "/'",
		),
		disk("type = local, path = '/dev/null/../.." + written + "/'"),
		"CREATE DATABASE stp_f ENGINE = Filesystem('/')",
		"CREATE DATABASE stp_s ENGINE = SQLite('" + file + "')",
		"CREATE DATABASE stp_b ENGINE = Backup('stp', File('own'))",
		"CREATE DATABASE stp_m ENGINE = MySQL('" + host + "', 'a', 'b', 'c')",
		"CREATE DATABASE stp_3 ENGINE = S3('" + bucket + "')",
		"CREATE DATABASE other",
		"ATTACH TABLE stp.taken FROM '" + filepath.Dir(file) + "' (x String) ENGINE = MergeTree ORDER BY x",
		dictionary + "(FILE(path '" + file + "' format 'LineAsString'))",
		dictionary + "(HTTP(url '" + web.URL + "' format 'TSV'))",
		dictionary + "(EXECUTABLE(command 'touch " + written + "' format 'TSV'))",
		dictionary + "(CLICKHOUSE(host '127.0.0.1' user 'default' db 'system' table 'users'))",
		"SELECT * FROM url('" + web.URL + "', 'LineAsString')",
		"SELECT * FROM urlCluster('default', '" + web.URL + "', 'LineAsString')",
		"SELECT * FROM s3('" + bucket + "', 'TSV', 'x String')",
		"SELECT * FROM hdfs('hdfs://" + host + "/x', 'TSV', 'x String')",
		"SELECT * FROM azureBlobStorage('" + web.URL + "', 'a', 'b', 'c', 'ZA==')",
		"SELECT * FROM iceberg('" + bucket + "')",
		"SELECT * FROM icebergLocal('" + file + "')",
		"SELECT * FROM deltaLakeLocal('" + file + "')",
		"SELECT * FROM executable('script', 'TSV', 'x String')",
		"SELECT * FROM executable('/bin/cat " + file + "', 'TSV', 'x String')",
		"SELECT * FROM remote('" + p.Address + "', 'system', 'one')",
		"SELECT * FROM remoteSecure('" + p.Address + "', 'system', 'one')",
		"SELECT * FROM cluster('default', 'system', 'one')",
		"SELECT * FROM clusterAllReplicas('default', 'system', 'one')",
		"SELECT * FROM mysql('" + host + "', 'a', 'b', 'c', 'd')",
		"SELECT * FROM postgresql('" + host + "', 'a', 'b', 'c', 'd')",
		"SELECT * FROM mongodb('" + host + "', 'a', 'b', 'c', 'd', 'x String')",
		"SELECT * FROM redis('" + host + "', 'x', 'x String')",
		"SELECT * FROM odbc('a', 'b', 'c')",
		"SELECT * FROM jdbc('a', 'b', 'c')",
		"SELECT * FROM input('x String')",
		"SELECT * FROM arrowFlight('" + host + "', 'a')",
		"SELECT catboostEvaluate('" + file + "', 1)",
		"SELECT addressToLine(1)",
		"SELECT * FROM system.users",
		"SELECT * FROM system.user_directories",
		"SELECT * FROM system.server_settings",
		"SELECT * FROM system.named_collections",
		"BACKUP DATABASE stp TO File('" + written + "')",
		"BACKUP DATABASE stp TO File('../../written')",
		"BACKUP DATABASE stp TO S3('" + bucket + "', 'a', 'b')",
		"BACKUP DATABASE stp TO Disk('default', 'x')",
		"BACKUP DATABASE system TO File('system')",
		"RESTORE DATABASE stp AS stp_x FROM S3('" + bucket + "', 'a', 'b')",
		"RESTORE DATABASE stp AS other FROM File('own')",
		"CREATE FUNCTION own AS x -> x",
		"CREATE USER own",
		"CREATE ROLE own",
		"CREATE NAMED COLLECTION own AS a = 1",
		"CREATE TEMPORARY TABLE own (x String) ENGINE = File('TSV')",
		"GRANT ALL ON *.* TO stpd_read",
		"ALTER USER stpd_read IDENTIFIED BY 'x'",
		"EXECUTE AS default SELECT 1",
		"SYSTEM STOP LISTEN TCP",
		"SYSTEM START LISTEN HTTP",
		"SYSTEM SHUTDOWN",
		"SYSTEM KILL",
		"SYSTEM RELOAD CONFIG",
		"SYSTEM RELOAD FUNCTIONS",
		"SYSTEM RELOAD DICTIONARIES",
	}
	for _, user := range []string{p.User, p.Reader} {
		conn, err := clickhouse.Open(p.Options(user))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for _, question := range questions {
			// A refusal by ClickHouse: an engine that ended or a broken connection would be one too, of another kind.
			var refused *clickhouse.Exception
			if err := conn.Exec(t.Context(), question); !errors.As(err, &refused) {
				t.Errorf("%s: %s: %v, want a refusal", user, question, err)
			} else if strings.Contains(refused.Message, secret) {
				t.Errorf("%s: %s: the refusal holds what was asked for: %v", user, question, err)
			}
			if n := visits.Swap(0); n != 0 {
				t.Errorf("%s: %s: an address was visited %d times", user, question, n)
			}
			if _, err := os.Lstat(written); err == nil {
				t.Errorf("%s: %s: a file was written: %v", user, question, refused)
				_ = os.RemoveAll(written)
			}
		}
	}
	if e.Restarts() != 0 {
		t.Errorf("a question ended the engine")
	}
}

// recorder is a program that took the engine's port. It never answers, and keeps what it is sent.
type recorder struct {
	net.Listener
	mu   sync.Mutex
	sent []byte
}

func record(t *testing.T, address string) *recorder {
	t.Helper()
	r := &recorder{}
	eventually(t, "the port is taken", func() (taken bool) {
		var err error
		r.Listener, err = net.Listen("tcp", address)
		return err == nil
	})
	t.Cleanup(func() { _ = r.Close() })
	go func() {
		for {
			conn, err := r.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
				text, _ := io.ReadAll(conn)
				r.mu.Lock()
				r.sent = append(r.sent, text...)
				r.mu.Unlock()
			}()
		}
	}()
	return r
}

func (r *recorder) got() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return string(r.sent)
}

// healing is how long a service may be without its engine.
const healing = 5 * time.Second

// TestAStrangerAtThePort has another program take the port of an engine that was killed, or whose port was closed while it lives.
func TestAStrangerAtThePort(t *testing.T) {
	for _, test := range []struct {
		name     string
		stranger bool
		rob      func(t *testing.T, e *engine.Engine)
	}{
		{"killed", true, func(t *testing.T, e *engine.Engine) {
			if err := syscall.Kill(e.PID(), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}},
		{"port closed", true, closePort},
		{"port closed and left", false, closePort},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			e := start(t, engine.Options{DataDir: dir, Library: enginetest.Library(t)})
			p := e.Endpoint()
			attached, err := engine.Attach(dir)
			if err != nil {
				t.Fatal(err)
			}
			clients := map[string]*clickhouse.Options{"writer": e.Options(p.User), "reader": e.Options(p.Reader), "command": attached.Options(p.User)}
			ask := func(options *clickhouse.Options) error {
				conn, err := clickhouse.Open(options) // anew, as one that was connected before the port changed hands asks nobody else
				if err != nil {
					return err
				}
				defer conn.Close()
				return conn.Exec(t.Context(), "SELECT 1")
			}
			test.rob(t, e)
			began := time.Now()
			var thief *recorder
			if test.stranger {
				thief = record(t, p.Address)
			}
			for name, options := range clients {
				for ask(options) != nil {
					if took := time.Since(began); took > healing {
						t.Fatalf("%s: not healed within %s", name, healing)
					}
					time.Sleep(10 * time.Millisecond)
				}
			}
			if err := e.Ask(t.Context()); err != nil {
				t.Errorf("the engine is back, and does not answer: %v", err)
			}
			took := time.Since(began)
			if took > healing {
				t.Errorf("healed after %s, want %s", took, healing)
			}
			if e.Restarts() == 0 {
				t.Error("the engine was not started again")
			}
			if thief == nil {
				t.Logf("healed after %s", took)
				return
			}
			if e.Endpoint().Address == p.Address {
				t.Error("the engine is at the address that another program took")
			}
			t.Logf("healed after %s; the other program was sent %q", took, thief.got())
			if sent := thief.got(); sent != "" {
				t.Errorf("the other program was sent %q, want nothing", sent)
			}
		})
	}
}

func TestStrangersAreToldApart(t *testing.T) {
	e := enginetest.Start(t)
	stranger, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	if conn, err := engine.DialProven(t.Context(), e.Endpoint().Address, e.PID(), e.Key()); err != nil {
		t.Errorf("the engine: %v", err)
	} else {
		conn.Close()
	}
	if _, err := engine.DialProven(t.Context(), stranger.Addr().String(), e.PID(), e.Key()); err == nil {
		t.Error("a connection to another program was taken for one to the engine")
	}
	if _, err := engine.DialProven(t.Context(), e.Endpoint().Address, os.Getpid(), e.Key()); err != nil {
		t.Errorf("the engine is a child of this process: %v", err)
	}
	lsof, err := exec.LookPath("lsof")
	if err != nil {
		t.Skip("lsof, which macOS has, is not here")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	server, client := net.Conn(nil), net.Conn(nil)
	if client, err = net.Dial("tcp", listener.Addr().String()); err == nil {
		server, err = listener.Accept()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	defer client.Close()
	group := syscall.Getpgrp()
	if err := engine.Listed(t.Context(), lsof, group, client); err != nil {
		t.Errorf("lsof: %v, want the process that holds the connection", err)
	}
	if err := engine.Listed(t.Context(), lsof, e.PID(), client); err == nil {
		t.Error("lsof: another process's connection was taken for the engine's")
	}
}

func TestAskOfAnEngineThatHangs(t *testing.T) {
	e := start(t, engine.Options{DataDir: t.TempDir(), Library: enginetest.Library(t)})
	if err := e.Ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	pid := e.PID()
	ask := func() error {
		began := time.Now()
		err := e.Ask(t.Context())
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("who asked waited %s: %v", took, err)
		}
		return err
	}
	// It stops while many ask, so at every step of a question: before the connection, the login and the answer.
	var asking sync.WaitGroup
	for i := range 64 {
		asking.Go(func() {
			time.Sleep(time.Duration(i) * time.Millisecond / 2)
			_ = ask()
		})
	}
	time.Sleep(16 * time.Millisecond)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := ask(); err == nil {
		t.Error("an engine that hangs is said to answer")
	}
	asking.Wait()
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it answers again", func() bool { return e.Ask(t.Context()) == nil })
	if e.PID() != pid {
		t.Error("an engine that was slow was started again")
	}
}

func TestPasswordsOfAnOlderDataDirectory(t *testing.T) {
	dir := t.TempDir()
	const old = "OLDPASSWORDOFBOTHUSERS"
	folder := filepath.Join(dir, "clickhouse")
	text := `{"address": "127.0.0.1:1", "database": "stp", "user": "stpd", "reader": "stpd_read", "password": "` + old + `"}`
	if err := errors.Join(os.Mkdir(folder, 0o755), os.WriteFile(filepath.Join(folder, "endpoint.json"), []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
	e := start(t, engine.Options{DataDir: dir, Library: enginetest.Library(t)})
	p := e.Endpoint()
	if p.Password == old || p.ReaderPassword == old || p.Password == p.ReaderPassword || len(p.Password) < 20 || len(p.ReaderPassword) < 20 {
		t.Errorf("the passwords are %q and %q", p.Password, p.ReaderPassword)
	}
	for _, user := range []string{p.User, p.Reader} {
		conn, err := clickhouse.Open(p.Options(user))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		execute(t, conn, "SELECT 1")
		for _, wrong := range []string{old, "", p.Password + p.ReaderPassword} {
			if in, err := login(reach(t, e), user, wrong, 0); err != nil || in {
				t.Errorf("%s with the password %q: let in %t, %v", user, wrong, in, err)
			}
		}
	}
	for _, user := range []string{"default", ""} { // by our own user, who reaches the port
		if in, err := login(reach(t, e), user, "", 0); err != nil || in {
			t.Errorf("%q without a password: let in %t, %v", user, in, err)
		}
	}
	info, err := os.Stat(folder)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder's mode is %v, %v", info.Mode(), err)
	}
}

// beSnoop prints what it can read of the files below a folder, and of processes.
func beSnoop(paths string) {
	for path := range strings.SplitSeq(paths, "\n") {
		_ = filepath.WalkDir(path, func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return nil
			}
			if text, err := os.ReadFile(path); err == nil {
				fmt.Printf("%s\n%s\n", path, text)
			}
			return nil
		})
	}
	os.Exit(0)
}

func TestOthersReadNothing(t *testing.T) {
	const token = "a-token-of-the-service"
	t.Setenv("STP_ACCOUNTS_KEY", token)
	dir := openFolder(t)
	for _, folder := range []string{"clickhouse", "backups"} { // as somebody may have left them
		if err := errors.Join(os.Mkdir(filepath.Join(dir, folder), 0o755), os.Chmod(filepath.Join(dir, folder), 0o777)); err != nil {
			t.Fatal(err)
		}
	}
	e := start(t, engine.Options{DataDir: dir, Library: enginetest.Library(t)})
	p := e.Endpoint()
	execute(
		t,
		connect(t, p),
		"CREATE TABLE stp.t (x String) ENGINE = MergeTree ORDER BY x",
		"INSERT INTO stp.t VALUES ('"+token+"')",
		"BACKUP DATABASE stp TO File('b')",
	)
	process := fmt.Sprintf("/proc/%d/", e.PID())
	out, err := asNobody(t, roleSnoop, strings.Join([]string{dir, process + "environ", process + "cmdline", process + "maps", process + "fd"}, "\n")).Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{p.Password, p.ReaderPassword, token, "sha256", "doorman"} {
		if bytes.Contains(out, []byte(secret)) {
			t.Errorf("another user reads %q", secret)
		}
	}
	if !bytes.Contains(out, []byte(engine.ChildCommand)) {
		t.Errorf("another user read nothing at all, not even the command line: %q", out)
	}
	environment, err := os.ReadFile(process + "environ")
	if err != nil {
		t.Skip(err)
	}
	if slices.ContainsFunc(strings.Split(string(environment), "\x00"), func(pair string) bool { return strings.HasPrefix(pair, "STP_") }) {
		t.Errorf("the engine has settings of the product: %q", environment)
	}
}

func TestLibrariesThatOthersCanChange(t *testing.T) {
	stand := t.TempDir()
	t.Chdir(stand)
	t.Setenv("XDG_DATA_HOME", "share") // relative: below the folder
	t.Setenv("HOME", "")
	t.Setenv("PATH", "bin:.")
	library := filepath.Join("bin", "engine", "libchdb.so")
	for _, path := range []string{library, filepath.Join("share", "stpd", "engine", "libchdb.so"), filepath.Join(".local", "share", "stpd", "engine", "libchdb.so"), filepath.Join("bin", "clickhouse"), "clickhouse"} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("#!/bin/sh\ntouch "+stand+"/ran\n"), 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(what string, o engine.Options, words ...string) {
		t.Helper()
		o.DataDir = t.TempDir()
		_, err := engine.Start(t.Context(), o)
		if err == nil {
			t.Fatalf("%s: started", what)
		}
		for _, word := range words {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%s: the error does not say %q: %v", what, word, err)
			}
		}
	}
	refused("in the folder one stands in", engine.Options{}, "no ClickHouse found")
	if err := os.Chmod(library, 0o757); err != nil {
		t.Fatal(err)
	}
	refused("that others may write", engine.Options{Library: library}, library, "0757", "chmod go-w")
	if err := errors.Join(os.Chmod("clickhouse", 0o777)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", stand)
	refused("on PATH, that others may write", engine.Options{}, filepath.Join(stand, "clickhouse"), "0777")
	if os.Geteuid() == 0 {
		if err := errors.Join(os.Chmod(library, 0o755), os.Chown(library, nobody, nobody)); err != nil {
			t.Fatal(err)
		}
		refused("of another user", engine.Options{Library: library}, library, "owner 65534")
	}
	if _, err := os.Lstat("ran"); err == nil {
		t.Error("a program was run")
	}
}

func TestDataDirectoryOfAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make a folder another user's")
	}
	dir, library := t.TempDir(), enginetest.Library(t)
	e := start(t, engine.Options{DataDir: dir, Library: library})
	folder := filepath.Join(dir, "clickhouse")
	if err := os.Chown(folder, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	if p, err := engine.Attach(dir); err == nil || !strings.Contains(err.Error(), folder) {
		t.Errorf("attached to %v, %v", p.Address, err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Start(t.Context(), engine.Options{DataDir: dir, Library: library}); err == nil || !strings.Contains(err.Error(), folder) {
		t.Errorf("started: %v", err)
	}
}
