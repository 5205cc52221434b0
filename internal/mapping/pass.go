package mapping

import (
	"errors"
	"fmt"
	"slices"
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

// pass is one reading of a file from its beginning to its end.
type pass struct {
	*Reading
	sink    Sink
	summary Summary

	rec          record // the row being read
	rows         rowReader
	places       placeReader
	observations []Observation
	rejections   []Rejection
	kept         int        // rejections that were passed on, or wait to be
	first        *Rejection // of all
	sound, bad   int        // rows that were read, and of which something was rejected
	repeatable   map[string]bool

	duplicates  duplicates
	whereabouts whereabouts
	doubts      doubts
	totals      totals
}

func newPass(r *Reading, sink Sink, at time.Time) *pass {
	p := &pass{
		Reading: r, sink: sink, rows: rowReader{Mapper: r.mapper, source: r.Source, file: r.file, sha256: r.sha256, at: at},
		places: placeReader{r.mapper, r.Source}, duplicates: duplicates{seen: newFigureSet(), found: map[key]bool{}, known: r.twice},
		whereabouts: newWhereabouts(), doubts: newDoubts(r.mapper, r.Source), totals: totals{reference: r.mapper.reference}, repeatable: map[string]bool{},
	}
	for _, t := range r.tables {
		if t.declared.Reconcile || t.declared.Totals != nil || t.declared.Subtotals != nil {
			p.totals.sums, p.totals.periods = sums{}, map[*table]map[catalog.Period]bool{}
		}
	}
	return p
}

// How many observations or rejections are handed over at once.
const piece, rejectedPiece = 8192, 1024

// minBad is how many rows must be bad before a file is refused because most are: somebody looks at fewer one by one.
const minBad = 10

func (r *pass) read() (Summary, error) {
	for _, t := range r.tables {
		for _, label := range t.declared.Released {
			if text, _, ok := t.after(label); ok && r.summary.Released == "" {
				r.summary.Released = strings.TrimSuffix(label, ":") + " " + text
				r.rows.released = r.summary.Released
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
	if len(r.duplicates.found) > 0 {
		return r.summary, errStatedTwice
	}
	for rec := range r.duplicates.rejected() {
		if err := r.emit(rec); err != nil {
			return r.summary, err
		}
	}
	if r.summary.Accepted > 0 {
		r.addOmitted()
	}
	r.doubts.sheets(r.tables)
	r.doubts.file(r.file)
	r.summary.Unknown, r.summary.Doubts = r.whereabouts.placed(r.mapper), r.doubts.raised()
	if err := r.hand(); err != nil {
		return r.summary, err
	}
	for _, t := range r.tables {
		r.summary.Remarks = append(r.summary.Remarks, t.remarks()...)
	}
	for _, sheet := range r.hidden {
		r.summary.Remarks = append(r.summary.Remarks, Remark{
			Rule: ruleShown, Sheet: sheet, Count: 1,
			Message: fmt.Sprintf("sheet %q is hidden; its figures were not loaded", sheet),
		})
	}
	switch {
	case r.rows.broken*2 > r.rows.followed:
		return r.summary, &FileError{
			ruleYearOfRates,
			fmt.Errorf(
				"%d of %d rates are those of no whole number among the people of their year, so they are of another; first %s; accepted: the year that the figures are of",
				r.rows.broken,
				r.rows.followed,
				r.rows.odd,
			),
		}
	case r.Source.Whole && r.summary.Accepted > 0 && r.bad > r.sound && r.bad >= minBad:
		return r.summary, &FileError{
			ruleMostRead,
			fmt.Errorf("something was rejected of %d of %d rows, first %s, %q: %s; accepted: at most half of the rows",
				r.bad, r.bad+r.sound, r.first.Place(), r.first.Value, r.first.Reason),
		}
	case r.summary.Accepted > 0:
		var err error
		r.summary.Reconciliations, err = r.totals.compare(r.Source.AllowedDifference(), r.summary.Rejected > 0)
		return r.summary, err
	case r.first == nil && r.rows.unfilled > 0:
		return r.summary, &FileError{ruleFigures, fmt.Errorf("the return is not filled in: %d rows state neither numerator, denominator nor note; "+
			"a figure that is not known is returned with a note that says why", r.rows.unfilled)}
	case r.first == nil:
		return r.summary, &FileError{ruleFigures, errors.New("no figures found below the headings")}
	default:
		return r.summary, &FileError{ruleFigures, fmt.Errorf("every row was rejected, first %s, %q: %s%s",
			r.first.Place(), r.first.Value, r.first.Reason, remedies[r.first.Rule])}
	}
}

// remedies are what to declare where all rows of a file break a rule, so that its source is wrong rather than the file.
var remedies = map[string]string{
	ruleDeclaredColumn: "; rows that are not wanted stand under skip of the table",
	ruleStatedOnce:     "; rows that are parts of one figure are told apart by the column that item of the table names",
}

func (r *pass) readAny(t *table, row publication.Row) error {
	switch subtotals := t.declared.Subtotals; {
	case subtotals != nil && subtotals.Where.Holds(func(heading string) string { return t.text(row, heading) }):
		if region := t.text(row, subtotals.Named); region != "" {
			r.totals.note(t, row, regionScope(region))
		}
	case t.skipped(row, r.repeatable):
	case t.declared.Reconcile:
		r.totals.note(t, row, "")
	case r.isTotal(t, row):
		r.totals.note(t, row, footprint.England)
		r.doubts.noteTotal(t, row)
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
	var place place
	if t.declared.Place.Heading {
		place = t.headed[t.lastFigure()] // all of them are known, and of kinds that the measure is stated by
	} else {
		place = r.places.find(t, name)
	}
	if place.rule == ruleKnownPlace && t.isNote(row, name) {
		return nil
	}
	rec.checkCells()
	if !place.known() {
		rec.fault(place.rule, publication.ColumnName(t.placeColumn), name, place.fault)
	}
	if t.declared.Long == nil {
		r.rows.readWide(t, rec, place.code)
	} else if r.rows.readLong(t, rec, place.code); !place.known() {
		rec.observations, rec.published = rec.observations[:0], rec.published[:0] // a return says nothing of organisations that it does not name
	}
	if len(rec.observations)+len(rec.faults) == 0 {
		return nil
	}
	r.rows.checkPlausible(t, rec, name, place)
	if row.Hidden {
		t.unseen.see(row.Number)
	}
	if len(rec.observations) > 0 {
		r.whereabouts.note(r.mapper.reference, t, rec, place)
		r.doubts.note(t, rec, place)
	}
	if wait, err := r.duplicates.add(rec); wait || err != nil {
		return err
	}
	return r.emit(rec)
}

// emit passes a row on. A faulty row's observations stay, without a number: its footprint is then known to be incomplete.
func (r *pass) emit(rec *record) error {
	for i := range rec.observations {
		o := &rec.observations[i]
		r.totals.count(rec, o, i)
		if len(rec.faults) > 0 {
			o.Numerator, o.Denominator = decimal.NullDecimal{}, decimal.NullDecimal{}
			o.Status, o.Note = Rejected, rec.faults[0].Reason
		} else {
			r.summary.Accepted++
		}
	}
	if len(rec.faults) == 0 {
		r.sound++
	} else {
		r.bad++
		if r.summary.Rejected += uint64(len(rec.faults)); r.first == nil {
			r.first = &rec.faults[0]
		}
		if len(rec.observations) == 0 {
			r.totals.lack(rec)
		}
	}
	keep := min(len(rec.faults), MaxKept-r.kept)
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
	text := t.text(row, totals.Column)
	return slices.ContainsFunc(totals.Equals, func(mark string) bool { return catalog.Alike(mark, text) }) && r.hasFigures(t, row)
}

func (r *pass) hasFigures(t *table, row publication.Row) bool {
	for i := range t.titles {
		cell := row.Cell(i)
		if len(t.columns[i]) == 0 || cell.Text == "" && !cell.Unread() {
			continue
		}
		if column, known := t.column(row, i); known && column.Measure == "" {
			continue
		}
		if _, err := parseNumber(strings.TrimSpace(cell.Text)); err == nil || cell.Unread() {
			return true
		}
	}
	return false
}

// addOmitted adds the figures that the publication leaves out of the periods it states.
func (r *pass) addOmitted() {
	for _, omission := range r.Source.Omits {
		for _, measure := range omission.Measures {
			for _, text := range omission.Periods {
				period, err := catalog.ParsePeriod(text)
				if err != nil || !r.duplicates.seen.states(measure, period) {
					continue
				}
				for _, organisation := range omission.Organisations {
					if r.duplicates.seen.has(key{measure: measure, organisation: organisation, period: period}) {
						continue
					}
					r.observations = append(r.observations, Observation{
						Measure: measure, Organisation: organisation, Period: period, Status: NotReported, Note: omission.Reason,
						CodesOn: r.rows.reference.DayOf(organisation, period.Start, r.Source.CodesOn(period)),
						Cell:    Cell{File: r.file, SHA256: r.sha256, Released: r.summary.Released},
					})
					r.summary.Accepted++
				}
			}
		}
	}
}
