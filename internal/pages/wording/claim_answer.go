package wording

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
)

// ClaimAnswer is what was found of a claim, with its words: the codes and figures of the result, and beside them what they say.
type ClaimAnswer struct {
	*claim.Result
	// Reasons led to the verdict, the one that weighs most first. One that rests on a check is two sentences, any other a clause; ReasonChecks
	// names the check of each, empty where it rests on none. Summary says what the figures support and what they cannot show.
	Reasons      []string        `json:"reasons"`
	ReasonChecks []claim.CheckID `json:"reason_checks"`
	Refused      *ReasonAnswer   `json:"refused,omitempty"`
	Summary      string          `json:"summary"`
	Design       DesignAnswer    `json:"design"`
	Claimed      ClaimedAnswer   `json:"claimed"`
	Pounds       *PoundsAnswer   `json:"pounds,omitempty"`
	Checks       []CheckAnswer   `json:"checks"`
	Outturn      *OutturnAnswer  `json:"outturn,omitempty"`
	Needs        []string        `json:"it_would_take,omitempty"`
	Course       *CourseAnswer   `json:"course,omitempty"`
	Effect       *EffectAnswer   `json:"effect,omitempty"`
	// What was estimated, with its words.
	Model       *SyntheticAnswer   `json:"model,omitempty"`
	Sensitivity *SensitivityAnswer `json:"sensitivity,omitempty"`
	Methods     []VariationAnswer  `json:"methods,omitempty"`
	Series      *InterruptedAnswer `json:"series,omitempty"`
	// UnitFacts say how it was tested in places smaller than footprints.
	UnitFacts []Fact `json:"unit_facts,omitempty"`
}

// EffectAnswer is what the figures changed by, with its words.
type EffectAnswer struct {
	*claim.Effect
	SEType string `json:"se_type,omitempty"`
	Reason string `json:"reason,omitempty"` // why a figure of it is missing
}

// ReasonAnswer is a reason with its words, a clause.
type ReasonAnswer struct {
	claim.Reason
	Words string `json:"reason,omitempty"`
}

// DesignAnswer is a design with its words.
type DesignAnswer struct {
	claim.Design
	Why     []string        `json:"why"`
	LeftOut []LeftOutAnswer `json:"left_out,omitempty"`
}

// LeftOutAnswer is what a comparison does without, with its words.
type LeftOutAnswer struct {
	claim.LeftOut
	What string           `json:"what"`
	Why  string           `json:"why"`
	Code claim.ReasonCode `json:"code"` // names the reason
}

// ClaimedAnswer is what is claimed; the words say why the size is not known.
type ClaimedAnswer struct {
	claim.Claimed
	Words string `json:"reason,omitempty"`
}

// PoundsAnswer are the pounds; the words say why a figure is missing.
type PoundsAnswer struct {
	claim.Pounds
	Words string `json:"reason,omitempty"`
}

// CheckAnswer is a check with its words.
type CheckAnswer struct {
	claim.Check
	Title   string `json:"title"`
	Finding string `json:"finding"` // gives the figure in words, or why it is not known
}

// OutturnAnswer is a plan beside what came, with its words.
type OutturnAnswer struct {
	claim.Outturn
	Own          *OwnYearAnswer `json:"plan_year,omitempty"`
	Words        string         `json:"words"`
	WhyYear      string         `json:"why_year,omitempty"`
	WhyPublished string         `json:"why_published,omitempty"`
}

// OwnYearAnswer is the year that a plan was for, with its words.
type OwnYearAnswer struct {
	claim.OwnYear
	Why string `json:"why_not_judged"`
}

// CourseAnswer is how the figures went, with the periods whose mean is 100 in words.
type CourseAnswer struct {
	claim.Course
	Base string `json:"base"`
}

// ReasonSentences are the reasons as sentences.
func (a *ClaimAnswer) ReasonSentences() []string {
	var sentences []string
	for i, words := range a.Reasons {
		if a.ReasonChecks[i] == "" {
			words = Sentence(words)
		}
		sentences = append(sentences, words)
	}
	return sentences
}

// Answer is what was found of a claim about a measure as it was defined then, with its words.
func (w ClaimWords) Answer(c *catalog.Claim, m *catalog.Measure, r *claim.Result) *ClaimAnswer {
	a := &ClaimAnswer{Result: r, Reasons: []string{}, ReasonChecks: []claim.CheckID{}, Claimed: ClaimedAnswer{r.Claimed, w.Reason(r.Claimed.Reason)}}
	for _, reason := range r.Reasons {
		a.Reasons, a.ReasonChecks = append(a.Reasons, w.VerdictReason(reason, r.Checks)), append(a.ReasonChecks, reason.Facts.Check)
	}
	if r.Refused != nil {
		a.Refused = &ReasonAnswer{*r.Refused, w.Reason(*r.Refused)}
	}
	a.Design.Design = r.Design
	for _, why := range r.Design.Why {
		a.Design.Why = append(a.Design.Why, w.why(why))
	}
	for _, left := range r.Design.LeftOut {
		what, why := w.leftOut(left)
		a.Design.LeftOut = append(a.Design.LeftOut, LeftOutAnswer{left, what, why, left.Reason.Code})
	}
	for _, check := range r.Checks {
		a.Checks = append(a.Checks, CheckAnswer{check, Checks[check.ID].Title, w.Finding(check.Finding)})
	}
	if p := r.Pounds; p != nil {
		a.Pounds = &PoundsAnswer{*p, w.Reason(p.Reason)}
	}
	for _, need := range r.Needs {
		a.Needs = append(a.Needs, w.need(need, m, r))
	}
	if o := r.Outturn; o != nil {
		a.Outturn = w.outturn(c, m, o)
	}
	if course := r.Course; course != nil {
		a.Course = &CourseAnswer{*course, spanOf(course.From, course.Until)}
	}
	if e := r.Effect; e != nil {
		a.Effect = &EffectAnswer{e, ErrorKind(e.SEKind), EvidenceNote(e.Reason)}
	}
	a.Model, a.Sensitivity, a.Methods = AnswerSynthetic(r.Model), AnswerSensitivity(r.Sensitivity), AnswerVariations(r.Methods)
	a.Series = AnswerInterrupted(r.Series)
	a.UnitFacts = w.unitFacts(r)
	a.Summary = w.summary(a)
	return a
}

// supported say what the figures support.
var supported = map[claim.Verdict]string{
	claim.Evidenced:          "The figures support the claim.",
	claim.PartlyEvidenced:    "The figures support a part of the claim.",
	claim.SmallerThanClaimed: "The figures do not support a change as large as claimed; that is no proof that nothing changed.",
	claim.Inconclusive:       "The figures leave the claim open.",
	claim.NotEvidenced:       "The figures do not support the claim; that is no proof that nothing changed.",
	claim.Met:                "The plan was met.",
	claim.Missed:             "The plan was missed.",
	claim.MovedOtherWay:      "The figures moved the other way than planned.",
	claim.NotDueYet:          "The plan is not due yet.",
	claim.Contradicted:       "The figures speak against the claim.",
	claim.CannotBeTested:     "These figures can say nothing for or against the claim.",
	claim.AgreesWithFigures:  "The place's own figures moved as claimed. Whether a scheme made them do so is another question.",
	claim.DiffersFromFigures: "The place's own figures did not move as claimed.",
}

// summary says what the figures support, and what they cannot show.
func (w ClaimWords) summary(a *ClaimAnswer) string {
	var words []string
	if o := a.Own; o != nil && a.Claimed.Code == claim.IsOwnChange {
		if !o.Percent.Missing() {
			of := w.organisations(o.Places)
			if o.At == catalog.ByFootprint || o.At == catalog.ByEngland {
				of = w.places(o.Places)
			}
			claimed := ""
			if !o.Claimed.Missing() {
				claimed = fmt.Sprintf("; %s is claimed", SignedPercent(o.Claimed))
			}
			words = append(words, fmt.Sprintf("In %s to %s the figures of %s themselves were %s against the same periods from %s%s.", catalog.PeriodWords(o.From),
				catalog.PeriodWords(o.Until), of, SignedPercent(o.Percent), catalog.PeriodWords(o.BaseFrom), claimed))
		}
		words = append(words, supported[a.Verdict])
		if len(a.Reasons) > 0 {
			words = append(words, Sentence(a.Reasons[0]))
		}
		if e := a.Effect; e != nil && !e.Percent.Missing() {
			words = append(
				words,
				fmt.Sprintf(
					"Against other places, from %s until %s, they were %s what would have been expected (95%% interval %s). No effect is claimed, and none is judged.",
					catalog.PeriodWords(a.Design.Start),
					catalog.PeriodWords(a.Design.Last),
					apart(float64(e.Percent)),
					Interval(e.PercentInterval, SignedPercent),
				),
			)
		}
		return strings.Join(words, " ")
	}
	if e := a.Effect; e != nil && !e.Percent.Missing() {
		s := fmt.Sprintf(
			"From %s until %s the figures of %s were %s what would have been expected",
			catalog.PeriodWords(a.Design.Start),
			catalog.PeriodWords(a.Design.Last),
			w.testedPlaces(a.Result),
			apart(float64(e.Percent)),
		)
		if i := e.PercentInterval; i != nil {
			s += fmt.Sprintf(" (95%% interval %s to %s, p %s)", signed(i[0]), signed(i[1]), PValue(e.P))
		}
		words = append(words, s+".")
	}
	support := supported[a.Verdict]
	if o := a.Outturn; o != nil {
		words = append(words, o.Words)
		if o.PublishedBy != "" {
			support = fmt.Sprintf("The verdict rests on the outturn that was published (%s), not on the figures loaded here: %s.", o.PublishedBy, o.WhyPublished)
		}
	}
	words = append(words, support)
	if len(a.Reasons) > 0 {
		words = append(words, Sentence(a.Reasons[0]))
	}
	if a.Outturn != nil && a.Outturn.WhyInterim != nil {
		words = append(words, "On course or behind: not known, as "+w.Reason(*a.Outturn.WhyInterim)+".")
	}
	if a.Outturn != nil && a.Outturn.Interim != "" {
		words = append(words, interim(a.Outturn.Outturn))
	}
	if (a.Design.Method == claim.SyntheticDiD || a.Unit != nil) && a.Effect != nil && a.Effect.P <= claim.Significance {
		words = append(words, "They cannot show which of several things that began at the same time made the change.")
	}
	return strings.Join(words, " ")
}

// testedPlaces are those whose figures were compared: the smaller ones where it was tested there.
func (w ClaimWords) testedPlaces(r *claim.Result) string {
	if r.Unit == nil {
		return w.places(r.Places)
	}
	var codes []string
	for _, p := range r.Unit.Places {
		if p.LeftOut == nil {
			codes = append(codes, p.Name)
		}
	}
	if len(codes) > 4 {
		return Plural(len(codes), unitKinds[r.Unit.At][0], unitKinds[r.Unit.At][1])
	}
	return w.organisations(codes)
}

// interim says how a plan stands that is not due.
func interim(o claim.Outturn) string {
	by := fmt.Sprintf("by then equal steps would have brought %s", amount(decimal.NewFromFloat(float64(o.Expected)).Round(1), o.Unit))
	if o.Interim == claim.OnCourse {
		return "So far it is on course: " + by + "."
	}
	return "So far it is behind: " + by + "."
}

// need says what it would take.
func (w ClaimWords) need(n claim.Need, m *catalog.Measure, r *claim.Result) string {
	period := catalog.PeriodWords(n.Period)
	switch n.Code {
	case claim.FiguresFrom:
		if r.Unit != nil {
			return fmt.Sprintf("Figures of “%s” from %s on: two years before the start.", w.measure(n.Measure), period)
		}
		return fmt.Sprintf("Figures of “%s” in all 44 places from %s on: two years before the start.", m.Title, period)
	case claim.PartFigures:
		words := fmt.Sprintf("How many of those counted in %s the scheme reached, or the figures of that part alone", w.testedPlaces(r))
		if n.Quote != "" {
			words += ": it reached " + n.Quote
		}
		return words + "."
	case claim.TwoYearsBefore:
		return fmt.Sprintf(
			"With figures like those loaded, two years before the start and %d periods from it on, a change of %.1f%% or more of the figures of %s would be seen in 80 of 100 cases.",
			n.Have,
			float64(held(n.Value)),
			w.places(r.Places),
		)
	case claim.LargerScheme:
		claimed, least := held(n.Value), held(n.Than)
		return fmt.Sprintf(
			"A scheme %s times as large as claimed: %s of the places' figures is claimed, and %s or more could be seen. Figures of those it reached alone would show less.",
			times(float64(least/claimed)),
			claimedOf(claimed, float64(least)),
			measured(float64(least), float64(claimed)),
		)
	case claim.FiguresLasting:
		return fmt.Sprintf("Figures up to %s, to tell whether a change lasts five years.", period)
	case claim.PlanPart:
		return fmt.Sprintf("The figures of the part that it was about alone: %s.", n.Quote)
	case claim.WholeYears:
		return fmt.Sprintf("Whole years of figures of “%s” before the plan and in its last year, counted in the same way.", m.Title)
	case claim.FiguresDue:
		return fmt.Sprintf("Figures up to %s, when the plan was due.", period)
	case claim.WholeOwn:
		words := fmt.Sprintf("Figures of “%s” for both years, whole and counted in the same way", w.measure(n.Measure))
		if n.Because != nil {
			words += ": " + w.Reason(*n.Because)
		}
		return words + "."
	case claim.PlanYear:
		return fmt.Sprintf("The figures that are missing in the plan's own year: %s.", w.ownYear(r.Outturn.Own))
	}
	return plainNeeds[n.Code]
}

// plainNeeds are those about nothing but themselves.
var plainNeeds = map[claim.NeedCode]string{
	claim.AllLoaded:      "That all figures are loaded.",
	claim.StartStated:    "The date on which the scheme began.",
	claim.UnitCostStated: "What one of what is counted is taken to cost, and who says so.",
	claim.SchemeCosts:    "What the scheme itself cost over the same time.",
	claim.PlanFigures:    "The plan's own figures, period by period.",
	claim.SizeStated:     "By how much the figures were to change.",
	claim.EndStated:      "By when the plan was to be reached.",
	claim.BaselineStated: "The year or the level that it is compared with.",
	claim.AnotherYear:    "Nothing that can be loaded: the figures of the plan's own year are there. A year that no known event bent would have to be agreed as the plan's.",
	claim.Projection:     "The projection that the plan was set against, with what it rests on.",
}

// outturn says what a plan came to.
func (w ClaimWords) outturn(c *catalog.Claim, m *catalog.Measure, o *claim.Outturn) *OutturnAnswer {
	a := &OutturnAnswer{Outturn: *o}
	if o.WhyYear != nil {
		a.WhyYear = w.Reason(*o.WhyYear)
	}
	if o.WhyPublished != nil {
		a.WhyPublished = w.Reason(*o.WhyPublished)
	}
	if o.Own != nil {
		a.Own = &OwnYearAnswer{*o.Own, w.ownYear(o.Own)}
	}
	if o.PublishedBy != "" {
		a.Words = publishedOutturn(c, o)
	} else {
		a.Words = workedOutturn(c, m, o)
	}
	return a
}

// publishedOutturn says what was published of how a plan came out.
func publishedOutturn(c *catalog.Claim, o *claim.Outturn) string {
	planned := c.Amount().Decimal
	if c.Towards == catalog.Decrease {
		planned = planned.Neg()
	}
	variance := c.Outturn.By.Sub(planned)
	words := fmt.Sprintf("Plan %s; actual %s: %s from plan", plannedWords(planned, c.Unit), amount(c.Outturn.By, c.Unit), amount(variance, c.Unit))
	if over := overPlan(c, o, variance); over != "" {
		words += ", and " + over
	}
	return words + "."
}

// workedOutturn says what the figures tell of how a plan came out.
func workedOutturn(c *catalog.Claim, m *catalog.Measure, o *claim.Outturn) string {
	from, _ := catalog.ParsePeriod(o.Base) // was written as one
	end := from
	for range m.Grain.PerYear() - 1 {
		end = end.Next()
	}
	words := fmt.Sprintf(
		"In the year %s the figures were %s, in the year %s %s: a change of %s",
		span(
			o.From,
			o.Until,
		),
		level(m, float64(o.YearFigure)),
		span(from, end),
		level(m, float64(o.BaseFigure)),
		amount(decimal.NewFromFloat(float64(o.Change)), o.Unit),
	)
	if !o.Planned.Missing() {
		words += fmt.Sprintf(", where %s was planned", plannedWords(decimal.NewFromFloat(float64(o.Planned)), o.Unit))
		if c.Against.Kind != catalog.ComparedBefore {
			words += " against something else, or against what is not stated"
		}
	}
	words += "."
	if own := o.Own; own != nil && !own.Figure.Missing() {
		words += fmt.Sprintf(" In the plan's own year, %s, they were %s: a change of %s, which is not judged.",
			spanOf(own.From, own.Until), level(m, float64(own.Figure)), amount(decimal.NewFromFloat(float64(own.Change)), o.Unit))
	}
	if published := o.Published; published != nil {
		words += fmt.Sprintf(" The outturn that was published, %s (%s), %s.", amount(c.Outturn.By, o.Unit), published.By,
			map[bool]string{true: "agrees", false: "differs"}[published.Agrees])
		if over := overPlan(c, o, c.Outturn.By.Sub(decimal.NewFromFloat(float64(o.Planned)))); over != "" {
			words += " It states " + over + "."
		}
	}
	return words
}

// overPlan says what was published as spent beyond a plan, and for each of the published variance; empty where nothing was.
func overPlan(c *catalog.Claim, o *claim.Outturn, variance decimal.Decimal) string {
	if o.OverPlan == "" {
		return ""
	}
	each := o.UnitCost
	if exact(each).Exponent() == 0 {
		each = thousands(exact(each))
	}
	return fmt.Sprintf(
		"£%s beyond the plan, which is £%s for each of the published difference of %s",
		thousands(c.Outturn.Extra.Decimal),
		each,
		thousands(variance.Abs()),
	)
}

// spanOf is the time from one period to another, by their ids.
func spanOf(first, last string) string {
	from, errFrom := catalog.ParsePeriod(first)
	until, errUntil := catalog.ParsePeriod(last)
	if errFrom != nil || errUntil != nil {
		return first + " to " + last
	}
	return span(from, until)
}
