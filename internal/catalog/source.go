package catalog

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Source declares how a publisher's files become observations.
type Source struct {
	ID          string `yaml:"id" json:"id"`
	Title       string `yaml:"title" json:"title"`
	Publisher   string `yaml:"publisher" json:"publisher"`
	URL         string `yaml:"url" json:"url"`
	Licence     string `yaml:"licence" json:"licence"`
	Attribution string `yaml:"attribution" json:"attribution"`
	// Files are patterns of base names; without them the headings alone decide.
	Files []string `yaml:"files" json:"files,omitempty"`
	Skip  []Skip   `yaml:"skip" json:"skip,omitempty"`
	// Whole tells that a file lists every organisation: one that it leaves out has no figure in its periods, and a sum of what
	// it lists is England's. Returns are not: they say nothing of those that they do not list.
	Whole bool `yaml:"whole" json:"whole,omitempty"`
	// CodesAsOf is the day whose organisation codes the publisher uses for every period.
	CodesAsOf string `yaml:"codes_as_of" json:"codes_as_of,omitempty"`
	// Names are organisations that a publication calls otherwise than the reference does.
	Names map[string]string `yaml:"names" json:"names,omitempty"`
	// Synonyms are other headings that a heading of the tables has gone by; those of Columns stand in their titles.
	Synonyms map[string][]string `yaml:"synonyms" json:"synonyms,omitempty"`
	Tables   []Table             `yaml:"tables" json:"tables"`
	// Columns are known to every table of the source; a table's own come first.
	Columns     []Column      `yaml:"columns" json:"columns,omitempty"`
	NotReported []NotReported `yaml:"not_reported" json:"not_reported,omitempty"`
	// Tolerance is how far our total may lie from the publisher's; publishers round apportioned figures.
	Tolerance string `yaml:"tolerance" json:"tolerance,omitempty"`

	hash      string
	tolerance decimal.Decimal
	codesAsOf time.Time
}

// Skip names files of the folder that are known and not loaded, and why.
type Skip struct {
	Files  []string `yaml:"files" json:"files"`
	Reason string   `yaml:"reason" json:"reason"`
}

// Table is one shape in which a publication lays out its figures.
type Table struct {
	Name string `yaml:"name" json:"name"`
	// Sheets are patterns of sheet names; without them any sheet may hold the table.
	Sheets []string `yaml:"sheets" json:"sheets,omitempty"`
	// Header are the headings that must stand in one row; the figures begin below it.
	Header []string `yaml:"header" json:"header"`
	// Groups tells that the row above the headings names groups of columns.
	Groups bool `yaml:"groups" json:"groups,omitempty"`
	// Reconcile marks a table of the publisher's own totals: compared with our sums, not loaded.
	Reconcile bool   `yaml:"reconcile" json:"reconcile,omitempty"`
	Period    When   `yaml:"period" json:"period"`
	Place     Place  `yaml:"place" json:"place"`
	Long      *Long  `yaml:"long" json:"long,omitempty"`
	Totals    *Total `yaml:"totals" json:"totals,omitempty"`
	// Skip are rows that are passed over: neither loaded nor rejected.
	Skip []SkipRows `yaml:"skip" json:"skip,omitempty"`
	// Released are the labels whose following cell says when the publisher released the file; the first that has one counts.
	Released []string `yaml:"released" json:"released,omitempty"`
	// Untitled is "ignore" where columns without a heading hold notes.
	Untitled string   `yaml:"untitled" json:"untitled,omitempty"`
	Absent   []string `yaml:"absent" json:"absent,omitempty"` // texts that mean "no figure", for example "N/A"
	Columns  []Column `yaml:"columns" json:"columns,omitempty"`

	synonyms map[string]string // folded, to the heading that the declaration uses, folded
}

// SkipRows names rows that are known and not loaded, and why.
type SkipRows struct {
	Where  Where  `yaml:"where" json:"where"`
	Reason string `yaml:"reason" json:"reason"`
}

// Where is a condition on a row: in each of the named columns stands one of its texts, whatever their case.
type Where map[string][]string

// When tells where a table states the period: in the cell after a label, in a column, or in the headings.
type When struct {
	After   string `yaml:"after" json:"after,omitempty"`
	Column  string `yaml:"column" json:"column,omitempty"`
	Heading bool   `yaml:"heading" json:"heading,omitempty"`
	// Pattern's first group is the period in a longer text.
	Pattern string `yaml:"pattern" json:"pattern,omitempty"`
	Form    string `yaml:"form" json:"form"`

	pattern *regexp.Regexp
}

// Place tells which organisation or area a row is about.
type Place struct {
	Column string `yaml:"column" json:"column,omitempty"`
	// By is "code" or "name" for an organisation, "footprint" for one of the 44; England is the area of the whole table.
	By string `yaml:"by" json:"by"`
	// England are the texts in the column that mean the whole of England.
	England []string `yaml:"england" json:"england,omitempty"`
}

// Long is the layout with one figure a row and the measure in a column: the canonical form.
type Long struct {
	Measure     string `yaml:"measure" json:"measure"`
	Numerator   string `yaml:"numerator" json:"numerator"`
	Denominator string `yaml:"denominator" json:"denominator"`
	Note        string `yaml:"note" json:"note,omitempty"` // why a figure is missing
	// CodesOn is the day whose organisation codes the figure is stated by, where that is not the first of its period.
	CodesOn string `yaml:"codes_on" json:"codes_on,omitempty"`
	// Origin are the columns that say which published cell a figure was taken from.
	Origin *Origin `yaml:"origin" json:"origin,omitempty"`
}

// Origin names the columns that trace a figure to the publication it was taken from.
type Origin struct {
	File     string `yaml:"file" json:"file"`
	SHA256   string `yaml:"sha256" json:"sha256"`
	Sheet    string `yaml:"sheet" json:"sheet"`
	Row      string `yaml:"row" json:"row"`
	Column   string `yaml:"column" json:"column"`
	Raw      string `yaml:"raw" json:"raw"`
	Released string `yaml:"released" json:"released"`
}

// Total tells which row of a table is the publisher's own England total.
type Total struct {
	Column string   `yaml:"column" json:"column"`
	Equals []string `yaml:"equals" json:"equals"`
	// Required fails a file without the row: it was cut short.
	Required bool `yaml:"required" json:"required"`
}

// Column maps a heading to a measure, checks it against others, or says why it is not read.
type Column struct {
	// Titles are the headings the column has gone by, "group / heading" where a group is needed to tell two apart.
	Titles []string `yaml:"titles" json:"titles,omitempty"`
	// Pattern matches headings that differ from file to file.
	Pattern string `yaml:"pattern" json:"pattern,omitempty"`
	// Where holds in the rows in which the column has this purpose; of several declared columns the first that holds counts.
	Where   Where  `yaml:"where" json:"where,omitempty"`
	Measure string `yaml:"measure" json:"measure,omitempty"`
	// Equals are the measures whose sum the column must equal in every row.
	Equals []string `yaml:"equals" json:"equals,omitempty"`
	Ignore string   `yaml:"ignore" json:"ignore,omitempty"`
	// Scale multiplies the published number, for example 1000 where the publication is in thousands.
	Scale    string `yaml:"scale" json:"scale,omitempty"`
	Optional bool   `yaml:"optional" json:"optional,omitempty"`

	pattern *regexp.Regexp
	scale   decimal.Decimal
}

// NotReported recognises rows whose zeros mean that nothing was reported.
type NotReported struct {
	From string `yaml:"from" json:"from"` // first period the rule holds for
	Zero string `yaml:"zero" json:"zero"` // this measure is zero ...
	// ... although this one is over the number.
	Although string   `yaml:"although" json:"although"`
	Over     string   `yaml:"over" json:"over"`
	Measures []string `yaml:"measures" json:"measures"` // these are then not reported
	Reason   string   `yaml:"reason" json:"reason"`

	from Period
	over decimal.Decimal
}

// Hash names this version of the declaration.
func (s *Source) Hash() string { return s.hash }

// AllowedDifference is the Tolerance as a number.
func (s *Source) AllowedDifference() decimal.Decimal { return s.tolerance }

// CodesOn is the day whose organisation codes the publisher used for a period.
func (s *Source) CodesOn(p Period) time.Time {
	if s.codesAsOf.IsZero() {
		return p.Start
	}
	return s.codesAsOf
}

// Named tells whether the source reads files of this name; true when it does not care.
func (s *Source) Named(file string) bool {
	return len(s.Files) == 0 || MatchAny(s.Files, path.Base(file))
}

// Skipped returns why a file is known and not loaded.
func (c *Catalog) Skipped(file string) (reason string, skipped bool) {
	for _, s := range c.Sources {
		for _, skip := range s.Skip {
			if MatchAny(skip.Files, path.Base(file)) {
				return skip.Reason, true
			}
		}
	}
	return "", false
}

// MatchAny tells whether a name matches one of the patterns, whatever its case.
func MatchAny(patterns []string, name string) bool {
	for _, pattern := range patterns {
		if ok, _ := path.Match(strings.ToLower(pattern), strings.ToLower(name)); ok {
			return true
		}
	}
	return false
}

// Read reads the period from a text of the publication.
func (w When) Read(text string) (Period, error) {
	text = strings.TrimSpace(text)
	if w.pattern != nil {
		if m := w.pattern.FindStringSubmatch(text); m != nil {
			text = m[1]
		}
	}
	return readForm(w.Form, text)
}

// Matches tells whether the column goes by this heading; title has been folded with Fold.
func (c Column) Matches(group, title string) bool {
	for _, known := range c.Titles {
		if g, t, grouped := strings.Cut(known, " / "); grouped {
			if Fold(g) == group && Fold(t) == title {
				return true
			}
		} else if Fold(known) == title {
			return true
		}
	}
	return c.pattern != nil && c.pattern.MatchString(title)
}

// Holds tells whether a row meets the condition; text gives the row's text under a heading.
func (w Where) Holds(text func(heading string) string) bool {
	for heading, accepted := range w {
		found := Fold(text(heading))
		if !slices.ContainsFunc(accepted, func(t string) bool { return Fold(t) == found }) {
			return false
		}
	}
	return true
}

// String is the condition in words: "breakdown is reason and category is Total or Other".
func (w Where) String() string {
	var conditions []string
	for _, heading := range slices.Sorted(maps.Keys(w)) {
		conditions = append(conditions, heading+" is "+strings.Join(w[heading], " or "))
	}
	return strings.Join(conditions, " and ")
}

// Heading is a heading of the publication as the declaration writes it, folded.
func (t *Table) Heading(text string) string {
	folded := Fold(text)
	return cmp.Or(t.synonyms[folded], folded)
}

// Multiplier is the Scale as a number, 1 without one.
func (c Column) Multiplier() decimal.Decimal {
	if c.Scale == "" {
		return decimal.NewFromInt(1)
	}
	return c.scale
}

// Holds tells whether the rule is in force in a period.
func (n NotReported) Holds(p Period) bool { return !p.Start.Before(n.from.Start) }

// Threshold is Over as a number.
func (n NotReported) Threshold() decimal.Decimal { return n.over }

// Fold makes headings comparable: one case, single spaces.
func Fold(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }
