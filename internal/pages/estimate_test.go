//go:build linux || darwin

package pages_test

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/pages"
	"stpdash/internal/pages/wording"
)

// plainFields are of what stands beneath what readers see: numbers to sort by and addresses.
var plainFields = []string{"Plain", "URL"}

// unmarked are the texts of a page that have a figure of an estimate and do not say so.
func unmarked(path string, v reflect.Value, figure *regexp.Regexp) (found []string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			found = unmarked(path, v.Elem(), figure)
		}
	case reflect.Struct:
		if said := v.FieldByName("Estimate"); said.IsValid() && said.Kind() == reflect.Bool && said.Bool() {
			return nil
		}
		switch shown := v.Interface().(type) {
		case pages.MessageChart: // its title says it, as there is no room in the drawing
			if strings.HasSuffix(shown.Title, wording.EstimateMark) {
				return nil
			}
		case pages.DriverRow: // it says so once for its figures
			if strings.HasSuffix(shown.Moves, ", an estimate") {
				return nil
			}
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !slices.ContainsFunc(plainFields, func(p string) bool { return strings.HasSuffix(f.Name, p) }) {
				found = append(found, unmarked(path+"."+f.Name, v.Field(i), figure)...)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			found = append(found, unmarked(fmt.Sprintf("%s[%d]", path, i), v.Index(i), figure)...)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			found = append(found, unmarked(fmt.Sprintf("%s[%v]", path, key), v.MapIndex(key), figure)...)
		}
	case reflect.String:
		for _, at := range figure.FindAllStringIndex(v.String(), -1) {
			if rest := v.String()[at[1]-1:]; !strings.HasPrefix(rest, wording.EstimateMark) {
				found = append(found, fmt.Sprintf("%s: %q", path, v.String()))
			}
		}
	}
	return found
}

// Every page with a figure of which a council shared by footprints has a part says beside it that it is an estimate.
func TestEveryEstimateSaysSo(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("measure,organisation,period,numerator,denominator,published_file,published_row\n")
	reference, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	const whose = "delayed_days_nhs"
	n := 10007
	for _, o := range reference.Organisations() {
		if o.Kind != footprint.Council || len(reference.MembershipsOf(o.Code)) == 0 {
			continue
		}
		for i := range 45 {
			period := time.Date(2014, time.Month(4+i), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
			n = (n*7919 + 12345) % 99991
			days := 200000 + n%20000
			if i >= 43 {
				days += 90000 // an unusual change, for the pages that name those
			}
			fmt.Fprintf(
				&rows,
				"%s,%s,%s,%d,,figures.xls,1\ndelayed_days_social_care,%s,%s,0,,figures.xls,1\ndelayed_days_both,%s,%s,0,,figures.xls,1\n",
				whose,
				o.Code,
				period,
				days,
				o.Code,
				period,
				o.Code,
				period,
			)
		}
	}
	now := time.Date(2018, time.January, 17, 12, 0, 0, 0, time.UTC)
	read, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	w, l := figurestest.Empty(t, read, reference, func() time.Time { return now })
	o, err := l.Load(t.Context(), load.File{Name: "councils.csv", Content: strings.NewReader(rows.String()), Bundled: true, Accept: "figures of a test"}, "test")
	if err != nil || o.Load.State != load.Published || o.Load.Rejections > 0 {
		t.Fatalf("%+v, %v", o.Load, err)
	}
	now = now.AddDate(0, 0, 7)
	c := compose(figurestest.Know(w, w, read, reference, func() time.Time { return now }))
	asOf, err := c.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.FindMeasure("delayed_days")
	if err != nil {
		t.Fatal(err)
	}
	estimates, others := map[string]bool{}, map[string]bool{}
	var place figures.Area
	var latest catalog.Period
	for _, area := range c.Areas() {
		points, err := c.Series(t.Context(), asOf, m, area, figures.Range{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range points {
			switch text := wording.Value(m, p.Value.Decimal.Round(0)); {
			case !p.Value.Valid:
			case p.Estimate():
				estimates[text], place, latest = true, area, p.Period
			default:
				others[text] = true
			}
		}
	}
	var texts []string
	for text := range estimates {
		if !others[text] {
			texts = append(texts, text)
		}
	}
	if len(texts) < 500 {
		t.Fatalf("only %d figures are estimates", len(texts))
	}
	figure := regexp.MustCompile(`\b(` + strings.Join(texts, "|") + `)($|[^\d,.]|[,.]\D|[,.]$)`)
	ctx, region := t.Context(), place.Footprint.Region
	week, err := c.Week(ctx, "2018-W03", asOf)
	if err != nil {
		t.Fatal(err)
	}
	trace, err := c.Trace(ctx, asOf, m, place, latest)
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for name, compose := range map[string]func() (any, error){
		"england":    func() (any, error) { return c.England(ctx, pages.EnglandQuery{Measure: m.ID}, asOf) },
		"measure":    func() (any, error) { return c.Measure(ctx, m.ID, "", asOf) },
		"region":     func() (any, error) { return c.Region(ctx, region, asOf) },
		"footprint":  func() (any, error) { return c.Footprint(ctx, place, pages.FootprintQuery{}, asOf) },
		"card":       func() (any, error) { return c.CardOf(ctx, m, place, "", asOf) },
		"provenance": func() (any, error) { return c.Provenance(ctx, trace, asOf) },
		"review":     func() (any, error) { return c.Review(ctx, region, week, asOf) },
		"compare": func() (any, error) {
			return c.Compare(ctx, figures.ChangesQuestion{From: "2018-01-01", To: "2018-01-20"}, 1, asOf)
		},
	} {
		page, err := compose()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, text := range unmarked(name, reflect.ValueOf(page), figure) {
			t.Error(text)
		}
		if strings.Contains(fmt.Sprintf("%+v", page), "estimate") {
			shown++
		}
	}
	if shown < 7 {
		t.Errorf("only %d pages show an estimate", shown)
	}
}
