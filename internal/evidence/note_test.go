package evidence_test

import (
	"reflect"
	"slices"

	"stpdash/internal/evidence"
)

// same tells that two notes say the same of the same.
func same(a, b evidence.Note) bool { return reflect.DeepEqual(a, b) }

// noted tells that a note is among others.
func noted(notes []evidence.Note, want evidence.Note) bool {
	return slices.ContainsFunc(notes, func(n evidence.Note) bool { return same(n, want) })
}

// what names a variation.
func what(v evidence.Variation) string { return string(v.Kind) + " " + v.Unit + v.Time }
