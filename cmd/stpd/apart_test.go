package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childrenThat are the children of a process whose command line has a word.
func childrenThat(parent int, word string) (found []int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	for _, task := range tasks {
		children, _ := os.ReadFile(task)
		for _, child := range strings.Fields(string(children)) {
			line, _ := os.ReadFile("/proc/" + child + "/cmdline")
			var pid int
			if _, err := fmt.Sscan(child, &pid); err == nil && strings.Contains(string(line), word) {
				found = append(found, pid)
			}
		}
	}
	return found
}

// longReturn is a file that takes seconds to load.
func longReturn(t *testing.T) []byte {
	t.Helper()
	organisations, err := reference()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("measure,organisation,period,numerator,denominator,note,published_file,published_row\n")
	row := 0
	for _, measure := range []string{"lidocaine_cost", "anticoagulant_items"} {
		for _, o := range organisations.Organisations() {
			if _, ended := organisations.Ended(o.Code); ended || o.Kind != "commissioner" {
				continue
			}
			for month := range 500 {
				row++
				fmt.Fprintf(&b, "%s,%s,%d-%02d,%d,,,file.csv,%d\n", measure, o.Code, 1971+month/12, 1+month%12, row, row)
			}
		}
	}
	return []byte(b.String())
}

// TestSetAside kills the service twice while it reads a file, and then the process that it reads it in: the file is set aside, the
// service lives on and says so, and a file that comes after it loads. By hand it is loaded.
func TestSetAside(t *testing.T) {
	t.Parallel()
	folder, inbox := t.TempDir(), t.TempDir()
	settings := []string{"STP_DATA_DIR=" + folder, "STP_INBOX=" + inbox, "STP_BUNDLED=false"}
	put := func(name string, content []byte) string {
		path := filepath.Join(inbox, name)
		then := time.Now().Add(-time.Hour)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
		return path
	}
	long := put("a long return.csv", longReturn(t))
	for range 2 {
		s := start(t, settings...)
		eventually(t, "the file is being read", func() bool {
			return strings.Contains(s.get(t, "/api/v1/loads?state=received").body, "a long return.csv")
		})
		s.kill(t)
	}
	put(
		"b short return.csv",
		[]byte("measure,organisation,period,numerator,denominator,note,published_file,published_row\nlidocaine_cost,00J,2016-01,12.50,,,f.csv,1\n"),
	)
	s, addresses := launch(t, settings...)
	killed, end, ended := map[int]bool{}, make(chan struct{}), make(chan struct{})
	go func() { // from the first moment on: the file may be read before the service is asked
		defer close(ended)
		for {
			for _, child := range childrenThat(s.command.Process.Pid, readApart) {
				killed[child] = true
				_ = syscall.Kill(child, syscall.SIGKILL)
			}
			select {
			case <-end:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	s.address = <-addresses
	eventually(t, "it is set aside", func() bool {
		return strings.Contains(s.get(t, "/api/v1/loads?state=failed").body, "a long return.csv is set aside")
	})
	close(end)
	if <-ended; len(killed) != 2 {
		t.Errorf("it was read apart %d times, want 2", len(killed))
	}
	eventually(t, "the file after it is loaded", func() bool {
		return strings.Contains(s.get(t, "/api/v1/loads?state=published").body, "b short return.csv")
	})
	for _, path := range []string{"/loads", "/data", "/api/v1/runs"} {
		eventually(t, path+" says so", func() bool { return strings.Contains(s.get(t, path).body, "a long return.csv is set aside") })
	}
	if out, err := stpd(t, settings, "load", long).CombinedOutput(); err != nil || !strings.Contains(string(out), "published") {
		t.Errorf("by hand: %v: %s", err, out)
	}
	s.stop(t)
}

// TestApart reads files in a process of its own, as the service does.
func TestApart(t *testing.T) {
	t.Setenv(asCommand, "1")
	folder := t.TempDir()
	good := filepath.Join(folder, "good")
	if err := os.WriteFile(good, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := apart(t.Context(), good, "--help.csv", ""); err != nil {
		t.Errorf("a file that is refused: %v", err)
	}
	if err := apart(t.Context(), filepath.Join(folder, "missing"), "x.csv", ""); err == nil {
		t.Error("a file that is not there is read")
	}
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- apart(t.Context(), pipe, "x.csv", "") }()
	eventually(t, "the process has begun", func() bool { return len(childrenThat(os.Getpid(), readApart)) == 1 })
	if err := syscall.Kill(childrenThat(os.Getpid(), readApart)[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "signal: killed") {
		t.Errorf("a process that was killed: %v", err)
	}
}
