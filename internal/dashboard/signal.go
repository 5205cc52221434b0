package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/spc"
	"stpdash/internal/warehouse"
)

// Signal is what the points of a measure in one place tell of one of them, the latest: whether it is more than chance, and how it
// stands against the targets.
type Signal struct {
	Chart measure.Chart
	// Variation and Assurance are those of the chart where it can tell them firmly; else empty, and Untold says why in a sentence.
	Variation spc.Variation
	Assurance spc.Assurance
	Untold    string
	// Judgements hold the point against each target of the place, the one that matters most first.
	Judgements []measure.Judgement
	// Target is the one that the assurance is about: the first that asks for something in the period; nil without one.
	Target *catalog.Target
}

// TargetsOf are the targets of a measure that hold for a place, the one that matters most first.
func (c *Composer) TargetsOf(m *catalog.Measure, s Scope) []*catalog.Target {
	return slices.DeleteFunc(c.Catalog.TargetsOf(m.ID), func(t *catalog.Target) bool { return !holds(t, s) })
}

func holds(t *catalog.Target, s Scope) bool {
	if s.Footprint == nil {
		return s.Code == footprint.England && slices.Contains(t.Places, catalog.EnglandPlace)
	}
	return slices.ContainsFunc(t.Places, func(place string) bool {
		return place == catalog.FootprintsPlace || place == s.Footprint.Region.Name || place == s.Code
	})
}

// Judge holds a point against the targets of its place; points are all of the measure there.
func Judge(targets []*catalog.Target, points []measure.Point, p measure.Point) []measure.Judgement {
	var judgements []measure.Judgement
	for _, t := range targets {
		var baseline decimal.NullDecimal
		if base, ok := t.BaselinePeriod(); ok {
			at, _ := measure.At(points, base.Start)
			baseline = at.Value
		}
		judgements = append(judgements, measure.Judge(t, p, baseline))
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
	points, err := c.Series(ctx, asOf, m, s, warehouse.Range{})
	if err != nil || len(points) == 0 {
		return Signal{Chart: measure.Chart{Chart: &spc.Chart{}}}, err
	}
	return c.Signal(m, s, points, points[len(points)-1].Period)
}

// Signal reads what the points of a measure in a place tell of the latest period.
func (c *Composer) Signal(m *catalog.Measure, s Scope, points []measure.Point, latest catalog.Period) (Signal, error) {
	now, ok := measure.At(points, latest.Start)
	if !ok {
		now = measure.Point{Period: latest}
	}
	signal := Signal{Judgements: Judge(c.TargetsOf(m, s), points, now)}
	var asked decimal.NullDecimal
	for _, j := range signal.Judgements {
		if j.Asked.Valid {
			signal.Target, asked = j.Target, j.Asked
			break
		}
	}
	var err error
	if signal.Chart, err = measure.NewChart(m, points, asked); err != nil {
		return signal, err
	}
	last := signal.Chart.Groups[len(signal.Chart.Groups)-1]
	switch {
	case !now.Value.Valid:
		signal.Untold = fmt.Sprintf("Whether there is a change cannot be told: there is no figure for %s.", latest.Words())
	case m.Overlaps():
		signal.Untold = "Whether there is a change cannot be told from these figures: neighbouring ones share months, so there are no process limits for them."
	case last.Short:
		signal.Untold = fmt.Sprintf("Whether there is a change cannot be told yet: it takes %d figures counted alike, and there %s %d.",
			spc.MinimumPoints, map[bool]string{true: "is", false: "are"}[last.Points == 1], last.Points)
	default:
		signal.Variation, signal.Assurance = signal.Chart.Variation, signal.Chart.Assurance
		signal.Untold = last.Reason
	}
	return signal, nil
}

// withhold takes back what the chart tells where organisations with a large part of the figure no longer report.
func (s *Signal) withhold(part decimal.Decimal) {
	if s.Variation == spc.NoVariation {
		return
	}
	s.Variation, s.Assurance = spc.NoVariation, spc.NoAssurance
	s.Untold = fmt.Sprintf("Whether there is a change cannot be told: organisations with %s%% of the figure a year before no longer report it here.",
		part.Mul(hundred).Round(0))
}
