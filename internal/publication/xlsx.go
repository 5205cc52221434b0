package publication

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// xlsx reads an Office Open XML workbook. The decoder is our own because a cell
// must say whether it holds a number or text that looks like one ("1E5" may be
// an organisation's code), which excelize tells only by searching the sheet anew
// for each cell.
func (d *decoder) xlsx(content []byte) error {
	archive, err := openZip(content)
	if err != nil {
		return d.fail("is cut short or damaged: the directory at the end of the xlsx cannot be read", err)
	}
	b := book{d: d, parts: map[string]*zip.File{}}
	for _, f := range archive.File {
		b.parts[strings.TrimPrefix(f.Name, "/")] = f
	}
	return d.wrap("is damaged", b.read())
}

type book struct {
	d        *decoder
	parts    map[string]*zip.File
	strings  []string
	dates    []bool // whether a style shows dates
	calendar calendar
}

func (b *book) read() error {
	root, err := b.relations("")
	if err != nil {
		return err
	}
	at, ok := root.ofKind("officeDocument")
	if !ok {
		return b.d.fail("is an office document without a workbook; accepted: xlsx", nil)
	}
	if path.Ext(at) != ".xml" {
		return b.d.fail(fmt.Sprintf("is a workbook in another format, %s; accepted: xlsx", path.Base(at)), nil)
	}
	var w struct {
		Properties struct {
			From1904 bool `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := b.unmarshal(at, &w); err != nil {
		return err
	}
	if len(w.Sheets) == 0 {
		return b.d.fail(fmt.Sprintf("is an office document without sheets (%s)", at), nil)
	}
	b.calendar.from1904 = w.Properties.From1904
	relations, err := b.relations(at)
	if err != nil {
		return err
	}
	if at, ok := relations.ofKind("sharedStrings"); ok {
		if err := b.sharedStrings(at); err != nil {
			return err
		}
	}
	if at, ok := relations.ofKind("styles"); ok {
		if err := b.styles(at); err != nil {
			return err
		}
	}
	for _, s := range w.Sheets {
		r, ok := relations[s.ID]
		if !ok {
			return fmt.Errorf("sheet %s is listed but has no part", s.Name)
		}
		if r.kind != "worksheet" {
			continue
		}
		if err := b.sheet(r.target, b.d.table(s.Name, s.State != "" && s.State != "visible")); err != nil {
			return b.d.wrap("is damaged", err)
		}
	}
	return nil
}

func (b *book) part(name string) ([]byte, error) {
	f, ok := b.parts[name]
	if !ok {
		return nil, fmt.Errorf("its part %s is missing", name)
	}
	return b.d.unpackMember(f)
}

// wholePart bounds what is read whole, which takes many times its size in memory.
const wholePart = 16 << 20

func (b *book) unmarshal(name string, into any) error {
	content, err := b.part(name)
	if err != nil {
		return err
	}
	if len(content) > wholePart {
		return fmt.Errorf("its part %s is %d bytes long, more than the limit of %d", name, len(content), wholePart)
	}
	if err := xml.Unmarshal(content, into); err != nil {
		return fmt.Errorf("its part %s: %w", name, err)
	}
	return nil
}

// relations are what a part refers to, by the id it uses for it.
type relations map[string]relation

type relation struct{ kind, target string }

func (r relations) ofKind(kind string) (target string, ok bool) {
	for _, to := range r {
		if to.kind == kind {
			return to.target, true
		}
	}
	return "", false
}

func (b *book) relations(of string) (relations, error) {
	folder := path.Dir(of)
	var listed struct {
		Relations []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	name := path.Join(folder, "_rels", path.Base("/"+of)+".rels")
	if of == "" {
		name = "_rels/.rels"
	}
	if err := b.unmarshal(name, &listed); err != nil {
		return nil, err
	}
	found := relations{}
	for _, l := range listed.Relations {
		target := strings.TrimPrefix(l.Target, "/")
		if target == l.Target {
			target = path.Join(folder, target)
		}
		found[l.ID] = relation{kind: path.Base(l.Type), target: target}
	}
	return found, nil
}

func (b *book) styles(name string) error {
	var s struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Styles []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := b.unmarshal(name, &s); err != nil {
		return err
	}
	codes := map[int]string{}
	for _, f := range s.Formats {
		codes[f.ID] = f.Code
	}
	for _, style := range s.Styles {
		b.dates = append(b.dates, isDateFormat(style.Format, codes[style.Format]))
	}
	return nil
}

func (b *book) sharedStrings(name string) error {
	content, err := b.part(name)
	if err != nil {
		return err
	}
	var text textCollector
	tokens := xml.NewDecoder(bytes.NewReader(content))
	for {
		token, err := tokens.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("its part %s: %w", name, err)
		}
		text.see(token)
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "si" {
				text.reset()
			}
		case xml.EndElement:
			if token.Name.Local == "si" {
				if b.strings, err = b.d.keep(b.strings, text.String()); err != nil {
					return err
				}
			}
		}
	}
}

// textCollector gathers the characters of the elements v and t, except those
// that only tell how to pronounce them.
type textCollector struct {
	text            []byte
	open, phonetics bool
}

func (c *textCollector) reset() { *c = textCollector{text: c.text[:0]} }

func (c *textCollector) see(token xml.Token) {
	switch token := token.(type) {
	case xml.StartElement:
		switch token.Name.Local {
		case "rPh":
			c.phonetics = true
		case "v", "t":
			c.open = !c.phonetics
		}
	case xml.EndElement:
		switch token.Name.Local {
		case "rPh":
			c.phonetics = false
		case "v", "t":
			c.open = false
		}
	case xml.CharData:
		if c.open {
			c.text = append(c.text, token...)
		}
	}
}

var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// String undoes the escapes by which the format writes characters that XML
// does not allow, such as _x000D_.
func (c *textCollector) String() string {
	text := string(c.text)
	if !strings.Contains(text, "_x") {
		return text
	}
	return escaped.ReplaceAllStringFunc(text, func(s string) string {
		code, _ := strconv.ParseUint(s[2:6], 16, 16)
		return string(rune(code))
	})
}

func (b *book) sheet(name string, t *table) error {
	content, err := b.part(name)
	if err != nil {
		return err
	}
	var (
		text        textCollector
		row         uint32
		column      = -1
		kind, style string
		inCell      bool
	)
	tokens := xml.NewDecoder(bytes.NewReader(content))
	for {
		token, err := tokens.RawToken()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("its part %s ends too early", name)
		}
		if err != nil {
			return fmt.Errorf("its part %s: %w", name, err)
		}
		if inCell {
			text.see(token)
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch token.Name.Local {
			case "row":
				row, column = row+1, -1
				if r := attribute(token, "r"); r != "" {
					n, err := strconv.ParseUint(r, 10, 32)
					if err != nil || n == 0 {
						return fmt.Errorf("its part %s numbers a row %q", name, r)
					}
					row = uint32(n)
				}
			case "c":
				column++
				if r := attribute(token, "r"); r != "" {
					if column, err = columnOf(r); err != nil {
						return err
					}
				}
				kind, style, inCell = attribute(token, "t"), attribute(token, "s"), true
				text.reset()
			}
		case xml.EndElement:
			switch token.Name.Local {
			case "c":
				inCell = false
				if row == 0 {
					return fmt.Errorf("its part %s has a cell outside a row", name)
				}
				cell, err := b.cell(kind, style, text.String())
				if err != nil {
					return b.d.failAt(row, column, err.Error())
				}
				if err := t.set(row, column, cell); err != nil {
					return err
				}
			case "sheetData", "worksheet":
				t.finish()
				return nil
			}
		}
	}
}

// cell makes a cell of what a sheet stores for it.
func (b *book) cell(kind, style, text string) (Cell, error) {
	if text == "" {
		return Cell{}, nil
	}
	switch kind {
	case "s":
		index, err := strconv.Atoi(text)
		if err != nil || index < 0 || index >= len(b.strings) {
			return Cell{}, fmt.Errorf("refers to text %q of %d", text, len(b.strings))
		}
		return Cell{Text: b.strings[index], Kind: KindText}, nil
	case "str", "inlineStr":
		return Cell{Text: text, Kind: KindText}, nil
	case "b":
		return boolCell(text == "1" || text == "true"), nil
	case "e":
		return Cell{Text: text, Kind: KindError}, nil
	case "d":
		return Cell{Text: text, Kind: KindDate}, nil
	case "", "n":
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return Cell{}, fmt.Errorf("stores %q as a number", text)
		}
		if s, err := strconv.Atoi(style); err == nil && s >= 0 && s < len(b.dates) && b.dates[s] {
			return b.calendar.dateCell(v), nil
		}
		return numberCell(v), nil
	default:
		return Cell{}, fmt.Errorf("is of a kind %q; accepted: b, d, e, inlineStr, n, s, str", kind)
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// columnOf reads the column of a reference such as AB12, counted from 0.
func columnOf(reference string) (int, error) {
	column := 0
	for _, c := range reference {
		if c < 'A' || c > 'Z' || column > 1<<16 {
			break
		}
		column = column*26 + int(c-'A') + 1
	}
	if column == 0 {
		return 0, fmt.Errorf("a cell is numbered %q; accepted: letters and a row, such as AB12", reference)
	}
	return column - 1, nil
}
