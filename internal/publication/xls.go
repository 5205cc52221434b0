package publication

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/richardlehane/mscfb"
)

// The records of a BIFF8 workbook that hold what a reader needs.
const (
	biffFormula    = 0x0006
	biffEOF        = 0x000a
	biffDateMode   = 0x0022
	biffColWidth   = 0x0055
	biffColInfo    = 0x007d
	biffFilePass   = 0x002f
	biffFont       = 0x0031
	biffContinue   = 0x003c
	biffBoundSheet = 0x0085
	biffMulRK      = 0x00bd
	biffRString    = 0x00d6
	biffXF         = 0x00e0
	biffMergeCells = 0x00e5
	biffSST        = 0x00fc
	biffLabelSST   = 0x00fd
	biffCalculated = 0x01c1
	biffNumber     = 0x0203
	biffLabel      = 0x0204
	biffBoolErr    = 0x0205
	biffString     = 0x0207
	biffRow        = 0x0208
	biffRowHeight  = 0x0225
	biffRK         = 0x027e
	biffFormat     = 0x041e
	biffWindow     = 0x023e
	biffBOF        = 0x0809
)

// biffOlder are the records of cells that only older versions have, by what they hold. All begin with row and column.
var biffOlder = map[uint16]string{
	0x0002: "whole number", 0x0003: "number", 0x0004: "text", 0x0005: "true, false or error", 0x007e: "number", 0x0206: "formula", 0x0406: "formula",
}

var errCut = errors.New("a record ends too early")

// xls reads an Excel 97-2003 workbook. The decoder is our own because the
// libraries drop the results of formulas, and one damaged sector makes them
// fill all memory.
func (d *decoder) xls(in input) error {
	stream, err := d.workbookStream(in)
	if err != nil {
		return err
	}
	w := workbook{d: d, stream: stream, formats: map[uint16]string{}, apart: map[int]bool{}, looks: map[uint16]look{}}
	if err := w.globals(); err != nil {
		return d.wrap("is cut short or damaged", err)
	}
	for _, s := range w.sheets {
		if err := w.sheet(s); err != nil {
			return d.wrap("is cut short or damaged", err)
		}
	}
	return nil
}

// The streams of a compound file that tell what it is, in the order in which they do: some programs write a workbook for Excel 97
// and one for Excel 95 into the same file.
var streams = []struct{ name, is string }{
	{"encryptedpackage", "is protected by a password"},
	{"workbook", ""},
	{"book", "is a workbook of Excel 95 or older; accepted: Excel 97 and newer"},
	{"worddocument", "is a Word document; accepted: xls"},
	{"powerpoint document", "is a PowerPoint presentation; accepted: xls"},
	{"visiodocument", "is a Visio drawing; accepted: xls"},
	{"__properties_version1.0", "is a message of Outlook; accepted: xls"},
}

// workbookStream takes the workbook out of its compound file.
func (d *decoder) workbookStream(in input) ([]byte, error) {
	// The counts of allocation sectors decide what the library allocates.
	const headerSize, smallestSector = 512, 512
	header := make([]byte, headerSize)
	if _, err := in.at.ReadAt(header, 0); err != nil {
		return nil, d.fail("is cut short: the xls ends within its header", nil)
	}
	for _, offset := range []int{40, 44, 64, 72} {
		if count := binary.LittleEndian.Uint32(header[offset:]); int64(count)*smallestSector > in.size {
			return nil, d.fail("is cut short or damaged: the xls counts more sectors than it has", nil)
		}
	}
	listed := &directory{file: in.at}
	file, err := mscfb.New(listed)
	if listed.open = true; err != nil {
		return nil, d.fail("is cut short or damaged: the parts of the xls cannot be listed", err)
	}
	for _, known := range streams {
		for _, entry := range file.File {
			// Objects within a workbook have streams of the same names in folders of their own.
			if len(entry.Path) > 0 || partName(entry.Name) != known.name {
				continue
			}
			if known.is != "" {
				return nil, d.fail(known.is, nil)
			}
			if entry.Size > in.size {
				return nil, d.fail("is cut short: its workbook is longer than the file", nil)
			}
			stream := make([]byte, entry.Size)
			if _, err := io.ReadFull(entry, stream); err != nil {
				return nil, d.fail("is cut short: its workbook ends too early", err)
			}
			return stream, nil
		}
	}
	return nil, d.fail("holds no workbook", nil)
}

type workbook struct {
	d        *decoder
	stream   []byte
	walked   int64
	sheets   []boundSheet
	strings  []string
	apart    map[int]bool      // of the strings, figures with a part that is set apart
	formats  map[uint16]string // custom number formats by id
	fonts    []font
	styles   []style
	looks    map[uint16]look // of the styles that cells have had
	calendar calendar
	// calculated workbooks say which Excel calculated them; other programs leave formulas without results.
	calculated bool
}

// font is what of a font makes text no plain figure: struck out, or set apart by that or by being raised or lowered.
type font struct{ struck, apart bool }

type style struct{ font, format uint16 }

// font finds a font by its number, of which 4 stands for none ([MS-XLS] 2.5.129).
func (w *workbook) font(number uint16) font {
	if number > 4 {
		number--
	} else if number == 4 {
		return font{}
	}
	if int(number) < len(w.fonts) {
		return w.fonts[number]
	}
	return font{}
}

func (w *workbook) partApart(text string, fonts []uint16) bool {
	return isOneWord(text) && slices.ContainsFunc(fonts, func(number uint16) bool { return w.font(number).apart })
}

func (w *workbook) look(number uint16) look {
	if int(number) >= len(w.styles) {
		return look{}
	}
	l, known := w.looks[number]
	if !known {
		s := w.styles[number]
		l = newLook(int(s.format), w.formats[s.format], w.font(s.font).struck)
		w.looks[number] = l
	}
	return l
}

type boundSheet struct {
	at     uint32
	hidden bool
	name   string
}

// record is one record with those that continue it.
type record struct {
	id    uint16
	parts [][]byte
}

// records walks the records from an offset to the end of that substream, and
// passes over substreams nested in it, such as charts.
func (w *workbook) records(at int64, visit func(record) error) error {
	depth := 0
	for {
		if at < 0 || at+4 > int64(len(w.stream)) {
			return errCut
		}
		start := at
		r := record{id: binary.LittleEndian.Uint16(w.stream[at:])}
		for {
			end := at + 4 + int64(binary.LittleEndian.Uint16(w.stream[at+2:]))
			if end > int64(len(w.stream)) {
				return errCut
			}
			r.parts = append(r.parts, w.stream[at+4:end])
			at = end
			if at+4 > int64(len(w.stream)) {
				break
			}
			if binary.LittleEndian.Uint16(w.stream[at:]) != biffContinue {
				break
			}
		}
		if w.walked += at - start; w.walked > int64(len(w.stream)) {
			return errors.New("its sheets overlap")
		}
		if depth == 0 && r.id != biffBOF {
			return errors.New("a sheet does not begin where the workbook says")
		}
		switch r.id {
		case biffBOF:
			depth++
			if data := r.parts[0]; depth == 1 && (len(data) < 2 || binary.LittleEndian.Uint16(data) != 0x0600) {
				reason := "it is not of version BIFF8 (Excel 97 to 2003)"
				if len(data) >= 2 && binary.LittleEndian.Uint16(data) == 0x0500 {
					return w.d.fail("is a workbook of Excel 95 or older: "+reason+" but of BIFF5 (Excel 5 or 95); accepted: Excel 97 and newer", nil)
				}
				return errors.New(reason)
			}
		case biffEOF:
			if depth--; depth == 0 {
				return nil
			}
		default:
			if depth > 1 {
				continue
			}
			if err := visit(r); err != nil {
				return err
			}
		}
	}
}

func (w *workbook) globals() error {
	return w.records(0, func(r record) error {
		f := fields{parts: r.parts}
		switch r.id {
		case biffFilePass:
			return w.d.fail("is protected by a password", nil)
		case biffDateMode:
			w.calendar.from1904 = f.uint16() == 1
		case biffBoundSheet:
			s := boundSheet{at: f.uint32()}
			s.hidden = f.byte()&3 != 0
			kind := f.byte()
			s.name = f.text(int(f.byte()))
			switch kind {
			case 0:
				w.sheets = append(w.sheets, s)
			case 1:
				return w.d.fail(fmt.Sprintf("sheet %s is a macro sheet, which is not read; accepted: worksheets and charts", s.name), nil)
			}
			if len(w.sheets) > w.d.limits.Sheets {
				return w.d.fail(fmt.Sprintf("lists more sheets than the limit of %d", w.d.limits.Sheets), nil)
			}
		case biffCalculated:
			w.calculated = true
		case biffFormat:
			id := f.uint16()
			w.formats[id] = f.text(int(f.uint16()))
		case biffFont:
			f.uint16()
			struck := f.uint16()&8 != 0
			f.uint32() // colour and weight
			w.fonts = append(w.fonts, font{struck, struck || f.uint16() != 0})
		case biffXF:
			font := f.uint16()
			w.styles = append(w.styles, style{font, f.uint16()})
		case biffSST:
			return w.sharedTexts(&f)
		}
		return f.err
	})
}

// sharedTexts reads the texts that cells refer to. Some programs count more of them than there are: a cell that refers to one that is
// not there is found out at the cell.
func (w *workbook) sharedTexts(f *fields) error {
	f.uint32()
	for counted := int64(f.uint32()); f.err == nil && !f.ended(); counted-- {
		text, fonts := f.richText()
		if f.err != nil && counted <= 0 {
			return nil // what follows the last text is none
		}
		if f.err == nil {
			if w.partApart(text, fonts) {
				w.apart[len(w.strings)] = true
			}
			w.strings, f.err = w.d.keep(w.strings, text)
		}
	}
	return f.err
}

func (w *workbook) sheet(s boundSheet) error {
	t, err := w.d.table(s.name, s.hidden)
	if err != nil {
		return err
	}
	// A formula's text follows it in a record of its own, if it results in text.
	var formula struct {
		row, style uint16
		column     int
		isText     bool
	}
	// lost gives the cell of a formula whose text does not follow.
	lost := func() error {
		if !formula.isText {
			return nil
		}
		formula.isText = false
		return t.set(uint32(formula.row)+1, formula.column, uncalculated)
	}
	// What the sheet shows of zeros is said after its cells.
	walked := w.walked
	if err := w.records(int64(s.at), func(r record) error {
		if f := (fields{parts: r.parts}); r.id == biffWindow {
			t.hidesZeros = t.hidesZeros || f.uint16()&0x10 == 0
		}
		return nil
	}); err != nil {
		return err
	}
	w.walked = walked
	err = w.records(int64(s.at), func(r record) error {
		f := fields{parts: r.parts}
		if r.id == biffString && formula.isText {
			formula.isText = false
			cell := f.textCell()
			return cmp.Or(f.err, t.show(uint32(formula.row)+1, formula.column, w.look(formula.style), cell))
		}
		switch r.id {
		case biffRow:
			w.seeRow(t, &f)
			return f.err
		case biffMergeCells:
			for count := f.uint16(); count > 0 && f.err == nil; count-- {
				first, last := uint32(f.uint16())+1, uint32(f.uint16())+1
				if err := t.mergeCells(area{first, last, int(f.uint16()), int(f.uint16())}); err != nil {
					return err
				}
			}
			return f.err
		case biffRowHeight:
			t.hidesRows = f.uint16()&2 != 0 || f.uint16() == 0
			return f.err
		case biffColWidth:
			if f.uint16() == 0 {
				t.hideColumns(0, w.d.limits.Columns-1, true)
			}
			return f.err
		case biffColInfo:
			w.seeColumns(t, &f)
			return f.err
		case biffFormula, biffMulRK, biffRString, biffLabelSST, biffNumber, biffLabel, biffBoolErr, biffRK:
		default:
			if biffOlder[r.id] == "" {
				return nil
			}
		}
		if err := lost(); err != nil {
			return err
		}
		row, column := f.uint16(), int(f.uint16())
		if r.id == biffMulRK {
			for f.err == nil && f.left() >= 6 {
				style := f.uint16()
				if err := t.show(uint32(row)+1, column, w.look(style), w.number(style, rk(f.uint32()))); err != nil {
					return err
				}
				column++
			}
			if f.left() != 2 || int(f.uint16()) != column-1 {
				return errCut
			}
			return f.err
		}
		if content := biffOlder[r.id]; content != "" {
			return cmp.Or(f.err, t.set(uint32(row)+1, column, Cell{Text: "<" + content + ">", Kind: KindUnread}))
		}
		style := f.uint16()
		var cell Cell
		switch r.id {
		case biffNumber:
			cell = w.number(style, math.Float64frombits(f.uint64()))
		case biffRK:
			cell = w.number(style, rk(f.uint32()))
		case biffLabelSST:
			index := f.uint32()
			if int64(index) >= int64(len(w.strings)) {
				return w.d.failAt(uint32(row)+1, column, fmt.Sprintf("refers to text %d of %d", index, len(w.strings)))
			}
			cell = Cell{Text: w.strings[index], Kind: KindText}
			if w.apart[int(index)] {
				cell = Cell{Text: partApart, Kind: KindUnread}
			}
		case biffLabel:
			cell = f.textCell()
		case biffRString:
			cell = f.textCell()
			if w.partApart(cell.Text, f.runs(int(f.uint16()))) {
				cell = Cell{Text: partApart, Kind: KindUnread}
			}
		case biffBoolErr:
			value := f.byte()
			switch kind := f.byte(); {
			case kind == 1:
				cell = errorCell(value)
			case kind == 0 && value <= 1:
				cell = boolCell(value != 0)
			default:
				cell = Cell{Text: "<true, false or error>", Kind: KindUnread}
			}
		case biffFormula:
			result := f.uint64()
			if result>>48 != 0xffff {
				cell = w.number(style, math.Float64frombits(result))
				break
			}
			switch value := byte(result >> 16); byte(result) {
			case 0:
				formula.row, formula.style, formula.column, formula.isText = row, style, column, true
			case 1:
				cell = boolCell(value != 0)
			case 2:
				cell = errorCell(value)
			case 3:
				if !w.calculated {
					cell = uncalculated
				}
			default:
				cell = uncalculated
			}
		}
		if f.err != nil {
			return f.err
		}
		return t.show(uint32(row)+1, column, w.look(style), cell)
	})
	if err := cmp.Or(err, lost()); err != nil {
		return err
	}
	return t.finish()
}

// uncalculated is a formula without a result; its own text is stored in a form of its own.
var uncalculated = Cell{Text: "=", Kind: KindFormula}

// seeRow notes a row that is hidden or of no height.
func (w *workbook) seeRow(t *table, f *fields) {
	row := f.uint16()
	f.uint32() // first and last column
	height := f.uint16()
	f.uint32()
	t.seeRow(uint32(row)+1, f.uint16()&0x20 == 0 && height&0x7fff != 0)
}

// seeColumns notes columns that are hidden or of no width.
func (w *workbook) seeColumns(t *table, f *fields) {
	first, last, width := int(f.uint16()), int(f.uint16()), f.uint16()
	f.uint16()
	t.hideColumns(first, last, f.uint16()&1 != 0 || width == 0)
}

func (w *workbook) number(style uint16, v float64) Cell {
	if w.look(style).date {
		return w.calendar.dateCell(v)
	}
	return numberCell(v)
}

func boolCell(value bool) Cell {
	return Cell{Text: strings.ToUpper(strconv.FormatBool(value)), Kind: KindBool}
}

var errorNames = map[byte]string{
	0x00: "#NULL!", 0x07: "#DIV/0!", 0x0f: "#VALUE!", 0x17: "#REF!", 0x1d: "#NAME?", 0x24: "#NUM!", 0x2a: "#N/A",
}

func errorCell(code byte) Cell {
	name, ok := errorNames[code]
	if !ok {
		name = fmt.Sprintf("#ERROR %d", code)
	}
	return Cell{Text: name, Kind: KindError}
}

// rk unpacks a number stored in 30 bits: an integer or the upper part of a
// float, either of them possibly a hundredfold.
func rk(v uint32) float64 {
	var n float64
	if v&2 != 0 {
		n = float64(int32(v) >> 2)
	} else {
		n = math.Float64frombits(uint64(v&^3) << 32)
	}
	if v&1 != 0 {
		n /= 100
	}
	return n
}

// fields reads a record piece by piece; after the first error it yields zeros.
type fields struct {
	parts [][]byte
	err   error
}

func (f *fields) left() int { return len(f.parts[0]) }

// ended tells whether nothing is left of the record and those that continue it.
func (f *fields) ended() bool { return len(f.parts) == 1 && len(f.parts[0]) == 0 }

// take returns the next n bytes, which may continue in the next part.
func (f *fields) take(n int) []byte {
	var joined []byte
	for f.err == nil {
		part := f.parts[0]
		if joined == nil && len(part) >= n {
			f.parts[0] = part[n:]
			return part[:n]
		}
		taken := min(n-len(joined), len(part))
		joined = append(joined, part[:taken]...)
		f.parts[0] = part[taken:]
		if len(joined) == n {
			return joined
		}
		f.nextPart()
	}
	return make([]byte, n)
}

func (f *fields) nextPart() {
	if len(f.parts) == 1 {
		f.err = errCut
		return
	}
	f.parts = f.parts[1:]
}

func (f *fields) byte() byte     { return f.take(1)[0] }
func (f *fields) uint16() uint16 { return binary.LittleEndian.Uint16(f.take(2)) }
func (f *fields) uint32() uint32 { return binary.LittleEndian.Uint32(f.take(4)) }
func (f *fields) uint64() uint64 { return binary.LittleEndian.Uint64(f.take(8)) }

func (f *fields) textCell() Cell {
	return Cell{Text: f.text(int(f.uint16())), Kind: KindText}
}

// text reads a flag byte and that many characters.
func (f *fields) text(length int) string {
	return f.characters(length, f.byte())
}

// richText reads a string of the shared table with the fonts of its runs, and passes over how it is pronounced.
func (f *fields) richText() (text string, fonts []uint16) {
	length := int(f.uint16())
	flags := f.byte()
	var runs, skip int
	if flags&8 != 0 {
		runs = int(f.uint16())
	}
	if flags&4 != 0 {
		skip = int(min(f.uint32(), math.MaxInt32))
	}
	text = f.characters(length, flags)
	fonts = f.runs(runs)
	for skip > 0 && f.err == nil {
		if f.left() == 0 {
			f.nextPart()
			continue
		}
		skip -= len(f.take(min(skip, f.left())))
	}
	return text, fonts
}

// runs reads the fonts of a text's runs.
func (f *fields) runs(count int) (fonts []uint16) {
	for ; count > 0 && f.err == nil; count-- {
		if f.left() == 0 {
			f.nextPart()
		}
		f.uint16() // where the run begins
		fonts = append(fonts, f.uint16())
	}
	return fonts
}

// characters reads text whose characters take one byte or two. Where a record
// is continued, a new flag byte says which holds from there on.
func (f *fields) characters(length int, flags byte) string {
	var units []byte
	for length > 0 && f.err == nil {
		if f.left() == 0 {
			if f.nextPart(); f.err == nil {
				flags = f.byte()
			}
			continue
		}
		if flags&1 != 0 {
			n := min(length, (f.left()+1)/2)
			units = append(units, f.take(2*n)...)
			length -= n
			continue
		}
		n := min(length, f.left())
		for _, b := range f.take(n) {
			units = append(units, b, 0)
		}
		length -= n
	}
	return decodeUTF16(units, binary.LittleEndian)
}
