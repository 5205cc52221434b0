package catalog

import (
	"fmt"
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
	ID          string `yaml:"id"          json:"id"          jsonschema:"required"` // lower-case letters, digits and underscores
	Title       string `yaml:"title"       json:"title"       jsonschema:"required"` // what the publication is called
	Publisher   string `yaml:"publisher"   json:"publisher"   jsonschema:"required"` // who releases it
	URL         string `yaml:"url"         json:"url"`                               // where readers find it
	Licence     string `yaml:"licence"     json:"licence"`                           // what the publisher lets others do with it
	Attribution string `yaml:"attribution" json:"attribution"`                       // what the licence wants said beside the figures
	// FilesAre tells whose hands the files went through; without it that is not stated. How they are read does not depend on it.
	FilesAre FilesAre `yaml:"files_are" json:"-"`
	// Rhythm says how often new figures are published. How files are read does not depend on it.
	Rhythm *Rhythm `yaml:"rhythm" json:"-"`
	// Ended says that no new figures are published any more, since when and why.
	Ended *Ended `yaml:"ended" json:"-"`
	// Begins is the first day of the first period that is published; figures of an earlier one raise a question.
	Begins string `yaml:"begins" json:"begins,omitempty"`
	// Misnamed are files whose names state another period than the publisher meant.
	Misnamed []Skip `yaml:"misnamed" json:"misnamed,omitempty"`
	// Where are the places that files are fetched from; without one they come through the inbox alone.
	Where []Location `yaml:"where" json:"where,omitempty"`
	// Hosts are the host names, beside those of Where, that an address or a link may lead to.
	Hosts []string `yaml:"hosts" json:"hosts,omitempty"`
	// Private are the host names that may be asked although their addresses are private, such as a server of one's own network.
	Private []string `yaml:"private" json:"private,omitempty"`
	// Schedule says when Where is looked at: minute, hour, day of the month, month and day of the week, as in cron, London time.
	Schedule string `yaml:"schedule" json:"schedule,omitempty"`
	// Files are patterns of base names; without them the headings alone decide.
	Files []string `yaml:"files" json:"files,omitempty"`
	Skip  []Skip   `yaml:"skip"  json:"skip,omitempty"` // files that are known and not loaded
	// Whole tells that a file lists every organisation: one that it leaves out has no figure in its periods, and a sum of what
	// it lists is England's. Returns are not: they say nothing of those that they do not list.
	Whole bool `yaml:"whole" json:"whole,omitempty"`
	// CodesAsOf is the day whose organisation codes the publisher uses for every period.
	CodesAsOf string `yaml:"codes_as_of" json:"codes_as_of,omitempty"`
	// Names are organisations whose name or code in a publication is not the reference's, each with its code there.
	Names map[string]string `yaml:"names" json:"names,omitempty"`
	// Synonyms are other headings that a heading of the tables has gone by; those of Columns stand in their titles.
	Synonyms map[string][]string `yaml:"synonyms" json:"synonyms,omitempty"`
	// Tables are the shapes of the publication; in each sheet the first whose headings stand there is read, and each that says also.
	Tables []Table `yaml:"tables" json:"tables" jsonschema:"required"`
	// Columns are known to every table of the source; a table's own come first.
	Columns     []Column      `yaml:"columns"      json:"columns,omitempty"`
	NotReported []NotReported `yaml:"not_reported" json:"not_reported,omitempty"` // rules for zeros that mean that nothing was reported
	// Omits are organisations that a file leaves out although they had something to report: their figures are missing.
	Omits []Omission `yaml:"omits" json:"omits,omitempty"`
	// PublishedSo are figures that the publisher released as they are though they break off, or organisations that it left out: nothing is asked of them.
	PublishedSo []Omission `yaml:"published_so" json:"-"`
	// Tolerance is how far our total may lie from the publisher's; publishers round apportioned figures.
	Tolerance string `yaml:"tolerance" json:"tolerance,omitempty" jsonschema:"oneof_type=string;number"`

	hash      string
	tolerance decimal.Decimal
	codesAsOf time.Time
	begins    time.Time
}

// FilesAre tells what the files of a source are to what its publisher released.
type FilesAre string

// What files may be.
const (
	Originals    FilesAre = "originals"    // as the publisher released them
	SavedAgain   FilesAre = "saved_again"  // with the publisher's cells, saved or renamed by others
	Compilations FilesAre = "compilations" // tables that others made of what the publisher released
)

var filesAreNames = []string{string(Originals), string(SavedAgain), string(Compilations)}

// FilesBeneath tells what the file is that states a cell of a measure. A source brought it; where that was carried by a file in canonical form,
// it is a file of the sources that state the measure.
func (c *Catalog) FilesBeneath(measure, source string, carried bool) FilesAre {
	if s, ok := c.Source(source); ok && !carried {
		return s.FilesAre
	}
	m, ok := c.Measure(measure)
	if !ok {
		return ""
	}
	var found FilesAre
	for i, id := range m.Sources {
		s, ok := c.Source(id)
		if !ok || s.FilesAre == "" || i > 0 && s.FilesAre != found {
			return ""
		}
		found = s.FilesAre
	}
	return found
}

// Location is one place that files are fetched from: a folder, the address of a file, or a page with links to files.
type Location struct {
	Folder string `yaml:"folder" json:"folder,omitempty"` // a folder on the machine, from the working directory
	URL    string `yaml:"url"    json:"url,omitempty"`    // the address of one file
	Page   string `yaml:"page"   json:"page,omitempty"`   // the address of a page with links to files
	// Links is what the address or the text of a link on the page must match, a regular expression.
	Links string `yaml:"links" json:"links,omitempty"`

	links *regexp.Regexp
}

// Skip names files that are known and not loaded, and why.
type Skip struct {
	Files  []string `yaml:"files"  json:"files"  jsonschema:"required"` // patterns of base names
	Reason string   `yaml:"reason" json:"reason"`                       // why they are not loaded
}

// Table is one shape in which a publication lays out its figures.
type Table struct {
	Name string `yaml:"name" json:"name" jsonschema:"required"` // tells it from the others in messages
	// Sheets are patterns of sheet names; without them any sheet may hold the table.
	Sheets []string `yaml:"sheets" json:"sheets,omitempty"`
	// Required refuses a file of the source that does not hold the table.
	Required bool `yaml:"required" json:"required,omitempty"`
	// Header are the headings that must stand in one row; the figures begin below it.
	Header []string `yaml:"header" json:"header" jsonschema:"required"`
	// Groups tells that the row above the headings names groups of columns.
	Groups bool `yaml:"groups" json:"groups,omitempty"`
	// Reconcile marks a table of the publisher's own totals: compared with our sums, not loaded.
	Reconcile bool `yaml:"reconcile" json:"reconcile,omitempty"`
	// Also reads it beside another table of the same sheet, as where the rows state figures of two grains.
	Also   bool   `yaml:"also"   json:"also,omitempty"`
	Period When   `yaml:"period" json:"period"           jsonschema:"required"` // where the period is stated
	Place  Place  `yaml:"place"  json:"place"            jsonschema:"required"` // which organisation or area a row is about
	Long   *Long  `yaml:"long"   json:"long,omitempty"`                         // set where the measure stands in a column: the canonical form
	Totals *Total `yaml:"totals" json:"totals,omitempty"`                       // which row is the publisher's total of England
	// Subtotals are rows of the publisher's totals of regions, which are compared with the rows beneath them.
	Subtotals *Subtotals `yaml:"subtotals" json:"subtotals,omitempty"`
	// Confirms is what else a row says of its place and period; what contradicts them raises a question.
	Confirms *Confirms `yaml:"confirms" json:"confirms,omitempty"`
	// Item is the heading of the column that names the part of the organisation's figure that a row states, where the publication
	// splits it over several rows, such as payments by type of expense. The figure is the sum of its parts.
	Item string `yaml:"item" json:"item,omitempty"`
	// ItemAnd are further headings that name the part, where one does not tell them apart.
	ItemAnd []string `yaml:"item_and" json:"item_and,omitempty"`
	// Skip are rows that are passed over: neither loaded nor rejected.
	Skip []SkipRows `yaml:"skip" json:"skip,omitempty"`
	// Released are the labels whose following cell says when the publisher released the file; the first that has one counts.
	Released []string `yaml:"released" json:"released,omitempty"`
	// Untitled is "ignore" where columns without a heading hold notes.
	Untitled string   `yaml:"untitled" json:"untitled,omitempty"`
	Absent   []string `yaml:"absent"   json:"absent,omitempty"`  // texts that mean "no figure", for example "N/A"
	Zero     []string `yaml:"zero"     json:"zero,omitempty"`    // texts that mean zero, for example "-"
	Columns  []Column `yaml:"columns"  json:"columns,omitempty"` // what the columns hold

	synonyms map[string]string // folded, to the heading that the declaration uses, folded
}

// SkipRows names rows that are known and not loaded, and why.
type SkipRows struct {
	Where Where `yaml:"where" json:"where,omitempty"` // which rows; or Matches, or both
	// Matches are regular expressions, one of which the text of each named column must match.
	Matches map[string]string `yaml:"matches" json:"matches,omitempty"`
	// Repeated passes over those alone that repeat an earlier row: the same organisation with the same figures.
	Repeated bool   `yaml:"repeated" json:"repeated,omitempty"`
	Reason   string `yaml:"reason"   json:"reason"             jsonschema:"required"` // why they are not loaded

	matches map[string]*regexp.Regexp
}

// Where is a condition on a row: in each of the named columns stands one of its texts, whatever their case.
type Where map[string][]string

// When tells where a table states the period: in the cell after a label, in the title above the headings, in the name of the
// file, in a column, or in the headings.
type When struct {
	After string `yaml:"after" json:"after,omitempty"` // the label in the cell before it
	// Title tells that the first text above the headings that matches Pattern states it.
	Title bool `yaml:"title" json:"title,omitempty"`
	// File tells that the name of the file states it.
	File   bool   `yaml:"file"   json:"file,omitempty"`
	Column string `yaml:"column" json:"column,omitempty"` // the heading of the column that states it for each row
	// And is a second column, whose text follows that of the first after a space: "2010-11 August".
	And     string `yaml:"and"     json:"and,omitempty"`
	Heading bool   `yaml:"heading" json:"heading,omitempty"` // tells that each heading of a figure states its period
	// Pattern is a regular expression whose group is the period in a longer text.
	Pattern string `yaml:"pattern" json:"pattern,omitempty"`
	// Form is how the period is written; where one text can mean several periods it begins with the one that is meant.
	Form string `yaml:"form" json:"form" jsonschema:"required"`
	// Periods are those that texts mean which do not say it themselves, by the text: week10 of a file that is named so. No other text is accepted.
	Periods map[string]string `yaml:"periods" json:"periods,omitempty"`

	pattern *regexp.Regexp
}

// Place tells which organisation or area a row is about.
type Place struct {
	Column  string `yaml:"column"  json:"column,omitempty"`  // the heading of the column that names it
	Heading bool   `yaml:"heading" json:"heading,omitempty"` // tells that the heading of each figure names it
	// Pattern is a regular expression whose group is the code or name in a longer heading.
	Pattern string `yaml:"pattern" json:"pattern,omitempty"`
	// By is "code" or "name" for an organisation, "footprint" for one of the 44; "england" is the area of the whole table.
	By string `yaml:"by" json:"by" jsonschema:"required"`
	// Name is the heading of the column with the organisation's name. One whose code is not known is placed with that of the same name.
	Name string `yaml:"name" json:"name,omitempty"`
	// Area is the heading of the column with the area that the organisation lies in. One that cannot be placed otherwise may belong
	// to any footprint with organisations in the same area.
	Area string `yaml:"area" json:"area,omitempty"`
	// England are the texts in the column that mean the whole of England, beside "England" itself.
	England []string `yaml:"england" json:"england,omitempty"`

	pattern *regexp.Regexp
}

var placesBy = []string{"code", "name", ByFootprint, ByEngland}

// Long is the layout with one figure a row and the measure in a column: the canonical form. Its fields are headings.
type Long struct {
	Measure     string `yaml:"measure"     json:"measure"        jsonschema:"required"` // the measure's id
	Numerator   string `yaml:"numerator"   json:"numerator"      jsonschema:"required"` // the figure
	Denominator string `yaml:"denominator" json:"denominator"    jsonschema:"required"` // blank but for shares and rates
	Note        string `yaml:"note"        json:"note,omitempty"`                       // why a figure is missing
	// CodesOn is the day whose organisation codes the figure is stated by, where that is not the first of its period.
	CodesOn string `yaml:"codes_on" json:"codes_on,omitempty"`
	// Origin are the columns that say which published cell a figure was taken from.
	Origin *Origin `yaml:"origin" json:"origin,omitempty"`
}

// Origin names the columns that trace a figure to the publication it was taken from.
type Origin struct {
	File     string `yaml:"file"     json:"file"`     // name of the published file
	SHA256   string `yaml:"sha256"   json:"sha256"`   // fingerprint of its content
	Sheet    string `yaml:"sheet"    json:"sheet"`    // name of the sheet, blank in a csv
	Row      string `yaml:"row"      json:"row"`      // number of the row
	Column   string `yaml:"column"   json:"column"`   // letter of the column
	Raw      string `yaml:"raw"      json:"raw"`      // text of the cell; blank where it is the numerator
	Released string `yaml:"released" json:"released"` // when the publisher released the file
}

// Total tells which row of a table is the publisher's own England total.
type Total struct {
	Column string   `yaml:"column" json:"column" jsonschema:"required"` // the heading of the column that marks it
	Equals []string `yaml:"equals" json:"equals" jsonschema:"required"` // the texts that mark it
	// Required fails a file without the row: it was cut short.
	Required bool `yaml:"required" json:"required"`
}

// Subtotals tells which rows of a table are totals of regions. They are not loaded.
type Subtotals struct {
	Where Where  `yaml:"where" json:"where" jsonschema:"required"` // which rows
	Named string `yaml:"named" json:"named" jsonschema:"required"` // the heading of the column that names the region in them
	Of    string `yaml:"of"    json:"of"    jsonschema:"required"` // the heading of the column that names it in the rows that they add up
}

// Confirms names columns that repeat what a row is about. The name and the area that Place names are such too.
type Confirms struct {
	Code   string `yaml:"code"   json:"code,omitempty"`   // the heading of another code of the organisation
	Period *When  `yaml:"period" json:"period,omitempty"` // the columns that state the period once more; not all rows of a period may contradict it
}

// Column maps a heading to a measure, checks it against others, or says why it is not read.
type Column struct {
	// Titles are the headings the column has gone by, "group / heading" where a group is needed to tell two apart.
	Titles []string `yaml:"titles" json:"titles,omitempty"`
	// Pattern is a regular expression that matches headings that differ from file to file, in lower case; of a heading under a group
	// it matches "heading" or "group / heading".
	Pattern string `yaml:"pattern" json:"pattern,omitempty"`
	// Files are patterns of base names: the column has this purpose in those files alone. Without them it has it in all.
	Files []string `yaml:"files" json:"files,omitempty"`
	// Where holds in the rows in which the column has this purpose; of several declared columns the first that holds counts.
	Where   Where  `yaml:"where"   json:"where,omitempty"`
	Measure string `yaml:"measure" json:"measure,omitempty"` // the id of the observed measure that the column states
	// Equals are the measures whose sum the column must equal in every row.
	Equals []string `yaml:"equals" json:"equals,omitempty"`
	// Less are measures taken off that sum, as where a column states those of a total that were not late.
	Less []string `yaml:"less" json:"less,omitempty"`
	// And are headings of other columns that are added to that sum, such as what was taken off as a negative amount.
	And    []string `yaml:"and"    json:"and,omitempty"`
	Ignore string   `yaml:"ignore" json:"ignore,omitempty"` // why the column is not read
	// Denominator is the heading of the column that holds the denominator of a share or a rate.
	Denominator string `yaml:"denominator" json:"denominator,omitempty"`
	// Percentage is, instead, the heading of the column that states the number in per cent of its denominator, where the publication
	// leaves the denominator itself out; it follows as a whole number.
	Percentage string `yaml:"percentage" json:"percentage,omitempty"`
	// Weight names, instead, the weights of sql/reference/weights.csv that a share or rate is published without: the denominator is the
	// organisation's in the period, and the numerator follows. Where the measure counts one by one, it must follow as a whole number.
	Weight string `yaml:"weight" json:"weight,omitempty"`
	// DenominatorScale multiplies the denominator, for example 1000 where list sizes are in thousands.
	DenominatorScale string `yaml:"denominator_scale" json:"denominator_scale,omitempty" jsonschema:"oneof_type=string;number"`
	// Times is the heading of a column that the number is multiplied by, where a rate is published with its population.
	Times string `yaml:"times" json:"times,omitempty"`
	// Scale multiplies the published number, for example 1000 where the publication is in thousands.
	Scale    string `yaml:"scale"    json:"scale,omitempty"    jsonschema:"oneof_type=string;number"`
	Optional bool   `yaml:"optional" json:"optional,omitempty"` // accepts files without the column

	pattern                 *regexp.Regexp
	scale, denominatorScale decimal.Decimal
}

// NotReported recognises rows whose zeros mean that nothing was reported.
type NotReported struct {
	From string `yaml:"from" json:"from" jsonschema:"required"` // first period the rule holds for
	Zero string `yaml:"zero" json:"zero" jsonschema:"required"` // this measure is zero ...
	// ... although this one is over the number.
	Although string   `yaml:"although" json:"although" jsonschema:"required"`
	Over     string   `yaml:"over"     json:"over"     jsonschema:"oneof_type=string;number"` // 0 without it
	Measures []string `yaml:"measures" json:"measures"`                                       // these are then not reported
	Reason   string   `yaml:"reason"   json:"reason"`                                         // what the zeros mean, said beside the figure

	from Period
	over decimal.Decimal
}

// Omission names organisations that a publication leaves out of periods in which they had something to report. Without it a sum of
// the others would pass for their footprint's.
type Omission struct {
	Organisations []string `yaml:"organisations" json:"organisations"     jsonschema:"required"` // their codes
	Periods       []string `yaml:"periods"       json:"periods,omitempty"`                       // in the form of figures: 2016-Q4
	From          string   `yaml:"from"          json:"from,omitempty"`                          // or the first of them, where it is so from then on
	Measures      []string `yaml:"measures"      json:"measures"          jsonschema:"required"` // ids of the observed measures
	Reason        string   `yaml:"reason"        json:"reason"            jsonschema:"required"` // how it is known, said beside the figure

	from Period
}

// covers tells whether it is of a figure.
func (o Omission) covers(measure, organisation string, p Period) bool {
	return slices.Contains(o.Organisations, organisation) && slices.Contains(o.Measures, measure) &&
		(slices.Contains(o.Periods, p.String()) || o.From != "" && !p.Start.Before(o.from.Start))
}

// Omission finds what the source says of an organisation that it leaves out of a period; nil where that is nothing.
func (s *Source) Omission(measure, organisation string, p Period) *Omission {
	i := slices.IndexFunc(s.Omits, func(o Omission) bool { return o.covers(measure, organisation, p) })
	if i < 0 {
		return nil
	}
	return &s.Omits[i]
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

// BeginsOn is Begins as a day; ok is false where the source does not say it.
func (s *Source) BeginsOn() (day time.Time, ok bool) { return s.begins, !s.begins.IsZero() }

// IsPublishedSo tells whether the publisher is known to have released what a file states, or leaves out, of an organisation in a period.
func (s *Source) IsPublishedSo(measure, organisation string, p Period) bool {
	return slices.ContainsFunc(s.PublishedSo, func(o Omission) bool { return o.covers(measure, organisation, p) })
}

// IsPublishedSo tells whether that is known of one of the sources of a measure.
func (c *Catalog) IsPublishedSo(m *Measure, organisation string, p Period) bool {
	return slices.ContainsFunc(m.Sources, func(id string) bool {
		s, known := c.Source(id)
		return known && s.IsPublishedSo(m.ID, organisation, p)
	})
}

// IsMisnamed tells whether the name of a file is known to state another period than its figures are of.
func (s *Source) IsMisnamed(file string) bool {
	return slices.ContainsFunc(s.Misnamed, func(m Skip) bool { return MatchAny(m.Files, path.Base(file)) })
}

// Pattern is Links to match with; nil where the place is not a page.
func (l Location) Pattern() *regexp.Regexp { return l.links }

// Named tells whether the source reads files of this name; true when it does not care.
func (s *Source) Named(file string) bool {
	return len(s.Files) == 0 || MatchAny(s.Files, path.Base(file))
}

// NotLoaded returns why a source leaves the figures of a measure in a whole period out, which are published; empty where it does not.
func (c *Catalog) NotLoaded(m *Measure, p Period) string {
	states := m.Stored().Components()
	for _, id := range m.Sources {
		s, ok := c.Source(id)
		if !ok {
			continue
		}
		for i := range s.Tables {
			t := &s.Tables[i]
			here := func(c Column) bool { return slices.Contains(states, c.Measure) }
			if t.Period.Column == "" || t.Period.And != "" || !slices.ContainsFunc(t.Columns, here) && !slices.ContainsFunc(s.Columns, here) {
				continue
			}
			for _, skip := range t.Skip {
				texts, ok := skip.Where[t.Period.Column]
				if ok && len(skip.Where)+len(skip.Matches) == 1 && slices.ContainsFunc(texts, func(text string) bool {
					left, err := t.Period.Read(text)
					return err == nil && left == p
				}) {
					return skip.Reason
				}
			}
		}
	}
	return ""
}

// Skipped returns which source knows a file and does not load it, and why.
func (c *Catalog) Skipped(file string) (reason string, skipped bool) {
	for _, s := range c.Sources {
		for _, skip := range s.Skip {
			if MatchAny(skip.Files, path.Base(file)) {
				return fmt.Sprintf("source %s passes it over: %s", s.ID, skip.Reason), true
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
	if len(w.Periods) > 0 {
		stated, known := w.Periods[text]
		if !known {
			return Period{}, fmt.Errorf("it is not stated which period %q is; accepted: %s", text, strings.Join(slices.Sorted(maps.Keys(w.Periods)), ", "))
		}
		text = stated
	}
	return readForm(w.Form, text)
}

// Matches tells whether a text states the period, as far as the pattern tells.
func (w When) Matches(text string) bool {
	return w.pattern == nil || w.pattern.MatchString(strings.TrimSpace(text))
}

// In tells whether the column has its purpose in a file of this name.
func (c Column) In(file string) bool { return len(c.Files) == 0 || MatchAny(c.Files, path.Base(file)) }

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
	return c.pattern != nil && (c.pattern.MatchString(title) || group != "" && c.pattern.MatchString(group+" / "+title))
}

// Holds tells whether a row meets the condition; text gives the row's text under a heading.
func (w Where) Holds(text func(heading string) string) bool {
	for heading, accepted := range w {
		found := text(heading)
		if !slices.ContainsFunc(accepted, func(t string) bool { return Alike(t, found) }) {
			return false
		}
	}
	return true
}

// Holds tells whether a row is one of them; text gives the row's text under a heading.
func (s SkipRows) Holds(text func(heading string) string) bool {
	for heading, pattern := range s.matches {
		if pattern == nil || !pattern.MatchString(text(heading)) {
			return false
		}
	}
	return s.Where.Holds(text)
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
func (t *Table) Heading(text string) string { return t.Named(Fold(text)) }

// Named is Heading of a text that is folded.
func (t *Table) Named(folded string) string {
	if known := t.synonyms[folded]; known != "" {
		return known
	}
	return folded
}

// InHeading is what a heading names the place by; empty where it names none.
func (p Place) InHeading(text string) string {
	text = strings.TrimSpace(text)
	if p.pattern == nil {
		return text
	}
	if m := p.pattern.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// IsEngland tells whether a text in the column means the whole of England.
func (p Place) IsEngland(text string) bool {
	return slices.ContainsFunc(append([]string{"England"}, p.England...), func(t string) bool { return Alike(t, text) })
}

// Multiplier is the Scale as a number, 1 without one.
func (c Column) Multiplier() decimal.Decimal {
	if c.Scale == "" {
		return decimal.NewFromInt(1)
	}
	return c.scale
}

// AsDenominator is how the column of the denominator is read.
func (c Column) AsDenominator() Column {
	return Column{Measure: c.Measure, Scale: c.DenominatorScale, scale: c.denominatorScale}
}

// Holds tells whether the rule is in force in a period.
func (n NotReported) Holds(p Period) bool { return !p.Start.Before(n.from.Start) }

// Threshold is Over as a number.
func (n NotReported) Threshold() decimal.Decimal { return n.over }

// Fold makes headings comparable: one case, single spaces.
func Fold(text string) string {
	if isFolded(text) { // as most cells of a table are, all of which may be looked at
		return text
	}
	return strings.ToLower(strings.Join(strings.Fields(text), " "))
}

// isFolded tells quickly that a text is as Fold would make it; of one with letters that ASCII has not it does not tell.
func isFolded(text string) bool {
	space := true // at the beginning none may stand
	for i := range len(text) {
		switch c := text[i]; {
		case c == ' ' && !space:
			space = true
		case c <= ' ' || c >= 0x80 || 'A' <= c && c <= 'Z':
			return false
		default:
			space = false
		}
	}
	return !space || text == ""
}

// Alike tells whether texts are equal when they are folded.
func Alike(a, b string) bool {
	if a == b {
		return true
	}
	for i := range min(len(a), len(b)) { // mostly they differ at once
		x, y := a[i], b[i]
		if x <= ' ' || y <= ' ' || x >= 0x80 || y >= 0x80 {
			break
		}
		if lower(x) != lower(y) {
			return false
		}
	}
	return Fold(a) == Fold(b)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
