package dashboard

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/forecast"
	"stpdash/internal/measure"
)

// outlookSentence says where the figures are heading; empty where there is no forecast. Past tells that
// what is forecast has passed for who reads it.
func outlookSentence(m *catalog.Measure, o figures.Outlook, past bool) string {
	if len(o.Steps) == 0 {
		if o.Reason == "" {
			return ""
		}
		words := "No forecast: " + o.Reason + "."
		if len(o.LeftOut) > 0 {
			words += fmt.Sprintf(" Known events bent the figures of %s, which are not counted.", list(periodWords(o.LeftOut)))
		}
		return words
	}
	last := len(o.Steps) - 1
	step, period := o.Steps[last], o.Periods[last]
	write := func(x float64) string { return foreseen(m, x) }
	heading, met := "If the past goes on, %s brings %s, with 80 in 100 chances between %s and %s.", "The chance to meet “%s” %s: %s."
	if past {
		heading = "Had the past gone on, %s would have brought %s, with 80 in 100 chances between %s and %s; what it brought is not among the figures."
		met = "The chance to meet “%s” %s was, as told from then: %s."
	}
	parts := []string{fmt.Sprintf(heading, period.Words(), write(step.Median), write(step.Lower80), write(step.Upper80))}
	for _, chance := range o.Chances {
		parts = append(parts, fmt.Sprintf(met, chance.Target.Title, inPeriod(chance.Period), measure.ChanceWords(chance.Chance)))
	}
	if o.Last != o.Until && len(o.LeftOut) == 0 {
		parts = append(parts, fmt.Sprintf("The last figure that this rests on is of %s.", o.Last.Words()))
	}
	if len(o.LeftOut) > 0 {
		parts = append(parts, fmt.Sprintf("The forecast does not rest on %s, and knows nothing of what bent it.", list(periodWords(o.LeftOut))))
	}
	if score := o.Backtest.All; o.Backtest.Reason == "" && score.Forecasts > 0 {
		sentence := ""
		if o.Backtest.Origins < fewOrigins {
			sentence = fmt.Sprintf("As far as %s can tell: ", plural(o.Backtest.Origins, "starting point", "starting points"))
		}
		sentence += fmt.Sprintf("of %s past forecasts of this measure %.0f in 100 came within such bounds", grouped(decimal.NewFromInt(int64(score.Forecasts)), 0), 100*score.Coverage80)
		if !math.IsNaN(score.MASE) && !math.IsNaN(score.NaiveMASE) {
			better := "less"
			if score.MASE >= score.NaiveMASE {
				better = "not less"
			}
			sentence += fmt.Sprintf("; their errors were %s than those of repeating the %s before (scaled errors of %.2f against %.2f)", better, seasonWords(m), score.MASE, score.NaiveMASE)
		}
		parts = append(parts, capital(sentence)+".")
	} else if o.Backtest.Reason != "" {
		parts = append(parts, "How well such forecasts came true is not known: "+o.Backtest.Reason+".")
	}
	return strings.Join(parts, " ")
}

// fewOrigins is from how many starting points on a backtest is taken to say something.
const fewOrigins = 12

// forecastTable is the outlook of all places for one measure, from what was known up to a period.
func (c *Composer) forecastTable(ctx context.Context, asOf figures.Moment, m *catalog.Measure, until catalog.Period) (ForecastTable, error) {
	all, err := c.figures.Outlooks(ctx, asOf, m, until)
	if err != nil {
		return ForecastTable{}, err
	}
	t := ForecastTable{}
	if !all.Forecast {
		if len(all.Places) > 0 {
			t.Sentences = append(t.Sentences, "There is no forecast: "+all.Places[0].Reason+".")
		}
		return t, nil
	}
	var target *catalog.Target
	for _, o := range all.Places {
		row := ForecastRow{Name: o.Area.Name, URL: footprintURL(o.Area.Code, unbound) + "#" + m.ID, Reason: o.Reason}
		if o.Reason == "" {
			row.Figure, row.Lower, row.Upper = foreseen(m, o.Step.Median), foreseen(m, o.Step.Lower80), foreseen(m, o.Step.Upper80)
			t.Period = o.Period.Words()
			for _, chance := range o.Chances {
				if target == nil || target == chance.Target {
					target = chance.Target
					t.Target, row.Chance = target.Title, measure.ChanceWords(chance.Chance)
				}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	t.Sentences = append(t.Sentences,
		fmt.Sprintf("Each forecast goes on as the figures went up to %s: %s. It knows nothing else.", until.Words(), all.Method))
	if len(all.LeftOut) > 0 {
		t.Sentences = append(t.Sentences, "Left out, as a known event bent their figures: "+list(periodWords(all.LeftOut))+".")
	}
	b := all.Backtest
	if b.Reason != "" {
		t.Sentences = append(t.Sentences, "How well such forecasts came true is not known: "+b.Reason+".")
		return t, nil
	}
	for i, score := range b.Horizons {
		t.Scores = append(t.Scores, scoreRow(fmt.Sprint(i+1), score))
	}
	t.Sentences = append(t.Sentences, fmt.Sprintf("Past forecasts were made again from each of %s, by what was known then, and held against what came.",
		plural(b.Origins, m.Grain.Words(), m.Grain.Words()+"s")))
	t.Scores = append(t.Scores, scoreRow("all", b.All))
	t.Season = seasonWords(m)
	if b.Origins < fewOrigins {
		t.Sentences = append(t.Sentences, fmt.Sprintf("So few of them, fewer than %d, say little: figures of one time err together.", fewOrigins))
	}
	return t, nil
}

func periodWords(periods []catalog.Period) []string {
	var all []string
	for _, p := range periods {
		all = append(all, p.Words())
	}
	return all
}

func scoreRow(ahead string, s forecast.Score) ScoreRow {
	stated := func(x float64, format string) string {
		if math.IsNaN(x) {
			return "not stated"
		}
		return fmt.Sprintf(format, x)
	}
	return ScoreRow{ahead, grouped(decimal.NewFromInt(int64(s.Forecasts)), 0), stated(100*s.Coverage80, "%.0f in 100"), stated(s.MASE, "%.2f"), stated(s.NaiveMASE, "%.2f")}
}

// foreseen writes a forecast without more places than it has worth.
func foreseen(m *catalog.Measure, x float64) string {
	value := decimal.NewFromFloat(x)
	if m.Unit == catalog.Number || m.Unit == catalog.GBP {
		value = value.Round(0)
	}
	return written(m, value)
}

// seasonWords is what a forecast that repeats the season before repeats.
func seasonWords(m *catalog.Measure) string {
	switch m.Grain {
	case catalog.Day:
		return "week"
	case catalog.Month, catalog.Quarter:
		return "year"
	}
	return "period"
}
