package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"stpdash/internal/warehouse/engine"
	"stpdash/internal/warehouse/engine/enginetest"
)

// asCommand makes the test binary be stpd, so that the tests run the real program as its users do.
const asCommand = "STPD_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	// The engine of a product that a test opens runs in the test binary too.
	if os.Getenv(asCommand) != "" || len(os.Args) > 1 && os.Args[1] == engine.ChildCommand {
		main()
		return
	}
	code := m.Run()
	for _, o := range []*original{&served, &fewLoaded} {
		if o.folder != "" {
			_ = os.RemoveAll(o.folder)
		}
	}
	os.Exit(code)
}

// original is a data directory that tests get copies of.
type original struct {
	once   sync.Once
	folder string
	whole  bool
}

// made makes the original, unless an earlier test has.
func (o *original) made(t testing.TB, fill func(folder string)) {
	t.Helper()
	enginetest.Library(t) // a test without an engine is skipped before the original is begun
	o.once.Do(func() {
		var err error
		if o.folder, err = os.MkdirTemp("", "stpd-original-"); err != nil {
			t.Fatal(err)
		}
		fill(o.folder)
		o.whole = !t.Failed()
	})
	if !o.whole {
		t.Fatal("the original could not be made, as the first test that needed it says")
	}
}

// copied is a copy for a test of its own. The first test that asks for one makes the original.
func (o *original) copied(t testing.TB, fill func(folder string)) string {
	t.Helper()
	o.made(t, fill)
	return copyOf(t, o.folder)
}

var served, fewLoaded original

// servedBefore is a data directory in which a service has loaded the bundled figures and tested the claims. The service was started for the
// first time as TestFirstStart tells, so that this is done once.
func servedBefore(t testing.TB) string {
	t.Helper()
	return served.copied(t, func(folder string) { firstStart(t, folder) })
}

// atLength has tests do all that they otherwise do a part of: make whole.
var atLength = os.Getenv("STPD_TEST_WHOLE") != ""

func copyOf(t testing.TB, folder string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "var")
	if out, err := exec.CommandContext(t.Context(), "cp", "-a", folder, copied).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return copied
}

// untilTested waits until the service has tested the claims.
func (s *service) untilTested(t testing.TB) {
	t.Helper()
	eventually(t, "the claims are tested", func() bool {
		return strings.Contains(s.get(t, "/api/v1/changes?from=1&limit=1").body, "first_test")
	})
}

// stpd is a command ready to be started, with settings of its own and none of the tester's.
func stpd(t testing.TB, settings []string, arguments ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0], arguments...)
	c.Env = append(withoutSettings(), asCommand+"=1", "STP_ENGINE_LIBRARY="+enginetest.Library(t))
	c.Env = append(c.Env, settings...)
	c.Dir = t.TempDir()
	return c
}

func withoutSettings() []string {
	var kept []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "STP_") {
			kept = append(kept, pair)
		}
	}
	return kept
}

// published is a folder of the published files.
func published(t testing.TB, folder string) string {
	t.Helper()
	shared := os.Getenv("STP_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	path, err := filepath.Abs(filepath.Join(shared, "data", "published", folder))
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the published files are missing: %v", err)
		}
		t.Skipf("the published files are not here (STP_SHARED says where): %v", err)
	}
	return path
}

// service is a running stpd serve.
type service struct {
	command *exec.Cmd
	address string
	loaded  chan struct{} // closed when it says that nothing more is loaded by itself
	ended   chan error
	log     *strings.Builder  // to be read when the service has ended
	walked  map[string]*crawl // by moment
	answers map[string]answer // to read, by address
}

var (
	addressLine = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	loadedLine  = regexp.MustCompile(`^(All figures are loaded|Nothing is loaded)`)
)

// patience is how long tests wait for a service, on a machine that may have much else to do.
const patience = 20 * time.Minute

// launch starts a service and returns without waiting for it to answer.
func launch(t testing.TB, settings ...string) (*service, <-chan string) {
	t.Helper()
	c := stpd(t, append([]string{"STP_ADDR=127.0.0.1:0"}, settings...), "serve")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log := &strings.Builder{}
	c.Stderr = log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	s := &service{command: c, loaded: make(chan struct{}), ended: make(chan error, 1), log: log, walked: map[string]*crawl{}, answers: map[string]answer{}}
	addresses := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if address := addressLine.FindString(lines.Text()); address != "" {
				addresses <- address
			}
			if loadedLine.MatchString(lines.Text()) {
				close(s.loaded)
			}
		}
		err := c.Wait()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, log)
		}
		s.ended <- err
		close(addresses)
	}()
	t.Cleanup(func() { _ = c.Process.Kill() })
	return s, addresses
}

// start starts a service and waits until it says its address, and that all figures are loaded.
func start(t testing.TB, settings ...string) *service {
	t.Helper()
	s, addresses := launch(t, settings...)
	select {
	case address, ok := <-addresses:
		if !ok {
			t.Fatalf("the service ended: %v", <-s.ended)
		}
		s.address = address
	case <-time.After(patience):
		t.Fatalf("the service said no address in %v", patience)
	}
	select {
	case <-s.loaded:
	case err := <-s.ended:
		t.Fatalf("the service ended: %v", err)
	case <-time.After(patience):
		t.Fatalf("the service had not loaded all in %v", patience)
	}
	return s
}

// stop ends the service as Ctrl-C does.
func (s *service) stop(t testing.TB) {
	t.Helper()
	if err := s.command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.ended:
		if err != nil {
			t.Fatalf("stop: %v", err)
		}
	case <-time.After(2 * time.Minute):
		t.Fatal("the service did not stop in two minutes")
	}
}

// kill ends the service as a crash does.
func (s *service) kill(t testing.TB) {
	t.Helper()
	if err := s.command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	<-s.ended
}

// read is get for walks over what does not change meanwhile: each address is asked once.
func (s *service) read(t testing.TB, path string) answer {
	t.Helper()
	if _, known := s.answers[path]; !known {
		s.answers[path] = s.patiently(t, path)
	}
	return s.answers[path]
}

type answer struct {
	status int
	kind   string
	header http.Header
	body   string
}

func (s *service) get(t testing.TB, path string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return ask(t, request)
}

// patiently is get by somebody who asks again when told to, as while what takes long is made for the first time on a busy machine.
func (s *service) patiently(t testing.TB, path string) answer {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Second) {
		a := s.get(t, path)
		if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" || time.Now().After(deadline) {
			return a
		}
	}
}

func ask(t testing.TB, request *http.Request) answer {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header.Get("Content-Type"), response.Header, string(body)}
}

// enginePID is the process that a service's engine runs in, 0 when there is none at the moment.
func enginePID(parent int) int {
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", parent, parent))
	if err != nil {
		return 0
	}
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	for _, task := range tasks {
		if more, err := os.ReadFile(task); err == nil {
			children = append(children, more...)
		}
	}
	for _, child := range strings.Fields(string(children)) {
		var pid int
		if _, err := fmt.Sscan(child, &pid); err == nil {
			return pid
		}
	}
	return 0
}

func alive(pid int) bool { return pid != 0 && syscall.Kill(pid, 0) == nil }

func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("not within %v: %s", patience, what)
}

func decode[T any](t testing.TB, body string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%v: %.300s", err, body)
	}
	return v
}
