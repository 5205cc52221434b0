package measure

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/forecast"
)

// Outlook is where the figures of a measure in one place are heading.
type Outlook struct {
	*forecast.Forecast
	Periods []catalog.Period // those of the forecast's steps
	// LeftOut are the periods whose figures the forecast does not rest on, because a known event bent them.
	LeftOut []catalog.Period
	// Begins is the period from which on figures count alike, of an outlook without a forecast, where that is not the first.
	Begins catalog.Period
}

// Why tells why there is no forecast, or no width of its intervals.
func (o Outlook) Why() OutlookReason { return OutlookReason{o.Reason, o.Begins} }

// OutlookReason is why there is no forecast, or no width of its intervals; without a Code there is none.
type OutlookReason struct {
	forecast.Reason
	Begins catalog.Period // from which on figures count alike, where that is not the first
}

// Horizon is how far a forecast looks: a year, or of days four weeks.
func Horizon(g catalog.Grain) int {
	switch g {
	case catalog.Day:
		return 28
	case catalog.Week, catalog.Month, catalog.Quarter:
		return g.PerYear()
	default:
		return 3
	}
}

// Season is how many figures of a grain make a season.
func Season(g catalog.Grain) int {
	switch g {
	case catalog.Day:
		return 7
	default:
		return g.PerYear()
	}
}

// Range is what the figures of a measure can be, nil where there is no bound: money can be paid back, and a change can go either way.
func Range(m *catalog.Measure) (lower, upper *float64) {
	if m.Unit != catalog.GBP && (m.Derived == nil || m.Derived.By != catalog.YearChange) {
		lower = new(float64)
	}
	if m.Unit == catalog.Share && lower != nil {
		one := 1.0
		upper = &one
	}
	return lower, upper
}

func outlookSettings(m *catalog.Measure, periods []catalog.Period, breaks []MembershipBreak) forecast.Settings {
	s := forecast.Settings{Season: Season(m.Grain), Horizon: Horizon(m.Grain)}
	s.Lower, s.Upper = Range(m)
	for i, p := range periods {
		for _, b := range m.Breaks {
			if b.From == p.String() {
				s.Start = i
			}
		}
		for _, t := range breaks {
			if t.From == p {
				s.Start = i
			}
		}
	}
	return s
}

// figures are the values of points by the place of their period, from a first to a last one. Known events and gaps are NaN, and so is what the
// measure cannot be, such as a count under zero that somebody accepted.
func figures(m *catalog.Measure, points []Point, periods []catalog.Period) (values []float64, leftOut []catalog.Period) {
	at := map[time.Time]Point{}
	lower, upper := Range(m)
	for _, p := range points {
		at[p.Period.Start] = p
	}
	for _, period := range periods {
		value := math.NaN()
		if p := at[period.Start]; p.Value.Valid {
			if value = p.Value.Decimal.InexactFloat64(); lower != nil && value < *lower || upper != nil && value > *upper {
				value = math.NaN()
			}
			if len(m.Events(period)) > 0 {
				value, leftOut = math.NaN(), append(leftOut, period)
			}
		}
		values = append(values, value)
	}
	return values, leftOut
}

// Foresee forecasts the points of a measure in one place up to a period, from the last change of definition or of organisations on. A calibration is
// that of the measure's backtest; without one the intervals are the model's own.
func Foresee(m *catalog.Measure, points []Point, breaks []MembershipBreak, until catalog.Period, c *forecast.Calibration) (Outlook, error) {
	o := Outlook{}
	if m.Overlaps() || len(points) == 0 {
		why := forecast.OverlappingSpans
		if len(points) == 0 {
			why = forecast.NoFigures
		}
		o.Forecast = &forecast.Forecast{Reason: forecast.Reason{Code: why}}
		return o, nil
	}
	periods := span(points[0].Period, until)
	s := outlookSettings(m, periods, breaks)
	s.Calibration = c
	values, leftOut := figures(m, points, periods)
	o.LeftOut = leftOut
	var err error
	if o.Forecast, err = forecast.New(values, s); err != nil {
		return o, fmt.Errorf("forecast of %s: %w", m.ID, err)
	}
	if len(o.Steps) == 0 && s.Start > 0 {
		o.Begins = periods[s.Start]
	}
	next := until
	for range o.Steps {
		next = next.Next()
		o.Periods = append(o.Periods, next)
	}
	return o, nil
}

// BacktestOf holds past forecasts of a measure in some places against what came, up to a period.
func BacktestOf(ctx context.Context, m *catalog.Measure, places [][]Point, until catalog.Period) (*forecast.Report, error) {
	if m.Overlaps() {
		return &forecast.Report{Reason: forecast.Reason{Code: forecast.OverlappingSpans}}, nil
	}
	var first catalog.Period
	for _, points := range places {
		if len(points) > 0 && (first.Start.IsZero() || points[0].Period.Start.Before(first.Start)) {
			first = points[0].Period
		}
	}
	if first.Start.IsZero() {
		return &forecast.Report{Reason: forecast.Reason{Code: forecast.NoFigures}}, nil
	}
	periods := span(first, until)
	var series [][]float64
	for _, points := range places {
		values, _ := figures(m, points, periods)
		series = append(series, values)
	}
	report, err := forecast.Backtest(ctx, series, outlookSettings(m, periods, nil))
	if err != nil {
		return nil, fmt.Errorf("backtest of %s: %w", m.ID, err)
	}
	return report, nil
}

// span are the periods from one to another.
func span(from, to catalog.Period) []catalog.Period {
	var periods []catalog.Period
	for p := from; !p.Start.After(to.Start); p = p.Next() {
		periods = append(periods, p)
	}
	return periods
}

// Chance is that of a target to be reached in a step of the outlook, counted from 0; NaN where it is not known.
func (o Outlook) Chance(t *catalog.Target, asked float64, step int) float64 {
	if t.Bound == catalog.AtMost {
		return o.AtMost(step+1, asked)
	}
	return o.AtLeast(step+1, asked)
}

// TargetChance is how likely a target is met in a period of the forecast: the one in which it is due, or the last.
type TargetChance struct {
	Target   *catalog.Target
	Period   catalog.Period
	Required decimal.Decimal
	Chance   float64 // NaN where it is not known
}

// Chances are those of the targets of a place, in the order in which they govern: each in the period in which it is due, or in the last of the
// forecast that it governs. Of one that governs none of them there is none. Points are all of the measure there.
func (o Outlook) Chances(targets []*catalog.Target, points []Point) []TargetChance {
	var all []TargetChance
	for _, t := range targets {
		var found *TargetChance
		for i, p := range o.Periods {
			governing, _ := Governing(Judge(targets, points, Point{Period: p}))
			if governing.Target != t || !governing.Required.Valid {
				continue
			}
			found = &TargetChance{t, p, governing.Required.Decimal, o.Chance(t, governing.Required.Decimal.InexactFloat64(), i)}
			if p == t.Last().At {
				break
			}
		}
		if found != nil {
			all = append(all, *found)
		}
	}
	return all
}
