package publication

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strings"
)

// meter passes on what an archive unpacks to, within what the file may still unpack to.
type meter struct {
	d     *decoder
	r     io.Reader
	limit int64
}

func (m *meter) Read(p []byte) (int, error) {
	d := m.d
	n, err := m.r.Read(p)
	d.unpacked += int64(n)
	// Small files compress so well that a ratio alone would refuse them.
	byRatio := max(int64(d.limits.Ratio)*d.packed, 1<<20)
	switch {
	case d.unpacked <= min(byRatio, m.limit):
		return n, err
	case byRatio < m.limit:
		return 0, d.fail(fmt.Sprintf("unpacks to more than %d times its size, the limit", d.limits.Ratio), nil)
	default:
		return 0, d.fail(fmt.Sprintf("unpacks to more than the limit of %d bytes", m.limit), nil)
	}
}

// gzip reads one compressed csv.
func (d *decoder) gzip(name string, in input) error {
	inner := input{size: -1, open: func() (io.ReadCloser, error) {
		packed, err := in.open()
		if err != nil {
			return nil, err
		}
		r, err := gzip.NewReader(packed)
		if err != nil {
			return nil, errors.Join(d.fail("is a damaged gz", err), packed.Close())
		}
		return r, nil
	}}
	_, err := d.decode(strings.TrimSuffix(name, path.Ext(name)), inner, []Format{CSV})
	var known *Error
	if errors.Is(err, io.ErrUnexpectedEOF) && !errors.As(err, &known) {
		return d.fail("is cut short: its gz ends too early", err)
	}
	return d.wrap("is a damaged gz", err)
}

// zip reads the csv, xls and xlsx in an archive and passes over the rest, such
// as notes for the reader.
func (d *decoder) zip(in input) error {
	archive, err := d.openZip(in)
	if err != nil {
		return d.wrap("is cut short or damaged: the directory at the end of the zip cannot be read", err)
	}
	accepted := []Format{CSV, XLS, XLSX}
	for _, f := range archive.File {
		_, left := LeftBehind(f.Name)
		// What holds figures in a form that is not read must not be missed without a word.
		if claimed := claim(f.Name); left || strings.HasSuffix(slashed(f.Name), "/") || (claimed == "" || claimed == JSON) && !unread(f.Name) {
			d.passed = append(d.passed, f.Name)
			continue
		}
		d.member = f.Name
		member := input{size: int64(min(f.UncompressedSize64, math.MaxInt64)), open: func() (io.ReadCloser, error) { return d.openMember(f) }}
		if _, err := d.decode(f.Name, member, accepted); err != nil {
			return d.wrap(fmt.Sprintf("is cut short or damaged: %s in it cannot be unpacked", f.Name), err)
		}
		d.member = ""
	}
	if len(d.passed) == len(archive.File) {
		return d.fail(fmt.Sprintf("is a zip without a csv, xls or xlsx; it holds %d other members %q", len(d.passed), d.passed[:min(len(d.passed), 5)]), nil)
	}
	return nil
}

// unread tells whether a name is that of a file of figures in a form that is not accepted within a zip.
func unread(name string) bool {
	return slices.Contains([]string{".ods", ".xlsb", ".zip", ".gz", ".7z", ".rar", ".xlw", ".numbers", ".parquet"}, strings.ToLower(path.Ext(slashed(name))))
}

// LeftBehind tells whether a name is that of a file which programs leave beside the files of people, and what it is.
func LeftBehind(name string) (what string, ok bool) {
	folder, base := path.Split(strings.ToLower(slashed(name)))
	switch {
	case strings.HasPrefix(base, "~$"):
		return "the lock file of an office program", true
	case strings.HasPrefix(folder, "__macosx/"), strings.Contains(folder, "/__macosx/"), strings.HasPrefix(base, "._"), base == ".ds_store":
		return "a file that macOS keeps for itself", true
	case base == "thumbs.db", base == "ehthumbs.db", base == "desktop.ini":
		return "a file that Windows keeps for itself", true
	case strings.HasPrefix(base, "."):
		return "a hidden file", true
	}
	return "", false
}

func (d *decoder) openMember(f *zip.File) (io.ReadCloser, error) {
	if f.Flags&1 != 0 {
		return nil, d.fail("is protected by a password", nil)
	}
	if f.Method != zip.Store && f.Method != zip.Deflate {
		return nil, d.fail(fmt.Sprintf("packs %s by the method %d; accepted: %d (stored) and %d (deflated)", f.Name, f.Method, zip.Store, zip.Deflate), nil)
	}
	r, err := f.Open()
	if err != nil {
		return nil, d.fail(fmt.Sprintf("is damaged: %s in it cannot be opened", f.Name), err)
	}
	return r, nil
}

// maxDirectory is how much may be read to list what a file holds, which takes a few times as much memory.
const maxDirectory = 4 << 20

// directory is a file while it is listed what it holds.
type directory struct {
	file io.ReaderAt
	read int64
	open bool // it is listed
}

var errDirectory = fmt.Errorf("it lists more members than the limit, %d bytes of them", maxDirectory)

func (d *directory) ReadAt(p []byte, at int64) (int, error) {
	if !d.open && d.read > maxDirectory {
		return 0, errDirectory
	}
	n, err := d.file.ReadAt(p, at)
	d.read += int64(n)
	return n, err
}

func (d *decoder) openZip(in input) (*zip.Reader, error) {
	file := &directory{file: in.at}
	archive, err := zip.NewReader(file, in.size)
	if file.open = true; errors.Is(err, errDirectory) {
		return nil, d.fail("is not accepted", err)
	}
	return archive, err
}

// documents are the kinds of documents that are zips, by the name of a member. The first that is there tells.
var documents = []struct{ member, is string }{
	{"mimetype", ""}, // its content tells
	{"index/document.iwa", "is an Apple Numbers, Pages or Keynote document"},
	{"index.zip", "is an Apple Numbers, Pages or Keynote document"},
	{"[content_types].xml", "office"},
	{"xl/workbook.xml", "office"},
}

// zipped tells what a zip is: the archive of files, a workbook, or another document, which it names. One that cannot be looked
// into is taken for what its name claims.
func (d *decoder) zipped(in input, claimed Format) (format Format, found string) {
	otherwise := Zip
	if claimed == XLSX {
		otherwise = XLSX
	}
	if in.at == nil {
		content, err := d.whole(in)
		if err != nil {
			return otherwise, ""
		}
		in = stored(bytes.NewReader(content), int64(len(content)))
	}
	archive, err := d.openZip(in)
	if err != nil {
		return otherwise, ""
	}
	for _, document := range documents {
		i := slices.IndexFunc(archive.File, func(f *zip.File) bool { return partName(f.Name) == document.member })
		switch {
		case i < 0:
		case document.is == "office":
			return XLSX, ""
		case document.is != "":
			return "", document.is
		default:
			kind := d.mimetype(archive.File[i])
			if name, ok := strings.CutPrefix(kind, "application/vnd.oasis.opendocument."); ok {
				return "", fmt.Sprintf("is an OpenDocument %s (%s)", strings.TrimSuffix(name, "-template"), openDocuments[strings.TrimSuffix(name, "-template")])
			}
		}
	}
	return Zip, ""
}

// openDocuments are the endings of the names of OpenDocument files.
var openDocuments = map[string]string{"spreadsheet": "ods", "text": "odt", "presentation": "odp", "graphics": "odg", "chart": "odc", "formula": "odf"}

func (d *decoder) mimetype(f *zip.File) string {
	r, err := d.openMember(f)
	if err != nil {
		return ""
	}
	defer r.Close()
	text := make([]byte, 100)
	n, _ := fill(r, text)
	return strings.TrimSpace(string(text[:n]))
}
