package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"stpdash/internal/publication"
)

// evidenceTable is a csv file with a line of column names, and its rows. Their texts stand one after the other, so that millions of rows
// cost little more than the file.
type evidenceTable struct {
	file    string
	header  uint32 // the line of the names
	columns []string
	lines   []uint32 // of the rows
	text    []byte
	ends    []uint32 // of each cell in text, row by row, without those that a row ends before
	cells   []uint32 // how many of them end before each row
}

// evidenceBytes is the size of the largest table, which is held in memory.
const evidenceBytes = 64 << 20

// readEvidence reads a csv of any delimiter and encoding, or a workbook of one sheet.
func readEvidence(ctx context.Context, path string) (*evidenceTable, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--data: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("--data: %w", err)
	}
	t := &evidenceTable{file: filepath.Base(path)}
	decoded, err := publication.Read(ctx, t.file, f, info.Size(), publication.Limits{Bytes: evidenceBytes})
	if err != nil {
		return nil, err
	}
	if n := len(decoded.Sheets); n != 1 {
		return nil, fmt.Errorf("%s: holds %d sheets; a csv, or one sheet, is accepted", t.file, n)
	}
	for row, err := range decoded.Sheets[0].Rows() {
		if err != nil {
			return nil, err
		}
		if t.columns == nil {
			t.header = row.Number
			for _, cell := range row.Cells {
				t.columns = append(t.columns, strings.TrimSpace(cell.Text))
			}
			continue
		}
		t.lines = append(t.lines, row.Number)
		t.cells = append(t.cells, uint32(len(t.ends)))
		for _, cell := range row.Cells[:min(len(row.Cells), len(t.columns))] {
			t.text = append(t.text, strings.TrimSpace(cell.Text)...)
			t.ends = append(t.ends, uint32(len(t.text)))
		}
		if len(t.text) > evidenceBytes {
			return nil, fmt.Errorf("%s, line %d: the text up to here is more than the %d MB accepted", t.file, row.Number, evidenceBytes>>20)
		}
	}
	if len(t.lines) == 0 {
		return nil, fmt.Errorf("%s: holds no figures; a line of column names and rows beneath it are accepted", t.file)
	}
	return t, nil
}

// line is where a row, counted from 0, stands in the file.
func (t *evidenceTable) line(row int) uint32 { return t.lines[row] }

// cell is the text of a row in a column.
func (t *evidenceTable) cell(row, column int) []byte {
	at, end := int(t.cells[row])+column, len(t.ends)
	if row+1 < len(t.cells) {
		end = int(t.cells[row+1])
	}
	if at >= end {
		return nil
	}
	start := uint32(0)
	if at > 0 {
		start = t.ends[at-1]
	}
	return t.text[start:t.ends[at]]
}

// errorAt says what is wrong in one cell.
func (t *evidenceTable) errorAt(row int, column, format string, values ...any) error {
	return fmt.Errorf("%s, line %d, column %s: %w", t.file, t.line(row), column, fmt.Errorf(format, values...))
}

// column is the position of a column, of which there must be one.
func (t *evidenceTable) column(name string) (int, error) {
	at := slices.Index(t.columns, name)
	switch {
	case at < 0:
		return 0, usageError{fmt.Errorf("%s, line %d: there is no column %q; its columns are %s", t.file, t.header, name, strings.Join(t.columns, ", "))}
	case slices.Contains(t.columns[at+1:], name):
		return 0, fmt.Errorf("%s, line %d: there are two columns %q; names that differ are accepted", t.file, t.header, name)
	}
	return at, nil
}

// texts reads a column as it stands. Texts that are the same share their memory.
func (t *evidenceTable) texts(name string) ([]string, error) {
	column, err := t.column(name)
	if err != nil {
		return nil, err
	}
	texts, known := make([]string, len(t.lines)), map[string]string{}
	for row := range t.lines {
		cell := t.cell(row, column)
		text, seen := known[string(cell)]
		if !seen {
			text = string(cell)
			known[text] = text
		}
		texts[row] = text
	}
	return texts, nil
}

var (
	evidenceNumber  = regexp.MustCompile(`^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?$`)
	evidenceGrouped = regexp.MustCompile(`^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$`)
	evidenceMissing = []string{"", "na", "n/a", "nan", "null", "-", "*", "."}
)

// numbers reads a column of numbers, NaN where one is missing.
func (t *evidenceTable) numbers(column string) ([]float64, error) {
	at, err := t.column(column)
	if err != nil {
		return nil, err
	}
	numbers := make([]float64, len(t.lines))
	for i := range numbers {
		text := string(t.cell(i, at))
		if slices.Contains(evidenceMissing, strings.ToLower(text)) {
			numbers[i] = math.NaN()
			continue
		}
		plain := text
		if strings.Contains(text, ",") && evidenceGrouped.MatchString(text) {
			plain = strings.ReplaceAll(text, ",", "")
		}
		if !evidenceNumber.MatchString(plain) {
			return nil, t.errorAt(i, column, "found %q; a number is accepted, or blank, NA, NaN, null, - or * where it is missing", text)
		}
		if numbers[i], err = strconv.ParseFloat(plain, 64); err != nil {
			return nil, t.errorAt(i, column, "found %q, beyond the numbers accepted (to 1e308)", text)
		}
	}
	return numbers, nil
}

// evidenceGroup is the rows, counted from 0, that share a text in a column.
type evidenceGroup struct {
	name string
	rows []int
}

// groups gathers the rows by a column, in the order in which its texts first occur; without a column all are one group.
func (t *evidenceTable) groups(column, name string) ([]evidenceGroup, error) {
	names := slices.Repeat([]string{name}, len(t.lines))
	if column != "" {
		var err error
		if names, err = t.texts(column); err != nil {
			return nil, err
		}
	}
	at := map[string]int{}
	var groups []evidenceGroup
	for row, name := range names {
		g, known := at[name]
		if !known {
			g = len(groups)
			at[name] = g
			groups = append(groups, evidenceGroup{name: name})
		}
		groups[g].rows = append(groups[g].rows, row)
	}
	return groups, nil
}
