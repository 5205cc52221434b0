// Package forecast says where a series of figures is heading, how surely, and how well such forecasts came true in the past. It is
// mathematics alone: no files, no clock, no logging, and the same answer for the same input.
//
// The method is exponential smoothing with a damped trend and additive seasons, ETS(A,Ad,A): Holt 1957, Winters 1960, Gardner and
// McKenzie 1985, in the form of Hyndman, Koehler, Ord and Snyder 2008, Forecasting with Exponential Smoothing, whose chapter 6 gives
// the variance of a forecast. A damped trend is what the comparisons of methods recommend where nothing else is known (Makridakis and
// Hibon 2000; Gardner 2006), and [Backtest] holds it against the same season of the year before. It is fitted on a scale on which the
// variance depends little on the level: the square root of figures with a lower bound, the arcsine of the square root of shares.
package forecast

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// What the settings accept.
const (
	MaximumSeason  = 53
	MaximumHorizon = 120
)

// largest is the figure up to which nothing overflows.
const largest = 1e100

// ExtraFigures are those needed beyond two seasons: fewer leave too little to judge the errors by.
const ExtraFigures = 8

// MinimumFigures is how many known figures a forecast needs for a season of so many: 10 without season, 16 of quarters, 32 of months.
func MinimumFigures(season int) int { return 2*season + ExtraFigures }

// Settings are what a forecast needs besides its figures.
type Settings struct {
	Season  int // figures in a season: 12 of months, 4 of quarters, 7 of days; 1: without season
	Horizon int // figures to forecast, 1 to MaximumHorizon
	Start   int // position, counted from 0, of the first figure used, where a definition begins

	// Lower and Upper bound what the figures can be, nil where nothing does: 0 for a count, 0 and 1 for a share. An upper bound
	// alone is not accepted.
	Lower, Upper *float64

	// Calibration, of a Backtest with the same settings, widens the intervals by what past forecasts have missed; nil: they are the
	// model's own.
	Calibration *Calibration
}

// Parameters are those of ETS(A,Ad,A), with e the error of a forecast one step ahead, on the scale of the model:
//
//	level  l = l' + φb' + αe
//	trend  b = φb' + βe
//	season s = s' + γe, where s' is of one season before
type Parameters struct {
	Alpha, Beta float64
	Gamma       float64 // 0 without season
	Phi         float64 // between 0.8 and 0.98
}

// Step is the forecast of one figure, in its unit and within its bounds.
type Step struct {
	Median           float64 // as likely to be exceeded as not; without bounds it is the mean
	Lower80, Upper80 float64
	Lower95, Upper95 float64

	mean, sd float64 // on the scale of the model
}

// Method is how a forecast was made: exponential smoothing with a damped trend, additive errors and, where Seasonal, additive seasons.
type Method struct {
	Seasonal bool
	Scale    ScaleKind
}

// ScaleKind is the scale that a model is fitted on.
type ScaleKind string

// The scales.
const (
	PlainScale   ScaleKind = "plain"   // the figures themselves
	RootScale    ScaleKind = "root"    // the square root, of counts
	ArcsineScale ScaleKind = "arcsine" // the arcsine of the square root, of shares
)

// Forecast is the expected course of a series. Without Steps it could not be made, which Reason explains.
type Forecast struct {
	Method     *Method // nil where none could be fitted
	Parameters Parameters
	Sigma      float64 // standard deviation of the errors one step ahead, on the scale of the model
	Figures    int     // known figures it rests on
	Missing    int     // figures between the first and the last of them that are not known
	Steps      []Step  // the first is of the figure after the last given, whether that is known or missing
	Reason     Reason  // why there is no forecast, or why its intervals have no width

	settings Settings
	scale    scale
}

// New forecasts what follows the figures, which are in the order of time, NaN where one is missing.
//
// A missing figure teaches nothing: the state passes it by unchanged but for the trend. Where the last figures are missing, the
// forecast is made from the last known one and is that much less certain. There is no forecast, but a Reason, where fewer than
// [MinimumFigures] are known, more than a quarter between the first and the last are missing, a month or quarter is known less than
// twice in the first five years, or more figures than a season has follow the last known one. A series too short for its season is
// not forecast without: a year of months would be taken for a trend. The errors are those of the settings and of figures that are
// out of bounds, infinite or beyond 1e100.
func New(figures []float64, s Settings) (*Forecast, error) {
	if err := s.check(figures); err != nil {
		return nil, err
	}
	return newForecast(figures, s), nil
}

func (s Settings) check(figures []float64) error {
	switch {
	case s.Season < 1 || s.Season > MaximumSeason:
		return fmt.Errorf("season of %d figures: 1 to %d are accepted", s.Season, MaximumSeason)
	case s.Horizon < 1 || s.Horizon > MaximumHorizon:
		return fmt.Errorf("horizon of %d figures: 1 to %d are accepted", s.Horizon, MaximumHorizon)
	case s.Start < 0 || s.Start > len(figures):
		return fmt.Errorf("start at position %d: 0 to the %d figures are accepted", s.Start, len(figures))
	case s.Lower == nil && s.Upper != nil:
		return errors.New("an upper bound without a lower one is not accepted")
	case s.Lower != nil && !(math.Abs(*s.Lower) <= largest):
		return fmt.Errorf("lower bound %v: a number up to %g is accepted", *s.Lower, largest)
	case s.Upper != nil && !(*s.Upper > *s.Lower && *s.Upper <= largest):
		return fmt.Errorf("upper bound %v: a number above the lower bound %v and up to %g is accepted", *s.Upper, *s.Lower, largest)
	}
	for i, y := range figures[s.Start:] {
		if math.Abs(y) > largest {
			return fmt.Errorf("figure %d is %v: numbers up to %g are accepted, or NaN where one is missing", s.Start+i+1, y, largest)
		}
		if s.Lower != nil && y < *s.Lower || s.Upper != nil && y > *s.Upper {
			return fmt.Errorf("figure %d is %v: numbers within the bounds are accepted", s.Start+i+1, y)
		}
	}
	return nil
}

// newForecast is New with settings and figures that were checked.
func newForecast(figures []float64, s Settings) *Forecast {
	f := &Forecast{settings: s, scale: newScale(s)}
	history, late, reason := f.history(figures[s.Start:])
	if reason.Code != "" {
		f.Reason = reason
		return f
	}
	m, reason := fit(history, s.Season)
	if reason.Code != "" {
		f.Reason = reason
		return f
	}
	f.Method = &Method{Seasonal: len(m.season) > 1, Scale: f.scale.kind}
	f.Parameters, f.Sigma = m.Parameters, m.sigma
	if m.sigma == 0 {
		f.Reason = Reason{Code: NoErrors}
	}
	means, sds := m.ahead(late + s.Horizon)
	for i := range means[late:] {
		f.Steps = append(f.Steps, f.scale.step(means[late+i], sds[late+i], s.Calibration))
	}
	return f
}

// history is the figures on the scale of the model from the first to the last known, after which so many are missing.
func (f *Forecast) history(figures []float64) (history []float64, late int, reason Reason) {
	known := func(y float64) bool { return !math.IsNaN(y) }
	first := slices.IndexFunc(figures, known)
	if first < 0 {
		return nil, 0, Reason{Code: AllMissing}
	}
	for _, y := range figures[first:] {
		history = append(history, f.scale.of(y))
		if late++; known(y) {
			f.Figures, late = f.Figures+1, 0
		}
	}
	history = history[:len(history)-late]
	f.Missing = len(history) - f.Figures
	season := f.settings.Season
	switch need := MinimumFigures(season); {
	case f.Figures < need:
		reason = Reason{Code: TooFew, Have: f.Figures, Need: need, Season: season}
	case 4*f.Missing > len(history):
		reason = Reason{Code: TooManyGaps, Have: f.Missing, Of: len(history)}
	case late > season:
		reason = Reason{Code: GapsAtEnd, Have: late, Need: season}
	}
	return history, late, reason
}

// AtLeast is the chance, as now foreseen, that the figure so many steps ahead, counted from 1, reaches the target. It is NaN where
// the forecast has no such step or its Reason says why no chance can be told. By the bounds of the figures it can be 0 or 1; far from
// the median the model alone comes so near them that it rounds to them, a calibration never does.
func (f *Forecast) AtLeast(step int, target float64) float64 {
	s := f.settings
	if !f.tells(step, target) {
		return math.NaN()
	}
	switch {
	case s.Lower != nil && target <= *s.Lower:
		return 1
	case s.Upper != nil && target > *s.Upper:
		return 0
	}
	return f.above(step, target)
}

// AtMost is the chance, as [Forecast.AtLeast], that the figure stays at or below the target.
func (f *Forecast) AtMost(step int, target float64) float64 {
	s := f.settings
	if !f.tells(step, target) {
		return math.NaN()
	}
	switch {
	case s.Lower != nil && target < *s.Lower:
		return 0
	case s.Upper != nil && target >= *s.Upper:
		return 1
	}
	return 1 - f.above(step, target)
}

func (f *Forecast) tells(step int, target float64) bool {
	return step >= 1 && step <= len(f.Steps) && f.Reason.Code == "" && !math.IsNaN(target) && !math.IsInf(target, 0)
}

// above is the chance of a value beyond a target within the bounds.
func (f *Forecast) above(step int, target float64) float64 {
	s := f.Steps[step-1]
	z := (f.scale.of(target) - s.mean) / s.sd
	beyond := (1 - f.settings.Calibration.coverage(math.Abs(z))) / 2
	if z < 0 {
		return 1 - beyond
	}
	return beyond
}

// scale is what the model is fitted on.
type scale struct {
	kind     ScaleKind
	of, back func(float64) float64 // back never leaves the bounds
}

// step is a forecast with its intervals.
func (s scale) step(mean, sd float64, c *Calibration) Step {
	half80, half95 := c.width(0.8)*sd, c.width(0.95)*sd
	return Step{
		Median: s.back(mean), Lower80: s.back(mean - half80), Upper80: s.back(mean + half80),
		Lower95: s.back(mean - half95), Upper95: s.back(mean + half95), mean: mean, sd: sd,
	}
}

// newScale chooses the scale by the bounds, as the transforms that steady the variance of a count (Bartlett 1936) and of a share
// (Anscombe 1948).
func newScale(s Settings) scale {
	switch {
	case s.Upper != nil:
		low, width := *s.Lower, *s.Upper-*s.Lower
		return scale{
			kind: ArcsineScale,
			of:   func(y float64) float64 { return math.Asin(math.Sqrt((y - low) / width)) },
			back: func(x float64) float64 {
				return min(low+width*math.Pow(math.Sin(min(max(x, 0), math.Pi/2)), 2), *s.Upper)
			},
		}
	case s.Lower != nil:
		low := *s.Lower
		return scale{
			kind: RootScale,
			of:   func(y float64) float64 { return math.Sqrt(y - low) },
			back: func(x float64) float64 { return low + math.Pow(max(x, 0), 2) },
		}
	}
	same := func(y float64) float64 { return y }
	return scale{kind: PlainScale, of: same, back: same}
}
