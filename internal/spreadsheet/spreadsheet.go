// Package spreadsheet writes tables as CSV and XLSX for people who open them in a spreadsheet: numbers stay numbers, and no text that
// somebody published is taken for a formula. The same tables give the same bytes.
package spreadsheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"
)

// Sheet is a table, its headings in the first row. A cell is a text, a number, a time, a decimal or an [Exact], or nil for none.
type Sheet struct {
	Name string
	Rows [][]any
	// What follows is for workbooks alone.
	Widths      []float64 // of the columns in characters; those beyond it are as wide as usual
	HeadingRows int       // that stay in sight
	Wrapped     bool      // long texts go on in the next line
	Checks      []Check
}

// Check is what a spreadsheet demands of what is typed into a column, from one row to another.
type Check struct {
	Column, From, To int
	Source           string   // the cells that hold what can be chosen, such as lists!$A$1:$A$3
	Minimum          *float64 // of a number, where there is no source
	Words            string   // what is accepted
}

// validation is a check as a workbook has it.
func (c Check) validation() (*excelize.DataValidation, error) {
	from, err := excelize.CoordinatesToCellName(c.Column, c.From)
	to, toErr := excelize.CoordinatesToCellName(c.Column, c.To)
	if err = errors.Join(err, toErr); err != nil {
		return nil, err
	}
	v := excelize.NewDataValidation(true)
	v.SetSqref(from + ":" + to)
	v.SetError(excelize.DataValidationErrorStyleStop, "", c.Words)
	if c.Source != "" {
		v.SetSqrefDropList(c.Source)
		return v, nil
	}
	return v, v.SetRange(*c.Minimum, 0, excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorGreaterThanOrEqual)
}

// Exact is a cell that holds a decimal, null where there is none.
type Exact interface{ Exact() decimal.NullDecimal }

// WriteCSV writes rows as text, exactly as they are, one after the other.
func WriteCSV(w io.Writer, rows iter.Seq[[]any]) error {
	out := NewCSV(w)
	for row := range rows {
		if err := out.Write(row); err != nil {
			return err
		}
	}
	return out.Close()
}

// CSV writes rows as text, each as it comes.
type CSV struct {
	out   *csv.Writer
	cells []string
}

// NewCSV writes rows to a writer, which has all of them once it is closed.
func NewCSV(w io.Writer) *CSV { return &CSV{out: csv.NewWriter(bufio.NewWriterSize(w, 32<<10))} }

// Write writes a row.
func (c *CSV) Write(row []any) error {
	c.cells = c.cells[:0]
	for _, cell := range row {
		c.cells = append(c.cells, text(cell))
	}
	return c.out.Write(c.cells)
}

// Close writes what is left.
func (c *CSV) Close() error {
	c.out.Flush()
	return c.out.Error()
}

// isFormula tells what a spreadsheet would take for a formula: what cannot be seen before it is passed over, and a wide or small sign counts as
// the plain one, since some programs make one of the other.
func isFormula(text string) bool {
	if text == "" || text[0] >= '0' && text[0] <= '9' || text[0] >= 'A' && text[0] <= 'Z' || text[0] >= 'a' && text[0] <= 'z' {
		return false // as nearly all begin
	}
	seen := strings.TrimLeftFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector) || r == '\u115F' ||
			r == '\u1160' ||
			r == '\u3164' ||
			r == '\uFFA0'
	})
	first, size := utf8.DecodeRuneInString(seen)
	if size == 0 {
		return false
	}
	switch norm.NFKC.String(string(first)) {
	case "=", "@":
		return true
	case "+", "-":
		return !figure.MatchString(seen)
	}
	return false
}

// text writes a cell. A published text that a spreadsheet would take for a formula gets an apostrophe before it.
func text(cell any) string {
	switch v := cell.(type) {
	case nil:
		return ""
	case string:
		if isFormula(v) {
			return "'" + v
		}
		return v
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case int64:
		return strconv.FormatInt(v, 10)
	case bool:
		return strconv.FormatBool(v)
	case Exact:
		return text(v.Exact())
	case decimal.NullDecimal:
		if !v.Valid {
			return ""
		}
		return v.Decimal.String()
	default:
		if reflect.TypeOf(v).Kind() == reflect.String { // a word of ours, or of somebody
			return text(reflect.ValueOf(v).String())
		}
		return fmt.Sprint(v)
	}
}

var figure = regexp.MustCompile(`^[-+]?[0-9.,]+%?$`)

// WriteXLSX writes sheets as a workbook.
func WriteXLSX(w io.Writer, sheets ...Sheet) error {
	file := excelize.NewFile()
	defer func() { _ = file.Close() }()
	if err := file.SetDocProps(&excelize.DocProperties{Creator: "stpd"}); err != nil {
		return err
	}
	for i, s := range sheets {
		if i == 0 {
			if err := file.SetSheetName("Sheet1", s.Name); err != nil {
				return err
			}
		} else if _, err := file.NewSheet(s.Name); err != nil {
			return err
		}
		if err := s.write(file); err != nil {
			return fmt.Errorf("sheet %s: %w", s.Name, err)
		}
	}
	if len(sheets) == 1 {
		return file.Write(w)
	}
	return inOrder(w, file)
}

func (s Sheet) write(file *excelize.File) error {
	stream, err := file.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	for i, width := range s.Widths {
		if err := stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if s.HeadingRows > 0 {
		below, err := excelize.CoordinatesToCellName(1, s.HeadingRows+1)
		if err != nil {
			return err
		}
		if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: s.HeadingRows, TopLeftCell: below, ActivePane: "bottomLeft"}); err != nil {
			return err
		}
	}
	for _, check := range s.Checks {
		v, err := check.validation()
		if err == nil {
			err = file.AddDataValidation(s.Name, v)
		}
		if err != nil {
			return err
		}
	}
	style := 0
	if s.Wrapped {
		if style, err = file.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}); err != nil {
			return err
		}
	}
	for i, row := range s.Rows {
		cells := make([]any, len(row))
		for j, value := range row {
			cells[j] = workbookCell(value)
			if s.Wrapped {
				cells[j] = excelize.Cell{StyleID: style, Value: cells[j]}
			}
		}
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := stream.SetRow(cell, cells); err != nil {
			return err
		}
	}
	return stream.Flush()
}

// inOrder writes the parts of a workbook by their names: excelize writes several sheets in any order.
func inOrder(w io.Writer, file *excelize.File) error {
	written, err := file.WriteToBuffer()
	if err != nil {
		return err
	}
	parts, err := zip.NewReader(bytes.NewReader(written.Bytes()), int64(written.Len()))
	if err != nil {
		return err
	}
	slices.SortFunc(parts.File, func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) })
	ordered := zip.NewWriter(w)
	for _, part := range parts.File {
		if err := ordered.Copy(part); err != nil {
			return err
		}
	}
	return ordered.Close()
}

// workbookCell keeps numbers as numbers. A workbook's are floats, so a decimal that would not survive exactly stays a text.
func workbookCell(value any) any {
	switch v := value.(type) {
	case Exact:
		return workbookCell(v.Exact())
	case decimal.NullDecimal:
		if f, _ := v.Decimal.Float64(); v.Valid && decimal.NewFromFloat(f).Equal(v.Decimal) {
			return f
		}
		if !v.Valid {
			return nil // an empty cell, which a workbook's sums pass over
		}
		return text(v)
	case nil, uint32, uint64, int, float64, bool:
		return v
	default:
		return text(v)
	}
}
