package figures

import (
	"context"
	"fmt"
	"slices"
	"time"

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
	Estimate bool // some of the figures that it rests on are estimates
}

// Outlook forecasts a measure of a place from what was known of the periods up to one; the latest where it is zero.
func (f *forecaster) Outlook(ctx context.Context, asOf Moment, m *catalog.Measure, s Area, until catalog.Period) (Outlook, error) {
	all, err := f.Points(ctx, asOf, m)
	if err != nil {
		return Outlook{}, err
	}
	if until.Start.IsZero() {
		until = all.Latest(m.Grain)
	}
	o := Outlook{Until: until, Backtest: &forecast.Report{}}
	points, err := f.Series(ctx, asOf, m, s, Range{To: until.Start})
	if err != nil {
		return Outlook{}, err
	}
	breaks, err := f.breaksOf(ctx, asOf, m, s)
	if err != nil {
		return Outlook{}, err
	}
	o.Estimate = slices.ContainsFunc(points, measure.Point.Estimate)
	if o.Outlook, err = measure.Foresee(m, points, breaks, until, nil); err != nil || len(o.Steps) == 0 {
		return o, err
	}
	if o.Backtest, err = backtest(ctx, f, asOf, m, until); err != nil {
		return o, err
	}
	if o.Outlook, err = measure.Foresee(m, points, breaks, until, o.Backtest.Calibration); err != nil {
		return o, err
	}
	for _, p := range points {
		if p.Value.Valid && !slices.Contains(o.LeftOut, p.Period) {
			o.Last = p.Period
		}
	}
	o.Chances = o.Outlook.Chances(f.directory.TargetsOf(m, s), points)
	return o, nil
}

// backtest holds past forecasts of the 44, or of England where they have no figures, against what came by a period.
func backtest(ctx context.Context, f *forecaster, asOf Moment, m *catalog.Measure, until catalog.Period) (*forecast.Report, error) {
	return Remember(ctx, f.memory, asOf, fmt.Sprint("backtest ", m.ID, m.Hash(), until), func(ctx context.Context) (*forecast.Report, error) {
		all, err := f.Points(ctx, asOf, m)
		if err != nil {
			return nil, err
		}
		breaks, err := f.Breaks(ctx, asOf, m)
		if err != nil {
			return nil, err
		}
		var places [][]measure.Point
		for _, s := range f.directory.Areas() {
			if (s.Footprint != nil) == (m.Level != catalog.ByEngland) && s.Code != footprint.Unallocated {
				places = append(places, measure.Within(all.Of(s.Code), lastStep(breaks[s.Code], until), until.Start))
			}
		}
		return measure.BacktestOf(ctx, m, places, until)
	})
}

// lastStep begins the last series of a place whose organisations count the same, up to a period; zero where nobody confirmed a step.
func lastStep(breaks []measure.MembershipBreak, until catalog.Period) (start time.Time) {
	for _, b := range breaks {
		if len(b.Steps) > 0 && !b.From.Start.After(until.Start) {
			start = b.From.Start
		}
	}
	return start
}

// PlaceOutlook is the last period that is forecast of one place.
type PlaceOutlook struct {
	Area    Area
	Reason  measure.OutlookReason // why there is no forecast; the rest is empty then
	Period  catalog.Period
	Step    forecast.Step
	Chances []measure.TargetChance // of the targets that govern the period
	// Estimate tells that it rests on estimates.
	Estimate bool
}

// Outlooks are those of all places for one measure.
type Outlooks struct {
	Places   []PlaceOutlook
	Forecast bool             // there is one of some place; what follows is of the last of those
	Method   *forecast.Method // nil without a forecast
	LeftOut  []catalog.Period
	Backtest *forecast.Report
}

// Outlooks forecasts a measure of all places from what was known of the periods up to one.
func (f *forecaster) Outlooks(ctx context.Context, asOf Moment, m *catalog.Measure, until catalog.Period) (Outlooks, error) {
	return Remember(ctx, f.memory, asOf, fmt.Sprint("outlooks ", m.ID, m.Hash(), until), func(ctx context.Context) (Outlooks, error) {
		all := Outlooks{}
		for _, s := range f.directory.Areas() {
			if !Stated(m, s) || s.Code == footprint.Unallocated {
				continue
			}
			o, err := f.Outlook(ctx, asOf, m, s, until)
			if err != nil {
				return all, err
			}
			place := PlaceOutlook{Area: s, Reason: o.Why(), Estimate: o.Estimate}
			if n := len(o.Steps); n > 0 {
				place.Reason, place.Period, place.Step = measure.OutlookReason{}, o.Periods[n-1], o.Steps[n-1]
				for _, chance := range o.Chances {
					if chance.Period == place.Period {
						place.Chances = append(place.Chances, chance)
					}
				}
				all.Forecast, all.Method, all.LeftOut, all.Backtest = true, o.Method, o.LeftOut, o.Backtest
			}
			all.Places = append(all.Places, place)
		}
		return all, nil
	})
}
