package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/publication"
)

// readTotals notes the totals that one row states; without a scope the row names it.
func (r *pass) readTotals(t *table, row publication.Row, scope string) {
	place := t.declared.Place
	if scope == "" && place.By == "england" {
		scope = footprint.England
	}
	if scope == "" {
		text := t.text(row, place.Column)
		if slices.Contains(place.England, text) {
			scope = footprint.England
		} else if f, ok := r.reference.Footprint(text); ok {
			scope = f.Code
		} else {
			return // a note
		}
	}
	period := t.period
	if column := t.declared.Period.Column; column != "" {
		if own, err := t.declared.Period.Read(t.periodText(row)); err == nil {
			period = &own
		}
	}
	for i := range t.titles {
		column, _ := t.column(row, i)
		if column.Measure == "" {
			continue
		}
		cell := row.Cell(i)
		text := strings.TrimSpace(cell.Text)
		value, err := t.numerator(row, text, &column)
		with, merged := row.Merged(i)
		notBlank := cell.Unread() || merged && text == ""
		switch {
		case cell.Unread():
			err = errors.New(unread(cell))
		case notBlank:
			err = fmt.Errorf("the cell is merged with %s", with)
		}
		if len(r.totals)+len(r.unreadable) > mostTotals {
			r.unreadable = []string{fmt.Sprintf("row %d: more than %d totals are stated", row.Number, mostTotals)}
			return
		}
		if err != nil {
			if notBlank || text != "" && !t.declared.Reconcile {
				r.unreadable = append(r.unreadable, fmt.Sprintf("row %d, column %s: the total of %s: %v", row.Number, publication.ColumnName(i), column.Measure, err))
			}
			continue
		}
		r.totals = append(r.totals, total{t, row.Number, i, scope, column.Measure, period, value})
	}
}

// mostTotals is how many totals a file may state.
const mostTotals = 100_000

// sum names the sum of a measure over a place in a period.
type sum struct {
	measure, scope string
	period         catalog.Period
}

// sums are what we read, by measure, place and period.
type sums map[sum]decimal.Decimal

// count adds a figure to the sums that the publisher's totals are compared with.
func (r *pass) count(rec *record, o *Observation, i int) {
	if r.sums == nil {
		return
	}
	periods := r.months[rec.table]
	if periods == nil {
		periods = map[catalog.Period]bool{}
		r.months[rec.table] = periods
	}
	periods[o.Period] = true
	if len(rec.faults) > 0 || !rec.published[i].Valid {
		return
	}
	n := rec.published[i].Decimal
	r.sums.add(sum{o.Measure, footprint.England, o.Period}, n)
	if code, ok := r.reference.Of(o.Organisation, o.CodesOn); ok {
		r.sums.add(sum{o.Measure, code, o.Period}, n)
	}
}

// reconcile compares the publisher's totals with ours. England must agree; a footprint that does not is recorded for the reader.
func (r *pass) reconcile() error {
	found := map[*table]bool{}
	var differing []string
	for _, t := range r.totals {
		found[t.table] = true
		period := t.period
		if period == nil {
			if len(r.months[t.table]) != 1 {
				continue // the total of several periods is no period's
			}
			for p := range r.months[t.table] {
				period = &p
			}
		}
		c := Reconciliation{
			Scope: t.scope, Measure: t.measure, Period: *period, Published: t.value, Verdict: Equal,
			Ours:  r.sums[sum{t.measure, t.scope, *period}],
			Sheet: t.table.sheet.Name, Row: t.row, Column: publication.ColumnName(t.column),
		}
		c.Difference = c.Ours.Sub(c.Published)
		if c.Difference.Abs().GreaterThan(r.source.AllowedDifference()) {
			c.Verdict = Differs
			if r.summary.Rejected > 0 {
				c.Verdict = Short
			} else if c.Scope == footprint.England {
				differing = append(differing, fmt.Sprintf("row %d, column %s: %s of %s is published as %s, the rows add up to %s",
					c.Row, c.Column, c.Measure, c.Period, c.Published, c.Ours))
			}
		}
		r.summary.Reconciliations = append(r.summary.Reconciliations, c)
	}
	for t, periods := range r.months {
		if t.declared.Totals == nil || !t.declared.Totals.Required {
			continue
		}
		switch {
		case !found[t]:
			return &FileError{ruleTotalPresent, t.fault(fmt.Sprintf("no total row (%s is %s): the file was cut short",
				t.declared.Totals.Column, strings.Join(t.declared.Totals.Equals, " or ")))}
		case len(periods) > 1 && t.declared.Period.Column != "":
			return &FileError{ruleTotalPresent, t.fault("the total row names no period and the rows are of " + list(periods))}
		}
	}
	if r.short != nil {
		return &FileError{ruleTotalPresent, r.short}
	}
	if len(r.unreadable) > 0 {
		return &FileError{ruleTotalReadable, errors.New(strings.Join(r.unreadable, "; "))}
	}
	if len(differing) > 0 {
		return &FileError{ruleTotalEqual, fmt.Errorf("the publisher's totals do not agree with the rows: %s", strings.Join(differing, "; "))}
	}
	return nil
}

// list names periods in their order.
func list(periods map[catalog.Period]bool) string {
	var names []string
	for p := range periods {
		names = append(names, p.String())
	}
	slices.Sort(names)
	return strings.Join(names, " and ")
}

func (s sums) add(k sum, n decimal.Decimal) { s[k] = s[k].Add(n) }
