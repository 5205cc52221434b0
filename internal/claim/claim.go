// Package claim tests what was claimed of a scheme against published figures: figures and a claim in, an estimate, named checks and a
// verdict out. It reads no files and no clock, and gives the same answer for the same input.
//
// A claim that cannot be tested is not refused with an error: its result says why. Whatever it says is a code with what it is about; the sentences are
// those of pages/wording.
package claim

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
	"stpdash/internal/measure"
)

// Place is one of the 44 with its points of a measure, in the order of time.
type Place struct {
	Code, Name, Region string
	Points             []measure.Point
	Patients           decimal.NullDecimal // registered with it; null when not known
	// Breaks are the periods from which other organisations make up its figures, so that what is counted before and after differs.
	Breaks []measure.MembershipBreak
}

// Figures are those of one measure in every place.
type Figures struct {
	Measure    *catalog.Measure
	England    []measure.Point
	Footprints []Place
}

// Data are what a claim is tested with.
type Data struct {
	Figures                   // of the measure that the claim is about
	Others   []Figures        // of the measures that [Watched] names
	Register []*catalog.Claim // every claim, so that none is counted twice and no donor has a scheme of its own
	// Places tell of places smaller than footprints, and Finer is the measure of the claim that fits better there; nil without one. At is the kind of
	// place to test in, or footprint; empty for the smallest that the claim names.
	Places Places
	Finer  *catalog.Measure
	At     string
	// Loading tells that not all figures are loaded yet: the claim waits for them.
	Loading bool
}

// Design is the comparison that a claim allows, with the reasons for it.
type Design struct {
	// Method is "synthetic difference-in-differences", "interrupted time series", "plan against outturn", or empty where none is possible.
	Method string `json:"method"`
	Why    []Why  `json:"why_facts"`
	// Level is that of the Maryland Scientific Methods Scale as the What Works Centre for Local Economic Growth applies it (2016): 3 for
	// before and after with a comparison group, 2 for before and after with trend and season allowed for, 1 for before and after alone.
	Level int `json:"maryland_level,omitempty"`
	// First and Last are the ends of the figures compared and Start is the first period under the scheme.
	First  string `json:"first,omitempty"`
	Start  string `json:"start,omitempty"`
	Last   string `json:"last,omitempty"`
	Before int    `json:"periods_before"`
	After  int    `json:"periods_after"`
	// LeftOut are the places and periods that the comparison does without.
	LeftOut []LeftOut `json:"left_out,omitempty"`
}

// The methods of a design.
const (
	SyntheticDiD    = "synthetic difference-in-differences"
	RelativeDiD     = "synthetic difference-in-differences in logarithms"
	MeanRelativeDiD = "mean of synthetic differences-in-differences in logarithms"
	TimeSeries      = "interrupted time series"
	PlanAndOutturn  = "plan against outturn"
)

// Why is why a design is what it is.
type Why struct {
	Code    WhyCode `json:"code"`
	Have    int     `json:"have,omitempty"` // places
	Need    int     `json:"need,omitempty"`
	Periods int     `json:"periods,omitempty"`
	Before  int     `json:"periods_before,omitempty"` // the start
	From    string  `json:"from,omitempty"`           // the first period of a year
	Until   string  `json:"until,omitempty"`          // its last
	Because *Reason `json:"because,omitempty"`
}

// WhyCode names why a design is what it is.
type WhyCode string

// Why designs are what they are.
const (
	OfAllEngland       WhyCode = "of_all_england"       // at once, so that no place is left to compare with
	TooFewToCompare    WhyCode = "too_few_to_compare"   // places: Have of Need
	ComparedWithPlaces WhyCode = "compared_with_places" // Have of them, with all Periods, those Before the start among them
	JudgedByPlacebos   WhyCode = "judged_by_placebos"   // in per cent of each place's mean before the start
	PlacesAsOne        WhyCode = "places_as_one"        // added up
	ComparedWithTrend  WhyCode = "compared_with_trend"  // and season of the periods Before the start
	PlanIntended       WhyCode = "plan_intended"        // so that it is compared with what happened
	SetAgainstPlan     WhyCode = "set_against_plan"     // so that it tells how good the plan was
	LastWholeYear      WhyCode = "last_whole_year"      // is compared, From until Until; Because no later one is whole
	ComparedWithUnits  WhyCode = "compared_with_units"  // Have places of the same kind in no scheme, in Periods, those Before the start among them
	JudgedByDonors     WhyCode = "judged_by_donors"     // in each of which the same test was made
	GroupOfUnits       WhyCode = "group_of_units"       // Have of Need places, each weighing the same
	JudgedTogether     WhyCode = "judged_together"      // as places of one footprint are alike
)

// LeftOut is a place or a period that a comparison does without.
type LeftOut struct {
	Place  string `json:"place,omitempty"`  // its code; empty of a period
	Period string `json:"period,omitempty"` // by its id; the Scope of the reason says whether what lies before it or from it on is left out too
	Reason Reason `json:"because"`
}

// Effect is what the figures changed by under the scheme, against what they would have been. Intervals are of 95 per cent.
type Effect struct {
	Percent         evidence.Number `json:"percent"` // of what there would have been
	PercentInterval *[2]float64     `json:"percent_interval"`
	PerPeriod       evidence.Number `json:"per_period"` // in the measure's unit, the mean; Total is over all periods tested, missing where figures do not add up over time
	PeriodInterval  *[2]float64     `json:"per_period_interval"`
	Total           evidence.Number `json:"total"`
	TotalInterval   *[2]float64     `json:"total_interval"`
	SE              evidence.Number `json:"se_percent"`
	// Scale turns the per cent of the level before the start, in which the model and what repeats it are, into per cent of what there would have been.
	Scale  evidence.Number    `json:"scale"`
	SEKind evidence.ErrorKind `json:"se_kind,omitzero"`
	P      evidence.Number    `json:"p"` // two-sided
	// Detectable is the smallest change, in per cent and the direction claimed, that would be seen in 80 of 100 cases.
	Detectable evidence.Number `json:"detectable_percent"`
	Reason     evidence.Note   `json:"reason_facts,omitzero"` // why a figure above is missing
	Path       []Period        `json:"path"`
}

// Early is the effect of a start at which nothing began.
type Early struct {
	Start   string          `json:"start"`
	Percent evidence.Number `json:"percent"`
	P       evidence.Number `json:"p"`
}

// Period is one period as it was and as it would have been, in the measure's unit.
type Period struct {
	Period         string          `json:"period"`
	Actual         evidence.Number `json:"actual"`
	Counterfactual evidence.Number `json:"counterfactual"`
}

// Claimed is what is claimed, in the terms of the test.
type Claimed struct {
	Towards catalog.Towards `json:"direction"`
	// Percent is the size over zero at the scale of the places; missing where it is not known, for the Reason.
	Percent evidence.Number `json:"percent"`
	// Stated is the size in per cent before the part of the places that the scheme reached is allowed for; missing where none is stated so.
	Stated evidence.Number `json:"stated_percent"`
	// Part is the share of the places that the scheme reached, 1 for all; missing where it is not stated.
	Part evidence.Number `json:"part"`
	Reason
}

// Result is what the figures say of a claim.
type Result struct {
	Claim      string   `json:"claim"`
	Title      string   `json:"title"`
	Definition string   `json:"definition_hash"`
	Measure    string   `json:"measure"`
	MeasureOf  string   `json:"measure_hash,omitempty"`
	Places     []string `json:"places"`
	Verdict    Verdict  `json:"verdict"`
	// Rule is the one that decided, counted from 1 in [Rules], of a plan in [PlanRules], of an own change in [OwnRules].
	Rule int `json:"rule"`
	// Reasons led to the verdict, the one that weighs most first. Refused is why nothing could be tested; nil where something was.
	Reasons []Reason `json:"reason_facts"`
	Refused *Reason  `json:"refused,omitempty"`
	Design  Design   `json:"design"`
	Claimed Claimed  `json:"claimed"`
	Effect  *Effect  `json:"effect,omitempty"`
	Pounds  *Pounds  `json:"pounds,omitempty"`
	Checks  []Check  `json:"checks"`
	Outturn *Outturn `json:"outturn,omitempty"`
	// Own is how the places' own figures moved, where the claim compares with an earlier time: no effect, and never part of the verdict on one.
	Own *OwnChange `json:"own_change,omitempty"`
	// Unit is how it was tested in places smaller than footprints; nil where it was not.
	Unit *UnitTest `json:"unit,omitempty"`
	// Model is the fitted comparison, its effects in per cent of the level before the start; Sensitivity repeats it with one choice
	// changed, and Methods by other methods.
	Model       *evidence.Synthetic   `json:"model,omitempty"`
	Sensitivity *evidence.Sensitivity `json:"sensitivity,omitempty"`
	Methods     []evidence.Variation  `json:"methods,omitempty"`
	// Series is the fitted time series where no comparison was possible.
	Series *evidence.Interrupted `json:"series,omitempty"`
	// Needs say what it would take to test the claim, or to see in the figures what it says. Prospect and Course stand where nothing could
	// be estimated: what such figures could show, and how they went.
	Needs    []Need    `json:"it_would_take_facts,omitempty"`
	Prospect *Prospect `json:"prospect,omitempty"`
	Course   *Course   `json:"course,omitempty"`
	// Early is the effect that the time series finds a year before the scheme began, in per cent; a large one speaks against it.
	Early *Early `json:"early,omitempty"`
}

// Percent states a figure of the model, or of what repeats it, on the scale of the effect: in per cent of what there would have been. Missing where
// nothing was estimated against other places.
func (r *Result) Percent(ofLevel evidence.Number) evidence.Number {
	if r.Effect == nil || r.Model == nil {
		return unknown
	}
	return ofLevel * r.Effect.Scale
}

// unknown is a figure that could not be computed.
var unknown = evidence.Number(math.NaN())

// test is one claim while it is tested.
type test struct {
	*Result
	claim        *catalog.Claim
	data         Data
	sample       *sample          // nil where no window could be laid
	moved        []Movement       // elsewhere, at the same time
	step         Reason           // that the places' own figures do not count the same before and after, other than by the scheme
	by           *catalog.Measure // tested with in small places; nil in footprints
	later        bool             // all periods of the claim are tested, as a check
	toldByDonors bool             // how far chance goes is told by the places compared with, as of a group
	unitExpected float64          // what a mean period from the start on would have been, in the small places
	relative     *evidence.Relative
}

// Watched are the measures in which what a claim says was saved may turn up again: those of the same theme, unit, grain and level that pages
// show and that share no part with the claim's own.
func Watched(c *catalog.Catalog, m *catalog.Measure) []*catalog.Measure {
	var watched []*catalog.Measure
	for _, other := range c.Headlines() {
		shared := slices.ContainsFunc(other.Components(), func(part string) bool { return slices.Contains(m.Components(), part) })
		if other.ID != m.ID && other.Theme == m.Theme && other.Unit == m.Unit && other.Grain == m.Grain && other.Level == m.Level && other.Derived == nil && !shared {
			watched = append(watched, other)
		}
	}
	return watched
}

// Test holds a claim against figures. The only error is that of a context that ended.
func Test(ctx context.Context, c *catalog.Claim, d Data) (*Result, error) {
	t := newTest(c, d)
	t.answer(ctx, t.measure(ctx))
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("test of claim %s: %w", c.ID, err)
	}
	return t.Result, nil
}

func newTest(c *catalog.Claim, d Data) *test {
	r := &Result{Claim: c.ID, Title: c.Title, Definition: c.Hash(), Measure: c.Measure, Places: c.Places}
	r.Claimed = Claimed{Towards: c.Towards, Percent: unknown, Stated: unknown, Part: unknown}
	t := &test{Result: r, claim: c, data: d}
	if d.Measure != nil {
		r.MeasureOf = d.Measure.Hash()
	}
	t.claimedPart()
	t.size(0)
	return t
}

// measure finds out what the figures changed by, or why that is not known.
func (t *test) measure(ctx context.Context) (refused error) {
	switch {
	case t.data.Measure == nil:
		return refuse(UnknownMeasure, Facts{Measure: t.claim.Measure})
	case t.data.Loading:
		return refuse(NotLoadedYet, Facts{})
	case t.claim.IsPlan():
		return planTest{t}.compare()
	}
	t.setOwnChange(ctx)
	refused = t.estimateEffect(ctx)
	if !t.claim.OfOwnChange() {
		return refused
	}
	if refused != nil {
		why := reasonOf(refused)
		t.Own.NoEffect = &why
	}
	if t.Own.Because != nil {
		return refusal{*t.Own.Because}
	}
	return nil
}

// estimateEffect estimates the effect in the smallest places that the claim allows.
func (t *test) estimateEffect(ctx context.Context) error {
	if t.data.At != catalog.ByFootprint {
		if w, ok := t.data.whereOf(t.claim, t.data.At); ok {
			return unitTester{t, w}.estimate(ctx)
		}
		if t.data.At != "" {
			return refuse(NotNamedThere, Facts{Quote: t.data.At})
		}
	}
	return estimator{t}.estimate(ctx)
}

// answer draws the conclusions.
func (t *test) answer(ctx context.Context, refused error) {
	t.check()
	judge{t}.decide(refused)
	t.price()
	adviser{t}.require(ctx)
}

// tested is the measure that the claim is tested with.
func (t *test) tested() *catalog.Measure {
	if t.by != nil {
		return t.by
	}
	return t.data.Measure
}

// claimedPart is the share of the places that the scheme reached; of people, those registered are the whole.
func (t *test) claimedPart() {
	cover := t.claim.Covers
	switch {
	case cover == nil:
		t.Claimed.Part = 1
	case cover.Part.Valid:
		t.Claimed.Part = evidence.Number(cover.Part.Decimal.InexactFloat64())
	case cover.People > 0:
		if patients := t.patients(); patients > 0 {
			t.Claimed.Part = evidence.Number(min(1, float64(cover.People)/patients))
		}
	}
}

// patients are those registered with the places of the claim; 0 when not known of each.
func (t *test) patients() float64 {
	var sum float64
	for _, code := range t.claim.Places {
		i := slices.IndexFunc(t.data.Footprints, func(p Place) bool { return p.Code == code })
		if i < 0 || !t.data.Footprints[i].Patients.Valid {
			return 0
		}
		sum += t.data.Footprints[i].Patients.Decimal.InexactFloat64()
	}
	return sum
}

// size puts the size of the claim in per cent of what there would have been; expected is that of a mean period, 0 when not known.
func (t *test) size(expected float64) {
	c, claimed := t.claim, &t.Claimed
	claimed.Reason, claimed.Percent, claimed.Stated = Reason{}, unknown, unknown
	size, count := c.Amount(), c.Unit == catalog.Count
	if !size.Valid && c.Pounds().Valid { // the pounds tell what was counted
		switch {
		case t.data.Measure != nil && t.tested().Unit == catalog.GBP:
			size, count = c.Pounds(), true
		case c.UnitCost != nil:
			size, count = decimal.NewNullDecimal(c.Pounds().Decimal.Div(c.UnitCost.Amount)), true
		}
	}
	switch {
	case c.OfOwnChange(): // what is claimed is set beside the own change, and never beside the effect
		claimed.Reason = because(IsOwnChange, Facts{})
	case !size.Valid && c.Stated != "":
		claimed.Reason = because(NoOneSize, Facts{Scope: OfSize, Quote: c.Stated})
	case !size.Valid:
		claimed.Reason = because(NoSize, Facts{Scope: OfSize})
	case count && expected > 0:
		whole := expected // of a level, such as beds on an average day, the change claimed is that of each period
		if t.tested().AddsUpOverTime() {
			whole *= float64(t.claimedPeriods())
		}
		claimed.Percent = evidence.Number(size.Decimal.InexactFloat64() / whole * 100)
	case count:
		claimed.Reason = because(NothingEstimated, Facts{Scope: OfSize})
	case claimed.Part.Missing():
		claimed.Stated = evidence.Number(size.Decimal.InexactFloat64())
		claimed.Reason = because(PartUnknown, Facts{Quote: t.reachedWords()})
	default:
		claimed.Stated = evidence.Number(size.Decimal.InexactFloat64())
		claimed.Percent = claimed.Stated * claimed.Part
	}
}

// reachedWords are those of the claim on whom the scheme reached; empty where it has none.
func (t *test) reachedWords() string {
	if t.claim.Covers == nil {
		return ""
	}
	return t.claim.Covers.Words
}

// claimedPeriods is how many periods a count was claimed for: those tested where the claim does not say.
func (t *test) claimedPeriods() int {
	start, _ := t.claim.StartPeriod()
	until, ok := t.claim.UntilPeriod()
	if !ok {
		return t.Design.After
	}
	n := 1
	for p := start; p.Start.Before(until.Start); p = p.Next() {
		n++
	}
	return n
}
