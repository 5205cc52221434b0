package measure

import (
	"encoding/binary"
	"math/big"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
)

// Packed are points of one place in about a tenth of the memory that they take, for keeping many of them. They must be of one grain. What several
// points share, such as the people they are divided by, is kept once.
type Packed struct {
	count    int
	grain    catalog.Grain
	numbers  []byte // of each point, in turn
	texts    []string
	missing  [][]string
	shared   [][]Shared
	partial  []*Partial
	divisors []*Divisor
}

// How a number is written.
const (
	noNumber    = iota // it is missing
	asBefore           // it is the one written before it
	inOneWord          // its exponent and its coefficient
	inManyWords        // its exponent, its sign and the bytes of its coefficient
)

const (
	isComplete = 1 << iota
	isWeighted
)

// Pack keeps points.
func Pack(points []Point) Packed {
	w := packer{Packed: Packed{count: len(points)}}
	for _, p := range points {
		w.grain = p.Period.Grain
		w.point(p)
	}
	w.numbers = slices.Clip(slices.Clone(w.numbers))
	return w.Packed
}

// Len is how many points are kept.
func (p Packed) Len() int { return p.count }

// Points are those that were packed.
func (p Packed) Points() []Point {
	if p.count == 0 {
		return nil
	}
	r := unpacker{Packed: p}
	points := make([]Point, p.count)
	for i := range points {
		r.point(&points[i])
	}
	return points
}

type packer struct {
	Packed
	start  int64  // of the point before
	load   uint64 // of the point before
	number decimal.NullDecimal
}

func (w *packer) point(p Point) {
	var flags uint64
	if p.Complete {
		flags |= isComplete
	}
	if p.Weighted {
		flags |= isWeighted
	}
	w.unsigned(flags)
	w.signed(p.Period.Start.Unix() - w.start)
	w.signed(int64(p.Load - w.load))
	w.start, w.load = p.Period.Start.Unix(), p.Load
	for _, n := range []decimal.NullDecimal{p.Denominator, p.Numerator, p.Value, p.Rate} {
		w.decimal(n)
	}
	w.signed(int64(p.Organisations))
	w.unsigned(place(&w.texts, p.Definition, p.Definition == "", equal))
	w.unsigned(place(&w.texts, string(p.NoValue), p.NoValue == "", equal))
	w.unsigned(place(&w.missing, p.Missing, p.Missing == nil, slices.Equal))
	w.unsigned(place(&w.shared, p.Shared, p.Shared == nil, sameShares))
	w.unsigned(place(&w.partial, p.Partial, p.Partial == nil, equal))
	w.unsigned(place(&w.divisors, p.Divisor, p.Divisor == nil, equal))
}

func equal[T comparable](a, b T) bool { return a == b }

func sameShares(a, b []Shared) bool {
	return slices.EqualFunc(a, b, func(a, b Shared) bool { return a.Organisation == b.Organisation && a.Share.Equal(b.Share) })
}

// place is where something stands in a list, counted from 1, and 0 where there is nothing. What stands there already is not added again.
func place[T any](list *[]T, of T, nothing bool, same func(a, b T) bool) uint64 {
	if nothing {
		return 0
	}
	i := slices.IndexFunc(*list, func(other T) bool { return same(of, other) })
	if i < 0 {
		i, *list = len(*list), append(*list, of)
	}
	return uint64(i) + 1
}

func (w *packer) signed(n int64)    { w.numbers = binary.AppendVarint(w.numbers, n) }
func (w *packer) unsigned(n uint64) { w.numbers = binary.AppendUvarint(w.numbers, n) }

func (w *packer) decimal(n decimal.NullDecimal) {
	coefficient := n.Decimal.Coefficient()
	switch {
	case !n.Valid:
		w.unsigned(noNumber)
		return
	case w.number.Valid && w.number.Decimal.Exponent() == n.Decimal.Exponent() && w.number.Decimal.Equal(n.Decimal):
		w.unsigned(asBefore)
		return
	case coefficient.IsInt64():
		w.unsigned(inOneWord)
		w.signed(int64(n.Decimal.Exponent()))
		w.signed(coefficient.Int64())
	default:
		w.unsigned(inManyWords)
		w.signed(int64(n.Decimal.Exponent()))
		w.signed(int64(coefficient.Sign()))
		bytes := coefficient.Bytes()
		w.unsigned(uint64(len(bytes)))
		w.numbers = append(w.numbers, bytes...)
	}
	w.number = n
}

type unpacker struct {
	Packed
	start  int64
	load   uint64
	number decimal.NullDecimal
}

func (r *unpacker) point(p *Point) {
	flags := r.unsigned()
	p.Complete, p.Weighted = flags&isComplete != 0, flags&isWeighted != 0
	r.start += r.signed()
	r.load += uint64(r.signed())
	p.Period, p.Load = catalog.Period{Start: time.Unix(r.start, 0).UTC(), Grain: r.grain}, r.load
	for _, n := range []*decimal.NullDecimal{&p.Denominator, &p.Numerator, &p.Value, &p.Rate} {
		*n = r.decimal()
	}
	p.Organisations = int(r.signed())
	p.Definition, p.NoValue = at(r.texts, r.unsigned()), NoValueReason(at(r.texts, r.unsigned()))
	p.Missing, p.Shared = at(r.missing, r.unsigned()), at(r.shared, r.unsigned())
	p.Partial, p.Divisor = at(r.partial, r.unsigned()), at(r.divisors, r.unsigned())
}

func at[T any](list []T, place uint64) (of T) {
	if place > 0 {
		of = list[place-1]
	}
	return of
}

func (r *unpacker) signed() int64 {
	n, size := binary.Varint(r.numbers)
	r.numbers = r.numbers[size:]
	return n
}

func (r *unpacker) unsigned() uint64 {
	n, size := binary.Uvarint(r.numbers)
	r.numbers = r.numbers[size:]
	return n
}

func (r *unpacker) decimal() decimal.NullDecimal {
	switch r.unsigned() {
	case noNumber:
		return decimal.NullDecimal{}
	case asBefore:
		return r.number
	case inOneWord:
		exponent := int32(r.signed())
		r.number = decimal.NewNullDecimal(decimal.New(r.signed(), exponent))
	default:
		exponent, sign := int32(r.signed()), r.signed()
		size := r.unsigned()
		coefficient := new(big.Int).SetBytes(r.numbers[:size])
		if r.numbers = r.numbers[size:]; sign < 0 {
			coefficient.Neg(coefficient)
		}
		r.number = decimal.NewNullDecimal(decimal.NewFromBigInt(coefficient, exponent))
	}
	return r.number
}
