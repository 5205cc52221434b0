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
	Evidenced       Verdict = "evidenced"
	PartlyEvidenced Verdict = "partly evidenced"
	NotEvidenced    Verdict = "not evidenced"
	Contradicted    Verdict = "contradicted"
	CannotBeTested  Verdict = "cannot be tested"
)

// Verdicts are all of them.
var Verdicts = []Verdict{Evidenced, PartlyEvidenced, NotEvidenced, Contradicted, CannotBeTested}

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
	RuleOtherWay         RuleCode = "other_way"        // beyond chance
	RuleWithinChance     RuleCode = "within_chance"    // or not in the direction claimed
	RuleOneChoice        RuleCode = "one_choice"       // carries it
	RuleAsClaimed        RuleCode = "as_claimed"       // by every check
	RuleNotAll           RuleCode = "not_all"          // that evidence asks for
)

// The rules of a plan.
const (
	RuleNoOutturn       RuleCode = "no_outturn"
	RuleNotDue          RuleCode = "not_due"
	RuleReached         RuleCode = "reached"
	RuleShort           RuleCode = "short"
	RulePlanOtherWay    RuleCode = "plan_other_way"
	RulePlanNotFollowed RuleCode = "not_in_direction"
)

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
	// planned and change are those of a plan and of its outturn, NaN where they are not known; before tells that the plan states an earlier
	// level, and due that the outturn is of the year that it was for.
	planned, change float64
	before, due     bool
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

// Rules are those of a claim about an effect, in order. A verdict is never firmer than its data: where the figures could not have shown
// what is claimed, that it was not seen counts neither for nor against it.
var Rules = []Rule{
	{RuleNothingEstimated, CannotBeTested, sourceMagenta,
		func(f findings) bool { return f.refused || math.IsNaN(f.p) || math.IsNaN(f.percent) }},
	{RuleNoFit, CannotBeTested, sourceAbadie,
		func(f findings) bool { return f.any(Failed, FitBefore, DataComplete) }},
	{RuleMoreThanAll, CannotBeTested, sourceMagenta,
		func(f findings) bool { return f.beyondAll }},
	{RulePartUnknown, CannotBeTested, sourceBloom,
		func(f findings) bool { return f.hidden }},
	{RuleTooSmall, CannotBeTested, sourceBloom,
		func(f findings) bool { return f.p <= Significance && f.claimed < f.detectable/2 }},
	{RuleTooSmallUnseen, CannotBeTested, sourceBloom,
		func(f findings) bool {
			return f.p > Significance && f.checks[LargeEnough] == Failed && !(f.claimed > f.high)
		}},
	{RuleOtherWay, Contradicted, sourceRatings,
		func(f findings) bool {
			return f.p <= Significance && f.percent < 0 && f.level >= 3 && f.checks[Robust] == Passed
		}},
	{RuleWithinChance, NotEvidenced, sourceRatings,
		func(f findings) bool { return f.checks[BeyondPlacebo] != Passed }},
	{RuleOneChoice, NotEvidenced, sourceAbadie5,
		func(f findings) bool { return f.checks[Robust] == Failed }},
	{RuleAsClaimed, Evidenced, sourceMaryland,
		func(f findings) bool {
			return f.level >= 3 && f.percent >= f.claimed && f.all(Passed, DataComplete, Baseline, PeriodsBefore, FitBefore, BeyondPlacebo, Robust, LargeEnough) &&
				!f.any(Failed, Sustained, NetOfCosts, NotCountedTwice, NotMoved) && (!f.pounds || f.worth && f.checks[NetOfCosts] == Passed)
		}},
	{RuleNotAll, PartlyEvidenced, sourceRatings,
		func(findings) bool { return true }},
}

// PlanRules are those of a plan, which is compared with the outturn: what was planned is no effect, and a plan that was reached need not have
// been reached because of the scheme.
var PlanRules = []Rule{
	{RuleNoOutturn, CannotBeTested, sourceMagenta,
		func(f findings) bool { return f.refused || math.IsNaN(f.change) || math.IsNaN(f.planned) }},
	{RuleNotDue, CannotBeTested, sourceMagenta,
		func(f findings) bool { return !f.due }},
	{RuleReached, PartlyEvidenced, sourceRatings,
		func(f findings) bool { return f.change*f.planned > 0 && math.Abs(f.change) >= math.Abs(f.planned) }},
	{RuleShort, NotEvidenced, sourceRatings,
		func(f findings) bool { return f.change*f.planned > 0 }},
	{RulePlanOtherWay, Contradicted, sourceRatings,
		func(f findings) bool { return f.before && f.change*f.planned < 0 }},
	{RulePlanNotFollowed, NotEvidenced, sourceNAO,
		func(findings) bool { return true }},
}

// judge draws the verdict of a test.
type judge struct{ *test }

// find gathers what the rules look at.
func (t judge) find(refused error) findings {
	f := findings{refused: refused != nil || t.Effect == nil && t.Outturn == nil, checks: map[CheckID]Outcome{}, level: t.Design.Level,
		percent: math.NaN(), high: math.NaN(), p: math.NaN(), claimed: float64(t.Claimed.Percent), detectable: math.NaN(), planned: math.NaN(), change: math.NaN(), pounds: t.claim.Pounds().Valid,
		hidden: t.Claimed.Part.Missing() && t.Claimed.Percent.Missing()}
	f.beyondAll = t.claim.Towards == catalog.Decrease && f.claimed > 100
	for _, c := range t.Checks {
		f.checks[c.ID] = c.Outcome
	}
	if estimate, reason := t.worth(); reason.Code == "" {
		f.worth = !estimate.LessThan(t.claim.Pounds().Decimal)
	}
	if o := t.Outturn; o != nil {
		f.planned, f.change, f.before, f.due = float64(o.Planned), float64(o.Change), t.claim.Against.Kind == catalog.ComparedBefore, o.Due
	}
	if e := t.Effect; e != nil {
		sign := 1.0
		if t.claim.Towards == catalog.Decrease {
			sign = -1
		}
		f.percent, f.p, f.detectable = sign*float64(e.Percent), float64(e.P), float64(e.Detectable)
		if e.PercentInterval != nil {
			f.high = max(sign*e.PercentInterval[0], sign*e.PercentInterval[1])
		}
	}
	return f
}

// decide finds the first rule that holds and says why it does.
func (t judge) decide(refused error) {
	rules := Rules
	if t.claim.IsPlan() {
		rules = PlanRules
	}
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
	if t.Effect == nil {
		return
	}
	for _, c := range t.Checks {
		if c.Outcome != Passed && c.Outcome != DoesNotApply && t.weighs(c, f) {
			t.weigh(because(CheckDecided, Facts{Check: c.ID}))
		}
	}
	if t.Verdict == PartlyEvidenced && f.percent < f.claimed {
		t.weigh(because(LessSeen, Facts{Value: exactly(evidence.Number(f.percent)), Than: exactly(evidence.Number(f.claimed))}))
	}
	if t.Verdict == PartlyEvidenced && f.pounds && !f.worth {
		t.weigh(because(PoundsUnevidenced, Facts{}))
	}
	if t.Verdict == PartlyEvidenced && f.level < 3 {
		t.weigh(because(NoGroup, Facts{}))
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
