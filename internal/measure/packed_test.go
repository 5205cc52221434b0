package measure

import (
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// A number is the same however it is kept.
func TestPacked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		coefficient := new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 16).Draw(t, "coefficient"))
		if rapid.Bool().Draw(t, "negative") {
			coefficient.Neg(coefficient)
		}
		zeros := rapid.Int64Range(0, 18).Draw(t, "zeros")
		coefficient.Mul(coefficient, new(big.Int).Exp(big.NewInt(10), big.NewInt(zeros), nil))
		n := decimal.NewFromBigInt(coefficient, rapid.Int32Range(-20, 5).Draw(t, "exponent"))
		got := packed(decimal.NewNullDecimal(n))
		if !got.Valid || !got.Decimal.Equal(n) || got.Decimal.String() != n.String() {
			t.Fatalf("%s became %s", n, got.Decimal)
		}
	})
	if packed(decimal.NullDecimal{}).Valid {
		t.Error("a number that is missing became one")
	}
}
