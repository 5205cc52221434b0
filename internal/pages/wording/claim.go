package wording

import (
	"fmt"
	"math"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/register"
)

// RetestCauses are what changed between two verdicts.
func RetestCauses(causes []string) string {
	words := map[string]string{
		register.FirstTest:      "First test",
		register.NewFigures:     "Figures",
		register.NewDefinition:  "Definitions",
		register.NewCodeVersion: "Version of the program",
	}
	var why []string
	for _, cause := range causes {
		why = append(why, words[cause])
	}
	return strings.Join(why, ", ")
}

// Number is a figure of the mathematics as a decimal; null where there is none.
func Number(n evidence.Number) decimal.NullDecimal {
	if f := float64(n); !math.IsNaN(f) && !math.IsInf(f, 0) {
		return decimal.NewNullDecimal(decimal.NewFromFloat(f))
	}
	return decimal.NullDecimal{}
}

// PlusOrMinus writes the size of a number with its sign.
func PlusOrMinus(d decimal.Decimal, size string) string {
	switch d.Round(1).Sign() {
	case 1:
		return "+" + size
	case -1:
		return "−" + size
	}
	return size
}

// Interval writes an interval.
func Interval(i *[2]float64, write func(evidence.Number) string) string {
	if i == nil {
		return ""
	}
	return write(evidence.Number(i[0])) + " to " + write(evidence.Number(i[1]))
}

// SeenEffect is the effect with its interval; empty where nothing was estimated.
func SeenEffect(r *claim.Result, m *catalog.Measure) string {
	if o := r.Outturn; o != nil && !o.Variance.Missing() {
		return Moved(o.Change, o.Unit, m)
	}
	if r.Effect == nil || r.Effect.Percent.Missing() {
		return ""
	}
	text := SignedPercent(r.Effect.Percent)
	if i := r.Effect.PercentInterval; i != nil {
		text += " (" + Interval(i, SignedPercent) + ")"
	}
	return text
}

// Moved is a change in per cent, or in what the measure counts; empty where there is none.
func Moved(change evidence.Number, unit catalog.SizeUnit, m *catalog.Measure) string {
	d := Number(change)
	switch {
	case !d.Valid:
		return ""
	case unit == catalog.Percent:
		return SignedPercent(change)
	}
	return PlusOrMinus(d.Decimal, Size(d.Decimal, unit, m))
}

// Size is a change without its sign.
func Size(change decimal.Decimal, unit catalog.SizeUnit, m *catalog.Measure) string {
	switch {
	case unit == catalog.Percent:
		return Grouped(change.Abs(), 1) + "%"
	case m.Unit == catalog.GBP:
		return Pounds(change.Abs().Round(0))
	}
	return Grouped(change.Abs(), 0)
}

// ClaimedSize is what is claimed of the measure: "14% lower", "7,500 fewer", the words of the publication, or that no size is stated.
func ClaimedSize(c *catalog.Claim, m *catalog.Measure) string {
	lower := c.Towards == catalog.Decrease
	size := c.Amount()
	switch {
	case c.Stated != "":
		return c.Stated
	case !size.Valid && c.Pounds().Valid:
		return Pounds(c.Pounds().Decimal) + map[bool]string{true: " saved", false: " more"}[lower]
	case !size.Valid:
		return map[bool]string{true: "Lower, no size stated", false: "Higher, no size stated"}[lower]
	case c.Unit == catalog.Percent:
		return size.Decimal.String() + "% " + map[bool]string{true: "lower", false: "higher"}[lower]
	case m.Unit == catalog.GBP:
		return Pounds(size.Decimal) + map[bool]string{true: " less", false: " more"}[lower]
	default:
		return Count(size.Decimal) + map[bool]string{true: " fewer", false: " more"}[lower]
	}
}

// Comparators say what a claim compares with.
var Comparators = map[catalog.ComparatorKind]string{
	catalog.ComparedMatched:   "People chosen to be alike",
	catalog.ComparedArea:      "Another area, or the rest of the country",
	catalog.ComparedBefore:    "The same place at an earlier time",
	catalog.ComparedPlan:      "What was planned",
	catalog.ComparedDoNothing: "A projection of what would have come without it",
	catalog.ComparedNotStated: "Not stated",
}

// VerdictMeanings say what each verdict means.
var VerdictMeanings = map[claim.Verdict]string{
	claim.Evidenced:          "The figures bear out what is claimed, by a comparison with other places.",
	claim.PartlyEvidenced:    "The figures bear out a part of what is claimed, or not as firmly as evidence requires.",
	claim.SmallerThanClaimed: "The figures fit no change, and do not fit one as large as claimed. That is no proof that nothing changed.",
	claim.Inconclusive:       "The figures fit both no change and the change claimed, or checks of the estimate disagree, or the claim is too small to see or about a part of unknown size.",
	claim.Contradicted:       "The figures moved the other way, by more than chance explains.",
	claim.CannotBeTested:     "The published figures can say nothing for or against what is claimed.",
	claim.Met:                "The outturn reached what was planned. Whether the scheme brought it about is not tested.",
	claim.Missed:             "The outturn moved in the direction planned, but less far.",
	claim.MovedOtherWay:      "The outturn moved the other way from the earlier level that the plan stated.",
	claim.AgreesWithFigures:  "How the place's own figures moved is claimed, and they did, within what two publications of the same differ by. No effect of a scheme is claimed or judged.",
	claim.DiffersFromFigures: "How the place's own figures moved is claimed, and the figures loaded moved otherwise. No effect of a scheme is claimed or judged.",
	claim.NotDueYet:          "The figures end before the plan is due. Its page says how it stands.",
	claim.NotEvidenced:       "The verdict of earlier versions where the figures did not bear out what is claimed.",
}

// ClaimKinds name the kinds of claims.
var ClaimKinds = map[catalog.ClaimKind]string{
	catalog.Cashable:    "Cashable saving",
	catalog.NonCashable: "Non-cashable saving",
	catalog.AvoidedCost: "Avoided cost",
	catalog.Activity:    "Activity",
	catalog.Plan:        "Plan",
}

// Answers count the claims of a list by what came of their tests.
type Answers struct {
	All                    int
	Verdicts               map[claim.Verdict]int // of those with an answer
	Open, NotDue, Untested int
	LeftOut                int // published, and not in the register
}

// answered is how many claims have an answer.
func (a Answers) answered() (n int) {
	for _, count := range a.Verdicts {
		n += count
	}
	return n
}

// RegisterFinding says how many of the claims shown have an answer, and how many were published and are not in the register.
func RegisterFinding(a Answers) (finding string, sentences []string) {
	were := "was"
	if a.LeftOut > 1 {
		were = "were"
	}
	if a.All == 0 {
		finding = "No claim of the register is about that"
		if a.LeftOut > 0 {
			finding += fmt.Sprintf(": %d %s published but not registered", a.LeftOut, were)
			sentences = append(sentences, "What was published is listed below, each with the reason: no figures loaded could be compared with it.")
		}
		return finding, append(sentences, "Choose another place, type or verdict.")
	}
	claims := Plural(a.All, "claim", "claims")
	if n := a.answered(); n == 0 {
		finding = fmt.Sprintf("None of %s has an answer in published figures", claims)
	} else {
		var parts []string
		for _, v := range claim.Verdicts {
			if count := a.Verdicts[v]; count > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", count, v))
			}
		}
		finding = fmt.Sprintf("%d of %s %s an answer in published figures: %s", n, claims, map[bool]string{true: "has", false: "have"}[n == 1], List(parts))
	}
	if a.Verdicts[claim.Evidenced] == 0 {
		sentences = append(sentences, "No claim is evidenced in published figures.")
	}
	if a.Open > 0 {
		sentences = append(sentences, fmt.Sprintf("%s tested, and the figures do not decide.", Plural(a.Open, "claim was", "claims were")))
	}
	if a.NotDue > 0 {
		sentences = append(sentences, fmt.Sprintf("%s not due in the figures loaded.", Plural(a.NotDue, "plan is", "plans are")))
	}
	if a.Untested > 0 {
		sentences = append(sentences, fmt.Sprintf("%s cannot be tested. That speaks neither for nor against them.", Plural(a.Untested, "claim", "claims")))
	}
	if a.LeftOut > 0 {
		sentences = append(sentences, fmt.Sprintf("%d more %s published of which no figure is loaded. They are listed at the end, with the reason.", a.LeftOut, were))
	}
	return finding, sentences
}

// UntestedYet says when the claims are tested that wait for figures.
func UntestedYet(claims int) string {
	return fmt.Sprintf("%s: tested when all figures are loaded", Plural(claims, "claim", "claims"))
}

// Retested says what changed: "dorset_plan_admissions: contradicted (not evidenced before)"; of first verdicts how many there are.
func Retested(r register.Retested) string {
	var words []string
	first := 0
	for _, v := range r.Changed {
		if v.Before == nil {
			first++
			continue
		}
		words = append(words, fmt.Sprintf("%s: %s (%s before)", v.After.Claim, v.After.Verdict, v.Before.Verdict))
	}
	if first > 0 {
		words = append(words, Plural(first, "first verdict", "first verdicts"))
	}
	if len(words) == 0 {
		return "no verdict changed"
	}
	return strings.Join(words, "; ")
}

// Fact is a term with its words.
type Fact struct{ Term, Words string }

// Level writes a figure of the mathematics in the measure's unit, without more places than it has worth.
func Level(m *catalog.Measure, n evidence.Number) string {
	if d := Number(n); d.Valid {
		if m.Unit == catalog.Number {
			return Grouped(d.Decimal, 0)
		}
		return Value(m, d.Decimal)
	}
	return "no figure"
}

// Outturn says what a plan came to.
func Outturn(m *catalog.Measure, r *claim.Result) []Fact {
	o := r.Outturn
	if o == nil {
		return nil
	}
	counted := func(text string) string {
		if text != "" && o.Unit == catalog.Count && m.Unit == catalog.Number {
			text += " " + m.Counted
		}
		return text
	}
	write := func(n evidence.Number) string { return counted(Moved(n, o.Unit, m)) }
	var facts []Fact
	add := func(term, words string) {
		if words != "" {
			facts = append(facts, Fact{term, words})
		}
	}
	planned := write(o.Planned)
	if d := Number(o.Planned); o.Unit == catalog.Percent && d.Valid && d.Decimal.Round(1).IsInteger() {
		planned = PlusOrMinus(d.Decimal, Grouped(d.Decimal.Abs(), 0)+"%") // as it was stated
	}
	add("Planned", planned)
	add("Actual", write(o.Change))
	if o.Unit == catalog.Percent && !o.Variance.Missing() {
		d := Number(o.Variance).Decimal
		add("Away from plan", PlusOrMinus(d, Grouped(d.Abs(), 1))+" points")
	} else {
		add("Away from plan", write(o.Variance))
	}
	if o.OverPlan != "" {
		add("Cost beyond the plan", PoundsOf(o.OverPlan))
		each := "For each"
		if o.Published != nil { // the published difference is priced, not that of the figures
			each = "For each of the published " + counted(Size(Number(o.Published.Change-o.Planned).Decimal, o.Unit, m))
		}
		add(each, PoundsOf(o.UnitCost))
	}
	if o.Base != "" {
		add("Year before", fmt.Sprintf("From %s: %s", catalog.PeriodWords(o.Base), Level(m, o.BaseFigure)))
		add("Year compared", fmt.Sprintf("%s until %s: %s", o.From.Words(), o.Until.Words(), Level(m, o.YearFigure)))
	}
	if own := o.Own; own != nil {
		words := fmt.Sprintf("%s until %s: %s", catalog.PeriodWords(own.From), catalog.PeriodWords(own.Until), Level(m, own.Figure))
		if !own.Change.Missing() {
			words += fmt.Sprintf(", a change of %s. Not judged", write(own.Change))
		}
		add("The plan's own year", words)
	}
	add("Outturn published by", o.PublishedBy)
	if p := o.Published; p != nil {
		add(
			"As published",
			fmt.Sprintf("%s, which %s with the figures (%s)", write(p.Change), map[bool]string{true: "agrees", false: "does not agree"}[p.Agrees], p.By),
		)
	}
	return facts
}

// Published is the claim as it was published.
func Published(c *catalog.Claim, m *catalog.Measure) []Fact {
	facts := []Fact{{"Scheme", c.Scheme}, {"Claimed by", c.Claimant}, {"Type", ClaimKinds[c.Kind]}, {"Direction and size", ClaimedSize(c, m)}}
	add := func(term, words string) {
		if words == "" {
			words = "Not stated"
		}
		facts = append(facts, Fact{term, words})
	}
	amount := func(d decimal.NullDecimal) string {
		if !d.Valid {
			return ""
		}
		return Pounds(d.Decimal)
	}
	add("Pounds", amount(c.Pounds()))
	if u := c.UnitCost; u != nil {
		add("Cost of one", Pounds(u.Amount)+", as stated in "+u.Citation.Title)
	}
	add("What the scheme cost", amount(c.SchemeCosts()))
	period := func(p catalog.Period, stated bool) string {
		if !stated {
			return ""
		}
		return p.Words()
	}
	add("Began", period(c.StartPeriod()))
	if c.OpenEnd != "" {
		add("Claimed up to", c.OpenEnd)
	} else {
		add("Claimed up to", period(c.UntilPeriod()))
	}
	if c.Baseline != "" {
		add("Baseline", period(c.BaselinePeriod()))
	}
	compared := Comparators[c.Against.Kind]
	if c.Against.Words != "" {
		compared += ": " + c.Against.Words
	}
	add("Compared with", compared)
	if c.Covers != nil {
		add("Reached", c.Covers.Words)
	}
	add("Published", c.Date)
	return facts
}

// Method names the method of a design.
func Method(d claim.Design) string {
	if d.Method == "" {
		return "None was possible"
	}
	return Capital(d.Method)
}

// MarylandLevels say what each level of the Maryland scale means.
var MarylandLevels = map[int]string{
	1: "1 of 5: before and after alone", 2: "2 of 5: before and after with trend and season allowed for", 3: "3 of 5: before and after beside a comparison group",
}

// PeriodsCompared says which figures a design compares; nothing where it has none.
func PeriodsCompared(d claim.Design) string {
	if d.First == "" {
		return ""
	}
	words := fmt.Sprintf("Figures from %s until %s", catalog.PeriodWords(d.First), catalog.PeriodWords(d.Last))
	if d.Before+d.After > 0 {
		words += fmt.Sprintf(": %d periods before the start in %s, %d from it on", d.Before, catalog.PeriodWords(d.Start), d.After)
	}
	return words + "."
}

// Placebos says what the changes in other places tell of that of the claim.
func Placebos(units, rank int, p float64) string {
	return fmt.Sprintf(
		"The same method was used on each of the %d other places as if it had had the scheme. The claim's own change ranks %d of %d by size: by chance alone one as large comes in about %d of 100 cases.",
		units-1,
		rank,
		units,
		int(math.Round(p*100)),
	)
}

// Counterfactual says what the figures that would have been are.
func Counterfactual(d claim.Design) string {
	if d.Method == claim.TimeSeries {
		return "What would have been is the counterfactual: the trend and the season of the figures before the start, carried on. Anything else that happened then counts as the effect."
	}
	return fmt.Sprintf(
		"What would have been is the counterfactual, by %s. It is an estimate: how far it may be off is told by the changes that the same method finds where there was no scheme.",
		d.Method,
	)
}

// Course says what the figures are that nothing could be estimated from.
func Course(c *CourseAnswer, plan bool) string {
	if plan {
		return fmt.Sprintf("100 is the mean of %s. It is no counterfactual: whatever moved the figures, the plan or something else, is in them.", c.Base)
	}
	return fmt.Sprintf(
		"No effect could be estimated. This shows only how the figures went: 100 is the mean of %s. It is no counterfactual, and proves nothing for or against the claim.",
		c.Base,
	)
}

// KeptReason is the reason of a kept verdict that weighs most, a clause.
func (w ClaimWords) KeptReason(v register.Verdict) string {
	if v.Reason.Code == "" {
		return v.Words
	}
	return w.Reason(v.Reason)
}

// KeptThen says which verdict was kept, where the page shows another.
func KeptThen(v register.Verdict) string {
	return fmt.Sprintf(
		"The verdict that was kept then is “%s”, found on %s by version %s; this page tests the figures of then by the rules and the definitions of now.",
		v.Verdict,
		Moment(v.At),
		v.Version,
	)
}

// Excluded says in a sentence why a comparison does without a place or a period; the note of a known event is one.
func Excluded(l LeftOutAnswer) string {
	if l.Code == claim.KnownEvent {
		return l.Why
	}
	return Sentence(l.Why)
}
