package dashboard

import (
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// Signal is what the points of a measure in one place tell: whether the latest change is more than chance, and how it stands
// against the targets.
type Signal struct {
	Chart measure.Chart
	// Judgements hold the latest point against each target of the place, the one that matters most first.
	Judgements []measure.Judgement
	// Target is the one that the chart's assurance is about: the first that asks for something in the latest period; nil without one.
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

// Signal reads what the points of a measure in a place tell, of which there is at least one.
func (c *Composer) Signal(m *catalog.Measure, s Scope, points []measure.Point) (Signal, error) {
	signal := Signal{Judgements: Judge(c.TargetsOf(m, s), points, points[len(points)-1])}
	var asked decimal.NullDecimal
	for _, j := range signal.Judgements {
		if j.Asked.Valid {
			signal.Target, asked = j.Target, j.Asked
			break
		}
	}
	var err error
	signal.Chart, err = measure.NewChart(m, points, asked)
	return signal, err
}
