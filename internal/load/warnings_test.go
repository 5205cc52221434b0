package load_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
)

func TestWarnings(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	var names []string
	var published []uint64
	for _, file := range mappingtest.Published(t, "ae") {
		if strings.Contains(file, ".csv") && !strings.Contains(file, "February-2020") && !strings.Contains(file, "March-2020") {
			name := file[strings.LastIndex(file, "/")+1:]
			names = append(names, name)
			published = append(published, mustPublish(t, l, name, mappingtest.ReadFile(t, file)).ID)
		}
	}
	if len(names) != 22 {
		t.Fatalf("%d months from April 2018 to January 2020, want 22", len(names))
	}
	march := mappingtest.ParseGrid(t, mappingtest.PublishedFile(t, "ae", "Monthly-AE-March-2020"))
	at := func(code string) int {
		return slices.IndexFunc(march, func(row []string) bool { return row[1] == code })
	}
	column := march.Column(mappingtest.Type1)
	march[at("RHQ")][column] = "123456" // Sheffield: about 12,000 a month
	march = slices.Delete(march, at("RGT"), at("RGT")+1)
	march.AddUp(t)
	o, err := l.Load(t.Context(), load.File{Name: "march.csv", Content: bytes.NewReader(march.Bytes()), Accept: "figures of a test"}, "test")
	if err != nil || o.Load.State != load.Published {
		t.Fatalf("%s: %v", o.Load.Message, err)
	}
	loaded := o.Load
	warnings, err := w.Warnings(t.Context(), figures.Now, l.Catalog, []uint64{loaded.ID}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, f := range warnings {
		got[f.Rule+" "+f.Measure+" "+f.Organisation] = true
	}
	// Imperial was one of those that tried other standards, and reported no waits over four hours from May 2019 on.
	may, err := w.Warnings(t.Context(), figures.Now, l.Catalog, published, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range may {
		if f.Rule == "history" && f.Organisation == "RYJ" && f.Measure == "ae_over_four_hours_type1" && f.Value == 0 {
			t.Errorf("a figure that was not reported is told as %v after %v", f.Value, f.Middle)
		}
	}
	for _, want := range []string{"history ae_attendances_type1 RHQ", "period_follows ae_attendances_type1 "} {
		if !got[want] {
			t.Errorf("no warning %q in %d", want, len(warnings))
		}
	}
	// With February there is a period before, in which Cambridge still had figures.
	mustPublish(t, l, "february.csv", mappingtest.PublishedFile(t, "ae", "Monthly-AE-February-2020"))
	warnings, err = w.Warnings(t.Context(), figures.Now, l.Catalog, []uint64{loaded.ID}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	stays := 0
	for _, f := range warnings {
		switch {
		case f.Rule == "period_follows":
			t.Errorf("%+v although February is loaded", f)
		case f.Rule == "provider_stays" && f.Organisation == "RGT" && f.Measure == "ae_attendances_type1":
			stays++
		case f.Rule == "history" && f.Measure == "ae_attendances_type1" && f.Organisation == "RDZ":
			t.Errorf("an ordinary figure is to check: %+v", f)
		}
	}
	if stays != 1 {
		t.Errorf("%d warnings that RGT has no attendances any more", stays)
	}
}

// What another publication states again is not warned of twice.
func TestNoWarningsOfWhatIsRepeated(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	rows := "measure,organisation,period,numerator,denominator,published_file,published_row\n"
	for _, id := range []string{"beds_available_general_acute", "beds_available_general_acute_repeated"} {
		for i, quarter := range []string{"2015-Q1", "2015-Q2", "2015-Q3", "2015-Q4", "2016-Q1", "2016-Q2", "2016-Q3", "2016-Q4", "2017-Q1", "2017-Q2"} {
			beds := "600"
			if i == 9 {
				beds = "60000"
			}
			rows += strings.Join([]string{id, "RTE", quarter, beds, "", "beds.csv", "2\n"}, ",")
		}
	}
	loaded := mustPublish(t, l, "beds.csv", []byte(rows))
	warnings, err := w.Warnings(t.Context(), figures.Now, l.Catalog, []uint64{loaded.ID}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) != 1 || warnings[0].Measure != "beds_available_general_acute" || warnings[0].Value != 60000 {
		t.Errorf("%+v", warnings)
	}
}
