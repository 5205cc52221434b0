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

// totals compares the publisher's own totals with the sums of what was read.
type totals struct {
	reference  *footprint.Reference
	sums       sums                               // nil where no totals are compared
	periods    map[*table]map[catalog.Period]bool // of the figures of each table
	stated     []total
	unreadable []string // the totals that are no numbers
	short      error    // a row of which nothing could be read
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

// note notes the totals that one row states; without a scope the row names it.
func (c *totals) note(t *table, row publication.Row, scope string) {
	place := t.declared.Place
	if scope == "" && place.By == "england" {
		scope = footprint.England
	}
	if scope == "" {
		text := t.text(row, place.Column)
		if slices.Contains(place.England, text) {
			scope = footprint.England
		} else if f, ok := c.reference.Footprint(text); ok {
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
		if len(c.stated)+len(c.unreadable) > maxTotals {
			c.unreadable = []string{t.fault(fmt.Sprintf("row %d: more than %d totals are stated", row.Number, maxTotals)).Error()}
			return
		}
		if err != nil {
			if notBlank || text != "" && !t.declared.Reconcile {
				c.unreadable = append(
					c.unreadable,
					t.fault(fmt.Sprintf("row %d, column %s: the total of %s: %v", row.Number, publication.ColumnName(i), column.Measure, err)).Error(),
				)
			}
			continue
		}
		c.stated = append(c.stated, total{t, row.Number, i, scope, column.Measure, period, value})
	}
}

// maxTotals is how many totals a file may state.
const maxTotals = 100_000

// sum names the sum of a measure over a place in a period.
type sum struct {
	measure, scope string
	period         catalog.Period
}

// regionScope is the scope of a region of the publisher's own, by the text that names it.
func regionScope(text string) string { return strings.ToUpper(Cut(text, maxName)) }

// sums are what we read, by measure, place and period.
type sums map[sum]decimal.Decimal

// count adds a figure to the sums that the publisher's totals are compared with.
func (c *totals) count(rec *record, o *Observation, i int) {
	if c.sums == nil {
		return
	}
	periods := c.periods[rec.table]
	if periods == nil {
		periods = map[catalog.Period]bool{}
		c.periods[rec.table] = periods
	}
	periods[o.Period] = true
	if len(rec.faults) > 0 || !rec.published[i].Valid {
		return
	}
	n := rec.published[i].Decimal
	c.sums.add(sum{o.Measure, footprint.England, o.Period}, n)
	if subtotals := rec.table.declared.Subtotals; subtotals != nil {
		if region := rec.table.text(rec.row, subtotals.Of); region != "" {
			c.sums.add(sum{o.Measure, regionScope(region), o.Period}, n)
		}
	}
	if code, ok := c.reference.Of(o.Organisation, o.CodesOn); ok {
		c.sums.add(sum{o.Measure, code, o.Period}, n)
	}
}

// lack notes a row of which nothing could be read, so that the parts of a total are not whole.
func (c *totals) lack(rec *record) {
	if declared := rec.table.declared.Totals; c.short == nil && declared != nil && declared.Required {
		fault := rec.faults[0]
		c.short = rec.table.fault(fmt.Sprintf("row %d, column %s: %s; without the row England is not whole", fault.Row, fault.Column, fault.Reason))
	}
}

// compare compares the publisher's totals with ours, which are short where rows were rejected. England must agree; a footprint that does
// not is recorded for the reader.
func (c *totals) compare(allowed decimal.Decimal, short bool) ([]Reconciliation, error) {
	var all []Reconciliation
	found, ofPeriod := map[*table]bool{}, map[*table]map[catalog.Period]bool{}
	var differing []string
	for _, t := range byItem(c.stated) {
		found[t.table] = found[t.table] || t.scope == footprint.England
		period := t.period
		if period != nil && t.scope == footprint.England {
			if ofPeriod[t.table] == nil {
				ofPeriod[t.table] = map[catalog.Period]bool{}
			}
			ofPeriod[t.table][*period] = true
		}
		if period == nil {
			if len(c.periods[t.table]) != 1 {
				continue // the total of several periods is no period's
			}
			for p := range c.periods[t.table] {
				period = &p
			}
		}
		compared := Reconciliation{
			Scope: t.scope, Measure: t.measure, Period: *period, Published: t.value, Verdict: Equal,
			Ours:  c.sums[sum{t.measure, t.scope, *period}],
			Sheet: t.table.sheet.Name, Row: t.row, Column: publication.ColumnName(t.column),
		}
		compared.Difference = compared.Ours.Sub(compared.Published)
		if compared.Difference.Abs().GreaterThan(allowed) {
			compared.Verdict = Differs
			if short {
				compared.Verdict = Short
			} else if compared.Scope == footprint.England {
				differing = append(differing, t.table.fault(fmt.Sprintf("row %d, column %s: %s of %s is published as %s, the rows add up to %s",
					compared.Row, compared.Column, compared.Measure, compared.Period, compared.Published, compared.Ours)).Error())
			}
		}
		all = append(all, compared)
	}
	for t, periods := range c.periods {
		if t.declared.Totals == nil || !t.declared.Totals.Required {
			continue
		}
		switch {
		case !found[t]:
			return all, &FileError{ruleTotalPresent, t.fault(fmt.Sprintf("no total row (%s is %s): the file was cut short",
				t.declared.Totals.Column, strings.Join(t.declared.Totals.Equals, " or ")))}
		case len(periods) > 1 && t.declared.Period.Column != "" && ofPeriod[t] != nil:
			for p := range ofPeriod[t] {
				delete(periods, p)
			}
			if len(periods) > 0 {
				return all, &FileError{ruleTotalPresent, t.fault(fmt.Sprintf("no total row (%s is %s) for %s: the file was cut short",
					t.declared.Totals.Column, strings.Join(t.declared.Totals.Equals, " or "), list(periods)))}
			}
		case len(periods) > 1 && t.declared.Period.Column != "":
			return all, &FileError{ruleTotalPresent, t.fault("the total row names no period and the rows are of " + list(periods))}
		}
	}
	if c.short != nil {
		return all, &FileError{ruleTotalPresent, c.short}
	}
	if len(c.unreadable) > 0 {
		return all, &FileError{ruleTotalReadable, errors.New(strings.Join(c.unreadable, "; "))}
	}
	if len(differing) > 0 {
		return all, &FileError{ruleTotalEqual, fmt.Errorf("the publisher's totals do not agree with the rows: %s", strings.Join(differing, "; "))}
	}
	return all, nil
}

// byItem adds up the totals of a table whose figures are split over several rows, as its total is.
func byItem(stated []total) []total {
	type whole struct {
		table          *table
		scope, measure string
		period         catalog.Period
	}
	var all []total
	first := map[whole]int{}
	for _, t := range stated {
		w := whole{table: t.table, scope: t.scope, measure: t.measure}
		if t.period != nil {
			w.period = *t.period
		}
		at, again := first[w]
		if t.table.declared.Item != "" && again {
			all[at].value = all[at].value.Add(t.value)
			continue
		}
		first[w] = len(all)
		all = append(all, t)
	}
	return all
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
