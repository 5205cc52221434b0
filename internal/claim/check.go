package claim

import (
	"math"
	"slices"

	"github.com/shopspring/decimal"
	"gonum.org/v1/gonum/stat"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
)

// Outcome is how a check came out.
type Outcome string

// The outcomes.
const (
	Passed     Outcome = "passed"
	Failed     Outcome = "failed"
	CannotTell Outcome = "cannot tell"
	// DoesNotApply is of a check that asks for what the claim does not say: whatever the figures were, it has no answer.
	DoesNotApply Outcome = "does not apply"
)

// CheckID names a check.
type CheckID string

// The checks, in the order in which they are shown.
const (
	DataComplete    CheckID = "data_complete"
	Baseline        CheckID = "baseline"
	PeriodsBefore   CheckID = "periods_before"
	FitBefore       CheckID = "fit_before"
	BeyondPlacebo   CheckID = "beyond_placebo"
	Robust          CheckID = "robust"
	LargeEnough     CheckID = "large_enough"
	Sustained       CheckID = "sustained"
	NetOfCosts      CheckID = "net_of_costs"
	NotCountedTwice CheckID = "not_counted_twice"
	NotMoved        CheckID = "not_moved"
)

// Check is one question that an auditor asks of a claim, with its answer.
type Check struct {
	ID      CheckID `json:"id"`
	Outcome Outcome `json:"outcome"`
	// Finding is what was found, or why that is not known; Figure is its figure alone, missing where there is none.
	Finding CheckFinding    `json:"found"`
	Figure  evidence.Number `json:"figure"`
	Source  string          `json:"source"` // who asks for it
}

// CheckFinding is what a check found.
type CheckFinding struct {
	Code  FindingCode `json:"code"`
	Have  int         `json:"have,omitempty"`
	Need  int         `json:"need,omitempty"`
	Facts Facts       `json:"facts,omitzero"`
}

// FindingCode names what a check found.
type FindingCode string

// What checks find.
const (
	ForReason    FindingCode = "reason"        // Because
	NotEstimated FindingCode = "not_estimated" // could anything be

	// Of the data.

	NoPeriodsCompared FindingCode = "no_periods_compared"
	AllPeriods        FindingCode = "all_periods"       // Have, from Period until Until, have figures
	NoYearsCompared   FindingCode = "no_years_compared" // of a plan
	PublishedTaken    FindingCode = "published_taken"   // outturn, Because
	YearsWhole        FindingCode = "years_whole"       // the two compared, of Have periods
	OwnWhole          FindingCode = "own_whole"         // are the figures of the own change, by Value per cent, from Period until Until

	// Of the baseline.

	BaselineNotBefore FindingCode = "baseline_not_before"   // Period, the Start
	AgainstProjection FindingCode = "against_projection"    // that nobody can check
	AgainstPlan       FindingCode = "against_plan"          // not against what was
	AgainstNotStated  FindingCode = "against_not_stated"    // is what the claim is set against
	FewYearsBefore    FindingCode = "few_years_before"      // the start, to say whether the last one was usual
	NoOthersBefore    FindingCode = "no_others_before"      // the start, whose year could be compared
	YearBefore        FindingCode = "year_before"           // rose by Value per cent, the median place by Than, which all of England has not
	YearBeforeUnusual FindingCode = "year_before_not_usual" // the same, too far away

	// Of the periods before the start.

	MeasureNotKnown FindingCode = "measure_not_known"
	PeriodsThere    FindingCode = "periods_before" // Have of Need

	// Of the fit.

	NoComparison FindingCode = "no_comparison"
	NoWeights    FindingCode = "no_weights" // were found, for what Note says
	GapBefore    FindingCode = "gap_before" // of Value per cent of the level

	// Of the change, of Value per cent with P.

	NoP              FindingCode = "no_p"              // could be computed, for what Note says
	WithinChance     FindingCode = "within_chance"     // no larger than where there was no scheme
	BeyondOwnNoise   FindingCode = "beyond_own_noise"  // of the figures, with nothing to compare them with
	AgainstDirection FindingCode = "against_direction" // significantly
	BeyondOthers     FindingCode = "beyond_others"     // larger than where there was no scheme

	// Of other choices.

	NoEarlierSeries FindingCode = "no_earlier_series" // to look for a change where nothing began
	EarlierChange   FindingCode = "earlier_change"    // of Value per cent in Period, when nothing began, significantly
	NoEarlierChange FindingCode = "no_earlier_change" // the same, within chance
	DirectionLost   FindingCode = "direction_lost"    // by Choices
	OnePlaceDecides FindingCode = "one_place_decides" // without Organisation the effect on the group is Value per cent, with P
	AsLargeEarlier  FindingCode = "as_large_earlier"  // by Choices
	ChoicesUntried  FindingCode = "choices_untried"   // Choices
	NoEarlierStart  FindingCode = "no_earlier_start"  // could be tried: Choices
	DirectionHolds  FindingCode = "direction_holds"   // with at most Value per cent before anything began

	// Of small places.

	PutBackWithin  FindingCode = "put_back_within_chance" // a change of Value per cent where the start is put back to Period
	PutBackUntried FindingCode = "put_back_untried"
	CheckSame      FindingCode = "check_agrees"    // on the last year before the start: Value per cent
	CheckOther     FindingCode = "check_disagrees" // the same, the other way
	FitAsOthers    FindingCode = "fits_as_others"  // before the start the places compared with do so: within Value per cent

	// Of the size.

	NoDetectable FindingCode = "no_detectable" // was computed, for what Note says
	Detectable   FindingCode = "detectable"    // is Value per cent, and Than is claimed, or is not known Because

	// Of what lasts, Value years from the start on.

	LaterHalfGone    FindingCode = "later_half_gone"
	UnderAYear       FindingCode = "under_a_year"
	LaterHalfUntried FindingCode = "later_half_untried" // for what Note says
	TooFewYears      FindingCode = "too_few_years"
	Lasts            FindingCode = "lasts"

	// Of the costs.

	CostsNotStated FindingCode = "costs_not_stated"
	NotInPounds    FindingCode = "not_in_pounds" // is the effect, Because, where Pounds are claimed and Costs stated
	NetPounds      FindingCode = "net_pounds"    // of the Pounds seen, and no more than claimed, and the Costs: Net

	// Of others.

	OtherClaims  FindingCode = "other_claims"   // of the same: Overlaps, none
	NoneToShow   FindingCode = "none_to_show"   // is a comparison what was moved
	NotLookedFor FindingCode = "not_looked_for" // by figures that do not add up over time
	Elsewhere    FindingCode = "elsewhere"      // Movements
)

// Who ask for the checks.
const (
	sourceNAO     = "National Audit Office, Savings from operational PFI contracts (2013), tests of reported savings"
	sourceMagenta = "HM Treasury, Magenta Book (2020), chapter 3"
	sourceAbadie  = "Abadie, Diamond and Hainmueller 2010, Journal of the American Statistical Association 105:493"
	sourceAbadie5 = "Abadie, Diamond and Hainmueller 2015, American Journal of Political Science 59:495"
	sourceBernal  = "Bernal, Cummins and Gasparrini 2017, International Journal of Epidemiology 46:348"
	sourceBloom   = "Bloom 1995, Evaluation Review 19:547"
)

// Question is what a check asks, of every claim.
type Question struct {
	ID     CheckID
	Source string // who asks for it

	exempt func(*catalog.Claim) Reason // why the check does not apply to a claim; nothing where it does. Nil: it applies to all
	answer func(checker) (Outcome, CheckFinding, evidence.Number)
}

// Questions are the checks in the order in which they are shown.
var Questions = []Question{
	{DataComplete, sourceNAO, nil, checker.complete},
	{Baseline, sourceNAO, exemptBaseline, checker.baseline},
	{PeriodsBefore, sourceMagenta, ofEffects, checker.enoughBefore},
	{FitBefore, sourceAbadie, ofEffects, checker.fits},
	{BeyondPlacebo, sourceAbadie, ofEffects, checker.beyond},
	{Robust, sourceAbadie5, ofEffects, checker.robust},
	{LargeEnough, sourceBloom, ofEffects, checker.large},
	{Sustained, sourceNAO, ofEffects, checker.sustained},
	{NetOfCosts, sourceNAO, exemptCosts, checker.net},
	{NotCountedTwice, sourceNAO, exemptTwice, checker.once},
	{NotMoved, sourceNAO, exemptMoved, checker.stayed},
}

// checker answers the checks of a test.
type checker struct{ *test }

func (t *test) check() {
	for _, q := range Questions {
		check := Check{ID: q.ID, Outcome: DoesNotApply, Figure: unknown, Source: q.Source}
		exempt := Reason{}
		if q.exempt != nil {
			exempt = q.exempt(t.claim)
		}
		if check.Finding = found(exempt); exempt.Code == "" {
			check.Outcome, check.Finding, check.Figure = q.answer(checker{t})
		}
		if check.Outcome == Passed && check.Figure.Missing() { // what could not be computed has not passed
			check.Outcome = CannotTell
		}
		t.Checks = append(t.Checks, check)
	}
}

// found is a finding that is a reason.
func found(r Reason) CheckFinding { return CheckFinding{Code: ForReason, Facts: Facts{Because: &r}} }

// ofEffects exempts plans from a check of an estimate.
func ofEffects(c *catalog.Claim) Reason {
	switch {
	case c.IsPlan():
		return because(IsPlan, Facts{})
	case c.OfOwnChange():
		return because(IsOwnChange, Facts{})
	}
	return Reason{}
}

// exemptBaseline exempts a plan that is set against an earlier level: whether that was usual matters to an effect.
func exemptBaseline(c *catalog.Claim) Reason {
	start, stated := c.StartPeriod()
	base, given := c.BaselinePeriod()
	late := stated && given && !base.Start.Before(start.Start)
	if c.Against.Kind == catalog.ComparedDoNothing || c.Against.Kind == catalog.ComparedPlan || c.Against.Kind == catalog.ComparedNotStated || late {
		return Reason{}
	}
	return ofEffects(c)
}

func exemptCosts(c *catalog.Claim) Reason {
	if !c.Pounds().Valid && !c.IsPlan() && !c.OfOwnChange() {
		return because(NoPounds, Facts{})
	}
	return ofEffects(c)
}

func exemptTwice(c *catalog.Claim) Reason {
	if c.Kind == catalog.Plan {
		return because(PlansOverlap, Facts{})
	}
	if c.OfOwnChange() {
		return because(IsOwnChange, Facts{})
	}
	return Reason{}
}

func exemptMoved(c *catalog.Claim) Reason {
	if c.Towards == catalog.Increase && !c.IsPlan() && !c.OfOwnChange() {
		return because(RiseClaimed, Facts{})
	}
	return ofEffects(c)
}

// notEstimated is the finding where nothing was.
var notEstimated = CheckFinding{Code: NotEstimated}

func (t checker) complete() (Outcome, CheckFinding, evidence.Number) {
	switch {
	case t.claim.IsPlan():
		return t.wholeYears()
	case t.claim.OfOwnChange():
		return t.Own.complete()
	case t.Unit != nil:
		return t.unitComplete()
	case t.sample == nil:
		return CannotTell, CheckFinding{Code: NoPeriodsCompared}, unknown
	case t.step.Code != "":
		return Failed, found(t.step), unknown
	}
	n := len(t.sample.periods)
	return Passed, CheckFinding{Code: AllPeriods, Have: n, Facts: Facts{Period: t.Design.First, Until: t.Design.Last}}, evidence.Number(n)
}

// wholeYears tells whether the years that a plan is set against are among the figures, counted alike.
func (t checker) wholeYears() (Outcome, CheckFinding, evidence.Number) {
	switch o := t.Outturn; {
	case t.step.Code != "":
		return Failed, found(t.step), unknown
	case o == nil:
		return CannotTell, CheckFinding{Code: NoYearsCompared}, unknown
	case o.Base == "":
		return CannotTell, CheckFinding{Code: PublishedTaken, Facts: Facts{Because: o.WhyPublished}}, unknown
	}
	n := 2 * t.data.Measure.Grain.PerYear()
	return Passed, CheckFinding{Code: YearsWhole, Have: n}, evidence.Number(n)
}

// Flattering is by how many percentage points the year before the start may have risen beyond that of the other places: more, and a
// fall after it may be no more than a return to what is usual.
const Flattering = 5

func (t checker) baseline() (Outcome, CheckFinding, evidence.Number) {
	c := t.claim
	start, stated := c.StartPeriod()
	if base, ok := c.BaselinePeriod(); ok && stated && !base.Start.Before(start.Start) {
		return Failed, CheckFinding{Code: BaselineNotBefore, Facts: Facts{Period: base.String(), Start: start.String()}}, unknown
	}
	switch c.Against.Kind {
	case catalog.ComparedDoNothing:
		return Failed, CheckFinding{Code: AgainstProjection}, unknown
	case catalog.ComparedPlan:
		return Failed, CheckFinding{Code: AgainstPlan}, unknown
	case catalog.ComparedNotStated:
		return CannotTell, CheckFinding{Code: AgainstNotStated}, unknown
	}
	if t.Unit != nil {
		return t.putBack()
	}
	s := t.sample
	switch {
	case s == nil:
		return CannotTell, notEstimated, unknown
	case s.start < 2*t.data.Measure.Grain.PerYear():
		return CannotTell, CheckFinding{Code: FewYearsBefore}, unknown
	}
	year := t.data.Measure.Grain.PerYear()
	growth := func(values []float64) float64 {
		return (stat.Mean(values[s.start-year:s.start], nil)/stat.Mean(values[s.start-2*year:s.start-year], nil) - 1) * 100
	}
	of, others := growth(s.treated), growth(s.medians(t.data.Footprints))
	rose := CheckFinding{Code: YearBefore, Facts: Facts{Value: exactly(evidence.Number(of)), Than: exactly(evidence.Number(others))}}
	if t.claim.OfEngland() {
		rose.Facts.Than, others = nil, 0
	}
	excess := of - others
	if math.IsNaN(excess) {
		return CannotTell, CheckFinding{Code: NoOthersBefore}, unknown
	}
	if c.Towards == catalog.Decrease && excess > Flattering || c.Towards == catalog.Increase && excess < -Flattering {
		rose.Code = YearBeforeUnusual
		return Failed, rose, evidence.Number(excess)
	}
	return Passed, rose, evidence.Number(excess)
}

func (t checker) enoughBefore() (Outcome, CheckFinding, evidence.Number) {
	if t.data.Measure == nil {
		return CannotTell, CheckFinding{Code: MeasureNotKnown}, unknown
	}
	if _, stated := t.claim.StartPeriod(); !stated {
		return CannotTell, found(because(NoStart, Facts{})), unknown
	}
	n, two := t.Design.Before, 2*max(2, t.tested().Grain.PerYear())
	if t.Unit != nil { // where the test was tried with fewer
		two = max(leastBefore(t.tested().Grain), min(12, t.tested().Grain.PerYear()))
	}
	there := CheckFinding{Code: PeriodsThere, Have: n, Need: two}
	if n >= two {
		return Passed, there, evidence.Number(n)
	}
	return Failed, there, evidence.Number(n)
}

// FitsTo and FailsBeyond are the root of the mean squared gap before the start, in per cent of the level, up to which a comparison fits, and beyond
// which it does not.
const FitsTo, FailsBeyond = 5, 10

func (t checker) fits() (Outcome, CheckFinding, evidence.Number) {
	if t.Unit != nil {
		return t.unitFits()
	}
	if t.Model == nil {
		if t.Series != nil {
			return CannotTell, CheckFinding{Code: NoComparison}, unknown
		}
		return CannotTell, notEstimated, unknown
	}
	gap := math.Sqrt(float64(t.Model.Fit.PreMSPE))
	gapBefore := CheckFinding{Code: GapBefore, Facts: Facts{Value: exactly(evidence.Number(gap))}}
	switch {
	case !t.Model.Solved.Converged:
		return Failed, CheckFinding{Code: NoWeights, Facts: Facts{Note: &t.Model.Solved.Note}}, evidence.Number(gap)
	case gap <= FitsTo:
		return Passed, gapBefore, evidence.Number(gap)
	case gap > FailsBeyond:
		return Failed, gapBefore, evidence.Number(gap)
	}
	return CannotTell, gapBefore, evidence.Number(gap)
}

// Significance is the p-value up to which a change is taken as significant.
const Significance = 0.05

// as tells that an effect has the direction claimed.
func (t *test) as(percent evidence.Number) bool {
	return t.claim.Towards == catalog.Decrease && percent < 0 || t.claim.Towards == catalog.Increase && percent > 0
}

func (t checker) beyond() (Outcome, CheckFinding, evidence.Number) {
	e := t.Effect
	if e == nil {
		return CannotTell, notEstimated, unknown
	}
	change := func(code FindingCode) CheckFinding {
		return CheckFinding{Code: code, Facts: Facts{Value: &e.Percent, P: &e.P}}
	}
	switch {
	case e.P.Missing() || e.Percent.Missing():
		return CannotTell, CheckFinding{Code: NoP, Facts: Facts{Note: &e.Reason}}, unknown
	case !(e.P <= Significance):
		return Failed, change(WithinChance), e.P
	case t.Series != nil && t.as(e.Percent):
		return Passed, change(BeyondOwnNoise), e.P
	case !t.as(e.Percent):
		return Failed, change(AgainstDirection), e.P
	default:
		return Passed, change(BeyondOthers), e.P
	}
}

// robust holds the estimate against those with one donor left out, by other methods and at starts at which nothing began.
func (t checker) robust() (Outcome, CheckFinding, evidence.Number) {
	switch early := t.Early; {
	case t.Model != nil:
	case t.Unit != nil && t.Unit.Check != nil:
		return t.checkAgrees()
	case t.Effect == nil:
		return CannotTell, notEstimated, unknown
	case early == nil || early.Percent.Missing():
		return CannotTell, CheckFinding{Code: NoEarlierSeries}, unknown
	case early.P <= Significance:
		return Failed, CheckFinding{Code: EarlierChange, Facts: Facts{Value: &early.Percent, Period: early.Start}}, early.Percent
	default:
		return CannotTell, CheckFinding{Code: NoEarlierChange, Facts: Facts{Value: &early.Percent, Period: early.Start}}, early.Percent
	}
	effect := float64(t.Model.Value)
	var against, early, untried, backdated []Choice
	for _, v := range slices.Concat(t.Sensitivity.LeaveOneOut, t.Methods) {
		switch {
		case v.Estimate.Missing():
			untried = append(untried, choiceOf(v))
		case !(float64(v.Estimate)*effect > 0):
			against = append(against, choiceOf(v))
		}
	}
	largest, tried := 0.0, 0
	for _, v := range t.Sensitivity.InTime {
		switch size := math.Abs(float64(v.Estimate)); {
		case v.Estimate.Missing():
			backdated = append(backdated, choiceOf(v))
			continue
		case size >= math.Abs(effect):
			early = append(early, choiceOf(v))
		default:
			largest = max(largest, size)
		}
		tried++
	}
	by := func(code FindingCode, choices []Choice) CheckFinding {
		return CheckFinding{Code: code, Facts: Facts{Choices: choices}}
	}
	switch {
	case len(against) > 0:
		return Failed, by(DirectionLost, against), evidence.Number(len(against))
	case len(early) > 0:
		return Failed, by(AsLargeEarlier, early), evidence.Number(len(early))
	case len(untried) > 0:
		return CannotTell, by(ChoicesUntried, untried), unknown
	case tried == 0:
		return CannotTell, by(NoEarlierStart, backdated), unknown
	}
	most := t.Percent(evidence.Number(largest))
	return Passed, CheckFinding{Code: DirectionHolds, Facts: Facts{Value: &most}}, most
}

// choiceOf is a variation as a fact.
func choiceOf(v evidence.Variation) Choice {
	return Choice{Kind: v.Kind, Place: v.Unit, Period: v.Time, Method: v.Method, Reason: v.Reason}
}

func (t checker) large() (Outcome, CheckFinding, evidence.Number) {
	claimed := t.Claimed.Percent
	switch {
	case t.Effect == nil:
		return CannotTell, notEstimated, unknown
	case t.Effect.Detectable.Missing():
		return CannotTell, CheckFinding{Code: NoDetectable, Facts: Facts{Note: &t.Effect.Reason}}, unknown
	}
	least := CheckFinding{Code: Detectable, Facts: Facts{Value: &t.Effect.Detectable, Than: &claimed}}
	switch {
	case claimed.Missing():
		least.Facts.Than, least.Facts.Because = nil, &t.Claimed.Reason
		return CannotTell, least, t.Effect.Detectable
	case claimed < t.Effect.Detectable:
		return Failed, least, t.Effect.Detectable
	}
	return Passed, least, t.Effect.Detectable
}

// Lasting is for how many years a saving must be seen to be called sustained.
const Lasting = 5

func (t checker) sustained() (Outcome, CheckFinding, evidence.Number) {
	if t.Effect == nil {
		return CannotTell, notEstimated, unknown
	}
	years := float64(t.Design.After) / float64(t.tested().Grain.PerYear())
	if t.Unit != nil {
		return t.unitLasts(years)
	}
	shown := func(code FindingCode) CheckFinding {
		return CheckFinding{Code: code, Facts: Facts{Value: exactly(evidence.Number(years))}}
	}
	var untried *evidence.Variation // of the later half
	if t.Sensitivity != nil {
		for _, v := range t.Sensitivity.Windows {
			switch later := v.Kind == evidence.EffectFrom; {
			case later && v.Estimate.Missing():
				untried = &v
			case later && float64(v.Estimate)*float64(t.Model.Value) <= 0:
				return Failed, shown(LaterHalfGone), evidence.Number(years)
			}
		}
	}
	switch {
	case years < 1:
		return Failed, shown(UnderAYear), evidence.Number(years)
	case untried != nil:
		half := shown(LaterHalfUntried)
		half.Facts.Note = &untried.Reason
		return CannotTell, half, evidence.Number(years)
	case years < Lasting:
		return CannotTell, shown(TooFewYears), evidence.Number(years)
	}
	return Passed, shown(Lasts), evidence.Number(years)
}

func (t checker) net() (Outcome, CheckFinding, evidence.Number) {
	costs, claimed := t.claim.SchemeCosts(), t.claim.Pounds()
	if !costs.Valid {
		return CannotTell, CheckFinding{Code: CostsNotStated}, unknown
	}
	estimate, reason := t.worth()
	if reason.Code != "" {
		return CannotTell, CheckFinding{Code: NotInPounds, Facts: Facts{Pounds: claimed.Decimal.String(), Costs: costs.Decimal.String(), Because: &reason}}, unknown
	}
	counts := decimal.Min(estimate, claimed.Decimal)
	net := counts.Sub(costs.Decimal)
	pounds := CheckFinding{Code: NetPounds, Facts: Facts{Pounds: counts.String(), Costs: costs.Decimal.String(), Net: net.String()}}
	if net.IsPositive() {
		return Passed, pounds, evidence.Number(net.InexactFloat64())
	}
	return Failed, pounds, evidence.Number(net.InexactFloat64())
}

// once looks for other claims of the register about the same measure at the same time in places that overlap.
func (t checker) once() (Outcome, CheckFinding, evidence.Number) {
	others := CheckFinding{Code: OtherClaims}
	var same, perhaps int // a plan, a claim for all of England or for a part, or of the other direction may or may not be about the same cases
	for _, c := range t.data.Register {
		shared := c.OfEngland() || t.claim.OfEngland() || slices.ContainsFunc(c.Places, func(p string) bool { return slices.Contains(t.claim.Places, p) })
		if c.ID == t.claim.ID || c.Measure != t.claim.Measure || !shared || !together(c, t.claim) {
			continue
		}
		o := Overlap{Claim: c.ID, Scheme: c.Scheme == t.claim.Scheme && c.Towards == t.claim.Towards, Marks: t.overlap(c)}
		switch {
		case o.Scheme:
		case len(o.Marks) == 0:
			same++
		default:
			perhaps++
		}
		others.Facts.Overlaps = append(others.Facts.Overlaps, o)
	}
	switch {
	case same > 0:
		return Failed, others, evidence.Number(same)
	case perhaps > 0:
		return CannotTell, others, evidence.Number(perhaps)
	}
	return Passed, others, 0
}

// overlap says in what another claim about the same measure, places and time differs, so that it need not be about the same cases; nothing
// where it claims the same.
func (t checker) overlap(c *catalog.Claim) (marks []OverlapMark) {
	if c.Towards != t.claim.Towards {
		marks = append(marks, map[catalog.Towards]OverlapMark{catalog.Increase: HigherClaimed, catalog.Decrease: LowerClaimed}[c.Towards])
	}
	switch {
	case c.OfEngland() && !t.claim.OfEngland():
		marks = append(marks, AllEngland)
	case !c.OfEngland() && t.claim.OfEngland():
		marks = append(marks, PlacesInside)
	}
	switch {
	case c.Covers != nil:
		marks = append(marks, PartOfPlaces)
	case t.claim.Covers != nil && len(marks) == 0:
		marks = append(marks, WholeOfPlaces)
	}
	if c.IsPlan() {
		marks = append(marks, APlan)
	}
	return marks
}

// together tells whether two claims are about some of the same time, as far as they state it.
func together(a, b *catalog.Claim) bool {
	after := func(a, b *catalog.Claim) bool {
		start, stated := a.StartPeriod()
		until, ends := b.UntilPeriod()
		return stated && ends && start.Start.After(until.Start)
	}
	return !after(a, b) && !after(b, a)
}

// stayed asks whether what went down went up elsewhere.
func (t checker) stayed() (Outcome, CheckFinding, evidence.Number) {
	switch {
	case t.Unit != nil && t.Effect != nil && len(t.moved) == 0:
		return CannotTell, CheckFinding{Code: NotLookedFor}, unknown
	case t.Model == nil && t.Unit == nil, t.Effect == nil:
		return CannotTell, CheckFinding{Code: NoneToShow}, unknown
	}
	outcome, most := CannotTell, unknown
	if len(t.moved) > 0 {
		outcome = Passed
	}
	for _, m := range t.moved {
		switch m.Found {
		case Rose:
			outcome = Failed
		case MayHave, NoMovement:
			if outcome == Passed {
				outcome = CannotTell
			}
		}
		if m.Found != NoMovement && (most.Missing() || m.Percent > most) {
			most = m.Percent
		}
	}
	return outcome, CheckFinding{Code: Elsewhere, Facts: Facts{Movements: t.moved}}, most
}
