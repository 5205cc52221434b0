package web

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"stpdash/internal/dashboard"
)

const (
	csvType  = "text/csv; charset=utf-8"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// sheet is an answer as a table: the first row are its headings. A cell is a text, a number or a time.
type sheet struct {
	name string
	rows [][]any
}

// tabular answers can also be given as CSV and XLSX.
type tabular interface{ sheet() sheet }

func formats() map[string]huma.Format {
	all := map[string]huma.Format{
		csvType:  {Marshal: func(w io.Writer, v any) error { return table(v, func(s sheet) error { return writeCSV(w, s) }) }},
		xlsxType: {Marshal: func(w io.Writer, v any) error { return table(v, func(s sheet) error { return writeXLSX(w, s) }) }},
	}
	all["text/csv"] = all[csvType]
	for name, format := range huma.DefaultFormats {
		all[name] = format
	}
	return all
}

func table(v any, write func(sheet) error) error {
	t, ok := v.(tabular)
	if !ok {
		return fmt.Errorf("%T has no table", v)
	}
	return write(t.sheet())
}

func writeCSV(w io.Writer, s sheet) error {
	out := csv.NewWriter(w)
	for _, row := range s.rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = text(cell)
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// text writes a cell. A published text that a spreadsheet would take for a formula gets an apostrophe before it.
func text(cell any) string {
	switch v := cell.(type) {
	case string:
		if strings.HasPrefix(strings.TrimLeft(v, "\t\r\n "), "=") || v != "" && strings.ContainsRune("+-@", rune(v[0])) && !figure.MatchString(v) {
			return "'" + v
		}
		return v
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case amount:
		return number(v).text()
	case number:
		return v.text()
	default:
		return fmt.Sprint(v)
	}
}

var figure = regexp.MustCompile(`^[-+]?[0-9.,]+%?$`)

func writeXLSX(w io.Writer, s sheet) error {
	file := excelize.NewFile()
	defer func() { _ = file.Close() }()
	if err := file.SetSheetName("Sheet1", s.name); err != nil {
		return err
	}
	stream, err := file.NewStreamWriter(s.name)
	if err != nil {
		return err
	}
	for i, row := range s.rows {
		cells := make([]any, len(row))
		for j, value := range row {
			cells[j] = workbookCell(value)
		}
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := stream.SetRow(cell, cells); err != nil {
			return err
		}
	}
	if err := stream.Flush(); err != nil {
		return err
	}
	return file.Write(w)
}

// workbookCell keeps numbers as numbers. A workbook's are floats, so a decimal that would not survive exactly stays a text.
func workbookCell(value any) any {
	switch v := value.(type) {
	case amount:
		return workbookCell(number(v))
	case number:
		if f, _ := v.Decimal.Float64(); v.Valid && decimal.NewFromFloat(f).Equal(v.Decimal) {
			return f
		}
		if !v.Valid {
			return nil // an empty cell, which a workbook's sums pass over
		}
		return v.text()
	case uint32, uint64, int, bool:
		return v
	default:
		return text(v)
	}
}

// chooseFormat turns ?format= into the Accept header, which the API answers by.
func chooseFormat(c *gin.Context) {
	accepted := map[string]string{"": "application/json", "json": "application/json", "csv": csvType, "xlsx": xlsxType}
	format := c.Query("format")
	accept, ok := accepted[format]
	if !ok {
		fail(c, problemOf(&dashboard.InputError{Parameter: "format", Value: format, Accepted: "json, csv or xlsx"}))
		return
	}
	if format != "" || c.GetHeader("Accept") == "" || c.GetHeader("Accept") == "*/*" {
		c.Request.Header.Set("Accept", accept)
	}
	if format == "csv" || format == "xlsx" {
		name := `attachment; filename="` + fileName(c) + "." + format + `"`
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), dispositionKey{}, name))
	}
	c.Next()
}

type dispositionKey struct{}

// disposition is how a successful answer is to be saved; empty for JSON.
func disposition(ctx context.Context) string {
	name, _ := ctx.Value(dispositionKey{}).(string)
	return name
}

// fileName names a download after what was asked for.
func fileName(c *gin.Context) string {
	name := "stp"
	for _, parameter := range []string{"measure", "region", "footprint", "org", "period", "as_of"} {
		if value := c.Query(parameter); value != "" {
			name += "-" + safe(value)
		}
	}
	return name
}

func safe(text string) string {
	letters := []rune(text)
	for i, r := range letters {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' {
			letters[i] = '-'
		}
	}
	return string(letters[:min(len(letters), 40)])
}

// number is a decimal that stands in JSON as a number, exactly as it is.
type number struct{ decimal.NullDecimal }

// MarshalJSON writes the digits without rounding.
func (n number) MarshalJSON() ([]byte, error) {
	if !n.Valid {
		return []byte("null"), nil
	}
	return []byte(n.Decimal.String()), nil
}

// Schema describes a number that may be null.
func (number) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeNumber, Nullable: true}
}

func (n number) text() string {
	if !n.Valid {
		return ""
	}
	return n.Decimal.String()
}

// amount is a decimal that stands in JSON as a string, so that no reader makes a float of it.
type amount struct{ decimal.NullDecimal }

// MarshalJSON writes the digits in quotes.
func (a amount) MarshalJSON() ([]byte, error) {
	if !a.Valid {
		return []byte("null"), nil
	}
	return json.Marshal(a.Decimal.String())
}

// Schema describes a decimal string that may be null.
func (amount) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Nullable: true, Description: "A decimal number"}
}
