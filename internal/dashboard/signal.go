package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/spc"
)

// Signal is what the points of a measure in one place tell of one of them, the latest: whether it is more than chance, and how it
// stands against the targets.
type Signal struct {
	Chart measure.Chart
	// Variation and Assurance are those of the chart where it can tell them firmly; else empty, and Untold says why in a sentence.
	Variation spc.Variation
	Assurance spc.Assurance
	Untold    string
	// Judgements are the results of the point by each target of the place, in the order in which they govern. That of the one that governs
	// the period is the state of the figure.
	Judgements []measure.Judgement
	// Cause is why the variation is told. Judges is the figure that it is of, and Before that of the period before, which may have none.
	Cause          spc.Cause
	Judges, Before measure.Point
	// Of is the period whose figure the variation is of, where a known event bent those that came later; else empty.
	Of catalog.Period
	// Met is in how many of the MetOf figures counted alike what is asked for now was reached.
	Met, MetOf int
	// Turnovers are the periods in which the organisations of the place changed so much that the limits begin anew.
	Turnovers []measure.Turnover
	// Target is the one that governs the period: state and assurance are by it; nil without one.
	Target *catalog.Target
}

// TargetsOf are the targets of a measure that hold for a place, in the order in which they govern a period that several have a value for:
// the one for the place alone goes before one for its region, and that before one for all footprints; of equally near ones the later goes
// first, so that a plan to recover governs while it runs and the standard before and after it; then the one declared first.
func (c *Composer) TargetsOf(m *catalog.Measure, s Scope) []*catalog.Target {
	targets := slices.DeleteFunc(c.Catalog.TargetsOf(m.ID), func(t *catalog.Target) bool { return reach(t, s) == 0 })
	slices.SortStableFunc(targets, func(a, b *catalog.Target) int {
		return cmp.Or(reach(a, s)-reach(b, s), b.First().At.Start.Compare(a.First().At.Start))
	})
	return targets
}

// reach is how far a target reaches beyond a place that it holds for: 1 not at all, 2 over its region, 3 over England or all footprints. It is 0
// where it does not hold there.
func reach(t *catalog.Target, s Scope) int {
	of := func(place string) bool { return slices.Contains(t.Places, place) }
	switch {
	case s.Footprint == nil && s.Code == footprint.England && of(catalog.EnglandPlace):
		return 3
	case s.Footprint == nil:
		return 0
	case of(s.Code):
		return 1
	case of(s.Footprint.Region.Name):
		return 2
	case of(catalog.FootprintsPlace):
		return 3
	}
	return 0
}

// Judge finds the result of a point by each of the targets of its place, and which of them governs its period; points are all of the measure there.
func Judge(targets []*catalog.Target, points []measure.Point, p measure.Point) []measure.Judgement {
	var judgements []measure.Judgement
	for _, t := range targets {
		var baseline decimal.NullDecimal
		if base, ok := t.BaselinePeriod(); ok {
			at, _ := measure.At(points, base.Start)
			baseline = at.Value
		}
		j := measure.Judge(t, p, baseline)
		_, governed := measure.Governing(judgements)
		j.Governs = j.Asked.Valid && !governed // where its baseline is not known it has no value
		judgements = append(judgements, j)
	}
	return judgements
}

// SignalOf is what the figures of a measure in a place tell of its latest period.
func (c *Composer) SignalOf(ctx context.Context, asOf AsOf, m *catalog.Measure, s Scope) (Signal, error) {
	if s.Organisation == nil {
		all, err := c.standings(ctx, asOf, m, catalog.Period{})
		if now := all.of(m, s); err != nil || now.Signal != nil {
			return *cmp.Or(now.Signal, &Signal{}), err
		}
	}
	points, err := c.Series(ctx, asOf, m, s, figures.Range{})
	if err != nil || len(points) == 0 {
		return Signal{Chart: measure.Chart{Chart: &spc.Chart{}}}, err
	}
	return c.Signal(m, s, points, nil, points[len(points)-1].Period)
}

// Signal reads what the points of a measure in a place tell of the latest period.
func (c *Composer) Signal(m *catalog.Measure, s Scope, points []measure.Point, turnovers []measure.Turnover, latest catalog.Period) (Signal, error) {
	now, ok := measure.At(points, latest.Start)
	if !ok {
		now = measure.Point{Period: latest}
	}
	signal := Signal{Judgements: Judge(c.TargetsOf(m, s), points, now)}
	governing, _ := measure.Governing(signal.Judgements)
	signal.Target = governing.Target
	var err error
	if signal.Chart, err = measure.NewChart(m, points, turnovers, governing.Asked); err != nil {
		return signal, err
	}
	for _, t := range turnovers {
		if !t.From.Start.After(latest.Start) {
			signal.Turnovers = append(signal.Turnovers, t)
		}
	}
	last := signal.Chart.Groups[len(signal.Chart.Groups)-1]
	judged, ok := signal.lastWithoutEvent(m)
	switch {
	case !now.Value.Valid:
		signal.Untold = fmt.Sprintf("Whether there is a change cannot be told: there is no figure for %s.", latest.Words())
	case m.Overlaps():
		signal.Untold = "Whether there is a change cannot be told from these figures: neighbouring ones share months, so there are no process limits for them."
	case last.Short:
		signal.Untold = fmt.Sprintf("Whether there is a change cannot be told yet: it takes %d figures counted alike, and there %s %d.",
			spc.MinimumPoints, map[bool]string{true: "is", false: "are"}[last.Points == 1], last.Points)
		if n := len(signal.Turnovers); n > 0 && signal.Chart.Points[len(signal.Chart.Points)-last.Points-last.Missing].Period == signal.Turnovers[n-1].From {
			signal.Untold += fmt.Sprintf(" %s %s.", onPeriod(signal.Turnovers[n-1].From), signal.Turnovers[n-1].Words)
		}
	case !ok:
		signal.Untold = "Whether there is a change cannot be told: known events bent every figure counted alike."
	default:
		signal.Variation, signal.Assurance = signal.Chart.Chart.Points[judged].Variation(), signal.Chart.Assurance
		switch signal.Untold = last.Reason; {
		case signal.Chart.Rise != "":
			signal.Untold = ""
		case last.Reason != "" && signal.Variation != spc.CommonVariation: // every figure that differs lies beyond limits without width
			signal.Variation, signal.Untold = spc.NoVariation, "Whether there is a change cannot be told: "+last.Reason+"."
		}
		signal.Judges = signal.Chart.Points[judged]
		if signal.Variation != spc.NoVariation {
			signal.Cause = signal.Chart.Chart.Points[judged].Cause
		}
		if judged > 0 {
			signal.Before = signal.Chart.Points[judged-1]
		}
		if p := signal.Judges.Period; p != latest {
			signal.Of = p
		}
		signal.met(judged)
	}
	return signal, nil
}

// lastWithoutEvent is the place in the chart of the last figure that no known event bent, in the last group of limits.
func (s *Signal) lastWithoutEvent(m *catalog.Measure) (at int, ok bool) {
	for i, p := range slices.Backward(s.Chart.Points) {
		if s.Chart.Chart.Points[i].Group != len(s.Chart.Groups)-1 {
			break
		}
		if p.Value.Valid && len(m.Events(p.Period)) == 0 {
			return i, true
		}
	}
	return 0, false
}

// Judged is the state of the point, by the target that governs its period; ok is false where there is none.
func (s *Signal) Judged() (j measure.Judgement, ok bool) {
	if s == nil {
		return j, false
	}
	return measure.Governing(s.Judgements)
}

// met counts how often the target was reached in the group of limits that a point lies in.
func (s *Signal) met(at int) {
	j, ok := s.Judged()
	if !ok || !j.Asked.Valid {
		return
	}
	asked := j.Asked.Decimal
	for i, p := range s.Chart.Points {
		if s.Chart.Chart.Points[i].Group == s.Chart.Chart.Points[at].Group && p.Value.Valid {
			s.MetOf++
			if measure.Reached(s.Target.Bound, p.Value.Decimal, asked) {
				s.Met++
			}
		}
	}
}
