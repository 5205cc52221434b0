package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/negotiation"
	"github.com/gin-gonic/gin"
	"github.com/shopspring/decimal"

	"stpdash/internal/figures"
	"stpdash/internal/spreadsheet"
	"stpdash/internal/tables"
)

const (
	csvType  = "text/csv; charset=utf-8"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// sheet is an answer as a table: the first row are its headings. A cell is one that package spreadsheet writes.
type sheet struct {
	name string
	rows [][]any
}

// tabular answers can also be given as CSV and XLSX.
type tabular interface{ sheet() sheet }

// workbook is an answer that is more than its table, as a workbook.
type workbook interface{ workbook() []spreadsheet.Sheet }

// streamed answers may be long: they are written row by row.
type streamed interface {
	rows() iter.Seq[[]any]
	writeJSON(io.Writer) error
}

func formats() map[string]huma.Format {
	all := map[string]huma.Format{
		csvType: {Marshal: func(w io.Writer, v any) error {
			if long, ok := v.(streamed); ok {
				return spreadsheet.WriteCSV(w, long.rows())
			}
			return table(v, func(s sheet) error { return spreadsheet.WriteCSV(w, slices.Values(s.rows)) })
		}},
		xlsxType: {Marshal: func(w io.Writer, v any) error {
			if book, ok := v.(workbook); ok {
				return spreadsheet.WriteXLSX(w, book.workbook()...)
			}
			return table(v, func(s sheet) error {
				sheets := []spreadsheet.Sheet{{Name: s.name, Rows: s.rows}}
				if t, ok := v.(traced); ok {
					sheets = append(sheets, t.origin)
				}
				return spreadsheet.WriteXLSX(w, sheets...)
			})
		}},
	}
	all["text/csv"] = all[csvType]
	for name, format := range huma.DefaultFormats {
		whole := format.Marshal
		format.Marshal = func(w io.Writer, v any) error {
			if long, ok := v.(streamed); ok {
				return long.writeJSON(w)
			}
			return whole(w, v)
		}
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

// offered is a form that an answer may have.
type offered struct {
	name   string // as ?format= has it, and the ending of the file
	accept string // as the Accept header of a request has it once the form is chosen
	also   []string
}

// The forms of answers; the first is given to who asks for none.
var (
	answerFormats = []offered{{"json", "application/json", nil}, {"csv", csvType, []string{"text/csv"}}, {"xlsx", xlsxType, nil}}
	tableFormats  = tablesOffered()
)

func tablesOffered() []offered {
	also := map[string][]string{"jsonl": {"application/jsonl", "application/json"}, "csv": {"text/csv"}}
	var all []offered
	for _, f := range tables.Formats {
		all = append(all, offered{f.Name, f.Type, also[f.Name]})
	}
	return all
}

// chooseFormat turns ?format= into the Accept header, which the API answers by.
func (g *guard) chooseFormat(formats []offered) gin.HandlerFunc {
	var names, types []string
	chosen := map[string]offered{"": formats[0]} // by all that they are called
	for _, f := range formats {
		names, types = append(names, f.name), append(types, append(f.also, f.accept)...)
		for _, name := range append(f.also, f.name, f.accept) {
			chosen[name] = f
		}
	}
	last := len(names) - 1
	accepted := strings.Join(names[:last], ", ") + " or " + names[last]
	return func(c *gin.Context) {
		format := c.Query("format")
		if format != "" && !slices.Contains(names, format) {
			g.respond.fail(c, problemOf(&figures.InputError{Parameter: "format", Value: format, Accepted: accepted}))
			return
		}
		name := format
		if format == "" { // or else the address decides
			c.Writer.Header().Add("Vary", "Accept")
			name = negotiation.SelectQValueFast(c.GetHeader("Accept"), types)
		}
		c.Request.Header.Set("Accept", chosen[name].accept) // however it was written, so that what rests on it knows few kinds
		if format != "" && format != "json" {
			name := `attachment; filename="` + fileName(c) + "." + format + `"`
			c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), dispositionKey{}, name))
		}
		c.Next()
	}
}

type dispositionKey struct{}

// disposition is how a successful answer is to be saved; empty for JSON.
func disposition(ctx context.Context) string {
	name, _ := ctx.Value(dispositionKey{}).(string)
	return name
}

// fileName names a download after the parameters of its question.
func fileName(c *gin.Context) string {
	name := "stp"
	for _, parameter := range []string{"measure", "level", "region", "footprint", "org", "period", "from", "to", "as_of"} {
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

// Exact is the decimal, as a spreadsheet shows it.
func (n number) Exact() decimal.NullDecimal { return n.NullDecimal }

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

// Exact is the decimal, as a spreadsheet shows it.
func (a amount) Exact() decimal.NullDecimal { return a.NullDecimal }

// finite is a number of the mathematics; null where there is none.
func finite(x float64) number {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return number{}
	}
	return number{decimal.NewNullDecimal(decimal.NewFromFloat(x))}
}

// computed is a number of floating point, to as many decimals as are the same on every machine; null where there is none.
func computed(x float64, ok bool) number {
	if !ok {
		return number{}
	}
	return number{decimal.NewNullDecimal(decimal.NewFromFloat(x).Round(6))}
}
