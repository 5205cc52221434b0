package figures

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// CrossCheck is how two publications that state the same, or nearly so, compare.
type CrossCheck struct {
	*catalog.CrossCheck
	Of, With    *catalog.Measure
	First, Last catalog.Period // of the second measure that were compared; without a start where none was
	PlaceCount  int            // places that were compared
	Compared    int            // figures
	Equal       int            // figures of both that are the same
	// OneAlone counts the figures from the first to the last compared period that one publication states and the other lacks.
	OneAlone int
	Beyond   []Difference // by more than expected, the largest first
}

// Difference is a place and period of which two publications state different figures.
type Difference struct {
	Place                string
	OfPeriod, WithPeriod catalog.Period // both end on one day
	Of, With             decimal.Decimal
	PerCent              decimal.NullDecimal // of the second figure; null where that is zero
}

// crossCheckPlaces are to how many decimal places figures are compared: what was worked out is no more exact.
const crossCheckPlaces = 6

// CrossChecks compare the measures that the catalog says count the same, in its order.
func (f *crossChecker) CrossChecks(ctx context.Context, asOf Moment) ([]CrossCheck, error) {
	return Remember(ctx, f.memory, asOf, "cross-checks", func(ctx context.Context) ([]CrossCheck, error) {
		var ofAreas, ofOrganisations []*catalog.Measure
		add := func(to *[]*catalog.Measure, m *catalog.Measure) {
			if !slices.Contains(*to, m) {
				*to = append(*to, m)
			}
		}
		checks := make([]CrossCheck, len(f.directory.Catalog.CrossChecks))
		for i, c := range f.directory.Catalog.CrossChecks {
			of, err := f.directory.FindMeasure(c.Of)
			if err != nil {
				return nil, err
			}
			with, err := f.directory.FindMeasure(c.With)
			if err != nil {
				return nil, err
			}
			checks[i] = CrossCheck{CrossCheck: c, Of: of, With: with}
			for _, m := range []*catalog.Measure{of, with} {
				for _, place := range c.Places {
					if place == catalog.OrganisationsPlace {
						add(&ofOrganisations, m)
					} else {
						add(&ofAreas, m)
					}
				}
			}
		}
		var areas map[string]Points
		if len(ofAreas) > 0 {
			var err error
			if areas, err = f.PointsOf(ctx, asOf, ofAreas); err != nil {
				return nil, err
			}
		}
		organisations, err := f.organisationPoints(ctx, asOf, ofOrganisations)
		if err != nil {
			return nil, err
		}
		for i := range checks {
			c := &checks[i]
			c.compare(f.crossChecked(c.Places, areas[c.Of.ID], organisations[c.Of.ID]), f.crossChecked(c.Places, areas[c.With.ID], organisations[c.With.ID]))
		}
		return checks, nil
	})
}

// organisationPoints are those of some measures of each organisation that states them, by the measure's id.
func (f *crossChecker) organisationPoints(ctx context.Context, asOf Moment, measures []*catalog.Measure) (map[string]map[string][]measure.Point, error) {
	var stored []*catalog.Measure
	for _, m := range measures {
		then, err := f.MeasureAsOf(ctx, m.Stored().ID, asOf)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(stored, then) {
			stored = append(stored, then)
		}
	}
	amounts := map[string][]measure.Amount{}
	for some := range slices.Chunk(stored, maxAmounts) {
		found, err := f.amounts(ctx, asOf, some, Range{})
		if err != nil {
			return nil, err
		}
		maps.Copy(amounts, found)
	}
	points := map[string]map[string][]measure.Point{}
	for _, m := range stored {
		points[m.ID] = f.pointsOfAmounts(m, amounts[m.ID])
	}
	for _, m := range measures {
		for organisation, of := range points[m.Stored().ID] {
			if m.Base() == nil {
				break
			}
			if points[m.ID] == nil {
				points[m.ID] = map[string][]measure.Point{}
			}
			points[m.ID][organisation] = derived(m, map[string][]measure.Point{m.Stored().ID: of}, organisation)
		}
	}
	return points, nil
}

// pointsOfAmounts are the points of each organisation. One of several footprints has a part of its amount in each.
func (f *crossChecker) pointsOfAmounts(m *catalog.Measure, amounts []measure.Amount) map[string][]measure.Point {
	type at struct {
		organisation string
		period       time.Time
	}
	sums := map[at]decimal.NullDecimal{}
	for _, a := range amounts {
		if _, area := f.directory.Reference.Footprint(a.Organisation); area || a.Organisation == footprint.England {
			continue // a figure stated for a whole place
		}
		key := at{a.Organisation, a.Period}
		sum, known := sums[key]
		sums[key] = decimal.NullDecimal{Decimal: sum.Decimal.Add(decimal.NewFromFloat(a.Amount)), Valid: (sum.Valid || !known) && !a.Missing}
	}
	points := map[string][]measure.Point{}
	for key, sum := range sums {
		sum.Decimal = sum.Decimal.Round(crossCheckPlaces)
		points[key.organisation] = append(
			points[key.organisation],
			measure.NewPoint(m, measure.Value{Period: key.period, Numerator: sum, Missing: missing(key.organisation, sum)}, measure.People{}),
		)
	}
	for _, of := range points {
		slices.SortFunc(of, func(a, b measure.Point) int { return a.Period.Start.Compare(b.Period.Start) })
	}
	return points
}

func missing(organisation string, n decimal.NullDecimal) []string {
	if n.Valid {
		return nil
	}
	return []string{organisation}
}

// whereAndWhen is a place and the end of a period.
type whereAndWhen struct {
	place string
	end   time.Time
}

// crossChecked are the points that can be compared, of the places of a cross-check. An estimate is what nobody published.
func (f *crossChecker) crossChecked(places []string, areas Points, organisations map[string][]measure.Point) map[whereAndWhen]measure.Point {
	all := map[whereAndWhen]measure.Point{}
	add := func(place string, points []measure.Point) {
		for _, p := range points {
			// The value is withheld where a year crosses a break. What was counted is known, and a change of counting is a reason to compare it.
			if p.Numerator.Valid && p.Complete && !p.Estimate() {
				all[whereAndWhen{place, p.Period.End()}] = p
			}
		}
	}
	for _, place := range places {
		switch place {
		case catalog.EnglandPlace:
			add(footprint.England, areas.Of(footprint.England))
		case catalog.FootprintsPlace:
			for _, of := range f.directory.Reference.Footprints() {
				add(of.Code, areas.Of(of.Code))
			}
		case catalog.OrganisationsPlace:
			for code, points := range organisations {
				add(code, points)
			}
		}
	}
	return all
}

// compare compares the figures of two publications.
func (c *CrossCheck) compare(of, with map[whereAndWhen]measure.Point) {
	places := map[string]bool{}
	var first, last time.Time
	for at, b := range with {
		a, both := of[at]
		if !both {
			continue
		}
		places[at.place] = true
		if c.Compared++; c.Compared == 1 || at.end.Before(first) {
			first, c.First = at.end, b.Period
		}
		if at.end.After(last) {
			last, c.Last = at.end, b.Period
		}
		d := Difference{at.place, a.Period, b.Period, a.Numerator.Decimal.Round(crossCheckPlaces), b.Numerator.Decimal.Round(crossCheckPlaces), decimal.NullDecimal{}}
		apart := d.Of.Sub(d.With)
		if apart.IsZero() {
			c.Equal++
			continue
		}
		hundred := decimal.NewFromInt(100)
		if !d.With.IsZero() {
			d.PerCent = decimal.NewNullDecimal(apart.Mul(hundred).DivRound(d.With.Abs(), crossCheckPlaces))
		}
		if apart.Abs().Mul(hundred).GreaterThan(d.With.Abs().Mul(c.Tolerance())) {
			c.Beyond = append(c.Beyond, d)
		}
	}
	c.PlaceCount = len(places)
	alone := func(some, others map[whereAndWhen]measure.Point) {
		for at := range some {
			if _, both := others[at]; !both && c.Compared > 0 && !at.end.Before(first) && !at.end.After(last) && ends(at.end, c.Last.Grain) {
				c.OneAlone++
			}
		}
	}
	alone(of, with)
	alone(with, of)
	slices.SortFunc(c.Beyond, func(a, b Difference) int {
		return cmp.Or(largerFirst(a, b), cmp.Compare(a.Place, b.Place), a.WithPeriod.Start.Compare(b.WithPeriod.Start))
	})
}

// ends tells whether a period of a grain ends at a moment: of the rolling years only those that end with a financial year meet one.
func ends(moment time.Time, g catalog.Grain) bool {
	return g.LatestEnded(moment).End().Equal(moment)
}

// largerFirst orders differences by their size; those from nothing are larger than all others.
func largerFirst(a, b Difference) int {
	if a.PerCent.Valid != b.PerCent.Valid {
		return map[bool]int{true: 1, false: -1}[a.PerCent.Valid]
	}
	if !a.PerCent.Valid {
		return b.Of.Abs().Cmp(a.Of.Abs())
	}
	return b.PerCent.Decimal.Abs().Cmp(a.PerCent.Decimal.Abs())
}
