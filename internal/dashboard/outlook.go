package dashboard

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/forecast"
	"stpdash/internal/measure"
)

// Outlook is where a measure of one place is heading, how likely its targets are met, and what such forecasts were worth so far.
type Outlook struct {
	measure.Outlook
	Until    catalog.Period // what is forecast follows it
	Last     catalog.Period // the last period with a figure that the forecast rests on
	Backtest *forecast.Report
	Chances  []measure.TargetChance
	Past     bool // what is forecast has passed for who reads it
}

// Outlook forecasts a measure of a place from what was known of the periods up to one; the latest where it is zero.
func (c *Composer) Outlook(ctx context.Context, asOf AsOf, m *catalog.Measure, s Scope, until catalog.Period) (Outlook, error) {
	all, err := c.points(ctx, asOf, m)
	if err != nil {
		return Outlook{}, err
	}
	if until.Start.IsZero() {
		until = latestPeriod(all, m.Grain)
	}
	o := Outlook{Until: until, Backtest: &forecast.Report{}}
	points := measure.Within(all[s.Code], time.Time{}, until.Start)
	breaks, err := c.breaks(ctx, asOf, m)
	if err != nil {
		return Outlook{}, err
	}
	if o.Outlook, err = measure.Foresee(m, points, breaks[s.Code], until, nil); err != nil || len(o.Steps) == 0 {
		return o, err
	}
	if o.Backtest, err = c.backtest(ctx, asOf, m, until); err != nil {
		return o, err
	}
	if o.Outlook, err = measure.Foresee(m, points, breaks[s.Code], until, o.Backtest.Calibration); err != nil {
		return o, err
	}
	for _, p := range points {
		if p.Value.Valid && !slices.Contains(o.LeftOut, p.Period) {
			o.Last = p.Period
		}
	}
	o.Past = !o.Periods[len(o.Periods)-1].End().After(c.reading(asOf))
	o.Chances = o.Outlook.Chances(c.TargetsOf(m, s), points)
	return o, nil
}

// backtest holds past forecasts of the 44, or of England where they have no figures, against what came by a period.
func (c *Composer) backtest(ctx context.Context, asOf AsOf, m *catalog.Measure, until catalog.Period) (*forecast.Report, error) {
	return remember(ctx, c, asOf, fmt.Sprint("backtest ", m.ID, m.Hash(), until), func(ctx context.Context) (*forecast.Report, error) {
		all, err := c.points(ctx, asOf, m)
		if err != nil {
			return nil, err
		}
		var places [][]measure.Point
		for _, s := range c.scopes() {
			if (s.Footprint != nil) == (m.Level != catalog.ByEngland) && s.Code != footprint.Unallocated {
				places = append(places, measure.Within(all[s.Code], time.Time{}, until.Start))
			}
		}
		return measure.BacktestOf(ctx, m, places, until)
	})
}

// outlookSentence says where the figures are heading; empty where there is no forecast.
func outlookSentence(m *catalog.Measure, o Outlook) string {
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
	if o.Past {
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
func (c *Composer) forecastTable(ctx context.Context, asOf AsOf, m *catalog.Measure, until catalog.Period) (ForecastTable, error) {
	return remember(ctx, c, asOf, fmt.Sprint("forecasts ", m.ID, m.Hash(), until), func(ctx context.Context) (ForecastTable, error) {
		t := ForecastTable{}
		var last Outlook
		for _, s := range c.scopes() {
			if !stated(m, s) || s.Code == footprint.Unallocated {
				continue
			}
			o, err := c.Outlook(ctx, asOf, m, s, until)
			if err != nil {
				return t, err
			}
			row := ForecastRow{Name: s.Name, URL: footprintURL(s.Code, unbound) + "#" + m.ID, Reason: o.Reason}
			if n := len(o.Steps); n > 0 {
				step := o.Steps[n-1]
				write := func(x float64) string { return foreseen(m, x) }
				row.Figure, row.Lower, row.Upper, row.Reason = write(step.Median), write(step.Lower80), write(step.Upper80), ""
				t.Period, last = o.Periods[n-1].Words(), o
				for _, chance := range o.Chances {
					if chance.Period == o.Periods[n-1] && (t.Target == "" || t.Target == chance.Target.Title) {
						t.Target, row.Chance = chance.Target.Title, measure.ChanceWords(chance.Chance)
					}
				}
			}
			t.Rows = append(t.Rows, row)
		}
		if t.Period == "" {
			if len(t.Rows) > 0 {
				t.Sentences = append(t.Sentences, "There is no forecast: "+t.Rows[0].Reason+".")
			}
			t.Rows = nil
			return t, nil
		}
		t.Sentences = append(t.Sentences,
			fmt.Sprintf("Each forecast goes on as the figures went up to %s: %s. It knows nothing else.", until.Words(), last.Method))
		if len(last.LeftOut) > 0 {
			t.Sentences = append(t.Sentences, "Left out, as a known event bent their figures: "+list(periodWords(last.LeftOut))+".")
		}
		for _, score := range last.Backtest.Horizons {
			t.Scores = append(t.Scores, scoreRow(fmt.Sprint(len(t.Scores)+1), score))
		}
		switch b := last.Backtest; {
		case b.Reason != "":
			t.Sentences = append(t.Sentences, "How well such forecasts came true is not known: "+b.Reason+".")
			t.Scores = nil
		default:
			t.Sentences = append(t.Sentences, fmt.Sprintf("Past forecasts were made again from each of %s, by what was known then, and held against what came.",
				plural(b.Origins, m.Grain.Words(), m.Grain.Words()+"s")))
			t.Scores = append(t.Scores, scoreRow("all", b.All))
			t.Season = seasonWords(m)
			if b.Origins < fewOrigins {
				t.Sentences = append(t.Sentences, fmt.Sprintf("So few of them, fewer than %d, say little: figures of one time err together.", fewOrigins))
			}
		}
		return t, nil
	})
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
