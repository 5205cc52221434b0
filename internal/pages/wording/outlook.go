package wording

import (
	"fmt"
	"math"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/forecast"
	"stpdash/internal/measure"
)

// Outlook says where the figures are heading; empty where there is no forecast. Past tells that
// what is forecast has passed for who reads it.
func Outlook(m *catalog.Measure, o figures.Outlook, past bool) string {
	if len(o.Steps) == 0 {
		if o.Reason.Code == "" {
			return ""
		}
		words := "No forecast: " + OutlookReason(o.Why()) + "."
		if len(o.LeftOut) > 0 {
			words += fmt.Sprintf(" Known events bent the figures of %s, which are not counted.", List(Periods(o.LeftOut)))
		}
		return words
	}
	last := len(o.Steps) - 1
	step, period := o.Steps[last], o.Periods[last]
	write := func(x float64) string { return Foreseen(m, x) }
	heading, met := "If the trend continues, %s: %s (likely range %s to %s).", "The chance to meet “%s” %s: %s."
	if past {
		heading = "If the trend had continued, %s: %s (likely range %s to %s). The actual figure is not loaded."
		met = "The chance to meet “%s” %s was, as told from then: %s."
	}
	parts := []string{fmt.Sprintf(heading, period.Words(), write(step.Median), write(step.Lower80), write(step.Upper80))}
	if o.Estimate {
		parts = append(parts, "It rests on estimates.")
	}
	for _, chance := range o.Chances {
		parts = append(parts, fmt.Sprintf(met, chance.Target.Title, InPeriod(chance.Period), Chance(chance.Chance)))
	}
	if o.Last != o.Until && len(o.LeftOut) == 0 {
		parts = append(parts, fmt.Sprintf("The last figure that this rests on is of %s.", o.Last.Words()))
	}
	if len(o.LeftOut) > 0 {
		parts = append(parts, fmt.Sprintf("The forecast does not rest on %s, and knows nothing of what bent it.", List(Periods(o.LeftOut))))
	}
	if score := o.Backtest.All; o.Backtest.Reason.Code == "" && score.Forecasts > 0 {
		sentence := ""
		if o.Backtest.Origins < FewOrigins {
			sentence = fmt.Sprintf("As far as %s can tell: ", Plural(o.Backtest.Origins, "starting point", "starting points"))
		}
		sentence += fmt.Sprintf(
			"of %s past forecasts of this measure %.0f in 100 came within such bounds",
			Grouped(decimal.NewFromInt(int64(score.Forecasts)), 0),
			100*score.Coverage80,
		)
		if !math.IsNaN(score.MASE) && !math.IsNaN(score.NaiveMASE) {
			better := "less"
			if score.MASE >= score.NaiveMASE {
				better = "not less"
			}
			sentence += fmt.Sprintf(
				"; their errors were %s than those of repeating the %s before (scaled errors of %.2f against %.2f)",
				better,
				Season(m),
				score.MASE,
				score.NaiveMASE,
			)
		}
		parts = append(parts, Capital(sentence)+".")
	} else if o.Backtest.Reason.Code != "" {
		parts = append(parts, "How well such forecasts came true is not known: "+ForecastReason(o.Backtest.Reason)+".")
	}
	return strings.Join(parts, " ")
}

// OutlookReason says in a clause why there is no forecast, or no width of its intervals; empty where there are.
func OutlookReason(r measure.OutlookReason) string {
	words := ForecastReason(r.Reason)
	if !r.Begins.Start.IsZero() {
		words += fmt.Sprintf("; the history begins with %s, when what is counted or who reports it changed", ThePeriod(r.Begins))
	}
	return words
}

// forecastScales name the scales that a model is fitted on.
var forecastScales = map[forecast.ScaleKind]string{
	forecast.PlainScale: "on the figures themselves", forecast.RootScale: "on the square root", forecast.ArcsineScale: "on the arcsine of the square root",
}

// ForecastMethod names how a forecast was made; empty where none was.
func ForecastMethod(m *forecast.Method) string {
	if m == nil {
		return ""
	}
	seasons := "ETS(A,Ad,N)"
	if m.Seasonal {
		seasons = "ETS(A,Ad,A)"
	}
	return "damped trend exponential smoothing, " + seasons + ", " + forecastScales[m.Scale]
}

// ForecastReason says in a clause why there is no forecast, no width of its intervals or nothing to judge forecasts by; empty where there are.
func ForecastReason(r forecast.Reason) string {
	switch r.Code {
	case forecast.AllMissing:
		return "every figure is missing"
	case forecast.NoFigures:
		return "there are no figures"
	case forecast.OverlappingSpans:
		return "neighbouring figures share periods; the measure they are worked out from can be forecast"
	case forecast.TooFew:
		words := fmt.Sprintf("the history is too short: known figures: %d, at least %d are needed", r.Have, r.Need)
		if r.Season > 1 {
			words += fmt.Sprintf(", two seasons of %d and %d more", r.Season, forecast.ExtraFigures)
		}
		return words
	case forecast.TooManyGaps:
		return fmt.Sprintf("the history has too many gaps: %d of %d figures are missing, at most a quarter may be", r.Have, r.Of)
	case forecast.GapsAtEnd:
		return fmt.Sprintf("the last known figure is followed by %d missing ones, at most %d may be", r.Have, r.Need)
	case forecast.SeasonUnknown:
		return fmt.Sprintf(
			"the history has too many gaps: of the figures at position %d of the season, counted from the first known, %d are known among the first %d, at least %d are needed",
			r.Position,
			r.Have,
			r.Of,
			r.Need,
		)
	case forecast.Inseparable:
		return "trend and season cannot be separated in the first figures"
	case forecast.NoParameters:
		return "the parameters could not be found"
	case forecast.NoErrors:
		return "the figures follow their trend and season without any error, so the intervals have no width and no chance can be told"
	case forecast.NothingToJudge:
		return fmt.Sprintf("no series has a figure to judge a forecast by after the %d known ones that a forecast needs", r.Need)
	}
	return ""
}

// FewOrigins is from how many starting points on a backtest is taken to say something.
const FewOrigins = 12

// Season is what a forecast that repeats the season before repeats.
func Season(m *catalog.Measure) string {
	switch m.Grain {
	case catalog.Day:
		return "week"
	case catalog.Week, catalog.Month, catalog.Quarter:
		return "year"
	}
	return "period"
}

// Forecasts say how the forecasts of a measure are made, and how such forecasts came true.
func Forecasts(m *catalog.Measure, all figures.Outlooks, until catalog.Period) []string {
	sentences := []string{
		fmt.Sprintf("Each forecast continues the trend of the figures up to %s: %s. It knows nothing else.", ThePeriod(until), ForecastMethod(all.Method)),
	}
	if len(all.LeftOut) > 0 {
		sentences = append(sentences, "Left out, as a known event bent their figures: "+List(Periods(all.LeftOut))+".")
	}
	b := all.Backtest
	if b.Reason.Code != "" {
		return append(sentences, "How well such forecasts came true is not known: "+ForecastReason(b.Reason)+".")
	}
	sentences = append(sentences, fmt.Sprintf("Past forecasts were made again from each of %s, by what was known then, and compared with what happened.",
		Plural(b.Origins, m.Grain.Words(), m.Grain.Words()+"s")))
	if b.Origins < FewOrigins {
		sentences = append(sentences, fmt.Sprintf("So few of them, fewer than %d, say little: figures of one time err together.", FewOrigins))
	}
	return sentences
}

// Chance says a chance without more precision than a forecast has.
func Chance(chance float64) string {
	switch {
	case math.IsNaN(chance):
		return "not known"
	case chance < 0.01:
		return "under 1 in 100"
	case chance > 0.99:
		return "over 99 in 100"
	}
	return fmt.Sprintf("about %.0f in 100", chance*100)
}
