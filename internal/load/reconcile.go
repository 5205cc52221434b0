package load

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
func (r *reading) readTotals(t *table, row publication.Row, scope string) {
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
		text := strings.TrimSpace(row.Cell(i).Text)
		value, err := t.numerator(row, text, column)
		if err != nil {
			if text != "" && !t.declared.Reconcile {
				r.unreadable = append(r.unreadable, fmt.Sprintf("row %d, column %s: the total of %s: %v", row.Number, publication.ColumnName(i), column.Measure, err))
			}
			continue
		}
		r.totals = append(r.totals, total{t, row, i, scope, column.Measure, period, value})
	}
}

// sums are what we read, by place, measure and period.
type sums map[key]decimal.Decimal

// reconcile compares the publisher's totals with ours. England must agree; a footprint that does not is recorded for the reader.
func (r *reading) reconcile() error {
	ours, only, rejected := sums{}, map[*table]map[catalog.Period]bool{}, false
	for _, rec := range r.records {
		rejected = rejected || len(rec.faults) > 0
		periods := only[rec.table]
		if periods == nil {
			periods = map[catalog.Period]bool{}
			only[rec.table] = periods
		}
		for i, o := range rec.observations {
			periods[o.Period] = true
			if len(rec.faults) > 0 || !rec.published[i].Valid {
				continue
			}
			n := rec.published[i].Decimal
			ours.add(key{o.Measure, footprint.England, o.Period}, n)
			if code, ok := r.reference.Of(o.Organisation, o.CodesOn); ok {
				ours.add(key{o.Measure, code, o.Period}, n)
			}
		}
	}
	found := map[*table]bool{}
	var differing []string
	for _, t := range r.totals {
		found[t.table] = true
		period := t.period
		if period == nil {
			if len(only[t.table]) != 1 {
				continue // the total of several periods is no period's
			}
			for p := range only[t.table] {
				period = &p
			}
		}
		c := Reconciliation{
			Scope: t.scope, Measure: t.measure, Period: *period, Published: t.value, Verdict: Equal,
			Ours:  ours[key{t.measure, t.scope, *period}],
			Sheet: t.table.sheet.Name, Row: t.row.Number, Column: publication.ColumnName(t.column),
		}
		c.Difference = c.Ours.Sub(c.Published)
		if c.Difference.Abs().GreaterThan(r.source.AllowedDifference()) {
			c.Verdict = Differs
			if rejected {
				c.Verdict = Short
			} else if c.Scope == footprint.England {
				differing = append(differing, fmt.Sprintf("row %d, column %s: %s of %s is published as %s, the rows add up to %s",
					c.Row, c.Column, c.Measure, c.Period, c.Published, c.Ours))
			}
		}
		r.batch.Reconciliations = append(r.batch.Reconciliations, c)
	}
	for t, periods := range only {
		if t.declared.Totals == nil || !t.declared.Totals.Required {
			continue
		}
		switch {
		case !found[t]:
			return t.fault(fmt.Sprintf("no total row (%s is %s): the file was cut short",
				t.declared.Totals.Column, strings.Join(t.declared.Totals.Equals, " or ")))
		case len(periods) > 1 && t.declared.Period.Column != "":
			return t.fault("the total row names no period and the rows are of " + list(periods))
		}
	}
	for _, rec := range r.records {
		if totals := rec.table.declared.Totals; totals != nil && totals.Required && len(rec.observations) == 0 {
			fault := rec.faults[0]
			return rec.table.fault(fmt.Sprintf("row %d, column %s: %s; without the row England is not whole", fault.Row, fault.Column, fault.Reason))
		}
	}
	if len(r.unreadable) > 0 {
		return errors.New(strings.Join(r.unreadable, "; "))
	}
	if len(differing) > 0 {
		return fmt.Errorf("the publisher's totals do not agree with the rows: %s", strings.Join(differing, "; "))
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

func (s sums) add(k key, n decimal.Decimal) { s[k] = s[k].Add(n) }
