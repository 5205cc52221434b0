package publication_test

import (
	"errors"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"stpdash/internal/publication"
)

// decodeAny decodes content that may be hostile: it must end in rows that are in order, or in an *Error that is no fault of the
// decoder, and must not take memory out of proportion to its limits.
func decodeAny(t *testing.T, name string, content []byte) {
	t.Helper()
	before := allocated()
	p, err := read(t.Context(), name, content, publication.Limits{Unpacked: 8 << 20})
	if most, took := uint64(1<<30), allocated()-before; took > most {
		t.Fatalf("%d bytes of memory were asked for to read %d", took, len(content))
	}
	var known *publication.Error
	if err != nil && !errors.As(err, &known) {
		t.Fatalf("error %v is not an *Error", err)
	}
	if err != nil {
		if strings.Contains(err.Error(), "runtime error") {
			t.Fatalf("a decoder failed: %v", err)
		}
		return
	}
	for _, s := range p.Sheets {
		last := uint32(0)
		for _, r := range rows(s) {
			if r.Number <= last || len(r.Cells) == 0 || r.Cells[len(r.Cells)-1].Text == "" {
				t.Fatalf("sheet %q has row %d after row %d with the cells %q", s.Name, r.Number, last, r.Cells)
			}
			last = r.Number
		}
	}
}

// allocated is how many bytes have ever been asked for, freed or not.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// FuzzDecode changes whole files of every format.
func FuzzDecode(f *testing.F) {
	workbook := excelFile(f, func(x *excelize.File) { set(x, map[string]any{"A1": "a", "B2": 1.5, "C3": true}) })
	f.Add("x.csv", []byte("a;b\n\"1\n\"\"\",2"))
	f.Add("x.csv", []byte("\xff\xfea\x00"))
	f.Add("x.xls", everyRecord().bytes())
	f.Add("x.xlsx", workbook)
	f.Add("x.xlsx", minimalXLSX(f, `<worksheet><sheetData><row><c t="s"><v>0</v></c></row></sheetData></worksheet>`))
	f.Add("x.zip", zipFile(f, "a.csv", "a", "b.xlsx", string(workbook)))
	f.Add("x.json", []byte(`{"RCF": {"n": 1, "t": " 12", "b": true, "z": null}, "RAE": {"m": 1.50}}`))
	f.Add("x.json", []byte(`[{"code": "RCF"}, {"code": "RAE", "n": 2e3}]`))
	f.Add("x.csv.gz", gzipFile(f, []byte("a,b\n")))
	f.Fuzz(decodeAny)
}

// A changed byte seldom passes the outer layers of a file, so what they hold is tried by itself.

func FuzzCSV(f *testing.F) {
	encodings := []encoding.Encoding{
		encoding.Nop, charmap.Windows1252, unicode.UTF8BOM, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	}
	for i := range encodings {
		f.Add(uint8(i), "a;b\r\n\"1\n\"\"\",2\n")
		f.Add(uint8(i), "Org,Caf\u00e9\tx|y\n,,\n")
	}
	f.Fuzz(func(t *testing.T, as uint8, text string) {
		content, err := encodings[int(as)%len(encodings)].NewEncoder().Bytes([]byte(text))
		if err != nil { // the text has no such characters
			content = []byte(text)
		}
		decodeAny(t, "x.csv", content)
	})
}

func FuzzXLS(f *testing.F) {
	f.Add(everyRecord().stream())
	f.Fuzz(func(t *testing.T, records []byte) { decodeAny(t, "x.xls", compound("Workbook", records)) })
}

func FuzzXLSX(f *testing.F) {
	f.Add(`<worksheet><sheetData><row><c t="s"><v>0</v></c><c s="1"><v>1</v></c></row></sheetData></worksheet>`)
	f.Add(
		`<worksheet><sheetData><row r="2"><c r="C2" t="inlineStr"><is><t>x</t></is></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`,
	)
	f.Fuzz(func(t *testing.T, sheet string) { decodeAny(t, "x.xlsx", minimalXLSX(t, sheet)) })
}

// FuzzXLSXParts changes the other parts of a workbook.
func FuzzXLSXParts(f *testing.F) {
	workbook := minimalXLSX(f, `<worksheet><sheetData><row><c t="s"><v>0</v></c><c s="1"><f>A1</f><v>1</v></c></row></sheetData></worksheet>`)
	parts := []string{"_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/t.xml", "xl/u.xml"}
	rewritten(f, workbook, func(name string, content []byte) (string, []byte) {
		if i := slices.Index(parts, name); i >= 0 {
			f.Add(uint8(i), content)
		}
		return name, content
	})
	f.Add(uint8(3), []byte(`<sst><si><r><t>a</t></r><rPh><t>b</t></rPh><r><t>_x000D_</t></r></si><si><t/></si></sst>`))
	f.Fuzz(func(t *testing.T, part uint8, other []byte) {
		decodeAny(t, "x.xlsx", rewritten(t, workbook, func(name string, content []byte) (string, []byte) {
			if name == parts[int(part)%len(parts)] {
				return name, other
			}
			return name, content
		}))
	})
}

// FuzzXLSTexts changes the shared texts of a workbook and how they are continued.
func FuzzXLSTexts(f *testing.F) {
	f.Add(uint32(2), append(narrow("one"), narrow("two")...), []byte{1, 'x', 0})
	f.Add(uint32(1<<31), append(narrow("one"), 9, 0, 8, 1, 0, 'x'), []byte{0, 'x', 'y'})
	f.Fuzz(func(t *testing.T, count uint32, texts, more []byte) {
		x := &xlsFile{sheets: []xlsSheet{{name: "A"}}}
		x.globals.Write(biff(0x00fc, count, count, texts[:min(len(texts), 8000)]))
		x.globals.Write(biff(0x003c, more[:min(len(more), 8000)]))
		for i := range 8 {
			x.sheets[0].body.Write(biff(0x00fd, uint16(i), uint16(i), uint16(0), uint32(i/2)))
		}
		decodeAny(t, "x.xls", x.bytes())
	})
}

// FuzzCompound changes the file that a workbook's streams lie in.
func FuzzCompound(f *testing.F) {
	f.Add(everyRecord().bytes())
	f.Add(compound("Book", everyRecord().stream()))
	f.Fuzz(func(t *testing.T, content []byte) {
		decodeAny(t, "x.xls", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), content[min(8, len(content)):]...))
	})
}

func FuzzZip(f *testing.F) {
	f.Add("a.csv", []byte("a,b\n1,2\n"))
	f.Add("b.xlsx", minimalXLSX(f, "<worksheet/>"))
	f.Add("../c.csv", gzipFile(f, []byte("a\n")))
	f.Fuzz(func(t *testing.T, member string, content []byte) {
		decodeAny(t, "x.zip", zipFile(t, member, string(content)))
	})
}
