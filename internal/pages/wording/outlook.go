package wording

import (
	"fmt"
	"math"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
)

// Outlook says where the figures are heading; empty where there is no forecast. Past tells that
// what is forecast has passed for who reads it.
func Outlook(m *catalog.Measure, o figures.Outlook, past bool) string {
	if len(o.Steps) == 0 {
		if o.Reason == "" {
			return ""
		}
		words := "No forecast: " + o.Reason + "."
		if len(o.LeftOut) > 0 {
			words += fmt.Sprintf(" Known events bent the figures of %s, which are not counted.", List(Periods(o.LeftOut)))
		}
		return words
	}
	last := len(o.Steps) - 1
	step, period := o.Steps[last], o.Periods[last]
	write := func(x float64) string { return Foreseen(m, x) }
	heading, met := "If the past goes on, %s brings %s, with 80 in 100 chances between %s and %s.", "The chance to meet “%s” %s: %s."
	if past {
		heading = "Had the past gone on, %s would have brought %s, with 80 in 100 chances between %s and %s; what it brought is not among the figures."
		met = "The chance to meet “%s” %s was, as told from then: %s."
	}
	parts := []string{fmt.Sprintf(heading, period.Words(), write(step.Median), write(step.Lower80), write(step.Upper80))}
	for _, chance := range o.Chances {
		parts = append(parts, fmt.Sprintf(met, chance.Target.Title, InPeriod(chance.Period), measure.ChanceWords(chance.Chance)))
	}
	if o.Last != o.Until && len(o.LeftOut) == 0 {
		parts = append(parts, fmt.Sprintf("The last figure that this rests on is of %s.", o.Last.Words()))
	}
	if len(o.LeftOut) > 0 {
		parts = append(parts, fmt.Sprintf("The forecast does not rest on %s, and knows nothing of what bent it.", List(Periods(o.LeftOut))))
	}
	if score := o.Backtest.All; o.Backtest.Reason == "" && score.Forecasts > 0 {
		sentence := ""
		if o.Backtest.Origins < FewOrigins {
			sentence = fmt.Sprintf("As far as %s can tell: ", Plural(o.Backtest.Origins, "starting point", "starting points"))
		}
		sentence += fmt.Sprintf("of %s past forecasts of this measure %.0f in 100 came within such bounds", Grouped(decimal.NewFromInt(int64(score.Forecasts)), 0), 100*score.Coverage80)
		if !math.IsNaN(score.MASE) && !math.IsNaN(score.NaiveMASE) {
			better := "less"
			if score.MASE >= score.NaiveMASE {
				better = "not less"
			}
			sentence += fmt.Sprintf("; their errors were %s than those of repeating the %s before (scaled errors of %.2f against %.2f)", better, Season(m), score.MASE, score.NaiveMASE)
		}
		parts = append(parts, Capital(sentence)+".")
	} else if o.Backtest.Reason != "" {
		parts = append(parts, "How well such forecasts came true is not known: "+o.Backtest.Reason+".")
	}
	return strings.Join(parts, " ")
}

// FewOrigins is from how many starting points on a backtest is taken to say something.
const FewOrigins = 12

// Season is what a forecast that repeats the season before repeats.
func Season(m *catalog.Measure) string {
	switch m.Grain {
	case catalog.Day:
		return "week"
	case catalog.Month, catalog.Quarter:
		return "year"
	}
	return "period"
}

// Forecasts say how the forecasts of a measure are made, and how such forecasts came true.
func Forecasts(m *catalog.Measure, all figures.Outlooks, until catalog.Period) []string {
	sentences := []string{fmt.Sprintf("Each forecast goes on as the figures went up to %s: %s. It knows nothing else.", until.Words(), all.Method)}
	if len(all.LeftOut) > 0 {
		sentences = append(sentences, "Left out, as a known event bent their figures: "+List(Periods(all.LeftOut))+".")
	}
	b := all.Backtest
	if b.Reason != "" {
		return append(sentences, "How well such forecasts came true is not known: "+b.Reason+".")
	}
	sentences = append(sentences, fmt.Sprintf("Past forecasts were made again from each of %s, by what was known then, and held against what came.",
		Plural(b.Origins, m.Grain.Words(), m.Grain.Words()+"s")))
	if b.Origins < FewOrigins {
		sentences = append(sentences, fmt.Sprintf("So few of them, fewer than %d, say little: figures of one time err together.", FewOrigins))
	}
	return sentences
}
