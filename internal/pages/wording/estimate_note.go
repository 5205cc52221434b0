package wording

import (
	"fmt"
	"strings"

	"stpdash/internal/evidence"
)

// EvidenceNote is a clause that says why the mathematics have no figure, or what to know of an estimate; empty of no note.
func EvidenceNote(n evidence.Note) string {
	names, times := strings.Join(n.Names, ", "), strings.Join(n.Times, ", ")
	value, than := held(n.Value), held(n.Than)
	switch n.Code {
	case evidence.TooFewPlaceboDonors:
		return fmt.Sprintf("a test against other units needs at least %d donors besides those taken as treated: %d are left", n.Need, n.Have)
	case evidence.TooFewPlacebos:
		return fmt.Sprintf("%d placebos are too few to reject anything at 5 per cent: %d are needed", n.Have, n.Need)
	case evidence.UnlikeDonors:
		return fmt.Sprintf("the donors do not resemble the unit, so there is no standard error and no interval: before the start the mean squared gap is %.4g, "+
			"more than %d times that of the median placebo (%.4g)", value, n.Need, than)
	case evidence.TooFewAroundStart:
		return fmt.Sprintf("too few periods for a standard error: %d on one side of the start, and %d are needed on each", n.Have, n.Need)
	case evidence.TooFewClustersForTest:
		return fmt.Sprintf("%d clusters are too few to test %d effects together", n.Have, n.Need)
	case evidence.TooFewUnitsForTest:
		return fmt.Sprintf("%d units are too few to test all effects before the starts together", n.Have)
	case evidence.UnknownSize:
		return fmt.Sprintf("the size of a unit is %.4g: only sizes above zero can be used", value)
	case evidence.FarBeyondDonors:
		return fmt.Sprintf("no estimate: the weights below zero sum to %.1f, under %.0f, so the comparison lies far beyond its donors", value, than)
	case evidence.StepsUsedUp:
		return fmt.Sprintf("no solution was found in %d steps", n.Have)
	case evidence.TooFewDonors:
		return fmt.Sprintf("too few places to compare with: %d, and %d are needed", n.Have, n.Need)
	case evidence.TooFewPeriods:
		return fmt.Sprintf("too few periods before the start: %d, and %d are needed", n.Have, n.Need)
	case evidence.TooFewToFit:
		return fmt.Sprintf("%d periods with a figure are too few to fit %d terms", n.Have, n.Need)
	case evidence.NotAboveZero:
		return fmt.Sprintf("the figure of %s for %s is %.4g, and only figures above zero have a logarithm", names, times, value)
	case evidence.TermsDependent:
		return fmt.Sprintf("the effect of the term %s cannot be separated from that of the others", names)
	case evidence.SpanTooShort:
		return fmt.Sprintf("the figures span %.4g periods, less than the season of %.4g", value, than)
	case evidence.SearchEnded, evidence.SearchStillGaining:
		words := fmt.Sprintf("weights of predictors by Nelder-Mead from %d starts; the best two ended at mean squared gaps of %.6g and %.6g", n.Have, value, than)
		if n.Code == evidence.SearchStillGaining {
			words += "; the first was still gaining"
		}
		return words
	case evidence.DonorsLeftOut:
		return fmt.Sprintf("donors left out, as they have no figure at some time: %s", names)
	case evidence.PlacebosLeftOut:
		return fmt.Sprintf("placebos left out, as no solution was found: %s", names)
	case evidence.PlacebosFarBeyond:
		return fmt.Sprintf("placebos that lie far beyond their donors, kept in the ranks and in the standard error: %s", names)
	case evidence.FewDonorsTried:
		return fmt.Sprintf("%d donors: the test was tried with %d or more", n.Have, n.Need)
	case evidence.StartsDiffer:
		return fmt.Sprintf("units start at %d different times: where the effect grows, units treated earlier are a poor comparison for later ones; "+
			"use the design for staggered adoption", n.Have)
	case evidence.OwnStarts:
		return fmt.Sprintf("members start at %d different times: each is compared around its own", n.Have)
	case evidence.SecondReference:
		return fmt.Sprintf("the effect in period %.0f cannot be separated from the others, so it is a second reference", value)
	case evidence.PredictorSame, evidence.TrainingSame:
		return fmt.Sprintf("%s %s was left out: it is the same for all units", predictorOf[n.Code], names)
	case evidence.PredictorFollows, evidence.TrainingFollows:
		return fmt.Sprintf("%s %s was left out: it follows from those before it, as the last of shares that add up does", predictorOf[n.Code], names)
	case evidence.PredictorsMatched:
		return fmt.Sprintf("%d of %d predictors were matched", n.Have, n.Need)
	case evidence.InterventionFalls:
		return fmt.Sprintf(
			"the intervention falls from %.4g to %.4g at time %s: the estimate takes its effect to end then, at once; if 0 and 1 were exchanged, it is wrong",
			value,
			than,
			times,
		)
	case evidence.TreatmentEnds:
		return fmt.Sprintf(
			"the treatment ends in %d of %d units (unit %s is treated at %s and not treated at %s): the estimate takes the effect to end with it, at once; "+
				"if 0 and 1 were exchanged, it is wrong",
			n.Have,
			n.Need,
			names,
			n.Times[0],
			n.Times[1],
		)
	case evidence.TreatmentOrder:
		return fmt.Sprintf("unit %s is treated at %s and not treated at %s: if %s comes before %s, name the times in their order, such as 1 and 2; "+
			"if not, the treatment is reversed, and so is the sign of the effect", names, n.Times[0], n.Times[1], n.Times[2], n.Times[3])
	case evidence.UnitsWithGaps:
		return fmt.Sprintf("units left out, as they have no figure at some time: %d", n.Have)
	case evidence.UnitsAlwaysTreated:
		return fmt.Sprintf("units left out, as they are treated from the first time on and have no period before: %d", n.Have)
	case evidence.GroupsUncontrolled:
		return "no controls, and so no effect, for the groups " + atTimes(n)
	case evidence.GroupsOfOneUnit:
		return "the summaries leave out these groups of one unit, whose own variation cannot be separated from the effect: " + names
	case evidence.EffectsOfOneControl:
		return "the summaries leave out these effects, whose controls are one unit: " + atTimes(n)
	}
	return plainNotes[n.Code]
}

// plainNotes are those about nothing but themselves.
var plainNotes = map[evidence.NoteCode]string{
	evidence.NoVariation:         "there is no variation to judge the estimate by: the standard error is not above zero",
	evidence.NoDegreesOfFreedom:  "no degrees of freedom are left for an interval",
	evidence.NoPlacebosYet:       "the estimate was not tested against other units, so it has no standard error",
	evidence.NothingNotRejected:  "no interval: the figures from the start on differ so much that the test rejects every constant effect",
	evidence.OneTreatedCluster:   "one cluster is treated, so its own variation cannot be separated from the effect; compare with placebos instead",
	evidence.OneUntreatedCluster: "one cluster is not treated, so its own variation cannot be separated from the effect",
	evidence.OneUnitCompared:     "a group or its controls are one unit, so its own variation cannot be separated from the effect",
	evidence.OneUnitIncluded:     "with groups, or controls, of one unit, whose own variation the error does not know",
	evidence.ReferencePeriod:     "the reference: zero by construction",
	evidence.NothingBeforeToTest: "there is no period before the reference to test",
	evidence.EffectsDependent:    "the effects before the start depend on each other: their covariance has no inverse",
	evidence.OfTheGroup:          "the error is that of the group, not of one place",
	evidence.PointsAlike:         "no solution was found, as some donors hardly differ",
	evidence.InfiniteTerm:        "no solution was found: some fitted counts are zero, so a coefficient is infinite",
	evidence.WorkStopped:         "the work was stopped before its end",
	evidence.NothingFromStart:    "there is no period from the start on",
	evidence.OutcomeUnusable:     "a figure is missing or too large",
	evidence.NothingToWeigh:      "all places to compare with have the same figures before the start",
	evidence.NoPenalty:           "the figures before the start differ too much in size to choose a penalty",
	evidence.AllZero:             "all figures are zero or missing: there is nothing to compare",
	evidence.OneSideZero:         "all figures before the start, or from it on, are zero: perhaps none was reported",
	evidence.ExpectedNearZero:    "no percentage, as what was expected may be zero or less",
	evidence.NoAutoregression:    "no autoregression fits the errors",
	evidence.NothingDistinct:     "every predictor is the same for all units",
	evidence.NoPlaceUsable:       "each place of the group has a gap or a jump in its time, or figures that do not reach so far",
	evidence.NotTheseFigures:     "the method has no answer for these figures",
	evidence.TimesUneven:         "the periods are not evenly spaced",
	evidence.LeastSquares:        "least squares, closed form",
	evidence.ClosedForm:          "closed form",
	evidence.ActiveSet:           "active set",
	evidence.Reweighted:          "iteratively reweighted least squares",
	evidence.MeansDiffered:       "differences of means",
	evidence.DonorsReproduce: "the donors reproduce the treated unit before the start, which many weights would do: the nearest donors were taken, " +
		"and the fit before the start says nothing",
}

var predictorOf = map[evidence.NoteCode]string{
	evidence.PredictorSame: "predictor", evidence.PredictorFollows: "predictor",
	evidence.TrainingSame: "training predictor", evidence.TrainingFollows: "training predictor",
}

// atTimes names groups with their times.
func atTimes(n evidence.Note) string {
	var all []string
	for i, name := range n.Names {
		all = append(all, name+" at "+n.Times[i])
	}
	return strings.Join(all, ", ")
}

// EvidenceNotes are several.
func EvidenceNotes(notes []evidence.Note) []string {
	var words []string
	for _, n := range notes {
		words = append(words, EvidenceNote(n))
	}
	return words
}

// errorKinds name the kinds of standard errors.
var errorKinds = map[evidence.ErrorCode]string{
	evidence.PlaceboDeviation:  "standard deviation of %d placebos",
	evidence.SizeDeviation:     "by the size of the unit",
	evidence.DonorsDeviation:   "donors' deviation, correlated within clusters",
	evidence.ClusteredByUnit:   "CR1, clustered by unit",
	evidence.Clustered:         "CR1, clustered",
	evidence.ClusteredFew:      "CR1 without its bias of few clusters",
	evidence.ClusteredUnbiased: "CR2, clustered, Satterthwaite degrees of freedom",
	evidence.OfModel:           "model",
	evidence.OfModelDispersed:  "model, times the root of the dispersion",
	evidence.NeweyWest:         "Newey-West, %d lags",
	evidence.NeweyWestSmall:    "Newey-West without its small-sample bias",
	evidence.Autoregressive:    "first-order autoregression, Kenward-Roger",
	evidence.InfluenceFunction: "influence function, unit",
	evidence.InfluenceFewUnits: "influence function without its bias of few units",
}

// ErrorKind names a kind of standard error; empty of none.
func ErrorKind(k evidence.ErrorKind) string {
	words := errorKinds[k.Code]
	if strings.Contains(words, "%d") {
		words = fmt.Sprintf(words, k.Have)
	}
	if k.Delta {
		words += ", delta method"
	}
	return words
}

// IntervalBy says which error is behind an interval where it is not the standard error; empty where it is.
func IntervalBy(by *evidence.IntervalError) string {
	switch {
	case by == nil:
		return ""
	case by.SE.Missing():
		return ErrorKind(by.ErrorKind)
	}
	return fmt.Sprintf("%s: %.4g, t with %.1f degrees of freedom", ErrorKind(by.ErrorKind), by.SE, by.DF)
}

// variations say what a kind of variation changes, before the name of the donor or the time.
var variations = map[evidence.VariationKind]string{
	evidence.WithoutDonor: "without ",
	evidence.StartAt:      "start at ",
	evidence.From:         "from ",
	evidence.To:           "to ",
	evidence.EffectFrom:   "effect from ",
	evidence.ByMethod:     "",
}

// VariationOf says what was changed of an estimate, with a name for the donor, the time or the method.
func VariationOf(kind evidence.VariationKind, name string) string { return variations[kind] + name }
