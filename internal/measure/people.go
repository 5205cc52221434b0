package measure

import (
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
)

// People are the counts of people that the figures of a place are divided by. They have periods of their own, such as quarters.
type People struct {
	Of     *catalog.Measure
	Counts []Divisor // in the order of time; those that are whole
	// ForAll tells that the first count stands for every period, as it did by definitions that do not say how far one is carried forward.
	ForAll bool
}

// Divisor is the count of people that a figure, or its rate, is divided by.
type Divisor struct {
	Period catalog.Period // of the count, which is not the figure's
	People decimal.Decimal
	Shared []Shared // organisations of which only a share counts
	Load   uint64
}

// NewPeople are the counts of a place, by the points of the measure that counts them.
func NewPeople(of *catalog.Measure, counts []Point) People {
	people := People{Of: of}
	for _, p := range counts {
		if p.Value.Valid {
			people.Counts = append(people.Counts, Divisor{p.Period, p.Value.Decimal, p.Shared, p.Load})
		}
	}
	return people
}

// During is what a figure over a span of time is divided by: the count of the period that holds the middle of the span, or else the last
// before it, as far as that is carried forward; nil where none is known.
func (p People) During(from, until time.Time) *Divisor {
	months := 12*(until.Year()-from.Year()) + int(until.Month()-from.Month())
	middle := from.AddDate(0, months/2, months%2*15) // of a financial year 1 October, whatever its days
	if !from.AddDate(0, months, 0).Equal(until) {
		middle = from.Add(until.Sub(from) / 2) // of a day or a week
	}
	for i := len(p.Counts) - 1; i >= 0; i-- {
		count := &p.Counts[i] // which many points share
		if count.Period.Start.After(middle) && !p.ForAll {
			continue
		}
		last := count.Period.End().AddDate(0, p.Of.CarriedForward*p.Of.Grain.Months(), 0)
		if p.ForAll || middle.Before(last) {
			return count
		}
		break
	}
	return nil
}

// divide sets what the figure, or its rate, is divided by.
func (p *Point) divide(m *catalog.Measure, people People) {
	if p.Divisor = people.During(p.Period.Start, p.Period.End()); p.Divisor == nil || !m.DividedByOwnPeriods() {
		return
	}
	count := p.Divisor.People
	if m.Denominator.EachDay {
		count = count.Mul(decimal.NewFromInt(p.Period.Days()))
	}
	p.Denominator = decimal.NewNullDecimal(count)
	p.Load = max(p.Load, p.Divisor.Load)
	p.Shared = both(p.Shared, p.Divisor.Shared)
}

// rate sets the rate per 1,000 registered patients.
func (p *Point) rate(m *catalog.Measure) {
	if m.PerThousand && p.Value.Valid && p.Divisor != nil && p.Divisor.People.IsPositive() {
		p.Rate = decimal.NewNullDecimal(p.Value.Decimal.Mul(thousand).DivRound(p.Divisor.People, precision))
	}
}
