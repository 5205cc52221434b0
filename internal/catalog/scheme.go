package catalog

import (
	"fmt"
	"io/fs"
	"slices"

	"github.com/shopspring/decimal"
)

// SchemeFile is one file of schemes and of the programmes that they were part of.
type SchemeFile struct {
	Programmes []*Programme `yaml:"programmes"` // each stands in one file
	Schemes    []*Scheme    `yaml:"schemes"`    // claims name them by their ids
}

// Programme is what several schemes were part of, such as the first wave of integration pioneers. Places of one programme are tested together, and
// those of another are not what they are compared with.
type Programme struct {
	ID       string   `yaml:"id"       json:"id"       jsonschema:"required"` // lower-case letters, digits and underscores
	Name     string   `yaml:"name"     json:"name"     jsonschema:"required"` // as its publisher calls it
	Citation Citation `yaml:"citation" json:"citation" jsonschema:"required"` // where it is published
}

// Scheme is something that was done in some places from a month on, whatever was claimed of it.
type Scheme struct {
	ID        string   `yaml:"id"        json:"id"                  jsonschema:"required"`                 // lower-case letters, digits and underscores
	Name      string   `yaml:"name"      json:"name"                jsonschema:"required"`                 // as it was called
	Programme string   `yaml:"programme" json:"programme,omitempty"`                                       // the id of the programme; without it of none
	Start     string   `yaml:"start"     json:"start,omitempty"     jsonschema:"oneof_type=string;number"` // its first month, or the year where no month is stated; without it none is stated
	Until     string   `yaml:"until"     json:"until,omitempty"`                                           // its last month; without it no end is known, and its places count as covered ever after
	Units     []*Units `yaml:"units"     json:"units,omitempty"`                                           // the places that it covered; without them the note says why none are known
	Note      string   `yaml:"note"      json:"note,omitempty"`                                            // what who tests it must know
	// Evaluations are the independent ones of the scheme, beside those of single claims about it.
	Evaluations []Finding `yaml:"evaluations" json:"evaluations,omitempty"`

	hash         string
	start, until Period
}

// Extent is how much of a place a scheme covered.
type Extent string

// The extents.
const (
	WholePlace  Extent = "whole" // all of its people
	PartOfPlace Extent = "part"  // some of them: practices, a town, residents of care homes
)

var extentNames = []string{string(WholePlace), string(PartOfPlace)}

// Certainty is how it is known that a scheme covered a place.
type Certainty string

// The certainties, the firmest first.
const (
	CertaintyStated   Certainty = "stated"            // the publication names the place
	CertaintyInferred Certainty = "inferred"          // from the area that the publication names
	CertaintyGeneral  Certainty = "general_knowledge" // no publication was read that says so
)

var certaintyNames = []string{string(CertaintyStated), string(CertaintyInferred), string(CertaintyGeneral)}

// unitLevels are the kinds of place that a scheme can cover: the smallest that figures are published for.
var unitLevels = []string{ByCommissioner, ByProvider, ByCouncil}

// Units are places of one kind that a scheme covered alike.
type Units struct {
	At        string    `yaml:"at"        json:"at"                 jsonschema:"required"`                 // commissioner, provider or council
	Codes     []string  `yaml:"codes"     json:"codes"              jsonschema:"required"`                 // those that they had when it began
	Extent    Extent    `yaml:"extent"    json:"extent"             jsonschema:"required"`                 // whole or part
	Share     string    `yaml:"share"     json:"share,omitempty"    jsonschema:"oneof_type=string;number"` // of a part: of the people of each place, over 0 and under 1, where known
	Certainty Certainty `yaml:"certainty" json:"certainty"          jsonschema:"required"`                 // how it is known
	Citation  *Citation `yaml:"citation"  json:"citation,omitempty"`                                       // where it is published; none of general knowledge
	Note      string    `yaml:"note"      json:"note,omitempty"`                                           // what who tests them must know

	Reached decimal.NullDecimal `yaml:"-" json:"-"` // the share as read: 1 of whole places, null where it is not known

	at place // of the codes, for mistakes that are found with the reference
}

// place is where something stands in a file.
type place struct {
	file         string
	line, column int
}

func (p place) mistake(message string) error {
	return &Mistake{p.file, p.line, p.column, message}
}

// Hash names this version of the scheme.
func (s *Scheme) Hash() string { return s.hash }

// SchemesHash names this version of all schemes together.
func (c *Catalog) SchemesHash() string {
	var all []any
	for _, s := range c.Schemes {
		all = append(all, s.Hash())
	}
	return hash(all)
}

// StartPeriod is the month or the year in which the scheme began; ok is false where none is stated.
func (s *Scheme) StartPeriod() (p Period, ok bool) { return s.start, s.Start != "" }

// RunsIn tells whether the scheme was there at some time from the first to the last period. One whose start is not stated may have been.
func (s *Scheme) RunsIn(first, last Period) bool {
	return (s.Start == "" || s.start.Start.Before(last.End())) && (s.Until == "" || s.until.End().After(first.Start))
}

// Programme finds a programme by its id.
func (c *Catalog) Programme(id string) (*Programme, bool) {
	return byID(c.Programmes, id, func(p *Programme) string { return p.ID })
}

// Scheme finds a scheme by its id.
func (c *Catalog) Scheme(id string) (*Scheme, bool) {
	return byID(c.Schemes, id, func(s *Scheme) string { return s.ID })
}

func byID[T any](all []*T, id string, idOf func(*T) string) (*T, bool) {
	i := slices.IndexFunc(all, func(one *T) bool { return idOf(one) == id })
	if i < 0 {
		return nil, false
	}
	return all[i], true
}

// readSchemes reads the files of schemes, the programmes of all before the schemes of any.
func (c claimReader) readSchemes(fsys fs.FS) []error {
	type read struct {
		*document
		SchemeFile
	}
	var mistakes []error
	var files []*read
	for _, name := range yamlFiles(fsys, "schemes") {
		f := &read{}
		d, err := decode(fsys, name, &f.SchemeFile)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		f.document, files = d, append(files, f)
		for i, p := range f.Programmes {
			at := fmt.Sprintf("$.programmes[%d]", i)
			if p == nil {
				d.expect(false, at, "nothing", "a programme")
				continue
			}
			_, known := c.Programme(p.ID)
			d.expect(identifier.MatchString(p.ID), at+".id", p.ID, "lower-case letters, digits and underscores")
			d.expect(!known, at+".id", p.ID, "an id that no other programme has")
			d.expect(p.Name != "", at+".name", "", "a name")
			d.citation(at+".citation", p.Citation)
			c.Programmes = append(c.Programmes, p)
		}
	}
	for _, f := range files {
		for i, s := range f.Schemes {
			if s == nil {
				f.expect(false, fmt.Sprintf("$.schemes[%d]", i), "nothing", "a scheme")
				continue
			}
			c.checkScheme(f.document, fmt.Sprintf("$.schemes[%d].", i), s)
			s.hash = hash(s)
			c.Schemes = append(c.Schemes, s)
		}
		mistakes = append(mistakes, f.mistakes...)
	}
	return mistakes
}

func (c claimReader) checkScheme(d *document, at string, s *Scheme) {
	_, known := c.Scheme(s.ID)
	d.expect(identifier.MatchString(s.ID), at+"id", s.ID, "lower-case letters, digits and underscores")
	d.expect(!known, at+"id", s.ID, "an id that no other scheme has")
	d.expect(s.Name != "", at+"name", "", "a name")
	if s.Programme != "" {
		_, known := c.Programme(s.Programme)
		d.expect(known, at+"programme", s.Programme, "the id of a programme of dashboards/schemes")
	}
	s.start = d.monthOrYear(at+"start", s.Start)
	if s.Until != "" {
		d.period(at+"until", s.Until, Month)
		s.until, _ = ParsePeriod(s.Until)
		d.expect(s.Start == "" || !s.until.Start.Before(s.start.Start), at+"until", s.Until, "a month not before the start")
	}
	d.expect(len(s.Units) > 0 || s.Note != "", at+"units", "none", "the places that it covered, or a note that says why none are known")
	d.units(at, s.Units)
	c.checkFindings(d, at, s.Evaluations)
}

// monthOrYear reads a time at which something began, as exactly as it is stated.
func (d *document) monthOrYear(at, text string) Period {
	if text == "" {
		return Period{}
	}
	p, err := ParsePeriod(text)
	d.expect(
		err == nil && slices.Contains([]Grain{Month, CalendarYear, FinancialYear}, p.Grain),
		at,
		text,
		"a month such as 2015-03, or a year such as 2014 or 2014/15 where no month is stated",
	)
	return p
}

// units checks places that a scheme covered, and reads their shares.
func (d *document) units(at string, all []*Units) {
	var before []string
	for i, u := range all {
		here := fmt.Sprintf("%sunits[%d]", at, i)
		if u == nil {
			d.expect(false, here, "nothing", "places that were covered")
			continue
		}
		d.oneOf(here+".at", u.At, unitLevels...)
		d.oneOf(here+".extent", string(u.Extent), extentNames...)
		d.oneOf(here+".certainty", string(u.Certainty), certaintyNames...)
		d.expect(len(u.Codes) > 0, here+".codes", "none", "codes of organisations")
		for j, code := range u.Codes {
			d.expect(!slices.Contains(before, code), fmt.Sprintf("%s.codes[%d]", here, j), code, "each place once")
			before = append(before, code)
		}
		d.expect(u.Share == "" || u.Extent == PartOfPlace, here+".share", u.Share, "none, as the whole place was covered")
		whole := decimal.NewFromInt(1)
		if u.Share != "" {
			u.Reached = decimal.NewNullDecimal(d.number(here+".share", u.Share, whole))
			inside := u.Reached.Decimal.IsPositive() && u.Reached.Decimal.LessThan(whole)
			d.expect(inside || !isNumber(u.Share), here+".share", u.Share, "a share over 0 and under 1")
		}
		if u.Extent == WholePlace {
			u.Reached = decimal.NewNullDecimal(whole)
		}
		switch {
		case u.Citation != nil:
			d.expect(u.Certainty != CertaintyGeneral, here+".certainty", string(u.Certainty), "stated or inferred, as a publication says so")
			d.citation(here+".citation", *u.Citation)
		case u.Certainty != CertaintyGeneral:
			d.expect(false, here+".citation", "none", "where it is published, or general_knowledge")
		}
		u.at.file = d.file
		u.at.line, u.at.column = d.place(here + ".codes")
	}
}
