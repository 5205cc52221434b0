package publication_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"

	"stpdash/internal/publication"
)

// publishedFile reads one file as its publisher released it.
func publishedFile(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(published(t), name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

const (
	juneXLSX  = "ae/June-2015-AE-by-org-revised-nlixs.xlsx"
	aprilXLS  = "ae/April-2017-AE-by-provider-revised-14.06.18-D44fd.xls"
	delaysXLS = "delays/dtoc_england_timeseries.xls"
)

// rewritten is a zip with its members changed; a name that comes back empty is left out.
func rewritten(t testing.TB, content []byte, change func(name string, content []byte) (string, []byte)) []byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		member, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		name, member := change(f.Name, member)
		if name == "" {
			continue
		}
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(member); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A publisher's workbook reads the same when its parts are named as other programs name them.
func TestNamesOfParts(t *testing.T) {
	content := publishedFile(t, juneXLSX)
	want := picture(decode(t, "x.xlsx", content))
	inMarkup := func(from, to string) []byte {
		return rewritten(t, content, func(name string, part []byte) (string, []byte) {
			return name, bytes.ReplaceAll(part, []byte(from), []byte(to))
		})
	}
	for name, altered := range map[string][]byte{
		"upper case":            rewritten(t, content, func(name string, c []byte) (string, []byte) { return strings.ToUpper(name), c }),
		"lower case":            rewritten(t, content, func(name string, c []byte) (string, []byte) { return strings.ToLower(name), c }),
		"backslashes":           rewritten(t, content, func(name string, c []byte) (string, []byte) { return strings.ReplaceAll(name, "/", `\`), c }),
		"from the root":         rewritten(t, content, func(name string, c []byte) (string, []byte) { return "/" + name, c }),
		"backslashes in links":  inMarkup(`Target="worksheets/`, `Target="worksheets\`),
		"links from the root":   inMarkup(`Target="worksheets/`, `Target="/xl/worksheets/`),
		"links by way of above": inMarkup(`Target="worksheets/`, `Target="../xl/./worksheets/`),
		"links with escapes":    inMarkup(`Target="worksheets/sheet`, `Target="worksheets/%73heet`),
		"the strict format":     inMarkup("http://schemas.openxmlformats.org/officeDocument/2006/relationships/", "http://purl.oclc.org/ooxml/officeDocument/relationships/"),
	} {
		t.Run(name, func(t *testing.T) {
			if got := picture(decode(t, "x.xlsx", altered)); got != want {
				t.Error(cmp.Diff(want, got))
			}
		})
	}
	in := func(order unicode.Endianness) []byte {
		return rewritten(t, content, func(name string, part []byte) (string, []byte) {
			if !strings.HasSuffix(name, ".xml") {
				return name, part
			}
			encoded, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().Bytes(bytes.Replace(part, []byte(`encoding="UTF-8"`), []byte(`encoding="UTF-16"`), 1))
			if err != nil {
				t.Fatal(err)
			}
			return name, encoded
		})
	}
	for _, order := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
		if got := picture(decode(t, "x.xlsx", in(order))); got != want {
			t.Errorf("UTF-16: %s", cmp.Diff(want, got))
		}
	}
	for name, altered := range map[string][]byte{
		"accepted: UTF-8 and UTF-16":               inMarkup(`encoding="UTF-8"`, `encoding="KOI8-R"`),
		"is there 2 times":                         appended(t, content, "XL/Worksheets/Sheet1.xml", "<worksheet/>"),
		"refers to two parts as its sharedStrings": inMarkup(`</Relationships>`, `<Relationship Target="other.xml" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Id="zz"/></Relationships>`),
	} {
		if _, err := read(t.Context(), "x.xlsx", altered, publication.Limits{}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want one with %q", err, name)
		}
	}
}

// appended is a zip with one more member.
func appended(t testing.TB, content []byte, name, member string) []byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range archive.File {
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.Create(name)
	if err == nil {
		_, err = part.Write([]byte(member))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sharedTexts is where the table of shared texts begins in a published xls.
func sharedTexts(t testing.TB, content []byte) int {
	t.Helper()
	for at := 512; at+12 < len(content); at++ {
		id, length := binary.LittleEndian.Uint16(content[at:]), binary.LittleEndian.Uint16(content[at+2:])
		total, unique := binary.LittleEndian.Uint32(content[at+4:]), binary.LittleEndian.Uint32(content[at+8:])
		if id == 0xfc && length > 1000 && length <= 8224 && unique > 50 && unique <= total && total < 100_000 {
			return at
		}
	}
	t.Fatal("no shared texts found")
	return 0
}

// A publisher's workbook that counts its shared texts wrongly reads the same; only a text that is not there is a fault.
func TestCountOfSharedTexts(t *testing.T) {
	for _, file := range []string{aprilXLS, delaysXLS} {
		content := publishedFile(t, file)
		want := picture(decode(t, "x.xls", content))
		at := sharedTexts(t, content)
		count := binary.LittleEndian.Uint32(content[at+8:])
		for _, stated := range []uint32{count + 1, count + 1000, math.MaxUint32, count - 1, 0} {
			altered := bytes.Clone(content)
			binary.LittleEndian.PutUint32(altered[at+8:], stated)
			if got := picture(decode(t, "x.xls", altered)); got != want {
				t.Errorf("%s with %d shared texts for %d:\n%s", file, stated, count, cmp.Diff(want, got))
			}
		}
		for _, stated := range []uint32{0, math.MaxUint32} { // how often they are used
			altered := bytes.Clone(content)
			binary.LittleEndian.PutUint32(altered[at+4:], stated)
			if got := picture(decode(t, "x.xls", altered)); got != want {
				t.Error(cmp.Diff(want, got))
			}
		}
	}
}

func TestNamesOfStreams(t *testing.T) {
	content := publishedFile(t, aprilXLS)
	want := picture(decode(t, "x.xls", content))
	name := func(text string) []byte {
		encoded, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return encoded
	}
	for _, other := range []string{"WORKBOOK", "workbook", "WorkBook"} {
		altered := bytes.Replace(content, name("Workbook"), name(other), 1)
		if got := picture(decode(t, "x.xls", altered)); got != want {
			t.Errorf("%s: %s", other, cmp.Diff(want, got))
		}
	}
	if got := picture(decode(t, "x.xls", compound(`\Workbook`, everyRecord().stream()))); !strings.Contains(got, "Devon") {
		t.Errorf("a name with a backslash: %s", got)
	}
	for other, is := range map[string]string{"BOOK": "Excel 95", "book": "Excel 95", "ENCRYPTEDPACKAGE": "protected by a password"} {
		if _, err := read(t.Context(), "x.xls", compound(other, everyRecord().stream()), publication.Limits{}); err == nil || !strings.Contains(err.Error(), is) {
			t.Errorf("%s: error %v, want one with %q", other, err, is)
		}
	}
}

// A formula whose result is not there is no blank cell.
func TestFormulasWithoutResults(t *testing.T) {
	formula := func(result [8]byte) []byte {
		return biff(0x0006, uint16(0), uint16(0), uint16(0), result, uint16(0), uint32(0), uint16(0))
	}
	for _, test := range []struct {
		name       string
		calculated bool
		records    [][]byte
		want       string
	}{
		{"no text follows", true, [][]byte{formula([8]byte{0, 0, 0, 0, 0, 0, 0xff, 0xff})}, "1|=<formula>\n"},
		{"a cell follows, not the text", true, [][]byte{formula([8]byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}), biff(0x0205, uint16(0), uint16(1), uint16(0), uint8(1), uint8(0)), biff(0x0207, narrow("x"))}, "1|=<formula>|TRUE<bool>\n"},
		{"no text, calculated by Excel", true, [][]byte{formula([8]byte{3, 0, 0, 0, 0, 0, 0xff, 0xff})}, ""},
		{"no text, written by another program", false, [][]byte{formula([8]byte{3, 0, 0, 0, 0, 0, 0xff, 0xff})}, "1|=<formula>\n"},
	} {
		f := &xlsFile{sheets: []xlsSheet{{name: "A"}}}
		if test.calculated {
			f.globals.Write(biff(0x01c1, uint16(0x01c1), uint16(0), uint32(1)))
		}
		for _, r := range test.records {
			f.sheets[0].body.Write(r)
		}
		if got := picture(decode(t, "x.xls", f.bytes())); got != "[A]\n"+test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	// A program that calculates nothing writes zeros, and asks that the workbook be calculated when it is opened.
	stale := rewritten(
		t,
		minimalXLSX(t, `<worksheet><sheetData><row><c><f>A2</f><v>0</v></c><c><v>0</v></c><c><f>A3</f><v>5</v></c></row></sheetData></worksheet>`),
		func(name string, c []byte) (string, []byte) {
			return name, bytes.ReplaceAll(c, []byte("<x:sheets>"), []byte(`<x:calcPr fullCalcOnLoad="1"/><x:sheets>`))
		},
	)
	if got := picture(decode(t, "x.xlsx", stale)); got != "[S]\n1|=A2<formula>|0<number>|5<number>\n" {
		t.Errorf("zeros that nobody calculated: %q", got)
	}
}

// What a reader of the sheet does not see is marked.
func TestHiddenRowsAndColumns(t *testing.T) {
	seen := func(p *publication.Publication) string {
		var b strings.Builder
		s := p.Sheets[0]
		for row := range s.Rows() {
			fmt.Fprintf(&b, "%d:%t ", row.Number, row.Hidden)
		}
		fmt.Fprint(&b, s.HiddenColumn(-1), s.HiddenColumn(0), s.HiddenColumn(1), s.HiddenColumn(2), s.HiddenColumn(3))
		return b.String()
	}
	const want = "1:false 2:true 3:true 4:false false false true true false"
	sheet := `<worksheet><cols><col min="2" max="2" hidden="1" width="9"/><col min="3" max="3" width="0"/><col min="4" max="4" width="9"/></cols><sheetData>` +
		`<row><c><v>1</v></c></row><row hidden="true" r="2"><c><v>1</v></c></row><row ht="0" customHeight="1"><c><v>1</v></c></row><row ht="12"><c><v>1</v></c></row></sheetData></worksheet>`
	if got := seen(decode(t, "x.xlsx", minimalXLSX(t, sheet))); got != want {
		t.Errorf("xlsx: %s, want %s", got, want)
	}
	f := &xlsFile{sheets: []xlsSheet{{name: "A"}}}
	body := &f.sheets[0].body
	body.Write(biff(0x007d, uint16(1), uint16(1), uint16(2000), uint16(0), uint16(1), uint16(0)))
	body.Write(biff(0x007d, uint16(2), uint16(2), uint16(0), uint16(0), uint16(0), uint16(0)))
	for row, options := range []uint16{0x100, 0x120, 0x100, 0x100} {
		height := uint16(255)
		if row == 2 {
			height = 0
		}
		body.Write(biff(0x0208, uint16(row), uint16(0), uint16(1), height, uint32(0), options, uint16(0)))
		body.Write(biff(0x0203, uint16(row), uint16(0), uint16(0), math.Float64bits(1)))
	}
	if got := seen(decode(t, "x.xls", f.bytes())); got != want {
		t.Errorf("xls: %s, want %s", got, want)
	}
	hidden := 0
	for _, s := range decode(t, "x.xlsx", publishedFile(t, "loans/bbc_nhs_debt_2016_17.xlsx")).Sheets {
		for row := range s.Rows() {
			if row.Hidden {
				hidden++
			}
		}
	}
	if hidden != 383 {
		t.Errorf("%d rows of the published workbook are hidden, want 383", hidden)
	}
}

// Cells that are shown as one are known.
func TestMergedCells(t *testing.T) {
	x := &xlsFile{sheets: []xlsSheet{{name: "A"}}}
	for row := range 4 {
		x.sheets[0].body.Write(biff(0x0203, uint16(row), uint16(0), uint16(0), math.Float64bits(1)))
	}
	x.sheets[0].body.Write(biff(0x00e5, uint16(2), uint16(1), uint16(2), uint16(1), uint16(2), uint16(3), uint16(3), uint16(0), uint16(1)))
	rows := strings.Repeat(`<row><c><v>1</v></c></row>`, 4)
	for name, content := range map[string][]byte{
		"x.xlsx": minimalXLSX(t, `<worksheet><sheetData>`+rows+`</sheetData><mergeCells><mergeCell ref="B2:C3"/><mergeCell ref="A4:B4"/></mergeCells></worksheet>`),
		"x.xls":  x.bytes(),
	} {
		var got []string
		for row := range decode(t, name, content).Sheets[0].Rows() {
			for column := range 4 {
				if cells, first := row.Merged(column); cells != "" {
					got = append(got, fmt.Sprintf("%s%d in %s %v", publication.ColumnName(column), row.Number, cells, first))
				}
			}
		}
		if diff := cmp.Diff([]string{
			"B2 in B2:C3 true", "C2 in B2:C3 false", "B3 in B2:C3 false", "C3 in B2:C3 false", "A4 in A4:B4 true", "B4 in A4:B4 false",
		}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Every format that is not accepted is refused by its name, whatever the file is called.
func TestOtherFormatsAreNamed(t *testing.T) {
	utf16 := func(text string) []byte {
		encoded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return encoded
	}
	excel95 := (&xlsFile{}).stream()
	binary.LittleEndian.PutUint16(excel95[4:], 0x0500)
	office := func(target string) []byte {
		return zipFile(
			t,
			"[Content_Types].xml",
			"<Types/>",
			"_rels/.rels",
			`<Relationships><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="`+target+`"/></Relationships>`,
			target,
			"<x/>",
		)
	}
	const spreadsheetML = `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>`
	for is, content := range map[string][]byte{
		"is a workbook of Excel 2 (BIFF2)":                               []byte("\x09\x00\x04\x00\x02\x00\x10\x00"),
		"is a workbook of Excel 3 (BIFF3)":                               []byte("\x09\x02\x06\x00\x00\x00\x10\x00"),
		"is a workbook of Excel 4 (BIFF4)":                               []byte("\x09\x04\x06\x00\x00\x00\x10\x00"),
		"is a workbook of Excel 5 or 95 (BIFF5)":                         []byte("\x09\x08\x08\x00\x00\x05\x05\x00"),
		"is a workbook of Excel 97 or newer (BIFF8) without":             everyRecord().stream(),
		"is a workbook of Excel 95 or older":                             compound("Book", excel95),
		"but of BIFF5 (Excel 5 or 95)":                                   compound("Workbook", excel95),
		"is an OpenDocument spreadsheet (ods)":                           zipFile(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<x/>"),
		"is an OpenDocument text (odt)":                                  zipFile(t, "mimetype", "application/vnd.oasis.opendocument.text"),
		"binary format (xlsb)":                                           office("xl/workbook.bin"),
		"is a Word document":                                             office("word/document.xml"),
		"is a PowerPoint presentation":                                   office("ppt/presentation.xml"),
		"is an Apple Numbers":                                            zipFile(t, "Index/Document.iwa", "x"),
		"is protected by a password":                                     compound("EncryptedPackage", nil),
		"is an XML Spreadsheet 2003":                                     []byte(spreadsheetML),
		"is an XML Spreadsheet 2003; accepted: csv, xls, xlsx":           utf16(spreadsheetML),
		"is a web page or other markup":                                  []byte("<html><table><tr><td>1</td></tr></table></html>"),
		"is a web page or other markup saved under that name; accep":     utf16("<html><table></table></html>"),
		"is XML saved under that name":                                   []byte(`<?xml version="1.0"?><figures/>`),
		"is a web archive":                                               []byte("MIME-Version: 1.0\r\nContent-Type: multipart/related"),
		"is an RTF document":                                             []byte(`{\rtf1\ansi}`),
		"is a SYLK file":                                                 []byte("ID;PWXL;N;E\r\n"),
		"is an empty zip":                                                zipFile(t),
		"is a 7z archive":                                                []byte("7z\xbc\xaf\x27\x1c\x00\x04"),
		"is a rar archive":                                               []byte("Rar!\x1a\x07\x01\x00"),
		"is a PDF document; accepted: csv, xls, xlsx, zip, csv.gz, json": []byte("%PDF-1.7"),
		"is an SQLite database":                                          []byte("SQLite format 3\x00"),
	} {
		for _, name := range []string{"April.xls", "April.xlsx", "April.csv", "April"} {
			_, err := read(t.Context(), name, content, publication.Limits{})
			if err == nil || !strings.Contains(err.Error(), is) || !strings.Contains(err.Error(), "accepted") && !strings.Contains(is, "password") {
				t.Errorf("%s: error %v, want one with %q that says what is accepted", name, err, is)
			}
		}
	}
	// In a zip they are not missed either.
	for _, member := range []string{"figures.ods", "figures.xlsb", "figures.zip", `folder\FIGURES.GZ`} {
		if _, err := read(t.Context(), "x.zip", zipFile(t, "a.csv", "a\n", member, "PK\x05\x06"), publication.Limits{}); err == nil {
			t.Errorf("%s is passed over", member)
		}
	}
	if got := picture(decode(t, "x.zip", zipFile(t, "a.xlsm", string(minimalXLSX(t, "<worksheet/>")), "b.tsv", "a\tb\n"))); got != "[a.xlsm/S]\n[b.tsv]\n1|a|b\n" {
		t.Errorf("a workbook with macros in a zip: %q", got)
	}
}

// Files that programs leave behind do not fail an archive; each is told.
func TestFilesLeftBehind(t *testing.T) {
	left := []string{
		"~$April.xlsx",
		"2018/~$May.xls",
		`2018\~$June.xlsx`,
		"__MACOSX/._April.csv",
		"__MACOSX/2018/._April.csv",
		".DS_Store",
		"2018/._x.csv",
		"Thumbs.db",
		"desktop.ini",
		".hidden.csv",
	}
	members := []string{"2018/april.csv", "a,b\n"}
	for _, name := range left {
		if _, ok := publication.LeftBehind(name); !ok {
			t.Errorf("%s is taken for a file of figures", name)
		}
		members = append(members, name, "\x00\x01 no figures")
	}
	p := decode(t, "x.zip", zipFile(t, members...))
	if got := picture(p); got != "[2018/april.csv]\n1|a|b\n" {
		t.Errorf("the zip holds %q", got)
	}
	if diff := cmp.Diff(left, p.Passed); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"April.xlsx", "a~$b.csv", "thumbs.csv", "x/macosx/a.csv"} {
		if what, ok := publication.LeftBehind(name); ok {
			t.Errorf("%s is taken for %s", name, what)
		}
	}
}

// bombs are files that want more memory than they are worth.
func bombs(t testing.TB) map[string]func() []byte {
	cells := func(row string, rows int) []byte {
		return minimalXLSX(t, "<worksheet><sheetData>"+strings.Repeat(row, rows)+"</sheetData></worksheet>")
	}
	// long is stored, not packed, so that its ratio gives nothing away.
	long := func(sheet, texts string) []byte {
		return rewrittenStored(t, minimalXLSX(t, sheet), map[string]string{"xl/t.xml": texts})
	}
	uses := func() string {
		return strings.Repeat(`<row>`+strings.Repeat(`<c t="s"><v>0</v></c>`, 5)+`</row>`, 10_000)
	}
	sheets := func() string {
		var b strings.Builder
		for i := range 2000 {
			fmt.Fprintf(&b, `<x:sheet name="%d" r:id="s"/>`, i)
		}
		return b.String()
	}
	repeated := func() []byte {
		f := &xlsFile{sheets: []xlsSheet{{name: "A"}}}
		f.globals.Write(biff(0x00fc, uint32(1), uint32(1), narrow(strings.Repeat("x", 8000))))
		for row := range 20_000 {
			f.sheets[0].body.Write(biff(0x00fd, uint16(row), uint16(0), uint16(0), uint32(0)))
		}
		return f.bytes()
	}
	empty := func() []byte {
		f := &xlsFile{sheets: []xlsSheet{{name: "A"}}}
		f.globals.Write(biff(0x00fc, uint32(math.MaxUint32), uint32(math.MaxUint32)))
		for range 800 {
			f.globals.Write(biff(0x003c, make([]byte, 8223)))
		}
		return f.bytes()
	}
	members := func() []byte {
		var all []string
		for i := range 120_000 {
			all = append(all, fmt.Sprint(i, strings.Repeat("m", 40)), "")
		}
		return zipFile(t, all...)
	}
	return map[string]func() []byte{
		"cells that repeat one long text": func() []byte {
			return long("<worksheet><sheetData>"+uses()+"</sheetData></worksheet>", "<sst><si><t>"+strings.Repeat("long text ", 60_000)+"</t></si></sst>")
		},
		"cells that repeat one long text, xls": func() []byte { return repeated() },
		"a table of many empty texts":          func() []byte { return long("<worksheet/>", "<sst>"+strings.Repeat("<si/>", 8<<20)+"</sst>") },
		"a table of many empty texts, xls":     func() []byte { return empty() },
		"one long text in many runs": func() []byte {
			return long("<worksheet/>", "<sst><si>"+strings.Repeat("<r><t>0123456789</t></r>", 2<<20)+"</si></sst>")
		},
		"one long text": func() []byte {
			return long("<worksheet/>", "<sst><si><t>"+strings.Repeat("x", 60<<20)+"</t></si></sst>")
		},
		"one long tag": func() []byte {
			return long("<worksheet><sheetData><row "+strings.Repeat(`a="" `, 8<<20)+"/></sheetData></worksheet>", "<sst/>")
		},
		"one long comment": func() []byte { return long("<worksheet><!--"+strings.Repeat("x", 60<<20)+"--></worksheet>", "<sst/>") },
		"deep elements":    func() []byte { return long(strings.Repeat("<worksheet>", 4<<20), "<sst/>") },
		"many merged cells": func() []byte {
			return storedXLSX(
				t,
				"<worksheet><sheetData>"+strings.Repeat(
					`<row><c><v>1</v></c></row>`,
					10_000,
				)+"</sheetData><mergeCells>"+strings.Repeat(
					`<mergeCell ref="A1:B9999"/>`,
					10_000,
				)+"</mergeCells></worksheet>",
			)
		},
		"many cells in no order": func() []byte {
			return cells(`<row r="2"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row>`, 200_000)
		},
		"many cells far to the right": func() []byte {
			return storedXLSX(t, "<worksheet><sheetData>"+strings.Repeat(`<row><c/><c r="AMJ1"/></row>`, 1)+rowsTo("AMJ", 12_000)+"</sheetData></worksheet>")
		},
		"many rows": func() []byte {
			return storedXLSX(t, "<worksheet><sheetData>"+strings.Repeat(`<row><c t="inlineStr"><is><t>x</t></is></c></row>`, 1_000_001)+"</sheetData></worksheet>")
		},
		"styled cells without content": func() []byte {
			return storedXLSX(t, "<worksheet><sheetData>"+strings.Repeat(`<row>`+strings.Repeat(`<c s="1"/>`, 50)+`</row>`, 100_000)+"</sheetData></worksheet>")
		},
		"many sheets of one part": func() []byte {
			return rewritten(t, minimalXLSX(t, "<worksheet/>"), func(name string, c []byte) (string, []byte) {
				return name, bytes.Replace(c, []byte(`<x:sheet name="S" r:id="s"/>`), []byte(sheets()), 1)
			})
		},
		"many members":                               func() []byte { return members() },
		"a csv with one long field":                  func() []byte { return []byte("a,b\n\"" + strings.Repeat("x", 64<<20)) },
		"a csv with one long line":                   func() []byte { return []byte("a,b\n" + strings.Repeat("x", 64<<20)) },
		"a csv with a million columns":               func() []byte { return []byte(strings.Repeat("a,", 1<<20)) },
		"a csv of quotes":                            func() []byte { return bytes.Repeat([]byte(`"`), 64<<20) },
		"a gz of zeros":                              func() []byte { return gzipFile(t, make([]byte, 64<<20)) },
		"a gz of lines":                              func() []byte { return gzipFile(t, bytes.Repeat([]byte("0,0\n"), 16<<20)) },
		"a zip of many csv":                          func() []byte { return zipFile(t, manyCSV(3000)...) },
		"a directory of a compound file without end": func() []byte { return longDirectory() },
	}
}

func rowsTo(column string, rows int) string {
	var b strings.Builder
	for i := range rows {
		fmt.Fprintf(&b, `<row r="%d"><c r="%s%d"><v>1</v></c></row>`, i+2, column, i+2)
	}
	return b.String()
}

func manyCSV(files int) []string {
	var members []string
	for i := range files {
		members = append(members, fmt.Sprintf("%d.csv", i), strings.Repeat(strings.Repeat(",", 1000)+"x\n", 20))
	}
	return members
}

// longDirectory is a compound file whose directory fills it.
func longDirectory() []byte {
	content := compound("Workbook", make([]byte, 28<<20))
	const sector = 512
	fatSectors := int(binary.LittleEndian.Uint32(content[44:]))
	directory := fatSectors
	if fatSectors > 109 {
		fatSectors = 109
	}
	fat := content[sector:]
	for at := directory; at < fatSectors*sector/4-1; at++ {
		binary.LittleEndian.PutUint32(fat[at*4:], uint32(at+1))
	}
	binary.LittleEndian.PutUint32(fat[(fatSectors*sector/4-1)*4:], 0xfffffffe)
	binary.LittleEndian.PutUint32(content[44:], uint32(fatSectors))
	return content
}

func storedXLSX(t testing.TB, sheet string) []byte {
	return rewrittenStored(t, minimalXLSX(t, sheet), nil)
}

// rewrittenStored is a zip whose members are stored, some of them with other contents.
func rewrittenStored(t testing.TB, content []byte, other map[string]string) []byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	packer := func(name string, content []byte) {
		method := zip.Store
		if len(content) > 8<<20 { // the ratio of what is left does not matter to a file of several megabytes
			method = zip.Deflate
		}
		part, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	noise := make([]byte, 4<<20)
	for i := range noise {
		noise[i] = byte(crc32.ChecksumIEEE([]byte{byte(i), byte(i >> 8), byte(i >> 16)}))
	}
	packer("xl/media/image1.png", noise)
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		member, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := other[f.Name]; ok {
			member = []byte(text)
		}
		packer(f.Name, member)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// maxMemory is what a file may take while it is read, in heap that is in use.
const maxMemory = 100 << 20

// TestMemory reads files that want more memory than they are worth.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads large files")
	}
	for name, made := range bombs(t) {
		t.Run(name, func(t *testing.T) {
			// What the file itself takes is not in memory, as it is not where one is loaded.
			path := filepath.Join(t.TempDir(), "x")
			if err := os.WriteFile(path, made(), 0o600); err != nil {
				t.Fatal(err)
			}
			file, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			info, err := file.Stat()
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			took, err := memoryOf(func() error {
				p, err := publication.Read(t.Context(), "x", file, info.Size(), publication.Limits{})
				if err != nil {
					return err
				}
				for _, s := range p.Sheets {
					for _, err := range s.Rows() {
						if err != nil {
							return err
						}
					}
				}
				return nil
			})
			t.Logf("%d bytes: %d MiB in %v: %.200v", info.Size(), took>>20, time.Since(start).Round(time.Millisecond), err)
			if took > maxMemory {
				t.Errorf("%d MiB of memory were in use, more than %d", took>>20, maxMemory>>20)
			}
			if err != nil && strings.Contains(err.Error(), "runtime error") {
				t.Error(err)
			}
		})
	}
}

// memoryOf is how much more heap was in use at once while something was done.
func memoryOf(do func() error) (uint64, error) {
	inUse := func() uint64 {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	runtime.GC()
	debug.FreeOSMemory()
	before := inUse()
	var most atomic.Uint64
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			most.Store(max(most.Load(), inUse()))
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	err := do()
	most.Store(max(most.Load(), inUse()))
	close(done)
	<-ended
	return most.Load() - min(before, most.Load()), err
}
