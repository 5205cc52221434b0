package publication_test

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/publication"
)

// A prefix stands for what the nearest element says, in every part of a workbook.
func TestPrefixesEndWithTheirElements(t *testing.T) {
	const main, relations = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const other = `<x:extLst><q:ext xmlns:q="urn:q" xmlns:x="urn:other"><x:v>5</x:v></q:ext></x:extLst>`
	const strange = `<x:strange xmlns:x="urn:other"><x:sheet name="T" r:id="9"/></x:strange>`
	sheet := func(rows string) string {
		return `<x:worksheet xmlns:x="` + main + `"><x:sheetData>` + rows + `</x:sheetData></x:worksheet>`
	}
	workbook := func(sheet string) []byte {
		return zipFile(
			t,
			"[Content_Types].xml",
			"<Types/>",
			"_rels/.rels",
			`<p:Relationships xmlns:p="urn:p"><p:Relationship Id="r" Type="`+relations+`/officeDocument" Target="xl/workbook.xml"/></p:Relationships>`,
			"xl/workbook.xml",
			`<x:workbook xmlns:x="`+main+`" xmlns:r="`+relations+`"><x:extLst>`+strange+`</x:extLst><x:sheets><x:sheet name="S" z:id="none" xmlns:z="urn:z" r:id="1"/></x:sheets></x:workbook>`,
			"xl/_rels/workbook.xml.rels",
			`<Relationships xmlns="urn:p"><Relationship Id="1" Type="`+relations+`/worksheet" Target="s.xml"/>`+
				`<Relationship Id="2" Type="`+relations+`/sharedStrings" Target="t.xml"/><Relationship Id="3" Type="`+relations+`/styles" Target="u.xml"/></Relationships>`,
			"xl/t.xml",
			`<x:sst xmlns:x="`+main+`"><x:si><x:t>one</x:t><x:rPh><x:t xmlns:x="urn:other">no</x:t></x:rPh></x:si><x:si><x:t>two</x:t></x:si>`+
				`<x:si><x:t>th</x:t><x:b>ree</x:b></x:si><x:si><y:t xmlns:y="urn:y">four</y:t></x:si><x:si>five</x:si></x:sst>`,
			"xl/u.xml",
			`<x:styleSheet xmlns:x="`+main+`"><x:fonts><x:font xmlns:x="urn:other"><x:b/></x:font></x:fonts><x:cellXfs><x:xf numFmtId="0"/><x:xf numFmtId="14"/></x:cellXfs></x:styleSheet>`,
			"xl/s.xml",
			sheet,
		)
	}
	for _, test := range []struct{ name, sheet, want string }{
		{
			"an extension of a row", sheet(`<x:row><x:c><x:v>1</x:v></x:c>` + other + `</x:row><x:row><x:c><x:v>2</x:v></x:c></x:row><x:row><x:c t="s"><x:v>1</x:v></x:c><x:c s="1"><x:v>1</x:v></x:c></x:row>`),
			"1|1<number>\n2|2<number>\n3|two|1900-01-01<date>\n",
		},
		{"an extension of a cell", sheet(`<x:row><x:c><x:v>1</x:v>` + other + `</x:c><x:c><x:v>2</x:v></x:c></x:row>`), "1|1<number>|2<number>\n"},
		{
			"a namespace without a prefix", `<worksheet xmlns="` + main + `"><sheetPr xmlns="urn:other"/><sheetData><row><c><v>1</v><extLst><v xmlns="urn:other">3</v></extLst></c></row><row><c><v>2</v></c></row></sheetData></worksheet>`,
			"1|1<number>\n2|2<number>\n",
		},
		{"a second prefix", `<worksheet xmlns="` + main + `" xmlns:y="` + main + `"><y:sheetData><row><y:c><v>1</v></y:c></row></y:sheetData></worksheet>`, "1|1<number>\n"},
		{
			"shared texts that are not read whole", sheet(`<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>2</x:v></x:c><x:c t="s"><x:v>3</x:v></x:c><x:c t="s"><x:v>4</x:v></x:c></x:row>`),
			"1|one|<b><unread>|<t><unread>|text outside its elements<unread>\n",
		},
	} {
		if got := picture(decode(t, "x.xlsx", workbook(test.sheet))); got != "[S]\n"+test.want {
			t.Errorf("%s: %s", test.name, cmp.Diff("[S]\n"+test.want, got))
		}
	}
	plain := sheet(`<x:row><x:c><x:v>1</x:v></x:c></x:row>`)
	for part, alternative := range map[string][2]string{ // a member of a list in another form is not missed without a word
		"workbook.xml":      {"<x:sheets>", `<x:sheets><mc:AlternateContent xmlns:mc="urn:mc"><x:sheet name="T"/></mc:AlternateContent>`},
		"workbook.xml.rels": {`<Relationship Id="1"`, `<AlternateContent xmlns="urn:mc"/><Relationship Id="1"`},
		"t.xml":             {"<x:si>", `<mc:AlternateContent xmlns:mc="urn:mc"><x:si/></mc:AlternateContent><x:si>`},
		"u.xml":             {"<x:cellXfs>", `<x:cellXfs><mc:AlternateContent xmlns:mc="urn:mc"><x:xf/></mc:AlternateContent>`},
	} {
		content := rewritten(t, workbook(plain), func(name string, c []byte) (string, []byte) {
			if strings.HasSuffix(name, "/"+part) {
				return name, []byte(strings.Replace(string(c), alternative[0], alternative[1], 1))
			}
			return name, c
		})
		if _, err := read(
			t.Context(),
			"x.xlsx",
			content,
			publication.Limits{},
		); err == nil ||
			!strings.Contains(err.Error(), "holds an element AlternateContent, which is not read") {
			t.Errorf("%s: error %v", part, err)
		}
	}
}

// A record of a cell that is not read is no blank cell.
func TestRecordsThatAreNotRead(t *testing.T) {
	at := func(column int) []any { return []any{uint16(0), uint16(column), uint16(0)} }
	formula := func(kind byte) []byte {
		return biff(0x0006, append(at(0), [8]byte{kind, 0, 1, 0, 0, 0, 0xff, 0xff}, uint16(0), uint32(0), uint16(0))...)
	}
	for name, test := range map[string]struct {
		record []byte
		want   string
	}{
		"a whole number of BIFF2":       {biff(0x0002, append(at(0), uint8(0), uint16(41))...), "<whole number><unread>"},
		"a number of BIFF2":             {biff(0x0003, append(at(0), uint8(0), math.Float64bits(41))...), "<number><unread>"},
		"a text of BIFF2":               {biff(0x0004, append(at(0), uint8(0), uint8(1), []byte("4"))...), "<text><unread>"},
		"a truth of BIFF2":              {biff(0x0005, append(at(0), uint8(0), uint8(1), uint8(0))...), "<true, false or error><unread>"},
		"a short number of older ones":  {biff(0x007e, append(at(0), uint32(41<<2|2))...), "<number><unread>"},
		"a formula of BIFF3":            {biff(0x0206, append(at(0), math.Float64bits(41), uint16(0), uint16(0))...), "<formula><unread>"},
		"a formula of BIFF4":            {biff(0x0406, append(at(0), math.Float64bits(41), uint16(0), uint16(0))...), "<formula><unread>"},
		"a formula's result of no kind": {formula(7), "=<formula>"},
		"neither true, false nor error": {biff(0x0205, append(at(0), uint8(41), uint8(9))...), "<true, false or error><unread>"},
	} {
		f := &xlsFile{sheets: []xlsSheet{{name: "A"}}}
		f.sheets[0].body.Write(test.record)
		f.sheets[0].body.Write(biff(0x0203, append(at(1), math.Float64bits(1))...))
		if got := picture(decode(t, "x.xls", f.bytes())); got != "[A]\n1|"+test.want+"|1<number>\n" {
			t.Errorf("%s: %q", name, got)
		}
	}
	cut := &xlsFile{sheets: []xlsSheet{{name: "A"}}}
	cut.sheets[0].body.Write(biff(0x00bd, uint16(0), uint16(0), uint16(0), uint32(41<<2|2), uint16(1))) // two numbers, of which one is there
	if _, err := read(t.Context(), "x.xls", cut.bytes(), publication.Limits{}); err == nil || !strings.Contains(err.Error(), "a record ends too early") {
		t.Errorf("several numbers cut short: error %v", err)
	}
}

// A sheet may hide all rows and columns of which it says nothing.
func TestHiddenByDefault(t *testing.T) {
	x := func(format, cols, rows string) []byte {
		return minimalXLSX(t, `<worksheet>`+format+cols+`<sheetData>`+rows+`</sheetData></worksheet>`)
	}
	const rows = `<row><c><v>1</v></c></row><row hidden="0"><c><v>1</v></c></row><row ht="12"><c><v>1</v></c></row><row hidden="1"><c><v>1</v></c></row>`
	l := func(defaults ...[]byte) []byte {
		f := &xlsFile{sheets: []xlsSheet{{name: "A"}}}
		for _, r := range defaults {
			f.sheets[0].body.Write(r)
		}
		for row := range 4 {
			if row > 0 {
				options := uint16(0x100)
				if row == 3 {
					options |= 0x20
				}
				f.sheets[0].body.Write(biff(0x0208, uint16(row), uint16(0), uint16(1), uint16(255), uint32(0), options, uint16(0)))
			}
			f.sheets[0].body.Write(biff(0x0203, uint16(row), uint16(0), uint16(0), math.Float64bits(1)))
		}
		return f.bytes()
	}
	for name, test := range map[string]struct {
		content []byte
		rows    string
		columns string
	}{
		"a.xlsx": {x(`<sheetFormatPr zeroHeight="1"/>`, "", rows), "1001", "00"},
		"b.xlsx": {x(`<sheetFormatPr defaultRowHeight="0"/>`, "", rows), "1001", "00"},
		"c.xlsx": {x(`<sheetFormatPr defaultRowHeight="15"/>`, "", rows), "0001", "00"},
		"d.xlsx": {x(`<sheetFormatPr defaultColWidth="0"/>`, `<cols><col min="2" max="2" width="9"/></cols>`, rows), "0001", "10"},
		"e.xls":  {l(biff(0x0225, uint16(2), uint16(255))), "1001", "00"},
		"f.xls":  {l(biff(0x0225, uint16(0), uint16(255)), biff(0x0055, uint16(8))), "0001", "00"},
		"g.xls":  {l(biff(0x0055, uint16(0)), biff(0x007d, uint16(1), uint16(1), uint16(2000), uint16(0), uint16(0), uint16(0))), "0001", "10"},
	} {
		sheet := decode(t, name, test.content).Sheets[0]
		var got [2]strings.Builder
		bit := map[bool]byte{false: '0', true: '1'}
		for row := range sheet.Rows() {
			got[0].WriteByte(bit[row.Hidden])
		}
		for column := range 2 {
			got[1].WriteByte(bit[sheet.HiddenColumn(column)])
		}
		if got[0].String() != test.rows || got[1].String() != test.columns {
			t.Errorf("%s: hidden rows %s, columns %s; want %s, %s", name, &got[0], &got[1], test.rows, test.columns)
		}
	}
}

// A footnote's mark, or a part that was withdrawn, is no digit of the figure beside it, and what a reader does not see is none.
func TestFiguresThatReadersSeeOtherwise(t *testing.T) {
	const fonts = `<fonts><font/><font><strike/></font><font><strike val="0"/></font></fonts><numFmts><numFmt numFmtId="200" formatCode=";;;"/><numFmt numFmtId="201" formatCode="0;;"/></numFmts>`
	styles := `<styleSheet>` + fonts + `<cellXfs><xf/><xf fontId="1"/><xf fontId="2"/><xf numFmtId="200"/><xf numFmtId="201"/></cellXfs></styleSheet>`
	run := func(look, text string) string { return `<r><rPr>` + look + `</rPr><t>` + text + `</t></r>` }
	inline := func(content string) string { return `<c t="inlineStr"><is>` + content + `</is></c>` }
	const raised, lowered, struck = `<b/><vertAlign val="superscript"/>`, `<vertAlign val="subscript"/>`, `<strike/>`
	const apart = "a figure with a part that is raised, lowered or struck out<unread>"
	shared := `<sst><si>` + run(
		"",
		"92",
	) + run(
		raised,
		"3",
	) + `</si><si><t>92</t></si><si>` + run(
		"",
		"Beds open overnight",
	) + run(
		raised,
		"3",
	) + `</si><si><t>9</t><t>2</t></si></sst>`
	for cells, want := range map[string]string{
		inline(run("", "905") + run(raised, "1")):                  apart,
		inline(run("", "2016/17") + run(lowered, "2")):             apart,
		inline(run(struck, "6") + run("", "700")):                  apart,
		inline(run(`<strike val="false"/>`, "6") + run("", "700")): "6700",
		inline(run(`<vertAlign val="baseline"/>`, "700")):          "700",
		inline(run("", "Beds open") + run(raised, " 1")):           "Beds open 1",
		inline(`<t>9</t><t>05</t>`):                                "<t><unread>",
		inline(`<t>9</t>` + run("", "05")):                         "<r><unread>",
		inline(`<r><t>9</t><t>05</t></r>`):                         "<t><unread>",
		`<c t="s"><v>0</v></c><c t="s"><v>1</v></c>`:               apart + "|92",
		`<c t="s"><v>2</v></c><c t="s"><v>3</v></c>`:               "Beds open overnight3|<t><unread>",
		`<c s="1"><v>910</v></c><c s="2"><v>910</v></c>`:           "a figure that is struck out<unread>|910<number>",
		`<c t="e"><v>180</v></c><c t="e"><v>#N/A</v></c>`:          "an error that is none<unread>|#N/A<error>",
		`<c t="inlineStr"><f>A1</f><is><t/></is></c><c/>`:          "=A1<formula>",
		`<c s="3"><v>906</v></c><c s="4"><v>906</v></c><c/>`:       "a figure that its number format does not show<unread>|906<number>",
	} {
		content := zipFile(
			t,
			"[Content_Types].xml",
			"<Types/>",
			"_rels/.rels",
			`<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/w.xml"/></Relationships>`,
			"xl/w.xml",
			`<workbook xmlns:r="x/relationships"><sheets><sheet name="S" r:id="1"/></sheets></workbook>`,
			"xl/_rels/w.xml.rels",
			`<Relationships><Relationship Id="1" Type="x/worksheet" Target="s.xml"/><Relationship Id="2" Type="x/sharedStrings" Target="t.xml"/><Relationship Id="3" Type="x/styles" Target="u.xml"/></Relationships>`,
			"xl/t.xml",
			shared,
			"xl/u.xml",
			styles,
			"xl/s.xml",
			`<worksheet><sheetData><row>`+cells+`</row></sheetData></worksheet>`,
		)
		if got := picture(decode(t, "x.xlsx", content)); got != "[S]\n1|"+want+"\n" {
			t.Errorf("%s: %s", cells, cmp.Diff("[S]\n1|"+want+"\n", got))
		}
	}
}

func TestFiguresThatReadersSeeOtherwiseInXLS(t *testing.T) {
	f := &xlsFile{sheets: []xlsSheet{{name: "S"}}}
	font := func(grbit, raised uint16) []byte {
		return biff(0x0031, uint16(200), grbit, uint16(0), uint16(400), raised, make([]byte, 4), narrow("Arial")[1:])
	}
	for _, look := range [][2]uint16{{0, 0}, {0, 0}, {8, 0}, {0, 0}, {0, 1}} { // the numbers of these fonts are 0, 1, 2, 3 and 5
		f.globals.Write(font(look[0], look[1]))
	}
	f.globals.Write(biff(0x041e, uint16(200), narrow(";;;")))
	for _, style := range [][2]uint16{{0, 0}, {2, 0}, {0, 200}} {
		f.globals.Write(biff(0x00e0, style[0], style[1], make([]byte, 16)))
	}
	rich := func(text string, runs ...uint16) []byte {
		content := append(narrow(text)[:2], 8)
		content = append(binary.LittleEndian.AppendUint16(content, uint16(len(runs)/2)), text...)
		for _, field := range runs {
			content = binary.LittleEndian.AppendUint16(content, field)
		}
		return content
	}
	f.globals.Write(biff(0x00fc, uint32(4), uint32(4), rich("9051", 3, 5), rich("6700", 0, 2, 1, 0), rich("905", 0, 3), rich("Beds open3", 9, 5)))
	cells := &f.sheets[0].body
	for i := range uint32(4) {
		cells.Write(biff(0x00fd, uint16(0), uint16(i), uint16(0), i))
	}
	cells.Write(biff(0x027e, uint16(1), uint16(0), uint16(1), uint32(700<<2|2)))
	cells.Write(biff(0x027e, uint16(1), uint16(1), uint16(2), uint32(700<<2|2)))
	cells.Write(biff(0x00d6, uint16(1), uint16(2), uint16(0), narrow("70"), uint16(1), uint16(1), uint16(5)))
	cells.Write(biff(0x00bd, uint16(2), uint16(0), uint16(1), uint32(700<<2|2), uint16(0), uint32(2), uint16(0), uint32(700<<2|2), uint16(2)))
	cells.Write(biff(0x023e, uint16(0), uint16(0), uint16(0)))
	const apart = "a figure with a part that is raised, lowered or struck out<unread>"
	want := "[S]\n1|" + apart + "|" + apart + "|905|Beds open3\n2|a figure that is struck out<unread>|a figure that its number format does not show<unread>|" + apart +
		"\n3|a figure that is struck out<unread>|a figure that its number format does not show<unread>|700<number>\n"
	if got := picture(decode(t, "x.xls", f.bytes())); got != want {
		t.Error(cmp.Diff(want, got))
	}
}

// A sheet may show nothing for zero.
func TestSheetsThatShowNoZeros(t *testing.T) {
	for view, want := range map[string]string{
		`showZeros="0"`: "a figure that its number format does not show<unread>|905<number>|0", `showZeros="1"`: "0<number>|905<number>|0", "": "0<number>|905<number>|0",
	} {
		content := zipFile(
			t,
			"[Content_Types].xml",
			"<Types/>",
			"_rels/.rels",
			`<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/w.xml"/></Relationships>`,
			"xl/w.xml",
			`<workbook xmlns:r="x/relationships"><sheets><sheet name="S" r:id="1"/></sheets></workbook>`,
			"xl/_rels/w.xml.rels",
			`<Relationships><Relationship Id="1" Type="x/worksheet" Target="s.xml"/></Relationships>`,
			"xl/s.xml",
			`<worksheet><sheetViews><sheetView `+view+`/></sheetViews><sheetData><row><c><v>0</v></c><c><v>905</v></c><c t="str"><v>0</v></c></row></sheetData></worksheet>`,
		)
		if got := picture(decode(t, "x.xlsx", content)); got != "[S]\n1|"+want+"\n" {
			t.Errorf("%s: %s", view, got)
		}
	}
}

// A number format may show a figure as another: without it, in thousands, or with digits of its own.
func TestFormatsThatShowOtherFigures(t *testing.T) {
	const hidden, scaled, padded = "a figure that its number format does not show<unread>", "a figure that its number format shows in thousands<unread>",
		"a figure to which its number format adds digits<unread>"
	const united = "a figure to which its number format adds a unit<unread>"
	const signed, parted = "a figure whose sign its number format changes<unread>", "a figure to which its number format adds a point or a comma<unread>"
	for _, test := range []struct{ format, stored, want string }{
		{`"n/a"`, "905", hidden},
		{`"n/a"`, "0", hidden},
		{`0;"n/a"`, "-905", hidden},
		{`0;"n/a"`, "905", "905<number>"},
		{`;0;0`, "905", hidden},
		{`_(* #,##0_);_(* (#,##0);_(* "-"??_);_(@_)`, "905", "905<number>"},
		{`_(* #,##0_);_(* (#,##0);_(* "-"??_);_(@_)`, "-905", "-905<number>"},
		{`#,##0;-#,##0;"-"`, "0", "0<number>"},
		{`#,##0;-#,##0;"n/a"`, "0", hidden},
		{`#,##0;-#,##0;"n/a"`, "905", "905<number>"},
		{`#,##0;-#,##0;`, "0", hidden},
		{`0;-0;;@`, "0", hidden},
		{`0;-0;;@`, "905", "905<number>"},
		{`#`, "0", hidden},
		{`#,###`, "0", hidden},
		{`#`, "905", "905<number>"},
		{`#,##0;-#,##0;0`, "0", "0<number>"},
		{`#,##0;-#,##0;\–`, "0", "0<number>"},
		{`[<1000]"<1000";0`, "700", hidden},
		{`[<1000]"<1000";0`, "1700", "1700<number>"},
		{`[=0]"not reported";0`, "0", hidden},
		{`[>999]#,##0,"k";0`, "905123", scaled},
		{`[>999999]0.0"m";[>999]0.0"k";0`, "905", "905<number>"},
		{`[>5]0;"<6"`, "3", hidden},
		{`"£"0.0"m"`, "12.3", united},
		{`£0.0\m`, "12.3", united},
		{`£0.0\m\n`, "12.3", united},
		{`[$£-809]0.0"bn"`, "12.3", united},
		{`[$£m-809]0.0`, "12.3", united},
		{`"£k "0`, "45210", united},
		{`#,##0"k"`, "45210", united},
		{`#,##0" thousand"`, "45", united},
		{`#,##0" millions"`, "45", united},
		{`0"p"`, "4512", united},
		{`0" beds"`, "45", "45<number>"},
		{`0" per cent"`, "45", "45<number>"},
		{`"£"#,##0`, "45", "45<number>"},
		{`[$£-809]#,##0.00`, "45", "45<number>"},
		{`#,##0,`, "905123", scaled},
		{`#,##0,`, "0", "0<number>"},
		{`£#,##0.0,,"m"`, "41234567", scaled},
		{`0,.0`, "905123", scaled},
		{`0"000"`, "905", padded},
		{`0\1`, "905", padded},
		{`0;-0"00"`, "-905", padded},
		{`0;-0"00"`, "905", "905<number>"},
		{`#,##0.00" days"`, "905.5", "905.5<number>"},
		{`[>999]#,##0,"k";0`, "905", "905<number>"},
		{`[Red]General`, "905", "905<number>"},
		{`-0`, "180", signed},
		{`"-"0`, "180", signed},
		{`\-0`, "180", signed},
		{`(0)`, "180", signed},
		{`(£#,##0)`, "180", signed},
		{`"–"#,##0`, "180", signed},
		{`-[$£-809]0`, "180", signed},
		{`0-`, "180", signed},
		{`0" -"`, "180", signed},
		{`-0`, "-180", signed},
		{`#,##0;#,##0`, "-180", signed},
		{`#,##0;#,##0`, "180", "180<number>"},
		{`#,##0;[Red]#,##0`, "-180", "-180<number>"},
		{`#,##0;-#,##0`, "-180", "-180<number>"},
		{`#,##0;(#,##0)`, "-180", "-180<number>"},
		{`+0;-0`, "-180", "-180<number>"},
		{`"£"#,##0;[Red]-"£"#,##0`, "-180", "-180<number>"},
		{`_-* #,##0_-;-* #,##0_-;_-* "-"??_-;_-@_-`, "-180", "-180<number>"},
		{`0" (provisional)"`, "180", "180<number>"},
		{`0.0E-00`, "905", "905<number>"},
		{`0"."0`, "180", parted},
		{`0\.00`, "180", parted},
		{`0"·"0`, "180", parted},
		{`0","0`, "180", parted},
		{`0\,000`, "18000", "18000<number>"},
		{`0\,00`, "18000", parted},
		{`# ##0`, "18000", "18000<number>"},
		{`#'##0`, "18000", "18000<number>"},
		{`0.0E+00`, "905", "905<number>"},
		{`[$-809]dddd, d mmmm yyyy`, "43282", "2018-07-01<date>"},
	} {
		var format bytes.Buffer
		if err := xml.EscapeText(&format, []byte(test.format)); err != nil {
			t.Fatal(err)
		}
		content := zipFile(
			t,
			"[Content_Types].xml",
			"<Types/>",
			"_rels/.rels",
			`<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/w.xml"/></Relationships>`,
			"xl/w.xml",
			`<workbook xmlns:r="x/relationships"><sheets><sheet name="S" r:id="1"/></sheets></workbook>`,
			"xl/_rels/w.xml.rels",
			`<Relationships><Relationship Id="1" Type="x/worksheet" Target="s.xml"/><Relationship Id="3" Type="x/styles" Target="u.xml"/></Relationships>`,
			"xl/u.xml",
			`<styleSheet><numFmts><numFmt numFmtId="200" formatCode="`+format.String()+`"/></numFmts><cellXfs><xf/><xf numFmtId="200"/></cellXfs></styleSheet>`,
			"xl/s.xml",
			`<worksheet><sheetData><row><c s="1"><v>`+test.stored+`</v></c></row></sheetData></worksheet>`,
		)
		if got, want := picture(decode(t, "x.xlsx", content)), "[S]\n1|"+test.want+"\n"; got != want {
			t.Errorf("%s of %s: %s, want %s", test.stored, test.format, got, want)
		}
	}
}
