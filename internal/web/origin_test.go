package web

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
)

// A workbook says whose figures it has, whatever its columns are called, and rows of no one measure are no reason to refuse it.
func TestAWorkbookNamesItsMeasures(t *testing.T) {
	known, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	o := origins{figures: figures.New(nil, figures.NewDirectory(known, &footprint.Reference{}), figures.NewMoments(nil, figures.NewMemory(1<<20), time.Now))}
	for name, c := range map[string]struct {
		asked  string
		answer tabular
		want   []string
	}{
		"figures of all measures together":   {"", calibrationBody{Rows: []calibrationRow{{Measure: ""}, {Measure: "ae_four_hour"}, {Measure: "ae_attendances"}, {Measure: "ae_four_hour"}}}, []string{"ae_four_hour", "ae_attendances"}},
		"a file's warnings":                  {"", warningList{{Measure: ""}}, nil},
		"claims, of which one has a measure": {"", claimList{{Measure: "ae_attendances"}, {}}, []string{"ae_attendances"}},
		"the measure asked for":              {"ae_four_hour", latestFigureList{}, []string{"ae_four_hour"}},
		"the measure asked for first":        {"ae_four_hour", latestFigureList{{Measure: "ae_attendances"}, {Measure: "ae_four_hour"}}, []string{"ae_four_hour", "ae_attendances"}},
		"figures that differ":                {"", ChangesBody{Changes: []changeRow{{Measure: "ae_attendances"}}}, []string{"ae_attendances"}},
		"no figures":                         {"", ruleList{{Name: "ae_attendances"}}, nil},
	} {
		rows, err := o.measures(t.Context(), c.asked, c.answer, figures.Moment{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var got []string
		for _, row := range rows {
			if row[0] == "measure" {
				got = append(got, row[1].(string))
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}
