package wording

import (
	"math"
	"testing"

	"stpdash/internal/catalog"
	"stpdash/internal/forecast"
	"stpdash/internal/measure"
	"stpdash/internal/spc"
)

func TestReasonsInWords(t *testing.T) {
	april, _ := catalog.ParsePeriod("2018-04")
	few := spc.Reason{Code: spc.SmallCounts, Need: 5}
	month := func(g measure.Gaps) measure.LimitsReason {
		g.Grain = catalog.Month
		return measure.LimitsReason{Reason: few, Gaps: g}
	}
	for want, got := range map[string]string{
		"": ChartLimits(spc.Reason{}) + Limits(measure.LimitsReason{}) + ForecastReason(forecast.Reason{}) + OutlookReason(measure.OutlookReason{}) +
			Unjudged(measure.UnjudgedReason{}) + Uncounted(""),
		"every figure is missing": ChartLimits(spc.Reason{Code: spc.AllMissing}),
		"no two figures follow each other, so there is no moving range to set limits by":                                 ChartLimits(spc.Reason{Code: spc.NoNeighbours}),
		"the figures are too large to add up":                                                                            ChartLimits(spc.Reason{Code: spc.TooLarge}),
		"neighbouring figures are all equal, so the limits have no width":                                                ChartLimits(spc.Reason{Code: spc.AllEqual}),
		"neighbouring figures are all equal but for one leap, so the limits have no width":                               ChartLimits(spc.Reason{Code: spc.AllEqualButOne}),
		"neighbouring figures share months, so there are no process limits for them":                                     ChartLimits(spc.Reason{Code: spc.OverlappingSpans}),
		"there are 3 stretches between events, and it takes 12":                                                          ChartLimits(spc.Reason{Code: spc.TooFewGaps, Have: 3, Need: 12}),
		"there is 1 stretch between events, and it takes 12":                                                             ChartLimits(spc.Reason{Code: spc.TooFewGaps, Have: 1, Need: 12}),
		"figure 4 is NaN; what lies between events is a number of 0 or more":                                             ChartLimits(spc.Reason{Code: spc.NotGaps, Position: 4, Value: math.NaN()}),
		"the stretches between events are all equal, so the limits have no width":                                        ChartLimits(spc.Reason{Code: spc.GapsEqual}),
		"half or more of the figures are under 5, and in such small counts one case more or less is no sign of a change": ChartLimits(few),
		"half or more of the figures are under 5, and in such small counts one case more or less is no sign of a change; " +
			"more than half of the months have cases, too many for a chart of the time between cases": Limits(month(measure.Gaps{Crowded: true})),
		"half or more of the figures are under 5, and in such small counts one case more or less is no sign of a change; " +
			"a chart of the months between cases has no limits either: there are 0 stretches between events, and it takes 12": Limits(month(measure.Gaps{Reason: spc.Reason{Code: spc.TooFewGaps, Need: 12}})),
		"half or more of the figures are under 5, and in such small counts one case more or less is no sign of a change; " +
			"one long stretch without a case does not settle it (g chart: usually 1.5 months, up to 7)": Limits(month(measure.Gaps{Mean: 1.5, UPL: 7.9, Long: true})),
		"half or more of the figures are under 5, and in such small counts one case more or less is no sign of a change; " +
			"a g chart sees only how far apart months with cases lie (usually 1.5 without one, up to 7), not how many cases they have": Limits(month(measure.Gaps{Mean: 1.5, UPL: 7.9})),

		"there are no figures": ForecastReason(forecast.Reason{Code: forecast.NoFigures}),
		"neighbouring figures share periods; the measure they are worked out from can be forecast":                              ForecastReason(forecast.Reason{Code: forecast.OverlappingSpans}),
		"the history is too short: known figures: 1, at least 10 are needed":                                                    ForecastReason(forecast.Reason{Code: forecast.TooFew, Have: 1, Need: 10, Season: 1}),
		"the history is too short: known figures: 31, at least 32 are needed, two seasons of 12 and 8 more":                     ForecastReason(forecast.Reason{Code: forecast.TooFew, Have: 31, Need: 32, Season: 12}),
		"the history has too many gaps: 20 of 60 figures are missing, at most a quarter may be":                                 ForecastReason(forecast.Reason{Code: forecast.TooManyGaps, Have: 20, Of: 60}),
		"the last known figure is followed by 13 missing ones, at most 12 may be":                                               ForecastReason(forecast.Reason{Code: forecast.GapsAtEnd, Have: 13, Need: 12}),
		"trend and season cannot be separated in the first figures":                                                             ForecastReason(forecast.Reason{Code: forecast.Inseparable}),
		"the parameters could not be found":                                                                                     ForecastReason(forecast.Reason{Code: forecast.NoParameters}),
		"no series has a figure to judge a forecast by after the 32 known ones that a forecast needs":                           ForecastReason(forecast.Reason{Code: forecast.NothingToJudge, Need: 32}),
		"the figures follow their trend and season without any error, so the intervals have no width and no chance can be told": ForecastReason(forecast.Reason{Code: forecast.NoErrors}),
		"the history has too many gaps: of the figures at position 12 of the season, counted from the first known, 1 are known among the first 41, at least 2 are needed": ForecastReason(
			forecast.Reason{Code: forecast.SeasonUnknown, Have: 1, Need: 2, Of: 41, Position: 12}),
		"every figure is missing; the history begins with April 2018, when what is counted or who reports it changed": OutlookReason(
			measure.OutlookReason{Reason: forecast.Reason{Code: forecast.AllMissing}, Begins: april}),

		"its baseline, the figure of April 2018, is not known": Unjudged(measure.UnjudgedReason{Code: measure.BaselineUnknown, Period: april}),
		"its baseline, the figure of April 2018, is partial":   Unjudged(measure.UnjudgedReason{Code: measure.BaselinePartial, Period: april}),
		"the figure of April 2018 is partial":                  Unjudged(measure.UnjudgedReason{Code: measure.FigurePartial, Period: april}),
		"there is no figure for April 2018":                    Unjudged(measure.UnjudgedReason{Code: measure.FigureUnknown, Period: april}),
		"there is no figure any more":                          Unjudged(measure.UnjudgedReason{Code: measure.FigureGone}),
		"it has no value before April 2018":                    Unjudged(measure.UnjudgedReason{Code: measure.NotYetRequired, Period: april}),
		"it has no value for April 2018":                       Unjudged(measure.UnjudgedReason{Code: measure.NotRequired, Period: april}),
		"there is no target for April 2018":                    Unjudged(measure.UnjudgedReason{Code: measure.NoTarget, Period: april}),

		"A change is no count, so no interval and no funnel is stated for it.":                                               Uncounted(measure.OfChange),
		"The figures are averages over the period and no counts of events, so no interval and no funnel is stated for them.": Uncounted(measure.OfAverage),
		"The rate is stated as its publisher worked it out, so no interval and no funnel is stated for it.":                  Uncounted(measure.OfRate),
		"Money is no count of events, so no interval and no funnel is stated for it.":                                        Uncounted(measure.OfMoney),
		"Amounts of places of different size do not compare; the measure has no rate.":                                       Uncounted(measure.OfAmounts),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := ForecastReason(forecast.Reason{Code: forecast.AllMissing}); got != "every figure is missing" {
		t.Errorf("got %q", got)
	}
}

func TestIconsHaveWords(t *testing.T) {
	for _, v := range []spc.Variation{spc.NoVariation, spc.CommonVariation, spc.ImprovementHigh, spc.ImprovementLow, spc.ConcernHigh, spc.ConcernLow, spc.NeutralVariationHigh, spc.NeutralVariationLow} {
		if Variation(v) == "" || variationTexts[v] == "" {
			t.Errorf("%q has no words", v)
		}
	}
	for _, a := range []spc.Assurance{spc.NoAssurance, spc.ConsistentPass, spc.ConsistentFail, spc.Inconsistent} {
		if Assurance(a) == "" {
			t.Errorf("%q has no words", a)
		}
	}
	for _, causes := range spc.Rules {
		for _, c := range causes {
			if Cause(c) == "" || ruleClauses[c] == "" {
				t.Errorf("%q has no words", c)
			}
		}
	}
}
