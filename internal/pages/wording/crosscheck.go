package wording

import (
	"fmt"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
)

// ExpectedDifference says how far two publications may lie apart.
func ExpectedDifference(c figures.CrossCheck) string {
	if c.Tolerance().IsZero() {
		return "Expected: equal"
	}
	return fmt.Sprintf("Expected: within %s%%", c.Tolerance())
}

// ComparedPeriods says from when to when two publications were compared.
func ComparedPeriods(c figures.CrossCheck) string {
	if c.First == c.Last {
		return c.First.Words()
	}
	return c.First.Words() + " to " + c.Last.Words()
}

// ComparedPlaces says of which places two publications were compared.
func ComparedPlaces(c figures.CrossCheck) string {
	var kinds []string
	for _, place := range c.Places {
		switch place {
		case catalog.EnglandPlace:
			kinds = append(kinds, "England")
		case catalog.FootprintsPlace:
			kinds = append(kinds, "footprints")
		default:
			kinds = append(kinds, c.Of.Level+"s")
		}
	}
	if c.PlaceCount == 1 {
		return List(kinds)
	}
	return fmt.Sprintf("%d places: %s", c.PlaceCount, List(kinds))
}

// DifferenceOf says how far the first of two figures lies from the second.
func DifferenceOf(d figures.Difference) string {
	if !d.PerCent.Valid {
		return "the second is zero"
	}
	places := int32(1)
	for places < 4 && d.PerCent.Decimal.Round(places).IsZero() {
		places++
	}
	side := "higher"
	if d.PerCent.Decimal.IsNegative() {
		side = "lower"
	}
	return fmt.Sprintf("the first is %s%% %s", Grouped(d.PerCent.Decimal.Abs(), places), side)
}
