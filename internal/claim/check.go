package claim

import (
	"fmt"
	"math"
	"slices"
	"strings"

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
	Title   string  `json:"title"`
	Outcome Outcome `json:"outcome"`
	// Finding gives the figure in words, or why it cannot be told; Figure is it alone, missing where there is none.
	Finding string          `json:"finding"`
	Figure  evidence.Number `json:"figure"`
	Source  string          `json:"source"` // who asks for it
}

// Who ask for the checks.
const (
	sourceNAO     = "National Audit Office, Savings from operational PFI contracts (2013), tests of reported savings"
	sourceMagenta = "HM Treasury, Magenta Book (2020), chapter 3"
	sourceAbadie  = "Abadie, Diamond and Hainmueller 2010, Journal of the American Statistical Association 105:493"
	sourceAbadie5 = "Abadie, Diamond and Hainmueller 2015, American Journal of Political Science 59:495"
	sourceBernal  = "Bernal, Cummins and Gasparrini 2017, International Journal of Epidemiology 46:348"
	sourceBloom   = "Bloom 1995, Evaluation Review 19:547"
)

// Found says what the check found: its title where it passed, the contrary where it failed.
func (c Check) Found() string {
	q := Questions[slices.IndexFunc(Questions, func(q Question) bool { return q.ID == c.ID })]
	switch c.Outcome {
	case Passed:
		return q.Title
	case Failed:
		return q.Fails
	case DoesNotApply:
		return q.Title
	}
	return "Whether " + strings.ToLower(q.Title[:1]) + q.Title[1:] + " is not known"
}

// Question is what a check asks, of every claim.
type Question struct {
	ID     CheckID
	Title  string // what holds where it passes
	Fails  string // what holds where it fails
	Source string // who asks for it
	Passes string // when, in a clause

	exempt func(*catalog.Claim) Reason // why the check does not apply to a claim; nothing where it does. Nil: it applies to all
	answer func(checker) (Outcome, string, evidence.Number)
}

// Questions are the checks in the order in which they are shown.
var Questions = []Question{
	{DataComplete, "The data are complete and count the same throughout", "The data are not complete, or do not count the same throughout", sourceNAO,
		"every period of the places has a figure, and no jump stays that the start of the scheme does not explain", nil, checker.complete},
	{Baseline, "The baseline lies before the start and is realistic", "The baseline does not lie before the start, or is not realistic", sourceNAO,
		fmt.Sprintf("the claim is set against what was, not against a plan or a projection, and the year before the start did not run more than %d percentage "+
			"points away from the other places, against the direction claimed", flattering), exemptBaseline, checker.baseline},
	{PeriodsBefore, "There are enough periods before the start", "There are too few periods before the start", sourceMagenta, "two years of figures lie before the start", ofEffects, checker.enoughBefore},
	{FitBefore, "The comparison fits before the start", "The comparison does not fit before the start", sourceAbadie,
		fmt.Sprintf("it misses by no more than %d%% of the level before the start; over %d%% it fails, and between the two there is no answer", fitsTo, failsBeyond), ofEffects, checker.fits},
	{BeyondPlacebo, "The change is statistically significant, in the direction claimed", "The change is not statistically significant in the direction claimed", sourceAbadie, fmt.Sprintf("it has that direction, and p is at most %g", Significance), ofEffects, checker.beyond},
	{Robust, "The estimate hangs on no one choice", "The estimate hangs on one choice", sourceAbadie5,
		"the direction holds without any one of the places compared with and by the other methods, and no change as large is found before anything began", ofEffects, checker.robust},
	{LargeEnough, "What is claimed is large enough to be seen at all", "What is claimed is too small to be seen at all", sourceBloom, "it is at least the smallest change that would be seen in 80 of 100 cases", ofEffects, checker.large},
	{Sustained, "It is sustained", "It is not sustained", sourceNAO,
		fmt.Sprintf("the change is there in the later half of the figures too, and these show %d years from the start on; under one year it fails", lasting), ofEffects, checker.sustained},
	{NetOfCosts, "It is net of what the scheme cost", "It is not net of what the scheme cost", sourceNAO, "the pounds seen, and no more than claimed, are more than the stated costs of the scheme", exemptCosts, checker.net},
	{NotCountedTwice, "It is not counted twice", "It is counted twice", sourceNAO, "no other scheme of the register claims a change of the same measure in places that overlap at the same time", exemptTwice, checker.once},
	{NotMoved, "It was not moved elsewhere", "It was moved elsewhere, as far as the figures tell", sourceNAO,
		"measures like it and the other places of the region did not rise significantly, nor by so much as the effect within the limits of chance", exemptMoved, checker.stayed},
}

// checker answers the checks of a test.
type checker struct{ *test }

func (t *test) check() {
	for _, q := range Questions {
		check := Check{ID: q.ID, Title: q.Title, Outcome: DoesNotApply, Figure: unknown, Source: q.Source}
		exempt := Reason{}
		if q.exempt != nil {
			exempt = q.exempt(t.claim)
		}
		if check.Finding = exempt.Words; exempt.Code == "" {
			check.Outcome, check.Finding, check.Figure = q.answer(checker{t})
		}
		if check.Outcome == Passed && check.Figure.Missing() { // what could not be computed has not passed
			check.Outcome = CannotTell
		}
		t.Checks = append(t.Checks, check)
	}
}

// ofEffects exempts plans from a check of an estimate.
func ofEffects(c *catalog.Claim) Reason {
	if c.IsPlan() {
		return because(IsPlan, "a plan is compared with what happened, and not tested as an effect")
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
	if !c.Pounds().Valid && !c.IsPlan() {
		return because(NoPounds, "no pounds are claimed")
	}
	return ofEffects(c)
}

func exemptTwice(c *catalog.Claim) Reason {
	if c.Kind == catalog.Plan {
		return because(PlansOverlap, "plans of several bodies overlap by nature and are not added up")
	}
	return Reason{}
}

func exemptMoved(c *catalog.Claim) Reason {
	if c.Towards == catalog.Increase && !c.IsPlan() {
		return because(RiseClaimed, "a rise is claimed, of which nothing is moved elsewhere")
	}
	return ofEffects(c)
}

const notEstimated = "nothing could be estimated"

func (t checker) complete() (Outcome, string, evidence.Number) {
	switch {
	case t.claim.IsPlan():
		return t.wholeYears()
	case t.sample == nil:
		return CannotTell, "no periods could be compared", unknown
	case t.step.Code != "":
		return Failed, t.step.Words, unknown
	}
	n := len(t.sample.periods)
	return Passed, fmt.Sprintf("all %d periods from %s until %s have figures, and no jump stays that the scheme's start does not explain", n, catalog.PeriodWords(t.Design.First), catalog.PeriodWords(t.Design.Last)), evidence.Number(n)
}

// wholeYears tells whether the years that a plan is set against are among the figures, counted alike.
func (t checker) wholeYears() (Outcome, string, evidence.Number) {
	switch o := t.Outturn; {
	case t.step.Code != "":
		return Failed, t.step.Words, unknown
	case o == nil:
		return CannotTell, "no years could be compared", unknown
	case o.Base == "":
		return CannotTell, "the outturn that was published is taken, as " + o.WhyPublished, unknown
	}
	n := 2 * t.data.Measure.Grain.PerYear()
	return Passed, fmt.Sprintf("all %d periods of the two years compared have figures, and what is counted is the same in both", n), evidence.Number(n)
}

// flattering is by how many percentage points the year before the start may have risen beyond that of the other places: more, and a
// fall after it may be no more than a return to what is usual.
const flattering = 5

func (t checker) baseline() (Outcome, string, evidence.Number) {
	c := t.claim
	start, stated := c.StartPeriod()
	if base, ok := c.BaselinePeriod(); ok && stated && !base.Start.Before(start.Start) {
		return Failed, fmt.Sprintf("the baseline, %s, is not before the start, %s", base.Words(), start.Words()), unknown
	}
	switch c.Against.Kind {
	case catalog.ComparedDoNothing:
		return Failed, "the claim is set against a projection of what would have happened otherwise, which nobody can check", unknown
	case catalog.ComparedPlan:
		return Failed, "the claim is set against a plan, not against what was", unknown
	case catalog.ComparedNotStated:
		return CannotTell, "it is not stated what the claim is set against", unknown
	}
	s := t.sample
	switch {
	case s == nil:
		return CannotTell, notEstimated, unknown
	case s.start < 2*t.data.Measure.Grain.PerYear():
		return CannotTell, "fewer than two years of figures lie before the start, too few to say whether the last one was usual", unknown
	}
	year := t.data.Measure.Grain.PerYear()
	growth := func(values []float64) float64 {
		return (stat.Mean(values[s.start-year:s.start], nil)/stat.Mean(values[s.start-2*year:s.start-year], nil) - 1) * 100
	}
	of, others := growth(s.treated), growth(s.medians(t.data.Footprints))
	words := fmt.Sprintf("in the year before the start the figures rose by %.1f%%, those of the median place by %.1f%%", of, others)
	if t.claim.OfEngland() {
		words, others = fmt.Sprintf("in the year before the start the figures rose by %.1f%%", of), 0
	}
	excess := of - others
	if math.IsNaN(excess) {
		return CannotTell, "there are no other places whose year before the start could be compared", unknown
	}
	if c.Towards == catalog.Decrease && excess > flattering || c.Towards == catalog.Increase && excess < -flattering {
		return Failed, fmt.Sprintf("%s: %s percentage points more than usual, where %d are allowed, so a change after it may be no more than a return to what is usual",
			words, numbered(math.Abs(excess), flattering), flattering), evidence.Number(excess)
	}
	return Passed, words, evidence.Number(excess)
}

func (t checker) enoughBefore() (Outcome, string, evidence.Number) {
	if t.data.Measure == nil {
		return CannotTell, "the measure is not known", unknown
	}
	if _, stated := t.claim.StartPeriod(); !stated {
		return CannotTell, "it is not stated when the scheme began", unknown
	}
	n, two := t.Design.Before, 2*max(2, t.data.Measure.Grain.PerYear())
	words := fmt.Sprintf("%d periods lie before the start; two years, %d, are needed", n, two)
	if n >= two {
		return Passed, words, evidence.Number(n)
	}
	return Failed, words, evidence.Number(n)
}

// The root of the mean squared gap before the start, in per cent of the level, up to which a comparison fits, and beyond which it does not.
const fitsTo, failsBeyond = 5, 10

func (t checker) fits() (Outcome, string, evidence.Number) {
	if t.Model == nil {
		if t.Series != nil {
			return CannotTell, "there is no comparison; the figures before the start only tell their own trend and season", unknown
		}
		return CannotTell, notEstimated, unknown
	}
	gap := math.Sqrt(float64(t.Model.Fit.PreMSPE))
	limit := float64(fitsTo)
	if math.Abs(gap-failsBeyond) < math.Abs(gap-fitsTo) {
		limit = failsBeyond
	}
	words := fmt.Sprintf("before the start the comparison misses by %s of the level; up to %d%% is a fit, over %d%% is none", measured(gap, limit), fitsTo, failsBeyond)
	switch {
	case !t.Model.Solved.Converged:
		return Failed, "the weights of the comparison were not found: " + t.Model.Solved.Note, evidence.Number(gap)
	case gap <= fitsTo:
		return Passed, words, evidence.Number(gap)
	case gap > failsBeyond:
		return Failed, words, evidence.Number(gap)
	}
	return CannotTell, words, evidence.Number(gap)
}

// Significance is the p-value up to which a change is taken as beyond chance.
const Significance = 0.05

// as tells that an effect has the direction claimed.
func (t *test) as(percent evidence.Number) bool {
	return t.claim.Towards == catalog.Decrease && percent < 0 || t.claim.Towards == catalog.Increase && percent > 0
}

func (t checker) beyond() (Outcome, string, evidence.Number) {
	switch e := t.Effect; {
	case e == nil:
		return CannotTell, notEstimated, unknown
	case e.P.Missing() || e.Percent.Missing():
		return CannotTell, "no p-value could be computed: " + e.Reason, unknown
	case !(e.P <= Significance):
		return Failed, fmt.Sprintf("the change of %s is no larger than those found where there was no scheme (p %s)", signed(float64(e.Percent)), Chance(e.P)), e.P
	case t.Series != nil && t.as(e.Percent):
		return Passed, fmt.Sprintf("a change of %s is more than the figures' own ups and downs leave to chance (p %s); there are no other places to compare it with", signed(float64(e.Percent)), Chance(e.P)), e.P
	case !t.as(e.Percent):
		return Failed, fmt.Sprintf("the change of %s is statistically significant (p %s), but against the direction claimed", signed(float64(e.Percent)), Chance(e.P)), e.P
	default:
		return Passed, fmt.Sprintf("a change of %s is larger than those found where there was no scheme (p %s)", signed(float64(e.Percent)), Chance(e.P)), e.P
	}
}

// robust holds the estimate against those with one donor left out, by other methods and at starts at which nothing began.
func (t checker) robust() (Outcome, string, evidence.Number) {
	switch early := t.Early; {
	case t.Model != nil:
	case t.Effect == nil:
		return CannotTell, notEstimated, unknown
	case early == nil || early.Percent.Missing():
		return CannotTell, "too few periods lie before the start to look for a change where nothing began", unknown
	case early.P <= Significance:
		return Failed, fmt.Sprintf("a statistically significant change of %s is found in %s too, when nothing began", signed(float64(early.Percent)), catalog.PeriodWords(early.Start)), early.Percent
	default:
		return CannotTell, fmt.Sprintf("there is no comparison group; in %s, when nothing began, a change of %s is found", catalog.PeriodWords(early.Start), signed(float64(early.Percent))), early.Percent
	}
	effect := float64(t.Model.Value)
	var against, early, untried, backdated []string
	for _, v := range slices.Concat(t.Sensitivity.LeaveOneOut, t.Methods) {
		switch {
		case v.Estimate.Missing():
			untried = append(untried, t.named(v)+" ("+v.Reason+")")
		case !(float64(v.Estimate)*effect > 0):
			against = append(against, t.named(v))
		}
	}
	largest, tried := 0.0, 0
	for _, v := range t.Sensitivity.InTime {
		switch size := math.Abs(float64(v.Estimate)); {
		case v.Estimate.Missing():
			backdated = append(backdated, t.named(v)+" ("+v.Reason+")")
			continue
		case size >= math.Abs(effect):
			early = append(early, t.named(v))
		default:
			largest = max(largest, size)
		}
		tried++
	}
	switch {
	case len(against) > 0:
		return Failed, "the direction is lost: " + strings.Join(against, ", "), evidence.Number(len(against))
	case len(early) > 0:
		return Failed, "a change as large is found before anything began: " + strings.Join(early, ", "), evidence.Number(len(early))
	case len(untried) > 0:
		return CannotTell, "some choices gave no estimate: " + strings.Join(untried, ", "), unknown
	case tried == 0:
		return CannotTell, "no earlier start could be tried, as too few periods lie before the start: " + strings.Join(backdated, ", "), unknown
	}
	return Passed, fmt.Sprintf("the direction holds without any one donor and by three other methods; before anything began at most %.1f%% is found", t.Percent(evidence.Number(largest))), t.Percent(evidence.Number(largest))
}

// named says what a variation changes, with a name for the place or the period.
func (t checker) named(v evidence.Variation) string {
	if i := slices.IndexFunc(t.data.Footprints, func(p Place) bool { return p.Code == v.Unit }); i >= 0 {
		return v.Words(t.data.Footprints[i].Name)
	}
	return v.Words(catalog.PeriodWords(v.Time))
}

func (t checker) large() (Outcome, string, evidence.Number) {
	claimed := t.Claimed.Percent
	switch {
	case t.Effect == nil:
		return CannotTell, notEstimated, unknown
	case t.Effect.Detectable.Missing():
		return CannotTell, "the smallest change that could be seen was not computed: " + t.Effect.Reason, unknown
	}
	words := fmt.Sprintf("a change of %s or more of the places' figures would be seen in 80 of 100 cases", measured(float64(t.Effect.Detectable), float64(claimed)))
	switch {
	case claimed.Missing():
		return CannotTell, words + "; " + t.Claimed.Words, t.Effect.Detectable
	case claimed < t.Effect.Detectable:
		return Failed, fmt.Sprintf("%s; %s is claimed", words, claimedOf(claimed, float64(t.Effect.Detectable))), t.Effect.Detectable
	}
	return Passed, fmt.Sprintf("%s; %s is claimed", words, claimedOf(claimed, float64(t.Effect.Detectable))), t.Effect.Detectable
}

// lasting is for how many years a saving must be seen to be called sustained.
const lasting = 5

func (t checker) sustained() (Outcome, string, evidence.Number) {
	if t.Effect == nil {
		return CannotTell, notEstimated, unknown
	}
	years := float64(t.Design.After) / float64(t.data.Measure.Grain.PerYear())
	limit := float64(lasting)
	if years < 2 {
		limit = 1
	}
	words := fmt.Sprintf("the figures show %s years from the start on", numbered(years, limit))
	var untried *evidence.Variation // of the later half
	if t.Sensitivity != nil {
		for _, v := range t.Sensitivity.Windows {
			switch later := v.Kind == evidence.EffectFrom; {
			case later && v.Estimate.Missing():
				untried = &v
			case later && float64(v.Estimate)*float64(t.Model.Value) <= 0:
				return Failed, words + "; in the later half of them the change is gone", evidence.Number(years)
			}
		}
	}
	switch {
	case years < 1:
		return Failed, words + ", less than one", evidence.Number(years)
	case untried != nil:
		return CannotTell, words + "; the later half of them gave no estimate: " + untried.Reason, evidence.Number(years)
	case years < lasting:
		return CannotTell, fmt.Sprintf("%s, under %d: too few to say whether it lasts", words, lasting), evidence.Number(years)
	}
	return Passed, words, evidence.Number(years)
}

func (t checker) net() (Outcome, string, evidence.Number) {
	costs, claimed := t.claim.SchemeCosts(), t.claim.Pounds()
	if !costs.Valid {
		return CannotTell, "what the scheme cost is not stated", unknown
	}
	estimate, reason := t.worth()
	if reason.Code != "" {
		return CannotTell, fmt.Sprintf("£%s is claimed and £%s is what the scheme cost, but %s", thousands(claimed.Decimal), thousands(costs.Decimal), reason.Words), unknown
	}
	net := decimal.Min(estimate, claimed.Decimal).Sub(costs.Decimal)
	words := fmt.Sprintf("%s seen, and no more than claimed, less £%s that the scheme cost is %s", sterling(decimal.Min(estimate, claimed.Decimal)), thousands(costs.Decimal), sterling(net))
	if net.IsPositive() {
		return Passed, words, evidence.Number(net.InexactFloat64())
	}
	return Failed, words, evidence.Number(net.InexactFloat64())
}

// once looks for other claims of the register about the same measure at the same time in places that overlap.
func (t checker) once() (Outcome, string, evidence.Number) {
	var same, perhaps, own []string
	for _, c := range t.data.Register {
		shared := c.OfEngland() || t.claim.OfEngland() || slices.ContainsFunc(c.Places, func(p string) bool { return slices.Contains(t.claim.Places, p) })
		if c.ID == t.claim.ID || c.Measure != t.claim.Measure || !shared || !together(c, t.claim) {
			continue
		}
		marks := t.overlap(c)
		named := fmt.Sprintf("“%s”", c.Title)
		if len(marks) > 0 {
			named += " (" + strings.Join(marks, "; ") + ")"
		}
		switch {
		case c.Scheme == t.claim.Scheme && c.Towards == t.claim.Towards:
			own = append(own, named)
		case len(marks) == 0:
			same = append(same, named)
		default: // a plan, a claim for all of England or for a part, or of the other direction may or may not be about the same cases
			perhaps = append(perhaps, named)
		}
	}
	words := "no other scheme of the register claims a change of the same measure in these places at that time"
	outcome, n := Passed, 0
	var found []string
	if len(same) > 0 {
		outcome, n = Failed, len(same)
		found = append(found, "others claim the same change of the measure in the same places at the same time: "+strings.Join(same, "; "))
	}
	if len(perhaps) > 0 {
		if outcome == Passed {
			outcome, n = CannotTell, len(perhaps)
		}
		found = append(found, "other claims about the measure at that time overlap with this one: "+strings.Join(perhaps, "; "))
	}
	if len(found) > 0 {
		words = strings.Join(found, ". Also, ")
	}
	if len(own) > 0 {
		words += ". Of the same scheme, so not to be added up: " + strings.Join(own, "; ")
	}
	return outcome, words, evidence.Number(n)
}

// overlap says in what another claim about the same measure, places and time differs, so that it need not be about the same cases; empty
// where it claims the same.
func (t checker) overlap(c *catalog.Claim) (marks []string) {
	if c.Towards != t.claim.Towards {
		marks = append(marks, map[catalog.Towards]string{catalog.Increase: "the other direction: higher is claimed", catalog.Decrease: "the other direction: lower is claimed"}[c.Towards])
	}
	switch {
	case c.OfEngland() && !t.claim.OfEngland():
		marks = append(marks, "about all of England")
	case !c.OfEngland() && t.claim.OfEngland():
		marks = append(marks, "about places in England")
	}
	switch {
	case c.Covers != nil:
		marks = append(marks, "about a part of its places")
	case t.claim.Covers != nil && len(marks) == 0:
		marks = append(marks, "about the whole of its places")
	}
	if c.IsPlan() {
		marks = append(marks, "a plan")
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
func (t checker) stayed() (Outcome, string, evidence.Number) {
	if t.Model == nil {
		return CannotTell, "there is no comparison that could show it", unknown
	}
	var risen, unsure, found []string
	most := unknown
	for _, m := range t.moved {
		switch {
		case m.reason.Code != "":
			unsure = append(unsure, m.what+" ("+m.reason.Words+")")
			continue
		case m.p <= Significance && m.percent > 0:
			risen = append(risen, fmt.Sprintf("%s rose by %.1f%%, which is statistically significant", m.what, float64(m.percent)))
		case math.IsNaN(m.upper) && m.interval[1] > math.Abs(float64(t.Effect.Percent)), m.upper > math.Abs(float64(t.Effect.PerPeriod)):
			unsure = append(unsure, fmt.Sprintf("%s changed by %s (%s to %s), so a rise as large as the effect cannot be ruled out", m.what, signed(float64(m.percent)), signed(m.interval[0]), signed(m.interval[1])))
		default:
			found = append(found, fmt.Sprintf("%s changed by %s (%s to %s)", m.what, signed(float64(m.percent)), signed(m.interval[0]), signed(m.interval[1])))
		}
		if most.Missing() || m.percent > most {
			most = m.percent
		}
	}
	switch {
	case len(risen) > 0:
		return Failed, strings.Join(risen, "; "), most
	case len(unsure) > 0 || len(found) == 0:
		return CannotTell, strings.Join(unsure, "; "), most
	}
	return Passed, strings.Join(found, "; "), most
}
