package wording

import (
	"io/fs"
	"testing"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/sql"
)

// Organisations of one name are told apart by their codes.
func TestOrganisationsOfOneName(t *testing.T) {
	tables, err := fs.Sub(sql.Reference, "reference")
	if err != nil {
		t.Fatal(err)
	}
	reference, err := footprint.Read(tables)
	if err != nil {
		t.Fatal(err)
	}
	directory := figures.NewDirectory(&catalog.Catalog{}, reference)
	changed := measure.MembershipBreak{
		Part:  -90. / 190,
		Moves: []measure.Move{{Organisation: "Y01069", Kind: measure.Left}, {Organisation: "Y01231", Kind: measure.Left}},
	}
	want := "organisations with 47% of the figure changed (Dr Local Care Direct OOH (Y01069) left and Dr Local Care Direct OOH (Y01231) left)"
	if got := MembershipWords(changed, directory.Named); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	m := &catalog.Measure{Unit: catalog.Number, Counted: "attendances"}
	if got := Missing(m, footprint.England, measure.Point{Organisations: 3, Missing: []string{"Y01069", "Y01231"}}, directory); got !=
		"No figure from 2 of 3 organisations: Dr Local Care Direct OOH (Y01069) and Dr Local Care Direct OOH (Y01231)." {
		t.Error(got)
	}
}

// A figure over a year counts what it lacks in figures, as organisations that did not report in some months reported in others.
func TestMissingInSomeMonths(t *testing.T) {
	m := &catalog.Measure{Unit: catalog.Number, Counted: "attendances", Grain: catalog.Month, Derived: &catalog.Derivation{By: catalog.RollingYear}}
	p := measure.Point{Organisations: 2, Missing: []string{"RCD", "RCF"}}
	directory := figures.NewDirectory(&catalog.Catalog{}, &footprint.Reference{})
	if got, want := Missing(m, footprint.England, p, directory), "Some of its months have no figure from organisation RCD and organisation RCF."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	value := decimal.NewNullDecimal(decimal.NewFromInt(1140))
	p.Partial = &measure.Partial{Numerator: value, Value: value, Reported: 22, Expected: 24}
	want := "Partial: 1,140 from 22 of 24 figures, one a month from each organisation. Some of its months have no figure from organisation RCD and organisation RCF."
	if got := Missing(m, footprint.England, p, directory); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
