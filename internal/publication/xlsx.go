package publication

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// xlsx reads an Office Open XML workbook. The decoder is our own because a cell
// must say whether it holds a number or text that looks like one ("1E5" may be
// an organisation's code), which excelize tells only by searching the sheet anew
// for each cell.
func (d *decoder) xlsx(in input) error {
	archive, err := d.openZip(in)
	if err != nil {
		return d.wrap("is cut short or damaged: the directory at the end of the xlsx cannot be read", err)
	}
	b := book{d: d, parts: map[string][]*zip.File{}}
	for _, f := range archive.File {
		name := partName(f.Name)
		b.parts[name] = append(b.parts[name], f)
	}
	return d.wrap("is damaged", b.read())
}

// partName is the name of a part as parts are compared: without regard to case, and with the slashes of any system.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+slashed(name)), "/"))
}

func slashed(name string) string { return strings.ReplaceAll(name, `\`, "/") }

type book struct {
	d        *decoder
	parts    map[string][]*zip.File
	strings  []string
	unread   map[int]string // of the strings, those with content that is not read
	looks    []look         // by style
	calendar calendar
	// stale workbooks ask to be calculated when they are opened: a zero beside a formula may be one that nobody calculated.
	stale bool
}

// The kinds of a relation that lead to an office document's own part, by the folder it lies in, when it is no workbook.
var otherDocuments = map[string]string{"word": "is a Word document", "ppt": "is a PowerPoint presentation", "visio": "is a Visio drawing"}

func (b *book) read() error {
	root, err := b.relations("")
	if err != nil {
		return err
	}
	at, ok, err := root.ofKind("officeDocument")
	if err != nil {
		return err
	}
	if !ok {
		return b.d.fail("is an office document without a workbook; accepted: xlsx", nil)
	}
	folder, _, _ := strings.Cut(partName(at), "/")
	switch is := otherDocuments[folder]; {
	case is != "":
		return b.d.fail(is+"; accepted: xlsx", nil)
	case strings.EqualFold(path.Ext(at), ".bin"):
		return b.d.fail("is a workbook in Excel's binary format (xlsb); accepted: xlsx, which Excel saves it as", nil)
	case !strings.EqualFold(path.Ext(at), ".xml"):
		return b.d.fail(fmt.Sprintf("is a workbook in another format, %s; accepted: xlsx", path.Base(at)), nil)
	}
	type listed struct {
		name, id string
		hidden   bool
	}
	var sheets []listed
	err = b.each(at, func(within string, e xml.StartElement) error {
		switch {
		case within == "workbook" && e.Name.Local == "workbookPr":
			b.calendar.from1904 = isTrue(attribute(e, "date1904"))
		case within == "workbook" && e.Name.Local == "calcPr":
			b.stale = isTrue(attribute(e, "fullCalcOnLoad"))
		case within == "workbook/sheets" && e.Name.Local == "sheet":
			state := attribute(e, "state")
			sheets = append(sheets, listed{attribute(e, "name"), relationID(e), state != "" && state != "visible"})
			if len(sheets) > b.d.limits.Sheets {
				return b.d.fail(fmt.Sprintf("lists more sheets than the limit of %d", b.d.limits.Sheets), nil)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(sheets) == 0 {
		return b.d.fail(fmt.Sprintf("is an office document without sheets (%s)", at), nil)
	}
	relations, err := b.relations(at)
	if err != nil {
		return err
	}
	for kind, read := range map[string]func(string) error{"sharedStrings": b.sharedStrings, "styles": b.styles} {
		at, ok, err := relations.ofKind(kind)
		if ok && err == nil {
			err = read(at)
		}
		if err != nil {
			return err
		}
	}
	for _, s := range sheets {
		r, ok := relations[s.id]
		if !ok {
			return fmt.Errorf("sheet %s is listed but has no part", s.name)
		}
		switch r.kind {
		case "worksheet":
		case "chartsheet", "dialogsheet":
			continue // they have no cells
		default:
			return fmt.Errorf("sheet %s is of a kind %q; accepted: worksheet, chartsheet, dialogsheet", s.name, r.kind)
		}
		t, err := b.d.table(s.name, s.hidden)
		if err == nil {
			err = b.sheet(r.target, t)
		}
		if err != nil {
			return b.d.wrap("is damaged", err)
		}
	}
	return nil
}

func isTrue(text string) bool { return text == "1" || text == "true" || text == "on" }

// relations are what a part refers to, by the id it uses for it.
type relations map[string]relation

type relation struct{ kind, target string }

func (r relations) ofKind(kind string) (target string, ok bool, err error) {
	for _, id := range slices.Sorted(maps.Keys(r)) {
		if to := r[id]; to.kind == kind {
			if ok && partName(to.target) != partName(target) {
				return "", false, fmt.Errorf("it refers to two parts as its %s, %s and %s", kind, target, to.target)
			}
			target, ok = to.target, true
		}
	}
	return target, ok, nil
}

func (b *book) relations(of string) (relations, error) {
	folder := path.Dir(of)
	name := path.Join(folder, "_rels", path.Base("/"+of)+".rels")
	if of == "" {
		name = "_rels/.rels"
	}
	found := relations{}
	err := b.each(name, func(within string, e xml.StartElement) error {
		if within != "Relationships" || e.Name.Local != "Relationship" || strings.EqualFold(attribute(e, "TargetMode"), "External") {
			return nil
		}
		target := slashed(attribute(e, "Target"))
		if !strings.HasPrefix(target, "/") {
			target = path.Join(folder, target)
		}
		if len(found) > 1<<16 {
			return fmt.Errorf("its part %s lists more than %d relations", name, 1<<16)
		}
		found[attribute(e, "Id")] = relation{kind: path.Base(attribute(e, "Type")), target: strings.TrimPrefix(target, "/")}
		return nil
	})
	return found, err
}

// maxStyles is how many styles a workbook may have; Excel accepts fewer.
const maxStyles = 1 << 16

func (b *book) styles(name string) error {
	codes := map[int]string{}
	var struck []bool // by font
	var styles []struct{ format, font int }
	err := b.each(name, func(within string, e xml.StartElement) error {
		id, err := strconv.Atoi(cmp.Or(attribute(e, "numFmtId"), "0"))
		switch {
		case err != nil:
			return nil
		case within == "styleSheet/numFmts" && e.Name.Local == "numFmt":
			codes[id] = attribute(e, "formatCode")
		case within == "styleSheet/fonts" && e.Name.Local == "font":
			struck = append(struck, false)
		case within == "styleSheet/fonts/font" && len(struck) > 0:
			struck[len(struck)-1] = struck[len(struck)-1] || e.Name.Local == "strike" && setsApart(e)
		case within == "styleSheet/cellXfs" && e.Name.Local == "xf":
			font, err := strconv.Atoi(cmp.Or(attribute(e, "fontId"), "0"))
			if err != nil {
				font = -1
			}
			styles = append(styles, struct{ format, font int }{id, font})
		}
		if max(len(styles), len(codes), len(struck)) > maxStyles {
			return fmt.Errorf("its part %s lists more than %d styles", name, maxStyles)
		}
		return b.d.ctx.Err()
	})
	for _, s := range styles {
		b.looks = append(b.looks, newLook(s.format, codes[s.format], s.font >= 0 && s.font < len(struck) && struck[s.font]))
	}
	return err
}

// setsApart tells whether an element of a font or of a run strikes out its text, or raises or lowers it as the mark of a footnote.
func setsApart(e xml.StartElement) bool {
	switch value := attribute(e, "val"); e.Name.Local {
	case "strike":
		return value == "" || isTrue(value)
	case "vertAlign":
		return value == "superscript" || value == "subscript"
	}
	return false
}

// place is where in a part's markup a reader is.
type place uint8

const (
	passedOver    place = iota // everything that is not named here: pictures, conditions, links
	extension                  // what programs add for themselves, and how a text is pronounced
	unreadContent              // content of a cell or text that has no place there
	worksheet
	columns
	sheetData
	merges
	inRow
	inCell
	inValue
	inFormula
	inText
	inlineText
	textRun
	runLook // how a run is shown
)

// texts is what a text is made of: one part, or runs with one part each. More would be joined as digits of one figure.
type texts struct{ direct, runs, inRun bool }

// enter finds the place of an element within a text.
func (x *texts) enter(local string, within place) place {
	switch {
	case local == "t" && within == inlineText && !x.direct && !x.runs:
		x.direct = true
		return inText
	case local == "t" && within == textRun && !x.inRun:
		x.inRun = true
		return inText
	case local == "r" && within == inlineText && !x.direct:
		x.runs, x.inRun = true, false
		return textRun
	case local == "rPr" && within == textRun:
		return runLook
	case (local == "rPh" || local == "phoneticPr") && within == inlineText:
		return extension
	}
	return unreadContent
}

func (b *book) sharedStrings(name string) error {
	m, err := b.open(name)
	if err != nil {
		return err
	}
	defer m.Close()
	const list = sheetData
	var text []byte
	var at []place
	unread := "" // what of the text is not read
	apart, made := false, texts{}
	for {
		token, err := m.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		within := passedOver
		if len(at) > 0 {
			within = at[len(at)-1]
		}
		switch token := token.(type) {
		case xml.StartElement:
			var here place
			local := token.Name.Local
			switch {
			case len(at) == 0 && local == "sst":
				here = list
			case within == passedOver || within == extension || within == unreadContent:
				here = within
			case within == runLook:
				here, apart = extension, apart || setsApart(token)
			case m.foreign(token) && within != list:
				here = unreadContent
			case within == list && local == "si" && !m.foreign(token):
				here, text, unread, apart, made = inlineText, text[:0], "", false, texts{}
			case within == list && local == "extLst":
				here = extension
			case within == list:
				return m.fault(fmt.Errorf("its list of texts holds an element %s, which is not read", local))
			case within == inlineText || within == textRun:
				here = made.enter(local, within)
			default:
				here = unreadContent
			}
			if here == unreadContent {
				unread = cmp.Or(unread, element(local))
			}
			at = append(at, here)
		case xml.CharData:
			switch {
			case (within == inlineText || within == textRun) && !blank(token):
				unread = cmp.Or(unread, loose)
			case within == inText:
				if text = append(text, token...); len(text) > b.d.limits.CellBytes {
					return b.d.fail(fmt.Sprintf("holds a text of more than the limit of %d bytes for one cell", b.d.limits.CellBytes), nil)
				}
			}
		case xml.EndElement:
			at = at[:len(at)-1]
			if within == inlineText {
				if apart && isOneWord(string(text)) {
					unread = cmp.Or(unread, partApart)
				}
				if unread != "" {
					if b.unread == nil {
						b.unread = map[int]string{}
					}
					b.unread[len(b.strings)] = unread
				}
				if b.strings, err = b.d.keep(b.strings, unescaped(text)); err != nil {
					return err
				}
			}
		}
	}
}

var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescaped undoes the escapes by which the format writes characters that XML
// does not allow, such as _x000D_.
func unescaped(content []byte) string {
	text := string(content)
	if !strings.Contains(text, "_x") {
		return text
	}
	return escaped.ReplaceAllStringFunc(text, func(s string) string {
		code, _ := strconv.ParseUint(s[2:6], 16, 16)
		return string(rune(code))
	})
}

// sheetReader reads the cells of one worksheet.
type sheetReader struct {
	*book
	*markup
	part string
	t    *table

	row      uint32
	numbered bool // the row says its number
	column   int
	hidden   bool
	sized    bool // the row says its height, or whether it is hidden

	kind, style            string
	unread                 string // content that has no place in the cell
	apart                  bool   // a part of the text is set apart
	made                   texts
	value, inline, formula []byte
	// which of them the cell has, and whether a program keeps something of its own there
	hasValue, hasInline, hasFormula, extended bool
}

func (b *book) sheet(name string, t *table) error {
	m, err := b.open(name)
	if err != nil {
		return err
	}
	defer m.Close()
	s := sheetReader{book: b, markup: m, part: name, t: t, column: -1}
	var at []place
	for {
		token, err := m.next()
		if errors.Is(err, io.EOF) {
			return t.finish()
		}
		if err != nil {
			return err
		}
		within := passedOver
		if len(at) > 0 {
			within = at[len(at)-1]
		}
		switch token := token.(type) {
		case xml.StartElement:
			here, err := s.enter(token, within, len(at) == 0)
			if err != nil {
				return err
			}
			at = append(at, here)
		case xml.CharData:
			if err := s.characters(token, within); err != nil {
				return err
			}
		case xml.EndElement:
			at = at[:len(at)-1]
			if within == inCell {
				if err := s.leaveCell(); err != nil {
					return err
				}
			}
		}
	}
}

// enter finds the place of an element within another. What has no place is passed over with all that it holds.
func (s *sheetReader) enter(e xml.StartElement, within place, root bool) (place, error) {
	local := e.Name.Local
	switch {
	case within == extension || within == unreadContent:
		return within, nil
	case within == runLook:
		s.apart = s.apart || setsApart(e)
		return extension, nil
	case (within == sheetData || within == inRow) && local == "AlternateContent",
		within == passedOver && !root && !s.foreign(e) && (local == "sheetData" || local == "row"):
		return passedOver, fmt.Errorf("its part %s holds rows or cells in alternative forms, of which none is read", s.part)
	case within == passedOver && !root:
		if zeros := attribute(e, "showZeros"); local == "sheetView" && !s.foreign(e) && zeros != "" {
			s.t.hidesZeros = s.t.hidesZeros || !isTrue(zeros)
		}
		return passedOver, nil
	case within >= inCell && s.foreign(e):
		return s.refuse(element(local)), nil
	case (within == sheetData || within == inRow || within == merges) && s.foreign(e):
		return passedOver, fmt.Errorf("its part %s holds an element %s among its rows or cells, which is not read", s.part, local)
	case s.foreign(e) && !root:
		return passedOver, nil
	case local == "extLst" && !root && within <= inCell:
		s.extended = s.extended || within == inCell
		return extension, nil
	}
	switch {
	case root && local != "worksheet":
		return passedOver, fmt.Errorf("its part %s is no worksheet but %q", s.part, local)
	case root:
		return worksheet, nil
	case within == worksheet && local == "cols":
		return columns, nil
	case within == worksheet && local == "sheetFormatPr":
		s.t.hidesRows = isTrue(attribute(e, "zeroHeight")) || noSize(attribute(e, "defaultRowHeight"))
		if noSize(attribute(e, "defaultColWidth")) {
			s.t.hideColumns(0, s.d.limits.Columns-1, true)
		}
	case within == columns && local == "col":
		s.enterColumns(e)
	case within == worksheet && local == "mergeCells":
		return merges, nil
	case within == merges && local == "mergeCell":
		return passedOver, s.mergeCells(attribute(e, "ref"))
	case within == worksheet && local == "sheetData":
		return sheetData, nil
	case within == sheetData && local == "row":
		return inRow, s.enterRow(e)
	case within == sheetData && local == "c":
		return passedOver, fmt.Errorf("its part %s has a cell outside a row", s.part)
	case within == sheetData || within == inRow && local != "c":
		return passedOver, fmt.Errorf("its part %s holds an element %s among its rows or cells, which is not read", s.part, local)
	case within == inRow && local == "c":
		return inCell, s.enterCell(e)
	case within == inCell:
		return s.enterContent(local)
	case within == inlineText || within == textRun:
		if place := s.made.enter(local, within); place != unreadContent {
			return place, nil
		}
		return s.refuse(element(local)), nil
	case within > inCell:
		return s.refuse(element(local)), nil
	}
	return passedOver, nil
}

// refuse notes content that has no place in the cell.
func (s *sheetReader) refuse(content string) place {
	s.unread = cmp.Or(s.unread, content)
	return unreadContent
}

// loose stands for text that lies in no element of its own.
const loose = "text outside its elements"

const longestName = 100

func element(local string) string {
	return "<" + strings.ToValidUTF8(local[:min(len(local), longestName)], "") + ">"
}

func blank(text []byte) bool { return len(bytes.TrimSpace(text)) == 0 }

func (s *sheetReader) enterColumns(e xml.StartElement) {
	first, err := strconv.Atoi(attribute(e, "min"))
	last, err2 := strconv.Atoi(attribute(e, "max"))
	width := attribute(e, "width")
	if hidden := isTrue(attribute(e, "hidden")) || noSize(width); err == nil && err2 == nil && (hidden || width != "") {
		s.t.hideColumns(first-1, last-1, hidden)
	}
}

func (s *sheetReader) mergeCells(ref string) error {
	from, to, _ := strings.Cut(ref, ":")
	column, row, err := reference(from)
	if err != nil {
		return err
	}
	lastColumn, last, err := reference(cmp.Or(to, from))
	if err != nil {
		return err
	}
	return s.t.mergeCells(area{row, last, column, lastColumn})
}

// noSize tells whether a height or width is given and is zero.
func noSize(text string) bool {
	size, err := strconv.ParseFloat(text, 64)
	return err == nil && size <= 0
}

func (s *sheetReader) enterRow(e xml.StartElement) error {
	s.row, s.column, s.numbered = s.row+1, -1, false
	if r := attribute(e, "r"); r != "" {
		n, err := strconv.ParseUint(r, 10, 32)
		if err != nil || n == 0 {
			return fmt.Errorf("its part %s numbers a row %q", s.part, r)
		}
		s.row, s.numbered = uint32(n), true
	}
	hidden, height := attribute(e, "hidden"), attribute(e, "ht")
	s.hidden, s.sized = isTrue(hidden) || noSize(height), hidden != "" || height != ""
	s.seeRow()
	return nil
}

// seeRow notes whether a reader of the sheet sees the row, where it says so.
func (s *sheetReader) seeRow() {
	if s.sized {
		s.t.seeRow(s.row, !s.hidden)
	}
}

func (s *sheetReader) enterCell(e xml.StartElement) error {
	s.column++
	if r := attribute(e, "r"); r != "" {
		column, row, err := reference(r)
		switch {
		case err != nil:
			return err
		case row != s.row && s.numbered:
			return fmt.Errorf("its part %s has cell %s in row %d", s.part, r, s.row)
		case row != s.row:
			s.row = row
			s.seeRow()
		}
		s.column, s.numbered = column, true
	}
	s.kind, s.style, s.unread, s.apart = attribute(e, "t"), attribute(e, "s"), "", false
	s.made = texts{}
	s.value, s.inline, s.formula = s.value[:0], s.inline[:0], s.formula[:0]
	s.hasValue, s.hasInline, s.hasFormula, s.extended = false, false, false, false
	return nil
}

func (s *sheetReader) enterContent(local string) (place, error) {
	for _, content := range []struct {
		local string
		has   *bool
		place place
	}{{"v", &s.hasValue, inValue}, {"is", &s.hasInline, inlineText}, {"f", &s.hasFormula, inFormula}} {
		if content.local != local {
			continue
		}
		if *content.has {
			return passedOver, s.d.failAt(s.row, s.column, fmt.Sprintf("holds two elements %s, of which only one can be meant", local))
		}
		*content.has = true
		return content.place, nil
	}
	return s.refuse(element(local)), nil
}

// maxFormula is how much of a formula is kept.
const maxFormula = 200

func (s *sheetReader) characters(text xml.CharData, within place) error {
	switch within {
	case inCell, inlineText, textRun:
		if !blank(text) {
			s.refuse(loose)
		}
	case inValue:
		s.value = append(s.value, text...)
	case inText:
		s.inline = append(s.inline, text...)
	case inFormula:
		s.formula = append(s.formula, text[:min(len(text), maxFormula-min(len(s.formula), maxFormula))]...)
	}
	if limit := s.d.limits.CellBytes; max(len(s.value), len(s.inline)) > limit {
		return s.d.failAt(s.row, s.column, fmt.Sprintf("holds more than the limit of %d bytes for one cell", limit))
	}
	return nil
}

func (s *sheetReader) leaveCell() error {
	cell, err := s.cell()
	if err != nil {
		return s.d.failAt(s.row, s.column, err.Error())
	}
	if s.extended && cell.Text == "" {
		cell = Cell{Text: element("extLst"), Kind: KindUnread}
	}
	return s.t.show(s.row, s.column, s.look(), cell)
}

func (s *sheetReader) look() look {
	if style, err := strconv.Atoi(s.style); err == nil && style >= 0 && style < len(s.looks) {
		return s.looks[style]
	}
	return look{}
}

// xmlNumber is how a number is written, but for INF and NaN.
var xmlNumber = regexp.MustCompile(`^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$`)

// cell makes a cell of what a sheet stores for it. What its kind does not allow makes it unread; it is blank where nothing is stored.
// Of a cell whose kind is a text in the cell, every program shows that text, whatever else is stored.
func (s *sheetReader) cell() (Cell, error) {
	inline := s.kind == "inlineStr"
	switch {
	case inline && !s.hasInline && len(s.value) > 0:
		s.refuse(element("v"))
	case !inline && s.hasInline:
		s.refuse(element("is"))
	}
	if s.unread != "" {
		return Cell{Text: s.unread, Kind: KindUnread}, nil
	}
	if s.hasFormula && !s.hasValue && !s.hasInline {
		return s.uncalculated(), nil
	}
	if inline && s.hasInline {
		text := unescaped(s.inline)
		if text == "" && s.hasFormula {
			return s.uncalculated(), nil
		}
		if s.apart && isOneWord(text) {
			return Cell{Text: partApart, Kind: KindUnread}, nil
		}
		return Cell{Text: text, Kind: KindText}, nil
	}
	text := string(s.value)
	if s.kind != "str" {
		text = strings.Trim(text, " \t\r\n")
	}
	if text == "" && s.hasFormula && (!s.hasValue || s.kind != "str") {
		return s.uncalculated(), nil
	}
	if text == "" {
		return Cell{}, nil
	}
	switch s.kind {
	case "s":
		index, err := strconv.Atoi(text)
		if err != nil || index < 0 || index >= len(s.strings) {
			return Cell{}, fmt.Errorf("refers to text %q of %d", text, len(s.strings))
		}
		if content, unread := s.book.unread[index]; unread {
			return Cell{Text: content, Kind: KindUnread}, nil
		}
		return Cell{Text: s.strings[index], Kind: KindText}, nil
	case "str":
		return Cell{Text: unescaped(s.value), Kind: KindText}, nil
	case "b":
		if text != "1" && text != "0" && text != "true" && text != "false" {
			return Cell{}, fmt.Errorf("stores %q as true or false", text)
		}
		return boolCell(text == "1" || text == "true"), nil
	case "e":
		if !strings.HasPrefix(text, "#") {
			return Cell{Text: notAnError, Kind: KindUnread}, nil
		}
		return Cell{Text: text, Kind: KindError}, nil
	case "d":
		return isoCell(text), nil
	case "", "n":
		v, err := strconv.ParseFloat(text, 64)
		if special := text == "NaN" || text == "INF" || text == "-INF"; err != nil || !special && !xmlNumber.MatchString(text) {
			return Cell{}, fmt.Errorf("stores %q as a number", text)
		}
		if v == 0 && s.hasFormula && s.stale {
			return s.uncalculated(), nil
		}
		if s.look().date {
			return s.calendar.dateCell(v), nil
		}
		return numberCell(v), nil
	default:
		return Cell{}, fmt.Errorf("is of a kind %q; accepted: b, d, e, inlineStr, n, s, str", s.kind)
	}
}

func (s *sheetReader) uncalculated() Cell {
	return Cell{Text: "=" + strings.ToValidUTF8(string(s.formula), ""), Kind: KindFormula}
}

// isoCell renders a date that is stored as text as one that is stored as a number.
func isoCell(text string) Cell {
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			if t.Equal(t.Truncate(24 * time.Hour)) {
				text = t.Format(time.DateOnly)
			}
			break
		}
	}
	return Cell{Text: text, Kind: KindDate}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// relationID is the id of the relation that an element refers to, which has a prefix where the element's own has none.
func relationID(e xml.StartElement) string {
	id := ""
	for _, a := range e.Attr {
		switch {
		case a.Name.Local != "id" || a.Name.Space == "":
		case strings.HasSuffix(a.Name.Space, "/relationships"):
			return a.Value
		case id == "":
			id = a.Value
		}
	}
	return id
}

var cellReference = regexp.MustCompile(`^([A-Z]{1,4})([1-9]\d{0,8})$`)

// reference reads a reference such as AB12: the column counted from 0, the row from 1.
func reference(text string) (column int, row uint32, err error) {
	parts := cellReference.FindStringSubmatch(text)
	if parts == nil {
		return 0, 0, fmt.Errorf("a cell is numbered %q; accepted: letters and a row, such as AB12", text)
	}
	for _, c := range parts[1] {
		column = column*26 + int(c-'A') + 1
	}
	n, err := strconv.ParseUint(parts[2], 10, 32)
	return column - 1, uint32(n), err
}

// part finds a part by its name.
func (b *book) part(name string) (*zip.File, error) {
	found := b.parts[partName(name)]
	if len(found) == 0 {
		if plain, err := url.PathUnescape(name); err == nil {
			found = b.parts[partName(plain)]
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("its part %s is missing", name)
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("its part %s is there %d times, of which only one can be meant", name, len(found))
}
