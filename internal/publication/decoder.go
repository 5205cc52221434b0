package publication

import (
	"context"
	"errors"
	"fmt"
)

// decoder collects the sheets of one file and counts what it costs.
type decoder struct {
	ctx    context.Context
	file   string
	limits Limits

	member string // the file within a zip being read
	sheet  string
	sheets []Sheet

	packed, unpacked, cells int
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

// decode reads content of one of the accepted formats.
func (d *decoder) decode(name string, content []byte, accepted []Format) (Format, error) {
	format, err := d.recognise(name, content, accepted)
	if err != nil {
		return "", err
	}
	switch format {
	case XLS:
		err = d.xls(content)
	case XLSX:
		err = d.xlsx(content)
	case Zip:
		err = d.zip(content)
	case CSVGzip:
		err = d.gzip(name, content)
	default:
		err = d.csv(content)
	}
	return format, err
}

// keep adds to a workbook's shared texts, which count as its cells do.
func (d *decoder) keep(texts []string, text string) ([]string, error) {
	if len(texts) >= d.limits.Cells {
		return nil, d.fail(fmt.Sprintf("holds more texts than the limit of %d cells", d.limits.Cells), nil)
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
