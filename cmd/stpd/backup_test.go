package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/backup"
	"stpdash/internal/catalog"
	"stpdash/internal/config"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/load"
	"stpdash/internal/mapping"
	"stpdash/internal/measure"
	"stpdash/internal/register"
	"stpdash/internal/warehouse"
	"stpdash/internal/warehouse/engine/enginetest"
)

// question is a measure as of a load.
type question struct {
	Load    uint64
	Measure string
}

// answers are all that a data directory answers.
type answers struct {
	Loads           []load.Load
	Runs            []load.Run
	States          map[uint64][]figures.LoadState
	Rejections      map[uint64][]mapping.Rejection
	Reconciliations map[uint64][]mapping.Reconciliation
	Values          map[uint64][]measure.Value // as of each published load
	Definitions     map[question]string
	Cells           map[question][]figures.Cell // beneath the figures of England, which has all, each once
	Kept            []warehouse.LoadFile
	Verdicts        []register.Verdict
	Files           map[string]string // what is kept, by its name
}

// answersOf asks a data directory all there is to ask, as of the published loads up to a number.
func answersOf(t *testing.T, folder string, most uint64) answers {
	t.Helper()
	settings, err := config.Read("", []string{"STP_DATA_DIR=" + folder, "STP_ENGINE_LIBRARY=" + enginetest.Library(t), "STP_DASHBOARDS=../../dashboards"})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	p, err := open(ctx, settings, io.Discard, true)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.close(); err != nil {
			t.Error(err)
		}
	}()
	w := p.warehouse
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	a := answers{
		States: map[uint64][]figures.LoadState{}, Rejections: map[uint64][]mapping.Rejection{}, Reconciliations: map[uint64][]mapping.Reconciliation{},
		Values:      map[uint64][]measure.Value{},
		Definitions: map[question]string{}, Cells: map[question][]figures.Cell{}, Files: map[string]string{},
	}
	var measures []string
	for _, m := range p.catalog.Measures {
		measures = append(measures, m.ID)
	}
	a.Loads, err = w.Loads(ctx, figures.LoadFilter{Limit: 10000})
	must(err)
	a.Loads = slices.DeleteFunc(a.Loads, func(l load.Load) bool { return l.ID > most })
	a.Runs, err = w.Runs(ctx, figures.Now, 10000)
	must(err)
	a.Verdicts, err = w.Verdicts(ctx, figures.Now, "", 10000)
	must(err)
	a.Kept, err = w.LoadFiles(ctx)
	must(err)
	a.Kept = slices.DeleteFunc(a.Kept, func(k warehouse.LoadFile) bool { return k.Load > most })
	for _, k := range a.Kept {
		content, err := os.ReadFile(p.loader.Archive.Path(k.SHA256))
		must(err)
		a.Files[k.SHA256] = string(content)
	}
	for _, l := range a.Loads {
		a.States[l.ID], err = w.LoadStates(ctx, figures.Now, l.ID)
		must(err)
		a.Rejections[l.ID], err = w.Rejections(ctx, l.ID, 10000)
		must(err)
		a.Reconciliations[l.ID], err = w.Reconciliations(ctx, l.ID, 10000)
		must(err)
		if l.State != load.Published {
			continue
		}
		asOf, err := w.AsOfLoad(ctx, l.ID)
		must(err)
		a.Values[l.ID], err = figurestest.Values(ctx, w, asOf, measures, nil, figures.Range{})
		must(err)
		changed := map[string]figures.Range{} // the periods of England that the load changed, which are asked as of it
		for _, v := range a.Values[l.ID] {
			if v.Footprint == "ENG" && v.Load == l.ID {
				r, known := changed[v.Measure]
				if !known || v.Period.Before(r.From) {
					r.From = v.Period
				}
				if v.Period.After(r.To) {
					r.To = v.Period
				}
				changed[v.Measure] = r
			}
		}
		if len(changed) == 0 {
			continue
		}
		defined, err := w.Definitions(ctx, asOf)
		must(err)
		for id, r := range changed {
			m, _ := p.catalog.Measure(id)
			a.Definitions[question{l.ID, id}] = defined[id].Hash
			if !slices.ContainsFunc(p.catalog.Measures, func(other *catalog.Measure) bool { return beneath(m, other) }) {
				a.Cells[question{l.ID, id}], err = w.Cells(ctx, asOf, m, []string{"ENG"}, r)
				must(err)
			}
		}
	}
	return a
}

// beneath tells whether all cells of a measure are among those of another, as attendances are among those of waits of four hours.
func beneath(m, other *catalog.Measure) bool {
	all := other.Components()
	return len(m.Components()) < len(all) && !slices.ContainsFunc(m.Components(), func(c string) bool { return !slices.Contains(all, c) })
}

const everyLoad = 1 << 60

// loaded is a data directory of three published files, then of a revision of one that names an organisation nobody knows.
func loaded(t *testing.T) (folder string) {
	t.Helper()
	return fewLoaded.copied(t, func(folder string) { loadFew(t, folder) })
}

func loadFew(t *testing.T, folder string) {
	t.Helper()
	ae, loans := published(t, "ae"), published(t, "loans")
	content, err := os.ReadFile(filepath.Join(ae, "MSitAE-April-2018.csv"))
	if err != nil {
		t.Fatal(err)
	}
	revised := filepath.Join(t.TempDir(), "MSitAE-April-2018-revised.csv")
	if err := os.WriteFile(revised, bytes.Replace(content, []byte(",RF4,"), []byte(",ZZ9,"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := []string{"STP_DATA_DIR=" + folder, "STP_BUNDLED=false"}
	for _, paths := range [][]string{
		{filepath.Join(ae, "April-2017-AE-by-provider-revised-14.06.18-D44fd.xls"), filepath.Join(ae, "MSitAE-April-2018.csv"), filepath.Join(loans, "bbc_nhs_loans_all.xlsx")},
		{revised},
	} {
		if out, err := stpd(t, settings, append([]string{"load", "--accept", "files of a test"}, paths...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
}

// backUpBy runs stpd backup and reads what it says.
func backUpBy(t *testing.T, folder, file string) summary {
	t.Helper()
	out, err := stpd(t, []string{"STP_DATA_DIR=" + folder, "STP_CLOCK=2018-03-31T12:00:00Z"}, "backup", "--out", file, "--json").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return decode[summary](t, string(out))
}

// restoreTo runs stpd restore.
func restoreTo(t *testing.T, folder, file string) string {
	t.Helper()
	out, err := stpd(t, []string{"STP_DATA_DIR=" + folder}, "restore", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// tree is what is below a folder: each path with what it is, and the content of files.
func tree(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		found[path] = info.Mode().String()
		if info.Mode().IsRegular() {
			content, err := os.ReadFile(path)
			found[path] += string(content)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestBackup(t *testing.T) {
	folder := loaded(t)
	want := answersOf(t, folder, everyLoad)
	var rejections, differing int
	for _, l := range want.Loads {
		rejections += len(want.Rejections[l.ID])
		differing += int(l.Differing)
	}
	if rejections == 0 || differing == 0 || len(want.Runs) != 2 || len(want.Values) < 6 || len(want.Cells) < 15 || len(want.Kept) < 6 || len(want.Verdicts) < 50 {
		t.Fatalf("there is little to compare: %d rejections, %d totals that differ, %d runs, %d published loads, %d figures with cells, %d kept files, %d verdicts",
			rejections, differing, len(want.Runs), len(want.Values), len(want.Cells), len(want.Kept), len(want.Verdicts))
	}
	place := t.TempDir()
	file := filepath.Join(place, "backup.tar")

	t.Run("same answers", func(t *testing.T) {
		said := backUpBy(t, folder, file)
		if said.NewestLoad != want.Loads[0].ID || said.Made.Format(time.DateOnly) != "2018-03-31" || said.Files <= len(want.Kept) || said.Bytes == 0 {
			t.Errorf("it says %+v", said)
		}
		if found := names(t, place); !slices.Equal(found, []string{"backup.tar"}) {
			t.Errorf("it leaves %v", found)
		}
		if left := names(t, filepath.Join(folder, "backups")); len(left) > 0 {
			t.Errorf("it leaves %v in the data directory", left)
		}
		empty := filepath.Join(t.TempDir(), "empty")
		if err := os.Mkdir(empty, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, to := range []string{filepath.Join(t.TempDir(), "not", "there"), empty} {
			text := restoreTo(t, to, file)
			if !strings.Contains(text, fmt.Sprintf("newest load %d, made 2018-03-31T12:00", said.NewestLoad)) {
				t.Errorf("it says %s", text)
			}
			if beside := names(t, filepath.Dir(to)); len(beside) != 1 {
				t.Errorf("it leaves %v", beside)
			}
		}
		if diff := cmp.Diff(want, answersOf(t, empty, everyLoad)); diff != "" {
			t.Errorf("the answers differ (-before +after):\n%s", diff)
		}
		if info, err := os.Stat(empty); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("the mode of the directory is now %v, %v", info.Mode(), err)
		}
		if passwordOf(t, folder) == passwordOf(t, empty) {
			t.Error("the restored directory has the password of the other")
		}
	})
	t.Run("beside a service", func(t *testing.T) {
		s := start(t, "STP_DATA_DIR="+folder, "STP_BUNDLED=false")
		another := filepath.Join(place, "another.tar")
		backUpBy(t, folder, another)
		backUpBy(t, folder, another) // in place of the first
		const path = "/api/v1/overview?measure=ae_attendances"
		before := s.get(t, path)
		s.stop(t)
		to := filepath.Join(t.TempDir(), "restored")
		restoreTo(t, to, another)
		if diff := cmp.Diff(want, answersOf(t, to, everyLoad)); diff != "" {
			t.Errorf("the answers differ (-before +after):\n%s", diff)
		}
		s = start(t, "STP_DATA_DIR="+to, "STP_BUNDLED=false")
		if after := s.get(t, path); after.status != 200 || after.body != before.body {
			t.Errorf("the restored service answers %d: %s, the other %s", after.status, after.body, before.body)
		}
		s.stop(t)
	})
	t.Run("refused", func(t *testing.T) { checkRefusedBackups(t, file) })
	t.Run("no place for it", func(t *testing.T) { checkNoPlace(t, folder, file) })
	t.Run("kept files", func(t *testing.T) { checkKeptFiles(t, folder, want) })
	t.Run("killed", func(t *testing.T) { checkKilled(t, folder, want) })
}

func passwordOf(t *testing.T, folder string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "clickhouse", "endpoint.json"))
	if err != nil {
		t.Fatal(err)
	}
	return decode[struct{ Password string }](t, string(text)).Password
}

// here runs a command in this process.
func here(t *testing.T, arguments ...string) error {
	t.Helper()
	c := command()
	c.SetArgs(arguments)
	c.SetOut(io.Discard)
	c.SetErr(io.Discard)
	return c.ExecuteContext(t.Context())
}

// checkRefusedBackups changes a byte of each entry, its header, content and the zeros after it, and cuts the backup off.
func checkRefusedBackups(t *testing.T, file string) {
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.tar")
	above := t.TempDir()
	empty := filepath.Join(above, "empty")
	if err := os.Mkdir(empty, 0o750); err != nil {
		t.Fatal(err)
	}
	before := tree(t, above)
	t.Setenv("STP_DATA_DIR", empty)
	refused := func(what string, content []byte) {
		t.Helper()
		if err := os.WriteFile(broken, content, 0o600); err != nil {
			t.Fatal(err)
		}
		err := here(t, "restore", broken)
		if err == nil || !strings.HasPrefix(err.Error(), broken+": ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v", what, err)
		}
		if diff := cmp.Diff(before, tree(t, above)); diff != "" {
			t.Fatalf("%s: the directory was touched:\n%s", what, diff)
		}
	}
	random := rand.New(rand.NewPCG(44, 2016))
	flip := func(what string, from, to int64) {
		t.Helper()
		if from == to {
			return
		}
		changed := bytes.Clone(content)
		changed[from+random.Int64N(to-from)] ^= 1 << random.IntN(8)
		refused(what, changed)
	}
	seen := bytes.NewReader(content)
	position := func() int64 { return int64(len(content) - seen.Len()) }
	archive := tar.NewReader(io.MultiReader(seen)) // which hides that it can seek
	entries, begin := 0, int64(0)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		start := position()
		end := start + header.Size
		next := (end + 511) &^ 511
		switch entries % 3 { // one of three things an entry
		case 0:
			flip("the header of "+header.Name, begin, start)
		case 1:
			flip("the content of "+header.Name, start, end)
		case 2:
			flip("what follows "+header.Name, end, next)
		}
		begin = next
		entries++
	}
	if entries < 50 {
		t.Fatalf("the backup has %d entries", entries)
	}
	flip("the end", int64(len(content))-1024, int64(len(content)))
	for range 20 {
		n := random.IntN(len(content))
		refused("cut off", content[:n])
	}
	refused("cut off before the end", content[:len(content)-1])
	refused("cut off before the last block", content[:len(content)-512])
	refused("with junk", append(bytes.Clone(content), "junk"...))
	refused("empty", nil)
}

func checkNoPlace(t *testing.T, folder, file string) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(full, "notes.txt")
	newer := filepath.Join(t.TempDir(), "newer.tar")
	f, err := os.Create(newer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Write(t.Context(), f, backup.Manifest{Version: "9.9", Schema: 99}, nil, "", io.Discard); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out.tar")
	nothing := filepath.Join(t.TempDir(), "nothing")
	for _, c := range []struct {
		name      string
		settings  []string
		arguments []string
		says      []string
	}{
		{"a directory in use", []string{"STP_DATA_DIR=" + full}, []string{"restore", file}, []string{"STP_DATA_DIR", "found notes.txt", full, "empty or not there"}},
		{"a file for a directory", []string{"STP_DATA_DIR=" + plain}, []string{"restore", file}, []string{"STP_DATA_DIR", plain, "not a directory"}},
		{"no backup", []string{"STP_DATA_DIR=" + nothing}, []string{"restore", out}, []string{out, "no such file"}},
		{"a backup of a newer stpd", []string{"STP_DATA_DIR=" + nothing}, []string{"restore", newer}, []string{newer, "version 99", "stpd 9.9", "accepted: up to"}},
		{
			"a server",
			[]string{"STP_DATA_DIR=" + nothing, "STP_CLICKHOUSE_DSN=clickhouse://u:secret@127.0.0.1:1/stp"},
			[]string{"restore", file},
			[]string{"STP_CLICKHOUSE_DSN", "embedded engine"},
		},
		{
			"a backup of a server",
			[]string{"STP_DATA_DIR=" + folder, "STP_CLICKHOUSE_DSN=clickhouse://u:secret@127.0.0.1:1/stp"},
			[]string{"backup", "-o", out},
			[]string{"STP_CLICKHOUSE_DSN", "embedded engine"},
		},
		{"a backup of nothing", []string{"STP_DATA_DIR=" + nothing}, []string{"backup", "-o", out}, []string{"STP_DATA_DIR", "nothing to back up"}},
		{"a folder for a file", []string{"STP_DATA_DIR=" + folder}, []string{"backup", "-o", full}, []string{"--out", full, "not a file"}},
		{"a folder that is not there", []string{"STP_DATA_DIR=" + folder}, []string{"backup", "-o", filepath.Join(nothing, "out.tar")}, []string{"--out", nothing, "no such file"}},
		{"no file", []string{"STP_DATA_DIR=" + folder}, []string{"backup"}, []string{"--out"}},
		{"two files", nil, []string{"restore", file, file}, []string{"accepts 1 arg"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, pair := range c.settings {
				name, value, _ := strings.Cut(pair, "=")
				t.Setenv(name, value)
			}
			err := here(t, c.arguments...)
			if err == nil {
				t.Fatal("it is accepted")
			}
			for _, text := range c.says {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("it does not say %q: %v", text, err)
				}
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("it tells the password: %v", err)
			}
			for _, path := range []string{nothing, nothing + ".restoring", out, out + ".part", full + ".part", full + ".restoring"} {
				if _, err := os.Lstat(path); err == nil {
					t.Errorf("it leaves %s", path)
				}
			}
		})
	}
}

// checkKeptFiles backs up a directory of which a kept file was changed, then lost.
func checkKeptFiles(t *testing.T, folder string, want answers) {
	last := want.Kept[len(want.Kept)-1]
	path := load.Archive{Folder: filepath.Join(folder, "files")}.Path(last.SHA256)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out.tar")
	refused := func(says ...string) {
		t.Helper()
		text, err := stpd(t, []string{"STP_DATA_DIR=" + folder}, "backup", "-o", out).CombinedOutput()
		if err == nil {
			t.Fatalf("it is accepted: %s", text)
		}
		for _, s := range says {
			if !strings.Contains(string(text), s) {
				t.Errorf("it does not say %q: %s", s, text)
			}
		}
		if left := names(t, filepath.Dir(out)); len(left) > 0 {
			t.Errorf("it leaves %v", left)
		}
	}
	if err := os.WriteFile(path, []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(last.SHA256, "the one that the file is named after")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	refused(fmt.Sprintf("load %d", last.Load), last.File, "put back", path)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	// What is being received is not kept yet.
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "part-1"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	backUpBy(t, folder, out)
}

// kills is how often a backup, and a restore, is killed.
const kills = 5

// checkKilled kills backups and restores at random moments: each leaves nothing or the whole.
func checkKilled(t *testing.T, folder string, want answers) {
	random := rand.New(rand.NewPCG(44, 2016))
	// run kills a command within a time and tells whether it ended before.
	run := func(within time.Duration, settings []string, arguments ...string) (ended bool) {
		t.Helper()
		c := stpd(t, settings, arguments...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- c.Wait() }()
		select {
		case err := <-done:
			if err != nil {
				t.Fatalf("%v: %v", arguments, err)
			}
			return true
		case <-time.After(time.Duration(random.Int64N(int64(within)))):
			_ = c.Process.Kill()
			<-done
			return false
		}
	}
	timed := func(do func()) time.Duration {
		began := time.Now()
		do()
		return time.Since(began)
	}
	place := t.TempDir()
	file, settings := filepath.Join(place, "backup.tar"), []string{"STP_DATA_DIR=" + folder}
	whole := filepath.Join(t.TempDir(), "whole.tar")
	s := start(t, "STP_DATA_DIR="+folder, "STP_BUNDLED=false") // its engine outlives the backup that is killed
	took := timed(func() { backUpBy(t, folder, whole) })
	killed := 0
	for i := range kills {
		if !run(took, settings, "backup", "--out", file) {
			killed++
		}
		if i == kills/2 {
			s.stop(t)
		}
		if _, err := os.Stat(file); err == nil {
			readWhole(t, file)
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
	}
	if killed == 0 {
		t.Error("no backup was killed")
	}
	backUpBy(t, folder, file)
	if found := names(t, place); !slices.Equal(found, []string{"backup.tar"}) {
		t.Errorf("after the backups that were killed there is %v", found)
	}
	if left := names(t, filepath.Join(folder, "backups")); len(left) > 0 {
		t.Errorf("after the backups that were killed the data directory has %v", left)
	}

	above := t.TempDir()
	to := filepath.Join(above, "restored")
	took = timed(func() { restoreTo(t, to, file) })
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	killed = 0
	for range kills {
		if !run(took, []string{"STP_DATA_DIR=" + to}, "restore", file) {
			killed++
		}
		if _, err := os.Stat(to); err == nil {
			if diff := cmp.Diff(want, answersOf(t, to, everyLoad)); diff != "" {
				t.Fatalf("the answers differ (-before +after):\n%s", diff)
			}
			if err := os.RemoveAll(to); err != nil {
				t.Fatal(err)
			}
		}
	}
	if killed == 0 {
		t.Error("no restore was killed")
	}
	restoreTo(t, to, file)
	if found := names(t, above); !slices.Equal(found, []string{"restored"}) {
		t.Errorf("after the restores that were killed there is %v", found)
	}
	if diff := cmp.Diff(want, answersOf(t, to, everyLoad)); diff != "" {
		t.Errorf("the answers differ (-before +after):\n%s", diff)
	}
}

// readWhole reads a backup that has to be whole.
func readWhole(t *testing.T, file string) backup.Manifest {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	r, err := backup.NewReader(t.Context(), f, info.Size(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Unpack(t.TempDir(), io.Discard); err != nil {
		t.Fatal(err)
	}
	return r.Manifest
}

// TestBackupDuringLoads backs up a service while another process loads into it, file by file. Each backup holds some loads, all of
// them whole, with the answers that the service gives as of the newest of them when everything is loaded.
func TestBackupDuringLoads(t *testing.T) {
	t.Parallel()
	const files, most = 4, 3 // so many are compared
	folder, ae := filepath.Join(t.TempDir(), "var"), published(t, "ae")
	settings := []string{"STP_DATA_DIR=" + folder, "STP_BUNDLED=false"}
	some := names(t, ae)[:files]
	s := start(t, settings...)
	loading := make(chan struct{})
	go func() {
		defer close(loading)
		for _, name := range some {
			if out, err := stpd(t, settings, "load", filepath.Join(ae, name)).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		}
	}()
	var backups []string
	for done := false; !done; {
		select {
		case <-loading:
			done = true
		default:
		}
		file := filepath.Join(t.TempDir(), "backup.tar")
		backUpBy(t, folder, file)
		backups = append(backups, file)
	}
	s.stop(t)
	moments := map[uint64]bool{}
	for _, file := range backups {
		newest := readWhole(t, file).NewestLoad
		if moments[newest] {
			continue
		}
		if moments[newest] = true; len(moments) > most {
			break
		}
		to := filepath.Join(t.TempDir(), "restored")
		restoreTo(t, to, file)
		got, want := answersOf(t, to, everyLoad), answersOf(t, folder, newest)
		for _, l := range got.Loads {
			if l.State != load.Published {
				t.Errorf("load %d is %s", l.ID, l.State)
			}
		}
		got.Runs, want.Runs, got.Verdicts, want.Verdicts = nil, nil, nil, nil // they come after the loads that they are of
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("as of load %d the answers differ (-service +restored):\n%s", newest, diff)
		}
	}
	if len(moments) < most {
		t.Errorf("%d backups were made at %d moments, want %d or more", len(backups), len(moments), most)
	}
}

// TestForgedBackups changes what ClickHouse wrote and seals it again: nothing that a backup defines is run.
func TestForgedBackups(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "var")
	settings := []string{"STP_DATA_DIR=" + folder, "STP_BUNDLED=false"}
	if out, err := stpd(t, settings, "load", filepath.Join(published(t, "ae"), "MSitAE-April-2018.csv")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	file := filepath.Join(t.TempDir(), "backup.tar")
	backUpBy(t, folder, file)
	whole := t.TempDir()
	manifest := unpackTo(t, file, whole)
	const list = "warehouse/.backup"
	for _, c := range []struct {
		name  string
		forge func(t *testing.T, folder string, m *backup.Manifest)
		says  string
	}{
		{"a view that does more", func(t *testing.T, folder string, _ *backup.Manifest) {
			rewrite(t, folder, "warehouse/metadata/stp/arrival.sql", "FROM stp.arriving", "FROM stp.arriving WHERE 1 OR file('/etc/passwd') != ''")
		}, "arrival"},
		{"a column with a default", func(t *testing.T, folder string, _ *backup.Manifest) {
			rewrite(t, folder, "warehouse/metadata/stp/load.sql", "`file` String,", "`file` String DEFAULT hostName(),")
		}, "load"},
		{"another engine", func(t *testing.T, folder string, _ *backup.Manifest) {
			rewrite(t, folder, "warehouse/metadata/stp/arriving.sql", "ENGINE = `Null`", "ENGINE = URL('http://127.0.0.1:1/', 'CSV')")
		}, "arriving"},
		{"a table of its own", func(t *testing.T, folder string, _ *backup.Manifest) {
			text := "CREATE VIEW stp.own (`x` String) AS SELECT file('/etc/passwd') AS x"
			overwrite(t, filepath.Join(folder, "warehouse", "metadata", "stp", "own.sql"), text)
			entry := fmt.Sprintf("<file><name>metadata/stp/own.sql</name><size>%d</size><checksum>0123456789abcdef0123456789abcdef</checksum></file>", len(text))
			rewrite(t, folder, list, "</contents>", entry+"</contents>")
		}, "own"},
		{"another backup beneath", func(t *testing.T, folder string, _ *backup.Manifest) {
			rewrite(t, folder, list, "<contents>", "<base_backup>File('/tmp/other')</base_backup><contents>")
		}, "base_backup"},
		{"a file elsewhere", func(t *testing.T, folder string, _ *backup.Manifest) {
			rewrite(t, folder, list, "<name>metadata/stp/load.sql</name>", "<name>metadata/stp/load.sql</name><data_file>../../../endpoint.json</data_file>")
		}, "endpoint.json"},
		{"a kept file left out", func(t *testing.T, folder string, _ *backup.Manifest) {
			kept, err := filepath.Glob(filepath.Join(folder, backup.Files, "*", "*"))
			if err != nil || len(kept) == 0 {
				t.Fatal(kept, err)
			}
			if err := os.Remove(kept[len(kept)-1]); err != nil {
				t.Fatal(err)
			}
		}, "has to be put back"},
		{"an older version than its tables", func(_ *testing.T, _ string, m *backup.Manifest) { m.Schema-- }, "stp"},
		{"no version", func(_ *testing.T, _ string, m *backup.Manifest) { m.Schema = 0 }, "version 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			forged, m := t.TempDir(), manifest
			if err := os.CopyFS(forged, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			c.forge(t, forged, &m)
			sealed := seal(t, forged, m, "")
			to := filepath.Join(t.TempDir(), "restored")
			out, err := stpd(t, []string{"STP_DATA_DIR=" + to}, "restore", sealed).CombinedOutput()
			if err == nil || !strings.Contains(string(out), c.says) {
				t.Errorf("%v: %s", err, out)
			}
			if _, err := os.Stat(to); err == nil {
				t.Error("a data directory was made")
			}
		})
	}
	t.Run("a key", func(t *testing.T) {
		const key, other = "STP_BACKUP_KEY=a key that nobody else knows", "STP_BACKUP_KEY=another key of the same length"
		keyed := filepath.Join(t.TempDir(), "keyed.tar")
		if out, err := stpd(t, []string{"STP_DATA_DIR=" + folder, key}, "backup", "--out", keyed).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for _, c := range []struct {
			file, key, says string
		}{
			{keyed, other, "another key"}, {keyed, "STP_BACKUP_KEY=", "sealed with a key"}, {file, key, "sealed without a key"}, {keyed, key, "Restored"},
		} {
			out, err := stpd(t, []string{"STP_DATA_DIR=" + filepath.Join(t.TempDir(), "restored"), c.key}, "restore", c.file).CombinedOutput()
			if (err == nil) != (c.says == "Restored") || !strings.Contains(string(out), c.says) {
				t.Errorf("want %q: %v: %s", c.says, err, out)
			}
		}
	})
}

// unpackTo unpacks a backup into a folder.
func unpackTo(t *testing.T, file, folder string) backup.Manifest {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	r, err := backup.NewReader(t.Context(), f, info.Size(), "")
	if err == nil {
		err = r.Unpack(folder, io.Discard)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r.Manifest
}

// seal makes a backup of a folder into which one was unpacked.
func seal(t *testing.T, folder string, m backup.Manifest, key backup.Key) string {
	t.Helper()
	var sources []backup.Source
	for _, below := range []string{backup.Files, backup.Warehouse} {
		some, err := backup.Sources(below, filepath.Join(folder, below))
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, some...)
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "sealed.tar"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := backup.Write(t.Context(), f, m, sources, key, io.Discard); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}

// rewrite changes a file that ClickHouse wrote, and the size of it that ClickHouse listed.
func rewrite(t *testing.T, folder, name, from, to string) {
	t.Helper()
	path := filepath.Join(folder, name)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	after := bytes.Replace(before, []byte(from), []byte(to), 1)
	if bytes.Equal(before, after) {
		t.Fatalf("%s has no %q: %s", name, from, before)
	}
	overwrite(t, path, string(after))
	if inner, ok := strings.CutPrefix(name, "warehouse/"); ok && inner != ".backup" {
		rewrite(
			t,
			folder,
			"warehouse/.backup",
			fmt.Sprintf("<name>%s</name><size>%d</size>", inner, len(before)),
			fmt.Sprintf("<name>%s</name><size>%d</size>", inner, len(after)),
		)
	}
}

func overwrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
