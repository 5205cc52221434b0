// Package publication reads a published file, whatever its format, as cells
// that know their sheet and row, so that every figure loaded can be traced to
// the cell it came from.
package publication

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Publication is one published file.
type Publication struct {
	Name   string
	Format Format
	Sheets []Sheet
	// Passed are the members of a zip that were not read, such as notes and the lock files of office programs.
	Passed []string
}

// Sheet returns the sheet of that name.
func (p *Publication) Sheet(name string) (*Sheet, bool) {
	for i := range p.Sheets {
		if p.Sheets[i].Name == name {
			return &p.Sheets[i], true
		}
	}
	return nil, false
}

// Format is how a file is encoded, decided by its content and never by its name.
type Format string

// The accepted formats. A Zip holds files of the first three; a CSVGzip is one
// compressed csv. A JSON holds one table, as an object of objects or a list of them.
const (
	CSV     Format = "csv"
	XLS     Format = "xls"
	XLSX    Format = "xlsx"
	Zip     Format = "zip"
	CSVGzip Format = "csv.gz"
	JSON    Format = "json"
)

// Sheet is one table of cells. The sheet of a csv has no name; within a zip a
// sheet is named after its member: "april.csv", "april.xlsx/Provider Level Data".
type Sheet struct {
	Name   string
	Hidden bool
	rows   iter.Seq2[Row, error]

	hiddenColumns []bool
}

// HiddenColumn tells whether a column counted from 0 is one that a reader of the sheet does not see.
func (s *Sheet) HiddenColumn(column int) bool {
	return column >= 0 && column < len(s.hiddenColumns) && s.hiddenColumns[column]
}

// Rows reads the rows in order, each valid until the next; rows without any text are left out, which their numbers show.
// The rows of a csv are read from the file as they are asked for, so an error can end them; it is an *Error or the context's.
func (s *Sheet) Rows() iter.Seq2[Row, error] { return s.rows }

// Row is one row of a sheet.
type Row struct {
	Number uint32 // 1-based, as a spreadsheet or a text editor shows it
	Cells  []Cell // from column A on; empty cells at the end are left out
	Hidden bool   // a reader of the sheet does not see it: it is hidden, collapsed or filtered out
	merged []area
	// Delimiter divides the fields of a csv's line; 0 in a workbook.
	Delimiter byte
	Fields    int // how many a line of a csv has, empty ones at the end among them; 0 in a workbook
}

// Cell returns the cell in a column counted from 0; beyond the last it is empty.
func (r Row) Cell(column int) Cell {
	if column < 0 || column >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[column]
}

// Merged is the range of cells, such as F20:G20, that are shown as one of which the cell in a column counted from 0 is a part; empty where it stands
// alone. First tells whether it is the one whose text is shown.
func (r Row) Merged(column int) (cells string, first bool) {
	for _, a := range r.merged {
		if column >= a.firstColumn && column <= a.lastColumn && (a.first != a.last || a.firstColumn != a.lastColumn) {
			return a.String(), r.Number == a.first && column == a.firstColumn
		}
	}
	return "", false
}

// Cell is what was published in one cell. Text is never rounded for display: a
// number is the shortest decimal that reads back as the stored one, without an
// exponent; a date is ISO 8601. Merged cells carry their text in the first. The text of a formula without a result is the
// formula, after an equals sign; that of a cell with content that is not read names the content.
type Cell struct {
	Text string
	Kind Kind
}

// Kind says what the publisher stored. A csv stores only text.
type Kind uint8

// Unread tells whether the cell has content of which the text is not the figure: it is neither blank nor read.
func (c Cell) Unread() bool { return c.Kind == KindFormula || c.Kind == KindUnread }

// The kinds of cell. A KindError is a spreadsheet's own, such as #N/A; a KindFormula one whose result the file does not hold; a
// KindUnread one with content that has no place in such a cell.
const (
	KindEmpty Kind = iota
	KindText
	KindNumber
	KindDate
	KindBool
	KindError
	KindFormula
	KindUnread
)

func (k Kind) String() string {
	return [...]string{"empty", "text", "number", "date", "bool", "error", "formula", "unread"}[k]
}

// ColumnName is the letter a spreadsheet gives a column counted from 0: 0 is A, 26 is AA.
func ColumnName(column int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	switch {
	case column < 0:
		return ""
	case column < len(letters):
		return letters[column : column+1]
	}
	return ColumnName(column/len(letters)-1) + ColumnName(column%len(letters))
}

// Limits bound what one file may cost. A zero field stands for its default.
type Limits struct {
	Bytes     int // size of a file, and of all that it unpacks to, 4 GiB
	Workbook  int // size of a workbook, 32 MiB
	Unpacked  int // size of all that a workbook unpacks to, 256 MiB
	Ratio     int // unpacked to packed size, 200
	Rows      int // number of the last row of a workbook's sheet, 1,000,000
	Lines     int // number of a csv's last line, 50,000,000
	Columns   int // number of a sheet's last column, 1,024
	Cells     int // cells of all sheets of a workbook, gaps within rows included, 10,000,000
	CellBytes int // size of one cell's text, 1 MiB
	Decoded   int // size of what the cells of a file's workbooks hold, a shared text counted each time it is used, 48 MiB
	Sheets    int // sheets of all workbooks and csv in a file, 1,000
}

// DefaultLimits are those that hold where none are given.
func DefaultLimits() Limits { return Limits{}.withDefaults() }

func (l Limits) withDefaults() Limits {
	for _, f := range []struct {
		limit    *int
		standard int
	}{
		{&l.Bytes, 4 << 30},
		{&l.Workbook, 32 << 20},
		{&l.Unpacked, 256 << 20},
		{&l.Ratio, 200},
		{&l.Rows, 1_000_000},
		{&l.Lines, 50_000_000},
		{&l.Columns, 1024},
		{&l.Cells, 10_000_000},
		{&l.CellBytes, 1 << 20},
		{&l.Decoded, 48 << 20},
		{&l.Sheets, 1000},
	} {
		if *f.limit == 0 {
			*f.limit = f.standard
		}
	}
	return l
}

// Error says where in which file the reader could not go on, and why.
type Error struct {
	File   string
	Sheet  string // empty when it concerns the whole file
	Row    uint32 // 0 when it concerns no row
	Column string // empty when it concerns no column
	Reason string
	Cause  error // may be nil
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Sheet != "" {
		fmt.Fprintf(&b, ", sheet %s", e.Sheet)
	}
	if e.Row != 0 {
		fmt.Fprintf(&b, ", row %d", e.Row)
	}
	if e.Column != "" {
		fmt.Fprintf(&b, ", column %s", e.Column)
	}
	fmt.Fprintf(&b, ": %s", e.Reason)
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Cause }

// Decode reads a file's content; its name serves the messages. Every error but
// the context's own is an *Error.
func Decode(ctx context.Context, name string, content []byte, limits Limits) (*Publication, error) {
	return Read(ctx, name, bytes.NewReader(content), int64(len(content)), limits)
}

// Read reads a file of a size. A workbook is read whole; the rows of a csv are read when they are
// asked for, until when the file must stay open and as it is.
func Read(ctx context.Context, name string, file io.ReaderAt, size int64, limits Limits) (p *Publication, err error) {
	d := &decoder{ctx: ctx, file: name, limits: limits.withDefaults()}
	// The last resort against a hostile file: the decoders check what they read,
	// yet a fault in one of them must not end the process.
	defer func() {
		if fault := recover(); fault != nil {
			p, err = nil, d.fail(fmt.Sprintf("is damaged and could not be read (%v)", fault), nil)
		}
	}()
	if size > int64(d.limits.Bytes) {
		return nil, d.fail(fmt.Sprintf("is %d bytes long, more than the limit of %d", size, d.limits.Bytes), nil)
	}
	d.packed = size
	format, err := d.decode(name, stored(file, size), []Format{CSV, XLS, XLSX, Zip, CSVGzip, JSON})
	if err != nil {
		return nil, d.wrap(damaged, err)
	}
	return &Publication{Name: name, Format: format, Sheets: d.sheets, Passed: d.passed}, nil
}
