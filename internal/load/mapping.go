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

// Sink takes what a publication says, piece by piece.
type Sink interface {
	// Take takes some observations and rejections; the slices are used again after the call.
	Take(observations []Observation, rejections []Rejection) error
	// Restart forgets what was taken: the publication is read once more from its beginning.
	Restart() error
}

// Summary is what a publication says as a whole.
type Summary struct {
	Released        string // when the publisher released it, in the publisher's words
	Accepted        uint64 // observations that were not rejected
	Rejected        uint64 // rejections
	Reconciliations []Reconciliation
}

// Reading is a publication of a source that was recognised, ready to be read.
type Reading struct {
	Source *catalog.Source

	mapper *Mapper
	file   string
	sha256 string
	tables []*table
	// stated twice are the figures that an earlier pass found in more than one row.
	twice map[key]bool
}

// Open finds the source whose tables a publication holds. The error says why no declared source reads it.
func (m *Mapper) Open(p *publication.Publication, sha256 string) (*Reading, error) {
	source, tables, err := m.recognise(p)
	if err != nil {
		return nil, err
	}
	r := &Reading{Source: source, mapper: m, file: p.Name, sha256: sha256, tables: tables}
	for _, t := range tables {
		if err := t.bind(source); err != nil {
			return r, &FileError{ruleHeadings, err}
		}
		if err := t.readPeriod(r.file); err != nil {
			return r, &FileError{rulePeriodStated, err}
		}
	}
	return r, nil
}

// Read hands what the publication says to a sink. A FileError says why the file as a whole is refused; single rows are rejected.
func (r *Reading) Read(sink Sink) (Summary, error) {
	for {
		pass := newPass(r, sink)
		summary, err := pass.read()
		if !errors.Is(err, errStatedTwice) {
			return summary, err
		}
		if len(pass.doubled) > mostDoubled {
			return summary, &FileError{ruleWithinBounds, fmt.Errorf("more than %d figures are stated twice, %s of %s in %s among them",
				mostDoubled, pass.lastDoubled.measure, pass.lastDoubled.organisation, pass.lastDoubled.period)}
		}
		r.twice = pass.doubled
		if err := sink.Restart(); err != nil {
			return summary, err
		}
	}
}

// mostDoubled is how many figures a file may state twice, for which it is read again.
const mostDoubled = 10_000

var errStatedTwice = errors.New("figures are stated twice")

// recognise finds the source whose tables the file holds.
func (m *Mapper) recognise(p *publication.Publication) (*catalog.Source, []*table, error) {
	heads := make([][]publication.Row, len(p.Sheets))
	for i := range p.Sheets {
		var err error
		if heads[i], err = head(&p.Sheets[i]); err != nil {
			return nil, nil, err
		}
	}
	var nearest []string // of each source, the table that lacks the fewest headings
	for _, source := range m.catalog.Sources {
		if !source.Named(p.Name) {
			continue
		}
		near, lacking := "", 1<<30
		var tables []*table
		loadable := false
		for i := range p.Sheets {
			sheet, rows := &p.Sheets[i], heads[i]
			for j := range source.Tables {
				declared := &source.Tables[j]
				if len(declared.Sheets) > 0 && !catalog.MatchAny(declared.Sheets, path.Base(sheet.Name)) {
					continue
				}
				t, missing := locate(declared, sheet, rows)
				if t == nil {
					if !declared.Reconcile && len(missing) < lacking {
						near, lacking = fmt.Sprintf("source %s, %s: lacks %s", source.ID, declared.Name, strings.Join(missing, ", ")), len(missing)
					}
					continue
				}
				if sheet.Hidden { // a reader of the publication does not see it
					near, lacking = fmt.Sprintf("source %s, %s: stands in sheet %q, which is hidden", source.ID, declared.Name, sheet.Name), 0
					break
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
	return nil, nil, &FileError{ruleRecognised, fmt.Errorf("no header row found that a declared source reads (%s)", strings.Join(nearest, "; "))}
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

	rec          record // the row being read
	observations []Observation
	rejections   []Rejection

	seen        figureSet
	doubled     map[key]bool
	lastDoubled key
	held        []*record // rows that state a figure which another row states too

	sums   sums
	months map[*table]map[catalog.Period]bool // where totals are to be compared
	totals []total
	// unreadable are the totals that are no numbers.
	unreadable []string
	first      *Rejection
	short      error // a row of which nothing could be read, so that the total's parts are not whole
}

func newPass(r *Reading, sink Sink) *pass {
	p := &pass{
		Reading: r, Mapper: r.mapper, source: r.Source, sink: sink,
		seen: newFigureSet(), doubled: map[key]bool{},
	}
	for _, t := range r.tables {
		if t.declared.Reconcile || t.declared.Totals != nil {
			p.sums, p.months = sums{}, map[*table]map[catalog.Period]bool{}
		}
	}
	return p
}

// piece is how many observations or rejections are handed over at once.
const piece = 8192

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
	if err := r.hand(); err != nil {
		return r.summary, err
	}
	switch {
	case r.summary.Accepted > 0:
		return r.summary, r.reconcile()
	case r.first == nil:
		return r.summary, &FileError{ruleFigures, errors.New("no figures found below the headings")}
	default:
		return r.summary, &FileError{ruleFigures, fmt.Errorf("every row was rejected, first row %d, column %s, %q: %s",
			r.first.Row, r.first.Column, r.first.Value, r.first.Reason)}
	}
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
	if r.seen.places > mostPlaces {
		return &FileError{ruleWithinBounds, fmt.Errorf("row %d: more than %d organisations are named", rec.row.Number, mostPlaces)}
	}
	if wait {
		held := *rec
		held.row.Cells = slices.Clone(rec.row.Cells)
		held.observations, held.published = slices.Clone(rec.observations), slices.Clone(rec.published)
		r.held = append(r.held, &held)
		return nil
	}
	return r.emit(rec)
}

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
				if row != rec.row.Number {
					others = append(others, strconv.FormatUint(uint64(row), 10))
				}
			}
			again := "a second time in the row"
			if len(others) > 0 {
				again = "in row " + strings.Join(others, ", ") + " too"
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
	r.observations, r.rejections = append(r.observations, rec.observations...), append(r.rejections, rec.faults...)
	if max(len(r.observations), len(r.rejections)) < piece {
		return nil
	}
	return r.hand()
}

func (r *pass) hand() error {
	err := r.sink.Take(r.observations, r.rejections)
	r.observations, r.rejections = r.observations[:0], r.rejections[:0]
	return err
}

// place is which organisation a text of a publication names.
type place struct {
	code  string // one that is not known stays as published
	rule  string // the one it breaks
	fault string // why it is not accepted
	kind  string // as measures name it: catalog.ByProvider and the like
}

// place finds the code that a row is about; publications name each many times.
func (r *pass) place(t *table, name string) place {
	known, ok := t.knownPlaces[name]
	if !ok {
		known = r.find(t, name)
		if o, ok := r.reference.Organisation(known.code); ok && known.kind == "" {
			known.kind = string(o.Kind)
		}
		if len(t.knownPlaces) <= mostPlaces {
			t.knownPlaces[name] = known
		}
	}
	return known
}

// mostPlaces is how many organisations, and items of them, one file may name.
const mostPlaces = 200_000

func (r *pass) find(t *table, name string) place {
	if t.declared.Place.By == catalog.ByEngland {
		england := place{code: footprint.England, kind: catalog.ByEngland}
		if t.placeColumn >= 0 && !t.declared.Place.IsEngland(name) {
			england.rule = ruleKnownPlace
			england.fault = "the area is not England; accepted: " + strings.Join(append([]string{"England"}, t.declared.Place.England...), ", ")
		}
		return england
	}
	if t.declared.Place.By == "name" {
		for known, code := range r.source.Names {
			if foldName(known) == foldName(name) {
				return place{code: code}
			}
		}
		if code, ok := r.names[foldName(name)]; ok {
			return place{code: code}
		}
		return place{code: name, rule: ruleKnownPlace, fault: "the organisation of this name is not known; accepted: a name of sql/reference/organisations.csv or of the source's names"}
	}
	if name == "" {
		return place{code: noCode, rule: ruleKnownPlace, fault: "the organisation code is blank"}
	}
	code := strings.ToUpper(name)
	if f, ok := r.reference.Footprint(code); ok {
		return place{code: f.Code, kind: catalog.ByFootprint}
	}
	if code == footprint.England {
		return place{code: code, kind: catalog.ByEngland}
	}
	if _, known := r.reference.Organisation(code); !known {
		return place{code: code, rule: ruleKnownPlace, fault: "the organisation is not known; accepted: a code of sql/reference/organisations.csv or of a footprint"}
	}
	return place{code: code}
}

// periodRead is what a text of a publication says as a period.
type periodRead struct {
	period catalog.Period
	err    error
}

// periodOf reads a period that a row states; publications state each many times.
func (t *table) periodOf(text string) (catalog.Period, error) {
	known, ok := t.knownPeriods[text]
	if !ok {
		known.period, known.err = t.declared.Period.Read(text)
		if len(t.knownPeriods) <= mostPlaces {
			t.knownPeriods[text] = known
		}
	}
	return known.period, known.err
}

// checkPlausible refuses figures of a period that has not ended, and of an organisation that the measure is not stated by.
func (r *pass) checkPlausible(t *table, rec *record, name string, place place) {
	for i := range rec.observations {
		o := &rec.observations[i]
		if o.Period.End().After(r.now()) {
			rec.fault(rulePeriodEnded, t.columnOf(t.declared.Period.Column), o.Period.String(), "the period has not ended yet")
			return
		}
		m, ok := r.catalog.Measure(o.Measure)
		if !ok || place.fault != "" {
			return
		}
		if ok, accepted := m.StatedBy(place.kind); !ok {
			words := "a " + place.kind
			if place.kind == catalog.ByEngland {
				words = "England"
			}
			rec.fault(rulePlaceOfMeasure, publication.ColumnName(t.placeColumn), name, fmt.Sprintf("the measure %s is not stated for %s; accepted: %s", m.ID, words, accepted))
			if place.kind == catalog.ByEngland {
				rec.observations, rec.published = rec.observations[:0], rec.published[:0] // no footprint lacks a figure for it
			}
			return
		}
	}
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
		if _, err := parseNumber(strings.TrimSpace(row.Cell(i).Text)); err == nil {
			return true
		}
	}
	return false
}

func (r *pass) readWide(t *table, rec *record, organisation string) {
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
			rec.fault(ruleDeclaredColumn, publication.ColumnName(i), text, "the row has no declared purpose for the column; accepted: rows where "+conditions(t.columns[i]))
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
			rec.fault(rulePeriod, t.columnOf(t.declared.Period.Column), t.periodText(rec.row), err.Error())
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
			if denominator := t.at(cmp.Or(column.Denominator, column.Percentage)); r.readDenominator(rec, column, &o) {
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

func (r *pass) observation(t *table, rec *record, measure, organisation string, period catalog.Period, column int, raw string) Observation {
	return Observation{
		Measure: measure, Organisation: organisation, Period: period, Status: NotReported, CodesOn: r.source.CodesOn(period),
		Cell: Cell{r.file, r.sha256, t.sheet.Name, rec.row.Number, publication.ColumnName(column), raw, r.summary.Released},
		Item: t.text(rec.row, t.declared.Item),
	}
}

func (r *pass) period(t *table, rec *record, column int) (catalog.Period, error) {
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
func (r *pass) checkGrain(id string, p catalog.Period) error {
	if m, ok := r.catalog.Measure(id); ok && p.Grain != m.Grain {
		return fmt.Errorf("period %q is not a %s, which the measure %s is stated by", p, m.Grain.Words(), id)
	}
	return nil
}

// number reads one cell of a measure; a blank one is null.
func (r *pass) number(rec *record, column int, text string, declared catalog.Column) decimal.NullDecimal {
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
		rec.fault(ruleNumber, publication.ColumnName(column), text, err.Error())
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(n)
}

// checkSum holds a published row total against its parts.
func (r *pass) checkSum(rec *record, column int, declared catalog.Column, values map[string]decimal.NullDecimal) {
	text := strings.TrimSpace(rec.row.Cell(column).Text)
	stated, err := parseNumber(text)
	if err != nil {
		rec.fault(ruleNumber, publication.ColumnName(column), text, err.Error())
		return
	}
	sum := decimal.Zero
	for _, measure := range declared.Equals {
		sum = sum.Add(values[measure].Decimal)
	}
	if sum.Sub(stated).Abs().GreaterThan(r.source.AllowedDifference()) {
		rec.fault(ruleParts, publication.ColumnName(column), text, fmt.Sprintf("the parts (%s) add up to %s", strings.Join(declared.Equals, ", "), sum))
	}
}

func (r *pass) markNotReported(rec *record, values map[string]decimal.NullDecimal) {
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
func (r *pass) readLong(t *table, rec *record, organisation string) {
	long := t.declared.Long
	id := t.text(rec.row, long.Measure)
	m, ok := r.catalog.Measure(id)
	switch {
	case !ok:
		rec.fault(ruleKnownMeasure, t.columnOf(long.Measure), id, "the measure is not known; accepted: an id of dashboards/measures")
		return
	case !m.Observed():
		rec.fault(ruleKnownMeasure, t.columnOf(long.Measure), id, "the measure is made from others ("+strings.Join(m.Numerator.Add, ", ")+"); give those")
		return
	}
	periodText := t.periodText(rec.row)
	period, err := t.periodOf(periodText)
	if err == nil {
		err = r.checkGrain(id, period)
	}
	if err != nil {
		rec.fault(rulePeriod, t.columnOf(t.declared.Period.Column), periodText, err.Error())
		return
	}
	column := t.at(long.Numerator)
	o := r.observation(t, rec, id, organisation, period, column, rec.row.Cell(column).Text)
	o.Note = t.text(rec.row, long.Note)
	if text := t.text(rec.row, long.CodesOn); text != "" {
		if o.CodesOn, err = catalog.ParseDay(text); err != nil {
			rec.fault(ruleOrigin, t.columnOf(long.CodesOn), text, err.Error())
		}
	}
	as := catalog.Column{Measure: id}
	if o.Numerator = r.number(rec, column, t.text(rec.row, long.Numerator), as); o.Numerator.Valid {
		o.Status = Reported
	}
	published := o.Numerator
	denominator := t.at(long.Denominator)
	o.Denominator = r.number(rec, denominator, t.text(rec.row, long.Denominator), as)
	rec.checkRatio(m, o, column, denominator)
	if !m.Ratio() && o.Denominator.Valid {
		rec.fault(ruleDenominator, publication.ColumnName(denominator), t.text(rec.row, long.Denominator), "the measure has no denominator: leave the cell blank")
	}
	if origin := long.Origin; origin != nil && t.text(rec.row, origin.File) != "" {
		row, err := strconv.ParseUint(t.text(rec.row, origin.Row), 10, 32)
		if err != nil {
			rec.fault(ruleOrigin, t.columnOf(origin.Row), t.text(rec.row, origin.Row), "accepted is the number of the published row")
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
func (r *pass) readDenominator(rec *record, column catalog.Column, o *Observation) bool {
	if column.Percentage == "" {
		at := rec.table.at(column.Denominator)
		o.Denominator = r.number(rec, at, rec.table.text(rec.row, column.Denominator), column.AsDenominator())
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
		rec.fault(ruleDenominator, publication.ColumnName(denominator), text(denominator), fmt.Sprintf("the measure is a %s: accepted is a denominator over zero", m.Unit))
	case m.Unit == catalog.Share && n.GreaterThan(d):
		rec.fault(ruleDenominator, publication.ColumnName(numerator), text(numerator), fmt.Sprintf("the measure is a share: the numerator is at most the denominator, %s", d))
	}
}

func (rec *record) fault(rule, column, value, reason string) {
	cells := make([]string, len(rec.row.Cells))
	for i, cell := range rec.row.Cells {
		cells[i] = strings.Clone(cell.Text) // else it would keep the whole block of the file
	}
	rec.faults = append(rec.faults, Rejection{
		Rule: rule, Sheet: rec.table.sheet.Name, Row: rec.row.Number, Column: column, Value: value, Reason: reason, Cells: cells,
	})
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
