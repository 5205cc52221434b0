package measure

import (
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"stpdash/internal/catalog"
)

// What was packed comes out as it went in.
func TestPack(t *testing.T) {
	t.Parallel()
	number := rapid.Custom(func(t *rapid.T) decimal.NullDecimal {
		if rapid.Bool().Draw(t, "missing") {
			return decimal.NullDecimal{}
		}
		coefficient := new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 12).Draw(t, "coefficient"))
		if rapid.Bool().Draw(t, "negative") {
			coefficient.Neg(coefficient)
		}
		return decimal.NewNullDecimal(decimal.NewFromBigInt(coefficient, rapid.Int32Range(-16, 3).Draw(t, "exponent")))
	})
	names := rapid.SliceOfN(rapid.StringMatching(`R[A-Z]{2}`), 0, 3)
	shares := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Shared {
		return Shared{Organisation: rapid.StringMatching(`E0[0-9]`).Draw(t, "organisation"), Share: decimal.New(rapid.Int64Range(1, 99).Draw(t, "share"), -2)}
	}), 1, 2)
	rapid.Check(t, func(t *rapid.T) {
		divisors := []*Divisor{nil, {People: decimal.New(10, 0), Load: 2}, {People: decimal.New(20, 0), Shared: shares.Draw(t, "shares of people")}}
		period := catalog.Period{
			Start: time.Date(2008, 4, 1, 0, 0, 0, 0, time.UTC),
			Grain: rapid.SampledFrom([]catalog.Grain{catalog.Week, catalog.Month, catalog.Quarter}).Draw(t, "grain"),
		}
		var points []Point
		for range rapid.IntRange(0, 20).Draw(t, "points") {
			p := Point{
				Period:      period,
				Numerator:   number.Draw(t, "numerator"),
				Denominator: number.Draw(t, "denominator"),
				Value:       number.Draw(t, "value"),
				Rate:        number.Draw(t, "rate"),
				Divisor:     rapid.SampledFrom(divisors).Draw(t, "divisor"),
				Complete:    rapid.Bool().Draw(t, "complete"),
				Weighted:    rapid.Bool().Draw(t, "weighted"),
				NoValue: rapid.SampledFrom([]NoValueReason{"", Contradictory, PeriodMissing}).
					Draw(t, "reason"),
				Organisations: rapid.IntRange(0, 200).Draw(t, "organisations"),
				Definition:    rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "definition"),
				Load:          rapid.Uint64().Draw(t, "load"),
			}
			if rapid.Bool().Draw(t, "has the same value") {
				p.Value = p.Numerator
			}
			if rapid.Bool().Draw(t, "is partial") {
				p.Missing, p.Partial = names.Draw(t, "missing"), &Partial{Numerator: p.Numerator, Reported: 1}
			}
			if rapid.Bool().Draw(t, "is an estimate") {
				p.Shared = shares.Draw(t, "shared")
			}
			points = append(points, p)
			period = period.Next()
			if rapid.Bool().Draw(t, "a gap") {
				period = period.Next()
			}
		}
		got := Pack(points).Points()
		if diff := cmp.Diff(points, got); diff != "" {
			t.Fatal(diff)
		}
		for i := range got {
			if got[i].Period != points[i].Period || got[i].Divisor != points[i].Divisor {
				t.Fatalf("point %d has another period, %v, or other people", i, got[i].Period)
			}
			if before, after := points[i].Numerator.Decimal, got[i].Numerator.Decimal; before.Exponent() != after.Exponent() && points[i].Numerator.Valid {
				t.Fatalf("%s is written with other places: %s", before, after)
			}
		}
	})
}
