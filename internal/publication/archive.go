package publication

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// unpack reads all of r within what the file may still unpack to.
func (d *decoder) unpack(r io.Reader) ([]byte, error) {
	// Small files compress so well that a ratio alone would refuse them.
	byRatio := max(d.limits.Ratio*d.packed, 1<<20)
	allowed := min(byRatio, d.limits.Unpacked)
	content, err := io.ReadAll(io.LimitReader(r, int64(allowed-d.unpacked)+1))
	d.unpacked += len(content)
	switch {
	case d.unpacked <= allowed:
		return content, err
	case byRatio < d.limits.Unpacked:
		return nil, d.fail(fmt.Sprintf("unpacks to more than %d times its size, the limit", d.limits.Ratio), nil)
	default:
		return nil, d.fail(fmt.Sprintf("unpacks to more than the limit of %d bytes", d.limits.Unpacked), nil)
	}
}

// gzip reads one compressed csv.
func (d *decoder) gzip(name string, content []byte) error {
	r, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return d.fail("is a damaged gz", err)
	}
	inner, err := d.unpack(r)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return d.fail("is cut short: its gz ends too early", err)
	}
	if err != nil {
		return d.wrap("is a damaged gz", err)
	}
	_, err = d.decode(strings.TrimSuffix(name, path.Ext(name)), inner, []Format{CSV})
	return err
}

// zip reads the csv, xls and xlsx in an archive and passes over the rest, such
// as notes for the reader.
func (d *decoder) zip(content []byte) error {
	archive, err := openZip(content)
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
		member, err := d.unpackMember(f)
		if err != nil {
			return err
		}
		if _, err := d.decode(f.Name, member, accepted); err != nil {
			return err
		}
		d.member = ""
	}
	if len(passed) == len(archive.File) {
		return d.fail(fmt.Sprintf("is a zip without a csv, xls or xlsx; it holds %d other members %q", len(passed), passed[:min(len(passed), 5)]), nil)
	}
	return nil
}

func (d *decoder) unpackMember(f *zip.File) ([]byte, error) {
	if f.Flags&1 != 0 {
		return nil, d.fail("is protected by a password", nil)
	}
	r, err := f.Open()
	if err != nil {
		return nil, d.fail(fmt.Sprintf("is damaged: %s in it cannot be opened", f.Name), err)
	}
	defer r.Close()
	content, err := d.unpack(r)
	if err != nil {
		return nil, d.wrap(fmt.Sprintf("is cut short or damaged: %s in it cannot be unpacked", f.Name), err)
	}
	return content, nil
}

func openZip(content []byte) (*zip.Reader, error) {
	return zip.NewReader(bytes.NewReader(content), int64(len(content)))
}

// isOffice says whether a zip is a document of an office suite rather than an
// archive of files.
func isOffice(content []byte) (bool, error) {
	archive, err := openZip(content)
	if err != nil {
		return false, err
	}
	for _, f := range archive.File {
		if f.Name == "[Content_Types].xml" {
			return true, nil
		}
	}
	return false, nil
}
