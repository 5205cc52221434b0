// Package catalog reads the analysts' definitions: which files are loaded how (sources) and what the numbers mean (measures).
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
	"strings"

	"github.com/shopspring/decimal"
)

// Catalog is everything that stands under dashboards/, read and found sound.
type Catalog struct {
	Sources  []*Source  // by id
	Measures []*Measure // in the order of their files

	measures map[string]*Measure
	sources  map[string]*Source
}

// Definition is one definition as it is kept beside the loads that used it.
type Definition struct {
	Hash, Kind, ID, Body string
}

// Read reads sources/*.yaml and measures/*.yaml. The error lists every mistake, each with file, line and column.
func Read(fsys fs.FS) (*Catalog, error) {
	c := &Catalog{measures: map[string]*Measure{}, sources: map[string]*Source{}}
	var mistakes []error
	var read []*measureFile
	for _, file := range yamlFiles(fsys, "measures") {
		f, err := c.readMeasures(fsys, file)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		read = append(read, f)
	}
	whole := len(mistakes) == 0 // else what a file lacks may stand in one that could not be read
	for _, f := range read {
		if whole {
			c.checkTerms(f)
		}
		mistakes = append(mistakes, f.mistakes...)
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...) // sources refer to measures: their mistakes would only repeat these
	}
	for _, file := range yamlFiles(fsys, "sources") {
		mistakes = append(mistakes, c.readSource(fsys, file)...)
	}
	for _, f := range read {
		if len(mistakes) == 0 {
			mistakes = append(mistakes, c.checkSources(f)...)
		}
	}
	if len(mistakes) == 0 && (len(c.Measures) == 0 || len(c.Sources) == 0) {
		mistakes = append(mistakes, errors.New("no definitions found: expected measures/*.yaml and sources/*.yaml"))
	}
	sort.Slice(c.Sources, func(i, j int) bool { return c.Sources[i].ID < c.Sources[j].ID })
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	return c, nil
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

// Headlines are the measures that the pages show.
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

// measureFile is one file of measures/; what it states once holds for each of its measures that does not say otherwise.
type measureFile struct {
	*document `yaml:"-"`
	Theme     string     `yaml:"theme"`
	Unit      Unit       `yaml:"unit"`
	Counted   string     `yaml:"counted"`
	Direction Direction  `yaml:"direction"`
	Grain     Grain      `yaml:"grain"`
	Level     string     `yaml:"level"`
	Sources   []string   `yaml:"sources"`
	Measures  []*Measure `yaml:"measures"`
}

func (c *Catalog) readMeasures(fsys fs.FS, file string) (*measureFile, error) {
	f := &measureFile{}
	d, err := decode(fsys, file, f)
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
		m.Theme = cmp.Or(m.Theme, f.Theme)
		m.Unit = cmp.Or(m.Unit, f.Unit)
		m.Counted = cmp.Or(m.Counted, f.Counted)
		m.Direction = cmp.Or(m.Direction, f.Direction)
		m.Grain = cmp.Or(m.Grain, f.Grain)
		m.Level = cmp.Or(m.Level, f.Level)
		if m.Sources == nil {
			m.Sources = f.Sources
		}
		d.expect(identifier.MatchString(m.ID), at("id"), m.ID, "lower-case letters, digits and underscores")
		d.expect(c.measures[m.ID] == nil, at("id"), m.ID, "an id that no other measure has")
		d.expect(m.Title != "", at("title"), m.Title, "a title")
		d.expect(m.Definition != "", at("definition"), m.Definition, "a definition in plain words")
		d.oneOf(at("unit"), string(m.Unit), string(Number), string(Share), string(GBP))
		d.oneOf(at("direction"), string(m.Direction), string(Up), string(Down), string(Neutral))
		d.oneOf(at("grain"), string(m.Grain), grainNames()...)
		d.oneOf(at("level"), m.Level, ByProvider, ByCommissioner, ByFootprint)
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
		d.expect(m.Unit != Share || m.Numerator == nil || m.Denominator != nil, at("unit"), string(m.Unit), "a denominator with it")
		for j, b := range m.Breaks {
			d.period(at(fmt.Sprintf("breaks[%d].from", j)), b.From, m.Grain)
		}
		for j, e := range m.KnownEvents {
			d.period(at(fmt.Sprintf("events[%d].period", j)), e.Period, m.Grain)
		}
		m.hash = hash(m)
		if c.measures[m.ID] == nil {
			c.measures[m.ID] = m
		}
		c.Measures = append(c.Measures, m)
	}
	return f, nil
}

// checkTerms runs when every file is read, so that a measure may be made from those of another file.
func (c *Catalog) checkTerms(f *measureFile) {
	for i, m := range f.Measures {
		if m == nil {
			continue
		}
		for _, term := range m.Terms() {
			component, known := c.measures[term.Component]
			at := fmt.Sprintf("$.measures[%d].%s", i, term.Part)
			f.expect(known && component.Observed(), at, term.Component, "the id of an observed measure")
			f.expect(!known || component.Grain == m.Grain, at, term.Component, "a measure of the same grain")
		}
	}
}

func (c *Catalog) checkSources(f *measureFile) []error {
	before := len(f.mistakes)
	for i, m := range f.Measures {
		for j, id := range m.Sources {
			_, known := c.sources[id]
			f.expect(known, fmt.Sprintf("$.measures[%d].sources[%d]", i, j), id, "the id of a source")
		}
	}
	return f.mistakes[before:]
}

func (c *Catalog) readSource(fsys fs.FS, file string) []error {
	s := &Source{}
	d, err := decode(fsys, file, s)
	if err != nil {
		return []error{err}
	}
	d.expect(identifier.MatchString(s.ID), "$.id", s.ID, "lower-case letters, digits and underscores")
	d.expect(c.sources[s.ID] == nil, "$.id", s.ID, "an id that no other source has")
	d.expect(s.Title != "", "$.title", s.Title, "a title")
	d.expect(s.Publisher != "", "$.publisher", s.Publisher, "the publisher's name")
	d.expect(len(s.Tables) > 0, "$.tables", "none", "at least one table")
	d.globs("$.files", s.Files)
	for i, skip := range s.Skip {
		d.globs(fmt.Sprintf("$.skip[%d].files", i), skip.Files)
	}
	s.tolerance = d.number("$.tolerance", s.Tolerance, decimal.Zero)
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
	s.hash = hash(s)
	if c.sources[s.ID] == nil {
		c.sources[s.ID] = s
	}
	c.Sources = append(c.Sources, s)
	return d.mistakes
}

func (c *Catalog) checkTable(d *document, s *Source, i int) {
	t, at := &s.Tables[i], fmt.Sprintf("$.tables[%d].", i)
	d.expect(t.Name != "", at+"name", t.Name, "a name")
	d.globs(at+"sheets", t.Sheets)
	d.expect(len(t.Header) > 0, at+"header", "none", "the headings that mark the header row")
	if t.Untitled != "" {
		d.oneOf(at+"untitled", t.Untitled, "ignore")
	}
	places := []string{"code", "name", "footprint", "england"}
	d.oneOf(at+"place.by", t.Place.By, places...)
	d.expect(t.Place.Column != "" || t.Place.By == "england", at+"place.column", t.Place.Column, "the heading of the column that names the place")
	where := 0
	for _, stated := range []bool{t.Period.After != "", t.Period.Column != "", t.Period.Heading} {
		if stated {
			where++
		}
	}
	d.expect(where == 1, at+"period", fmt.Sprintf("%d places", where), "exactly one of after, column and heading")
	d.oneOf(at+"period.form", t.Period.Form, slices.Sorted(maps.Keys(periodForms))...)
	t.Period.pattern = d.pattern(at+"period.pattern", t.Period.Pattern)
	if p := t.Period.pattern; p != nil {
		d.expect(p.NumSubexp() == 1, at+"period.pattern", t.Period.Pattern, "one group in brackets that holds the period")
	}
	for j, skip := range t.Skip {
		here := fmt.Sprintf("%sskip[%d]", at, j)
		d.expect(len(skip.Where) > 0, here, "no condition", "where: with the texts of a column")
		d.where(here+".where", skip.Where)
		d.expect(skip.Reason != "", here+".reason", "", "why the rows are not loaded")
	}
	c.checkColumns(d, at+"columns", t.Columns)
	if grain := periodForms[t.Period.Form].grain; grain != "" {
		for j, column := range t.Columns {
			m := c.measures[column.Measure]
			d.expect(m == nil || m.Grain == grain, fmt.Sprintf("%scolumns[%d].measure", at, j), column.Measure, "a measure by "+grain.Words()+", as the period of the table")
		}
	}
}

func (c *Catalog) checkColumns(d *document, at string, columns []Column) {
	always := map[string]bool{} // titles that a column takes in every row
	for i := range columns {
		column, here := &columns[i], fmt.Sprintf("%s[%d]", at, i)
		purposes := 0
		for _, set := range []bool{column.Measure != "", len(column.Equals) > 0, column.Ignore != ""} {
			if set {
				purposes++
			}
		}
		d.expect(purposes == 1, here, fmt.Sprintf("%d of them", purposes), "exactly one of measure, equals and ignore")
		d.expect(len(column.Titles) > 0 || column.Pattern != "", here, "neither", "titles or a pattern")
		for j, title := range column.Titles {
			d.expect(!always[Fold(title)], fmt.Sprintf("%s.titles[%d]", here, j), title, "a title that no column above has in every row")
			always[Fold(title)] = always[Fold(title)] || len(column.Where) == 0
		}
		d.where(here+".where", column.Where)
		column.pattern = d.pattern(here+".pattern", column.Pattern)
		column.scale = d.number(here+".scale", column.Scale, decimal.NewFromInt(1))
		if column.Measure != "" {
			c.checkObserved(d, here+".measure", column.Measure)
		}
		for _, id := range column.Equals {
			c.checkObserved(d, here+".equals", id)
		}
	}
}

func (c *Catalog) checkObserved(d *document, at, id string) {
	m, known := c.measures[id]
	d.expect(known && m.Observed(), at, id, "an observed measure of dashboards/measures")
}
