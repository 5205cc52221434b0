package wording

import (
	"fmt"
	"math"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/evidence"
)

// CheckWords are what a check asks.
type CheckWords struct {
	Title  string // what holds where it passes
	Fails  string // what holds where it fails
	Passes string // when, in a clause
}

// Checks say what each check asks.
var Checks = map[claim.CheckID]CheckWords{
	claim.DataComplete: {
		"The data are complete and count the same throughout", "The data are not complete, or do not count the same throughout",
		"every period of the places has a figure, and no jump stays that the start of the scheme does not explain",
	},
	claim.Baseline: {
		"The baseline lies before the start and is realistic", "The baseline does not lie before the start, or is not realistic",
		fmt.Sprintf("the claim is set against what was, not against a plan or a projection, and the year before the start did not run more than %d percentage "+
			"points away from the other places, against the direction claimed", claim.Flattering),
	},
	claim.PeriodsBefore: {"There are enough periods before the start", "There are too few periods before the start", "enough figures lie before the start"},
	claim.FitBefore: {
		"The comparison fits before the start",
		"The comparison does not fit before the start",
		fmt.Sprintf(
			"it misses by no more than %d%% of the level before the start; over %d%% it fails, and between the two there is no answer",
			claim.FitsTo,
			claim.FailsBeyond,
		),
	},
	claim.BeyondPlacebo: {
		"The change is statistically significant, in the direction claimed", "The change is not statistically significant in the direction claimed",
		fmt.Sprintf("it has that direction, and p is at most %g", claim.Significance),
	},
	claim.Robust: {
		"The result does not depend on one choice", "The result depends on one choice",
		"the direction holds without any one of the places compared with and by the other methods, and no change as large is found before anything began",
	},
	claim.LargeEnough: {
		"What is claimed is large enough for this data to detect", "What is claimed is smaller than this data can detect",
		"it is at least the smallest change that would be seen in 80 of 100 cases",
	},
	claim.Sustained: {
		"It is sustained", "It is not sustained",
		fmt.Sprintf("the change is there in the later half of the figures too, and these show %d years from the start on; under one year it fails", claim.Lasting),
	},
	claim.NetOfCosts: {
		"It is net of what the scheme cost", "It is not net of what the scheme cost",
		"the pounds seen, and no more than claimed, are more than the stated costs of the scheme",
	},
	claim.NotCountedTwice: {
		"It is not counted twice", "It is counted twice",
		"no other scheme of the register claims a change of the same measure in places that overlap at the same time",
	},
	claim.NotMoved: {
		"It was not moved elsewhere",
		"It was moved elsewhere, as far as the figures tell",
		"measures like it, and the other places of the region or, of small places, of the footprint did not rise significantly, nor by so much as the effect within the limits of chance",
	},
}

// CheckFound says what a check found: its title where it passed, the contrary where it failed.
func CheckFound(c claim.Check) string {
	words := Checks[c.ID]
	switch c.Outcome {
	case claim.Passed, claim.DoesNotApply:
		return words.Title
	case claim.Failed:
		return words.Fails
	}
	return "Whether " + LowerFirst(words.Title) + " is not known"
}

// Finding says in a clause what a check found.
func (w ClaimWords) Finding(f claim.CheckFinding) string {
	facts := f.Facts
	period := catalog.PeriodWords(facts.Period)
	because := ""
	if facts.Because != nil {
		because = w.Reason(*facts.Because)
	}
	value := func() float64 { return float64(held(facts.Value)) }
	switch f.Code {
	case claim.ForReason:
		return because
	case claim.AllPeriods:
		return fmt.Sprintf(
			"all %d periods from %s until %s have figures, and no jump stays that the scheme's start does not explain",
			f.Have,
			period,
			catalog.PeriodWords(facts.Until),
		)
	case claim.PublishedTaken:
		return "the outturn that was published is taken, as " + because
	case claim.YearsWhole:
		return fmt.Sprintf("all %d periods of the two years compared have figures, and what is counted is the same in both", f.Have)
	case claim.OwnWhole:
		return fmt.Sprintf(
			"every figure of the two years from %s until %s is there and counts the same: a change of %s",
			period,
			catalog.PeriodWords(facts.Until),
			signed(value()),
		)
	case claim.BaselineNotBefore:
		return fmt.Sprintf("the baseline, %s, is not before the start, %s", period, catalog.PeriodWords(facts.Start))
	case claim.YearBefore, claim.YearBeforeUnusual:
		return yearBefore(f)
	case claim.PeriodsThere:
		return fmt.Sprintf("%d periods lie before the start; %d are needed", f.Have, f.Need)
	case claim.NoWeights:
		return "the weights of the comparison were not found: " + noted(facts)
	case claim.GapBefore:
		return gapBefore(value())
	case claim.NoP:
		return "no p-value could be computed: " + noted(facts)
	case claim.WithinChance:
		return fmt.Sprintf("the change of %s is no larger than those found where there was no scheme (p %s)", signed(value()), PValue(held(facts.P)))
	case claim.BeyondOwnNoise:
		return fmt.Sprintf(
			"a change of %s is more than the figures' own ups and downs leave to chance (p %s); there are no other places to compare it with",
			signed(value()),
			PValue(held(facts.P)),
		)
	case claim.AgainstDirection:
		return fmt.Sprintf("the change of %s is statistically significant (p %s), but against the direction claimed", signed(value()), PValue(held(facts.P)))
	case claim.BeyondOthers:
		return fmt.Sprintf("a change of %s is larger than those found where there was no scheme (p %s)", signed(value()), PValue(held(facts.P)))
	case claim.EarlierChange:
		return fmt.Sprintf("a statistically significant change of %s is found in %s too, when nothing began", signed(value()), period)
	case claim.NoEarlierChange:
		return fmt.Sprintf("there is no comparison group; in %s, when nothing began, a change of %s is found", period, signed(value()))
	case claim.DirectionLost:
		return "the direction is lost: " + w.choices(facts.Choices, false)
	case claim.OnePlaceDecides:
		return fmt.Sprintf(
			"without %s the change is %s (p %s), which is not significant in the direction found",
			w.organisation(facts.Organisation),
			SignedPercent(*facts.Value),
			Grouped(Number(*facts.P).Decimal, 2),
		)
	case claim.AsLargeEarlier:
		return "a change as large is found before anything began: " + w.choices(facts.Choices, false)
	case claim.ChoicesUntried:
		return "some choices gave no estimate: " + w.choices(facts.Choices, true)
	case claim.NoEarlierStart:
		return "no earlier start could be tried, as too few periods lie before the start: " + w.choices(facts.Choices, true)
	case claim.DirectionHolds:
		return fmt.Sprintf("the direction holds without any one donor and by three other methods; before anything began at most %.1f%% is found", held(facts.Value))
	case claim.PutBackWithin:
		return fmt.Sprintf("with the start put back to %s, where nothing began, the same test finds %s, no more than chance brings", period, signed(value()))
	case claim.CheckSame:
		return fmt.Sprintf("with the last year before the start alone as the baseline the change is %s, the same way", signed(value()))
	case claim.CheckOther:
		return fmt.Sprintf("with the last year before the start alone as the baseline the change is %s, the other way", signed(value()))
	case claim.FitAsOthers:
		return fmt.Sprintf("before the start it stays within %.1f%% of its comparison, as places without a scheme do of theirs", value())
	case claim.NoDetectable:
		return "the smallest change that could be seen was not computed: " + noted(facts)
	case claim.Detectable:
		if facts.Than == nil {
			return detectable(value(), math.NaN()) + "; " + because
		}
		return fmt.Sprintf("%s; %s is claimed", detectable(value(), float64(held(facts.Than))), claimedOf(held(facts.Than), value()))
	case claim.LaterHalfGone, claim.UnderAYear, claim.LaterHalfUntried, claim.TooFewYears, claim.Lasts:
		return yearsAfter(f)
	case claim.NotInPounds:
		return fmt.Sprintf("£%s is claimed and £%s is what the scheme cost, but %s", thousands(exact(facts.Pounds)), thousands(exact(facts.Costs)), because)
	case claim.NetPounds:
		return fmt.Sprintf(
			"%s seen, and no more than claimed, less £%s that the scheme cost is %s",
			sterling(exact(facts.Pounds)),
			thousands(exact(facts.Costs)),
			sterling(exact(facts.Net)),
		)
	case claim.OtherClaims:
		return w.overlaps(facts.Overlaps)
	case claim.Elsewhere:
		return w.movements(facts.Movements)
	}
	return plainFindings[f.Code]
}

// plainFindings are those about nothing but themselves.
var plainFindings = map[claim.FindingCode]string{
	claim.NotEstimated:      "nothing could be estimated",
	claim.NoPeriodsCompared: "no periods could be compared",
	claim.NoYearsCompared:   "no years could be compared",
	claim.AgainstProjection: "the claim is set against a projection of what would have happened otherwise, which nobody can check",
	claim.AgainstPlan:       "the claim is set against a plan, not against what was",
	claim.AgainstNotStated:  "it is not stated what the claim is set against",
	claim.FewYearsBefore:    "fewer than two years of figures lie before the start, too few to say whether the last one was usual",
	claim.NoOthersBefore:    "there are no other places whose year before the start could be compared",
	claim.MeasureNotKnown:   "the measure is not known",
	claim.NoComparison:      "there is no comparison; the figures before the start only tell their own trend and season",
	claim.NoEarlierSeries:   "too few periods lie before the start to look for a change where nothing began",
	claim.CostsNotStated:    "what the scheme cost is not stated",
	claim.NoneToShow:        "there is no comparison that could show it",
	claim.NotLookedFor:      "figures that do not add up over time do not show what was moved",
	claim.PutBackUntried:    "too few periods lie before the start to put it back to where nothing began",
}

// exact is an amount as a fact states it.
func exact(text string) decimal.Decimal {
	d, _ := decimal.NewFromString(text) // was written as one
	return d
}

func yearBefore(f claim.CheckFinding) string {
	of := held(f.Facts.Value)
	words, excess := fmt.Sprintf("in the year before the start the figures rose by %.1f%%", of), of
	if others := f.Facts.Than; others != nil {
		words += fmt.Sprintf(", those of the median place by %.1f%%", *others)
		excess -= *others
	}
	if f.Code == claim.YearBeforeUnusual {
		words += fmt.Sprintf(": %s percentage points more than usual, where %d are allowed, so a change after it may be no more than a return to what is usual",
			numbered(math.Abs(float64(excess)), claim.Flattering), claim.Flattering)
	}
	return words
}

func gapBefore(gap float64) string {
	limit := float64(claim.FitsTo)
	if math.Abs(gap-claim.FailsBeyond) < math.Abs(gap-claim.FitsTo) {
		limit = claim.FailsBeyond
	}
	return fmt.Sprintf(
		"before the start the comparison misses by %s of the level; up to %d%% is a fit, over %d%% is none",
		measured(gap, limit),
		claim.FitsTo,
		claim.FailsBeyond,
	)
}

func detectable(least, claimed float64) string {
	return fmt.Sprintf("a change of %s or more of the places' figures would be seen in 80 of 100 cases", measured(least, claimed))
}

func yearsAfter(f claim.CheckFinding) string {
	years := float64(held(f.Facts.Value))
	limit := float64(claim.Lasting)
	if years < 2 {
		limit = 1
	}
	words := fmt.Sprintf("the figures show %s years from the start on", numbered(years, limit))
	switch f.Code {
	case claim.LaterHalfGone:
		words += "; in the later half of them the change is gone"
	case claim.UnderAYear:
		words += ", less than one"
	case claim.LaterHalfUntried:
		words += "; the later half of them gave no estimate: " + noted(f.Facts)
	case claim.TooFewYears:
		words += fmt.Sprintf(", under %d: too few to say whether it lasts", claim.Lasting)
	}
	return words
}

// choices name choices made differently, with why they gave no estimate where that is asked for.
func (w ClaimWords) choices(choices []claim.Choice, why bool) string {
	var all []string
	for _, c := range choices {
		name := c.Method
		switch c.Kind {
		case evidence.WithoutDonor:
			name = w.place(c.Place)
		case evidence.StartAt, evidence.From, evidence.To, evidence.EffectFrom:
			name = catalog.PeriodWords(c.Period)
		}
		words := VariationOf(c.Kind, name)
		if why {
			words += " (" + EvidenceNote(c.Reason) + ")"
		}
		all = append(all, words)
	}
	return strings.Join(all, ", ")
}

// overlapMarks say in what another claim differs.
var overlapMarks = map[claim.OverlapMark]string{
	claim.HigherClaimed: "the other direction: higher is claimed", claim.LowerClaimed: "the other direction: lower is claimed",
	claim.AllEngland: "about all of England", claim.PlacesInside: "about places in England",
	claim.PartOfPlaces: "about a part of its places", claim.WholeOfPlaces: "about the whole of its places", claim.APlan: "a plan",
}

// overlapsNamed is how many of several claims are named in a sentence; the page of a claim lists the others.
const overlapsNamed = 3

// Overlapping names every other claim about the same, where a sentence would not.
func (w ClaimWords) Overlapping(f claim.CheckFinding) []string {
	if len(f.Facts.Overlaps) <= overlapsNamed+1 {
		return nil
	}
	var titles []string
	for _, o := range f.Facts.Overlaps {
		titles = append(titles, w.claim(o.Claim))
	}
	return titles
}

// overlaps names the other claims about the same.
func (w ClaimWords) overlaps(others []claim.Overlap) string {
	var same, perhaps, own []string
	for _, o := range others {
		named := fmt.Sprintf("“%s”", w.claim(o.Claim))
		var marks []string
		for _, mark := range o.Marks {
			marks = append(marks, overlapMarks[mark])
		}
		if len(marks) > 0 {
			named += " (" + strings.Join(marks, "; ") + ")"
		}
		switch {
		case o.Scheme:
			own = append(own, named)
		case len(marks) == 0:
			same = append(same, named)
		default:
			perhaps = append(perhaps, named)
		}
	}
	shorten := func(all []string) []string {
		if len(all) <= overlapsNamed+1 {
			return all
		}
		return append(all[:overlapsNamed:overlapsNamed], fmt.Sprintf("and %d more", len(all)-overlapsNamed))
	}
	same, perhaps, own = shorten(same), shorten(perhaps), shorten(own)
	var found []string
	if len(same) > 0 {
		found = append(found, "others claim the same change of the measure in the same places at the same time: "+strings.Join(same, "; "))
	}
	if len(perhaps) > 0 {
		found = append(found, "other claims about the measure at that time overlap with this one: "+strings.Join(perhaps, "; "))
	}
	words := "no other scheme of the register claims a change of the same measure in these places at that time"
	if len(found) > 0 {
		words = strings.Join(found, ". Also, ")
	}
	if len(own) > 0 {
		words += ". Of the same scheme, so not to be added up: " + strings.Join(own, "; ")
	}
	return words
}

// movements say what rose elsewhere; without such what may have risen, and without that what did not.
func (w ClaimWords) movements(moved []claim.Movement) string {
	var risen, unsure, found []string
	for _, m := range moved {
		what := fmt.Sprintf("the same in the %d other places of the region", m.Peers)
		switch {
		case m.Measure != "":
			what = w.measure(m.Measure)
		case m.At != "" && m.Peers == 0:
			what = "the same in the other " + unitKinds[m.At][1] + " of the footprint"
		case m.At != "":
			what = fmt.Sprintf("the same in %s of the footprint", Plural(m.Peers, "other "+unitKinds[m.At][0], "other "+unitKinds[m.At][1]))
		}
		changed := func() string {
			return fmt.Sprintf("%s changed by %s (%s to %s)", what, signed(float64(m.Percent)), signed(m.Interval[0]), signed(m.Interval[1]))
		}
		switch m.Found {
		case claim.NoMovement:
			unsure = append(unsure, what+" ("+w.Reason(*m.Because)+")")
		case claim.Rose:
			risen = append(risen, fmt.Sprintf("%s rose by %.1f%%, which is statistically significant", what, float64(m.Percent)))
		case claim.MayHave:
			unsure = append(unsure, changed()+", so a rise as large as the effect cannot be ruled out")
		case claim.HasNot:
			found = append(found, changed())
		}
	}
	switch {
	case len(risen) > 0:
		return strings.Join(risen, "; ")
	case len(unsure) > 0:
		return strings.Join(unsure, "; ")
	}
	return strings.Join(found, "; ")
}

// held is a number of a fact, missing where the fact has none.
func held(n *evidence.Number) evidence.Number {
	if n == nil {
		return evidence.Number(math.NaN())
	}
	return *n
}
