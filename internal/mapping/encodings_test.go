package mapping_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"stpdash/internal/mapping/mappingtest"
)

// TestOtherEncodings loads the same month as other programs would have saved it.
func TestOtherEncodings(t *testing.T) {
	good := mappingtest.AprilCSV(t).Altered(2, "Org name", "Café Döner Walk-in £ Centre")
	plain := good.Bytes()
	recode := func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	want := mappingtest.MustMap(t, mappingtest.Mapper(t), "april.csv", plain)
	workbook := mappingtest.PublishedFile(t, "ae", "June-2015")
	for name, content := range map[string][]byte{
		"UTF-16, little end first": recode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(plain)),
		"UTF-16, big end first":    recode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes(plain)),
		"Windows-1252":             recode(charmap.Windows1252.NewEncoder().Bytes(plain)),
		"semicolons and CR LF":     bytes.ReplaceAll(bytes.ReplaceAll(plain, []byte(","), []byte(";")), []byte("\n"), []byte("\r\n")),
		"in a zip":                 mappingtest.Zipped(t, "april.csv", string(plain)),
	} {
		t.Run(name, func(t *testing.T) {
			got := mappingtest.MustMap(t, mappingtest.Mapper(t), "april.csv", content)
			if len(got.Observations) != len(want.Observations) || len(got.Rejections) > 0 {
				t.Fatalf("%d figures and %d rejections, want %d and none", len(got.Observations), len(got.Rejections), len(want.Observations))
			}
			for i := range want.Observations {
				if !got.Observations[i].Numerator.Decimal.Equal(want.Observations[i].Numerator.Decimal) {
					t.Errorf("%+v, want %+v", got.Observations[i], want.Observations[i])
				}
			}
		})
	}
	t.Run("formulas and dates as numbers", func(t *testing.T) {
		content := mappingtest.AlterWorkbook(t, workbook, func(f *excelize.File) error {
			style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
			if err != nil {
				return err
			}
			if err := f.SetCellStyle("A&E Data", "F20", "F20", style); err != nil { // a count shown as a date
				return err
			}
			return f.SetCellFormula("A&E Data", "G20", "F21-F21")
		})
		p := mappingtest.MustMap(t, mappingtest.Mapper(t), "june.xlsx", content)
		if len(p.Rejections) == 0 || !strings.Contains(p.Rejections[0].Reason, "where a number should be") {
			t.Errorf("a count shown as a date is taken: %+v", p.Rejections)
		}
	})
}
