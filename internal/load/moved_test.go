package load_test

import (
	"testing"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/measure"
)

// knownBundled is what is known of the bundled figures now.
func knownBundled(t *testing.T) (*figurestest.Known, figures.Moment) {
	t.Helper()
	l, w := bundled(t)
	k := figurestest.Know(w, w, l.Catalog, mappingtest.Reference(t), time.Now)
	now, err := k.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	return k, now
}

// North Durham (00J) moved to another footprint in April 2017. Its figures and its patients count in the same one at all times, what it took along is no
// change of either, and councils, which are placed as since then, have no rate by the patients of before.
func TestAnOrganisationThatMoved(t *testing.T) {
	t.Parallel()
	const left, joined = "E54000045", "E54000046"
	k, now := knownBundled(t)
	point := func(id, place, text string) measure.Point {
		t.Helper()
		m, err := k.FindMeasure(id)
		if err != nil {
			t.Fatal(err)
		}
		period, err := catalog.ParsePeriod(text)
		if err != nil {
			t.Fatal(err)
		}
		points, err := k.Points(t.Context(), now, m)
		if err != nil {
			t.Fatal(err)
		}
		p, _ := measure.At(points.Of(place), period.Start)
		return p
	}
	for _, c := range []struct{ measure, place, period, rate string }{ // those of 251,187 patients of North Durham, and its own figures
		{"core_allocation", left, "2015/16", "1327992.0"},
		{"hes_emergency_admissions", left, "2015/16", "120.8"},
		{"non_elective_admissions", left, "2015-04", "8.7"},
		{"non_elective_admissions", joined, "2015-04", "9.6"},
		{"non_elective_admissions", left, "2016-02", "9.3"},
		{"non_elective_admissions", joined, "2016-02", "9.3"},
		{"non_elective_admissions", left, "2017-02", "8.5"},
	} {
		if p := point(c.measure, c.place, c.period); !p.Rate.Valid || p.Rate.Decimal.StringFixed(1) != c.rate {
			t.Errorf("%s of %s in %s is %v for 1,000 patients, want %s", c.measure, c.place, c.period, p.Rate, c.rate)
		}
	}
	for period, rated := range map[string]bool{"2014-01": false, "2015-12": false, "2016-02": true, "2017-03": true, "2018-01": true} {
		for _, place := range []string{left, joined} {
			if p := point("delayed_days", place, period); !p.Numerator.Valid || p.Rate.Valid != rated {
				t.Errorf("delayed days of %s in %s: %v, and %v for 1,000 patients", place, period, p.Numerator, p.Rate)
			}
		}
		if p := point("delayed_days", "E54000005", period); !p.Rate.Valid {
			t.Errorf("where nobody moved there is no rate in %s", period)
		}
	}
	m, err := k.FindMeasure("core_allocation")
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{left, joined} {
		area, err := k.FindArea(place)
		if err != nil {
			t.Fatal(err)
		}
		for year, comparable := range map[string]bool{"2016/17": true, "2017/18": false, "2018/19": true} {
			period, _ := catalog.ParsePeriod(year)
			all, err := k.LatestFigures(t.Context(), now, m, period)
			if err != nil {
				t.Fatal(err)
			}
			if f := all.Of(m, area); f.Before == nil || !f.Now.Value.Valid || f.Change.Valid != comparable || (f.Apart.Code == figures.MembersChanged) == comparable {
				t.Errorf("%s in %s: change %v, apart %q", place, year, f.Change, f.Apart.Code)
			}
			drivers, err := k.Drivers(t.Context(), now, m, area, figures.DriversQuestion{Period: period, Against: figures.AgainstYear})
			if err != nil || (drivers.NoChange.Code == "") != comparable {
				t.Errorf("%s in %s: what drives it compares %q (%v)", place, year, drivers.NoChange.Code, err)
			}
		}
		money, err := k.Money(t.Context(), now, area)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range money.Lines {
			if line.Measure() == m && line.Apart(money.Years[0], money.Years[len(money.Years)-1]).Code != figures.MembersChanged {
				t.Errorf("%s: the allocations of all years compare", place)
			}
		}
	}
}

// England's own figures of the outcomes of social care are those that the publisher states, and lead to the cells that state them.
func TestWhatEnglandItselfStatesIsTraced(t *testing.T) {
	t.Parallel()
	k, now := knownBundled(t)
	period, _ := catalog.ParsePeriod("2018/19")
	for _, m := range k.Catalog.Measures {
		if !m.EnglandStated {
			continue
		}
		cells, err := k.Cells(t.Context(), now, m, []string{footprint.England}, figures.Range{From: period.Start, To: period.Start})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cells {
			if c.Organisation != footprint.England || c.Raw == "" {
				t.Errorf("%s: %s, %q of row %d", m.ID, c.Organisation, c.Raw, c.Row)
			}
		}
		if m.ID == "care_home_admissions_65" && (len(cells) != 1 || cells[0].Raw != "577.6" || cells[0].Row != 4444) {
			t.Errorf("%s: %d cells: %+v", m.ID, len(cells), cells)
		}
	}
}

// Commissioners that merged within a footprint have not stopped reporting: the one that followed them reports their work.
func TestMergedCommissionersHaveNotStopped(t *testing.T) {
	t.Parallel()
	k, now := knownBundled(t)
	m, err := k.FindMeasure("non_elective_admissions")
	if err != nil {
		t.Fatal(err)
	}
	for period, place := range map[string]string{"2018-12": "E54000017", "2016-03": "E54000046"} { // Birmingham, and Newcastle Gateshead
		of, _ := catalog.ParsePeriod(period)
		area, err := k.FindArea(place)
		if err != nil {
			t.Fatal(err)
		}
		all, err := k.LatestFigures(t.Context(), now, m, of)
		if f := all.Of(m, area); err != nil || !f.Now.Value.Valid || len(f.Stopped) != 0 {
			t.Errorf("%s in %s: %v, %+v (%v)", area.Name, period, f.Now.Value, f.Stopped, err)
		}
	}
}
