package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"

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

// sheet is an answer as a table: the first row are its headings.
type sheet struct {
	name string
	rows [][]string
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
	rows := make([][]string, len(s.rows))
	for i, row := range s.rows {
		rows[i] = slices.Clone(row)
		for j, text := range row {
			rows[i][j] = harmless(text)
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	return out.Error()
}

// harmless keeps a spreadsheet from taking published text for a formula.
func harmless(text string) string {
	if text == "" || text[0] != '=' && text[0] != '+' && text[0] != '-' && text[0] != '@' {
		return text
	}
	if _, err := decimal.NewFromString(text); err == nil {
		return text
	}
	return "'" + text
}

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
		for j, text := range row {
			cells[j] = text
			// A workbook's numbers are floats: only those that survive exactly become numbers.
			if n, err := decimal.NewFromString(text); i > 0 && err == nil {
				if f, _ := n.Float64(); decimal.NewFromFloat(f).Equal(n) && len(text) < 15 {
					cells[j] = f
				}
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
	if err := stream.Flush(); err != nil {
		return err
	}
	return file.Write(w)
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
		c.Header("Content-Disposition", `attachment; filename="`+fileName(c)+"."+format+`"`)
	}
	c.Next()
}

// fileName names a download after what was asked for.
func fileName(c *gin.Context) string {
	name := "stp"
	for _, parameter := range []string{"measure", "footprint", "org", "period", "as_of"} {
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

func (a amount) text() string { return number(a).text() }
