// Package catalog reads the analysts' definitions: which files are loaded how (sources), what the numbers mean (measures),
// what they should become (targets), what was done where (schemes), what was claimed of it (claims), which count the same (crosschecks) and which of them the
// pages show (pages).
package catalog

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Catalog is everything that stands under dashboards/, read and found sound.
type Catalog struct {
	Sources  []*Source  // by id
	Measures []*Measure // in the order of their files
	Targets  []*Target  // in the order of their files
	Claims   []*Claim   // in the order of their files
	// Programmes and Schemes are what was done where, in the order of their files.
	Programmes []*Programme
	Schemes    []*Scheme
	LeftOut    []*Unregistered // published claims that are none of the register, in the order of their files
	Pages      []*Page         // in the order of their files

	CrossChecks []*CrossCheck // in the order of their files

	Responsibilities []*Responsibility // one a footprint

	// What analysts confirmed of the figures of single organisations, and what they found to be nothing of the kind.
	KnownGaps          []KnownGap
	OrganisationBreaks []OrganisationBreak
	Dismissed          []Dismissal

	measures  map[string]*Measure
	sources   map[string]*Source
	canonical map[string]bool // the sources that read the canonical form
}

// reader is a catalog while its files are read and checked; each kind of file has its own.
type (
	reader       struct{ *Catalog }
	sourceReader struct{ reader }
	claimReader  struct{ reader }
	pageReader   struct{ reader }
)

// Definition is one definition as it is kept beside the loads that used it.
type Definition struct {
	Hash, Kind, ID, Body string
}

// Read reads sources/*.yaml, measures/*.yaml, targets/*.yaml, schemes/*.yaml, claims/*.yaml, confirmed/*.yaml, crosschecks/*.yaml, responsibilities/*.yaml and
// pages/*.yaml. The error lists every mistake, each with file, line and column.
func Read(fsys fs.FS) (*Catalog, error) {
	c := reader{&Catalog{measures: map[string]*Measure{}, sources: map[string]*Source{}, canonical: map[string]bool{}}}
	mistakes := otherNames(fsys)
	var read []*measuresRead
	for _, file := range yamlFiles(fsys, "measures") {
		f, err := c.readMeasures(fsys, file)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		read = append(read, f)
	}
	whole := len(mistakes) == 0 // else what a file lacks may stand in one that could not be read
	if whole {
		for _, file := range yamlFiles(fsys, "confirmed") {
			mistakes = append(mistakes, c.readConfirmed(fsys, file)...)
		}
		c.confirm()
		c.resolve(read)
	}
	for _, f := range read {
		if whole {
			c.checkTerms(f)
		}
		mistakes = append(mistakes, f.mistakes...)
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...) // the others refer to measures: their mistakes would only repeat these
	}
	for _, file := range yamlFiles(fsys, "targets") {
		mistakes = append(mistakes, c.readTargets(fsys, file)...)
	}
	schemes := claimReader{c}.readSchemes(fsys)
	mistakes = append(mistakes, schemes...)
	for _, file := range yamlFiles(fsys, "claims") {
		if len(schemes) > 0 {
			break // claims refer to schemes: their mistakes would only repeat these
		}
		mistakes = append(mistakes, claimReader{c}.readClaims(fsys, file)...)
	}
	for _, file := range yamlFiles(fsys, "crosschecks") {
		mistakes = append(mistakes, c.readCrossChecks(fsys, file)...)
	}
	for _, file := range yamlFiles(fsys, "responsibilities") {
		mistakes = append(mistakes, c.readResponsibilities(fsys, file)...)
	}
	for _, file := range yamlFiles(fsys, "sources") {
		mistakes = append(mistakes, sourceReader{c}.readSource(fsys, file)...)
	}
	for _, file := range yamlFiles(fsys, "pages") {
		mistakes = append(mistakes, pageReader{c}.readPage(fsys, file)...)
	}
	if len(mistakes) == 0 {
		mistakes = pageReader{c}.checkPages()
	}
	if len(mistakes) == 0 {
		for _, f := range read {
			mistakes = append(mistakes, c.checkSources(f)...)
			mistakes = append(mistakes, pageReader{c}.checkShown(f)...)
		}
	}
	if len(mistakes) == 0 && (len(c.Measures) == 0 || len(c.Sources) == 0) {
		mistakes = append(mistakes, errors.New("no definitions found: expected measures/*.yaml and sources/*.yaml"))
	}
	sort.Slice(c.Sources, func(i, j int) bool { return c.Sources[i].ID < c.Sources[j].ID })
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	return c.Catalog, nil
}

// otherNames are the files that would be passed over for their names.
func otherNames(fsys fs.FS) []error {
	var mistakes []error
	for _, folder := range []string{"measures", "sources", "targets", "schemes", "claims", "confirmed", "crosschecks", "responsibilities", "pages"} {
		files, _ := fs.Glob(fsys, path.Join(folder, "*.yml"))
		for _, file := range files {
			mistakes = append(mistakes, &Mistake{file, 1, 1, "found a name that ends in .yml, accepted: .yaml"})
		}
	}
	return mistakes
}

func yamlFiles(fsys fs.FS, folder string) []string {
	files, _ := fs.Glob(fsys, path.Join(folder, "*.yaml"))
	return files
}

// Measure finds a measure by its id.
func (c *Catalog) Measure(id string) (*Measure, bool) {
	m, ok := c.measures[id]
	return m, ok
}

// Source finds a source by its id.
func (c *Catalog) Source(id string) (*Source, bool) {
	s, ok := c.sources[id]
	return s, ok
}

// Headlines are the measures that stand for themselves; the others are their parts.
func (c *Catalog) Headlines() []*Measure {
	var headlines []*Measure
	for _, m := range c.Measures {
		if m.Headline {
			headlines = append(headlines, m)
		}
	}
	return headlines
}

// Terms lists, for every measure, the observed measures it is made from.
func (c *Catalog) Terms() []Term {
	var terms []Term
	for _, m := range c.Measures {
		terms = append(terms, m.Terms()...)
	}
	return terms
}

// Definitions are all definitions with their hashes.
func (c *Catalog) Definitions() []Definition {
	var all []Definition
	for _, m := range c.Measures {
		all = append(all, Definition{m.hash, "measure", m.ID, body(m)})
	}
	for _, s := range c.Sources {
		all = append(all, Definition{s.hash, "source", s.ID, body(s)})
	}
	for _, t := range c.Targets {
		all = append(all, Definition{t.hash, "target", t.ID, body(t)})
	}
	for _, scheme := range c.Schemes {
		all = append(all, Definition{scheme.hash, "scheme", scheme.ID, body(scheme)})
	}
	for _, claim := range c.Claims {
		all = append(all, Definition{claim.hash, "claim", claim.ID, body(claim)})
	}
	return all
}

func body(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types hold only strings, numbers and lists of them
	}
	return string(text)
}

func hash(v any) string {
	sum := sha256.Sum256([]byte(body(v)))
	return hex.EncodeToString(sum[:6])
}

var identifier = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Hash names all definitions: others have another.
func (c *Catalog) Hash() string {
	sum := sha256.New()
	for _, m := range c.Measures {
		fmt.Fprintln(sum, m.ID, m.Hash())
	}
	for _, s := range c.Sources {
		fmt.Fprintln(sum, s.ID, s.Hash())
	}
	for _, t := range c.Targets {
		fmt.Fprintln(sum, t.ID, t.Hash())
	}
	for _, scheme := range c.Schemes {
		fmt.Fprintln(sum, scheme.ID, scheme.Hash())
	}
	for _, claim := range c.Claims {
		fmt.Fprintln(sum, claim.ID, claim.Hash())
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// measuresRead is one file of measures with its mistakes.
type measuresRead struct {
	MeasureFile
	*document
}

func (c reader) readMeasures(fsys fs.FS, file string) (*measuresRead, error) {
	f := &measuresRead{}
	d, err := decode(fsys, file, &f.MeasureFile)
	if err != nil {
		return nil, err
	}
	f.document = d
	for i, m := range f.Measures {
		at := func(field string) string { return fmt.Sprintf("$.measures[%d].%s", i, field) }
		if m == nil {
			d.expect(false, fmt.Sprintf("$.measures[%d]", i), "nothing", "a measure")
			continue
		}
		for j, name := range m.AlsoCalled {
			d.expect(strings.TrimSpace(name) != "", at(fmt.Sprintf("also_called[%d]", j)), name, "a few words by which people look for it")
		}
		m.Theme = cmp.Or(m.Theme, f.Theme)
		m.Direction = cmp.Or(m.Direction, f.Direction)
		d.expect(identifier.MatchString(m.ID), at("id"), m.ID, "lower-case letters, digits and underscores")
		d.expect(c.measures[m.ID] == nil, at("id"), m.ID, "an id that no other measure has")
		d.expect(m.Title != "", at("title"), m.Title, "a title")
		d.expect(m.Definition != "", at("definition"), m.Definition, "a definition in plain words")
		d.oneOf(at("theme"), m.Theme, Themes...)
		d.oneOf(at("direction"), string(m.Direction), directionNames...)
		if c.measures[m.ID] == nil {
			c.measures[m.ID] = m
		}
		c.Measures = append(c.Measures, m)
		if m.Derived != nil { // the rest is that of the measure it is derived from
			d.oneOf(at("derived.by"), string(m.Derived.By), transitionNames()...)
			for _, own := range []struct {
				field  string
				stated bool
			}{
				{"unit", m.Unit != ""},
				{"counted", m.Counted != "" && m.Derived.By != AverageDay},
				{"grain", m.Grain != ""},
				{"level", m.Level != ""},
				{"sources", m.Sources != nil},
				{"per", m.Per != 0},
				{"per_1000", m.PerThousand},
				{"carried_forward", m.CarriedForward != 0},
				{"repeats", m.Repeats != ""},
				{"over_time", m.OverTime != ""},
				{"numerator", m.Numerator != nil},
				{"denominator", m.Denominator != nil},
			} {
				d.expect(!own.stated, at(own.field), "a value", "none, as the measure it is derived from has it")
			}
			continue
		}
		m.Unit = cmp.Or(m.Unit, f.Unit)
		m.Counted = cmp.Or(m.Counted, f.Counted)
		m.Grain = cmp.Or(m.Grain, f.Grain)
		m.Level = cmp.Or(m.Level, f.Level)
		m.OverTime = cmp.Or(m.OverTime, f.OverTime)
		if m.Sources == nil {
			m.Sources = f.Sources
		}
		d.oneOf(at("unit"), string(m.Unit), unitNames...)
		d.expect((m.Unit == Rate) == (m.Per > 0) && m.Per >= 0, at("per"), strconv.Itoa(m.Per), "a number over zero for a rate, such as 100000, and none otherwise")
		d.expect(m.Unit != Rate || !m.PerThousand, at("per_1000"), "true", "false, as the measure is a rate already")
		d.expect(len(m.Sources) > 0, at("sources"), "none", "the ids of the sources that state it")
		if m.OverTime != "" {
			d.oneOf(at("over_time"), string(m.OverTime), overTimeNames...)
		}
		d.oneOf(at("grain"), string(m.Grain), grainNames()...)
		d.oneOf(at("level"), m.Level, levelNames()...)
		for _, sum := range []struct {
			field string
			sum   *Sum
		}{{"numerator", m.Numerator}, {"denominator", m.Denominator}} {
			if sum.sum == nil {
				continue
			}
			d.expect(m.Numerator != nil, at(sum.field), "a denominator alone", "a numerator with it")
			d.expect(len(sum.sum.Add) > 0, at(sum.field), "nothing", "add: with at least one measure")
		}
		d.expect(m.Unit != Share && m.Unit != Rate || m.Numerator == nil || m.Denominator != nil, at("unit"), string(m.Unit), "a denominator with it")
		for j, b := range m.Breaks {
			d.period(at(fmt.Sprintf("breaks[%d].from", j)), b.From, m.Grain)
		}
		for j, e := range m.KnownEvents {
			d.period(at(fmt.Sprintf("events[%d].period", j)), e.Period, m.Grain)
			if e.Until != "" {
				until := at(fmt.Sprintf("events[%d].until", j))
				d.period(until, e.Until, m.Grain)
				first, _ := ParsePeriod(e.Period)
				last, err := ParsePeriod(e.Until)
				d.expect(err != nil || last.Grain != first.Grain || last.Start.After(first.Start), until, e.Until, "a period after "+e.Period)
			}
		}
		if m.Reference != nil {
			d.expect(m.Reference.Title != "", at("reference.title"), "", "a title")
			d.expect(m.Reference.URL != "", at("reference.url"), "", "an address such as https://www.example.nhs.uk")
			d.address(at("reference.url"), m.Reference.URL)
		}
		m.hash = hash(m)
	}
	return f, nil
}

// checkTerms runs when every file is read, so that a measure may be made from those of another file.
func (c reader) checkTerms(f *measuresRead) {
	for i, m := range f.Measures {
		if m == nil {
			continue
		}
		for _, term := range m.Terms() {
			component, known := c.measures[term.Component]
			at := fmt.Sprintf("$.measures[%d].%s", i, term.Part)
			f.expect(known && component.Observed(), at, term.Component, "the id of an observed measure")
			f.expect(!known || component.Grain == m.Grain, at, term.Component, "a measure of the same grain")
			f.expect(!known || component.Level == m.Level, at, term.Component, "a measure of the same level")
			f.expect(!known || component.Repeats == "" || component == m, at, term.Component, "a measure that is not for cross-checks alone")
		}
		c.checkPeople(f, i)
		c.checkRepeats(f, i)
		f.expect(
			m.WeightedBy == "" || m.Observed() && m.Ratio(),
			fmt.Sprintf("$.measures[%d].weighted_by", i),
			m.WeightedBy,
			"none, but for an observed share or rate",
		)
		f.expect(!m.Part || m.Observed() && m.Unit == Rate, fmt.Sprintf("$.measures[%d].part", i), "true", "none, but for an observed rate")
		c.checkLimits(f, i)
		if p := m.Plausible; p != nil {
			at := fmt.Sprintf("$.measures[%d].plausible", i)
			f.expect(m.Observed(), at, m.ID, "none, as the measure is made from others")
			f.expect(p.Most > p.Least, at+".most", strconv.FormatFloat(p.Most, 'g', -1, 64), "more than least")
			f.expect(p.Per == "" || c.isObservedNumber(p.Per), at+".per", p.Per, "the id of an observed number")
		}
		if m.Population != nil {
			f.expect(
				c.isObservedNumber(m.Population.Of),
				fmt.Sprintf("$.measures[%d].population.of", i),
				m.Population.Of,
				"the id of an observed number",
			)
			f.expect(m.Observed(), fmt.Sprintf("$.measures[%d].population", i), m.Population.Of, "none, as the measure is made from others")
		}
	}
}

func (c reader) isObservedNumber(id string) bool {
	m, known := c.measures[id]
	return known && m.Observed() && m.Unit == Number
}

// checkLimits checks what a measure is never more than.
func (c reader) checkLimits(f *measuresRead, i int) {
	m := f.Measures[i]
	for j, limit := range m.AtMost {
		at := fmt.Sprintf("$.measures[%d].at_most[%d]", i, j)
		f.expect(m.Observed(), at, m.ID, "none, as the measure is made from others")
		f.expect(len(limit.Of) > 0, at+".of", "none", "the ids of measures")
		for _, id := range slices.Concat(limit.Of, limit.With) {
			other, known := c.measures[id]
			f.expect(known && other.Observed(), at, id, "the id of an observed measure")
			f.expect(!known || other.Grain == m.Grain, at, id, "a measure of the same grain")
		}
		for _, e := range limit.Except {
			f.period(at+".except", e.Period, m.Grain)
			f.expect(e.Reason != "", at+".except", "", "what is known of the figure")
		}
	}
}

// checkPeople checks what a measure is divided by that has periods of its own, and which counts of people can be.
func (c reader) checkPeople(f *measuresRead, i int) {
	m, at := f.Measures[i], fmt.Sprintf("$.measures[%d].", i)
	if m.CarriedForward != 0 {
		f.expect(m.CarriedForward > 0 && m.CarriedForward*m.Grain.Months() <= maxCarried, at+"carried_forward", strconv.Itoa(m.CarriedForward),
			"a number of periods from one on, of two years together at most")
		f.expect(m.Observed() && m.Unit == Number && m.OverTime == EndOfPeriod && m.Grain.Months() > 0, at+"carried_forward", strconv.Itoa(m.CarriedForward),
			"none, but for an observed number of people at one moment (over_time: end_of_period)")
	}
	if of := m.Numerator; of != nil {
		f.expect(!of.OwnPeriods && !of.EachDay, at+"numerator", "own_periods or each_day", "neither, as a denominator alone has them")
	}
	of := m.Denominator
	if of == nil {
		return
	}
	f.expect(!of.EachDay || of.OwnPeriods, at+"denominator", "each_day", "own_periods with it")
	if !of.OwnPeriods {
		return
	}
	f.expect(len(of.Add) == 1 && len(of.Subtract) == 0, at+"denominator", "own_periods", "one measure to add, and none to subtract")
	for _, id := range of.Add {
		people, known := c.measures[id]
		f.expect(known && people.CarriedForward > 0, at+"denominator", id, "the id of a measure with carried_forward")
	}
	f.expect(m.Unit != Number, at+"unit", string(m.Unit), "rate, share or gbp, as its denominator has periods of its own")
	f.expect(!m.PerThousand, at+"per_1000", "true", "false, as the measure is divided by people already")
}

// checkRepeats checks what a measure that is for cross-checks alone repeats.
func (c reader) checkRepeats(f *measuresRead, i int) {
	m, at := f.Measures[i], fmt.Sprintf("$.measures[%d].", i)
	if m.Repeats == "" {
		return
	}
	again, known := c.measures[m.Repeats]
	f.expect(known && again.Repeats == "" && again != m, at+"repeats", m.Repeats, "the id of a measure that repeats none")
	f.expect(!known || again.Unit == m.Unit && again.Grain == m.Grain, at+"repeats", m.Repeats, "a measure of the same unit and grain")
	f.expect(m.Observed(), at+"repeats", m.Repeats, "none, as the measure is made from others")
	f.expect(!m.Headline, at+"headline", "true", "false, as the measure is for cross-checks alone")
}

// maxCarried is for how many months a count of people may stand after its period.
const maxCarried = 24

func (c reader) checkSources(f *measuresRead) []error {
	before := len(f.mistakes)
	for i, m := range f.Measures {
		stated := func(id string) bool { s, known := c.sources[id]; return !known || s.states(m.ID) }
		f.expect(!m.Observed() || slices.ContainsFunc(m.Sources, stated), fmt.Sprintf("$.measures[%d].sources", i), strings.Join(m.Sources, ", "),
			"a source that has a column of "+m.ID)
		for j, id := range m.Sources {
			_, known := c.sources[id]
			f.expect(known, fmt.Sprintf("$.measures[%d].sources[%d]", i, j), id, "the id of a source")
		}
	}
	return f.mistakes[before:]
}

// states tells whether a source has a column of an observed measure, or rows that name any.
func (s *Source) states(measure string) bool {
	if slices.ContainsFunc(s.Columns, func(column Column) bool { return column.Measure == measure }) {
		return true
	}
	return slices.ContainsFunc(s.Tables, func(t Table) bool {
		return t.Long != nil || slices.ContainsFunc(t.Columns, func(column Column) bool { return column.Measure == measure })
	})
}

func (c sourceReader) readSource(fsys fs.FS, file string) []error {
	s := &Source{}
	d, err := decode(fsys, file, s)
	if err != nil {
		return []error{err}
	}
	d.expect(identifier.MatchString(s.ID), "$.id", s.ID, "lower-case letters, digits and underscores")
	d.expect(c.sources[s.ID] == nil, "$.id", s.ID, "an id that no other source has")
	d.expect(!slices.Contains(ownSources, s.ID), "$.id", s.ID, "an id other than "+strings.Join(ownSources, ", "))
	d.expect(s.Title != "", "$.title", s.Title, "a title")
	if s.FilesAre != "" {
		d.oneOf("$.files_are", string(s.FilesAre), filesAreNames...)
	}
	readRhythm(d, s)
	d.expect(s.Publisher != "", "$.publisher", s.Publisher, "the publisher's name")
	d.expect(len(s.Tables) > 0, "$.tables", "none", "at least one table")
	checkWhere(d, s)
	d.globs("$.files", s.Files)
	for i, skip := range s.Skip {
		d.globs(fmt.Sprintf("$.skip[%d].files", i), skip.Files)
	}
	s.tolerance = d.number("$.tolerance", s.Tolerance, decimal.Zero)
	for i, misnamed := range s.Misnamed {
		d.globs(fmt.Sprintf("$.misnamed[%d].files", i), misnamed.Files)
		d.expect(misnamed.Reason != "", fmt.Sprintf("$.misnamed[%d].reason", i), "", "what its figures are of and how that is known")
	}
	if s.Begins != "" {
		s.begins, err = ParseDay(s.Begins)
		d.expect(err == nil, "$.begins", s.Begins, "a date such as 2015-06-01")
	}
	if s.CodesAsOf != "" {
		s.codesAsOf, err = ParseDay(s.CodesAsOf)
		d.expect(err == nil, "$.codes_as_of", s.CodesAsOf, "a date such as 2019-04-01")
	}
	synonyms := d.synonyms(s)
	for i := range s.Tables {
		s.Tables[i].synonyms = synonyms
		c.checkTable(d, s, i)
	}
	c.checkColumns(d, "$.columns", s.Columns)
	for i := range s.NotReported {
		n, at := &s.NotReported[i], fmt.Sprintf("$.not_reported[%d].", i)
		n.from, err = ParsePeriod(n.From)
		d.expect(err == nil, at+"from", n.From, "a period such as 2019-05")
		n.over = d.number(at+"over", n.Over, decimal.Zero)
		for _, id := range append([]string{n.Zero, n.Although}, n.Measures...) {
			c.checkObserved(d, strings.TrimSuffix(at, "."), id)
		}
	}
	for i := range s.Omits {
		at := fmt.Sprintf("$.omits[%d]", i)
		d.expect(s.Omits[i].From == "", at+".from", s.Omits[i].From, "the periods one by one, as a figure that is missing is named in each")
		c.checkOmission(d, at, &s.Omits[i], "how it is known that they had something to report")
	}
	for i := range s.PublishedSo {
		c.checkOmission(d, fmt.Sprintf("$.published_so[%d]", i), &s.PublishedSo[i], "what the publication states or leaves out, and why")
	}
	s.hash = hash(s)
	if c.sources[s.ID] == nil {
		c.sources[s.ID], c.canonical[s.ID] = s, s.ReadsCanonical()
	}
	c.Sources = append(c.Sources, s)
	return d.mistakes
}

// ownSources are ids that loads and runs have which are of no declared source.
var ownSources = []string{"definitions", "inbox", "memberships", "withdrawals"}

// checkWhere checks where and when files are fetched.
func checkWhere(d *document, s *Source) {
	for i := range s.Where {
		l, at := &s.Where[i], fmt.Sprintf("$.where[%d]", i)
		d.one(at, map[string]bool{"folder": l.Folder != "", "url": l.URL != "", "page": l.Page != ""})
		d.address(at+".url", l.URL)
		d.address(at+".page", l.Page)
		d.expect((l.Page == "") == (l.Links == ""), at+".links", l.Links, "a regular expression for the links of a page, and none otherwise")
		l.links = d.pattern(at+".links", l.Links)
	}
	d.hosts("$.hosts", s.Hosts)
	d.hosts("$.private", s.Private)
	d.schedule("$.schedule", s.Schedule)
	d.expect(s.Schedule == "" || len(s.Where) > 0, "$.schedule", s.Schedule, "where: with a place to look at")
}

func (c sourceReader) checkTable(d *document, s *Source, i int) {
	t, at := &s.Tables[i], fmt.Sprintf("$.tables[%d].", i)
	d.expect(t.Name != "", at+"name", t.Name, "a name")
	d.globs(at+"sheets", t.Sheets)
	d.expect(len(t.Header) > 0, at+"header", "none", "the headings that mark the header row")
	if t.Untitled != "" {
		d.oneOf(at+"untitled", t.Untitled, "ignore")
	}
	d.oneOf(at+"place.by", t.Place.By, placesBy...)
	d.expect((t.Place.Column != "") != t.Place.Heading || t.Place.By == "england", at+"place.column", t.Place.Column,
		"the heading of the column that names the place, or heading: true")
	d.expect(t.Place.Pattern == "" || t.Place.Heading, at+"place.pattern", t.Place.Pattern, "heading: true with it")
	t.Place.pattern = d.pattern(at+"place.pattern", t.Place.Pattern)
	if p := t.Place.pattern; p != nil {
		d.expect(p.NumSubexp() == 1, at+"place.pattern", t.Place.Pattern, "one group in brackets that holds the code or name")
	}
	d.expect(len(t.ItemAnd) == 0 || t.Item != "", at+"item_and", strings.Join(t.ItemAnd, ", "), "an item before them")
	d.one(at+"period", map[string]bool{
		"after": t.Period.After != "", "title": t.Period.Title, "file": t.Period.File,
		"column": t.Period.Column != "", "heading": t.Period.Heading,
	})
	d.expect(t.Period.And == "" || t.Period.Column != "", at+"period.and", t.Period.And, "a column before it")
	d.expect(!t.Period.Title && !t.Period.File || t.Period.Pattern != "", at+"period", "no pattern", "a pattern that finds the period in the longer text")
	d.oneOf(at+"period.form", t.Period.Form, slices.Sorted(maps.Keys(periodForms))...)
	t.Period.pattern = d.pattern(at+"period.pattern", t.Period.Pattern)
	if p := t.Period.pattern; p != nil {
		d.expect(p.NumSubexp() == 1, at+"period.pattern", t.Period.Pattern, "one group in brackets that holds the period")
	}
	d.expect(
		len(t.Period.Periods) == 0 || t.Period.Form == canonicalForm,
		at+"period.form",
		t.Period.Form,
		canonicalForm+", the form of the periods that are stated",
	)
	for _, text := range slices.Sorted(maps.Keys(t.Period.Periods)) {
		_, err := ParsePeriod(t.Period.Periods[text])
		d.expect(err == nil, at+"period.periods", t.Period.Periods[text], acceptedPeriods)
	}
	if l := t.Long; l != nil {
		for _, heading := range []struct{ field, stated string }{{"measure", l.Measure}, {"numerator", l.Numerator}, {"denominator", l.Denominator}} {
			d.expect(heading.stated != "", at+"long."+heading.field, "", "the heading of its column")
		}
	}
	if totals := t.Totals; totals != nil {
		d.expect(totals.Column != "", at+"totals.column", "", "the heading of the column that marks the total")
		d.expect(len(totals.Equals) > 0, at+"totals.equals", "none", "the texts that mark the total")
	}
	if s := t.Subtotals; s != nil {
		d.expect(len(s.Where) > 0, at+"subtotals.where", "no condition", "the texts of a column")
		d.where(at+"subtotals.where", s.Where)
		d.expect(s.Named != "" && s.Of != "", at+"subtotals", "no columns", "named: and of:, the headings of the columns that name the region")
	}
	if s := t.Confirms; s != nil {
		d.expect(s.Code != "" || s.Period != nil, at+"confirms", "neither", "a code or a period")
		if p := s.Period; p != nil {
			d.expect(p.Column != "", at+"confirms.period", "no column", "the heading of the column that states the period")
			d.oneOf(at+"confirms.period.form", p.Form, slices.Sorted(maps.Keys(periodForms))...)
			p.pattern = d.pattern(at+"confirms.period.pattern", p.Pattern)
		}
	}
	for j, skip := range t.Skip {
		here := fmt.Sprintf("%sskip[%d]", at, j)
		d.expect(len(skip.Where)+len(skip.Matches) > 0, here, "no condition", "where: with the texts of a column, or matches: with a regular expression")
		d.where(here+".where", skip.Where)
		t.Skip[j].matches = map[string]*regexp.Regexp{}
		for _, heading := range slices.Sorted(maps.Keys(skip.Matches)) {
			d.expect(skip.Matches[heading] != "", here+".matches", heading+": nothing", "a heading with a regular expression")
			t.Skip[j].matches[heading] = d.pattern(here+".matches", skip.Matches[heading])
		}
		d.expect(skip.Reason != "", here+".reason", "", "why the rows are not loaded")
	}
	c.checkColumns(d, at+"columns", t.Columns)
	grain := periodForms[t.Period.Form].grain
	for j, column := range t.Columns {
		m, known := c.measures[column.Measure]
		if !known {
			continue
		}
		here := fmt.Sprintf("%scolumns[%d].measure", at, j)
		d.expect(grain == "" || m.Grain == grain, here, column.Measure, "a measure by "+grain.Words()+", as the period of the table")
		d.expect(t.Reconcile || t.Place.By != ByEngland || m.Level == ByEngland, here, column.Measure, "a measure of the level england, as the place of the table")
	}
}

func (c sourceReader) checkColumns(d *document, at string, columns []Column) {
	always := map[string]bool{} // titles that a column takes in every row
	for i := range columns {
		column, here := &columns[i], fmt.Sprintf("%s[%d]", at, i)
		d.one(here, map[string]bool{"measure": column.Measure != "", "equals": len(column.Equals) > 0, "ignore": column.Ignore != ""})
		d.expect(len(column.Titles) > 0 || column.Pattern != "", here, "neither", "titles or a pattern")
		for j, title := range column.Titles {
			d.expect(!always[Fold(title)], fmt.Sprintf("%s.titles[%d]", here, j), title, "a title that no column above has in every row")
			always[Fold(title)] = always[Fold(title)] || len(column.Where)+len(column.Files) == 0
		}
		d.globs(here+".files", column.Files)
		d.where(here+".where", column.Where)
		column.pattern = d.pattern(here+".pattern", column.Pattern)
		column.scale = d.number(here+".scale", column.Scale, decimal.NewFromInt(1))
		column.denominatorScale = d.number(here+".denominator_scale", column.DenominatorScale, decimal.NewFromInt(1))
		d.expect(column.DenominatorScale == "" || column.Denominator != "", here+".denominator_scale", column.DenominatorScale, "a denominator with it")
		d.expect(column.Times == "" || column.Measure != "", here+".times", column.Times, "a measure with it")
		if column.Measure != "" {
			c.checkObserved(d, here+".measure", column.Measure)
		}
		if m := c.measures[column.Measure]; m == nil || !m.Observed() || !m.Ratio() {
			d.expect(column.Denominator == "", here+".denominator", column.Denominator, "none, as the column states no share and no rate")
			d.expect(column.Percentage == "", here+".percentage", column.Percentage, "none, as the column states no share and no rate")
			d.expect(column.Weight == "", here+".weight", column.Weight, "none, as the column states no share and no rate")
		} else {
			d.expect(column.Denominator+column.Percentage+column.Weight != "" || m.WeightedBy == NotCombined, here+".denominator", "",
				"the heading of the denominator, as the measure is a "+string(m.Unit))
			d.expect(column.Denominator == "" || column.Percentage == "", here+".percentage", column.Percentage, "none beside a denominator")
			d.expect(column.Weight == "" || column.Denominator+column.Percentage == "" && m.WeightedBy != NotCombined, here+".weight", column.Weight,
				"none beside a denominator, nor where the figures are not put together")
		}
		for _, id := range column.Equals {
			c.checkObserved(d, here+".equals", id)
		}
		d.expect(
			len(column.Less) == 0 || len(column.Equals) > 0,
			here+".less",
			strings.Join(column.Less, ", "),
			"equals with it, the measures that they are taken off",
		)
		d.expect(len(column.And) == 0 || len(column.Equals) > 0, here+".and", strings.Join(column.And, ", "), "equals with it, to which they are added")
		for _, id := range column.Less {
			c.checkObserved(d, here+".less", id)
		}
	}
}

func (c sourceReader) checkOmission(d *document, at string, o *Omission, reason string) {
	d.expect(len(o.Organisations) > 0, at+".organisations", "none", "codes of organisations")
	d.expect(o.Reason != "", at+".reason", "", reason)
	for _, id := range o.Measures {
		c.checkObserved(d, at+".measures", id)
		if m, known := c.measures[id]; known {
			for j, text := range o.Periods {
				d.period(fmt.Sprintf("%s.periods[%d]", at, j), text, m.Grain)
			}
			if o.From != "" {
				o.from = d.period(at+".from", o.From, m.Grain)
			}
		}
	}
	d.expect((len(o.Periods) > 0) != (o.From != "") && len(o.Measures) > 0, at, "no periods or no measures", "both; periods one by one, or from")
}

func (c reader) checkObserved(d *document, at, id string) {
	m, known := c.measures[id]
	d.expect(known && m.Observed(), at, id, "an observed measure of dashboards/measures")
}
