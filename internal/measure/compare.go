package measure

import (
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/rates"
)

// confidence of the intervals beside figures.
const confidence = 0.95

// Comparison is places beside each other in one period. Its lists have an entry a place, in the order given.
type Comparison struct {
	// Values are what is compared: the rate per 1,000 registered patients where the measure has one, else its share or rate.
	Values []decimal.NullDecimal
	Ranks  []int // 1 is the lowest; 0 where there is no value
	Fifths []int // 1 is the lowest fifth; 0 where there is no value
	Of     int   // how many have a value
	// Intervals are those of 95 per cent that chance alone leaves around a value; not valid where counts do not lie beneath it.
	Intervals []Interval
	// Funnel holds the places against all of them together; nil where counts do not lie beneath the values.
	Funnel *rates.Funnel
	// Reason is why there are no intervals and no funnel, or why nothing is compared; empty where there are.
	Reason UncountedReason
}

// UncountedReason is a reason for which no counts of events lie beneath a measure, so that it has no intervals and no funnel.
type UncountedReason string

// The reasons.
const (
	OfChange  UncountedReason = "change"  // a change is no count
	OfAverage UncountedReason = "average" // averages over a period are none
	OfRate    UncountedReason = "rate"    // a rate is stated as its publisher worked it out
	OfWeights UncountedReason = "weights" // a share or rate is published without the counts beneath it
	OfMoney   UncountedReason = "money"   // money is none
	OfAmounts UncountedReason = "amounts" // amounts of places of different size do not compare
)

// Interval is a lower and an upper bound of a value, in its unit.
type Interval struct {
	Lower, Upper float64
	Valid        bool
}

// Compare sets places beside each other: their points of one period.
func Compare(m *catalog.Measure, points []Point) (Comparison, error) {
	c := Comparison{Values: make([]decimal.NullDecimal, len(points)), Intervals: make([]Interval, len(points))}
	for i, p := range points {
		switch {
		case m.PerThousand:
			c.Values[i] = p.Rate
		case m.Ratio():
			c.Values[i] = p.Value
		}
		if c.Values[i].Valid {
			c.Of++
		}
	}
	c.Ranks, c.Fifths = Ranks(c.Values), Groups(c.Values, 5)
	kind, reason := countsOf(m)
	if reason != "" || c.Of == 0 {
		c.Reason = reason
		return c, nil
	}
	units := make([]rates.Unit, len(points))
	for i, p := range points {
		units[i] = rates.Unit{Numerator: math.NaN(), Denominator: math.NaN()}
		if !c.Values[i].Valid {
			continue
		}
		of := p.Denominator.Decimal
		if kind == rates.CrudeRate {
			of = p.Divisor.People
		}
		units[i] = rates.Unit{Numerator: p.Numerator.Decimal.InexactFloat64(), Denominator: of.InexactFloat64()}
		within, err := interval(kind, units[i])
		if err != nil {
			return c, err
		}
		c.Intervals[i] = Interval{within.Lower, within.Upper, true}
	}
	s := rates.FunnelSettings{Kind: kind, Multiplier: 1}
	if kind == rates.CrudeRate {
		s.Multiplier = perThousand
		if slices.ContainsFunc(units, func(u rates.Unit) bool { return u.Numerator == 0 }) {
			s.Dispersion = rates.CQC // no events have a square root, but no logarithm
		}
	}
	var err error
	c.Funnel, err = rates.NewFunnel(units, s)
	return c, err
}

const perThousand = 1000

func interval(kind rates.Kind, u rates.Unit) (rates.Interval, error) {
	if kind == rates.Proportion {
		return rates.Wilson(u.Numerator, u.Denominator, confidence)
	}
	_, within, err := rates.Rate(u.Numerator, u.Denominator, perThousand, confidence)
	return within, err
}

// countsOf tells as what the counts beneath a measure vary by chance, or why they do not.
func countsOf(m *catalog.Measure) (kind rates.Kind, reason UncountedReason) {
	switch {
	case m.Derived != nil && m.Derived.By == catalog.YearChange:
		return "", OfChange
	case m.OverTime == catalog.Averaged:
		return "", OfAverage
	case m.WeightedBy != "":
		return "", OfWeights
	case m.Unit == catalog.Share:
		return rates.Proportion, ""
	case m.Unit == catalog.Number && m.PerThousand:
		return rates.CrudeRate, ""
	case m.Unit == catalog.Rate:
		return "", OfRate
	case m.PerThousand:
		return "", OfMoney
	default:
		return "", OfAmounts
	}
}
