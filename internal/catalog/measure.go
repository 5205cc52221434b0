package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Unit is what a measure's value is counted in.
type Unit string

// The units a measure may have.
const (
	Number Unit = "number"
	Share  Unit = "share" // numerator over denominator, from 0 to 1; pages show it in per cent
	GBP    Unit = "gbp"
	Rate   Unit = "rate" // numerator over denominator, times Measure.Per
)

var unitNames = []string{string(Number), string(Share), string(GBP), string(Rate)}

// Direction tells which way is improvement.
type Direction string

// The directions a measure may have.
const (
	Up      Direction = "up"
	Down    Direction = "down"
	Neutral Direction = "neutral"
)

var directionNames = []string{string(Up), string(Down), string(Neutral)}

// Themes are what measures are about.
var Themes = []string{"acute activity", "access", "flow and delay", "prevention", "spend", "integration", "experience", "population"}

// The levels that a measure is stated at.
const (
	ByProvider     = "provider"
	ByCommissioner = "commissioner"
	ByCouncil      = "council"
	ByBody         = "body" // any organisation
	ByFootprint    = "footprint"
	ByEngland      = "england" // the country as a whole: no footprint has a figure

	byOutside = "outside" // people of elsewhere, whom publications list among the councils
)

// levels are the kinds of place whose figures each level accepts; a footprint's own stands for those of its organisations.
var levels = []struct {
	level  string
	kinds  []string
	places string // in words
}{
	{ByProvider, []string{ByProvider, ByFootprint}, "a provider or a footprint"},
	{ByCommissioner, []string{ByCommissioner, ByFootprint}, "a commissioner or a footprint"},
	{ByCouncil, []string{ByCouncil, byOutside, ByFootprint}, "a council or a footprint"},
	{ByBody, []string{ByProvider, ByCommissioner, ByCouncil, ByFootprint}, "an organisation or a footprint"},
	{ByFootprint, []string{ByFootprint}, "a footprint"},
	{ByEngland, []string{ByEngland}, "England (ENG)"},
}

func levelNames() []string {
	var names []string
	for _, l := range levels {
		names = append(names, l.level)
	}
	return names
}

// MeasureFile is one file of measures; what it states once holds for each of its measures that does not say otherwise.
type MeasureFile struct {
	Theme     string     `yaml:"theme"`                           // what the measures are about
	Unit      Unit       `yaml:"unit"`                            // what values are counted in
	Counted   string     `yaml:"counted"`                         // the plural noun of what is counted: "attendances"
	Direction Direction  `yaml:"direction"`                       // which way is improvement
	Grain     Grain      `yaml:"grain"`                           // the length of time one figure covers
	Level     string     `yaml:"level"`                           // what kind of place states the measures
	OverTime  OverTime   `yaml:"over_time"`                       // how the figures of several periods make one
	Sources   []string   `yaml:"sources"`                         // the ids of the sources that state them
	Measures  []*Measure `yaml:"measures"  jsonschema:"required"` // any number of them
}

// Measure is what a number means: what is counted, in what unit, and how it is made from observations.
type Measure struct {
	ID         string    `yaml:"id"         json:"id"                jsonschema:"required"` // lower-case letters, digits and underscores
	Title      string    `yaml:"title"      json:"title"             jsonschema:"required"` // a few words
	Theme      string    `yaml:"theme"      json:"theme"`                                   // what it is about
	Definition string    `yaml:"definition" json:"definition"        jsonschema:"required"` // what is counted, in plain words
	Summary    string    `yaml:"summary"    json:"summary,omitempty"`                       // the definition in one sentence, where a list of measures has no room for it
	Unit       Unit      `yaml:"unit"       json:"unit"`                                    // what values are counted in
	Counted    string    `yaml:"counted"    json:"counted"`                                 // the plural noun of what is counted: "attendances"
	Direction  Direction `yaml:"direction"  json:"direction"`                               // which way is improvement
	Grain      Grain     `yaml:"grain"      json:"grain"`                                   // the length of time one figure covers
	Level      string    `yaml:"level"      json:"level"`                                   // what kind of place states it
	// Headline measures stand for themselves, on the pages that name them; the others are the parts they are made from.
	Headline bool `yaml:"headline" json:"headline"`
	// Per is how many of the denominator a rate is stated for, for example 100000.
	Per int `yaml:"per" json:"per,omitempty"`
	// PerThousand adds the rate per 1,000 registered patients, those of the quarter that holds the middle of the period.
	PerThousand bool `yaml:"per_1000" json:"per_1000"`
	// Numerator is a sum of other measures. Without one the measure is observed itself.
	Numerator *Sum `yaml:"numerator" json:"numerator,omitempty"`
	// Denominator is the sum of other measures that the numerator is divided by.
	Denominator *Sum `yaml:"denominator" json:"denominator,omitempty"`
	// Part tells that a rate counts some of those whom its denominator counts, so that it is never more than one for each.
	Part bool `yaml:"part" json:"part,omitempty"`
	// Whole tells that people, cases or days are counted one by one, so that neither a figure nor its denominator has a fraction.
	Whole bool `yaml:"whole" json:"whole,omitempty"`
	// Population says which people the denominator counts, or the measure itself where it has none; a figure far from what is known
	// of them raises a question.
	Population *Population `yaml:"population" json:"population,omitempty"`
	// Plausible is what the figures are expected to be, whatever others state; one outside it raises a question.
	Plausible *Plausible `yaml:"plausible" json:"-"`
	// WeightedBy says what the weights are of a share or rate that is published without the counts beneath it: a place of several
	// organisations has their mean by these weights, which is an estimate. With "none" such figures are not put together.
	WeightedBy string `yaml:"weighted_by" json:"weighted_by,omitempty"`
	// EnglandStated tells that the publisher's own figure of England stands instead of what the organisations make together.
	EnglandStated bool `yaml:"england_stated" json:"england_stated,omitempty"`
	// CarriedForward is for how many of its periods a count of people stands after its own, where no later one is known. It makes the measure one
	// that others may divide by, whatever the length of their periods.
	CarriedForward int `yaml:"carried_forward" json:"carried_forward,omitempty"`
	// Repeats is the id of the measure whose figures another publication, or another table of the same one, states again. What repeats another is for
	// cross-checks alone: it has no card of its own, and no gaps, steps or figures to check are looked for in it.
	Repeats string `yaml:"repeats" json:"repeats,omitempty"`
	// Negative tells that a figure may be under zero, as a deficit is.
	Negative bool `yaml:"negative" json:"negative,omitempty"`
	// Derived works the measure out from the periods of another one, whose unit, grain, level and sources it has.
	Derived *Derivation `yaml:"derived" json:"derived,omitempty"`
	// OverTime is how the figures of several periods make one; without it they are summed.
	OverTime OverTime `yaml:"over_time" json:"over_time,omitempty"`
	Sources  []string `yaml:"sources"   json:"sources"`           // the ids of the sources that state it
	Caveats  []string `yaml:"caveats"   json:"caveats,omitempty"` // what a reader must know, a sentence or two each
	Breaks   []Break  `yaml:"breaks"    json:"breaks,omitempty"`  // where the series breaks
	// KnownEvents are said beside the figures of their period.
	KnownEvents []Event `yaml:"events" json:"events,omitempty"`
	// ReturnedFrom says who holds what a local return of a measure that nobody publishes would be made from.
	ReturnedFrom string `yaml:"returned_from" json:"returned_from,omitempty"`
	// Reference is where those who set the definition publish it.
	Reference *Reference `yaml:"reference" json:"reference,omitempty"`
	// AlsoCalled are other names by which people look for the measure: "bed blocking".
	AlsoCalled []string `yaml:"also_called" json:"-"`
	// AtMost are what the measure is never more than, in one place and period; more raises a question.
	AtMost []Limit `yaml:"at_most" json:"-"`
	// Intermittent tells that organisations begin and cease to have what is counted, as departments open, close and move: that one ceases raises
	// no question.
	Intermittent bool `yaml:"intermittent" json:"-"`
	// KnownGaps and OrganisationBreaks are those of single organisations that analysts confirmed, in files of their own.
	KnownGaps          []KnownGap          `yaml:"-" json:"known_gaps,omitempty"`
	OrganisationBreaks []OrganisationBreak `yaml:"-" json:"organisation_breaks,omitempty"`

	hash string
	base *Measure // that a derived measure is worked out from
}

// NotCombined is the WeightedBy of a measure whose figures are not put together, as no weights would do.
const NotCombined = "none"

// Reference is a publication.
type Reference struct {
	Title string `yaml:"title" json:"title" jsonschema:"required"` // with its publisher and year
	URL   string `yaml:"url"   json:"url"   jsonschema:"required"` // its address, http or https
}

// Population is a known number of people.
type Population struct {
	Of   string `yaml:"of"   json:"of"             jsonschema:"required"` // id of the observed measure that states how many a footprint has
	Some bool   `yaml:"some" json:"some,omitempty"`                       // some of them are counted, not all
}

// Plausible is between what the values of a measure are expected to lie: pounds of money, a number, a rate as it is shown, a share from 0 to 1.
type Plausible struct {
	Per   string  `yaml:"per"`                         // id of the observed number of people that a footprint's and England's values are divided by before
	Least float64 `yaml:"least"`                       // 0 without one
	Most  float64 `yaml:"most"  jsonschema:"required"` // more raises a question
}

// Limit is what the figures of a place and period cannot be more than, as they count a part of it.
type Limit struct {
	Of     []string    `yaml:"of"     jsonschema:"required"` // ids of the observed measures whose sum it is; of a share or rate its denominator
	With   []string    `yaml:"with"`                         // ids of the observed measures that count other parts of it, and are added
	Except []Exception `yaml:"except"`                       // figures that were published so nevertheless
}

// Exception is a figure that is known to exceed a limit.
type Exception struct {
	Organisation string `yaml:"organisation" jsonschema:"required"` // its code
	Period       string `yaml:"period"       jsonschema:"required"` // of the measure's grain
	Reason       string `yaml:"reason"       jsonschema:"required"` // what is known of it
}

// Sum is a sum of observed measures, some of them taken away.
type Sum struct {
	Description string   `yaml:"description" json:"description"`                              // the sum in words
	Add         []string `yaml:"add"         json:"add"                jsonschema:"required"` // ids of the measures added
	Subtract    []string `yaml:"subtract"    json:"subtract,omitempty"`                       // ids of the measures taken away
	// OwnPeriods tells of a denominator that its one measure counts people in periods of their own, such as years. A figure is divided by the count
	// of the period that holds the middle of its own, or else by the last before it, as far as that is carried forward.
	OwnPeriods bool `yaml:"own_periods" json:"own_periods,omitempty"`
	// EachDay counts them once for each day of the figure's period.
	EachDay bool `yaml:"each_day" json:"each_day,omitempty"`
}

// Break is the first period in which something else is counted.
type Break struct {
	From string `yaml:"from" json:"from" jsonschema:"required"` // a period of the measure's grain
	Note string `yaml:"note" json:"note"`                       // what is counted differently
}

// Event is something a reader of the figures of a period, or of several in a row, must know.
type Event struct {
	Period string `yaml:"period" json:"period"          jsonschema:"required"` // of the measure's grain; the first of several
	Until  string `yaml:"until"  json:"until,omitempty"`                       // the last of several
	Note   string `yaml:"note"   json:"note"`                                  // a sentence
}

// holds tells whether a period is one of the event's.
func (e Event) holds(p Period) bool {
	if e.Until == "" {
		return e.Period == p.String()
	}
	first, _ := ParsePeriod(e.Period) // checked when the catalog was read
	last, _ := ParsePeriod(e.Until)
	return p.Grain == first.Grain && !p.Start.Before(first.Start) && !p.Start.After(last.Start)
}

// Term is one observed measure's part in another.
type Term struct {
	Measure     string // the measure that is made
	Component   string // the observed measure it is made from
	Field       string // which side of the observation is read: "numerator" or "denominator"
	Part        string // which side of the measure it goes to: "numerator" or "denominator"
	Coefficient int8   // 1 or -1
}

// Hash names this version of the definition.
func (m *Measure) Hash() string { return m.hash }

// FormulaHash names what decides the measure's numbers; its words may change without it.
func (m *Measure) FormulaHash() string {
	decides := []any{m.ID, m.Unit, m.Grain, m.Terms()}
	if m.CarriedForward > 0 {
		decides = append(decides, m.CarriedForward)
	}
	if m.DividedByOwnPeriods() {
		decides = append(decides, m.Denominator)
	}
	for _, g := range m.KnownGaps {
		decides = append(decides, []any{g.Organisations, g.Measures, g.From, g.Until})
	}
	for _, b := range m.OrganisationBreaks { // else what was shown before one was confirmed would be shown with it
		decides = append(decides, []any{b.Organisations, b.Measures, b.From})
	}
	if m.WeightedBy == NotCombined || m.EnglandStated {
		decides = append(decides, []any{m.WeightedBy, m.EnglandStated})
	}
	return hash(decides)
}

// ParseMeasure reads a definition that was kept as JSON.
func ParseMeasure(body string) (*Measure, error) {
	m := &Measure{}
	if err := json.Unmarshal([]byte(body), m); err != nil {
		return nil, fmt.Errorf("a kept definition: %w", err)
	}
	m.hash = hash(m)
	return m, nil
}

// StatedBy tells whether a kind of place states the measure: a kind of organisation, "footprint" or "england". Accepted are
// those that do, in words.
func (m *Measure) StatedBy(kind string) (ok bool, accepted string) {
	for _, l := range levels {
		if l.level == m.Level {
			return slices.Contains(l.kinds, kind) || m.EnglandStated && kind == ByEngland, l.places
		}
	}
	return false, ""
}

// Events are the notes on some periods, each once; of a derived measure also those on the periods that its figures are worked out from.
func (m *Measure) Events(periods ...Period) []string {
	var notes []string
	add := func(note string) {
		if !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	for _, p := range periods {
		for _, e := range m.KnownEvents {
			if e.holds(p) {
				add(e.Note)
			}
		}
		if m.base != nil {
			for _, note := range m.base.Events(m.Derived.By.uses(p)...) {
				add(note)
			}
		}
	}
	return notes
}

// BreaksWithin tells whether something else is counted in a later period of a span than in its first.
func (m *Measure) BreaksWithin(from, to Period) bool {
	return slices.ContainsFunc(m.Breaks, func(b Break) bool {
		p, _ := ParsePeriod(b.From) // checked when the catalog was read
		return p.Start.After(from.Start) && !p.Start.After(to.Start)
	})
}

// Components are the observed measures that the measure is made from, each once.
func (m *Measure) Components() []string {
	var components []string
	for _, t := range m.Terms() {
		if !slices.Contains(components, t.Component) {
			components = append(components, t.Component)
		}
	}
	return components
}

// Observed tells whether publications state the measure itself.
func (m *Measure) Observed() bool { return m.Numerator == nil && m.Derived == nil }

// Base is the measure that a derived one is worked out from; nil of others.
func (m *Measure) Base() *Measure { return m.base }

// RegisteredPatients is the measure that rates per 1,000 divide by.
const RegisteredPatients = "registered_patients"

// DividedByOwnPeriods tells whether values are divided by a count of people that has periods of its own.
func (m *Measure) DividedByOwnPeriods() bool { return m.Denominator != nil && m.Denominator.OwnPeriods }

// People is the measure whose counts the values or the rates are divided by, each count of a period of its own; empty where there is none.
func (m *Measure) People() string {
	switch {
	case m.DividedByOwnPeriods() && len(m.Denominator.Add) > 0:
		return m.Denominator.Add[0]
	case m.PerThousand:
		return RegisteredPatients
	default:
		return ""
	}
}

// Ratio tells whether a value is numerator over denominator.
func (m *Measure) Ratio() bool { return m.Denominator != nil || m.Unit == Share || m.Unit == Rate }

// Counts tells whether a value is the quotient of two counts: neither of them is known of a measure that is published without.
func (m *Measure) Counts() bool { return m.Ratio() && m.WeightedBy == "" }

// PartOfWhole tells whether the numerator counts a part of what the denominator counts.
func (m *Measure) PartOfWhole() bool { return m.Ratio() && (m.Unit == Share || m.Part) }

// Stored is the measure whose values are kept: a derived one's are worked out from those of the first it goes back to.
func (m *Measure) Stored() *Measure {
	for m.base != nil {
		m = m.base
	}
	return m
}

// Terms lists the observed measures the measure is made from; of a derived measure there are none, as no values are kept of it.
func (m *Measure) Terms() []Term {
	if m.Derived != nil {
		return nil
	}
	if m.Observed() {
		terms := []Term{{m.ID, m.ID, "numerator", "numerator", 1}}
		if m.Ratio() {
			terms = append(terms, Term{m.ID, m.ID, "denominator", "denominator", 1})
		}
		return terms
	}
	terms := m.Numerator.terms(m.ID, "numerator")
	if m.Denominator != nil && !m.Denominator.OwnPeriods { // those are looked up when a figure is asked for
		terms = append(terms, m.Denominator.terms(m.ID, "denominator")...)
	}
	return terms
}

func (s *Sum) terms(measure, part string) []Term {
	var terms []Term
	for _, component := range s.Add {
		terms = append(terms, Term{measure, component, "numerator", part, 1})
	}
	for _, component := range s.Subtract {
		terms = append(terms, Term{measure, component, "numerator", part, -1})
	}
	return terms
}
