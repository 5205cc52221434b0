package publication

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// decoder collects the sheets of one file and counts what it costs.
type decoder struct {
	ctx    context.Context
	file   string
	limits Limits

	member string // the file within a zip being read
	sheet  string
	sheets []Sheet

	packed, unpacked int64
	cells, decoded   int
	named            int // sheets
	passed           []string
}

// input is a file, or a member of one, that can be read from its beginning more than once.
type input struct {
	size int64
	open func() (io.ReadCloser, error)
	// at reads anywhere in the file; a member has none.
	at io.ReaderAt
}

func stored(file io.ReaderAt, size int64) input {
	return input{size, func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(file, 0, size)), nil }, file}
}

// beginning is as much of an input as tells its format.
func (in input) beginning() ([]byte, error) {
	r, err := in.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	start := make([]byte, 4<<10)
	n, err := fill(r, start)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return start[:n], err
}

func (d *decoder) fail(reason string, cause error) *Error {
	return &Error{File: d.file, Sheet: d.sheetName(), Reason: reason, Cause: cause}
}

func (d *decoder) failAt(row uint32, column int, reason string) *Error {
	e := d.fail(reason, nil)
	e.Row, e.Column = row, ColumnName(column)
	return e
}

func (d *decoder) sheetName() string {
	if d.member != "" && d.sheet != "" {
		return d.member + "/" + d.sheet
	}
	return d.member + d.sheet
}

// decode reads an input of one of the accepted formats.
func (d *decoder) decode(name string, in input, accepted []Format) (Format, error) {
	start, err := in.beginning()
	if err != nil {
		return "", err
	}
	format, err := d.recognise(name, in, start, accepted)
	if err != nil {
		return "", err
	}
	switch format {
	case XLS, XLSX:
		err = d.workbook(in, format)
	case Zip:
		err = d.zip(in)
	case JSON:
		err = d.json(in)
	case CSVGzip:
		err = d.gzip(name, in)
	default:
		err = d.csv(in, start)
	}
	return format, err
}

const damaged = "is cut short or damaged"

// workbook reads a workbook; that of a zip is held in memory meanwhile.
func (d *decoder) workbook(in input, format Format) error {
	if in.size > int64(d.limits.Workbook) {
		return d.fail(fmt.Sprintf("is a workbook of %d bytes, more than the limit of %d", in.size, d.limits.Workbook), nil)
	}
	if in.at == nil {
		content, err := d.whole(in)
		if err != nil {
			return err
		}
		in = stored(bytes.NewReader(content), int64(len(content)))
	}
	if format == XLS {
		return d.xls(in)
	}
	return d.xlsx(in)
}

// whole reads an input, such as a member of a zip, into memory.
func (d *decoder) whole(in input) ([]byte, error) {
	r, err := in.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	content := bytes.NewBuffer(make([]byte, 0, max(in.size, 0)+bytes.MinRead))
	_, err = content.ReadFrom(&meter{d, r, int64(d.limits.Workbook)})
	return content.Bytes(), err
}

// keep adds to a workbook's shared texts.
func (d *decoder) keep(texts []string, text string) ([]string, error) {
	const header = 40 // with what the list grows by
	if len(text) > d.limits.CellBytes {
		return nil, d.fail(fmt.Sprintf("holds a text of %d bytes, more than the limit of %d for one cell", len(text), d.limits.CellBytes), nil)
	}
	if err := d.charge(header + len(text)); err != nil {
		return nil, err
	}
	return append(texts, text), d.ctx.Err()
}

// wrap makes an *Error of any other, except the context's own.
func (d *decoder) wrap(reason string, err error) error {
	var known *Error
	if err == nil || errors.As(err, &known) || d.ctx.Err() != nil {
		return err
	}
	return d.fail(reason, err)
}
