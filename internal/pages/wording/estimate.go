package wording

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// EstimateMark follows every figure that is an estimate.
const EstimateMark = " (estimate)"

// PointValue is the value of a point in its unit, marked where it is an estimate.
func PointValue(m *catalog.Measure, p measure.Point) string { return PointText(m, AsNumber, p) }

// PointText is the value of a point on a scale, marked where it is an estimate. An estimated count is written whole: its decimals tell nothing.
func PointText(m *catalog.Measure, s Scale, p measure.Point) string {
	value := s.Pick(p).Decimal
	if !p.Estimate() {
		return s.Write(m, value)
	}
	if s == AsNumber && m.Unit == catalog.Number {
		value = value.Round(0)
	}
	return s.Write(m, value) + EstimateMark
}

// PointShort is the same for a tile, in millions; empty for less than one, or where the scale is no amount or count.
func PointShort(m *catalog.Measure, s Scale, p measure.Point) string {
	value := s.Pick(p).Decimal
	if m.Unit == catalog.Share || value.LessThan(decimal.New(1, 6)) {
		return ""
	}
	short := value.Shift(-6).StringFixed(1) + "m"
	if m.Unit == catalog.GBP {
		short = "£" + short
	}
	if p.Estimate() {
		short += EstimateMark
	}
	return short
}

// Estimate says in a sentence why a figure is an estimate; empty where it is none.
func Estimate(m *catalog.Measure, p measure.Point, named Names) string {
	if !p.Estimate() {
		return ""
	}
	why := "An estimate: "
	if p.Weighted {
		why += fmt.Sprintf("the figures of %d organisations, weighted by %s.", p.Organisations, m.WeightedBy)
		if len(p.Shared) == 0 {
			return why
		}
		why += " Of them, "
	}
	var codes []string
	for _, s := range p.Shared {
		codes = append(codes, s.Organisation)
	}
	called := named(codes)
	var shares []string
	for _, s := range p.Shared {
		shares = append(shares, fmt.Sprintf("%s (%s)", called[s.Organisation], ShareOf(s.Share)))
	}
	return why + fmt.Sprintf("only a share of the figure of %s counts here.", List(shares))
}

// Estimates says in a sentence why figures of a series are estimates, by the last that is one; empty where none is.
func Estimates(m *catalog.Measure, points []measure.Point, named Names) string {
	for _, p := range slices.Backward(points) {
		if p.Estimate() {
			return Estimate(m, p, named)
		}
	}
	return ""
}

// ShareOf writes a share in per cent, with as many places as tell it from nothing.
func ShareOf(share decimal.Decimal) string {
	percent := share.Mul(Hundred)
	if percent.LessThan(decimal.NewFromInt(1)) {
		return Grouped(percent, 2) + "%"
	}
	return Grouped(percent, 1) + "%"
}
