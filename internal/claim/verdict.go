package claim

import (
	"math"
	"slices"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
)

// Verdict is what the figures say of a claim.
type Verdict string

// The verdicts, from the firmest.
const (
	Evidenced          Verdict = "evidenced"            // the interval leaves out zero, holds the claim, and its near end is half of it or more
	PartlyEvidenced    Verdict = "partly evidenced"     // it leaves out zero, and not all of that
	SmallerThanClaimed Verdict = "smaller than claimed" // it holds zero and ends short of the claim
	Inconclusive       Verdict = "inconclusive"         // it holds zero and the claim, or what is claimed is too small or of too unknown a part to be set against it
	Contradicted       Verdict = "contradicted"         // it leaves out zero on the wrong side
	CannotBeTested     Verdict = "cannot be tested"
)

// The verdicts of plans.
const (
	Met           Verdict = "met"
	Missed        Verdict = "missed"
	MovedOtherWay Verdict = "moved the other way"
	NotDueYet     Verdict = "not due" // see [Outturn.Interim]
)

// The verdicts of claims about the own change of a place, beside inconclusive and cannot be tested.
const (
	AgreesWithFigures  Verdict = "agrees with the figures"
	DiffersFromFigures Verdict = "differs from the figures"
)

// NotEvidenced was the verdict of claims, and of plans that were missed, until those that say which of several things it is came in its place. It is
// among the verdicts that were kept.
const NotEvidenced Verdict = "not evidenced"

// EffectVerdicts are those on claims about an effect, and Verdicts all that a test can give, those of plans and of own changes after them.
var (
	EffectVerdicts = []Verdict{Evidenced, PartlyEvidenced, SmallerThanClaimed, Inconclusive, Contradicted, CannotBeTested}
	Verdicts       = append(slices.Clone(EffectVerdicts), Met, Missed, MovedOtherWay, NotDueYet, AgreesWithFigures, DiffersFromFigures)
)

// Interim is how a plan that is not due stands.
type Interim string

// How plans stand that are not due.
const (
	OnCourse Interim = "on course" // at least as far as the time that has gone would bring it
	Behind   Interim = "behind"
)

// ID names a verdict in an address: "partly_evidenced".
func (v Verdict) ID() string { return strings.ReplaceAll(string(v), " ", "_") }

// ParseVerdict reads a verdict by its name or its id.
func ParseVerdict(text string) (Verdict, bool) {
	i := slices.IndexFunc(Verdicts, func(v Verdict) bool { return text == string(v) || text == v.ID() })
	if i < 0 {
		return "", false
	}
	return Verdicts[i], true
}

// Rule is one rule of the verdict: the first that holds decides.
type Rule struct {
	Code    RuleCode
	Verdict Verdict
	Source  string

	holds func(f findings) bool
}

// RuleCode names a rule.
type RuleCode string

// The rules of a claim about an effect.
const (
	RuleNothingEstimated RuleCode = "nothing_estimated"
	RuleNoFit            RuleCode = "no_fit"           // before the start, or another count
	RuleMoreThanAll      RuleCode = "more_than_all"    // that is counted is claimed
	RulePartUnknown      RuleCode = "part_unknown"     // that the scheme reached
	RuleTooSmall         RuleCode = "too_small"        // is what is claimed for what was seen to come of it
	RuleTooSmallUnseen   RuleCode = "too_small_unseen" // and not ruled out
	RuleOtherWay         RuleCode = "other_way"        // significantly
	RuleOtherWayOpen     RuleCode = "other_way_open"   // the same, which another check does not bear out
	RuleEndsShort        RuleCode = "ends_short"       // of the claim does the interval, which holds zero
	RuleWithinChance     RuleCode = "within_chance"    // are both zero and the claim
	RuleEarlierEffect    RuleCode = "earlier_effect"   // is found where nothing began
	RuleOneChoice        RuleCode = "one_choice"       // carries it
	RuleAsClaimed        RuleCode = "as_claimed"       // by every check
	RuleNotAll           RuleCode = "not_all"          // that evidence asks for
)

// The rules of a plan.
const (
	RuleNoOutturn       RuleCode = "no_outturn"
	RuleNotDue          RuleCode = "not_due"
	RuleReached         RuleCode = "reached"
	RuleNoEnd           RuleCode = "no_end" // is stated, or the year is one that cannot be judged
	RuleShort           RuleCode = "short"
	RulePlanOtherWay    RuleCode = "plan_other_way"
	RulePlanNotFollowed RuleCode = "not_in_direction"
)

// The rules of an own change.
const (
	RuleOwnUnknown RuleCode = "own_change_unknown" // is the change of the figures, or it is not of what is claimed
	RuleOwnAgrees  RuleCode = "own_change_agrees"  // with the one claimed
	RuleOwnDiffers RuleCode = "own_change_differs"
	RuleOwnBetween RuleCode = "own_change_between" // the two
)

// MaxFalse is the share of false claims that may be called evidenced, with its bound: in a domain where it may be more no claim is.
const MaxFalse = 0.05

// findings are what the rules look at.
type findings struct {
	refused bool // nothing could be estimated
	checks  map[CheckID]Outcome
	level   int // of the design, on the Maryland scale
	// percent and the higher end of its interval are of the effect in the direction claimed: above zero is as claimed.
	percent, high, p float64
	claimed          float64 // NaN where it is not known
	detectable       float64
	worth            bool // the pounds estimated are at least those claimed
	hidden           bool // the part of the places that the scheme reached is not stated, and no count is
	pounds           bool // claimed
	beyondAll        bool // a fall is claimed of more than there is
	// low is the other end of the interval. Capped tells that something speaks against giving the scheme all of an effect, backdated that one is found
	// where nothing began, and open that over all of the claim's time the figures do not bear out a finding against it.
	low                     float64
	capped, backdated, open bool
	// planned and change are those of a plan and of its outturn, NaN where they are not known; before tells that the plan states an earlier
	// level, and due that the outturn is of the year that it was for.
	planned, change float64
	before, due     bool
	coming          bool // the figures do not reach the year that the plan is for
	// own is the change of the place's own figures and ownClaimed the one claimed, both in the direction claimed; ownClaimed is NaN without a size.
	own, ownClaimed float64
}

func (f findings) all(outcome Outcome, checks ...CheckID) bool {
	for _, c := range checks {
		if f.checks[c] != outcome {
			return false
		}
	}
	return true
}

func (f findings) any(outcome Outcome, checks ...CheckID) bool {
	for _, c := range checks {
		if f.checks[c] == outcome {
			return true
		}
	}
	return false
}

// Who the rules follow.
const (
	sourceRatings  = "National Audit Office, ratings of reported savings: fairly represents, some uncertainty, does not represent"
	sourceMaryland = "What Works Centre for Local Economic Growth, Guide to scoring evidence using the Maryland Scientific Methods Scale (2016): level 3 is the least that evidence of an effect must reach"
)

// Rules are those of a claim about an effect, in order. They judge by the interval and never by whether the estimate reaches the claim, as half of all
// exact claims would fail that. A verdict is never firmer than its data: where the figures could not have shown what is claimed, that it was not seen
// counts neither for nor against it.
var Rules = []Rule{
	{
		RuleNothingEstimated, CannotBeTested, sourceMagenta,
		func(f findings) bool { return f.refused || math.IsNaN(f.p) || math.IsNaN(f.percent) },
	},
	{
		RuleNoFit, CannotBeTested, sourceAbadie,
		func(f findings) bool { return f.any(Failed, FitBefore, DataComplete) },
	},
	{
		RuleMoreThanAll, CannotBeTested, sourceMagenta,
		func(f findings) bool { return f.beyondAll },
	},
	{
		RulePartUnknown, Inconclusive, sourceBloom,
		func(f findings) bool { return f.hidden },
	},
	{
		RuleTooSmall, Inconclusive, sourceBloom,
		func(f findings) bool { return f.p <= Significance && f.claimed < f.detectable/2 },
	},
	{
		RuleTooSmallUnseen, Inconclusive, sourceBloom,
		func(f findings) bool { return f.p > Significance && f.claimed < f.detectable/2 },
	},
	{
		RuleOtherWay, Contradicted, sourceRatings,
		func(f findings) bool {
			return f.p <= Significance && f.percent < 0 && f.level >= 3 && f.checks[Robust] == Passed && !f.backdated && !f.open && !f.capped
		},
	},
	{
		RuleOtherWayOpen, Inconclusive, sourceAbadie5,
		func(f findings) bool { return f.p <= Significance && f.percent < 0 },
	},
	{
		RuleEndsShort, SmallerThanClaimed, sourceRatings,
		func(f findings) bool {
			return f.p > Significance && f.claimed > f.high && f.level >= 3 && !f.open && !f.backdated
		},
	},
	{
		RuleWithinChance, Inconclusive, sourceRatings,
		func(f findings) bool { return f.checks[BeyondPlacebo] != Passed },
	},
	{
		RuleEarlierEffect, Inconclusive, sourceAbadie5,
		func(f findings) bool { return f.backdated },
	},
	{
		RuleOneChoice, Inconclusive, sourceAbadie5,
		func(f findings) bool { return f.checks[Robust] == Failed },
	},
	{
		RuleAsClaimed, Evidenced, sourceMaryland,
		func(f findings) bool {
			return f.level >= 3 && f.high >= f.claimed && f.low >= f.claimed/2 && f.low <= f.claimed && !f.capped &&
				f.all(Passed, DataComplete, Baseline, PeriodsBefore, FitBefore, BeyondPlacebo, Robust, LargeEnough) &&
				!f.any(Failed, Sustained, NetOfCosts, NotCountedTwice, NotMoved) && (!f.pounds || f.worth && f.checks[NetOfCosts] == Passed)
		},
	},
	{
		RuleNotAll, PartlyEvidenced, sourceRatings,
		func(findings) bool { return true },
	},
}

// PlanRules are those of a plan, which is compared with the outturn: what was planned is no effect, and a plan that was met need not have been met
// because of the scheme.
var PlanRules = []Rule{
	{
		RuleNotDue, NotDueYet, sourceMagenta,
		func(f findings) bool { return !math.IsNaN(f.planned) && f.coming },
	},
	{
		RuleNoOutturn, CannotBeTested, sourceMagenta,
		func(f findings) bool { return f.refused || math.IsNaN(f.change) || math.IsNaN(f.planned) },
	},
	{
		RuleNoEnd, CannotBeTested, sourceMagenta,
		func(f findings) bool { return !f.due },
	},
	{
		RuleReached, Met, sourceRatings,
		func(f findings) bool { return f.change*f.planned > 0 && math.Abs(f.change) >= math.Abs(f.planned) },
	},
	{RulePlanNotFollowed, CannotBeTested, sourceNAO, // what it was to be less than is not known
		func(f findings) bool { return !f.before }},
	{
		RuleShort, Missed, sourceRatings,
		func(f findings) bool { return f.change*f.planned >= 0 },
	},
	{
		RulePlanOtherWay, MovedOtherWay, sourceRatings,
		func(findings) bool { return true },
	},
}

// OwnRules are those of a claim about how the figures of a place moved. Nothing about an effect is in them. By how much two publications of the same
// differ bounds what can be said: see [OwnAgrees].
var OwnRules = []Rule{
	{
		RuleOwnUnknown, CannotBeTested, sourceMagenta,
		func(f findings) bool { return f.refused || math.IsNaN(f.own) },
	},
	{
		RuleOwnAgrees, AgreesWithFigures, sourceRatings,
		func(f findings) bool {
			if math.IsNaN(f.ownClaimed) {
				return f.own > OwnAgrees
			}
			return f.own > 0 && math.Abs(f.own-f.ownClaimed) <= OwnAgrees && f.ownClaimed > OwnAgrees
		},
	},
	{
		RuleOwnDiffers, DiffersFromFigures, sourceRatings,
		func(f findings) bool {
			if math.IsNaN(f.ownClaimed) {
				return f.own < -OwnAgrees
			}
			return math.Abs(f.own-f.ownClaimed) > OwnDiffers
		},
	},
	{
		RuleOwnBetween, Inconclusive, sourceRatings,
		func(findings) bool { return true },
	},
}

// RulesOf are the rules that a claim is judged by, in order.
func RulesOf(c *catalog.Claim) []Rule {
	switch {
	case c.IsPlan():
		return PlanRules
	case c.OfOwnChange():
		return OwnRules
	}
	return Rules
}

// judge draws the verdict of a test.
type judge struct{ *test }

// find gathers what the rules look at.
func (t judge) find(refused error) findings {
	f := findings{
		refused:    refused != nil || t.Effect == nil && t.Outturn == nil,
		checks:     map[CheckID]Outcome{},
		level:      t.Design.Level,
		percent:    math.NaN(),
		high:       math.NaN(),
		low:        math.NaN(),
		p:          math.NaN(),
		claimed:    float64(t.Claimed.Percent),
		detectable: math.NaN(),
		planned:    math.NaN(),
		change:     math.NaN(),
		own:        math.NaN(),
		ownClaimed: math.NaN(),
		pounds:     t.claim.Pounds().Valid,
		hidden:     t.Claimed.Part.Missing() && t.Claimed.Percent.Missing(),
	}
	f.beyondAll = t.claim.Towards == catalog.Decrease && f.claimed > 100
	for _, c := range t.Checks {
		f.checks[c.ID] = c.Outcome
	}
	if estimate, reason := t.worth(); reason.Code == "" {
		f.worth = !estimate.LessThan(t.claim.Pounds().Decimal)
	}
	if t.claim.OfOwnChange() {
		f.refused = refused != nil
		if t.Own.judgeable() {
			sign := float64(map[bool]int{true: -1, false: 1}[t.claim.Towards == catalog.Decrease])
			f.own, f.ownClaimed = sign*float64(t.Own.Percent), sign*float64(t.Own.Claimed)
		}
		return f
	}
	if o := t.Outturn; o != nil {
		f.planned, f.change, f.before, f.due = float64(o.Planned), float64(o.Change), t.claim.Against.Kind == catalog.ComparedBefore, o.Due
		f.coming = !o.Due && o.Own != nil && !o.Own.Loaded
	}
	if e := t.Effect; e != nil {
		sign := 1.0
		if t.claim.Towards == catalog.Decrease {
			sign = -1
		}
		f.percent, f.p, f.detectable = sign*float64(e.Percent), float64(e.P), float64(e.Detectable)
		if e.PercentInterval != nil {
			f.high = max(sign*e.PercentInterval[0], sign*e.PercentInterval[1])
			f.low = min(sign*e.PercentInterval[0], sign*e.PercentInterval[1])
		}
		if u := t.Unit; u != nil {
			if f.hidden = f.hidden && t.claim.Amount().Valid; t.Claimed.Part.Missing() {
				f.capped = true // what the rest of the places did is in it
			}
			f.capped = f.capped || u.Group != nil && !(u.Group.FalseUpTo <= MaxFalse)
			f.capped = f.capped || len(u.AtStart) > 0 || len(u.Overlaps) > 0 || slices.ContainsFunc(u.Places, func(p TestedPlace) bool {
				return p.Certainty == catalog.CertaintyGeneral || p.LeftOut != nil
			})
			f.backdated = u.Baseline != nil && u.Baseline.P <= Significance
			f.open = u.leavesOpen(sign, f.claimed)
			if u.Adjusted > evidence.Number(f.p) {
				f.p = float64(u.Adjusted)
			}
		}
	}
	return f
}

// leavesOpen tells that all of the claim's time, where it is longer than what was judged, does not bear out a finding against the claim: that the
// claim is more than the figures allow, or that they went the other way.
func (u *UnitTest) leavesOpen(sign, claimed float64) bool {
	if u.Starts != nil && u.Starts.Tried > 1 {
		high := max(sign*float64(u.Starts.Low), sign*float64(u.Starts.High))
		return !(claimed > high)
	}
	l := u.Later
	if l == nil {
		return false
	}
	if l.Interval == nil {
		return true
	}
	high := max(sign*l.Interval[0], sign*l.Interval[1])
	return high > 0 && !(claimed > high)
}

// decide finds the first rule that holds and says why it does.
func (t judge) decide(refused error) {
	rules := RulesOf(t.claim)
	f := t.find(refused)
	t.Rule = firstOf(rules, f)
	rule := rules[t.Rule-1]
	t.Verdict = rule.Verdict
	switch {
	case refused != nil:
		reason := reasonOf(refused)
		t.Refused = &reason
		t.weigh(reason)
	case t.Outturn != nil && !t.Outturn.Due:
		t.weigh(t.Outturn.undue())
	default:
		t.weigh(because(RuleDecided, Facts{Rule: rule.Code}))
	}
	if t.Effect == nil || t.claim.OfOwnChange() {
		return
	}
	for _, c := range t.Checks {
		if c.Outcome != Passed && c.Outcome != DoesNotApply && t.weighs(c, f) {
			t.weigh(because(CheckDecided, Facts{Check: c.ID}))
		}
	}
	t.weighUnit(f)
	if t.Verdict == PartlyEvidenced && f.high < f.claimed {
		t.weigh(because(LessSeen, Facts{Value: exactly(evidence.Number(f.high)), Than: exactly(evidence.Number(f.claimed))}))
	}
	if t.Verdict == PartlyEvidenced && f.pounds && !f.worth {
		t.weigh(because(PoundsUnevidenced, Facts{}))
	}
	if t.Verdict == PartlyEvidenced && f.level < 3 {
		t.weigh(because(NoGroup, Facts{}))
	}
}

// weighUnit adds what speaks against giving the scheme all of an effect in small places, or for leaving a finding against it open.
func (t judge) weighUnit(f findings) {
	u := t.Unit
	if u == nil {
		return
	}
	seen := f.p <= Significance
	if f.backdated && seen {
		t.weigh(because(EarlierEffect, Facts{Value: &u.Baseline.Percent, Period: u.Baseline.From}))
	}
	for _, s := range u.AtStart {
		t.weigh(because(LooksLikeCounting, Facts{Organisation: s.Place, Period: s.Period, Value: &s.Size}))
	}
	if len(u.Overlaps) > 0 {
		var schemes []string
		for _, o := range u.Overlaps {
			if !slices.Contains(schemes, o.Scheme) {
				schemes = append(schemes, o.Scheme)
			}
		}
		t.weigh(because(SchemesOverlap, Facts{Schemes: schemes}))
	}
	for _, p := range u.Places {
		if p.Certainty == catalog.CertaintyGeneral {
			t.weigh(because(PlaceNotPublished, Facts{Organisation: p.Name}))
		}
		if p.LeftOut != nil {
			t.weigh(because(PlaceLeftOut, Facts{Organisation: p.Name, Because: p.LeftOut}))
		}
	}
	if l := u.Later; f.open && l != nil && (seen && f.percent < 0 || !seen && f.claimed > f.high) {
		t.weigh(because(WholeTimeOpen, Facts{Period: l.Until, Because: l.Because}))
	}
}

// weigh adds a reason for the verdict.
func (t judge) weigh(r Reason) { t.Reasons = append(t.Reasons, r) }

// weighs tells that a check that did not pass has to do with the verdict.
func (t judge) weighs(c Check, f findings) bool {
	switch {
	case t.Verdict == PartlyEvidenced:
		return c.Outcome == Failed || c.ID != NetOfCosts && c.ID != Sustained || f.pounds
	case c.ID == Robust:
		return c.Outcome == Failed && f.checks[BeyondPlacebo] == Passed
	}
	return c.Outcome == Failed && slices.Contains([]CheckID{DataComplete, FitBefore, BeyondPlacebo, LargeEnough}, c.ID)
}

// firstOf finds the first rule that holds, counted from 1.
func firstOf(rules []Rule, f findings) int {
	for i, r := range rules {
		if r.holds(f) {
			return i + 1
		}
	}
	panic("the last rule always holds")
}
