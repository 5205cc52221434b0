package measure

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
)

// Part is what one organisation has of the figure of a place, its share of it where only that counts.
type Part struct {
	Numerator, Denominator decimal.NullDecimal
	Periods                int // of those beneath the figure, in how many the organisation is listed; 0 where in none
}

// countsOfNone tells of something counted among nothing, of which there is no share.
func (p Part) countsOfNone() bool {
	return !p.Numerator.Decimal.IsZero() && !p.Denominator.Decimal.IsPositive()
}

// Apportioned is what one organisation has of two figures of a place.
type Apportioned struct {
	Organisation string
	From, To     Part
}

// Contribution is how much of the change of a place's figure one organisation makes up. All of them together are the change, to the last digit.
type Contribution struct {
	Apportioned
	Points decimal.Decimal // in the unit of the measure; of a share from 0 to 1
	// Within is the part of Points that its own share or rate makes up, and Mix the part that its weight among the others does; null where
	// the figure is no quotient of its own counts.
	Within, Mix decimal.NullDecimal
}

// Decomposition is the way in which the change of a figure is divided among organisations.
type Decomposition string

// The ways.
const (
	// BySum: the figure is a sum, so that each makes up its own change.
	BySum Decomposition = "sum"
	// ByRateAndMix: of a share or rate, each makes up the change of its own one by its mean weight, and the change of its weight by how far its mean
	// lies from that of the place (Kitagawa 1955, Journal of the American Statistical Association 50:1168-1194; with those that joined and left as
	// Griliches and Regev 1995, Journal of Econometrics 65:175-203).
	ByRateAndMix Decomposition = "rate_and_mix"
	// ByPlacePeople: the counts of each are divided by the people of the whole place.
	ByPlacePeople Decomposition = "place_people"
	// ByGrowth: the figure is a change on a year before. Each makes up its own change, as a part of what the place had then.
	ByGrowth Decomposition = "growth"
)

// DecompositionOf is the way in which the change of a measure's figures is divided; empty where there is none.
func DecompositionOf(m *catalog.Measure) Decomposition {
	switch base := m.Base(); {
	case m.WeightedBy == catalog.NotCombined:
		return ""
	case base != nil && m.Derived.By == catalog.YearChange:
		if base.Ratio() || base.Base() != nil && base.Derived.By == catalog.YearChange {
			return ""
		}
		return ByGrowth
	case m.DividedByOwnPeriods():
		return ByPlacePeople
	case base != nil && base.Ratio():
		return ""
	case m.Ratio():
		return ByRateAndMix
	}
	return BySum
}

// PartOver puts together what an organisation has of the figures of the measure that a derived one is worked out from, as Derive does of a place:
// first to last the periods of a span that lists it, of so many.
func PartOver(m *catalog.Measure, parts []Part, of []Point) Part {
	var whole Part
	for _, p := range parts {
		whole.Periods += p.Periods
	}
	if whole.Periods == 0 {
		return whole
	}
	switch {
	case m.Derived.By == catalog.AverageDay:
		whole.Numerator = decimal.NewNullDecimal(parts[0].Numerator.Decimal.DivRound(decimal.NewFromInt(of[0].Period.Days()), precision))
		return whole
	case m.OverTime == catalog.EndOfPeriod:
		whole.Numerator = parts[len(parts)-1].Numerator
		return whole
	}
	sum := decimal.Zero
	for _, p := range parts {
		sum = sum.Add(p.Numerator.Decimal)
	}
	if m.OverTime == catalog.Averaged {
		sum = sum.DivRound(decimal.NewFromInt(int64(len(parts))), precision)
	}
	whole.Numerator = decimal.NewNullDecimal(sum)
	return whole
}

// roundings is by how much the parts of organisations may differ from the figure of their place: by what quotients were rounded to.
var roundings = big.NewRat(1, 100_000_000)

// Contributions divides the change from one whole figure of a place to another among its organisations, the largest contribution first. It is not
// ok where the parts are not the figures: then something is counted that they do not have. Of [ByGrowth] the two are those of the measure that the
// change is of.
func Contributions(m *catalog.Measure, from, to Point, parts []Apportioned) (all []Contribution, ok bool) {
	by := DecompositionOf(m)
	if by == "" || !from.Value.Valid || !to.Value.Valid {
		return nil, false
	}
	before, now := newTotals(parts, func(a Apportioned) Part { return a.From }), newTotals(parts, func(a Apportioned) Part { return a.To })
	change := new(big.Rat).Sub(to.Value.Decimal.Rat(), from.Value.Decimal.Rat())
	exact := make([]*big.Rat, len(parts))
	within, mix := make([]*big.Rat, len(parts)), make([]*big.Rat, len(parts))
	switch by {
	case BySum:
		if !before.is(from.Value.Decimal, 1, nil) || !now.is(to.Value.Decimal, 1, nil) {
			return nil, false
		}
		for i, a := range parts {
			exact[i] = new(big.Rat).Sub(rat(a.To.Numerator), rat(a.From.Numerator))
		}
	case ByGrowth:
		if !before.is(from.Value.Decimal, 1, nil) || !now.is(to.Value.Decimal, 1, nil) || !from.Value.Decimal.IsPositive() {
			return nil, false
		}
		whole := from.Value.Decimal.Rat()
		for i, a := range parts {
			exact[i] = new(big.Rat).Quo(new(big.Rat).Sub(rat(a.To.Numerator), rat(a.From.Numerator)), whole)
		}
		change = to.Value.Decimal.Sub(from.Value.Decimal).DivRound(from.Value.Decimal, precision).Rat()
	case ByPlacePeople:
		if !from.Denominator.Decimal.IsPositive() || !to.Denominator.Decimal.IsPositive() {
			return nil, false
		}
		per := new(big.Rat).SetInt64(int64(max(m.Per, 1)))
		people := func(p Point) *big.Rat { return new(big.Rat).Quo(per, p.Denominator.Decimal.Rat()) }
		if !before.is(from.Value.Decimal, max(m.Per, 1), from.Denominator.Decimal.Rat()) || !now.is(to.Value.Decimal, max(m.Per, 1), to.Denominator.Decimal.Rat()) {
			return nil, false
		}
		for i, a := range parts {
			exact[i] = new(big.Rat).Sub(new(big.Rat).Mul(rat(a.To.Numerator), people(to)), new(big.Rat).Mul(rat(a.From.Numerator), people(from)))
		}
	case ByRateAndMix:
		if before.denominator.Sign() <= 0 || now.denominator.Sign() <= 0 ||
			!before.is(from.Value.Decimal, max(m.Per, 1), before.denominator) || !now.is(to.Value.Decimal, max(m.Per, 1), now.denominator) {
			return nil, false
		}
		for i, a := range parts {
			if a.From.countsOfNone() || a.To.countsOfNone() {
				return nil, false
			}
			within[i], mix[i] = rateAndMix(int64(max(m.Per, 1)), a, before, now)
			exact[i] = new(big.Rat).Add(within[i], mix[i])
		}
	}
	points := wholeDigits(exact, change)
	for i, a := range parts {
		c := Contribution{Apportioned: a, Points: points[i]}
		if within[i] != nil {
			own := decimal.NewFromBigRat(within[i], precision)
			c.Within, c.Mix = decimal.NewNullDecimal(own), decimal.NewNullDecimal(points[i].Sub(own))
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b Contribution) int {
		return cmp.Or(b.Points.Abs().Cmp(a.Points.Abs()), cmp.Compare(a.Organisation, b.Organisation))
	})
	return all, true
}

// totals are what all organisations have together.
type totals struct{ numerator, denominator *big.Rat }

func newTotals(parts []Apportioned, of func(Apportioned) Part) totals {
	t := totals{new(big.Rat), new(big.Rat)}
	for _, a := range parts {
		t.numerator.Add(t.numerator, rat(of(a).Numerator))
		t.denominator.Add(t.denominator, rat(of(a).Denominator))
	}
	return t
}

// is tells whether the numerators make a value, times per over a denominator where there is one.
func (t totals) is(value decimal.Decimal, per int, over *big.Rat) bool {
	made := new(big.Rat).Mul(t.numerator, new(big.Rat).SetInt64(int64(per)))
	if over != nil {
		made.Quo(made, over)
	}
	apart := made.Sub(made, value.Rat())
	return apart.Abs(apart).Cmp(roundings) <= 0
}

func rat(n decimal.NullDecimal) *big.Rat {
	if !n.Valid {
		return new(big.Rat)
	}
	return n.Decimal.Rat()
}

// rateAndMix is what an organisation makes up of the change of a place's share or rate, by its own one and by its weight. One without a
// denominator in one of the two figures has no rate there: all that it makes up is by its weight.
func rateAndMix(per int64, a Apportioned, before, now totals) (within, mix *big.Rat) {
	weight := func(p Part, of totals) *big.Rat { return new(big.Rat).Quo(rat(p.Denominator), of.denominator) }
	rate := func(n, d *big.Rat) *big.Rat {
		return new(big.Rat).Quo(new(big.Rat).Mul(n, new(big.Rat).SetInt64(per)), d)
	}
	half := big.NewRat(1, 2)
	mean := func(x, y *big.Rat) *big.Rat { sum := new(big.Rat).Add(x, y); return sum.Mul(sum, half) }
	first, last := weight(a.From, before), weight(a.To, now)
	place := mean(rate(before.numerator, before.denominator), rate(now.numerator, now.denominator))
	within = new(big.Rat)
	var own *big.Rat
	switch {
	case first.Sign() == 0 && last.Sign() == 0:
		return within, new(big.Rat)
	case first.Sign() == 0:
		own = rate(rat(a.To.Numerator), rat(a.To.Denominator))
	case last.Sign() == 0:
		own = rate(rat(a.From.Numerator), rat(a.From.Denominator))
	default:
		from, to := rate(rat(a.From.Numerator), rat(a.From.Denominator)), rate(rat(a.To.Numerator), rat(a.To.Denominator))
		within.Mul(mean(first, last), new(big.Rat).Sub(to, from))
		own = mean(from, to)
	}
	mix = new(big.Rat).Mul(new(big.Rat).Sub(last, first), new(big.Rat).Sub(own, place))
	return within, mix
}

// wholeDigits rounds numbers so that they add up to their sum as it is rounded: down, and then those up that lose the most by it.
func wholeDigits(exact []*big.Rat, sum *big.Rat) []decimal.Decimal {
	places := precision
	total := decimal.NewFromBigRat(sum, precision)
	quantum := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil))
	rounded, lost := make([]decimal.Decimal, len(exact)), make([]*big.Rat, len(exact))
	order := make([]int, len(exact))
	rest := total
	for i, x := range exact {
		units := new(big.Rat).Quo(x, quantum)
		down := new(big.Int).Div(units.Num(), units.Denom()) // rounds down, as the denominator is positive
		rounded[i] = decimal.NewFromBigInt(down, int32(-places))
		lost[i] = new(big.Rat).Sub(units, new(big.Rat).SetInt(down))
		rest = rest.Sub(rounded[i])
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return lost[b].Cmp(lost[a]) })
	unit := decimal.New(1, int32(-places))
	for n := rest.Div(unit).IntPart(); n != 0 && len(order) > 0; {
		for _, i := range order {
			switch {
			case n > 0:
				rounded[i], n = rounded[i].Add(unit), n-1
			case n < 0:
				rounded[i], n = rounded[i].Sub(unit), n+1
			}
		}
	}
	return rounded
}
