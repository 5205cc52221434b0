package load

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/publication"
)

type key struct {
	measure, organisation, item string
	period                      catalog.Period
}

func keyOf(o *Observation) key { return key{o.Measure, o.Organisation, o.Item, o.Period} }

// record is one row of a publication, read.
type record struct {
	table        *table
	row          publication.Row
	observations []Observation
	published    []decimal.NullDecimal // beside observations: the number as it stands in the file
	faults       []Rejection
}

// total is one of the publisher's own totals.
type total struct {
	table   *table
	row     uint32
	column  int
	scope   string
	measure string
	period  *catalog.Period // nil: that of the whole table
	value   decimal.Decimal
}

// pass is one reading of a file from its beginning to its end.
type pass struct {
	*Reading
	*Mapper
	source  *catalog.Source
	sink    Sink
	summary Summary
	began   time.Time

	rec          record // the row being read
	lastMeasure  *catalog.Measure
	observations []Observation
	rejections   []Rejection
	kept         int // rejections that were passed on, or wait to be

	seen        figureSet
	doubled     map[key]bool
	whereabouts whereabouts
	lastDoubled key
	held        []*record // rows that state a figure which another row states too
	holding     int       // bytes that they take, about

	sums   sums
	months map[*table]map[catalog.Period]bool // where totals are to be compared
	totals []total
	// unreadable are the totals that are no numbers.
	unreadable []string
	first      *Rejection
	unfilled   int   // rows of a template that were sent back as they were
	short      error // a row of which nothing could be read, so that the total's parts are not whole
}

func newPass(r *Reading, sink Sink) *pass {
	p := &pass{
		Reading: r, Mapper: r.mapper, source: r.Source, sink: sink, began: r.mapper.now(),
		seen: newFigureSet(), doubled: map[key]bool{}, whereabouts: newWhereabouts(),
	}
	for _, t := range r.tables {
		if t.declared.Reconcile || t.declared.Totals != nil {
			p.sums, p.months = sums{}, map[*table]map[catalog.Period]bool{}
		}
	}
	return p
}

// How many observations or rejections are handed over at once.
const piece, rejectedPiece = 8192, 1024

func (r *pass) read() (Summary, error) {
	for _, t := range r.tables {
		for _, label := range t.declared.Released {
			if text, _, ok := t.after(label); ok && r.summary.Released == "" {
				r.summary.Released = strings.TrimSuffix(label, ":") + " " + text
			}
		}
		for row, err := range t.body() {
			if err == nil {
				err = r.readAny(t, row)
			}
			if err != nil {
				return r.summary, err
			}
		}
	}
	if len(r.doubled) > 0 {
		return r.summary, errStatedTwice
	}
	if err := r.release(); err != nil {
		return r.summary, err
	}
	if r.summary.Accepted > 0 {
		r.addOmitted()
	}
	r.summary.Unknown = r.whereabouts.placed(r.Mapper)
	if err := r.hand(); err != nil {
		return r.summary, err
	}
	for _, t := range r.tables {
		r.summary.Remarks = append(r.summary.Remarks, t.remarks()...)
	}
	for _, sheet := range r.hidden {
		r.summary.Remarks = append(r.summary.Remarks, Remark{Rule: ruleShown, Sheet: sheet, Count: 1,
			Message: fmt.Sprintf("sheet %q is hidden; its figures were not loaded", sheet)})
	}
	switch {
	case r.summary.Accepted > 0:
		return r.summary, r.reconcile()
	case r.first == nil && r.unfilled > 0:
		return r.summary, &FileError{ruleFigures, fmt.Errorf("the return is not filled in: %d rows state neither numerator, denominator nor note; "+
			"a figure that is not known is returned with a note that says why", r.unfilled)}
	case r.first == nil:
		return r.summary, &FileError{ruleFigures, errors.New("no figures found below the headings")}
	default:
		return r.summary, &FileError{ruleFigures, fmt.Errorf("every row was rejected, first row %d, column %s, %q: %s",
			r.first.Row, r.first.Column, r.first.Value, r.first.Reason)}
	}
}

// measure finds a measure by its id, mostly the one of the row before.
func (r *pass) measure(id string) (*catalog.Measure, bool) {
	if r.lastMeasure != nil && r.lastMeasure.ID == id {
		return r.lastMeasure, true
	}
	m, ok := r.catalog.Measure(id)
	r.lastMeasure = m
	return m, ok
}

func (r *pass) readAny(t *table, row publication.Row) error {
	switch {
	case t.skipped(row):
	case t.declared.Reconcile:
		r.readTotals(t, row, "")
	case r.isTotal(t, row):
		r.readTotals(t, row, footprint.England)
	default:
		return r.readRow(t, row)
	}
	return nil
}

func (r *pass) readRow(t *table, row publication.Row) error {
	r.rec = record{table: t, row: row, observations: r.rec.observations[:0], published: r.rec.published[:0]}
	rec := &r.rec
	name := t.cell(row, t.placeColumn)
	if name == "" && t.declared.Long == nil && !r.hasFigures(t, row) {
		return nil // an empty line or a note below the table
	}
	place := r.place(t, name)
	if place.rule == ruleKnownPlace && t.isNote(row, name) {
		return nil
	}
	rec.checkCells()
	if place.fault != "" {
		rec.fault(place.rule, publication.ColumnName(t.placeColumn), name, place.fault)
	}
	if t.declared.Long == nil {
		r.readWide(t, rec, place.code)
	} else if r.readLong(t, rec, place.code); place.fault != "" {
		rec.observations, rec.published = rec.observations[:0], rec.published[:0] // a return says nothing of organisations that it does not name
	}
	if len(rec.observations)+len(rec.faults) == 0 {
		return nil
	}
	r.checkPlausible(t, rec, name, place)
	if row.Hidden {
		t.unseen.see(row.Number)
	}
	if len(rec.observations) > 0 {
		r.whereabouts.note(r.reference, t, rec, place)
	}
	return r.settle(rec)
}

// settle decides what becomes of a row: one of several that state a figure waits until all of them are known.
func (r *pass) settle(rec *record) error {
	wait := false
	for i := range rec.observations {
		o := &rec.observations[i]
		k := keyOf(o)
		switch fresh := r.seen.add(k); {
		case r.twice != nil:
			wait = wait || r.twice[k]
		case !fresh:
			if r.doubled[k], r.lastDoubled = true, k; len(r.doubled) > mostDoubled {
				return errStatedTwice
			}
		}
	}
	if r.seen.places > mostPlaces || r.seen.words > mostWords || r.seen.named > mostNamed {
		return &FileError{ruleWithinBounds, fmt.Errorf("row %d: more organisations, measures and periods are named than a publication can mean", rec.row.Number)}
	}
	if wait {
		if len(r.held) >= mostHeld {
			return &FileError{ruleWithinBounds, fmt.Errorf("row %d: more than %d rows state figures that others state too", rec.row.Number, mostHeld)}
		}
		// A row shares the memory of its file's texts, so that its cells and observations are what it takes.
		const cell, observation = 24, 400
		if r.holding += cell*len(rec.row.Cells) + observation*len(rec.observations) + mostOfRow*len(rec.faults); r.holding > mostHolding {
			return &FileError{ruleWithinBounds, fmt.Errorf("row %d: the rows that state figures which others state too take more than %d bytes", rec.row.Number, mostHolding)}
		}
		held := *rec
		held.row.Cells = slices.Clone(rec.row.Cells)
		held.observations, held.published = slices.Clone(rec.observations), slices.Clone(rec.published)
		r.held = append(r.held, &held)
		return nil
	}
	return r.emit(rec)
}

// mostHeld is how many rows may wait, and mostOthers how many of them a rejection names.
const mostHeld, mostOthers = 100_000, 5

// mostHolding is how many bytes they may take.
const mostHolding = 64 << 20

// release rejects the rows that state a figure which others state too.
func (r *pass) release() error {
	rows := map[key][]uint32{}
	for _, rec := range r.held {
		for i := range rec.observations {
			o := &rec.observations[i]
			k := keyOf(o)
			rows[k] = append(rows[k], rec.row.Number)
		}
	}
	for _, rec := range r.held {
		for i := range rec.observations {
			o := &rec.observations[i]
			k := keyOf(o)
			if len(rows[k]) < 2 {
				continue
			}
			var others []string
			for _, row := range rows[k] {
				if row != rec.row.Number && len(others) < mostOthers {
					others = append(others, strconv.FormatUint(uint64(row), 10))
				}
			}
			again := "a second time in the row"
			if len(others) > 0 {
				again = "in row " + strings.Join(others, ", ") + " too"
			}
			if more := len(rows[k]) - 1 - len(others); more > 0 {
				again += fmt.Sprintf(", and in %d more", more)
			}
			rec.fault(ruleStatedOnce, publication.ColumnName(rec.table.placeColumn), rec.table.cell(rec.row, rec.table.placeColumn),
				fmt.Sprintf("%s of %s in %s is stated %s", o.Measure, o.Organisation, strings.TrimSuffix(o.Period.String()+", "+o.Item, ", "), again))
			break
		}
		if err := r.emit(rec); err != nil {
			return err
		}
	}
	return nil
}

// emit passes a row on. A faulty row's observations stay, without a number: its footprint is then known to be incomplete.
func (r *pass) emit(rec *record) error {
	for i := range rec.observations {
		o := &rec.observations[i]
		r.count(rec, o, i)
		if len(rec.faults) > 0 {
			o.Numerator, o.Denominator = decimal.NullDecimal{}, decimal.NullDecimal{}
			o.Status, o.Note = Rejected, rec.faults[0].Reason
		} else {
			r.summary.Accepted++
		}
	}
	if len(rec.faults) > 0 {
		if r.summary.Rejected += uint64(len(rec.faults)); r.first == nil {
			r.first = &rec.faults[0]
		}
		if totals := rec.table.declared.Totals; r.short == nil && totals != nil && totals.Required && len(rec.observations) == 0 {
			fault := rec.faults[0]
			r.short = rec.table.fault(fmt.Sprintf("row %d, column %s: %s; without the row England is not whole", fault.Row, fault.Column, fault.Reason))
		}
	}
	keep := min(len(rec.faults), MostKept-r.kept)
	r.kept += keep
	r.observations, r.rejections = append(r.observations, rec.observations...), append(r.rejections, rec.faults[:keep]...)
	if len(r.observations) < piece && len(r.rejections) < rejectedPiece {
		return nil
	}
	return r.hand()
}

func (r *pass) hand() error {
	err := r.sink.Take(r.observations, r.rejections)
	r.observations, r.rejections = r.observations[:0], r.rejections[:0]
	return err
}

func (r *pass) isTotal(t *table, row publication.Row) bool {
	totals := t.declared.Totals
	if totals == nil {
		return false
	}
	text := catalog.Fold(t.text(row, totals.Column))
	return slices.ContainsFunc(totals.Equals, func(mark string) bool { return catalog.Fold(mark) == text }) && r.hasFigures(t, row)
}

func (r *pass) hasFigures(t *table, row publication.Row) bool {
	for i := range t.titles {
		if column, known := t.column(row, i); known && column.Measure == "" || len(t.columns[i]) == 0 {
			continue
		}
		cell := row.Cell(i)
		if _, err := parseNumber(strings.TrimSpace(cell.Text)); err == nil || cell.Unread() {
			return true
		}
	}
	return false
}

// addOmitted adds the figures that the publication leaves out of the periods it states.
func (r *pass) addOmitted() {
	for _, omission := range r.source.Omits {
		for _, measure := range omission.Measures {
			for _, text := range omission.Periods {
				period, err := catalog.ParsePeriod(text)
				if err != nil || !r.seen.states(measure, period) {
					continue
				}
				for _, organisation := range omission.Organisations {
					if r.seen.has(key{measure: measure, organisation: organisation, period: period}) {
						continue
					}
					r.observations = append(r.observations, Observation{
						Measure: measure, Organisation: organisation, Period: period, Status: NotReported, Note: omission.Reason,
						CodesOn: r.source.CodesOn(period), Cell: Cell{File: r.file, SHA256: r.sha256, Released: r.summary.Released},
					})
					r.summary.Accepted++
				}
			}
		}
	}
}
