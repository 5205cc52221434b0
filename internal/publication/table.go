package publication

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

// table builds one sheet within the limits. Its rows are packed: a cell takes its text and a few bytes, so that what a
// sheet holds in memory is what the budget is charged.
type table struct {
	d      *decoder
	sheet  Sheet
	hidden bits // rows that a reader of the sheet does not see
	shown  bits // rows that say that he does
	// hidesRows where a row that says nothing is hidden.
	hidesRows bool
	// hidesZeros where the sheet shows nothing for zero.
	hidesZeros bool

	row   uint32 // the one being filled
	cells []Cell

	merges []area

	open   []byte // the chunk being filled
	chunks []string
	rows   []packedRow
}

// packedRow is where the cells of a row lie.
type packedRow struct{ number, chunk, at uint32 }

const (
	chunkBytes = 64 << 10
	rowBytes   = 16  // what a row costs beside its cells
	cellBytes  = 4   // what a cell costs beside its text
	sheetBytes = 512 // what a sheet costs beside its rows
)

// table starts a sheet of that name.
func (d *decoder) table(name string, hidden bool) (*table, error) {
	d.sheet = name
	if err := d.admit(); err != nil {
		return nil, err
	}
	return &table{d: d, sheet: Sheet{Name: d.sheetName(), Hidden: hidden}}, nil
}

// admit counts a sheet of a workbook, or a file of one table, against what a file may hold.
func (d *decoder) admit() error {
	if d.named++; d.named > d.limits.Sheets {
		return d.fail(fmt.Sprintf("holds more sheets than the limit of %d", d.limits.Sheets), nil)
	}
	return d.charge(sheetBytes + len(d.sheetName()))
}

// charge takes what is kept in memory off the budget of the file. A text that is shared counts each time it is used.
func (d *decoder) charge(bytes int) error {
	if d.decoded += bytes; d.decoded > d.limits.Decoded {
		return d.fail(fmt.Sprintf("its cells hold more than the limit of %d bytes, a text that is used several times counted each time", d.limits.Decoded), nil)
	}
	return nil
}

// set places a cell; row counts from 1 and column from 0.
func (t *table) set(row uint32, column int, cell Cell) error {
	if cell.Text == "" {
		return nil
	}
	d := t.d
	switch {
	case int64(row) > int64(d.limits.Rows):
		return d.failAt(row, column, fmt.Sprintf("lies beyond the limit of %d rows", d.limits.Rows))
	case column >= d.limits.Columns:
		return d.failAt(row, column, fmt.Sprintf("lies beyond the limit of %d columns", d.limits.Columns))
	case len(cell.Text) > d.limits.CellBytes:
		return d.failAt(row, column, fmt.Sprintf("holds %d bytes, more than the limit of %d for one cell", len(cell.Text), d.limits.CellBytes))
	}
	if row != t.row {
		if err := t.flush(); err != nil {
			return err
		}
		t.row = row
	}
	if gap := column + 1 - len(t.cells); gap > 0 {
		if d.cells += gap; d.cells > d.limits.Cells {
			return d.failAt(row, column, fmt.Sprintf("the file holds more cells than the limit of %d", d.limits.Cells))
		}
		t.cells = append(t.cells, make([]Cell, gap)...)
	}
	if t.cells[column].Text != "" {
		return d.failAt(row, column, errTwice)
	}
	if err := d.charge(cellBytes + len(cell.Text)); err != nil {
		return err
	}
	t.cells[column] = cell
	return nil
}

const errTwice = "the cell is there twice"

// bits is a set of rows.
type bits []uint64

func (b *bits) add(row uint32) {
	if word := int(row / 64); word >= len(*b) {
		*b = append(*b, make([]uint64, word+1-len(*b))...)
	}
	(*b)[row/64] |= 1 << (row % 64)
}

func (b bits) has(row uint32) bool {
	word := int(row / 64)
	return word < len(b) && b[word]&(1<<(row%64)) != 0
}

// seeRow notes whether a reader of the sheet sees a row.
func (t *table) seeRow(row uint32, shown bool) {
	switch {
	case int64(row) > int64(t.d.limits.Rows):
	case shown:
		t.shown.add(row)
	default:
		t.hidden.add(row)
	}
}

// hideColumns notes whether a reader of the sheet does not see columns, counted from 0.
func (t *table) hideColumns(first, last int, hidden bool) {
	for column := max(first, 0); column <= min(last, t.d.limits.Columns-1); column++ {
		if gap := column + 1 - len(t.sheet.hiddenColumns); gap > 0 {
			t.sheet.hiddenColumns = append(t.sheet.hiddenColumns, make([]bool, gap)...)
		}
		t.sheet.hiddenColumns[column] = hidden
	}
}

// flush packs the row that was filled.
func (t *table) flush() error {
	if len(t.cells) == 0 {
		return nil
	}
	if err := t.d.ctx.Err(); err != nil {
		return err
	}
	if err := t.d.charge(rowBytes); err != nil {
		return err
	}
	if len(t.open) > chunkBytes {
		t.seal()
	}
	t.rows = append(t.rows, packedRow{t.row, uint32(len(t.chunks)), uint32(len(t.open))})
	filled := 0
	for _, cell := range t.cells {
		if cell.Text != "" {
			filled++
		}
	}
	t.open = binary.AppendUvarint(t.open, uint64(filled))
	for column, cell := range t.cells {
		if cell.Text == "" {
			continue
		}
		t.open = append(binary.AppendUvarint(t.open, uint64(column)), byte(cell.Kind))
		t.open = append(binary.AppendUvarint(t.open, uint64(len(cell.Text))), cell.Text...)
	}
	t.cells = t.cells[:0]
	return nil
}

func (t *table) seal() {
	t.chunks, t.open = append(t.chunks, string(t.open)), t.open[:0]
}

// finish adds the sheet to the publication.
func (t *table) finish() error {
	if err := t.flush(); err != nil {
		return err
	}
	t.seal()
	slices.SortStableFunc(t.rows, func(a, b packedRow) int { return cmp.Compare(a.number, b.number) })
	if err := t.merge(); err != nil {
		return err
	}
	merged, err := t.spans()
	if err != nil {
		return err
	}
	p := packedSheet{chunks: t.chunks, rows: t.rows, hidden: t.hidden, merged: merged}
	if t.hidesRows {
		for _, row := range t.rows {
			if !t.shown.has(row.number) {
				p.hidden.add(row.number)
			}
		}
	}
	t.sheet.rows = p.all
	t.d.sheets = append(t.d.sheets, t.sheet)
	t.d.sheet = ""
	return nil
}

// merge makes one row of those that were given in several pieces.
func (t *table) merge() error {
	rows := t.rows
	t.rows = rows[:0]
	for i := 0; i < len(rows); {
		last := i + 1
		for last < len(rows) && rows[last].number == rows[i].number {
			last++
		}
		if last == i+1 {
			t.rows = append(t.rows, rows[i])
			i++
			continue
		}
		pieces := slices.Clone(rows[i:last])
		t.open = nil
		for _, piece := range pieces {
			var cells []Cell
			for column, cell := range unpack(cells, t.chunks[piece.chunk][piece.at:]) {
				if err := t.set(piece.number, column, cell); err != nil {
					return err
				}
			}
		}
		if err := t.flush(); err != nil {
			return err
		}
		t.seal()
		i = last
	}
	return nil
}

// area is a rectangle of merged cells.
type area struct {
	first, last             uint32
	firstColumn, lastColumn int
}

// String names it as a spreadsheet does.
func (a area) String() string {
	return fmt.Sprintf("%s%d:%s%d", ColumnName(a.firstColumn), a.first, ColumnName(a.lastColumn), a.last)
}

const areaBytes, spanBytes = 24, 48

// mergeCells notes cells that are shown as one.
func (t *table) mergeCells(a area) error {
	if a.first > a.last || a.firstColumn > a.lastColumn {
		return nil
	}
	t.merges = append(t.merges, a)
	return t.d.charge(areaBytes)
}

// spans are the merged cells of each row that has cells.
func (t *table) spans() (map[uint32][]area, error) {
	spans := map[uint32][]area{}
	for _, a := range t.merges {
		at, _ := slices.BinarySearchFunc(t.rows, a.first, func(r packedRow, first uint32) int { return cmp.Compare(r.number, first) })
		for ; at < len(t.rows) && t.rows[at].number <= a.last; at++ {
			if err := t.d.charge(spanBytes); err != nil {
				return nil, err
			}
			row := t.rows[at].number
			spans[row] = append(spans[row], a)
		}
	}
	return spans, nil
}

// unpack puts packed cells into their columns.
func unpack(cells []Cell, packed string) []Cell {
	number := func() int {
		n, shift := 0, 0
		for i := 0; ; i++ {
			b := packed[i]
			n |= int(b&0x7f) << shift
			if shift += 7; b < 0x80 {
				packed = packed[i+1:]
				return n
			}
		}
	}
	cells = cells[:0]
	for left := number(); left > 0; left-- {
		for column := number(); len(cells) < column; {
			cells = append(cells, Cell{})
		}
		kind := Kind(packed[0])
		packed = packed[1:]
		length := number()
		cells = append(cells, Cell{Text: packed[:length], Kind: kind})
		packed = packed[length:]
	}
	return cells
}

// packedSheet yields the rows of a sheet that was read.
type packedSheet struct {
	chunks []string
	rows   []packedRow
	hidden bits
	merged map[uint32][]area
}

func (p packedSheet) all(yield func(Row, error) bool) {
	var row Row
	for _, r := range p.rows {
		row.Number, row.Cells = r.number, unpack(row.Cells, p.chunks[r.chunk][r.at:])
		row.Hidden = p.hidden.has(r.number)
		if row.merged = nil; len(p.merged) > 0 {
			row.merged = p.merged[r.number]
		}
		if !yield(row, nil) {
			return
		}
	}
}
