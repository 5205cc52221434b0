package wording

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/steps"
)

// ClaimWords writes what was found of claims, with the names that a directory has.
type ClaimWords struct{ claimNames }

// ClaimsBy writes what was found of claims with the names of a directory.
func ClaimsBy(d *figures.Directory) ClaimWords { return ClaimWords{claimNames{d}} }

// named are the names of several, parted.
func named(ids []string, name func(string) string, parted string) string {
	var names []string
	for _, id := range ids {
		names = append(names, name(id))
	}
	return strings.Join(names, parted)
}

// noted is why the mathematics have no answer. What was kept before they gave codes is a quotation.
func noted(f claim.Facts) string {
	if f.Note == nil {
		return f.Quote
	}
	return EvidenceNote(*f.Note)
}

// Reason is a clause.
func (w ClaimWords) Reason(r claim.Reason) string {
	f := r.Facts
	period, start := catalog.PeriodWords(f.Period), catalog.PeriodWords(f.Start)
	switch r.Code {
	case claim.UnknownMeasure:
		return fmt.Sprintf("the measure %q is not known", f.Measure)
	case claim.DerivedMeasure:
		return fmt.Sprintf("%s is worked out from %s, with which a claim is tested", f.Measure, f.Of)
	case claim.DailyMeasure:
		return fmt.Sprintf("%s is counted by the day in some months alone", f.Measure)
	case claim.WeeklyMeasure:
		return fmt.Sprintf("%s is counted by the week, and how often a test by weeks would be right has not been measured", f.Measure)
	case claim.NoStart:
		if f.Scope == claim.OfPlan {
			return "it is not stated when the plan began"
		}
		return "it is not stated when the scheme began"
	case claim.NoFigures:
		return fmt.Sprintf("no figures of %s are loaded for %s", f.Measure, w.places(f.Places))
	case claim.NotLoadedYet:
		return "not all figures are loaded yet"
	case claim.NothingBefore:
		return fmt.Sprintf("the scheme began in %s and the figures in %s: there is nothing before the start to compare with", start, period)
	case claim.NothingAfter:
		return fmt.Sprintf("the scheme began in %s and the figures end in %s", start, period)
	case claim.TooFewBefore:
		if f.Scope == claim.OfFigures {
			return fmt.Sprintf("nothing is left to compare with, and %d periods before the start are too few for the figures alone: %d are needed", r.Have, r.Need)
		}
		return fmt.Sprintf("there %s before the start, from %s on; %d are needed", are(r.Have, "period"), period, r.Need)
	case claim.TooFewAfter:
		return fmt.Sprintf("there %s from the start on; %d are needed", are(r.Have, "period"), r.Need)
	case claim.FigureMissing:
		return noFigure(f)
	case claim.KnownGap:
		return fmt.Sprintf("%s, as there is a known gap in those of %s (%s)", noFigure(f), w.organisation(f.Organisation), open(f.Quote))
	case claim.NotOverZero:
		switch f.Scope {
		case claim.OfScheme:
			return fmt.Sprintf("the figures before the start are not over zero (%.4g on average), so no change of them can be stated in per cent", held(f.Value))
		case claim.OfPlan:
			return fmt.Sprintf("the year before the plan counts %.4g, of which there is no percentage", held(f.Value))
		}
		return "its figures before the start are not over zero"
	case claim.NothingCounted:
		return "nothing would have been counted"
	case claim.NotFound:
		return "nothing is left to compare with, and the trend and the season of the figures alone were not found: " + noted(f)
	case claim.NotComputed:
		return noted(f)
	case claim.PlanNotLoaded:
		return "the plan that the claim is set against is not among the figures"
	case claim.PartNotPublished:
		words := fmt.Sprintf("the plan was for a part of %s whose figures are not published apart", w.places(f.Places))
		if f.Quote != "" {
			words += ": " + f.Quote
		}
		return words
	case claim.NoOneSize:
		of := "these figures"
		if f.Scope == claim.OfPlan {
			of = "the outturn"
		}
		return fmt.Sprintf("what is stated, “%s”, is no one size that %s could be compared with", f.Quote, of)
	case claim.NoSize:
		if f.Scope == claim.OfPlan {
			return "no size is stated that the outturn could be compared with"
		}
		return "no size is stated"
	case claim.OtherUnit:
		return fmt.Sprintf("the figures tell a change in %s, and the plan states one in %s", f.Units[0], f.Units[1])
	case claim.OtherBaseline:
		return "the plan was not set against an earlier level of the figures"
	case claim.NotDue:
		return w.undue(*f.Undue)
	case claim.NoWholeYear:
		words := fmt.Sprintf("there is no whole year of figures from %s on", start)
		if f.Because != nil {
			words += ": " + w.Reason(*f.Because)
		}
		return words
	case claim.NoYears:
		return fmt.Sprintf("no years can be made of the figures of %s", f.Measure)
	case claim.KnownEvent:
		return fmt.Sprintf("a known event bent the figures of %s (“%s”)", spanOf(f.Period, f.Until), strings.Join(f.Notes, "” “"))
	case claim.MembershipChanged, claim.CountingChanged:
		changed := f.Break.Membership()
		words := fmt.Sprintf("from %s on %s", changed.From.Words(), MembershipWords(changed, w.directory.Named))
		switch f.Scope {
		case claim.OfScheme:
			return fmt.Sprintf("in %s, from %s on, %s: what is counted changed, and no change across it can be told from that",
				w.places(f.Places), changed.From.Words(), MembershipWords(changed, w.directory.Named))
		case claim.OfPlan:
			return words + ", so the years cannot be compared"
		}
		return words
	case claim.FiguresJump:
		jump := fmt.Sprintf("figures jump by %.0f%% in %s and stay there, as", held(f.Value), period)
		switch f.Scope {
		case claim.OfScheme:
			return "the " + jump + " after a merger, which is not when the scheme began"
		case claim.OfPlan:
			return "the " + jump + " when trusts merge or a service is no longer counted, so the years cannot be compared"
		}
		return "its " + jump + " after a merger"
	case claim.DefinitionChanged:
		if f.Scope == claim.BeforeThen {
			return "something else was counted until then"
		}
		return "something else is counted from then on"
	case claim.OwnScheme:
		return "it had a scheme of its own: " + w.claim(f.Claim)
	case claim.TooFewPlaces:
		outside := ""
		if f.Scope == claim.OfRegion {
			outside = " outside the region"
		}
		return fmt.Sprintf("%d places%s are left to compare with, and %d are needed", r.Have, outside, r.Need)
	case claim.PartUnknown:
		if f.Quote == "" {
			return "the scheme reached a part of the places, and how large a part is not stated"
		}
		return "the size of the part that the scheme reached is not stated: " + f.Quote
	case claim.NotNamedThere:
		return fmt.Sprintf("no %s is named for the claim, or how often a test of its measure by %s is right has not been studied", f.Quote, f.Quote)
	case claim.NoUnitFigures:
		return fmt.Sprintf("there are no figures of %s for %s", w.measure(f.Measure), w.organisation(f.Organisation))
	case claim.NoBaseline:
		if f.Scope == claim.OfPlan {
			return "the plan does not say from which level it counts, so it is not known how far it has come"
		}
		return "it is not stated what year is compared with"
	case claim.WiderThanClaim:
		where := w.organisations(f.Organisations)
		if where == "" {
			where = w.places(f.Places)
		}
		words := fmt.Sprintf("the figures are of the whole of %s, and the claim is about a part", where)
		if f.Quote != "" {
			words += ": " + f.Quote
		}
		return words
	case claim.WorkDivided:
		return fmt.Sprintf("%s gained or lost a part of its area on %s, so its figures before and after are not of the same people", w.theUnit(f), day(f.Period))
	case claim.MergedWithOthers:
		return fmt.Sprintf(
			"%s merged in that time with %s, which the scheme did not cover, and has no figures of its own from then on",
			w.organisation(f.Organisation),
			w.organisations(f.Organisations),
		)
	case claim.NotScreened:
		return fmt.Sprintf("%s cannot be checked for changes of counting: %s", w.theUnit(f), NotScreened[steps.Reason(f.Quote)])
	case claim.TooSmallPlace:
		return fmt.Sprintf("%s counts %s a year; under %s the test finds changes where there are none too often", w.organisation(f.Organisation),
			Grouped(decimal.NewFromFloat(float64(held(f.Value))), 0), Grouped(decimal.NewFromFloat(float64(held(f.Than))), 0))
	case claim.OtherScheme:
		return "another scheme covered it in that time: " + w.scheme(f.Scheme)
	case claim.FoundTooOften:
		return "the test found a change in it too often where nothing happened"
	case claim.GroupNotStudied:
		return fmt.Sprintf("how often a test of %s is right in a group of %d places has not been studied", w.measure(f.Measure), r.Have)
	case claim.GapInWindow:
		return fmt.Sprintf("the figure of %s for %s is missing, or lacks a part", w.theUnit(f), period)
	case claim.StepInWindow:
		if f.Value == nil || *f.Value == 0 {
			return fmt.Sprintf("%s counts something else from %s on, as was confirmed", w.theUnit(f), period)
		}
		return fmt.Sprintf("the figures of %s jump by %s in %s and stay there, as after a change of counting", w.theUnit(f), signed(float64(held(f.Value))), period)
	case claim.EarlierEffect:
		return fmt.Sprintf("the same test finds a change of %s in %s, where nothing began: the comparison does not hold", signed(float64(held(f.Value))), period)
	case claim.LooksLikeCounting:
		return fmt.Sprintf("the figures of %s jump by %s in %s, at the start; a change of counting looks the same, so the scheme is not credited with all of it",
			w.organisation(f.Organisation), signed(float64(held(f.Value))), period)
	case claim.SchemesOverlap:
		return "other schemes covered the same places at the same time, so the change may be theirs: " + w.schemes(f.Schemes)
	case claim.PlaceNotPublished:
		return fmt.Sprintf("no publication was found that names %s as a place of the scheme", w.organisation(f.Organisation))
	case claim.PlaceLeftOut:
		return fmt.Sprintf("%s is not part of the estimate: %s", w.organisation(f.Organisation), w.Reason(*f.Because))
	case claim.WholeTimeOpen:
		words := fmt.Sprintf("the claim is about the time until %s, for which the figures leave it open", period)
		if f.Because != nil {
			words += ": " + w.Reason(*f.Because)
		}
		return words
	case claim.NothingEstimated:
		if f.Scope == claim.OfSize {
			return "nothing was estimated that the count could be set against"
		}
		return "nothing was estimated"
	case claim.RuleDecided:
		return Rules[f.Rule]
	case claim.LessSeen:
		return fmt.Sprintf(
			"at most %s fits the figures, %s is claimed",
			measured(float64(held(f.Value)), float64(held(f.Than))),
			claimedOf(held(f.Than), float64(held(f.Value))),
		)
	}
	return plainReasons[r.Code]
}

// NotScreened say why an organisation's figures cannot be searched for gaps and steps.
var NotScreened = map[steps.Reason]string{
	steps.TooShort: "its figures are too few",
	steps.TooSmall: "its numbers are too small",
	steps.TooNoisy: "its figures vary too much for one to be seen",
}

// theUnit names the place of a scheme; one that is compared with is "it", as its name stands before.
func (w ClaimWords) theUnit(f claim.Facts) string {
	if f.Scope == claim.OfPlace {
		return "it"
	}
	return w.organisation(f.Organisation)
}

// day writes a day given as text.
func day(text string) string {
	if d, err := time.Parse(time.DateOnly, text); err == nil {
		return d.Format("2 January 2006")
	}
	return text
}

// plainReasons are those about nothing but themselves.
var plainReasons = map[claim.ReasonCode]string{
	claim.IsPlan:            "a plan is compared with what happened, and not tested as an effect",
	claim.IsLevel:           "the figures state a level, such as beds on an average day, so a change of them does not add up to pounds",
	claim.NoUnitCost:        "no unit cost is stated, so what was counted cannot be turned into pounds",
	claim.NoPounds:          "no pounds are claimed",
	claim.PlansOverlap:      "plans of several bodies overlap by nature and are not added up",
	claim.RiseClaimed:       "a rise is claimed, of which nothing is moved elsewhere",
	claim.PoundsUnevidenced: "the pounds that were claimed are more than the figures evidence, or the figures do not show them",
	claim.NoNeighbours:      "none of them can be compared: each had a scheme, a gap or a change of counting, or there is none",
	claim.IsOwnChange:       "how the place's own figures moved is claimed, and not what a scheme did",
	claim.NoGroup:           "there is no comparison group: anything else that happened at that time counts as the effect",
}

// Rules say when each rule of a verdict holds.
var Rules = map[claim.RuleCode]string{
	claim.RuleNothingEstimated: "nothing could be estimated: no figures, no start, nothing before it, gaps, or too little to compare with",
	claim.RuleNoFit:            "the comparison does not fit before the start, or what is counted changed, so that it shows nothing after it",
	claim.RuleMoreThanAll:      "more is claimed than the measure counts in all, so the claim is about more than these figures",
	claim.RulePartUnknown:      "the scheme reached a part of the places whose size is not stated, so the places' figures cannot be set against the claim",
	claim.RuleTooSmall:         "a change as small as claimed could not have been seen in the figures of the places: whatever they show came of something else",
	claim.RuleTooSmallUnseen:   "the smallest change that these figures can show is more than twice what is claimed, and none was seen",
	claim.RuleOtherWay:         "the figures changed significantly in the opposite direction, whichever choice is made",
	claim.RuleOtherWayOpen:     "the figures moved against the direction claimed, but another check, another scheme or the whole time of the claim leaves it open",
	claim.RuleEndsShort:        "the figures fit no change and do not fit one as large as claimed",
	claim.RuleWithinChance:     "the figures fit no change, and they fit the change claimed",
	claim.RuleEarlierEffect:    "a change is found as well where the start is put back to a time at which nothing began",
	claim.RuleOneChoice:        "a change is found as well where nothing began, or is lost when one choice is made differently",
	claim.RuleAsClaimed: "the figures show a change that is statistically significant, fits the claim and is at least half of it, by a design with a comparison group; every check of the " +
		"estimate passed, and none of the others failed; where pounds are claimed, as many were seen, and the costs of the scheme are stated and smaller",
	claim.RuleNotAll:     "a statistically significant change in the direction claimed was seen, but not all that evidence needs",
	claim.RuleOwnUnknown: "how the place's own figures moved is not known: no earlier year is stated, figures have gaps or count something else, or they are of more than the claim is about",
	claim.RuleOwnAgrees: fmt.Sprintf("the place's own figures moved as claimed, within %d percentage points, as far apart as two publications of the same "+
		"usually are; without a size claimed, by more than that in the direction claimed", claim.OwnAgrees),
	claim.RuleOwnDiffers: fmt.Sprintf(
		"the place's own figures moved by more than %d percentage points less or more than claimed; without a size claimed, by more than %d the other way",
		claim.OwnDiffers,
		claim.OwnAgrees,
	),
	claim.RuleOwnBetween:      "the place's own figures moved otherwise than claimed, but no more than two publications of the same may differ, or too little is claimed to be told from no change",
	claim.RuleNoOutturn:       "no outturn is known that can be compared with the plan",
	claim.RuleNotDue:          "the figures end before the plan is due",
	claim.RuleNoEnd:           "the year that the plan was for cannot be compared: it is not stated, its figures have gaps, or a known event bent them",
	claim.RuleReached:         "the outturn reached what was planned; whether the scheme brought it about is not tested",
	claim.RuleShort:           "the outturn moved in the direction planned, but less far",
	claim.RulePlanOtherWay:    "the outturn moved the other way from the earlier level that the plan stated",
	claim.RulePlanNotFollowed: "the outturn is short of the plan, but the plan was set against a projection, or it is not stated against what",
}

// noFigure says that a place, or several, has no figure for a period.
func noFigure(f claim.Facts) string {
	period := catalog.PeriodWords(f.Period)
	switch f.Scope {
	case claim.OfScheme:
		return fmt.Sprintf("there is no figure for %s: a comparison needs all periods of the places that had the scheme", period)
	case claim.OfPlan:
		return fmt.Sprintf("there is no figure for %s, so the year from %s is not whole", period, catalog.PeriodWords(f.Start))
	case claim.OfPlace:
		return "it has no figure for " + period
	}
	return "there is no figure for " + period
}

// undue says why the year compared is not that of the plan.
func (w ClaimWords) undue(u claim.Undue) string {
	if u.Own == nil {
		return "it is not stated by when the plan was to be reached, so no year can be judged"
	}
	words := w.ownYear(u.Own)
	if !u.Own.Loaded && u.Later != nil {
		words += ", and " + w.Reason(*u.Later)
	}
	return fmt.Sprintf("%s. The year compared, %s, ended before the plan was due, so it decides nothing", words, spanOf(u.From, u.Until))
}

// ownYear says why the year that a plan was for is not judged.
func (w ClaimWords) ownYear(own *claim.OwnYear) string {
	words := "the plan was for the year " + spanOf(own.From, own.Until)
	switch {
	case !own.Loaded:
		return fmt.Sprintf("%s, and the figures loaded end in %s", words, catalog.PeriodWords(own.End))
	case own.Gap != nil:
		return words + ", and " + w.Reason(*own.Gap)
	}
	words += "; its figures are loaded, but not judged"
	if own.Event != nil {
		words += ", as " + w.Reason(*own.Event)
	}
	if own.Step != nil {
		words += ", and " + w.Reason(*own.Step)
	}
	return words
}

// VerdictReason is a reason for a verdict: a clause, or two sentences where it rests on one of the checks.
func (w ClaimWords) VerdictReason(r claim.Reason, checks []claim.Check) string {
	for _, c := range checks {
		if r.Code == claim.CheckDecided && c.ID == r.Facts.Check {
			return Sentence(CheckFound(c)) + " " + Sentence(w.Finding(c.Finding))
		}
	}
	return w.Reason(r)
}

// leftOut says what a comparison does without, and why in a clause; the note of a known event is a sentence.
func (w ClaimWords) leftOut(l claim.LeftOut) (what, why string) {
	what, why = w.place(l.Place), w.Reason(l.Reason)
	if l.Place == "" {
		what = catalog.PeriodWords(l.Period)
	}
	switch r := l.Reason; r.Code {
	case claim.DefinitionChanged:
		if what = "from " + what; r.Facts.Scope == claim.BeforeThen {
			what = "before " + catalog.PeriodWords(l.Period)
		}
	case claim.KnownEvent:
		why = r.Facts.Notes[0]
	}
	return what, why
}

// why says in a sentence why a design is what it is.
func (w ClaimWords) why(y claim.Why) string {
	switch y.Code {
	case claim.OfAllEngland:
		return "The scheme was for all of England at once, so no place is left to compare with: only what England's own figures did before can tell what would have been."
	case claim.TooFewToCompare:
		return fmt.Sprintf("There %s without a scheme of their own, a gap or a break; %d are needed for a placebo test at 5 per cent.", are(y.Have, "place"), y.Need)
	case claim.ComparedWithPlaces:
		return fmt.Sprintf(
			"%d places without a scheme of their own have all %d periods, %d of them before the start, so the change is compared with a weighted mean of theirs.",
			y.Have,
			y.Periods,
			y.Before,
		)
	case claim.JudgedByPlacebos:
		return "Figures are in per cent of each place's mean before the start. Whether the change is more than chance is judged by those found where there was no scheme."
	case claim.PlacesAsOne:
		return "The places of the claim are added up and taken as one; single places vary more, so this errs towards seeing nothing."
	case claim.ComparedWithTrend:
		return fmt.Sprintf(
			"The level from the start on is compared with the trend and the season of the %d periods before; anything else that happened then counts as the effect.",
			y.Before,
		)
	case claim.ComparedWithUnits:
		return fmt.Sprintf(
			"%d places of the same kind, in no scheme at that time and without a gap or a change of counting, have all %d periods, %d of them before the start. The change is compared with a weighted mean of theirs.",
			y.Have,
			y.Periods,
			y.Before,
		)
	case claim.JudgedByDonors:
		return "The same test was made on each of those places, where there was no scheme. How much their results differ says how far chance alone goes."
	case claim.GroupOfUnits:
		return fmt.Sprintf("The estimate is the mean of %d of the %d places of the claim, each with the same weight and around its own start.", y.Have, y.Need)
	case claim.JudgedTogether:
		return "The same test was made on each place compared with. Places of one footprint are alike, and the limits allow for that."
	case claim.PlanIntended:
		return "A plan states what was intended. It is compared with what happened, and not tested as an effect."
	case claim.SetAgainstPlan:
		return "The claim is set against a plan, so it tells how good the plan was and not what a scheme did."
	case claim.LastWholeYear:
		words := fmt.Sprintf("The year compared is %s, the last whole one", spanOf(y.From, y.Until))
		if y.Because != nil {
			words += ": " + w.Reason(*y.Because)
		}
		return words + "."
	}
	return ""
}
