package spreadsheet

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
)

type named string

func TestPublishedTextIsNoFormula(t *testing.T) {
	for published, want := range map[string]string{
		"=1+1": "'=1+1", "\t=1+1": "'\t=1+1", " =1+1": "' =1+1", "+cmd|calc": "'+cmd|calc", "@sum": "'@sum", "-x": "'-x",
		"-5": "-5", "+3.2%": "+3.2%", "-1,234": "-1,234", "Barts Health": "Barts Health", "": "",
		"－5": "'－5", " -5": " -5", "  -x": "'  -x", "\u00a0+x": "'\u00a0+x", "−5": "−5", "a=1": "a=1", "\u200b": "\u200b", " ": " ", "\xff": "\xff",
	} {
		if got := text(published); got != want {
			t.Errorf("%q is written %q, want %q", published, got, want)
		}
	}
	for _, sign := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "⁺", "₌"} {
		for _, before := range []string{"", " ", "\t", "\r\n", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u2060", "\u202e", "\u00ad", "\x00", "\u2028", "\ufe0f", "\u3164", "\u200b \ufeff"} {
			published := before + sign + `HYPERLINK("https://example.org")`
			if got := text(published); got != "'"+published {
				t.Errorf("%q is written %q", published, got)
			}
			if got := text(named(published)); got != "'"+published {
				t.Errorf("%q of a type of its own is written %q", published, got)
			}
			if got := workbookCell(published); got != "'"+published {
				t.Errorf("%q is %q in a workbook", published, got)
			}
		}
	}
}

func TestWorkbookKeepsWhatItIsGiven(t *testing.T) {
	some := func(text string) decimal.NullDecimal { return decimal.NewNullDecimal(decimal.RequireFromString(text)) }
	var out bytes.Buffer
	err := WriteXLSX(&out, Sheet{Name: "figures", Rows: [][]any{
		{"raw", "code", "amount", "long", "missing", "load", "share", "none", "formula"},
		{"1e400", "007", some("1949762"), some("7133.577660000001000001"), decimal.NullDecimal{}, uint64(7), -0.25, nil, "=1+1"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for cell, want := range map[string]string{
		"A2": "1e400", "B2": "007", "C2": "1949762", "D2": "7133.577660000001000001", "E2": "", "F2": "7", "G2": "-0.25", "H2": "", "I2": "'=1+1",
	} {
		if got, err := file.GetCellValue("figures", cell, excelize.Options{RawCellValue: true}); err != nil || got != want {
			t.Errorf("%s holds %q (%v), want %q", cell, got, err, want)
		}
	}
	for cell, number := range map[string]bool{"A2": false, "B2": false, "C2": true, "D2": false, "F2": true, "G2": true} {
		kind, err := file.GetCellType("figures", cell)
		if is := kind == excelize.CellTypeUnset || kind == excelize.CellTypeNumber; err != nil || is != number {
			t.Errorf("%s is of type %v (%v), want a number: %v", cell, kind, err, number)
		}
	}
}

func TestSameSheetsGiveTheSameBytes(t *testing.T) {
	var sheets []Sheet
	for i := range 8 {
		sheets = append(sheets, Sheet{Name: fmt.Sprint("sheet ", i), Rows: [][]any{{"a", i}}, Widths: []float64{20}})
	}
	write := func() []byte {
		var out bytes.Buffer
		if err := WriteXLSX(&out, sheets...); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	first := write()
	if !bytes.Equal(first, write()) {
		t.Error("the workbook differs when written again")
	}
	file, err := excelize.OpenReader(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for i, s := range sheets {
		if got, err := file.GetCellValue(s.Name, "B1"); err != nil || got != fmt.Sprint(i) || file.GetSheetName(i) != s.Name {
			t.Errorf("%s holds %q (%v) at %d", s.Name, got, err, i)
		}
	}
}
