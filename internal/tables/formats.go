package tables

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/figures"
	"stpdash/internal/spreadsheet"
)

// Format is a kind of file that a table is written as.
type Format struct {
	Name  string // as readers write it, and the ending of the file
	Type  string // as HTTP calls it
	Words string
	// New writes rows to a writer, which has all of them once it is closed. It keeps no more than some thousands of them.
	New func(io.Writer) Writer
}

// Writer writes rows as they come.
type Writer interface {
	Write(figures.TableRow) error
	Close() error
}

// Formats are all of them.
var Formats = []Format{
	{"jsonl", "application/x-ndjson", "JSON lines", func(w io.Writer) Writer { return &lines{out: bufio.NewWriterSize(w, 32<<10)} }},
	{"csv", "text/csv; charset=utf-8", "CSV", newCSV},
	{"parquet", "application/vnd.apache.parquet", "Parquet", newParquet},
}

// csvWriter writes CSV, its headings first.
type csvWriter struct {
	out    *spreadsheet.CSV
	headed bool
	cells  []any
}

func newCSV(w io.Writer) Writer { return &csvWriter{out: spreadsheet.NewCSV(w)} }

func (c *csvWriter) head() error {
	if c.headed {
		return nil
	}
	c.headed = true
	return c.out.Write(Headings())
}

// Headings are the names of the columns, as the first row of a table.
func Headings() []any {
	names := make([]any, len(Columns))
	for i, column := range Columns {
		names[i] = column.Name
	}
	return names
}

// Cells are those of a row of a workbook.
func Cells(row *figures.TableRow) []any { return textCells(nil, row) }

// Write implements Writer.
func (c *csvWriter) Write(row figures.TableRow) error {
	if err := c.head(); err != nil {
		return err
	}
	return c.out.Write(textCells(c.cells, &row))
}

// textCells are the cells of a row as a file of text has them, in place of others.
func textCells(cells []any, row *figures.TableRow) []any {
	cells = cells[:0]
	for _, column := range Columns {
		cell := column.cell(row)
		if t, ok := cell.(time.Time); ok {
			cell = day(t)
		}
		cells = append(cells, cell)
	}
	return cells
}

// Close implements Writer.
func (c *csvWriter) Close() error {
	if err := c.head(); err != nil {
		return err
	}
	return c.out.Close()
}

// lines writes a JSON object a line, its fields in the order of the columns.
type lines struct {
	out  *bufio.Writer
	line []byte
}

// Write implements Writer.
func (l *lines) Write(row figures.TableRow) error {
	l.line = append(l.line[:0], '{')
	for i, column := range Columns {
		if i > 0 {
			l.line = append(l.line, ',')
		}
		l.line = append(l.line, '"')
		l.line = append(l.line, column.Name...) // letters, digits and _
		l.line = append(l.line, `":`...)
		l.line = column.appendJSON(l.line, column.cell(&row))
	}
	l.line = append(l.line, "}\n"...)
	_, err := l.out.Write(l.line)
	return err
}

// Close implements Writer.
func (l *lines) Close() error { return l.out.Flush() }

func (c Column) appendJSON(line []byte, cell any) []byte {
	switch v := cell.(type) {
	case string:
		text, _ := json.Marshal(v) // no text fails
		return append(line, text...)
	case time.Time:
		return append(append(append(line, '"'), day(v)...), '"')
	case int64:
		return strconv.AppendInt(line, v, 10)
	case bool:
		return strconv.AppendBool(line, v)
	case decimal.NullDecimal:
		switch {
		case v.Valid && c.Quoted:
			return append(append(append(line, '"'), v.Decimal.String()...), '"')
		case v.Valid:
			return append(line, v.Decimal.String()...)
		}
	}
	return append(line, "null"...)
}
