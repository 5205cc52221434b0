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
	archive, err := zip.NewReader(in.at, in.size)
	if err != nil {
		return d.fail("is cut short or damaged: the directory at the end of the zip cannot be read", err)
	}
	accepted := []Format{CSV, XLS, XLSX}
	var passed []string
	for _, f := range archive.File {
		hidden := strings.HasPrefix(path.Base(f.Name), ".") || strings.HasPrefix(f.Name, "__MACOSX/")
		if hidden || !slices.Contains(accepted, claim(f.Name)) {
			passed = append(passed, f.Name)
			continue
		}
		d.member = f.Name
		member := input{size: int64(min(f.UncompressedSize64, math.MaxInt64)), open: func() (io.ReadCloser, error) { return d.openMember(f) }}
		if _, err := d.decode(f.Name, member, accepted); err != nil {
			return d.wrap(fmt.Sprintf("is cut short or damaged: %s in it cannot be unpacked", f.Name), err)
		}
		d.member = ""
	}
	if len(passed) == len(archive.File) {
		return d.fail(fmt.Sprintf("is a zip without a csv, xls or xlsx; it holds %d other members %q", len(passed), passed[:min(len(passed), 5)]), nil)
	}
	return nil
}

func (d *decoder) openMember(f *zip.File) (io.ReadCloser, error) {
	if f.Flags&1 != 0 {
		return nil, d.fail("is protected by a password", nil)
	}
	r, err := f.Open()
	if err != nil {
		return nil, d.fail(fmt.Sprintf("is damaged: %s in it cannot be opened", f.Name), err)
	}
	return r, nil
}

// unpackMember reads a member of a zip whole.
func (d *decoder) unpackMember(f *zip.File) ([]byte, error) {
	r, err := d.openMember(f)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	content, err := io.ReadAll(&meter{d, r, int64(d.limits.Unpacked)})
	if err != nil {
		return nil, d.wrap(fmt.Sprintf("is cut short or damaged: %s in it cannot be unpacked", f.Name), err)
	}
	return content, nil
}

func openZip(content []byte) (*zip.Reader, error) {
	return zip.NewReader(bytes.NewReader(content), int64(len(content)))
}

// isOffice says whether a zip is a document of an office suite rather than an archive of files. One that
// cannot be looked into is taken for what its name claims.
func (in input) isOffice(claimed Format) bool {
	if in.at == nil {
		return claimed == XLSX
	}
	archive, err := zip.NewReader(in.at, in.size)
	if err != nil {
		return claimed == XLSX
	}
	return slices.ContainsFunc(archive.File, func(f *zip.File) bool { return f.Name == "[Content_Types].xml" })
}
