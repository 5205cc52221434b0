package publication_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"stpdash/internal/publication"
)

// read decodes a file and reads all its rows.
func read(ctx context.Context, name string, content []byte, limits publication.Limits) (*publication.Publication, error) {
	p, err := publication.Decode(ctx, name, content, limits)
	if err != nil {
		return nil, err
	}
	for _, s := range p.Sheets {
		for _, err := range s.Rows() {
			if err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

// rows are those of a sheet that has been read before.
func rows(s publication.Sheet) []publication.Row {
	var all []publication.Row
	for row, err := range s.Rows() {
		if err != nil {
			panic(err)
		}
		row.Cells = slices.Clone(row.Cells)
		all = append(all, row)
	}
	return all
}

func decode(t testing.TB, name string, content []byte) *publication.Publication {
	t.Helper()
	p, err := read(t.Context(), name, content, publication.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// picture renders sheets as lines of row numbers and cells, which reads better
// in a test than nested literals.
func picture(p *publication.Publication) string {
	var b strings.Builder
	for _, s := range p.Sheets {
		fmt.Fprintf(&b, "[%s]", s.Name)
		if s.Hidden {
			b.WriteString(" hidden")
		}
		b.WriteByte('\n')
		for _, r := range rows(s) {
			fmt.Fprintf(&b, "%d", r.Number)
			for _, c := range r.Cells {
				fmt.Fprintf(&b, "|%s", c.Text)
				if c.Kind > publication.KindText {
					fmt.Fprintf(&b, "<%s>", c.Kind)
				}
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func TestCSV(t *testing.T) {
	for _, test := range []struct{ name, content, want string }{
		{"plain", "a,b\n1,2\n", "[]\n1|a|b\n2|1|2\n"},
		{"without a last line end", "a,b\n1,2", "[]\n1|a|b\n2|1|2\n"},
		{"line ends of Windows", "a,b\r\n1,2\r\n", "[]\n1|a|b\n2|1|2\n"},
		{"line ends of old Macs", "a,b\r1,2\r", "[]\n1|a|b\n2|1|2\n"},
		{"blank lines are left out and counted", "\n\na,b\n,\n1,2\n", "[]\n3|a|b\n5|1|2\n"},
		{"quotes", "\"a, b\",\"c \"\"d\"\"\"\n\"\",e\n", "[]\n1|a, b|c \"d\"\n2||e\n"},
		{"a quote within an unquoted field", "12\" pipe,b\n", "[]\n1|12\" pipe|b\n"},
		{"a line end in quotes counts as a line", "\"a\nb\",c\n\"d\r\ne\rf\",g\n1,2\n", "[]\n1|a\nb|c\n3|d\r\ne\rf|g\n6|1|2\n"},
		{"ragged rows stay so", "a,b,c\n1\n1,2,3,4,,\n", "[]\n1|a|b|c\n2|1\n3|1|2|3|4\n"},
		{"spaces stay", " a , b\n", "[]\n1| a | b\n"},
		{"semicolons", "a;b\n1,5;2,5\n", "[]\n1|a|b\n2|1,5|2,5\n"},
		{"tabs", "a\tb\n1,000\t2\n", "[]\n1|a|b\n2|1,000|2\n"},
		{"bars", "a|b|c\n1,0|2|3\n", "[]\n1|a|b|c\n2|1,0|2|3\n"},
		{"one column", "a\n1\n", "[]\n1|a\n2|1\n"},
		{"a delimiter in quotes does not count", "a;b\n\"x,y,z\";c\n", "[]\n1|a|b\n2|x,y,z|c\n"},
		{"UTF-8 with a mark", "\ufeffa,é\n", "[]\n1|a|é\n"},
		{"UTF-8 without a mark", "a,é\n", "[]\n1|a|é\n"},
		{"Windows-1252", "a,\xa31.5m \x96 \xe9\n", "[]\n1|a|£1.5m – é\n"},
		{"UTF-16, little end first", "\xff\xfea\x00,\x00\xe9\x00\n\x00", "[]\n1|a|é\n"},
		{"UTF-16, big end first", "\xfe\xff\x00a\x00,\x00\xe9\x00\n", "[]\n1|a|é\n"},
		{"nothing but delimiters", ",,\n", "[]\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := decode(t, "x.csv", []byte(test.content))
			if diff := cmp.Diff(test.want, picture(p)); diff != "" {
				t.Error(diff)
			}
			if p.Format != publication.CSV {
				t.Errorf("format %s, want csv", p.Format)
			}
		})
	}
}

// What a csv writer writes is what comes back, whatever the cells hold.
func TestCSVReturnsWhatWasWritten(t *testing.T) {
	cell := rapid.StringMatching("[a-zé£,;|\t\"\r\n ]{0,6}x")
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.SliceOfN(cell, 2, 2), 1, 5).Draw(t, "rows")
		var b strings.Builder
		for _, r := range want {
			for i, c := range r {
				if i > 0 {
					b.WriteByte(',')
				}
				b.WriteString(`"` + strings.ReplaceAll(c, `"`, `""`) + `"`)
			}
			b.WriteByte('\n')
		}
		p, err := read(context.Background(), "x.csv", []byte(b.String()), publication.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		var got [][]string
		for _, r := range rows(p.Sheets[0]) {
			got = append(got, []string{r.Cell(0).Text, r.Cell(1).Text})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestXLS(t *testing.T) {
	p := decode(t, "x.xls", everyRecord().bytes())
	want := `[Cells]
1|Devon|Leeds|Håga|Nottingham and Nottinghamshire…
2||label out of order
3|277500000<number>|47208.42857142857<number>|12.34<number>|1.5<number>|-1<number>|7<number>
4|TRUE<bool>|#N/A<error>|#ERROR 153<error>|#NUM!<error>
5|2017-04-01<date>|2017-04-01T18:00:00<date>|2017-04-01<date>|1.5<number>|06:00:00<date>
7|0.30000000000000004<number>|текст|TRUE<bool>|#DIV/0!<error>
[Notes] hidden
1|hidden
`
	if diff := cmp.Diff(want, picture(p)); diff != "" {
		t.Error(diff)
	}
	if p.Format != publication.XLS {
		t.Errorf("format %s, want xls", p.Format)
	}
}

func TestXLSCountsDaysFrom1904(t *testing.T) {
	f := &xlsFile{sheets: []xlsSheet{{name: "A"}}}
	f.globals.Write(biff(0x0022, uint16(1)))
	f.globals.Write(biff(0x00e0, uint16(0), uint16(14), make([]byte, 16)))
	f.sheets[0].body.Write(biff(0x027e, uint16(0), uint16(0), uint16(0), uint32(41364<<2|2)))
	if got, want := picture(decode(t, "x.xls", f.bytes())), "[A]\n1|2017-04-01<date>\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// excelFile has excelize, an independent writer, make a workbook.
func excelFile(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func set(f *excelize.File, cells map[string]any) {
	for at, value := range cells {
		if err := f.SetCellValue("Sheet1", at, value); err != nil {
			panic(err)
		}
	}
}

func TestXLSX(t *testing.T) {
	content := excelFile(t, func(f *excelize.File) {
		set(f, map[string]any{
			"A1": "text", "B1": "1E5", "C1": "a\rb & <c>", "D1": true,
			"A3": 2.775e8, "B3": 47208.42857142857, "C3": -0.1, "D3": 277500, "AB3": 1e-7,
			"A4": time.Date(2017, 4, 1, 0, 0, 0, 0, time.UTC), "B4": time.Date(2017, 4, 1, 18, 30, 0, 0, time.UTC),
			"A5": "merged", "A6": nil,
		})
		style := "yyyy\\-mm"
		id, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &style})
		set(f, map[string]any{"C4": 42826, "D4": 60, "E4": 0.25, "F4": -1, "G4": 59})
		_ = f.SetCellStyle("Sheet1", "C4", "G4", id)
		_ = f.MergeCell("Sheet1", "A5", "C6")
		_ = f.SetCellRichText("Sheet1", "E1", []excelize.RichTextRun{{Text: "rich "}, {Text: "text", Font: &excelize.Font{Bold: true}}})
		_, _ = f.NewSheet("Hidden")
		_ = f.SetCellStr("Hidden", "B2", "x")
		_ = f.SetSheetVisible("Hidden", false)
		_, _ = f.NewSheet("Empty")
	})
	p := decode(t, "x.xlsx", content)
	want := "[Sheet1]\n" +
		"1|text|1E5|a\rb & <c>|TRUE<bool>|rich text\n" +
		"3|277500000<number>|47208.42857142857<number>|-0.1<number>|277500<number>" + strings.Repeat("|", 24) + "0.0000001<number>\n" +
		"4|2017-04-01<date>|2017-04-01T18:30:00<date>|2017-04-01<date>|60<number>|06:00:00<date>|-1<number>|1900-02-28<date>\n" +
		"5|merged\n" +
		"[Hidden] hidden\n2||x\n[Empty]\n"
	if diff := cmp.Diff(want, picture(p)); diff != "" {
		t.Error(diff)
	}
	if sheet, ok := p.Sheet("Hidden"); !ok || !sheet.Hidden {
		t.Error("the sheet Hidden was not found")
	}
	if _, ok := p.Sheet("Other"); ok {
		t.Error("a sheet was found that does not exist")
	}
}

// minimalXLSX is a workbook of one sheet with the given content.
func minimalXLSX(t testing.TB, sheetData string) []byte {
	t.Helper()
	const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	return zipFile(
		t,
		"[Content_Types].xml",
		"<Types/>",
		"_rels/.rels",
		`<Relationships><Relationship Id="r" Type="`+relations+`officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml",
		`<x:workbook xmlns:x="urn:x" xmlns:r="urn:r"><x:workbookPr date1904="true"/><x:sheets><x:sheet name="S" r:id="s"/></x:sheets></x:workbook>`,
		"xl/_rels/workbook.xml.rels",
		`<Relationships><Relationship Id="s" Type="`+relations+`worksheet" Target="worksheets/s.xml"/>`+
			`<Relationship Id="t" Type="`+relations+`sharedStrings" Target="t.xml"/><Relationship Id="u" Type="`+relations+`styles" Target="u.xml"/></Relationships>`,
		"xl/worksheets/s.xml",
		sheetData,
		"xl/t.xml",
		`<sst><si><t>one</t><rPh><t>wan</t></rPh></si><si/></sst>`,
		"xl/u.xml",
		`<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
	)
}

func TestXLSXOfOtherWriters(t *testing.T) {
	for _, test := range []struct{ name, sheet, want string }{
		{"cells without references", `<row><c><v>1</v></c><c t="s"><v>0</v></c></row><row r="4"><c><v>2</v></c></row>`, "1|1<number>|one\n4|2<number>\n"},
		{"prefixed names", `<x:row xmlns:x=""><x:c r="B1"><x:v>1</x:v></x:c></x:row>`, "1||1<number>\n"},
		{"text in the cell", `<row><c t="inlineStr"><is><r><t>a</t></r><r><t>_x000D_b</t></r></is></c></row>`, "1|a\rb\n"},
		{"the text of a formula", `<row><c t="str"><f>A2</f><v>1E5</v></c></row>`, "1|1E5\n"},
		{"a formula never calculated", `<row><c><f>A2</f></c><c><v>1</v></c></row>`, "1|=A2<formula>|1<number>\n"},
		{"a formula with an empty result", `<row><c><f>A2</f><v/></c><c t="str"><f>A3</f></c><c t="inlineStr"><f>A4</f></c><c><f t="shared" si="0"/></c></row>`, "1|=A2<formula>|=A3<formula>|=A4<formula>|=<formula>\n"},
		{"a formula that results in no text", `<row><c t="str"><f>A2</f><v></v></c><c><v>1</v></c></row>`, "1||1<number>\n"},
		{"a value beside a text in the cell", `<row><c t="inlineStr"><is><t>700</t></is><v>0</v></c><c t="inlineStr"><v>0</v><is><t>700</t></is></c><c><v>700</v><is><t>0</t></is></c></row>`, "1|700|700|<is><unread>\n"},
		{"an empty value beside a text in the cell", `<row><c t="inlineStr"><v/><is><t>700</t></is></c><c><v>700</v></c></row>`, "1|700|700<number>\n"},
		{
			"a text in a cell of another kind", `<row><c><is><t>700</t></is></c><c t="inlineStr"><v>70</v></c><c t="str"><is><t>7</t></is></c><c t="n"><is><t>7</t></is></c><c t="s"><is><t>7</t></is></c></row>`,
			"1|<is><unread>|<v><unread>|<is><unread>|<is><unread>|<is><unread>\n",
		},
		{
			"content that has no place", `<row><c><v><x>4</x>1</v></c><c t="inlineStr"><t>41</t></c><c t="inlineStr"><is><v>41</v></is></c><c>41</c><c t="inlineStr"><is>41</is></c><c t="inlineStr"><is><r>4<t>1</t></r></is></c>` +
				`<c t="inlineStr"><is><t><b>4</b>1</t></is></c><c><f><g/></f><v>1</v></c><c><v>1</v>2</c><c><w/></c><c t="b">1</c><c><mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice Requires="x14"><v>41</v></mc:Choice></mc:AlternateContent></c><c><z:v xmlns:z="urn:other">41</z:v></c></row>`,
			"1|<x><unread>|<t><unread>|<v><unread>|text outside its elements<unread>|text outside its elements<unread>|text outside its elements<unread>|<b><unread>|<g><unread>|" +
				"text outside its elements<unread>|<w><unread>|text outside its elements<unread>|<AlternateContent><unread>|<v><unread>\n",
		},
		{"cells without content", "<row><c/><c t=\"s\"/><c> \n</c><c t=\"n\"><v/></c><c t=\"inlineStr\"><is/></c><c t=\"inlineStr\"><is><t/></is></c><c t=\"str\"><v></v></c><c><!-- none --></c><c><v>1</v></c></row>", "1|||||||||1<number>\n"},
		{"values in extensions", `<row xmlns:x14="urn:x14" xmlns:mc="urn:mc"><c><v>7</v><extLst><ext><x14:v>0</x14:v><v>1</v></ext></extLst></c>` +
			`<c><extLst><ext><v>5</v></ext></extLst></c><c><x14:v>9</x14:v></c><c><mc:AlternateContent><mc:Fallback><v>3</v></mc:Fallback></mc:AlternateContent><v>8</v></c>` +
			`<c t="inlineStr"><is><extLst><t>no</t></extLst><t>yes</t><v>2</v></is></c><c><v xmlns="urn:other">4</v></c></row>`, "1|7<number>|<extLst><unread>|<v><unread>|<AlternateContent><unread>|<extLst><unread>|<v><unread>\n"},
		{"how a text is pronounced", `<row><c t="inlineStr"><is><r><t>a</t></r><rPh sb="0" eb="1"><t>eh</t></rPh><phoneticPr/><r><rPr/><t>b</t></r></is></c></row>`, "1|ab\n"},
		{"cells out of order", `<row r="2"><c r="C2"><v>3</v></c><c r="A2"><v>1</v></c></row>`, "2|1<number>||3<number>\n"},
		{"rows in pieces", `<row r="2"><c r="C2"><v>3</v></c></row><row r="1"><c r="A1"><v>0</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>`, "1|0<number>\n2|1<number>||3<number>\n"},
		{"rows that only their cells number", `<row><c r="B3"><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>`, "3||1<number>|2<number>\n4|3<number>\n"},
		{"space about numbers", "<row><c><v> 7\n</v></c><c t=\"s\"><v> 0 </v></c></row>", "1|7<number>|one\n"},
		{"days as text of the strict format", `<row><c t="d"><v>2017-04-01T00:00:00</v></c><c t="d"><v>2017-04-01T12:30:00Z</v></c></row>`, "1|2017-04-01<date>|2017-04-01T12:30:00Z<date>\n"},
		{"a comment and a broken up text", `<row><c t="str"><v>a<!-- b -->c<![CDATA[<d>]]></v></c></row>`, "1|ac<d>\n"},
		{"truth", `<row><c t="b"><v>true</v></c><c t="b"><v>0</v></c></row>`, "1|TRUE<bool>|FALSE<bool>\n"},
		{"an error", `<row><c t="e"><v>#N/A</v></c></row>`, "1|#N/A<error>\n"},
		{"a date as text", `<row><c t="d"><v>2017-04-01</v></c></row>`, "1|2017-04-01<date>\n"},
		{"days from 1904", `<row><c s="1"><v>41364</v></c></row>`, "1|2017-04-01<date>\n"},
		{"a number that is none", `<row><c><v>NaN</v></c></row>`, "1|#NUM!<error>\n"},
		{"the stored digits of 0.8569", `<row><c><v>0.85690000000000011</v></c><c><v>-0</v></c></row>`, "1|0.8569000000000001<number>|0<number>\n"},
		{"rows out of order", `<row r="2"><c><v>2</v></c></row><row r="1"><c><v>1</v></c></row>`, "1|1<number>\n2|2<number>\n"},
		{"an empty shared text", `<row><c t="s"><v>1</v></c></row>`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := decode(t, "x.xlsx", minimalXLSX(t, "<worksheet><sheetData>"+test.sheet+"</sheetData></worksheet>"))
			if diff := cmp.Diff("[S]\n"+test.want, picture(p)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// zipFile packs names and contents in turn.
func zipFile(t testing.TB, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		f, err := w.Create(members[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(members[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipFile(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchives(t *testing.T) {
	workbook := excelFile(t, func(f *excelize.File) { set(f, map[string]any{"A1": 1}) })
	archive := zipFile(t, "2018/april.csv", "a,b\n", "May.XLSX", string(workbook), "june.xls", string(everyRecord().bytes()[:]),
		"notes.txt", "read me", "__MACOSX/april.csv", "x", ".hidden.csv", "x")
	p := decode(t, "x.zip", archive)
	var names []string
	for _, s := range p.Sheets {
		names = append(names, s.Name)
	}
	if diff := cmp.Diff([]string{"2018/april.csv", "May.XLSX/Sheet1", "june.xls/Cells", "june.xls/Notes"}, names); diff != "" {
		t.Error(diff)
	}
	if p.Format != publication.Zip {
		t.Errorf("format %s, want zip", p.Format)
	}
	p = decode(t, "x.csv.gz", gzipFile(t, []byte("a,b\n")))
	if got, want := picture(p), "[]\n1|a|b\n"; got != want || p.Format != publication.CSVGzip {
		t.Errorf("got %q of %s, want %q of csv.gz", got, p.Format, want)
	}
}

// The content decides, whatever the name says.
func TestContentDecidesTheFormat(t *testing.T) {
	workbook := excelFile(t, func(f *excelize.File) { set(f, map[string]any{"A1": 1}) })
	for _, test := range []struct {
		name    string
		content []byte
		want    publication.Format
	}{
		{"x.xls", []byte("a,b\n1,2\n"), publication.CSV},
		{"x.csv", everyRecord().bytes(), publication.XLS},
		{"x.xls", workbook, publication.XLSX},
		{"x.csv", workbook, publication.XLSX},
		{"x", workbook, publication.XLSX},
		{"x.xlsx", zipFile(t, "a.csv", "a,b"), publication.Zip},
		{"x.csv", gzipFile(t, []byte("a")), publication.CSVGzip},
		{"x.txt", []byte("\xff\xfea\x00"), publication.CSV},
	} {
		if got := decode(t, test.name, test.content).Format; got != test.want {
			t.Errorf("%s that begins with %.4q: format %s, want %s", test.name, test.content, got, test.want)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	workbook := excelFile(t, func(f *excelize.File) { set(f, map[string]any{"A1": "a", "B2": 1}) })
	old := everyRecord().bytes()
	sheet := func(data string) []byte {
		return minimalXLSX(t, "<worksheet><sheetData>"+data+"</sheetData></worksheet>")
	}
	locked := &xlsFile{sheets: []xlsSheet{{name: "A"}}}
	locked.globals.Write(biff(0x002f, make([]byte, 6)))
	stray := &xlsFile{sheets: []xlsSheet{{name: "A"}}}
	stray.sheets[0].body.Write(biff(0x00fd, uint16(4), uint16(2), uint16(0), uint32(9)))
	short := &xlsFile{sheets: []xlsSheet{{name: "A"}}}
	short.sheets[0].body.Write(biff(0x0203, uint16(4)))
	excel95 := (&xlsFile{}).stream()
	binary.LittleEndian.PutUint16(excel95[4:], 0x0500)
	many := bytes.Clone(old)
	binary.LittleEndian.PutUint32(many[40:], 1<<26) // sectors of the directory, of which this version has none
	looped := bytes.Clone(old)
	binary.LittleEndian.PutUint32(looped[512+4*2:], 2) // the first sector follows itself
	lockedZip := zipFile(t, "a.csv", "a,b")
	for at := range lockedZip {
		for mark, flags := range map[string]int{"PK\x03\x04": 6, "PK\x01\x02": 8} {
			if bytes.HasPrefix(lockedZip[at:], []byte(mark)) {
				lockedZip[at+flags] |= 1
			}
		}
	}
	for _, test := range []struct {
		name, file string
		content    []byte
		message    string
	}{
		{"an empty file", "x.csv", nil, "x.csv: is empty"},
		{"a page saved as xls", "x.xls", []byte("\r\n<!DOCTYPE html><table>"), "x.xls: is a web page or other markup saved under that name; accepted: csv, xls, xlsx, zip, csv.gz, json"},
		{"a PDF document", "x.csv", []byte("%PDF-1.7"), "x.csv: is a PDF document"},
		{"neither what it claims nor anything else", "x.xls", []byte("\x00\x01\x02\x03"), `x.xls: claims to be xls by its name but begins with "\x00\x01\x02\x03"; accepted: csv, xls, xlsx, zip, csv.gz, json`},
		{"nothing known", "x", []byte("\x7fELF\x02\x01"), `x: begins with "\x7fELF\x02\x01"; accepted`},
		{"a NUL byte", "x.csv", []byte("a,b\n1,\x002\n"), "x.csv, row 2: holds a NUL byte"},
		{"UTF-16 without a mark", "x.csv", []byte("a\x00,\x00"), "x.csv, row 1: holds a NUL byte"},
		{"half a character of UTF-16", "x.csv", []byte("\xff\xfea\x00,"), "is cut short: it ends in the middle of a UTF-16 character"},
		{"a mark of UTF-8 on other text", "x.csv", []byte("\xef\xbb\xbf\xa3"), "is marked as UTF-8"},
		{"rows that two stray quotes make one", "x.csv", []byte("a,b,c\n1,2,\"late\n3,4,\"\n5,6,7\n"), "x.csv, row 2: goes on in lines that look like rows of their own"},
		{"rows that quotes within them make one", "x.csv", []byte("a;b;c\n1;\"x;2\n3;y\";4\n"), "x.csv, row 2: goes on in lines that look like rows of their own"},
		{"a csv cut within quotes", "x.csv", []byte("a,b\n1,2\n\"1\n,2"), "x.csv, row 3: ends inside a quotation: the file is cut short"},
		{"text after a closing quote", "x.csv", []byte("a,b\n\"1\"x,2\n"), `x.csv, row 2: has 'x' after a closing quote, where the delimiter ',' or the end of the line is accepted`},

		{"an xlsx cut short", "x.xlsx", workbook[:len(workbook)/2], "x.xlsx: is cut short or damaged: the directory at the end of the xlsx"},
		{"a zip cut short", "x.zip", zipFile(t, "a.csv", "a,b")[:30], "x.zip: is cut short or damaged: the directory at the end of the zip"},
		{"an xls cut short", "x.xls", old[:len(old)/2], "x.xls: is cut short"},
		{"an xls cut within its header", "x.xls", old[:100], "x.xls: is cut short: the xls ends within its header"},
		{"a gz cut short", "x.csv.gz", gzipFile(t, []byte("a,b\n"))[:20], "x.csv.gz: is cut short: its gz ends too early"},
		{"a gz cut within its header", "x.csv.gz", []byte("\x1f\x8b\x08"), "x.csv.gz: is a damaged gz"},
		{"a gz of something else", "x.gz", gzipFile(t, workbook), "x.gz: is of the format xlsx; accepted: csv"},
		{"a zip of a zip", "x.zip", zipFile(t, "a.csv", string(zipFile(t, "b.csv", "b"))), "x.zip, sheet a.csv: is of the format zip; accepted: csv, xls, xlsx"},
		{"a zip of other files", "x.zip", zipFile(t, "a.txt", "a", "b/", ""), `x.zip: is a zip without a csv, xls or xlsx; it holds 2 other members ["a.txt" "b/"]`},
		{"a JSON cut short", "x.json", []byte(`{"RCF": {"n": 1}`), "x.json: is cut short or damaged"},
		{"a JSON cut within a text", "x.json", []byte(`{"RCF": {"n": "1`), "x.json: is cut short or damaged"},
		{"a JSON with more behind it", "x.json", []byte(`{"RCF": {"n": 1}} {}`), "x.json: goes on after the end of its JSON"},
		{"a JSON with a trailing comma", "x.json", []byte(`[{"n": 1},]`), "x.json: is cut short or damaged"},
		{"a JSON without rows", "x.json", []byte(`{"title": "A&E"}`), "x.json, row 2: found A&E where an object with the fields of a row is accepted"},
		{"a JSON within a JSON", "x.json", []byte(`{"RCF": {"n": 1, "of": {"n": 2}}}`), `x.json, row 2, column C: the field "of" holds a list or an object; accepted: a text, a number or null`},
		{"a JSON that states a field twice", "x.json", []byte(`[{"n": 1}, {"n": 1, "n": 2}]`), `x.json, row 3, column A: the field "n" is there twice`},
		{"a JSON of another encoding", "x.json", []byte("{\"caf\xe9\": {\"n\": 1}}"), "x.json: is JSON that is not valid UTF-8"},
		{"text saved as JSON", "x.json", []byte("\x01n"), "x.json: claims to be json by its name but begins with"},
		{"a fault within a zip", "x.zip", zipFile(t, "a.csv", "a\n\"b"), "x.zip, sheet a.csv, row 2: ends inside a quotation"},
		{"a zip with a password", "x.zip", lockedZip, "x.zip, sheet a.csv: is protected by a password"},

		{"an xls with a password", "x.xls", locked.bytes(), "x.xls: is protected by a password"},
		{"an xlsx with a password", "x.xlsx", compound("EncryptedPackage", nil), "x.xlsx: is protected by a password"},
		{"a workbook of Excel 95", "x.xls", compound("Book", nil), "x.xls: is a workbook of Excel 95 or older"},
		{"records of Excel 95", "x.xls", compound("Workbook", excel95), "is not of version BIFF8"},
		{"a compound file of something else", "x.xls", compound("Contents", nil), "x.xls: holds no workbook"},
		{"a Word document", "x.xls", compound("WordDocument", nil), "x.xls: is a Word document; accepted: xls"},
		{"an xls that counts sectors it has not", "x.xls", many, "x.xls: is cut short or damaged: the xls counts more sectors than it has"},
		{"an xls that leads back into itself", "x.xls", looped, "is cut short or damaged: a record ends too early"},
		{"a text that is not there", "x.xls", stray.bytes(), "x.xls, sheet A, row 5, column C: refers to text 9 of 0"},
		{"a record too short", "x.xls", short.bytes(), "x.xls, sheet A: is cut short or damaged: a record ends too early"},

		{"an office document of another kind", "x.xlsx", zipFile(t, "[Content_Types].xml", "", "_rels/.rels", "<Relationships/>"), "x.xlsx: is an office document without a workbook"},
		{"a missing part", "x.xlsx", zipFile(t, "[Content_Types].xml", ""), "x.xlsx: is damaged: its part _rels/.rels is missing"},
		{"broken markup", "x.xlsx", sheet("<row><c><v>1</c>&nope;"), "x.xlsx, sheet S: is damaged: its part xl/worksheets/s.xml"},
		{"a sheet that ends too early", "x.xlsx", minimalXLSX(t, "<worksheet>"), "x.xlsx, sheet S: is damaged: its part xl/worksheets/s.xml ends too early"},
		{"a number that is none", "x.xlsx", sheet(`<row><c/><c><v>12a</v></c></row>`), `x.xlsx, sheet S, row 1, column B: stores "12a" as a number`},
		{"a shared text that is not there", "x.xlsx", sheet(`<row><c t="s"><v>7</v></c></row>`), `column A: refers to text "7" of 2`},
		{"a kind of cell unknown", "x.xlsx", sheet(`<row><c t="q"><v>7</v></c></row>`), `is of a kind "q"; accepted: b, d,`},
		{"a row of no number", "x.xlsx", sheet(`<row r="0"/>`), `numbers a row "0"`},
		{"a cell outside a row", "x.xlsx", sheet(`<c><v>7</v></c>`), "x.xlsx, sheet S: is damaged: its part xl/worksheets/s.xml has a cell outside a row"},
		{"a cell of no column", "x.xlsx", sheet(`<row><c r="7"/></row>`), `a cell is numbered "7"`},
		{"a cell of another row", "x.xlsx", sheet(`<row r="2"><c r="A3"><v>7</v></c></row>`), "has cell A3 in row 2"},
		{"a cell twice", "x.xlsx", sheet(`<row><c r="A1"><v>7</v></c><c r="A1"><v>8</v></c></row>`), "x.xlsx, sheet S, row 1, column A: the cell is there twice"},
		{"a cell twice in two pieces of its row", "x.xlsx", sheet(`<row r="1"><c><v>7</v></c></row><row r="2"><c><v>7</v></c></row><row r="1"><c><v>8</v></c></row>`), "sheet S, row 1, column A: the cell is there twice"},
		{"two values", "x.xlsx", sheet(`<row><c><v>7</v><v>00</v></c></row>`), "row 1, column A: holds two elements v"},
		{"a hexadecimal number", "x.xlsx", sheet(`<row><c><v>0x1p4</v></c></row>`), `stores "0x1p4" as a number`},
		{"neither true nor false", "x.xlsx", sheet(`<row><c t="b"><v>7</v></c></row>`), `stores "7" as true or false`},
		{"rows in alternative forms", "x.xlsx", sheet(`<mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice><row><c><v>7</v></c></row></mc:Choice></mc:AlternateContent>`), "holds rows or cells in alternative forms"},
		{"a sheet in alternative forms", "x.xlsx", minimalXLSX(t, `<worksheet><mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice><sheetData><row><c><v>7</v></c></row></sheetData></mc:Choice></mc:AlternateContent></worksheet>`), "holds rows or cells in alternative forms"},
		{"a cell of another namespace", "x.xlsx", sheet(`<row><z:c xmlns:z="urn:z"><v>7</v></z:c></row>`), "holds an element c among its rows or cells, which is not read"},
		{"a row of another namespace", "x.xlsx", sheet(`<z:row xmlns:z="urn:z"><c><v>7</v></c></z:row>`), "holds an element row among its rows or cells, which is not read"},
		{"a row of another name", "x.xlsx", sheet(`<line><c><v>7</v></c></line>`), "holds an element line among its rows or cells, which is not read"},
		{"a document type with entities", "x.xlsx", minimalXLSX(t, `<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet/>`), "declares a document type"},
		{"elements that end in each other's place", "x.xlsx", minimalXLSX(t, `<worksheet><sheetData></worksheet></sheetData>`), "element <sheetData> closed by </worksheet>"},
		{"elements without end", "x.xlsx", minimalXLSX(t, "<worksheet>"+strings.Repeat("<a>", 100)), "elements lie more than 64 deep"},
		{"another part for a worksheet", "x.xlsx", minimalXLSX(t, `<chartsheet/>`), `is no worksheet but "chartsheet"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := read(t.Context(), test.file, test.content, publication.Limits{})
			var known *publication.Error
			if p != nil || !errors.As(err, &known) || known.File != test.file {
				t.Fatalf("got %v and error %v, want an *Error of %s", p, err, test.file)
			}
			if !strings.Contains(err.Error(), test.message) {
				t.Errorf("error %q\nwant one with %q", err, test.message)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	csv := []byte("a,b,c\n1,22,333\n")
	workbook := excelFile(t, func(f *excelize.File) { set(f, map[string]any{"A1": strings.Repeat("a", 100), "C3": 1}) })
	repeated := bytes.Repeat([]byte("0,0\n"), 1<<20)
	for _, test := range []struct {
		name    string
		content []byte
		limits  publication.Limits
		message string
	}{
		{"size", csv, publication.Limits{Bytes: 10}, "x: is 15 bytes long, more than the limit of 10"},
		{"csv in a zip", zipFile(t, "a.csv", "a\n", "b.csv", "b\n", "c.csv", "c\n"), publication.Limits{Sheets: 2}, "holds more sheets than the limit of 2"},
		{"size of a workbook", workbook, publication.Limits{Workbook: 10}, "x: is a workbook of "},
		{"lines of a csv", csv, publication.Limits{Lines: 1}, "x, row 2: lies beyond the limit of 1 lines"},
		{"rows of a workbook", workbook, publication.Limits{Rows: 2}, "x, sheet Sheet1, row 3, column C: lies beyond the limit of 2 rows"},
		{"a record", []byte("a\n\"" + strings.Repeat("0,0\n", 9<<20)), publication.Limits{}, "x, row 2: begins a record of more than 16777216 bytes: a quote is missing"},
		{"columns of a csv", csv, publication.Limits{Columns: 2}, "x, row 1: has more columns than the limit of 2"},
		{"columns of a workbook", workbook, publication.Limits{Columns: 2}, "x, sheet Sheet1, row 3, column C: lies beyond the limit of 2 columns"},
		{"a cell", csv, publication.Limits{CellBytes: 2}, "x, row 2, column C: holds 3 bytes, more than the limit of 2 for one cell"},
		{"cells left empty", workbook, publication.Limits{Cells: 3}, "x, sheet Sheet1, row 3, column C: the file holds more cells"},
		{"unpacked size of a workbook", workbook, publication.Limits{Unpacked: 100}, "unpacks to more than the limit of 100 bytes"},
		{"unpacked size of a gz", gzipFile(t, repeated), publication.Limits{Bytes: 1 << 20, Ratio: 10_000}, "x: unpacks to more than the limit of 1048576 bytes"},
		{"ratio", gzipFile(t, repeated), publication.Limits{}, "x: unpacks to more than 200 times its size, the limit"},
		{"ratio within a zip", zipFile(t, "a.csv", string(repeated)), publication.Limits{}, "x, sheet a.csv: unpacks to more than 200 times"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := read(t.Context(), "x", test.content, test.limits)
			var known *publication.Error
			if !errors.As(err, &known) || !strings.Contains(err.Error(), test.message) {
				t.Errorf("error %v\nwant an *Error with %q", err, test.message)
			}
		})
	}
}

func TestDecodeStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	workbook := excelFile(t, func(f *excelize.File) { set(f, map[string]any{"A1": "a"}) })
	for _, content := range [][]byte{[]byte("a"), workbook, everyRecord().bytes(), zipFile(t, "a.csv", "a")} {
		if _, err := publication.Decode(ctx, "x", content, publication.Limits{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%.4q: error %v, want the context's", content, err)
		}
	}
}

func TestColumnName(t *testing.T) {
	for column, want := range map[int]string{-1: "", 0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", 16383: "XFD"} {
		if got := publication.ColumnName(column); got != want {
			t.Errorf("ColumnName(%d) = %q, want %q", column, got, want)
		}
	}
}

func TestCellBeyondTheRow(t *testing.T) {
	r := publication.Row{Cells: []publication.Cell{{Text: "a", Kind: publication.KindText}}}
	if r.Cell(-1) != (publication.Cell{}) || r.Cell(1) != (publication.Cell{}) || r.Cell(0).Text != "a" {
		t.Error("a row has cells where it has none, or lacks one that it has")
	}
}

// published finds the folder of files as their publishers released them.
func published(t testing.TB) string {
	t.Helper()
	shared := os.Getenv("STP_SHARED")
	if shared == "" {
		folder, err := filepath.Abs(".")
		for err == nil {
			if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
				break
			}
			if folder == filepath.Dir(folder) {
				t.Fatal("no folder above holds go.mod")
			}
			folder = filepath.Dir(folder)
		}
		shared = filepath.Join(folder, "..", "shared")
	}
	folder := filepath.Join(shared, "data", "published")
	if _, err := os.Stat(folder); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the published files are missing: %v", err)
		}
		t.Skipf("the published files are missing, set STP_SHARED to their folder: %v", err)
	}
	return folder
}

func TestPublishedFiles(t *testing.T) {
	for _, test := range []struct {
		pattern string
		format  publication.Format
		files   int
	}{
		{"ae/*.xls", publication.XLS, 33},
		{"ae/*.xlsx", publication.XLSX, 1},
		{"ae/*.csv", publication.CSV, 24},
		{"delays/*.xls", publication.XLS, 1},
		{"cancer/*.xlsx", publication.XLSX, 2},
		{"loans/*.xlsx", publication.XLSX, 4},
		{"prescribing/*.csv", publication.CSV, 5},
	} {
		names, err := filepath.Glob(filepath.Join(published(t), test.pattern))
		if err != nil || len(names) != test.files {
			t.Errorf("%s: %d files, want %d (%v)", test.pattern, len(names), test.files, err)
		}
		for _, name := range names {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			p := decode(t, filepath.Base(name), content)
			cells := 0
			for _, s := range p.Sheets {
				for _, r := range rows(s) {
					cells += len(r.Cells)
				}
			}
			if p.Format != test.format || cells < 3000 {
				t.Errorf("%s: %d cells of %s, want thousands of %s", p.Name, cells, p.Format, test.format)
			}
		}
	}
}

func TestPublishedCells(t *testing.T) {
	const april2017 = "ae/April-2017-AE-by-provider-revised-14.06.18-D44fd.xls"
	files := map[string]*publication.Publication{}
	for _, test := range []struct {
		file, sheet string
		row         uint32
		column      string
		text        string
		kind        publication.Kind
	}{
		{april2017, "Provider Level Data", 6, "C", "April 2017", publication.KindText},
		{april2017, "Provider Level Data", 17, "D", "England", publication.KindText},
		{april2017, "Provider Level Data", 17, "H", "1949762", publication.KindNumber},
		{april2017, "Provider Level Data", 17, "Q", "0.8569268183351771", publication.KindNumber},
		{april2017, "Provider Level Data", 20, "B", "R1H", publication.KindText},
		{"ae/January-2016-AE-by-provider-3rN3I.xls", "A&E Data", 17, "F", "47208.42857143", publication.KindNumber},
		{"ae/June-2015-AE-by-org-revised-nlixs.xlsx", "A&E Data", 17, "H", "1911209", publication.KindNumber},
		{"ae/June-2015-AE-by-org-revised-nlixs.xlsx", "A&E Data", 17, "M", "0.9226208821073748", publication.KindNumber},
		{"ae/June-2015-AE-by-org-revised-nlixs.xlsx", "A&E Data", 59, "M", "N/A", publication.KindText},
		{"ae/MSitAE-April-2018.csv", "", 249, "A", "TOTAL", publication.KindText},
		{"ae/MSitAE-April-2018.csv", "", 249, "E", "1246348", publication.KindText},
		{"ae/MSitAE-April-2018.csv", "", 249, "P", "127543", publication.KindText},
		{"loans/bbc_nhs_debt_2016_17.xlsx", "IRSL(with normal cours of busis", 2, "C", "277500000", publication.KindNumber},
		{"loans/bbc_nhs_debt_2016_17.xlsx", "IRSL(with normal cours of busis", 51, "A", "#N/A", publication.KindText},
		{"prescribing/ebm_lplidocaine_ccg_month.csv", "", 2, "C", "7133.577660000001", publication.KindText},
	} {
		p, ok := files[test.file]
		if !ok {
			content, err := os.ReadFile(filepath.Join(published(t), test.file))
			if err != nil {
				t.Fatal(err)
			}
			p = decode(t, filepath.Base(test.file), content)
			files[test.file] = p
		}
		got, want := cellAt(p, test.sheet, test.row, test.column), publication.Cell{Text: test.text, Kind: test.kind}
		if got != want {
			t.Errorf("%s, sheet %q, row %d, column %s: %+v, want %+v", p.Name, test.sheet, test.row, test.column, got, want)
		}
	}
	hidden := map[string]bool{}
	for _, s := range files[april2017].Sheets {
		hidden[s.Name] = s.Hidden
	}
	want := map[string]bool{
		"Provider Level Data": false, "STP Level Data": false,
		"STP Mapping": true, "Acute Trust Footprint Data": true, "Acute Trust Mapping": true,
	}
	if diff := cmp.Diff(want, hidden); diff != "" {
		t.Error(diff)
	}
}

func cellAt(p *publication.Publication, sheet string, row uint32, column string) publication.Cell {
	s, ok := p.Sheet(sheet)
	if !ok {
		return publication.Cell{}
	}
	for _, r := range rows(*s) {
		for i, c := range r.Cells {
			if r.Number == row && publication.ColumnName(i) == column {
				return c
			}
		}
	}
	return publication.Cell{}
}

func BenchmarkDecode(b *testing.B) {
	names, err := filepath.Glob(filepath.Join(published(b), "ae", "*"))
	if err != nil {
		b.Fatal(err)
	}
	contents := make([][]byte, len(names))
	for i, name := range names {
		if contents[i], err = os.ReadFile(name); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		for i, content := range contents {
			decode(b, names[i], content)
		}
	}
}

func TestJSONIsATable(t *testing.T) {
	for name, test := range map[string]struct {
		content string
		want    []string
	}{
		"by code": {
			"\xef\xbb\xbf{\"RCF\": {\"name\": \"Airedale\", \"n\": \" 12\", \"share\": 98.70}, \"RAE\": {\"n\": null, \"name\": \"Bradford\", \"open\": true}}",
			[]string{"1 key name n share open", "2 RCF Airedale  12 98.70", "3 RAE Bradford   true"},
		},
		"a list":      {`[{"code": "RCF", "n": 1}, {}, {"n": 2e3}]`, []string{"1 code n", "2 RCF 1", "4  2e3"}},
		"a row twice": {`{"RCF": {"n": 1}, "RCF": {"n": 2}}`, []string{"1 key n", "2 RCF 1", "3 RCF 2"}},
		"no rows":     {`[]`, nil},
	} {
		p, err := read(t.Context(), "x.json", []byte(test.content), publication.Limits{})
		if err != nil || p.Format != publication.JSON || len(p.Sheets) != 1 {
			t.Errorf("%s: %+v, %v", name, p, err)
			continue
		}
		var got []string
		for _, row := range rows(p.Sheets[0]) {
			texts := []string{fmt.Sprint(row.Number)}
			for _, cell := range row.Cells {
				texts = append(texts, cell.Text)
			}
			got = append(got, strings.Join(texts, " "))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if _, err := read(t.Context(), "x.json", []byte(`[{"n": 1}, {"n": 2}]`), publication.Limits{Rows: 2}); err == nil || !strings.Contains(err.Error(), "row 3") {
		t.Error(err)
	}
	if _, err := read(
		t.Context(),
		"x.json",
		[]byte(`[{"n": 1}, {"n": 2}]`),
		publication.Limits{Workbook: 10},
	); err == nil ||
		!strings.Contains(err.Error(), "more than the limit of 10") {
		t.Error(err)
	}
	// A zip's notes for programs are no figures.
	if p, err := read(t.Context(), "x.zip", zipFile(t, "a.csv", "a,b", "datapackage.json", "{}"), publication.Limits{}); err != nil || len(p.Passed) != 1 {
		t.Error(p, err)
	}
}
