package mapping

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"stpdash/internal/publication"
)

// duplicates finds the figures that several rows state. The first pass finds which they are; in the second, for which they are known, the
// rows that state them wait until all of them have been read.
type duplicates struct {
	seen    figureSet
	found   map[key]bool
	last    key // found last
	known   map[key]bool
	waiting []*record
	bytes   int // that the waiting rows take, about
}

// How many figures a file may state twice, for which it is read again; how many rows may wait then, and how many bytes they may take; and
// how many of them a rejection names.
const maxDuplicates, maxWaiting, maxWaitingBytes, maxOthers = 10_000, 100_000, 64 << 20, 5

// add notes what a row states, and tells whether the row waits.
func (d *duplicates) add(rec *record) (wait bool, err error) {
	for i := range rec.observations {
		k := keyOf(&rec.observations[i])
		switch fresh := d.seen.add(k); {
		case d.known != nil:
			wait = wait || d.known[k]
		case !fresh:
			if d.found[k], d.last = true, k; len(d.found) > maxDuplicates {
				return false, errStatedTwice
			}
		}
	}
	if d.seen.places > maxPlaces || d.seen.words > maxWords || d.seen.named > maxNamed {
		return false, &FileError{
			ruleWithinBounds,
			rec.table.fault(fmt.Sprintf("row %d: more organisations, measures and periods are named than a publication can mean", rec.row.Number)),
		}
	}
	if !wait {
		return false, nil
	}
	if len(d.waiting) >= maxWaiting {
		return true, &FileError{
			ruleWithinBounds,
			rec.table.fault(fmt.Sprintf("row %d: more than %d rows state figures that others state too", rec.row.Number, maxWaiting)),
		}
	}
	// A row shares the memory of its file's texts, so that its cells and observations are what it takes.
	const cell, observation = 24, 400
	if d.bytes += cell*len(rec.row.Cells) + observation*len(rec.observations) + maxRow*len(rec.faults); d.bytes > maxWaitingBytes {
		return true, &FileError{
			ruleWithinBounds,
			rec.table.fault(fmt.Sprintf("row %d: the rows that state figures which others state too take more than %d bytes", rec.row.Number, maxWaitingBytes)),
		}
	}
	waiting := *rec
	waiting.row.Cells = slices.Clone(rec.row.Cells)
	waiting.observations, waiting.published = slices.Clone(rec.observations), slices.Clone(rec.published)
	d.waiting = append(d.waiting, &waiting)
	return true, nil
}

// rejected are the rows that waited, with a fault where they state a figure that others state too.
func (d *duplicates) rejected() iter.Seq[*record] {
	lines := map[key][]line{}
	for _, rec := range d.waiting {
		for i := range rec.observations {
			k := keyOf(&rec.observations[i])
			lines[k] = append(lines[k], rec.line())
		}
	}
	return func(yield func(*record) bool) {
		for _, rec := range d.waiting {
			for i := range rec.observations {
				o := &rec.observations[i]
				if all := lines[keyOf(o)]; len(all) > 1 {
					rec.fault(
						ruleStatedOnce,
						publication.ColumnName(rec.table.placeColumn),
						rec.table.cell(rec.row, rec.table.placeColumn),
						statedAgain(o, rec.line(), all),
					)
					break
				}
			}
			if !yield(rec) {
				return
			}
		}
	}
}

// line is a row of a sheet.
type line struct {
	sheet string
	row   uint32
}

func (rec *record) line() line { return line{rec.table.sheet.Name, rec.row.Number} }

// statedAgain says in which other rows a figure of a row is stated.
func statedAgain(o *Observation, at line, all []line) string {
	var others []string
	for _, other := range all {
		if len(others) == maxOthers {
			break
		}
		if other == at {
			continue
		}
		text := strconv.FormatUint(uint64(other.row), 10)
		if other.sheet != at.sheet {
			text += fmt.Sprintf(" of sheet %q", Cut(other.sheet, maxName))
		}
		others = append(others, text)
	}
	again := "a second time in the row"
	if len(others) > 0 {
		again = "in row " + strings.Join(others, ", ") + " too"
	}
	if more := len(all) - 1 - len(others); more > 0 {
		again += fmt.Sprintf(", and in %d more", more)
	}
	what := fmt.Sprintf("%s of %s in %s", o.Measure, o.Organisation, o.Period)
	if o.Item != "" {
		what += ", " + o.Item
	}
	return what + " is stated " + again
}
