package mapping

import (
	"cmp"
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

// rowReader reads the figures of rows of a source's files.
type rowReader struct {
	*Mapper
	source   *catalog.Source
	file     string
	sha256   string
	released string    // when the publisher released the file, in the publisher's words
	at       time.Time // periods that have not ended by then are refused

	lastMeasure *catalog.Measure
	unfilled    int // rows of a template that were sent back as they were
	// followed and broken are how many counts followed from rates, and how many could not as no whole number has the rate.
	followed, broken int
	odd              string // the first of those
}

// measure finds a measure by its id, mostly the one of the row before.
func (r *rowReader) measure(id string) (*catalog.Measure, bool) {
	if r.lastMeasure != nil && r.lastMeasure.ID == id {
		return r.lastMeasure, true
	}
	m, ok := r.catalog.Measure(id)
	r.lastMeasure = m
	return m, ok
}

func (r *rowReader) readWide(t *table, rec *record, organisation string) {
	values := map[string]decimal.NullDecimal{}
	var checks []int
	// A csv writes out its last cells even when they are blank; a workbook does not.
	if width := len(t.header.Cells); rec.row.Fields > 0 && t.lastFigure() >= rec.row.Fields {
		rec.fault(ruleWholeRow, publication.ColumnName(rec.row.Fields), "", fmt.Sprintf("the row ends after %d of %d columns", rec.row.Fields, width))
	}
	for i := range rec.row.Cells {
		text := strings.TrimSpace(rec.row.Cells[i].Text)
		if text != "" && (i >= len(t.titles) || t.titles[i] == "") && t.declared.Untitled != "ignore" {
			rec.fault(ruleDeclaredColumn, publication.ColumnName(i), text, "the column has no heading")
		}
	}
	for i := range t.titles {
		cell := rec.row.Cell(i)
		text := strings.TrimSpace(cell.Text)
		column, known := t.column(rec.row, i)
		switch {
		case !known && text != "" && len(t.columns[i]) > 0:
			rec.fault(
				ruleDeclaredColumn,
				publication.ColumnName(i),
				text,
				"the row has no declared purpose for the column; accepted: rows where "+conditions(t.columns[i]),
			)
		case len(column.Equals) > 0 && i < len(rec.row.Cells):
			checks = append(checks, i)
		}
		if column.Measure == "" {
			continue
		}
		if slices.ContainsFunc(t.declared.Absent, func(mark string) bool { return strings.EqualFold(mark, text) }) {
			continue
		}
		m, ok := r.measure(column.Measure)
		period, err := r.period(t, rec, i)
		if err == nil && ok {
			err = checkGrain(m, period)
		}
		if err != nil {
			rec.fault(rulePeriod, t.columnOf(t.declared.Period.Column), t.periodText(rec.row), err.Error())
			return
		}
		if t.declared.Place.Heading {
			organisation = t.headed[i].code
		}
		o := r.observation(t, rec, column.Measure, organisation, period, i, cell.Text)
		n := r.number(rec, i, text, &column)
		if ok && m.Whole && column.Scale != "" {
			n = withoutNoise(n)
		}
		if n.Valid {
			o.Numerator, o.Status = n, Reported
		} else {
			o.Note = "the published cell is blank"
		}
		if ok && m.Ratio() {
			denominator := t.at(cmp.Or(column.Denominator, column.Percentage))
			if column.Weight != "" || m.WeightedBy == catalog.NotCombined {
				denominator = i
			}
			if r.readDenominator(rec, i, m, column, &o) {
				rec.checkRatio(m, &o, i, denominator)
				rec.checkWhole(m, &o, i, denominator)
			}
		} else if ok {
			rec.checkWhole(m, &o, i, i)
		}
		values[column.Measure] = n
		rec.observations = append(rec.observations, o)
		rec.published = append(rec.published, n)
	}
	for _, i := range checks {
		column, _ := t.column(rec.row, i)
		r.checkSum(rec, i, column, values)
	}
	r.markNotReported(rec, values)
	r.checkParts(rec)
	r.dropEnded(rec)
}

// dropEnded takes out a row of nothing but zeros of an organisation that had ended by then: a publication that keeps its line has no figure of it.
func (r *rowReader) dropEnded(rec *record) {
	if len(rec.faults) > 0 || len(rec.observations) == 0 {
		return
	}
	for _, o := range rec.observations {
		if !o.Numerator.Valid || !o.Numerator.Decimal.IsZero() || !o.Denominator.Decimal.IsZero() || r.reference.Existed(o.Organisation, o.Period.Start) {
			return
		}
	}
	rec.observations, rec.published = nil, nil
}

// checkParts refuses a row of which a part is larger than its whole, such as more waits over four hours than attendances: which of
// the two is wrong is not known.
func (r *rowReader) checkParts(rec *record) {
	for _, share := range r.shares {
		for first := range rec.observations {
			if rec.observations[first].Measure == share.terms[0].Component && !r.checkShare(rec, share, &rec.observations[first]) {
				return
			}
		}
	}
}

// strayCases is how many patients a department of a kind that a provider does not have may be given by mistake. NHS England has
// published one twice, and counts it in its totals.
var strayCases = decimal.NewFromInt(5)

// checkShare is false where the row's components of a share, in the period of the first of them, are impossible together.
func (r *rowReader) checkShare(rec *record, share madeShare, first *Observation) bool {
	numerator, denominator := decimal.Zero, decimal.Zero
	for _, term := range share.terms {
		i := slices.IndexFunc(rec.observations, func(o Observation) bool { return o.Measure == term.Component && o.Period == first.Period })
		if i < 0 || rec.observations[i].Status != Reported {
			return true
		}
		n := rec.observations[i].Numerator.Decimal.Mul(decimal.NewFromInt(int64(term.Coefficient)))
		if term.Part == "numerator" {
			numerator = numerator.Add(n)
		} else {
			denominator = denominator.Add(n)
		}
	}
	tolerance := r.source.AllowedDifference()
	if denominator.IsZero() {
		tolerance = decimal.Max(tolerance, strayCases)
	}
	if !numerator.LessThan(tolerance.Neg()) && !numerator.Sub(denominator).GreaterThan(tolerance) {
		return true
	}
	rec.fault(rulePartOfWhole, first.Cell.Column, first.Cell.Raw, fmt.Sprintf("%s would be %s of %s: a part is larger than its whole; accepted: from 0 to %s",
		share.measure, numerator, denominator, denominator))
	return false
}

// conditions are those of the declared columns of one heading, in words.
func conditions(columns []catalog.Column) string {
	var all []string
	for _, column := range columns {
		all = append(all, column.Where.String())
	}
	return strings.Join(all, ", or ")
}

func (r *rowReader) observation(t *table, rec *record, measure, organisation string, period catalog.Period, column int, raw string) Observation {
	return Observation{
		Measure:      measure,
		Organisation: organisation,
		Period:       period,
		Status:       NotReported,
		CodesOn:      r.reference.DayOf(organisation, period.Start, r.source.CodesOn(period)),
		Cell:         Cell{r.file, r.sha256, t.sheet.Name, rec.row.Number, publication.ColumnName(column), cutLong(strings.TrimSpace(raw)), r.released},
		Item:         t.item(rec.row),
	}
}

func (r *rowReader) period(t *table, rec *record, column int) (catalog.Period, error) {
	switch when := t.declared.Period; {
	case t.period != nil:
		return *t.period, nil
	case when.Heading:
		return when.Read(t.header.Cells[column].Text)
	default:
		return t.periodOf(t.periodText(rec.row))
	}
}

// checkGrain holds a period against the grain that a measure is stated by.
func checkGrain(m *catalog.Measure, p catalog.Period) error {
	if p.Grain != m.Grain {
		return fmt.Errorf("period %q is not a %s, which the measure %s is stated by; accepted: %s", p, m.Grain.Words(), m.ID, m.Grain.Example())
	}
	return nil
}

// number reads one cell of a measure; a blank one is null.
func (r *rowReader) number(rec *record, column int, text string, declared *catalog.Column) decimal.NullDecimal {
	if text == "" || rec.row.Cell(column).Unread() { // of which the row's fault tells
		return decimal.NullDecimal{}
	}
	n, err := rec.table.numerator(rec.row, text, declared)
	if err == nil && n.IsNegative() {
		if m, ok := r.measure(declared.Measure); ok && !m.Negative {
			err = fmt.Errorf("found %s; a count is never negative", text)
			if m.Unit == catalog.GBP {
				err = fmt.Errorf("found %s; %s is negative only where its definition says negative: true", text, m.ID)
			}
		}
	}
	if err != nil {
		rec.fault(ruleNumber, publication.ColumnName(column), text, err.Error())
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(n)
}

// checkSum holds a published row total against its parts.
func (r *rowReader) checkSum(rec *record, column int, declared catalog.Column, values map[string]decimal.NullDecimal) {
	if rec.row.Cell(column).Unread() {
		return
	}
	text := strings.TrimSpace(rec.row.Cell(column).Text)
	stated, err := statedNumber(rec.row, text)
	if err != nil {
		rec.fault(ruleNumber, publication.ColumnName(column), text, err.Error())
		return
	}
	sum := decimal.Zero
	for _, measure := range declared.Equals {
		sum = sum.Add(values[measure].Decimal)
	}
	for _, measure := range declared.Less {
		sum = sum.Sub(values[measure].Decimal)
	}
	for _, heading := range declared.And {
		at := rec.table.at(heading)
		other := strings.TrimSpace(rec.row.Cell(at).Text)
		n, err := statedNumber(rec.row, other)
		if err != nil {
			rec.fault(ruleNumber, publication.ColumnName(at), other, err.Error())
			return
		}
		sum = sum.Add(n)
	}
	if sum.Sub(stated).Abs().GreaterThan(r.source.AllowedDifference()) {
		parts := strings.Join(slices.Concat(declared.Equals, declared.And), ", ")
		if len(declared.Less) > 0 {
			parts += ", less " + strings.Join(declared.Less, ", ")
		}
		rec.fault(ruleParts, publication.ColumnName(column), text, fmt.Sprintf("the parts (%s) add up to %s", parts, sum))
	}
}

func (r *rowReader) markNotReported(rec *record, values map[string]decimal.NullDecimal) {
	for _, rule := range r.source.NotReported {
		zero, although := values[rule.Zero], values[rule.Although]
		if !zero.Valid || !zero.Decimal.IsZero() || !although.Decimal.GreaterThan(rule.Threshold()) {
			continue
		}
		for i := range rec.observations {
			if o := &rec.observations[i]; rule.Holds(o.Period) && slices.Contains(rule.Measures, o.Measure) {
				o.Numerator, o.Status, o.Note = decimal.NullDecimal{}, NotReported, rule.Reason
			}
		}
	}
}

// readLong reads a row of the canonical form.
func (r *rowReader) readLong(t *table, rec *record, organisation string) {
	at := &t.long
	id := t.cell(rec.row, at.measure)
	m, ok := r.measure(id)
	switch {
	case !ok:
		rec.fault(ruleKnownMeasure, publication.ColumnName(at.measure), id, "the measure is not known; accepted: an id of dashboards/measures")
		return
	case !m.Observed():
		rec.fault(
			ruleKnownMeasure,
			publication.ColumnName(at.measure),
			id,
			"the measure is made from others ("+strings.Join(m.Stored().Components(), ", ")+"); give those",
		)
		return
	}
	file, numerator, denominator, note := t.cell(rec.row, at.file), t.cell(rec.row, at.numerator), t.cell(rec.row, at.denominator), t.cell(rec.row, at.note)
	traced := file != ""
	if !traced && !r.catalog.Returns(m) {
		rec.fault(ruleReturned, publication.ColumnName(at.measure), id, r.publishedBy(m))
		return
	}
	if !traced && numerator == "" && denominator == "" && note == "" && r.catalog.Returned(m) {
		r.unfilled++ // a row of a template says nothing: what was returned before still holds
		return
	}
	periodText := t.periodText(rec.row)
	period, err := t.periodOf(periodText)
	if err == nil {
		err = checkGrain(m, period)
	}
	if err != nil {
		rec.fault(rulePeriod, t.columnOf(t.declared.Period.Column), periodText, err.Error())
		return
	}
	id = m.ID // not a part of the file, of which it would keep a whole block
	o := r.observation(t, rec, id, organisation, period, at.numerator, rec.row.Cell(at.numerator).Text)
	o.Note = note
	if text := t.cell(rec.row, at.codesOn); text != "" {
		if o.CodesOn, err = catalog.ParseDay(text); err != nil {
			rec.fault(ruleOrigin, publication.ColumnName(at.codesOn), text, err.Error())
		}
		o.CodesOn = r.reference.DayOf(organisation, period.Start, o.CodesOn)
	}
	as, faults := &catalog.Column{Measure: id}, len(rec.faults)
	if o.Numerator = r.number(rec, at.numerator, numerator, as); o.Numerator.Valid {
		o.Status = Reported
	} else if o.Note == "" && !traced {
		o.Note = "the returned cell is blank"
	}
	published := o.Numerator
	o.Denominator = r.number(rec, at.denominator, denominator, as)
	if len(rec.faults) == faults { // else the mistake is told already
		rec.checkRatio(m, &o, at.numerator, at.denominator)
		rec.checkWhole(m, &o, at.numerator, at.denominator)
	}
	if !m.Ratio() && o.Denominator.Valid {
		rec.fault(ruleDenominator, publication.ColumnName(at.denominator), denominator, "the measure has no denominator: leave the cell blank")
	}
	if traced {
		row, err := strconv.ParseUint(t.cell(rec.row, at.row), 10, 32)
		if err != nil {
			rec.fault(ruleOrigin, publication.ColumnName(at.row), t.cell(rec.row, at.row), "accepted is the number of the published row")
		}
		o.ViaFile, o.ViaRow = r.file, rec.row.Number
		o.Cell = Cell{
			file, t.cell(rec.row, at.sha256), t.cell(rec.row, at.sheet), uint32(row),
			t.cell(rec.row, at.column), cmp.Or(t.cell(rec.row, at.raw), numerator), t.cell(rec.row, at.released),
		}
	}
	rec.observations = append(rec.observations, o)
	rec.published = append(rec.published, published)
}

// publishedBy says who states a measure, and how a return may do so nevertheless.
func (r *rowReader) publishedBy(m *catalog.Measure) string {
	var publishers []string
	for _, id := range m.Sources {
		if s, known := r.catalog.Source(id); known {
			publishers = append(publishers, fmt.Sprintf("%s (source %s)", s.Publisher, id))
		}
	}
	return fmt.Sprintf("the measure is published by %s, which a return does not replace; accepted: the publication itself, "+
		"or a row whose published_file and published_row say where the figure stands in it", strings.Join(publishers, ", "))
}

// readDenominator reads the denominator beside a number, or makes it of the percentage there; false where that cannot be.
func (r *rowReader) readDenominator(rec *record, i int, m *catalog.Measure, column catalog.Column, o *Observation) bool {
	if column.Weight != "" || m.WeightedBy == catalog.NotCombined {
		return r.weigh(rec, i, m, column, o)
	}
	if column.Percentage == "" {
		at, as := rec.table.at(column.Denominator), column.AsDenominator()
		o.Denominator = r.number(rec, at, rec.table.text(rec.row, column.Denominator), &as)
		return true
	}
	if o.Status != Reported {
		return true
	}
	text := rec.table.text(rec.row, column.Percentage)
	refuse := func(reason string) bool {
		rec.fault(ruleDenominator, rec.table.columnOf(column.Percentage), text, reason)
		return false
	}
	n := o.Numerator.Decimal
	percentage, err := statedNumber(rec.row, text)
	switch {
	case err != nil:
		return refuse(err.Error())
	case n.IsZero() && percentage.IsZero():
		o.Numerator, o.Status, o.Note = decimal.NullDecimal{}, NotReported, "the published percentage is zero and does not tell of how many"
		return true
	case !percentage.IsPositive():
		return refuse("accepted is a percentage over zero")
	}
	whole := n.Shift(2).DivRound(percentage, 0)
	if whole.IsZero() || n.Shift(2).DivRound(whole, storedDigits).Sub(percentage).Abs().GreaterThan(percentagePrecision) {
		return refuse(fmt.Sprintf("%s is not that percentage of a whole number", n))
	}
	if whole, err = bounded(whole, whole.String()); err != nil {
		return refuse(err.Error())
	}
	o.Denominator = decimal.NewNullDecimal(whole)
	return true
}

// weigh gives a share or rate that is published alone the weight of its organisation as the denominator, and the numerator that follows.
func (r *rowReader) weigh(rec *record, i int, m *catalog.Measure, column catalog.Column, o *Observation) bool {
	if o.Status != Reported {
		return true
	}
	text := strings.TrimSpace(rec.row.Cell(i).Text)
	refuse := func(reason string) bool {
		rec.fault(ruleDenominator, publication.ColumnName(i), text, reason)
		return false
	}
	weight, per := decimal.NewFromInt(1), decimal.NewFromInt(int64(max(m.Per, 1)))
	if column.Weight != "" {
		known := o.Organisation == footprint.England
		if _, listed := r.reference.Organisation(o.Organisation); !listed && !known {
			return false // which the row's fault tells
		}
		if weight, known = r.reference.Weight(column.Weight, o.Organisation, o.Period.String()); !known {
			return refuse(
				fmt.Sprintf("no weight of %s in %s is known; accepted: a line of sql/reference/weights.csv with its %s", o.Organisation, o.Period, column.Weight),
			)
		}
	}
	value := o.Numerator.Decimal
	n := value.Mul(weight).DivRound(per, storedDigits)
	if m.Whole {
		r.followed++
		n = n.Round(0)
		_, fraction, _ := strings.Cut(text, ".")
		half := decimal.New(5, -int32(len(fraction))-1).Mul(column.Multiplier()) // what the rounding of the rate leaves open
		if n.Mul(per).DivRound(weight, storedDigits).Sub(value).Abs().GreaterThan(half) {
			if r.broken++; r.odd == "" {
				r.odd = rec.table.fault(fmt.Sprintf("row %d, column %s: %s is stated of %s in %s, and is the rate of no whole number among its %s people",
					rec.row.Number, publication.ColumnName(i), text, o.Organisation, o.Period, weight)).Error()
			}
			return refuse(fmt.Sprintf("%s is not the rate of a whole number among %s (%s); accepted: the figures of the period's own year", text, weight, column.Weight))
		}
	}
	n, err := bounded(n, n.String())
	if err != nil {
		return refuse(err.Error())
	}
	o.Numerator, o.Denominator = decimal.NewNullDecimal(n), decimal.NewNullDecimal(weight)
	return true
}

// percentagePrecision is how exactly a publication must write a percentage for the whole to follow from it.
var percentagePrecision = decimal.New(1, -9)

// checkRatio refuses a share or a rate of nothing, and a share over the whole.
func (rec *record) checkRatio(m *catalog.Measure, o *Observation, numerator, denominator int) {
	text := func(column int) string { return strings.TrimSpace(rec.row.Cell(column).Text) }
	n, d := o.Numerator.Decimal, o.Denominator.Decimal
	switch {
	case !m.Ratio() || o.Status != Reported:
	case !o.Denominator.Valid || !d.IsPositive() && !n.IsZero():
		rec.fault(
			ruleDenominator,
			publication.ColumnName(denominator),
			text(denominator),
			fmt.Sprintf("the measure is a %s: accepted is a denominator over zero", m.Unit),
		)
	case m.PartOfWhole() && n.GreaterThan(d):
		rec.fault(
			rulePartOfWhole,
			publication.ColumnName(numerator),
			text(numerator),
			fmt.Sprintf("the numerator counts a part of the denominator, so it is at most %s", d),
		)
	}
}

// withoutNoise is a scaled number of people without the noise that floating-point numbers leave: 175.43500000000006 thousand are 175,435.
func withoutNoise(n decimal.NullDecimal) decimal.NullDecimal {
	if whole := n.Decimal.Round(0); n.Decimal.Sub(whole).Abs().LessThan(decimal.New(1, -6)) {
		n.Decimal = whole
	}
	return n
}

// checkWhole refuses a part of somebody. A share stated as a fraction is asked about when the whole load is known.
func (rec *record) checkWhole(m *catalog.Measure, o *Observation, numerator, denominator int) {
	if !m.Whole || o.Status != Reported || m.Unit == catalog.Share && o.Numerator.Decimal.IsPositive() && o.Numerator.Decimal.LessThan(decimal.NewFromInt(1)) {
		return
	}
	for _, side := range []struct {
		figure decimal.NullDecimal
		column int
	}{{o.Numerator, numerator}, {o.Denominator, denominator}} {
		if side.figure.Valid && !side.figure.Decimal.IsInteger() {
			rec.fault(ruleWholeNumber, publication.ColumnName(side.column), strings.TrimSpace(rec.row.Cell(side.column).Text),
				fmt.Sprintf("what %s counts is counted one by one: accepted is a whole number", m.ID))
			return
		}
	}
}

func (rec *record) fault(rule, column, value, reason string) {
	cells := make([]string, len(rec.row.Cells))
	for i, cell := range rec.row.Cells {
		cells[i] = cell.Text
	}
	rec.faults = append(rec.faults, Rejection{
		Rule:   rule,
		Sheet:  rec.table.sheet.Name,
		Row:    rec.row.Number,
		Column: column,
		Value:  Cut(value, maxCell),
		Reason: Cut(reason, maxReason),
		Cells:  cutRow(cells),
	})
}

// periodRead is what a text of a publication says as a period.
type periodRead struct {
	period catalog.Period
	err    error
}

// periodOf reads a period that a row states; publications state each many times.
func (t *table) periodOf(text string) (catalog.Period, error) {
	if text == t.lastPeriodText && text != "" {
		return t.lastPeriod.period, t.lastPeriod.err
	}
	known, ok := t.knownPeriods[text]
	if !ok {
		known.period, known.err = t.declared.Period.Read(text)
		if len(t.knownPeriods) <= maxPlaces && len(text) <= maxName {
			t.knownPeriods[strings.Clone(text)] = known // else it would keep the whole block of the file
		}
	}
	t.lastPeriodText, t.lastPeriod = text, known
	return known.period, known.err
}

// checkCells faults the cells that the row is read from and that are not blank although no figure can be read from them: those whose
// content is not read, and those that are merged with others.
func (rec *record) checkCells() {
	for i, needed := range rec.table.needed {
		if !needed {
			continue
		}
		cell, column := rec.row.Cell(i), publication.ColumnName(i)
		if cell.Unread() {
			rule := ruleCellRead
			if cell.Kind == publication.KindFormula {
				rule = ruleCalculated
			}
			rec.fault(rule, column, cell.Text, unread(cell))
		}
		// The words of a merged cell are meant for all of it, a figure is that of one row and one column.
		if merged, first := rec.row.Merged(i); merged != "" && (!first || rec.table.figure[i]) {
			rec.fault(ruleOwnCell, column, cell.Text, fmt.Sprintf("the cell is a part of the merged cells %s; which row and column are meant is not known; "+
				"accepted: a cell of its own for each figure", merged))
		}
	}
}

// unread says why a cell that is not blank is not read.
func unread(cell publication.Cell) string {
	if cell.Kind == publication.KindFormula {
		return uncalculated(cell.Text)
	}
	return fmt.Sprintf(
		"the cell holds %s, which is not read; accepted: one plain figure or text (mend the cell in a spreadsheet program and save the file as xlsx)",
		Cut(cell.Text, maxName),
	)
}

func uncalculated(formula string) string {
	return fmt.Sprintf(
		"the cell holds the formula %q without its result; open the file in a spreadsheet program, let it calculate, and save it",
		Cut(formula, maxName),
	)
}

// checkPlausible refuses figures of a period that has not ended, and of an organisation that the measure is not stated by.
func (r *rowReader) checkPlausible(t *table, rec *record, name string, place place) {
	for i := range rec.observations {
		o := &rec.observations[i]
		if o.Period.End().After(r.at) {
			rec.fault(rulePeriodEnded, t.columnOf(t.declared.Period.Column), o.Period.String(), "the period has not ended yet")
			rec.observations, rec.published = rec.observations[:0], rec.published[:0] // else it would be the latest period
			return
		}
		m, ok := r.measure(o.Measure)
		if !ok || !place.known() {
			return
		}
		ok, accepted := m.StatedBy(place.kind)
		if !ok && place.also != "" {
			ok, _ = m.StatedBy(place.also)
		}
		if !ok {
			words := "a " + place.kind
			if place.kind == catalog.ByEngland {
				words = "England"
			}
			rec.fault(
				rulePlaceOfMeasure,
				publication.ColumnName(t.placeColumn),
				name,
				fmt.Sprintf("the measure %s is not stated for %s; accepted: %s", m.ID, words, accepted),
			)
			if place.kind == catalog.ByEngland {
				rec.observations, rec.published = rec.observations[:0], rec.published[:0] // no footprint lacks a figure for it
			}
			return
		}
	}
}
