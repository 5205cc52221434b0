package wording

import (
	"io/fs"
	"testing"

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
	directory := figures.NewDirectory(nil, reference)
	changed := measure.MembershipBreak{
		Part:  -90. / 190,
		Moves: []measure.Move{{Organisation: "Y01069", Kind: measure.Left}, {Organisation: "Y01231", Kind: measure.Left}},
	}
	want := "organisations with 47% of the figure changed (Dr Local Care Direct OOH (Y01069) left and Dr Local Care Direct OOH (Y01231) left)"
	if got := MembershipWords(changed, directory.Named); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	m := &catalog.Measure{Unit: catalog.Number, Counted: "attendances"}
	if got := Missing(m, measure.Point{Organisations: 3, Missing: []string{"Y01069", "Y01231"}}, directory.Named); got !=
		"No figure from 2 of 3 organisations: Dr Local Care Direct OOH (Y01069) and Dr Local Care Direct OOH (Y01231)." {
		t.Error(got)
	}
}
