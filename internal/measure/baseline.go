package measure

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
)

// Baseline is the level of a measure in some places over one span of time, by which they can be compared.
type Baseline struct {
	From, To catalog.Period // the first and the last period
	// Levels are, by place, the numerators over the denominators of all periods for a share or a rate, otherwise the mean of
	// the values per 1,000 registered patients. A place that lacks a period has none.
	Levels map[string]decimal.Decimal
}

// HasLevel tells whether a measure's values can be compared between places of different sizes.
func HasLevel(m *catalog.Measure) bool { return m.Ratio() || m.PerThousand }

// BaselineLength is over how many periods of a grain a baseline is taken: those of a year, so that the seasons weigh
// alike, and of days the four weeks that hold each day of the week as often.
func BaselineLength(g catalog.Grain) int {
	if g == catalog.Day {
		return 28
	}
	return g.PerYear()
}

// NewBaseline takes the earliest baseline in which a number of places have a figure for every period and within which the
// measure's definition does not change. There is none when no span has so many, or the measure has no level. The points
// are those of each place, by its code.
func NewBaseline(m *catalog.Measure, places map[string][]Point, least int) (Baseline, bool) {
	if !HasLevel(m) {
		return Baseline{}, false
	}
	known := map[string]map[time.Time]Point{}
	var starts []time.Time
	for code, points := range places {
		known[code] = map[time.Time]Point{}
		for _, p := range points {
			if m.Ratio() && p.Value.Valid || !m.Ratio() && p.Rate.Valid {
				known[code][p.Period.Start] = p
				starts = append(starts, p.Period.Start)
			}
		}
	}
	slices.SortFunc(starts, time.Time.Compare)
	for _, start := range slices.Compact(starts) {
		span := []catalog.Period{{Start: start, Grain: m.Grain}}
		for len(span) < BaselineLength(m.Grain) {
			span = append(span, catalog.Period{Start: span[len(span)-1].End(), Grain: m.Grain})
		}
		b := Baseline{From: span[0], To: span[len(span)-1], Levels: map[string]decimal.Decimal{}}
		if m.BreaksWithin(b.From, b.To) {
			continue
		}
		for code := range places {
			if l, ok := level(m, known[code], span); ok {
				b.Levels[code] = l
			}
		}
		if len(b.Levels) >= max(least, 1) {
			return b, true
		}
	}
	return Baseline{}, false
}

// level is that of one place over a span; there is none when a period lacks a figure.
func level(m *catalog.Measure, points map[time.Time]Point, span []catalog.Period) (decimal.Decimal, bool) {
	var numerator, denominator, rates decimal.Decimal
	for _, period := range span {
		p, ok := points[period.Start]
		if !ok {
			return decimal.Decimal{}, false
		}
		numerator, denominator = numerator.Add(p.Numerator.Decimal), denominator.Add(p.Denominator.Decimal)
		rates = rates.Add(p.Rate.Decimal)
	}
	if m.Ratio() {
		return numerator.Mul(decimal.NewFromInt(int64(max(m.Per, 1)))).DivRound(denominator, precision), true
	}
	return rates.DivRound(decimal.NewFromInt(int64(len(span))), precision), true
}
