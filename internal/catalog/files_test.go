package catalog_test

import (
	"os"
	"testing"

	"stpdash/internal/catalog"
)

// Each source that ships says what its files are, and a cell that came in canonical form is of a file of the source that states its measure.
func TestWhatFilesAre(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Sources {
		if s.FilesAre == "" && s.ID != "canonical" {
			t.Errorf("%s does not say what its files are", s.ID)
		}
	}
	for _, test := range []struct {
		measure, source string
		carried         bool
		want            catalog.FilesAre
	}{
		{"beds_available_general_acute", "canonical", true, catalog.Compilations},
		{"beds_available_general_acute", "beds", false, catalog.Compilations},
		{"ae_attendances_type1", "canonical", true, catalog.Originals},
		{"ae_attendances_type1", "ae", false, catalog.Originals},
		{"ae_attendances_type1", "canonical", false, ""}, // returned by hand
	} {
		if got := c.FilesBeneath(test.measure, test.source, test.carried); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}
