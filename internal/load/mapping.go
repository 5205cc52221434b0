package load

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/publication"
)

// Mapper reads publications as observations, by the sources of a catalog.
type Mapper struct {
	catalog   *catalog.Catalog
	reference *footprint.Reference
	now       func() time.Time
	names     map[string]string // folded organisation name to code
}

// NewMapper prepares a mapper.
func NewMapper(c *catalog.Catalog, r *footprint.Reference, now func() time.Time) *Mapper {
	m := &Mapper{catalog: c, reference: r, now: now, names: map[string]string{}}
	for _, o := range r.Organisations() {
		m.names[foldName(o.Name)] = o.Code
	}
	return m
}

// foldName makes names comparable that differ in case, punctuation or "&".
func foldName(name string) string {
	name = strings.ReplaceAll(strings.ToLower(name), "&", " and ")
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return r
		case r == '\'', r == '’', r == '.':
			return -1
		default:
			return ' '
		}
	}, name)
	return strings.TrimPrefix(strings.Join(strings.Fields(name), " "), "the ")
}

// Map reads a publication. The error says why the file as a whole is refused; single rows are rejected within the batch.
func (m *Mapper) Map(p *publication.Publication, sha256 string) (*Batch, error) {
	source, tables, err := m.recognise(p)
	if err != nil {
		return nil, err
	}
	r := &reading{Mapper: m, source: source, file: p.Name, sha256: sha256, batch: &Batch{Source: source}, seen: map[part]int{}}
	for _, t := range tables {
		if err := t.bind(source); err != nil {
			return r.batch, err
		}
		if err := t.readPeriod(p.Name); err != nil {
			return r.batch, err
		}
		for _, label := range t.declared.Released {
			if text, _, ok := t.after(label); ok && r.batch.Released == "" {
				r.batch.Released = strings.TrimSuffix(label, ":") + " " + text
			}
		}
		r.read(t)
	}
	r.emit()
	if !slices.ContainsFunc(r.batch.Observations, func(o Observation) bool { return o.Status != Rejected }) {
		if len(r.batch.Rejections) == 0 {
			return r.batch, errors.New("no figures found below the headings")
		}
		first := r.batch.Rejections[0]
		return r.batch, fmt.Errorf("every row was rejected, first row %d, column %s, %q: %s", first.Row, first.Column, first.Value, first.Reason)
	}
	r.omitted()
	return r.batch, r.reconcile()
}

// recognise finds the source whose tables the file holds.
func (m *Mapper) recognise(p *publication.Publication) (*catalog.Source, []*table, error) {
	var nearest []string // of each source, the table that lacks the fewest headings
	for _, source := range m.catalog.Sources {
		if !source.Named(p.Name) {
			continue
		}
		near, lacking := "", 1<<30
		var tables []*table
		loadable := false
		for i := range p.Sheets {
			sheet := &p.Sheets[i]
			for j := range source.Tables {
				declared := &source.Tables[j]
				if len(declared.Sheets) > 0 && !catalog.MatchAny(declared.Sheets, path.Base(sheet.Name)) {
					continue
				}
				t, missing := find(declared, sheet)
				if t == nil {
					if !declared.Reconcile && len(missing) < lacking {
						near, lacking = fmt.Sprintf("source %s, %s: lacks %s", source.ID, declared.Name, strings.Join(missing, ", ")), len(missing)
					}
					continue
				}
				tables = append(tables, t)
				loadable = loadable || !declared.Reconcile
				break
			}
		}
		if loadable {
			// Totals are compared with what was read before them.
			slices.SortStableFunc(tables, func(a, b *table) int { return rank(a) - rank(b) })
			return source, tables, nil
		}
		if near != "" {
			nearest = append(nearest, near)
		}
	}
	if len(nearest) == 0 {
		nearest = []string{"no declared source has a sheet or file of these names"}
	}
	return nil, nil, fmt.Errorf("no header row found that a declared source reads (%s)", strings.Join(nearest, "; "))
}

func rank(t *table) int {
	if t.declared.Reconcile {
		return 1
	}
	return 0
}

// noCode stands in the place of an organisation whose code the publication leaves blank.
const noCode = "(no code)"

type key struct {
	measure, organisation string
	period                catalog.Period
}

// part is a figure, or the part of one that an item names.
type part struct {
	key
	item string
}

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
	row     publication.Row
	column  int
	scope   string
	measure string
	period  *catalog.Period // nil: that of the whole table
	value   decimal.Decimal
}

// reading is the state of mapping one file.
type reading struct {
	*Mapper
	source  *catalog.Source
	file    string
	sha256  string
	batch   *Batch
	records []*record
	totals  []total
	// unreadable are the totals that are no numbers.
	unreadable []string
	seen       map[part]int // to the record that has it
}

func (r *reading) read(t *table) {
	for _, row := range t.body {
		switch {
		case t.skipped(row):
		case t.declared.Reconcile:
			r.readTotals(t, row, "")
		case r.isTotal(t, row):
			r.readTotals(t, row, footprint.England)
		default:
			r.readRow(t, row)
		}
	}
}

func (r *reading) isTotal(t *table, row publication.Row) bool {
	totals := t.declared.Totals
	if totals == nil {
		return false
	}
	text := catalog.Fold(t.text(row, totals.Column))
	return slices.ContainsFunc(totals.Equals, func(mark string) bool { return catalog.Fold(mark) == text }) && r.hasFigures(t, row)
}

func (r *reading) hasFigures(t *table, row publication.Row) bool {
	for i := range t.titles {
		if column, known := t.column(row, i); known && column.Measure == "" || len(t.columns[i]) == 0 {
			continue
		}
		if _, err := parseNumber(strings.TrimSpace(row.Cell(i).Text)); err == nil {
			return true
		}
	}
	return false
}

func (r *reading) readRow(t *table, row publication.Row) {
	rec := &record{table: t, row: row}
	place := t.text(row, t.declared.Place.Column)
	if place == "" && t.declared.Long == nil && !r.hasFigures(t, row) {
		return // an empty line or a note below the table
	}
	organisation, known := r.organisation(t, rec, place)
	if t.declared.Long == nil {
		r.readWide(t, rec, organisation)
	} else if r.readLong(t, rec, organisation); !known {
		rec.observations, rec.published = nil, nil // a return says nothing of organisations that it does not name
	}
	if len(rec.observations)+len(rec.faults) == 0 {
		return
	}
	r.checkPlausible(t, rec, place, known)
	at := len(r.records)
	for _, o := range rec.observations {
		k := part{key{o.Measure, o.Organisation, o.Period}, o.Item}
		first, twice := r.seen[k]
		if twice && first == at {
			rec.fault(o.Cell.Column, o.Cell.Raw, fmt.Sprintf("the row states %s of %s a second time", o.Measure, o.Period))
		} else if twice {
			other := r.records[first]
			reason := fmt.Sprintf("two rows for organisation %s, %s, %s", o.Organisation, o.Measure, o.Period)
			if o.Item != "" {
				reason += ", " + o.Item
			}
			rec.fault(t.columnOf(t.declared.Place.Column), place, fmt.Sprintf("%s: the other is row %d", reason, other.row.Number))
			other.fault(t.columnOf(t.declared.Place.Column), place, fmt.Sprintf("%s: the other is row %d", reason, row.Number))
			break
		}
		r.seen[k] = at
	}
	r.records = append(r.records, rec)
}

// checkPlausible refuses figures of a period that has not ended, and of an organisation that the measure is not stated by.
func (r *reading) checkPlausible(t *table, rec *record, place string, known bool) {
	for _, o := range rec.observations {
		if o.Period.End().After(r.now()) {
			rec.fault(t.columnOf(t.declared.Period.Column), o.Period.String(), "the period has not ended yet")
			return
		}
		m, ok := r.catalog.Measure(o.Measure)
		if !ok || !known {
			return
		}
		kind, words := r.kind(o.Organisation)
		if ok, accepted := m.StatedBy(kind); !ok {
			rec.fault(t.columnOf(t.declared.Place.Column), place, fmt.Sprintf("the measure %s is not stated for %s; accepted: %s", m.ID, words, accepted))
			if kind == catalog.ByEngland {
				rec.observations, rec.published = nil, nil // no footprint lacks a figure for it
			}
			return
		}
	}
}

// kind is what kind of place a known code names, also in words.
func (r *reading) kind(code string) (kind, words string) {
	if code == footprint.England {
		return catalog.ByEngland, "England"
	}
	kind = catalog.ByFootprint
	if organisation, ok := r.reference.Organisation(code); ok {
		kind = string(organisation.Kind)
	}
	return kind, "a " + kind
}

// organisation finds the code that a row is about; one that is not known stays as published, with the fault recorded.
func (r *reading) organisation(t *table, rec *record, place string) (code string, known bool) {
	column := t.columnOf(t.declared.Place.Column)
	if t.declared.Place.By == catalog.ByEngland {
		if known = column == "" || t.declared.Place.IsEngland(place); !known {
			rec.fault(column, place, "the area is not England; accepted: "+strings.Join(append([]string{"England"}, t.declared.Place.England...), ", "))
		}
		return footprint.England, known
	}
	if t.declared.Place.By == "name" {
		for name, code := range r.source.Names {
			if foldName(name) == foldName(place) {
				return code, true
			}
		}
		if code, ok := r.names[foldName(place)]; ok {
			return code, true
		}
		rec.fault(column, place, "the organisation of this name is not known; accepted: a name of sql/reference/organisations.csv or of the source's names")
		return place, false
	}
	if place == "" {
		rec.fault(column, place, "the organisation code is blank")
		return noCode, false
	}
	code = strings.ToUpper(place)
	if f, ok := r.reference.Footprint(code); ok {
		return f.Code, true
	}
	if code == footprint.England {
		return code, true
	}
	if _, known = r.reference.Organisation(code); !known {
		rec.fault(column, place, "the organisation is not known; accepted: a code of sql/reference/organisations.csv or of a footprint")
	}
	return code, known
}

func (r *reading) readWide(t *table, rec *record, organisation string) {
	values := map[string]decimal.NullDecimal{}
	var checks []int
	// A csv writes out its last cells even when they are blank; a workbook does not.
	if width := len(t.header.Cells); len(rec.row.Cells) < width && t.sheet.Name == "" && t.lastFigure() >= len(rec.row.Cells) {
		rec.fault(publication.ColumnName(len(rec.row.Cells)), "", fmt.Sprintf("the row ends after %d of %d columns", len(rec.row.Cells), width))
	}
	for i := range rec.row.Cells {
		text := strings.TrimSpace(rec.row.Cells[i].Text)
		if text != "" && (i >= len(t.titles) || t.titles[i] == "") && t.declared.Untitled != "ignore" {
			rec.fault(publication.ColumnName(i), text, "the column has no heading")
		}
	}
	for i := range t.titles {
		cell := rec.row.Cell(i)
		text := strings.TrimSpace(cell.Text)
		column, known := t.column(rec.row, i)
		switch {
		case !known && text != "" && len(t.columns[i]) > 0:
			rec.fault(publication.ColumnName(i), text, "the row has no declared purpose for the column; accepted: rows where "+conditions(t.columns[i]))
		case len(column.Equals) > 0 && i < len(rec.row.Cells):
			checks = append(checks, i)
		}
		if column.Measure == "" {
			continue
		}
		if slices.ContainsFunc(t.declared.Absent, func(mark string) bool { return strings.EqualFold(mark, text) }) {
			continue
		}
		period, err := r.period(t, rec, i)
		if err == nil {
			err = r.checkGrain(column.Measure, period)
		}
		if err != nil {
			rec.fault(t.columnOf(t.declared.Period.Column), t.periodText(rec.row), err.Error())
			return
		}
		o := r.observation(t, rec, column.Measure, organisation, period, i, cell.Text)
		n := r.number(rec, i, text, column)
		if n.Valid {
			o.Numerator, o.Status = n, Reported
		} else {
			o.Note = "the published cell is blank"
		}
		if m, ok := r.catalog.Measure(column.Measure); ok && m.Ratio() {
			if denominator := t.places[catalog.Fold(cmp.Or(column.Denominator, column.Percentage))]; r.readDenominator(rec, column, &o) {
				rec.checkRatio(m, o, i, denominator)
			}
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
}

// conditions are those of the declared columns of one heading, in words.
func conditions(columns []catalog.Column) string {
	var all []string
	for _, column := range columns {
		all = append(all, column.Where.String())
	}
	return strings.Join(all, ", or ")
}

func (r *reading) observation(t *table, rec *record, measure, organisation string, period catalog.Period, column int, raw string) Observation {
	return Observation{
		Measure: measure, Organisation: organisation, Period: period, Status: NotReported, CodesOn: r.source.CodesOn(period),
		Cell: Cell{r.file, r.sha256, t.sheet.Name, rec.row.Number, publication.ColumnName(column), raw, r.batch.Released},
		Item: t.text(rec.row, t.declared.Item),
	}
}

func (r *reading) period(t *table, rec *record, column int) (catalog.Period, error) {
	switch when := t.declared.Period; {
	case t.period != nil:
		return *t.period, nil
	case when.Heading:
		return when.Read(t.header.Cells[column].Text)
	default:
		return when.Read(t.periodText(rec.row))
	}
}

// checkGrain holds a period against the grain that a measure is stated by.
func (r *reading) checkGrain(id string, p catalog.Period) error {
	if m, ok := r.catalog.Measure(id); ok && p.Grain != m.Grain {
		return fmt.Errorf("period %q is not a %s, which the measure %s is stated by", p, m.Grain.Words(), id)
	}
	return nil
}

// number reads one cell of a measure; a blank one is null.
func (r *reading) number(rec *record, column int, text string, declared catalog.Column) decimal.NullDecimal {
	if text == "" {
		return decimal.NullDecimal{}
	}
	n, err := rec.table.numerator(rec.row, text, declared)
	if err == nil {
		if m, ok := r.catalog.Measure(declared.Measure); ok && m.Unit != catalog.GBP && n.IsNegative() {
			err = fmt.Errorf("found %s; a count is never negative", text)
		}
	}
	if err != nil {
		rec.fault(publication.ColumnName(column), text, err.Error())
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(n)
}

// checkSum holds a published row total against its parts.
func (r *reading) checkSum(rec *record, column int, declared catalog.Column, values map[string]decimal.NullDecimal) {
	text := strings.TrimSpace(rec.row.Cell(column).Text)
	stated, err := parseNumber(text)
	if err != nil {
		rec.fault(publication.ColumnName(column), text, err.Error())
		return
	}
	sum := decimal.Zero
	for _, measure := range declared.Equals {
		sum = sum.Add(values[measure].Decimal)
	}
	if sum.Sub(stated).Abs().GreaterThan(r.source.AllowedDifference()) {
		rec.fault(publication.ColumnName(column), text, fmt.Sprintf("the parts (%s) add up to %s", strings.Join(declared.Equals, ", "), sum))
	}
}

func (r *reading) markNotReported(rec *record, values map[string]decimal.NullDecimal) {
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
func (r *reading) readLong(t *table, rec *record, organisation string) {
	long := t.declared.Long
	id := t.text(rec.row, long.Measure)
	m, ok := r.catalog.Measure(id)
	switch {
	case !ok:
		rec.fault(t.columnOf(long.Measure), id, "the measure is not known; accepted: an id of dashboards/measures")
		return
	case !m.Observed():
		rec.fault(t.columnOf(long.Measure), id, "the measure is made from others ("+strings.Join(m.Numerator.Add, ", ")+"); give those")
		return
	}
	periodText := t.periodText(rec.row)
	period, err := t.declared.Period.Read(periodText)
	if err == nil {
		err = r.checkGrain(id, period)
	}
	if err != nil {
		rec.fault(t.columnOf(t.declared.Period.Column), periodText, err.Error())
		return
	}
	column := t.places[catalog.Fold(long.Numerator)]
	o := r.observation(t, rec, id, organisation, period, column, rec.row.Cell(column).Text)
	o.Note = t.text(rec.row, long.Note)
	if text := t.text(rec.row, long.CodesOn); text != "" {
		if o.CodesOn, err = catalog.ParseDay(text); err != nil {
			rec.fault(t.columnOf(long.CodesOn), text, err.Error())
		}
	}
	as := catalog.Column{Measure: id}
	if o.Numerator = r.number(rec, column, t.text(rec.row, long.Numerator), as); o.Numerator.Valid {
		o.Status = Reported
	}
	published := o.Numerator
	denominator := t.places[catalog.Fold(long.Denominator)]
	o.Denominator = r.number(rec, denominator, t.text(rec.row, long.Denominator), as)
	rec.checkRatio(m, o, column, denominator)
	if !m.Ratio() && o.Denominator.Valid {
		rec.fault(publication.ColumnName(denominator), t.text(rec.row, long.Denominator), "the measure has no denominator: leave the cell blank")
	}
	if origin := long.Origin; origin != nil && t.text(rec.row, origin.File) != "" {
		row, err := strconv.ParseUint(t.text(rec.row, origin.Row), 10, 32)
		if err != nil {
			rec.fault(t.columnOf(origin.Row), t.text(rec.row, origin.Row), "accepted is the number of the published row")
		}
		o.ViaFile, o.ViaRow = r.file, rec.row.Number
		raw := t.text(rec.row, origin.Raw)
		if raw == "" {
			raw = t.text(rec.row, long.Numerator)
		}
		o.Cell = Cell{t.text(rec.row, origin.File), t.text(rec.row, origin.SHA256), t.text(rec.row, origin.Sheet), uint32(row),
			t.text(rec.row, origin.Column), raw, t.text(rec.row, origin.Released)}
	}
	rec.observations = append(rec.observations, o)
	rec.published = append(rec.published, published)
}

// readDenominator reads the denominator beside a number, or makes it of the percentage there; false where that cannot be.
func (r *reading) readDenominator(rec *record, column catalog.Column, o *Observation) bool {
	if column.Percentage == "" {
		at := rec.table.places[catalog.Fold(column.Denominator)]
		o.Denominator = r.number(rec, at, rec.table.text(rec.row, column.Denominator), column.AsDenominator())
		return true
	}
	if o.Status != Reported {
		return true
	}
	text := rec.table.text(rec.row, column.Percentage)
	refuse := func(reason string) bool {
		rec.fault(rec.table.columnOf(column.Percentage), text, reason)
		return false
	}
	n := o.Numerator.Decimal
	percentage, err := parseNumber(text)
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
	o.Denominator = decimal.NewNullDecimal(whole)
	return true
}

// percentagePrecision is how exactly a publication must write a percentage for the whole to follow from it.
var percentagePrecision = decimal.New(1, -9)

// checkRatio refuses a share or a rate of nothing, and a share over the whole.
func (rec *record) checkRatio(m *catalog.Measure, o Observation, numerator, denominator int) {
	text := func(column int) string { return strings.TrimSpace(rec.row.Cell(column).Text) }
	n, d := o.Numerator.Decimal, o.Denominator.Decimal
	switch {
	case !m.Ratio() || o.Status != Reported:
	case !o.Denominator.Valid || !d.IsPositive() && !n.IsZero():
		rec.fault(publication.ColumnName(denominator), text(denominator), fmt.Sprintf("the measure is a %s: accepted is a denominator over zero", m.Unit))
	case m.Unit == catalog.Share && n.GreaterThan(d):
		rec.fault(publication.ColumnName(numerator), text(numerator), fmt.Sprintf("the measure is a share: the numerator is at most the denominator, %s", d))
	}
}

func (rec *record) fault(column, value, reason string) {
	cells := make([]string, len(rec.row.Cells))
	for i, cell := range rec.row.Cells {
		cells[i] = cell.Text
	}
	rec.faults = append(rec.faults, Rejection{rec.table.sheet.Name, rec.row.Number, column, value, reason, cells})
}

// omitted adds the figures that the publication leaves out of the periods it states.
func (r *reading) omitted() {
	states := map[key]bool{} // of any organisation
	for k := range r.seen {
		states[key{measure: k.measure, period: k.period}] = true
		states[k.key] = true
	}
	for _, omission := range r.source.Omits {
		for _, organisation := range omission.Organisations {
			for _, measure := range omission.Measures {
				for _, text := range omission.Periods {
					period, err := catalog.ParsePeriod(text)
					if err != nil || !states[key{measure: measure, period: period}] || states[key{measure, organisation, period}] {
						continue
					}
					r.batch.Observations = append(r.batch.Observations, Observation{
						Measure: measure, Organisation: organisation, Period: period, Status: NotReported, Note: omission.Reason,
						CodesOn: r.source.CodesOn(period), Cell: Cell{File: r.file, SHA256: r.sha256, Released: r.batch.Released},
					})
				}
			}
		}
	}
}

// emit turns the rows into observations. A faulty row's stay, without a number: its footprint is then known to be incomplete.
func (r *reading) emit() {
	for _, rec := range r.records {
		r.batch.Rejections = append(r.batch.Rejections, rec.faults...)
		for _, o := range rec.observations {
			if len(rec.faults) > 0 {
				o.Numerator, o.Denominator = decimal.NullDecimal{}, decimal.NullDecimal{}
				o.Status, o.Note = Rejected, rec.faults[0].Reason
			}
			r.batch.Observations = append(r.batch.Observations, o)
		}
	}
}
