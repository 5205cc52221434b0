package catalog

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// TargetFile is one file of targets.
type TargetFile struct {
	Targets []*Target `yaml:"targets" jsonschema:"required"` // of equally near and old ones of a measure the first governs
}

// Bound says on which side of a target's value a figure must lie.
type Bound string

// The bounds.
const (
	AtLeast Bound = "at_least"
	AtMost  Bound = "at_most"
)

var boundNames = []string{string(AtLeast), string(AtMost)}

// Shape says what a trajectory requires between the periods that it names.
type Shape string

// The shapes.
const (
	Step   Shape = "step"   // a value holds until the next one
	Line   Shape = "line"   // straight from one value to the next; the last one holds on
	Values Shape = "values" // nothing
)

var shapeNames = []string{string(Step), string(Line), string(Values)}

// Target is what a measure should become, by when, as somebody stated it.
type Target struct {
	ID       string     `yaml:"id"       json:"id"                 jsonschema:"required"`                 // lower-case letters, digits and underscores
	Title    string     `yaml:"title"    json:"title"              jsonschema:"required"`                 // a few words: "90% within four hours by September 2017"
	Measure  string     `yaml:"measure"  json:"measure"            jsonschema:"required"`                 // the id of the measure
	Places   []string   `yaml:"places"   json:"places"             jsonschema:"required"`                 // england, footprints (each of the 44), names of regions or codes of footprints
	Bound    Bound      `yaml:"bound"    json:"bound"              jsonschema:"required"`                 // on which side of the values figures must lie
	Shape    Shape      `yaml:"shape"    json:"shape"              jsonschema:"required"`                 // what is required between the values
	Values   []Waypoint `yaml:"values"   json:"values"             jsonschema:"required"`                 // in the order of time; what a figure must be when
	Until    string     `yaml:"until"    json:"until,omitempty"`                                          // the last period that the target holds for, where it ended
	Baseline string     `yaml:"baseline" json:"baseline,omitempty"`                                       // a period, where the values are multiples of its figure
	Within   string     `yaml:"within"   json:"within,omitempty"   jsonschema:"oneof_type=string;number"` // how far a figure may lie on the wrong side of the trajectory and still be on it
	Note     string     `yaml:"note"     json:"note,omitempty"`                                           // what a reader must know: for whom it was stated, and how it is applied here
	Citation Citation   `yaml:"citation" json:"citation"           jsonschema:"required"`                 // who stated it where

	hash   string
	until  Period
	base   Period
	within decimal.Decimal
	path   []decimal.NullDecimal // what is required in each period from the first value to the last
}

// Waypoint is what a target requires in one period.
type Waypoint struct {
	Period string `yaml:"period" json:"period" jsonschema:"required"`                          // of the measure's grain
	Value  string `yaml:"value"  json:"value"  jsonschema:"required,oneof_type=string;number"` // in the measure's unit; of a share from 0 to 1

	At     Period          `yaml:"-" json:"-"` // the period as read
	Amount decimal.Decimal `yaml:"-" json:"-"` // the value as read
}

// Citation is a published text.
type Citation struct {
	Title string `yaml:"title" json:"title" jsonschema:"required"` // of the text, with its author and date
	URL   string `yaml:"url"   json:"url"   jsonschema:"required"` // where it stands
}

// England and each of the 44 as places of a target.
const (
	EnglandPlace    = "england"
	FootprintsPlace = "footprints"
)

// Hash names this version of the target.
func (t *Target) Hash() string { return t.hash }

// BaselinePeriod is the period whose figure the values multiply; ok is false where they are amounts.
func (t *Target) BaselinePeriod() (p Period, ok bool) { return t.base, t.Baseline != "" }

// Tolerance is how far a figure may lie on the wrong side of the trajectory and still be on it.
func (t *Target) Tolerance() decimal.Decimal { return t.within }

// First and Last are the first and the last value that the trajectory names.
func (t *Target) First() Waypoint { return t.Values[0] }

// Last is the value that is to be reached in the end.
func (t *Target) Last() Waypoint { return t.Values[len(t.Values)-1] }

// Due is the period in which the target is to be reached: the last for which it requires something where it ends, else the last value's.
func (t *Target) Due() Period {
	if t.Until != "" {
		return t.until
	}
	return t.Last().At
}

// Required is what the trajectory requires in a period; ok is false where it requires nothing.
func (t *Target) Required(p Period) (value decimal.Decimal, ok bool) {
	if p.Start.Before(t.First().At.Start) || t.Until != "" && p.Start.After(t.until.Start) {
		return value, false
	}
	if step := t.First().At.steps(p); step < len(t.path) {
		return t.path[step].Decimal, t.path[step].Valid
	}
	return t.Last().Amount, t.Shape != Values
}

// lay works out what is required in each period from the first value to the last.
func (t *Target) lay() {
	for i, from := range t.Values[:len(t.Values)-1] {
		to := t.Values[i+1]
		steps := from.At.steps(to.At)
		rise := to.Amount.Sub(from.Amount)
		for done := range steps {
			required := decimal.NewNullDecimal(from.Amount)
			switch {
			case t.Shape == Values && done > 0:
				required.Valid = false
			case t.Shape == Line:
				required.Decimal = from.Amount.Add(rise.Mul(decimal.NewFromInt(int64(done))).DivRound(decimal.NewFromInt(int64(steps)), precision))
			}
			t.path = append(t.path, required)
		}
	}
	t.path = append(t.path, decimal.NewNullDecimal(t.Last().Amount))
}

// precision is the decimal places of what a line requires between its values.
const precision = 10

// TargetsOf are those of a measure, as they are declared.
func (c *Catalog) TargetsOf(measure string) []*Target {
	var targets []*Target
	for _, t := range c.Targets {
		if t.Measure == measure {
			targets = append(targets, t)
		}
	}
	return targets
}

func (c reader) readTargets(fsys fs.FS, file string) []error {
	f := &TargetFile{}
	d, err := decode(fsys, file, f)
	if err != nil {
		return []error{err}
	}
	for i, t := range f.Targets {
		if t == nil {
			d.expect(false, fmt.Sprintf("$.targets[%d]", i), "nothing", "a target")
			continue
		}
		if c.checkTarget(d, fmt.Sprintf("$.targets[%d].", i), t); len(d.mistakes) == 0 {
			t.lay()
		}
		t.hash = hash(t)
		c.Targets = append(c.Targets, t)
	}
	return d.mistakes
}

func firstPeriod(values []Waypoint) string {
	if len(values) == 0 {
		return ""
	}
	return values[0].Period
}

func (c reader) checkTarget(d *document, at string, t *Target) {
	known := slices.ContainsFunc(c.Targets, func(other *Target) bool { return other.ID == t.ID })
	d.expect(identifier.MatchString(t.ID), at+"id", t.ID, "lower-case letters, digits and underscores")
	d.expect(!known, at+"id", t.ID, "an id that no other target has")
	d.expect(t.Title != "", at+"title", t.Title, "a title")
	d.expect(len(t.Places) > 0, at+"places", "none", "england, footprints, names of regions or codes of footprints")
	d.oneOf(at+"bound", string(t.Bound), boundNames...)
	d.oneOf(at+"shape", string(t.Shape), shapeNames...)
	d.expect(t.Citation.Title != "", at+"citation.title", t.Citation.Title, "the title of a published text")
	d.expect(t.Citation.URL != "", at+"citation.url", t.Citation.URL, "the address of a published text")
	d.address(at+"citation.url", t.Citation.URL)
	t.within = d.number(at+"within", t.Within, decimal.Zero)
	d.expect(!t.within.IsNegative(), at+"within", t.Within, "a number not under zero")
	d.expect(len(t.Values) > 0, at+"values", "none", "at least one value with its period")
	m, ok := c.measures[t.Measure]
	if d.expect(ok, at+"measure", t.Measure, "the id of a measure"); !ok {
		return
	}
	if t.Until != "" {
		d.period(at+"until", t.Until, m.Grain)
		t.until, _ = ParsePeriod(t.Until)
		first, err := ParsePeriod(firstPeriod(t.Values))
		d.expect(err != nil || !t.until.Start.Before(first.Start), at+"until", t.Until, "a period not before the first value")
	}
	d.expect(t.Shape != Line || len(t.Values) > 1, at+"values", "one", "two or more for a line")
	d.expect(m.Level != ByEngland || !slices.ContainsFunc(t.Places, func(p string) bool { return p != EnglandPlace }), at+"places", strings.Join(t.Places, ", "),
		"england alone, as the measure is stated for England as a whole")
	d.expect(m.Unit != Share || t.within.LessThan(decimal.New(5, -1)), at+"within", t.Within, "less than 0.5 for a share, such as 0.02 for two percentage points")
	better := map[Direction]Bound{Up: AtLeast, Down: AtMost}[m.Direction]
	d.expect(
		better == "" || t.Bound == better || !slices.Contains(boundNames, string(t.Bound)),
		at+"bound",
		string(t.Bound),
		string(better)+", as of the measure "+string(m.Direction)+" is better",
	)
	if t.Baseline != "" {
		d.period(at+"baseline", t.Baseline, m.Grain)
		t.base, _ = ParsePeriod(t.Baseline)
	}
	for i := range t.Values {
		w, here := &t.Values[i], fmt.Sprintf("%svalues[%d].", at, i)
		d.period(here+"period", w.Period, m.Grain)
		w.At, _ = ParsePeriod(w.Period)
		d.expect(w.Value != "", here+"value", w.Value, "a number")
		w.Amount = d.number(here+"value", w.Value, decimal.Zero)
		one := decimal.NewFromInt(1)
		share := m.Unit == Share && t.Baseline == "" && (m.Derived == nil || m.Derived.By != YearChange)
		d.expect(!share || !w.Amount.IsNegative() && w.Amount.LessThanOrEqual(one), here+"value", w.Value, "a share from 0 to 1, such as 0.95 for 95 per cent")
		d.expect(i == 0 || w.At.Start.After(t.Values[i-1].At.Start), here+"period", w.Period, "a period after the one before it")
	}
}
