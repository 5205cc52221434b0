package backup_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stpdash/internal/backup"
)

var made = time.Date(2018, 3, 31, 12, 0, 0, 123456789, time.UTC)

func sum(content string) string {
	s := sha256.Sum256([]byte(content))
	return hex.EncodeToString(s[:])
}

// kept is the name of a kept file of that content.
func kept(content string) string { return backup.Files + "/" + sum(content)[:2] + "/" + sum(content) }

// write writes files into a folder.
func write(t testing.TB, folder string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// contents are the files of a folder.
func contents(t testing.TB, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !entry.Type().IsRegular() {
			return fmt.Errorf("%s is a %s", file, entry.Type())
		}
		content, err := os.ReadFile(file)
		name, _ := filepath.Rel(folder, file)
		files[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// pack writes a backup of files that are named as in it.
func pack(t testing.TB, files map[string]string) ([]byte, backup.Manifest) {
	t.Helper()
	folder := t.TempDir()
	write(t, folder, files)
	var out, read bytes.Buffer
	m, err := backup.Write(t.Context(), &out, backup.Manifest{Version: "test", Made: made, Schema: 2, NewestLoad: 7}, sources(t, folder), "", &read)
	if err != nil {
		t.Fatal(err)
	}
	if int64(read.Len()) != 2*m.Size() {
		t.Errorf("progress is told of %d bytes, want twice %d", read.Len(), m.Size())
	}
	return out.Bytes(), m
}

func sources(t testing.TB, folder string) []backup.Source {
	t.Helper()
	var all []backup.Source
	for _, below := range []string{backup.Warehouse, backup.Files} {
		some, err := backup.Sources(below, filepath.Join(folder, below))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, some...)
	}
	return all
}

// unpack reads a backup into a folder.
func unpack(ctx context.Context, content []byte, folder string) (backup.Manifest, error) {
	r, err := backup.NewReader(ctx, bytes.NewReader(content), int64(len(content)), "")
	if err != nil {
		return backup.Manifest{}, err
	}
	return r.Manifest, r.Unpack(folder, io.Discard)
}

func TestRoundTrip(t *testing.T) {
	files := map[string]string{
		kept("a"): "a", kept(""): "", kept(strings.Repeat("b", 512)): strings.Repeat("b", 512),
		"warehouse/.backup":                                   "<config/>",
		"warehouse/data/stp/t/all_1_1_0/x.bin":                strings.Repeat("c", 511),
		"warehouse/data/stp/t.x/all_1_1_0/y":                  strings.Repeat("d", 513),
		"warehouse/data/stp/t/all_1_1_0/z":                    strings.Repeat("e", 1<<20+3),
		"warehouse/" + strings.Repeat("f", 120):               "long",
		"warehouse/" + strings.Repeat("gggggg/", 60) + "ä%2E": "longer",
	}
	content, m := pack(t, files)
	again, _ := pack(t, files)
	if !bytes.Equal(content, again) {
		t.Error("the same files give another backup")
	}
	folder := t.TempDir()
	read, err := unpack(t.Context(), content, folder)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, read); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(files, contents(t, folder)); diff != "" {
		t.Error(diff)
	}
	first, err := tar.NewReader(bytes.NewReader(content)).Next()
	if err != nil || first.Name != "manifest.json" || !first.ModTime.Equal(made.Truncate(time.Second)) {
		t.Errorf("the first entry is %+v, %v", first, err)
	}
	for i, e := range m.Entries {
		if want := int64(len(files[e.Name])); e.Size != want || e.SHA256 != sum(files[e.Name]) {
			t.Errorf("entry %d is %+v, want %d bytes, %s", i, e, want, sum(files[e.Name]))
		}
	}
}

func TestRoundTripOfAnyFiles(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		files := map[string]string{}
		for _, content := range rapid.SliceOfN(rapid.StringN(0, 2000, 3000), 0, 4).Draw(r, "kept") {
			files[kept(content)] = content
		}
		for name, content := range rapid.MapOfN(rapid.StringMatching(`([a-z%.]{0,9}[a-z]/){0,3}[a-z]{1,9}f`), rapid.StringN(0, 2000, 3000), 0, 5).Draw(r, "warehouse") {
			files["warehouse/"+name] = content
		}
		content, _ := pack(t, files)
		folder, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			r.Fatal(err)
		}
		if _, err := unpack(t.Context(), content, folder); err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff(files, contents(t, folder)); diff != "" {
			r.Fatal(diff)
		}
	})
}

// small has every kind of entry, with and without zeros after its content.
func small(t testing.TB) []byte {
	content, _ := pack(t, map[string]string{
		kept("a"): "a", "warehouse/x": strings.Repeat("x", 512), "warehouse/" + strings.Repeat("y", 101): strings.Repeat("y", 20),
	})
	return content
}

// step is how far apart, at most, the bytes are that TestEveryByteCounts tries; STPD_TEST_STEP sets another, 1 for each of them.
const step = 60

// TestEveryByteCounts changes bytes of a backup in turn, and cuts it off before them.
func TestEveryByteCounts(t *testing.T) {
	content := small(t)
	if _, err := unpack(t.Context(), content, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	refused := func(content []byte) bool {
		t.Helper()
		into, err := os.MkdirTemp(folder, "")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(into)
		_, err = unpack(t.Context(), content, into)
		return err != nil
	}
	most := step
	if text := os.Getenv("STPD_TEST_STEP"); text != "" {
		var err error
		if most, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	random := rand.New(rand.NewPCG(44, 2016))
	for i := 0; i < len(content); i += 1 + random.IntN(most) {
		changed := bytes.Clone(content)
		changed[i] ^= 1 << random.IntN(8)
		if !refused(changed) {
			t.Errorf("byte %d of %d was changed from %q to %q and is accepted", i, len(content), content[i], changed[i])
		}
		if !refused(content[:i]) {
			t.Errorf("the first %d of %d bytes are accepted", i, len(content))
		}
	}
	for _, more := range []string{"\x00", strings.Repeat("\x00", 512), "junk", string(content)} {
		if !refused(append(bytes.Clone(content), more...)) {
			t.Errorf("a backup with %d more bytes is accepted", len(more))
		}
	}
}

// member is an entry of a forged backup.
type member struct {
	header  tar.Header
	content string
}

func file(name, content string) member {
	return member{tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(content)), Mode: 0o600}, content}
}

func entry(name, content string) backup.Entry {
	return backup.Entry{Name: name, Size: int64(len(content)), SHA256: sum(content)}
}

// forge writes members as a backup with a valid seal.
func forge(t testing.TB, members ...member) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	put := func(m member) {
		kind := m.header.Typeflag
		if kind == tar.TypeXHeader {
			m.header.Typeflag = tar.TypeReg // it is not for use by hand
		}
		if err := w.WriteHeader(&m.header); err != nil {
			t.Fatal(err)
		}
		if kind == tar.TypeXHeader {
			header := out.Bytes()[out.Len()-512:]
			header[156] = kind
			copy(header[148:], "        ")
			checksum := 0
			for _, b := range header {
				checksum += int(b)
			}
			copy(header[148:], fmt.Sprintf("%06o\x00 ", checksum))
		}
		if _, err := io.WriteString(w, m.content); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range members {
		put(m)
	}
	last := file("sha256", strings.Repeat("0", 64))
	if err := w.WriteHeader(&last.header); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, sum(out.String())); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func manifest(t testing.TB, entries ...backup.Entry) member {
	t.Helper()
	text, err := json.Marshal(backup.Manifest{Format: backup.Format, Made: made, Entries: entries})
	if err != nil {
		t.Fatal(err)
	}
	return file("manifest.json", string(text))
}

// sparse are the two members of a file of zeros that takes no room in the archive.
func sparse(size int64) []member {
	records := ""
	for _, r := range []string{"GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=warehouse/x", fmt.Sprintf("GNU.sparse.realsize=%d", size)} {
		records += fmt.Sprintf("%d %s\n", len(r)+4, r) // two digits, a space and the end of the line
	}
	extended := file("warehouse/x", records)
	extended.header.Typeflag = tar.TypeXHeader
	return []member{extended, file("warehouse/x", "0\n"+strings.Repeat("\x00", 510))}
}

func TestHostileBackups(t *testing.T) {
	x := file("warehouse/x", "x")
	link := func(kind byte) member {
		return member{tar.Header{Typeflag: kind, Name: "warehouse/x", Linkname: "/etc/passwd"}, ""}
	}
	for _, c := range []struct {
		name    string
		content []byte
		says    string
	}{
		{"nothing", nil, "not made by stpd backup: manifest.json: the backup is cut off"},
		{"text", []byte(strings.Repeat("text", 1000)), "not made by stpd backup"},
		{"gzip", append([]byte{0x1f, 0x8b, 8}, make([]byte, 2000)...), "not made by stpd backup"},
		{"another tar", forge(t, x), `not made by stpd backup: found the entry "warehouse/x"`},
		{"a manifest that is no file", forge(t, member{tar.Header{Typeflag: tar.TypeDir, Name: "manifest.json"}, ""}), "type '5'"},
		{"a manifest that is not JSON", forge(t, file("manifest.json", "{")), "manifest.json: unexpected end of JSON input"},
		{"two manifests in one", forge(t, file("manifest.json", `{"format":1}{}`)), "manifest.json: invalid character"},
		{"a huge manifest", func() []byte {
			var out bytes.Buffer
			_ = tar.NewWriter(&out).WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "manifest.json", Size: 1 << 40})
			return out.Bytes()
		}(), "found 1099511627776 bytes, accepted: at most"},
		{"a later format", forge(t, file("manifest.json", `{"format":2,"entries":{}}`)), "found format 2, accepted: format 1"},
		{"a later format of the same form", forge(t, file("manifest.json", `{"format":2}`)), "found format 2, accepted: format 1"},
		{"above the folder", forge(t, manifest(t, entry("../x", "x")), file("../x", "x")), `found the name "../x", accepted: a path below`},
		{"above the folder, by way of it", forge(t, manifest(t, entry("warehouse/../../x", "x")), file("warehouse/../../x", "x")), "accepted: a path below"},
		{"an absolute name", forge(t, manifest(t, entry("/tmp/x", "x")), file("/tmp/x", "x")), `found the name "/tmp/x"`},
		{"a folder of another name", forge(t, manifest(t, entry("clickhouse/x", "x")), file("clickhouse/x", "x")), `found the name "clickhouse/x"`},
		{"no folder", forge(t, manifest(t, entry("files", "x")), file("files", "x")), `found the name "files"`},
		{"a symbolic link", forge(t, manifest(t, entry("warehouse/x", "")), link(tar.TypeSymlink)), "type '2'"},
		{"a hard link", forge(t, manifest(t, entry("warehouse/x", "")), link(tar.TypeLink)), "type '1'"},
		{"a device", forge(t, manifest(t, entry("warehouse/x", "")), link(tar.TypeChar)), "type '3'"},
		{"a pipe", forge(t, manifest(t, entry("warehouse/x", "")), link(tar.TypeFifo)), "type '6'"},
		{"a folder for a file", forge(t, manifest(t, entry("warehouse/x", "")), link(tar.TypeDir)), "type '5'"},
		{"the same name twice", forge(t, manifest(t, entry("warehouse/x", "x"), entry("warehouse/x", "x")), x, x), "every name once, in order"},
		{"another order", forge(t, manifest(t, entry("warehouse/y", "y"), entry("warehouse/x", "x")), file("warehouse/y", "y"), x), "every name once, in order"},
		{"a file below a file", forge(t, manifest(t, entry("warehouse/x", "x"), entry("warehouse/x/y", "y")), x, file("warehouse/x/y", "y")), "warehouse/x/y"},
		{"a name with a zero", forge(t, manifest(t, entry("warehouse/x\x00y", "x")), x), `found the entry "warehouse/x"`},
		{"an entry that is not listed", forge(t, manifest(t), x), `found the entry "warehouse/x" of type '0', expected the file sha256`},
		{"an entry that is not there", forge(t, manifest(t, entry("warehouse/x", "x"))), "expected the file warehouse/x"},
		{"another size", forge(t, manifest(t, entry("warehouse/x", "xx")), x), "warehouse/x: found 1 bytes, the manifest lists 2"},
		{"a negative size", forge(t, manifest(t, backup.Entry{Name: "warehouse/x", Size: -1, SHA256: sum("")}), x), "found a size of -1"},
		{"other content", forge(t, manifest(t, entry("warehouse/x", "y")), x), "the manifest lists " + sum("y")},
		{"no SHA-256", forge(t, manifest(t, backup.Entry{Name: "warehouse/x", Size: 1}), x), `found the SHA-256 ""`},
		{"a kept file that was changed", forge(t, manifest(t, entry(kept("a"), "b")), file(kept("a"), "b")), "the one that the file is named after"},
		{"more than there is", forge(t, manifest(t, backup.Entry{Name: "warehouse/x", Size: 1 << 40, SHA256: sum("")}), x), "warehouse/x: the backup is cut off"},
		{"a bomb", forge(t, slices.Concat([]member{manifest(t, entry("warehouse/x", "x"))}, sparse(1<<40))...), "found 1099511627776 bytes, the manifest lists 1"},
		{"sizes that overflow", forge(t, manifest(t, backup.Entry{Name: "warehouse/x", Size: 1<<63 - 1, SHA256: sum("")},
			backup.Entry{Name: "warehouse/y", Size: 1<<63 - 1, SHA256: sum("")}), x), "warehouse/x: the backup is cut off"},
	} {
		t.Run(c.name, func(t *testing.T) {
			above := t.TempDir()
			folder := filepath.Join(above, "folder")
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			_, err := unpack(t.Context(), c.content, folder)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want an error that says %q", err, c.says)
			}
			for name := range contents(t, above) {
				if !strings.HasPrefix(name, "folder/warehouse/") && !strings.HasPrefix(name, "folder/files/") {
					t.Errorf("it wrote %s", name)
				}
			}
		})
	}
}

func TestAFileThatChangesIsNotBackedUp(t *testing.T) {
	for name, change := range map[string]func(f *os.File) error{
		"grows": func(f *os.File) error {
			_, err := f.Seek(0, io.SeekEnd)
			_, e := f.WriteString("more")
			return errors.Join(err, e)
		},
		"shrinks": func(f *os.File) error { return f.Truncate(1) },
		"differs": func(f *os.File) error { _, err := f.WriteAt([]byte("!"), 0); return err },
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, folder, map[string]string{"warehouse/x": "xxx", "warehouse/y": "y"})
			_, err := backup.Write(t.Context(), io.Discard, backup.Manifest{}, sources(t, folder), "", writer(func(p []byte) (int, error) {
				if string(p) != "y" { // x is listed, and is to be copied
					return len(p), nil
				}
				f, err := os.OpenFile(filepath.Join(folder, "warehouse/x"), os.O_RDWR, 0)
				if err != nil {
					return 0, err
				}
				return len(p), errors.Join(change(f), f.Close())
			}))
			if err == nil || !strings.Contains(err.Error(), "changed while it was backed up") {
				t.Errorf("got %v", err)
			}
		})
	}
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func TestWhatIsNotRestorableIsNotWritten(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, map[string]string{kept("a"): "b"})
	var out bytes.Buffer
	_, err := backup.Write(t.Context(), &out, backup.Manifest{}, sources(t, folder), "", io.Discard)
	if err == nil || !strings.Contains(err.Error(), "the one that the file is named after") || out.Len() > 0 {
		t.Errorf("got %v after %d bytes", err, out.Len())
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := unpack(ctx, small(t), t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("reading gives %v", err)
	}
	folder := t.TempDir()
	write(t, folder, map[string]string{"warehouse/x": "x"})
	if _, err := backup.Write(ctx, io.Discard, backup.Manifest{}, sources(t, folder), "", io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("writing gives %v", err)
	}
}

func TestSourcesLeaveOutWhatIsNoFile(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, map[string]string{"a/b": "content"})
	if err := os.Symlink("/etc/passwd", filepath.Join(folder, "link")); err != nil {
		t.Fatal(err)
	}
	got, err := backup.Sources("files", folder)
	want := []backup.Source{{Name: "files/a/b", Path: filepath.Join(folder, "a", "b"), Size: 7}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if got, err := backup.Sources("files", filepath.Join(folder, "none")); err != nil || got != nil {
		t.Errorf("of no folder: %v, %v", got, err)
	}
}

// FuzzRead reads what anyone may have written. What is accepted has to be what stpd backup writes of the same files.
func FuzzRead(f *testing.F) {
	f.Add(small(f))
	f.Add(forge(f, manifest(f)))
	f.Add(forge(f, manifest(f, entry("../x", "x")), file("../x", "x")))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, content []byte) {
		above := t.TempDir()
		folder := filepath.Join(above, "folder")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		m, err := unpack(t.Context(), content, folder)
		written := contents(t, above)
		for name := range written {
			if !strings.HasPrefix(name, "folder/warehouse/") && !strings.HasPrefix(name, "folder/files/") {
				t.Errorf("it wrote %s", name)
			}
		}
		if err != nil {
			return
		}
		if len(written) != len(m.Entries) {
			t.Errorf("%d files of %d entries", len(written), len(m.Entries))
		}
		for _, e := range m.Entries {
			if sum(written["folder/"+e.Name]) != e.SHA256 {
				t.Errorf("%s is not what the manifest says", e.Name)
			}
		}
	})
}
