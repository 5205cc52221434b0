package forecast

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// MinimumErrors is how many errors of past forecasts a calibration rests on at least.
const MinimumErrors = 100

// Calibration is how far forecasts fell from the figures that came, in units of the standard error that the model gave them: the
// split conformal method (Vovk, Gammerman and Shafer 2005; Lei and colleagues 2018), whose interval of level p reaches as far as
// the ⌈p(n+1)⌉th smallest of n such errors. It only ever widens the model's own interval. What it promises holds of
// errors that could come in any order, which those of a series could not, so Backtest counts what it gave. A nil one is the normal
// distribution.
type Calibration struct {
	errors []float64 // absolute, ascending
}

// newCalibration is nil where the errors are too few.
func newCalibration(errors []float64) *Calibration {
	if len(errors) < MinimumErrors {
		return nil
	}
	slices.Sort(errors)
	return &Calibration{errors}
}

// Errors is the number of past forecasts the calibration rests on, 0 without one.
func (c *Calibration) Errors() int {
	if c == nil {
		return 0
	}
	return len(c.errors)
}

// Factor is how many times wider than the model's own the interval of a level between 0 and 1 is.
func (c *Calibration) Factor(level float64) float64 {
	return c.width(level) / (*Calibration)(nil).width(level)
}

// width is how many standard errors an interval reaches to each side; coverage is its inverse.
func (c *Calibration) width(level float64) float64 {
	width := distuv.UnitNormal.Quantile((1 + level) / 2)
	if c == nil {
		return width
	}
	rank := int(math.Ceil(level * float64(len(c.errors)+1)))
	if rank > len(c.errors) {
		return math.Inf(1)
	}
	return max(width, c.errors[rank-1])
}

// coverage is the level of the interval that reaches so far, below 1 with a calibration.
func (c *Calibration) coverage(width float64) float64 {
	coverage := 2*distuv.UnitNormal.CDF(width) - 1
	if c == nil {
		return coverage
	}
	within, _ := slices.BinarySearchFunc(c.errors, width, func(e, width float64) int {
		if e <= width {
			return -1
		}
		return 1
	})
	return min(coverage, float64(within)/float64(len(c.errors)+1))
}

// Score is how well forecasts came true. Shares and means of no forecast are NaN.
type Score struct {
	Forecasts int // figures that were forecast and then came

	// Shares of the figures that lay within the intervals as a reader was shown them: widened by the calibration that was known when
	// the forecast was made, which saw none of the figures it is judged by.
	Coverage80, Coverage95 float64
	// The same of the model's own intervals.
	Model80, Model95 float64

	// Scaled is how many forecasts the mean absolute scaled errors rest on: those whose history varies from season to season, and
	// has a figure of the same season for the seasonal naive method, which repeats the latest one. Below 1, the errors are less than
	// those of repeating the season before were within the history (Hyndman and Koehler 2006).
	Scaled          int
	MASE, NaiveMASE float64

	// Percented is how many the mean absolute percentage errors rest on: the same, but for figures that are zero.
	Percented       int
	MAPE, NaiveMAPE float64
}

// Report is how forecasts would have come true.
type Report struct {
	Series   int     // that could be forecast at least once
	Origins  int     // positions after which at least one forecast was made
	All      Score   // over every number of steps ahead
	Horizons []Score // by steps ahead, from 1
	// Calibration is what the errors of all these forecasts give for the next ones, nil where they are too few.
	Calibration *Calibration
	Reason      Reason // why nothing was judged
}

// Backtest forecasts every figure that can be from each figure before it that is known, as it would have been at the time, and tells
// how the forecasts came true. The series are of one measure and share their time: a position is the same period in each. Those that
// [New] gives no forecast for count for nothing.
//
// The intervals of an origin are calibrated by the errors of all series whose figures were known by then. The figures of one period
// err together, so the number of forecasts says less than the number of origins.
func Backtest(ctx context.Context, series [][]float64, s Settings) (*Report, error) {
	if s.Calibration != nil {
		return nil, errors.New("a backtest makes its own calibration: settings without one are accepted")
	}
	longest := 0
	for i, figures := range series {
		if err := s.check(figures); err != nil {
			return nil, fmt.Errorf("series %d: %w", i+1, err)
		}
		longest = max(longest, len(figures))
	}
	var (
		all      summary
		horizons = make([]summary, s.Horizon)
		due      = make([][]float64, longest) // errors by the position of the figure
		known    []float64                    // errors of the figures known
		forecast = make([]bool, len(series))
		report   = &Report{}
	)
	for origin := s.Start + 1; origin < longest; origin++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		known = append(known, due[origin-1]...)
		calibration := newCalibration(slices.Clone(known))
		before := all.forecasts
		for i, figures := range series {
			if origin >= len(figures) || math.IsNaN(figures[origin-1]) {
				continue
			}
			past := figures[:origin]
			f := newForecast(past, s)
			unit := seasonalChange(past[s.Start:], s.Season)
			for h, step := range f.Steps[:min(len(f.Steps), len(figures)-origin)] {
				y := figures[origin+h]
				if math.IsNaN(y) {
					continue
				}
				forecast[i] = true
				if step.sd > 0 {
					due[origin+h] = append(due[origin+h], math.Abs(f.scale.of(y)-step.mean)/step.sd)
				}
				shown := f.scale.step(step.mean, step.sd, calibration)
				naive := seasonalNaive(past[s.Start:], s.Season, h+1)
				all.add(y, step, shown, naive, unit)
				horizons[h].add(y, step, shown, naive, unit)
			}
		}
		if all.forecasts > before {
			report.Origins++
		}
	}
	if longest > 0 {
		report.Calibration = newCalibration(append(known, due[longest-1]...))
	}
	for _, was := range forecast {
		if was {
			report.Series++
		}
	}
	report.All = all.score()
	for _, t := range horizons {
		report.Horizons = append(report.Horizons, t.score())
	}
	if all.forecasts == 0 {
		report.Reason = Reason{Code: NothingToJudge, Need: MinimumFigures(s.Season)}
	}
	return report, nil
}

// seasonalNaive repeats the latest known figure of the same season, NaN where there is none.
func seasonalNaive(past []float64, season, step int) float64 {
	at := len(past) - 1 + step
	for at >= len(past) {
		at -= season
	}
	for ; at >= 0; at -= season {
		if !math.IsNaN(past[at]) {
			return past[at]
		}
	}
	return math.NaN()
}

// seasonalChange is the mean absolute change from one season to the next, NaN where there is none.
func seasonalChange(past []float64, season int) float64 {
	sum, n := 0.0, 0
	for t := season; t < len(past); t++ {
		if change := math.Abs(past[t] - past[t-season]); !math.IsNaN(change) {
			sum += change
			n++
		}
	}
	return sum / float64(n)
}

// summary sums up forecasts.
type summary struct {
	forecasts, shown80, shown95, model80, model95 int
	scaled, percented                             int
	mase, naiveMASE, mape, naiveMAPE              float64
}

func (t *summary) add(y float64, model, shown Step, naive, unit float64) {
	t.forecasts++
	// A figure that the model foresees exactly is within an interval of no width, whatever the rounding.
	rounding := exact * math.Abs(y)
	within := func(lower, upper float64, count *int) {
		if y >= lower-rounding && y <= upper+rounding {
			*count++
		}
	}
	within(shown.Lower80, shown.Upper80, &t.shown80)
	within(shown.Lower95, shown.Upper95, &t.shown95)
	within(model.Lower80, model.Upper80, &t.model80)
	within(model.Lower95, model.Upper95, &t.model95)
	if math.IsNaN(naive) {
		return
	}
	miss, naiveMiss := math.Abs(y-model.Median), math.Abs(y-naive)
	if unit > 0 {
		t.scaled++
		t.mase += miss / unit
		t.naiveMASE += naiveMiss / unit
	}
	if y != 0 {
		t.percented++
		t.mape += miss / math.Abs(y) * 100
		t.naiveMAPE += naiveMiss / math.Abs(y) * 100
	}
}

func (t *summary) score() Score {
	share := func(count int) float64 { return float64(count) / float64(t.forecasts) }
	return Score{
		Forecasts:  t.forecasts,
		Coverage80: share(t.shown80), Coverage95: share(t.shown95),
		Model80: share(t.model80), Model95: share(t.model95),
		Scaled: t.scaled, MASE: t.mase / float64(t.scaled), NaiveMASE: t.naiveMASE / float64(t.scaled),
		Percented: t.percented, MAPE: t.mape / float64(t.percented), NaiveMAPE: t.naiveMAPE / float64(t.percented),
	}
}
