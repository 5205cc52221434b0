package claim

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

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
	Verdict Verdict `json:"verdict"`
	When    string  `json:"when"`
	Source  string  `json:"source"`

	holds func(f findings) bool
}

// findings are what the rules look at.
type findings struct {
	refused bool // nothing could be estimated
	checks  map[CheckID]Outcome
	level   int // of the design, on the Maryland scale
	// percent and the higher end of its interval are of the effect in the direction claimed: above zero is as claimed.
	percent, high, p float64
	claimed          float64 // NaN where it cannot be told
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
	{CannotBeTested, "nothing could be estimated: no figures, no start, nothing before it, gaps, or too little to compare with", sourceMagenta,
		func(f findings) bool { return f.refused || math.IsNaN(f.p) || math.IsNaN(f.percent) }},
	{CannotBeTested, "the comparison does not fit before the start, or what is counted changed, so that it shows nothing after it", sourceAbadie,
		func(f findings) bool { return f.any(Failed, FitBefore, DataComplete) }},
	{CannotBeTested, "more is claimed than the measure counts in all, so the claim is about more than these figures", sourceMagenta,
		func(f findings) bool { return f.beyondAll }},
	{CannotBeTested, "the scheme reached a part of the places whose size is not stated, so the places' figures cannot be set against the claim", sourceBloom,
		func(f findings) bool { return f.hidden }},
	{CannotBeTested, "a change as small as claimed could not have been seen in the figures of the places: whatever they show came of something else", sourceBloom,
		func(f findings) bool { return f.p <= Significance && f.claimed < f.detectable/2 }},
	{CannotBeTested, "a change as small as claimed could not have been seen in the figures of the places, and they do not rule it out", sourceBloom,
		func(f findings) bool {
			return f.p > Significance && f.checks[LargeEnough] == Failed && !(f.claimed > f.high)
		}},
	{Contradicted, "the figures moved beyond chance against the direction claimed, whichever choice is made", sourceRatings,
		func(f findings) bool {
			return f.p <= Significance && f.percent < 0 && f.level >= 3 && f.checks[Robust] == Passed
		}},
	{NotEvidenced, "no change beyond chance in the direction claimed was seen", sourceRatings,
		func(f findings) bool { return f.checks[BeyondPlacebo] != Passed }},
	{NotEvidenced, "a change is found as well where nothing began, or is lost when one choice is made differently", sourceAbadie5,
		func(f findings) bool { return f.checks[Robust] == Failed }},
	{Evidenced, "a change at least as large as claimed was seen beyond chance, by a design with a comparison group; every check of the estimate passed, and " +
		"none of the others failed; where pounds are claimed, as many were seen, and the costs of the scheme are stated and smaller", sourceMaryland,
		func(f findings) bool {
			return f.level >= 3 && f.percent >= f.claimed && f.all(Passed, DataComplete, Baseline, PeriodsBefore, FitBefore, BeyondPlacebo, Robust, LargeEnough) &&
				!f.any(Failed, Sustained, NetOfCosts, NotCountedTwice, NotMoved) && (!f.pounds || f.worth && f.checks[NetOfCosts] == Passed)
		}},
	{PartlyEvidenced, "a change beyond chance in the direction claimed was seen, but not all that evidence asks for", sourceRatings,
		func(findings) bool { return true }},
}

// PlanRules are those of a plan, which is compared with the outturn: what was planned is no effect, and a plan that was reached need not have
// been reached because of the scheme.
var PlanRules = []Rule{
	{CannotBeTested, "no outturn is known that can be compared with the plan", sourceMagenta,
		func(f findings) bool { return f.refused || math.IsNaN(f.change) || math.IsNaN(f.planned) }},
	{CannotBeTested, "the year that the plan was for cannot be compared: it is not stated, its figures are not loaded or have gaps, or a known event bent them", sourceMagenta,
		func(f findings) bool { return !f.due }},
	{PartlyEvidenced, "the outturn reached what was planned; whether the scheme brought it about is not tested", sourceRatings,
		func(f findings) bool { return f.change*f.planned > 0 && math.Abs(f.change) >= math.Abs(f.planned) }},
	{NotEvidenced, "the outturn moved in the direction planned, but less far", sourceRatings,
		func(f findings) bool { return f.change*f.planned > 0 }},
	{Contradicted, "the outturn moved the other way from the earlier level that the plan stated", sourceRatings,
		func(f findings) bool { return f.before && f.change*f.planned < 0 }},
	{NotEvidenced, "the outturn did not move in the direction planned; the plan was set against a projection, or it is not stated against what", sourceNAO,
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
		t.weigh("", reason.Words)
	case t.Outturn != nil && !t.Outturn.Due:
		t.weigh("", t.Outturn.undue())
	default:
		t.weigh("", rule.When)
	}
	if t.Effect == nil {
		return
	}
	for _, c := range t.Checks {
		if c.Outcome != Passed && c.Outcome != DoesNotApply && t.weighs(c, f) {
			t.weigh(c.ID, Sentence(c.Found())+" "+Sentence(c.Finding))
		}
	}
	if t.Verdict == PartlyEvidenced && f.percent < f.claimed {
		t.weigh("", fmt.Sprintf("%s was seen, %s is claimed", measured(f.percent, f.claimed), claimedOf(evidence.Number(f.claimed), f.percent)))
	}
	if t.Verdict == PartlyEvidenced && f.pounds && !f.worth {
		t.weigh("", "the pounds that were claimed are more than the figures evidence, or the figures do not show them")
	}
	if t.Verdict == PartlyEvidenced && f.level < 3 {
		t.weigh("", "there is no comparison group: anything else that happened at that time counts as the effect")
	}
}

// weigh adds a reason for the verdict, and the check that it rests on.
func (t judge) weigh(check CheckID, words string) {
	t.Reasons, t.ReasonChecks = append(t.Reasons, words), append(t.ReasonChecks, check)
}

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

// summarise writes the summary: what the figures support, and what they cannot show.
func (t judge) summarise() {
	var words []string
	if e := t.Effect; e != nil && !e.Percent.Missing() {
		s := fmt.Sprintf("From %s until %s the figures of %s were %s what would have been expected", catalog.PeriodWords(t.Design.Start), catalog.PeriodWords(t.Design.Last), t.names(), apart(float64(e.Percent)))
		if i := e.PercentInterval; i != nil {
			s += fmt.Sprintf(" (95%% interval %s to %s, p %s)", signed(i[0]), signed(i[1]), Chance(e.P))
		}
		words = append(words, s+".")
	}
	if o := t.Outturn; o != nil && o.Words != "" {
		words = append(words, o.Words)
	}
	words = append(words, map[Verdict]string{
		Evidenced:       "The figures support the claim.",
		PartlyEvidenced: "The figures support a part of the claim.",
		NotEvidenced:    "The figures do not support the claim; that is no proof that nothing changed.",
		Contradicted:    "The figures speak against the claim.",
		CannotBeTested:  "These figures can say nothing for or against the claim.",
	}[t.Verdict])
	if t.Outturn != nil && t.Outturn.PublishedBy != "" {
		words[len(words)-1] = fmt.Sprintf("The verdict rests on the outturn that was published (%s), not on the figures loaded here: %s.", t.Outturn.PublishedBy, t.Outturn.WhyPublished)
	}
	if len(t.Reasons) > 0 {
		words = append(words, Sentence(t.Reasons[0]))
	}
	if t.Design.Method == SyntheticDiD && t.Effect.P <= Significance {
		words = append(words, "They cannot show which of several things that began at the same time made the change.")
	}
	t.Summary = strings.Join(words, " ")
}

func signed(percent float64) string {
	return cmp.Or(Signed(evidence.Number(percent)), evidence.NotKnown)
}

// Signed is a change in per cent with its sign, to a tenth; empty where there is none. It is rounded from the exact figure, here alone.
func Signed(percent evidence.Number) string {
	if percent.Missing() {
		return ""
	}
	return map[int]string{-1: "−", 1: "+"}[tenths(percent).Sign()] + unsigned(percent)
}

// unsigned is a change in per cent without its sign, to a tenth; empty where there is none.
func unsigned(percent evidence.Number) string {
	if percent.Missing() {
		return ""
	}
	return tenths(percent).Abs().StringFixed(1) + "%"
}

func tenths(percent evidence.Number) decimal.Decimal {
	return decimal.NewFromFloat(float64(percent)).Round(1)
}

// decimals are the decimal places, from some on, with which two numbers that are not the same do not read as the same, nor the wrong way round: 5.03
// and 5 where the limit of 5 is passed by so little.
func decimals(a, b float64, places int32) int32 {
	if math.IsNaN(a) || math.IsInf(a, 0) || math.IsNaN(b) || math.IsInf(b, 0) {
		return places
	}
	x, y := decimal.NewFromFloat(a), decimal.NewFromFloat(b)
	for most := places + 12; places < most && x.Round(places).Cmp(y.Round(places)) != x.Cmp(y); {
		places++
	}
	return places
}

// measured writes a number over zero in per cent, with at least one decimal place and as many as tell it from another.
func measured(percent, from float64) string {
	if math.IsNaN(percent) || math.IsInf(percent, 0) {
		return PercentOf(evidence.Number(percent))
	}
	return numbered(percent, from) + "%"
}

// numbered writes a number with at least one decimal place and as many as tell it from another.
func numbered(n, from float64) string {
	if evidence.Number(n).Missing() {
		return evidence.NotKnown
	}
	return decimal.NewFromFloat(n).StringFixed(decimals(n, from, 1))
}

// claimedOf writes a size claimed beside a figure that it is compared with, with as many decimal places as tell them apart.
func claimedOf(percent evidence.Number, from float64) string {
	if places := decimals(float64(percent), from, 1); places > 1 && percent <= 100 {
		return decimal.NewFromFloat(float64(percent)).StringFixed(places) + "%"
	}
	return PercentOf(percent)
}

// PercentOf writes a share of a whole, which may be far below one per cent or above all of it.
func PercentOf(percent evidence.Number) string {
	if percent.Missing() {
		return "a size that is " + evidence.NotKnown
	}
	p := decimal.NewFromFloat(float64(percent))
	switch {
	case p.GreaterThan(decimal.NewFromInt(100)):
		return "more than all that is counted"
	case p.LessThan(decimal.New(1, -2)):
		return "less than 0.01%"
	case p.LessThan(decimal.NewFromInt(1)):
		return p.Round(2).String() + "%"
	}
	return p.Round(1).String() + "%"
}

// are counts things in a sentence: "is 1 period", "are 6 periods".
func are(n int, thing string) string {
	if n == 1 {
		return "is 1 " + thing
	}
	return fmt.Sprintf("are %d %ss", n, thing)
}

// Chance is a p-value without more places than it bears.
func Chance(p evidence.Number) string {
	if p < 0.001 {
		return "under 0.001"
	}
	text := fmt.Sprintf("%.2g", p)
	if d := float64(p); d > Significance && text == fmt.Sprint(Significance) {
		return decimal.NewFromFloat(d).StringFixed(decimals(d, Significance, 3)) // 0.0504 does not read as the 0.05 that it is over
	}
	return text
}

func apart(percent float64) string {
	size := cmp.Or(unsigned(evidence.Number(percent)), evidence.NotKnown)
	if percent < 0 {
		return size + " below"
	}
	return size + " above"
}

// Sentence makes a clause a sentence, with a capital and a full stop.
func Sentence(clause string) string {
	if clause == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(clause)
	return string(unicode.ToUpper(first)) + clause[size:] + "."
}
