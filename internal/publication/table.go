package publication

import (
	"cmp"
	"fmt"
	"slices"
)

// table builds one sheet within the limits.
type table struct {
	d     *decoder
	sheet Sheet
	rows  []Row
	index map[uint32]int
}

// table starts a sheet of that name.
func (d *decoder) table(name string, hidden bool) *table {
	d.sheet = name
	return &table{d: d, sheet: Sheet{Name: d.sheetName(), Hidden: hidden}, index: map[uint32]int{}}
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
	at, ok := t.index[row]
	if !ok {
		if err := d.ctx.Err(); err != nil {
			return err
		}
		at = len(t.rows)
		t.index[row] = at
		t.rows = append(t.rows, Row{Number: row})
	}
	r := &t.rows[at]
	if gap := column + 1 - len(r.Cells); gap > 0 {
		if d.cells += gap; d.cells > d.limits.Cells {
			return d.failAt(row, column, fmt.Sprintf("the file holds more cells than the limit of %d", d.limits.Cells))
		}
		r.Cells = append(r.Cells, make([]Cell, gap)...)
	}
	r.Cells[column] = cell
	return nil
}

// finish adds the sheet to the publication.
func (t *table) finish() {
	rows := t.rows
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.Number, b.Number) })
	t.sheet.rows = func(yield func(Row, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
	t.d.sheets = append(t.d.sheets, t.sheet)
	t.d.sheet = ""
}
