package claim

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// The place of most tests fits well before the start: Milton Keynes, Bedfordshire and Luton.
const place = "E54000024"

// declared reads claims as an analyst writes them, beside the product's own measures.
func declared(t testing.TB, claims string) *catalog.Catalog {
	t.Helper()
	own := os.DirFS("../../dashboards")
	files := fstest.MapFS{"claims/t.yaml": {Data: []byte("claims:\n" + claims)}}
	for _, pattern := range []string{"measures/*.yaml", "sources/*.yaml", "pages/*.yaml"} {
		names, err := fs.Glob(own, pattern)
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		for _, name := range names {
			content, err := fs.ReadFile(own, name)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = &fstest.MapFile{Data: content}
		}
	}
	c, err := catalog.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// one is a claim with some lines of its own.
func one(id, place string, lines ...string) string {
	text := fmt.Sprintf(
		"  - {id: %s, title: A claim, places: [%s], scheme: %s, claimant: A body, claimed: Fewer., citation: {title: A report, url: \"https://example.org\"}",
		id,
		place,
		id,
	)
	stated := strings.Join(lines, ", ")
	for _, field := range []struct{ name, otherwise string }{
		{"measure", "emergency_admissions"}, {"direction", "decrease"}, {"kind", "activity"}, {"comparator", "{kind: before}"},
	} {
		if !strings.Contains(" "+stated, " "+field.name+":") {
			text += ", " + field.name + ": " + field.otherwise
		}
	}
	if stated != "" {
		text += ", " + stated
	}
	return text + "}\n"
}

// bundled are the product's figures of A&E, summed to footprints by the memberships of each month.
var bundled = sync.OnceValues(func() (map[string]map[string]map[time.Time]decimal.Decimal, error) {
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		return nil, err
	}
	f, err := os.Open("../../sql/reference/bundled/ae.csv.gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(unpacked).ReadAll()
	if err != nil {
		return nil, err
	}
	column := func(name string) int { return slices.Index(rows[0], name) }
	measures, organisation, period, numerator := column("measure"), column("organisation"), column("period"), column("numerator")
	sums := map[string]map[string]map[time.Time]decimal.Decimal{}
	for _, row := range rows[1:] {
		p, err := catalog.ParsePeriod(row[period])
		if err != nil {
			return nil, err
		}
		place, ok := r.Of(row[organisation], p.Start)
		if row[numerator] == "" || !ok {
			continue
		}
		if sums[row[measures]] == nil {
			sums[row[measures]] = map[string]map[time.Time]decimal.Decimal{}
		}
		if sums[row[measures]][place] == nil {
			sums[row[measures]][place] = map[time.Time]decimal.Decimal{}
		}
		sums[row[measures]][place][p.Start] = sums[row[measures]][place][p.Start].Add(decimal.RequireFromString(row[numerator]))
	}
	return sums, nil
})

// figures are the real ones of a measure in the 44 and in England.
func figures(t testing.TB, c *catalog.Catalog, id string) Figures {
	t.Helper()
	sums, err := bundled()
	if err != nil {
		t.Fatal(err)
	}
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	m, ok := c.Measure(id)
	if !ok {
		t.Fatal(id)
	}
	f := Figures{Measure: m}
	var all [][]measure.Point
	for _, place := range r.Footprints() {
		p := Place{Code: place.Code, Name: place.Name, Region: place.Region.Name, Patients: decimal.NewNullDecimal(decimal.NewFromInt(1_000_000))}
		first := time.Date(2015, time.June, 1, 0, 0, 0, 0, time.UTC)
		for month := 0; month < 58; month++ {
			at := first.AddDate(0, month, 0)
			point := measure.Point{Period: catalog.Period{Start: at, Grain: m.Grain}, Complete: true}
			var value decimal.Decimal
			for _, part := range m.Components() {
				value = value.Add(sums[part][place.Code][at])
			}
			point.Numerator, point.Value = decimal.NewNullDecimal(value), decimal.NewNullDecimal(value)
			p.Points = append(p.Points, point)
		}
		f.Footprints, all = append(f.Footprints, p), append(all, p.Points)
	}
	f.England = measure.Sum(m, all)
	return f
}

// change multiplies the place's figures from a period on.
func (f Figures) change(t testing.TB, from string, by float64) Figures {
	t.Helper()
	start, err := catalog.ParsePeriod(from)
	if err != nil {
		t.Fatal(err)
	}
	f.Footprints = slices.Clone(f.Footprints)
	for i := range f.Footprints {
		if f.Footprints[i].Code != place {
			continue
		}
		f.Footprints[i].Points = slices.Clone(f.Footprints[i].Points)
		for j, p := range f.Footprints[i].Points {
			if !p.Period.Start.Before(start.Start) {
				p.Value.Decimal = p.Value.Decimal.Mul(decimal.NewFromFloat(by)).Round(0)
				p.Numerator = p.Value
				f.Footprints[i].Points[j] = p
			}
		}
	}
	return f
}

// tested is the first claim of some, tested.
func tested(t testing.TB, f Figures, c *catalog.Catalog, others ...Figures) *Result {
	t.Helper()
	r, err := Test(t.Context(), c.Claims[0], Data{Figures: f, Others: others, Register: c.Claims})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
