package catalog

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Finding is what another publication says of a scheme.
type Finding struct {
	What     string   `yaml:"what"     json:"what"            jsonschema:"required"` // what was found, in our own words
	Citation Citation `yaml:"citation" json:"citation"        jsonschema:"required"` // where it is published
	Study    *Study   `yaml:"study"    json:"study,omitempty"`                       // of an independent evaluation; without it the words are another's, or the claimant's own at another time
}

// Study is an independent evaluation: by others than those who answer for the scheme, with a comparison or an audit behind it.
type Study struct {
	By         string          `yaml:"by"           json:"by"                     jsonschema:"required"`                 // who evaluated
	Population string          `yaml:"population"   json:"population"             jsonschema:"required"`                 // whom it is about
	From       string          `yaml:"from"         json:"from,omitempty"         jsonschema:"oneof_type=string;number"` // the first month or year of it; without it not stated
	Until      string          `yaml:"until"        json:"until,omitempty"        jsonschema:"oneof_type=string;number"` // the last month or year of it
	Method     StudyMethod     `yaml:"method"       json:"method"                 jsonschema:"required"`                 // how others were compared
	Words      string          `yaml:"method_words" json:"method_words,omitempty"`                                       // the method in words
	Estimates  []StudyEstimate `yaml:"estimates"    json:"estimates"              jsonschema:"required"`                 // what it found
	Differs    []Difference    `yaml:"differs"      json:"differs"                jsonschema:"required"`                 // why ours may be another
}

// StudyMethod is how an evaluation finds what would have been.
type StudyMethod string

// The methods of evaluations.
const (
	MatchedPeople      StudyMethod = "matched_people"       // people chosen one by one to be alike
	SyntheticControl   StudyMethod = "synthetic_control"    // a weighted mean of other areas, as they went before
	PanelRegression    StudyMethod = "panel_regression"     // areas over time, their differences and the country's course allowed for
	BeforeAndAfter     StudyMethod = "before_and_after"     // the same people or place earlier, and a group that was not treated where there is one
	PlanAgainstOutturn StudyMethod = "plan_against_outturn" // an audit of what came
	MethodNotStated    StudyMethod = "not_stated"
)

var studyMethodNames = []string{
	string(MatchedPeople),
	string(SyntheticControl),
	string(PanelRegression),
	string(BeforeAndAfter),
	string(PlanAgainstOutturn),
	string(MethodNotStated),
}

// StudyEstimate is one thing that an evaluation found.
type StudyEstimate struct {
	Of        string     `yaml:"of"        json:"of"                  jsonschema:"required"`                 // what was counted: "emergency admissions of residents"
	Measure   string     `yaml:"measure"   json:"measure,omitempty"`                                         // the id of the measure nearest to it
	Found     StudyFound `yaml:"found"     json:"found"               jsonschema:"required"`                 // which way
	Change    string     `yaml:"change"    json:"change,omitempty"    jsonschema:"oneof_type=string;number"` // by how much, below zero for a fall; of slower growth how much it grew; without it no size is published
	Elsewhere string     `yaml:"elsewhere" json:"elsewhere,omitempty" jsonschema:"oneof_type=string;number"` // of slower growth, how much it grew where it is compared with
	Low       string     `yaml:"low"       json:"low,omitempty"       jsonschema:"oneof_type=string;number"` // lower end of the 95 per cent interval of the change, where published
	High      string     `yaml:"high"      json:"high,omitempty"      jsonschema:"oneof_type=string;number"` // its upper end
	Unit      StudyUnit  `yaml:"unit"      json:"unit,omitempty"`                                            // of the change
	P         string     `yaml:"p"         json:"p,omitempty"         jsonschema:"oneof_type=string;number"` // the chance of as large a difference where there is none, where published

	Changed, Compared, Lower, Upper, Chance decimal.NullDecimal `yaml:"-" json:"-"` // the numbers as read
}

// StudyFound is which way an evaluation found a difference.
type StudyFound string

// What evaluations find.
const (
	FoundFewer        StudyFound = "fewer"
	FoundMore         StudyFound = "more"
	FoundSlowerGrowth StudyFound = "slower_growth" // more than before, by less than elsewhere
	FoundNoDifference StudyFound = "no_difference" // none statistically significant
)

var studyFoundNames = []string{string(FoundFewer), string(FoundMore), string(FoundSlowerGrowth), string(FoundNoDifference)}

// StudyUnit is what the estimate of an evaluation is counted in.
type StudyUnit string

// The units of estimates.
const (
	StudyPercent StudyUnit = "percent"
	StudyCount   StudyUnit = "count"   // of what is counted, over the whole time
	StudyMinutes StudyUnit = "minutes" // on average
)

var studyUnitNames = []string{string(StudyPercent), string(StudyCount), string(StudyMinutes)}

// Difference is one way in which two statements are not about the same.
type Difference struct {
	In  DifferenceIn `yaml:"in"  json:"in"  jsonschema:"required"` // what differs
	Why string       `yaml:"why" json:"why" jsonschema:"required"` // how, in a sentence
}

// DifferenceIn is what two statements differ in.
type DifferenceIn string

// What can differ.
const (
	DifferentPeople     DifferenceIn = "people"     // some ages, patients of a service, residents of care homes
	DifferentPlaces     DifferenceIn = "places"     // a part of the place, or a larger one
	DifferentPeriod     DifferenceIn = "period"     // other months
	DifferentOutcome    DifferenceIn = "outcome"    // something else is counted
	DifferentUnit       DifferenceIn = "unit"       // a rate per head and a number, days and beds, pounds and admissions
	DifferentComparator DifferenceIn = "comparator" // compared with others
	DifferentMethod     DifferenceIn = "method"     // found in another way
)

var differenceNames = []string{
	string(DifferentPeople),
	string(DifferentPlaces),
	string(DifferentPeriod),
	string(DifferentOutcome),
	string(DifferentUnit),
	string(DifferentComparator),
	string(DifferentMethod),
}

// checkFindings checks the evaluations of a claim or a scheme.
func (c claimReader) checkFindings(d *document, at string, findings []Finding) {
	for i, f := range findings {
		here := fmt.Sprintf("%sevaluations[%d].", at, i)
		d.expect(f.What != "", here+"what", "", "what was found")
		d.citation(here+"citation", f.Citation)
		c.checkStudy(d, here+"study.", f.Study)
	}
}

func (c claimReader) checkStudy(d *document, at string, s *Study) {
	if s == nil {
		return
	}
	d.expect(s.By != "", at+"by", "", "who evaluated")
	d.expect(s.Population != "", at+"population", "", "whom it is about")
	from, until := d.monthOrYear(at+"from", s.From), d.monthOrYear(at+"until", s.Until)
	d.expect(s.From == "" || s.Until == "" || !until.End().Before(from.End()), at+"until", s.Until, "a month or year not before "+s.From)
	d.oneOf(at+"method", string(s.Method), studyMethodNames...)
	d.expect(len(s.Estimates) > 0, at+"estimates", "none", "what it found")
	d.expect(len(s.Differs) > 0, at+"differs", "none", "why our estimate may be another")
	d.differences(at, s.Differs)
	for i := range s.Estimates {
		c.checkEstimate(d, fmt.Sprintf("%sestimates[%d].", at, i), &s.Estimates[i])
	}
}

func (c claimReader) checkEstimate(d *document, at string, e *StudyEstimate) {
	d.expect(e.Of != "", at+"of", "", "what was counted")
	if e.Measure != "" {
		d.expect(c.measures[e.Measure] != nil, at+"measure", e.Measure, "the id of a measure")
	}
	d.oneOf(at+"found", string(e.Found), studyFoundNames...)
	number := func(field, text string) decimal.NullDecimal {
		return decimal.NullDecimal{Decimal: d.number(at+field, text, decimal.Zero), Valid: text != ""}
	}
	e.Changed, e.Compared, e.Lower, e.Upper, e.Chance = number(
		"change",
		e.Change,
	), number(
		"elsewhere",
		e.Elsewhere,
	), number(
		"low",
		e.Low,
	), number(
		"high",
		e.High,
	), number(
		"p",
		e.P,
	)
	d.expect(e.Found != FoundFewer || !e.Changed.Valid || e.Changed.Decimal.IsNegative(), at+"change", e.Change, "a number below zero, as fewer were found")
	d.expect(e.Found != FoundMore || !e.Changed.Valid || e.Changed.Decimal.IsPositive(), at+"change", e.Change, "a number over zero, as more were found")
	slower := !e.Changed.Valid || !e.Compared.Valid || e.Changed.Decimal.LessThan(e.Compared.Decimal)
	d.expect(e.Found != FoundSlowerGrowth || slower, at+"elsewhere", e.Elsewhere, "a number over the change, as growth was slower")
	d.expect(e.Elsewhere == "" || e.Found == FoundSlowerGrowth && e.Change != "", at+"elsewhere", e.Elsewhere, "none, but beside the change of slower growth")
	d.expect((e.Low == "") == (e.High == ""), at+"high", e.High, "both ends of the interval, or neither")
	inside := e.Low == "" || e.High == "" ||
		e.Change != "" && e.Lower.Decimal.LessThanOrEqual(e.Changed.Decimal) && e.Changed.Decimal.LessThanOrEqual(e.Upper.Decimal)
	d.expect(inside, at+"low", e.Low+" to "+e.High, "an interval that holds the change")
	d.expect((e.Change == "") == (e.Unit == ""), at+"unit", string(e.Unit), "a unit with a change, and none without one")
	if e.Unit != "" {
		d.oneOf(at+"unit", string(e.Unit), studyUnitNames...)
	}
	d.expect(!e.Chance.Decimal.IsNegative() && e.Chance.Decimal.LessThanOrEqual(decimal.NewFromInt(1)), at+"p", e.P, "a number from 0 to 1")
}

// differences checks the ways in which two statements are not about the same.
func (d *document) differences(at string, all []Difference) {
	for i, difference := range all {
		here := fmt.Sprintf("%sdiffers[%d].", at, i)
		d.oneOf(here+"in", string(difference.In), differenceNames...)
		d.expect(difference.Why != "", here+"why", "", "how, in a sentence")
	}
}
