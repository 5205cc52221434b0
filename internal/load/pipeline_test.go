package load_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/measure"
	"stpdash/internal/warehouse"
)

// sameDecimals compares numbers by what they are worth.
var sameDecimals = gocmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })

// TestPublishedFolder loads the months of A&E for which the publisher states the 44 or trusts report no waits, and the first of each
// year; with STPD_TEST_WHOLE all 58: make whole.
func TestPublishedFolder(t *testing.T) {
	t.Parallel()
	ae := someMonths(t, mappingtest.Published(t, "ae"))
	lidocaine := mappingtest.PublishedFile(t, "prescribing", "ebm_lplidocaine")
	r := mappingtest.Reference(t)
	w := openWarehouse(t, r)
	l := newLoader(t, w, mappingtest.Definitions(t, nil), r)
	source, _ := l.Catalog.Source("ae")
	// silent are those without a figure whom the publication lists: it leaves the others out.
	silent := func(v measure.Value) []string {
		return slices.DeleteFunc(slices.Clone(v.Missing), func(code string) bool {
			return slices.ContainsFunc(source.Omits, func(o catalog.Omission) bool {
				return slices.Contains(o.Organisations, code) && slices.Contains(o.Periods, v.Period.Format("2006-01"))
			})
		})
	}
	leftOut := func(v measure.Value) bool { return len(v.Missing) > 0 && len(silent(v)) == 0 }

	first, err := l.Paths(t.Context(), ae, "hand", false, nil)
	if err != nil {
		t.Fatal(err)
	}
	mustPublish(t, l, "ebm_lplidocaine_ccg_month.csv", lidocaine)

	months := uint32(len(ae)) //nolint:gosec // a few
	t.Run("every file gives a published load", func(t *testing.T) {
		if first.Found != months || first.Published != months || first.Failed != 0 || first.Known != 0 {
			t.Errorf("the run found %+v", first)
		}
		loads, err := w.Loads(t.Context(), figures.LoadFilter{Source: "ae", State: load.Published, Limit: 1000})
		if err != nil || len(loads) != len(ae) {
			t.Fatalf("%d loads are published: %v", len(loads), err)
		}
		for _, l := range loads {
			if l.Rejections != 0 || l.Differing != 0 || l.Compared < 12 || l.Observations < 2000 || l.Trigger != "hand" {
				t.Errorf("load of %s: %+v", l.File, l)
			}
		}
	})
	t.Run("loading the folder again publishes nothing", func(t *testing.T) {
		before := everyValue(t, w, l.Catalog, figures.Now)
		again, err := l.Paths(t.Context(), ae, "hand", true, nil)
		if err != nil {
			t.Fatal(err)
		}
		if again.Found != months || again.Published != 0 || again.Known != months {
			t.Errorf("the second run found %+v", again)
		}
		if diff := gocmp.Diff(before, everyValue(t, w, l.Catalog, figures.Now), sameDecimals); diff != "" {
			t.Error(diff)
		}
		runs, err := w.Runs(t.Context(), figures.Now, 10)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff([]load.Run{again, first}, runs, cmpopts.EquateApproxTime(time.Microsecond)); diff != "" {
			t.Errorf("the runs are recorded as (-want +got):\n%s", diff)
		}
	})
	t.Run("England in April 2017", func(t *testing.T) {
		if got := numerator(t, w, figures.Now, "ae_attendances", footprint.England, "2017-04"); got != "1949762" {
			t.Errorf("attendances are %s, published as 1,949,762", got)
		}
	})
	t.Run("every figure is the sum of the mapped ones", func(t *testing.T) {
		want, stated := map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
		incomplete := map[string]bool{}
		for _, file := range ae {
			for _, o := range mappingtest.Read(t, file).Observations {
				if _, area := r.Footprint(o.Organisation); area || o.Organisation == footprint.England { // stated for it, in place of a sum
					stated[fmt.Sprintf("%s %s %s", o.Measure, o.Organisation, o.Period)] = o.Numerator.Decimal
					continue
				}
				place, ok := r.Of(o.Organisation, o.CodesOn)
				if !ok {
					place = footprint.Unallocated
				}
				for _, place := range []string{place, footprint.England} {
					key := fmt.Sprintf("%s %s %s", o.Measure, place, o.Period)
					want[key] = want[key].Add(o.Numerator.Decimal)
					incomplete[key] = incomplete[key] || !o.Numerator.Valid
				}
			}
		}
		maps.Copy(want, stated)
		missed := maps.Clone(want)
		compared := 0
		for _, v := range everyValue(t, w, l.Catalog, figures.Now) {
			key := fmt.Sprintf("%s %s %s", v.Measure, v.Footprint, v.Period.Format("2006-01"))
			n, ok := want[key]
			if !ok {
				continue
			}
			compared++
			delete(missed, key)
			if v.Complete() == incomplete[key] || v.Complete() && !v.Numerator.Decimal.Equal(n) {
				t.Errorf("%s: %v, missing %v; want %s, incomplete %v", key, v.Numerator, v.Missing, n, incomplete[key])
			}
		}
		if compared != len(want) || compared < 12*len(ae)*45 {
			t.Errorf("%d figures compared with %d: none for %v", compared, len(want), slices.Sorted(maps.Keys(missed)))
		}
	})
	t.Run("2017-18 equals the publisher's own figures for the 44", func(t *testing.T) {
		loads, err := w.Loads(t.Context(), figures.LoadFilter{Source: "ae", Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		shown := map[string]measure.Value{}
		for _, v := range everyValue(t, w, l.Catalog, figures.Now) {
			shown[fmt.Sprintf("%s %s %s", v.Measure, v.Footprint, v.Period.Format("2006-01"))] = v
		}
		equal := 0
		for _, one := range loads {
			compared, err := w.Reconciliations(t.Context(), one.ID, 1000)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range compared {
				if c.Sheet != "STP Level Data" || c.Scope == footprint.England {
					continue
				}
				v, ok := shown[fmt.Sprintf("%s %s %s", c.Measure, c.Scope, c.Period)]
				if ok && leftOut(v) { // the publisher's figure is that of the others
					v.Numerator, v.Missing = v.PartialNumerator, nil
				}
				if !ok || !v.Complete() || !v.Numerator.Decimal.Equal(c.Published) {
					t.Errorf("%s of %s in %s is %v, published as %s in %s row %d", c.Measure, c.Scope, c.Period, v.Numerator, c.Published, one.File, c.Row)
					continue
				}
				equal++
			}
		}
		if equal != 6336 {
			t.Errorf("%d figures are equal, want 6336", equal)
		}
	})
	t.Run("lidocaine to the penny", func(t *testing.T) {
		values, err := figurestest.Values(t.Context(), w, figures.Now, []string{"lidocaine_cost"}, []string{footprint.England}, figures.Range{})
		if err != nil {
			t.Fatal(err)
		}
		sum := decimal.Zero
		for _, v := range values {
			sum = sum.Add(v.Numerator.Decimal)
		}
		if want := mappingtest.LidocaineTotal(t, lidocaine); !sum.Equal(want) || len(values) < 24 {
			t.Errorf("England spent %s in %d months, by the file %s", sum, len(values), want)
		}
	})
	t.Run("four hours from May 2019", func(t *testing.T) {
		from := time.Date(2019, 5, 1, 0, 0, 0, 0, time.UTC)
		values, err := figurestest.Values(t.Context(), w, figures.Now, []string{"ae_four_hour"}, nil, figures.Range{From: from})
		if err != nil {
			t.Fatal(err)
		}
		missing, trusts := map[string]int{}, map[string]bool{}
		for _, v := range values {
			if v.Complete() || leftOut(v) {
				continue
			}
			missing[v.Footprint]++
			if v.Numerator.Valid || v.Denominator.Valid {
				t.Errorf("%s in %s: computed over what is not whole", v.Footprint, v.Period.Format("2006-01"))
			}
			for _, code := range silent(v) {
				if v.Footprint != footprint.England {
					trusts[code] = true
				} else if !slices.Equal(silent(v), mappingtest.PilotTrusts) {
					t.Errorf("England in %s: missing are %v", v.Period.Format("2006-01"), v.Missing)
				}
				if place, _ := r.Of(code, v.Period); v.Footprint != footprint.England && place != v.Footprint {
					t.Errorf("%s is missing in %s and belongs to %s", code, v.Footprint, place)
				}
			}
		}
		for place, months := range missing {
			if months != 11 {
				t.Errorf("%s has no figure in %d of the 11 months", place, months)
			}
		}
		if missing[footprint.England] == 0 || len(missing) != 1+13 || len(trusts) != 14 {
			t.Errorf("no figure in %d places for want of %d trusts; want England, 13 footprints and 14 trusts", len(missing), len(trusts))
		}
		for _, v := range everyValue(t, w, l.Catalog, figures.Now) {
			if v.Period.Before(from) && !v.Complete() && !leftOut(v) {
				t.Errorf("%s of %s in %s: missing %v", v.Measure, v.Footprint, v.Period.Format("2006-01"), v.Missing)
			}
		}
	})
}

// someMonths are the files of TestPublishedFolder.
func someMonths(t testing.TB, ae []string) []string {
	t.Helper()
	if len(ae) != 58 {
		t.Fatalf("%d files of A&E, want 58", len(ae))
	}
	if everyFile {
		return ae
	}
	some := slices.DeleteFunc(ae, func(file string) bool {
		month := mappingtest.Read(t, file).Observations[0].Period.String()
		return (month < "2017-04" || month > "2018-03") && month < "2019-05" && !slices.Contains([]string{"2015-06", "2016-06", "2018-04"}, month)
	})
	if len(some) != 12+11+3 {
		t.Fatalf("%d months are chosen", len(some))
	}
	return some
}

func TestFailedFileLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	folder := t.TempDir()
	whole := mappingtest.AprilCSV(t)
	write(t, folder, "a-april.csv", whole.Bytes())
	if _, err := l.Paths(t.Context(), []string{folder}, "hand", false, nil); err != nil {
		t.Fatal(err)
	}
	write(t, folder, "b-april-revised.csv", whole.Altered(5, mappingtest.Type1, "1").Bytes())
	write(t, folder, "c-empty.csv", nil)
	write(t, folder, "d-may.csv", mappingtest.Excerpt(t, "MSitAE-May-2018.csv", "RCD").Bytes())
	var told []string
	run, err := l.Paths(t.Context(), []string{folder}, "hand", false, func(done, of int, file string, o load.Outcome, err error) {
		told = append(told, fmt.Sprintf("%d/%d %s %s %v", done, of, filepath.Base(file), o.Load.State, err))
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1/4 a-april.csv published <nil>", "2/4 b-april-revised.csv failed <nil>", "3/4 c-empty.csv failed <nil>", "4/4 d-may.csv published <nil>"}
	if diff := gocmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
	if run.Found != 4 || run.Published != 1 || run.Failed != 2 || run.Known != 1 {
		t.Errorf("the run found %+v", run)
	}
	if got := numerator(t, w, figures.Now, "ae_attendances_type1", footprint.England, "2018-04"); got != "4150" {
		t.Errorf("April is %s, want 4150 as before", got)
	}
	if got := numerator(t, w, figures.Now, "ae_attendances_type1", footprint.England, "2018-05"); got == "none" {
		t.Error("the file after those that failed was not loaded")
	}
}

func TestUnreadableFileLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	folder := t.TempDir()
	write(t, folder, "a.csv", mappingtest.AprilCSV(t).Bytes())
	gone := filepath.Join(folder, "b.csv")
	write(t, folder, "b.csv", []byte("x"))
	write(t, folder, "c.csv", mappingtest.Excerpt(t, "MSitAE-May-2018.csv", "RCD").Bytes())
	run, err := l.Paths(t.Context(), []string{folder}, "hand", false, func(done, _ int, _ string, _ load.Outcome, err error) {
		switch {
		case done == 1:
			remove(t, gone)
		case done == 2 && err == nil:
			t.Error("nobody is told that a file could not be read")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if run.Published != 2 || run.Failed != 1 || !strings.Contains(run.Message, "b.csv") {
		t.Errorf("the run found %+v", run)
	}
	if runs, err := w.Runs(t.Context(), figures.Now, 1); err != nil || len(runs) != 1 || runs[0].Failed != 1 {
		t.Errorf("the run is recorded as %+v (%v)", runs, err)
	}
}

func TestDevicesAreNotRead(t *testing.T) {
	t.Parallel()
	l, _ := pipeline(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	run, err := l.Paths(ctx, []string{os.DevNull}, "hand", true, nil)
	if err != nil || run.Failed != 1 || !strings.Contains(run.Message, os.DevNull+" is a device or a pipe") {
		t.Errorf("%+v, %v", run, err)
	}
}

func TestFailedFileIsNotTriedAgainByTheSchedule(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	bad := load.File{Name: "bad.csv", Content: bytes.NewReader(mappingtest.AprilCSV(t).Altered(5, mappingtest.Type1, "1").Bytes())}
	try := func(l *load.Loader, f load.File) load.Outcome {
		t.Helper()
		o, err := l.Load(t.Context(), f, "schedule")
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	first := try(l, bad)
	if first.Known || first.Load.State != load.Failed {
		t.Fatalf("%+v", first)
	}
	if again := try(l, bad); !again.Known || again.Load.ID != first.Load.ID {
		t.Errorf("the schedule tried again: %+v", again)
	}
	byHand := bad
	byHand.Again = true
	if again := try(l, byHand); again.Known || again.Load.ID <= first.Load.ID {
		t.Errorf("by hand it was not tried again: %+v", again)
	}
	t.Run("but when the source has changed", func(t *testing.T) {
		source := strings.Replace(string(mappingtest.ReadFile(t, "../../dashboards/sources/ae.yaml")), `tolerance: "0.001"`, `tolerance: "5000"`, 1)
		changed := newLoader(t, w, mappingtest.DefinitionsWithoutCentres(t, map[string]string{"sources/ae.yaml": source}), mappingtest.Reference(t))
		if o := try(changed, bad); o.Known || o.Load.State != load.Published {
			t.Errorf("%+v", o)
		}
	})
}

// TestFilesLeftAloneAreReadOnce looks through a folder again and again: a file is read when it is new or has changed.
func TestFilesLeftAloneAreReadOnce(t *testing.T) {
	t.Parallel()
	l, _ := pipeline(t)
	reads := 0
	l = l.With(func(s *load.Settings) {
		s.Observe = func(stage string, _ time.Duration) {
			if stage == "fingerprint" {
				reads++
			}
		}
	})
	folder := t.TempDir()
	look := func(published, known uint32, want int) {
		t.Helper()
		run, err := l.Paths(t.Context(), []string{folder}, "schedule", false, nil)
		if err != nil || run.Published != published || run.Known != known || reads != want {
			t.Errorf("the file was read %d times, want %d: %+v, %v", reads, want, run, err)
		}
	}
	file := write(t, folder, "april.csv", mappingtest.AprilCSV(t).Bytes())
	look(1, 0, 1)
	look(0, 1, 1)
	write(t, folder, "april.csv", mappingtest.AprilCSV(t).Altered(4, mappingtest.Type1, "4151").Altered(5, mappingtest.Type1, "4151").Bytes())
	then := time.Now().Add(-time.Minute)
	if err := os.Chtimes(file, then, then); err != nil {
		t.Fatal(err)
	}
	look(1, 0, 2)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	write(t, folder, "april.csv", mappingtest.AprilCSV(t).Bytes())
	look(0, 1, 3) // the same content again
}

func TestRejectedRowMakesItsFootprintIncomplete(t *testing.T) {
	t.Parallel()
	const harrogate = "E54000005" // West Yorkshire and Harrogate
	l, w := pipeline(t)
	bad := mappingtest.AprilCSV(t).Altered(4, mappingtest.Type1, "n/a")
	rejected := mustPublish(t, l, "rejected.csv", bad.Bytes())
	if rejected.Rejections != 1 {
		t.Fatalf("%d rows are rejected, want 1", rejected.Rejections)
	}
	for _, measure := range []string{"ae_attendances_type1", "ae_attendances", "ae_four_hour", "emergency_admissions"} {
		for _, place := range []string{harrogate, footprint.England} {
			if got := numerator(t, w, figures.Now, measure, place, "2018-04"); got != "missing RCD" {
				t.Errorf("%s of %s is %s, want it missing for RCD", measure, place, got)
			}
		}
	}
	if got := numerator(t, w, figures.Now, "ae_attendances_other", "E54000015", "2018-04"); got == "none" || strings.HasPrefix(got, "missing") {
		t.Errorf("a footprint without a rejected row is %s", got)
	}
	good := mustPublish(t, l, "good.csv", mappingtest.AprilCSV(t).Bytes())
	if got := numerator(t, w, figures.Now, "ae_attendances_type1", harrogate, "2018-04"); got != "4150" {
		t.Errorf("with the row accepted it is %s, want 4150", got)
	}
	if good.Compared != 12 || good.Differing != 0 {
		t.Errorf("%d totals compared and %d differ", good.Compared, good.Differing)
	}
	t.Run("though an earlier load has the figure", func(t *testing.T) {
		mustPublish(t, l, "rejected again.csv", mappingtest.AprilCSV(t).Altered(4, mappingtest.Type1, "unknown").Bytes())
		if got := numerator(t, w, figures.Now, "ae_attendances_type1", harrogate, "2018-04"); got != "missing RCD" {
			t.Errorf("it is %s, want it missing for RCD", got)
		}
	})
}

// inApril is April 2018.
var inApril = figures.Range{From: time.Date(2018, 4, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2018, 4, 1, 0, 0, 0, 0, time.UTC)}

func TestRevisionWins(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	first := mustPublish(t, l, "april.csv", mappingtest.AprilCSV(t).Bytes())
	revised := mappingtest.AprilCSV(t).Altered(4, mappingtest.Type1, "5000")
	revised.AddUp(t)
	second := mustPublish(t, l, "april revised.csv", revised.Bytes())
	between := first.At.Add(second.At.Sub(first.At) / 2)
	asOfTime := func(at time.Time) figures.AsOf {
		asOf, err := w.AsOfTime(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		return asOf
	}
	asOfLoad := func(id uint64) figures.AsOf {
		asOf, err := w.AsOfLoad(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return asOf
	}
	for _, test := range []struct {
		name string
		asOf figures.AsOf
		want string
		load uint64
	}{
		{"now", figures.Now, "5000", second.ID},
		{"as of the second load", asOfLoad(second.ID), "5000", second.ID},
		{"as of the first load", asOfLoad(first.ID), "4150", first.ID},
		{"as of between them", asOfTime(between), "4150", first.ID},
		{"as of after them", asOfTime(second.At.Add(time.Second)), "5000", second.ID},
		{"as of before them", asOfTime(first.At.Add(-time.Microsecond)), "none", 0},
	} {
		for _, place := range []string{"E54000005", footprint.England} {
			if got := numerator(t, w, test.asOf, "ae_attendances_type1", place, "2018-04"); got != test.want {
				t.Errorf("%s, %s: %s, want %s", test.name, place, got, test.want)
			}
		}
		if v, _ := value(t, w, test.asOf, "ae_attendances_type1", footprint.England, "2018-04"); v.Load != test.load {
			t.Errorf("%s: load %d, want %d", test.name, v.Load, test.load)
		}
		measure, _ := l.Catalog.Measure("ae_attendances_type1")
		cells, err := w.Cells(t.Context(), test.asOf, measure, []string{footprint.England}, inApril)
		if err != nil {
			t.Fatal(err)
		}
		sum := decimal.Zero
		for _, c := range cells {
			sum = sum.Add(c.Numerator.Decimal)
			if c.Load != test.load || c.Sheet != "" || c.Row < 2 || c.Row > 4 || c.Column != "E" {
				t.Errorf("%s: the cell beneath is %+v", test.name, c)
			}
		}
		if len(cells) == 0 != (test.want == "none") || len(cells) > 0 && sum.String() != test.want {
			t.Errorf("%s: %d cells beneath add up to %s", test.name, len(cells), sum)
		}
		series, err := w.OrganisationSeries(t.Context(), test.asOf, measure, "RCD", figures.Range{})
		if err != nil {
			t.Fatal(err)
		}
		if len(series) == 0 != (test.want == "none") || len(series) == 1 && series[0].Numerator.Decimal.String() != test.want {
			t.Errorf("%s: the trust's own series is %+v", test.name, series)
		}
	}
	if _, err := w.AsOfLoad(t.Context(), second.ID+1); !errors.Is(err, figures.ErrNotFound) {
		t.Errorf("as of a load that never was: %v", err)
	}
}

func TestRevisionDropsAnOrganisation(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	first := mustPublish(t, l, "april.csv", mappingtest.AprilCSV(t).Bytes())
	asOfFirst, err := w.AsOfLoad(t.Context(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	const dropped = "NLO11" // 637 attendances
	place, ok := l.Reference.Of(dropped, time.Date(2018, 4, 1, 0, 0, 0, 0, time.UTC))
	if !ok {
		t.Fatalf("%s is in no footprint", dropped)
	}
	measure, _ := l.Catalog.Measure("ae_attendances_other")
	look := func(when string, asOf figures.AsOf, england, itsPlace string, cells, months int) {
		t.Helper()
		if got := numerator(t, w, asOf, "ae_attendances", footprint.England, "2018-04"); got != england {
			t.Errorf("%s England is %s, want %s", when, got, england)
		}
		if got := numerator(t, w, asOf, "ae_attendances", place, "2018-04"); got != itsPlace {
			t.Errorf("%s its footprint is %s, want %s", when, got, itsPlace)
		}
		beneath, err := w.Cells(t.Context(), asOf, measure, []string{footprint.England}, inApril)
		if err != nil || len(beneath) != cells {
			t.Errorf("%s England stands on %d cells, want %d (%v)", when, len(beneath), cells, err)
		}
		series, err := w.OrganisationSeries(t.Context(), asOf, measure, dropped, figures.Range{})
		if err != nil || len(series) != months {
			t.Errorf("%s its own series has %d months, want %d (%v)", when, len(series), months, err)
		}
	}
	if c82009, _ := l.Reference.Of("C82009", time.Date(2018, 4, 1, 0, 0, 0, 0, time.UTC)); c82009 != place {
		t.Fatalf("C82009 lies in %s, %s in %s", c82009, dropped, place)
	}
	look("before", figures.Now, "5844", "993", 3, 1)

	revised := mappingtest.AprilCSV(t).Without(3)
	revised.AddUp(t)
	mustPublish(t, l, "april revised.csv", revised.Bytes())
	look("after the revision", figures.Now, "5207", "356", 2, 0)
	look("as of the first load", asOfFirst, "5844", "993", 3, 1)

	revised = revised.Without(2)
	revised.AddUp(t)
	mustPublish(t, l, "april revised again.csv", revised.Bytes())
	look("without any of the footprint", figures.Now, "4851", "none", 1, 0)

	mustPublish(t, l, "return.csv", []byte("measure,organisation,period,numerator,denominator\nae_attendances_other,RR8,2018-04,9,\n"))
	if got := numerator(t, w, figures.Now, "ae_attendances_other", footprint.England, "2018-04"); got != "710" {
		t.Errorf("with a return of one organisation England is %s, want 701 and 9", got)
	}
}

func TestRevisionCorrectsACode(t *testing.T) {
	t.Parallel()
	for _, typo := range []string{"", "RZZ"} {
		t.Run("from "+cmp.Or(typo, "none"), func(t *testing.T) {
			l, w := pipeline(t)
			mustPublish(t, l, "april.csv", mappingtest.AprilCSV(t).Altered(4, "Org Code", typo).Bytes())
			if got := numerator(t, w, figures.Now, "ae_attendances_type1", footprint.England, "2018-04"); !strings.HasPrefix(got, "missing") {
				t.Errorf("England is %s although a row has no known organisation", got)
			}
			mustPublish(t, l, "april revised.csv", mappingtest.AprilCSV(t).Bytes())
			if got := numerator(t, w, figures.Now, "ae_attendances_type1", footprint.England, "2018-04"); got != "4150" {
				t.Errorf("England is %s, published as 4150", got)
			}
		})
	}
}

func TestBundledFiguresNeverWin(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	bundled := func(figure string) {
		t.Helper()
		content := "measure,organisation,period,numerator,denominator\nae_attendances_type1,RCD,2018-04," + figure + ",\n"
		o, err := l.Load(t.Context(), load.File{Name: "bundled.csv", Content: strings.NewReader(content), Bundled: true}, "bundled")
		if err != nil || o.Load.State != load.Published {
			t.Fatal(o, err)
		}
	}
	of := func() string { return numerator(t, w, figures.Now, "ae_attendances_type1", "E54000005", "2018-04") }
	bundled("4000")
	if got := of(); got != "4000" {
		t.Errorf("before a publication it is %s, want the bundled 4000", got)
	}
	mustPublish(t, l, "april.csv", mappingtest.AprilCSV(t).Bytes())
	bundled("2")
	if got := of(); got != "4150" {
		t.Errorf("after a publication it is %s, published as 4150", got)
	}
}

func TestMembershipsHaveDates(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	mustPublishWhole(t, l, "whole.csv", []byte(`measure,organisation,period,numerator,denominator
lidocaine_cost,00J,2017-03,100.25,
lidocaine_cost,00J,2017-04,200.5,
lidocaine_cost,01H,2017-03,7,
lidocaine_cost,01H,2017-04,8,
`))
	// North Durham moved on 1 April 2017; Cumbria lay in two footprints until then, of which neither is whole without it.
	for _, test := range []struct{ place, period, want string }{
		{"E54000045", "2017-03", "100.25"},
		{"E54000045", "2017-04", "none"},
		{"E54000046", "2017-03", "none"},
		{"E54000046", "2017-04", "200.5"},
		{"E54000047", "2017-03", "missing 01H"},
		{"E54000047", "2017-04", "8"},
		{"E54000048", "2017-03", "missing 01H"},
		{"E54000048", "2017-04", "none"},
		{footprint.Unallocated, "2017-03", "7"},
		{footprint.Unallocated, "2017-04", "none"},
		{footprint.England, "2017-03", "107.25"},
		{footprint.England, "2017-04", "208.5"},
	} {
		if got := numerator(t, w, figures.Now, "lidocaine_cost", test.place, test.period); got != test.want {
			t.Errorf("%s in %s is %s, want %s", test.place, test.period, got, test.want)
		}
	}
	// Where it may belong, its cell stands with the reason; for England and itself it stands once.
	m, _ := l.Catalog.Measure("lidocaine_cost")
	march := figures.Range{From: time.Date(2017, 3, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2017, 3, 1, 0, 0, 0, 0, time.UTC)}
	for place, want := range map[string]string{"E54000048": "E54000048 0", "E54000047": "E54000047 0", footprint.England: "UNALLOCATED 1", footprint.Unallocated: "UNALLOCATED 1"} {
		cells, err := w.Cells(t.Context(), figures.Now, m, []string{place}, march)
		cells = slices.DeleteFunc(cells, func(c figures.Cell) bool { return c.Organisation != "01H" })
		if err != nil || len(cells) != 1 || cells[0].Footprint+" "+cells[0].Share.String() != want ||
			!strings.Contains(cells[0].Membership, "Lay in both footprints") {
			t.Errorf("beneath %s stands %+v, want 01H in %s: %v", place, cells, want, err)
		}
	}
}

// A return says nothing of those that it does not list: the sum of what it does list is nobody's figure.
func TestReturnIsNotASum(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	mustPublish(t, l, "return.csv", []byte(`measure,organisation,period,numerator,denominator
lidocaine_cost,00J,2018-04,10,
lidocaine_cost,E54000005,2018-04,5,
`))
	const unlisted = "missing UNLISTED"
	for _, test := range []struct{ place, want string }{{"E54000046", unlisted}, {"E54000005", "5"}, {footprint.England, unlisted}} {
		if got := numerator(t, w, figures.Now, "lidocaine_cost", test.place, "2018-04"); got != test.want {
			t.Errorf("%s is %s, want %s", test.place, got, test.want)
		}
	}
}

func TestEnglandIsTheSumOfThe44(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	rows := "measure,organisation,period,numerator,denominator\n"
	for i, f := range mappingtest.Reference(t).Footprints() {
		rows += fmt.Sprintf("lidocaine_cost,%s,2018-04,%d,\n", f.Code, i+1)
	}
	mustPublish(t, l, "return.csv", []byte(rows))
	if got := numerator(t, w, figures.Now, "lidocaine_cost", footprint.England, "2018-04"); got != "990" {
		t.Errorf("England is %s, want 990", got)
	}
}

// A figure that a footprint states of itself neither adds to those of its organisations nor hides them.
func TestFigureOfAFootprintYieldsToItsOrganisations(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	mustPublish(t, l, "return.csv", []byte(`measure,organisation,period,numerator,denominator
ae_attendances_type1,E54000005,2018-04,1,
`))
	if got := numerator(t, w, figures.Now, "ae_attendances_type1", "E54000005", "2018-04"); got != "1" {
		t.Errorf("before a publication it is %s, want 1", got)
	}
	if got := numerator(t, w, figures.Now, "ae_attendances", "E54000005", "2018-04"); !strings.HasPrefix(got, "missing") {
		t.Errorf("attendances of all types are %s, with one type stated", got)
	}
	april := mappingtest.PublishedFile(t, "ae", "MSitAE-April-2018.csv")
	mustPublish(t, l, "april.csv", april)
	without, x := pipeline(t)
	mustPublish(t, without, "april.csv", april)
	for _, measure := range []string{"ae_attendances_type1", "ae_attendances", "ae_four_hour"} {
		for _, place := range []string{"E54000005", footprint.England} {
			got, want := numerator(t, w, figures.Now, measure, place, "2018-04"), numerator(t, x, figures.Now, measure, place, "2018-04")
			if got != want {
				t.Errorf("%s of %s is %s after a return, %s without", measure, place, got, want)
			}
		}
	}
}

// A list with a code that is not known supersedes what an earlier one said: RJ1 is gone, and ZZ9 has no figure.
func TestUnknownCodeOfARevision(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	april := string(mappingtest.PublishedFile(t, "ae", "MSitAE-April-2018.csv"))
	mustPublish(t, l, "april.csv", []byte(april))
	mustPublish(t, l, "april-revised.csv", []byte(strings.Replace(april, ",RJ1,", ",ZZ9,", 1)))
	if got := numerator(t, w, figures.Now, "ae_attendances", footprint.England, "2018-04"); got != "missing ZZ9" {
		t.Errorf("England is %s, want it missing for ZZ9", got)
	}
}

func TestLargestFigureCanBeAddedUp(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	mustPublishWhole(t, l, "whole.csv", []byte(`measure,organisation,period,numerator,denominator
lidocaine_cost,00J,2018-04,999999999999999.999999999999999999,
lidocaine_cost,00L,2018-04,999999999999999.999999999999999999,
`))
	for _, place := range []string{"E54000046", footprint.England} {
		if got, want := numerator(t, w, figures.Now, "lidocaine_cost", place, "2018-04"), "1999999999999999.999999999999999998"; got != want {
			t.Errorf("%s is %s, want %s", place, got, want)
		}
	}
}

func TestChangedDefinitionMakesTheValuesAnew(t *testing.T) {
	t.Parallel()
	r := mappingtest.Reference(t)
	w := openWarehouse(t, r)
	old := newLoader(t, w, mappingtest.DefinitionsWithoutCentres(t, nil), r)
	loaded := mustPublish(t, old, "april.csv", mappingtest.AprilCSV(t).Bytes())
	before, _ := value(t, w, figures.Now, "ae_attendances", footprint.England, "2018-04")

	text := string(mappingtest.ReadFile(t, "../../dashboards/measures/10-acute-activity.yaml"))
	formula := "add: [ae_attendances_type1, ae_attendances_type2, ae_attendances_other]"
	if !strings.Contains(text, formula) {
		t.Fatalf("the shipped formula is not %q", formula)
	}
	changed := newLoader(t, w, mappingtest.DefinitionsWithoutCentres(t, map[string]string{
		"measures/10-acute-activity.yaml": strings.Replace(text, formula, "add: [ae_attendances_type1]", 1),
	}), r)
	after, _ := value(t, w, figures.Now, "ae_attendances", footprint.England, "2018-04")
	if before.Numerator.Decimal.String() != "5844" || after.Numerator.Decimal.String() != "4150" {
		t.Errorf("the figure is %s by the old formula and %s by the new, want 5844 and 4150", before.Numerator.Decimal, after.Numerator.Decimal)
	}
	oldMeasure, _ := old.Catalog.Measure("ae_attendances")
	newMeasure, _ := changed.Catalog.Measure("ae_attendances")
	if oldMeasure.Hash() == newMeasure.Hash() || before.Definition != oldMeasure.Hash() || after.Definition != newMeasure.Hash() {
		t.Errorf("made by definitions %s and %s, want %s and %s", before.Definition, after.Definition, oldMeasure.Hash(), newMeasure.Hash())
	}
	asOf, err := w.AsOfLoad(t.Context(), loaded.ID)
	if err != nil {
		t.Fatal(err)
	}
	then, _ := value(t, w, asOf, "ae_attendances", footprint.England, "2018-04")
	if diff := gocmp.Diff(before, then, sameDecimals); diff != "" {
		t.Errorf("as of the load the figure changed:\n%s", diff)
	}
	t.Run("and the same definitions nothing", func(t *testing.T) {
		newLoader(t, w, changed.Catalog, r)
		if again, _ := value(t, w, figures.Now, "ae_attendances", footprint.England, "2018-04"); again.Load != after.Load {
			t.Errorf("made anew by load %d", again.Load)
		}
	})
	t.Run("and the old ones again", func(t *testing.T) {
		newLoader(t, w, old.Catalog, r)
		if got := numerator(t, w, figures.Now, "ae_attendances", footprint.England, "2018-04"); got != "5844" {
			t.Errorf("the figure is %s, want 5844", got)
		}
	})
}

// dying is a warehouse whose client dies before it can record a state.
type dying struct {
	load.Store
	before load.State
	dead   bool
}

var errDied = errors.New("died")

func (d *dying) Record(ctx context.Context, loads ...load.Load) error {
	if d.dead = d.dead || loads[0].State == d.before; d.dead {
		return errDied
	}
	return d.Store.Record(ctx, loads...)
}

func TestUnfinishedLoadIsInvisible(t *testing.T) {
	t.Parallel()
	for _, state := range []load.State{load.Staged, load.Published} {
		t.Run("before it is "+string(state), func(t *testing.T) {
			l, w := pipeline(t)
			mustPublish(t, l, "april.csv", mappingtest.AprilCSV(t).Bytes())
			before := everyValue(t, w, l.Catalog, figures.Now)
			revised := mappingtest.AprilCSV(t).Altered(4, mappingtest.Type1, "5000")
			revised.AddUp(t)

			crashing := load.New(load.Settings{
				Store: &dying{Store: w, before: state}, Catalog: l.Catalog, Reference: l.Reference, Archive: l.Archive,
				Now: time.Now, Logger: slog.New(slog.DiscardHandler),
			})
			if _, err := crashing.Load(t.Context(), load.File{Name: "revised.csv", Content: bytes.NewReader(revised.Bytes())}, "test"); !errors.Is(err, errDied) {
				t.Fatalf("the load ended with %v", err)
			}
			unfinished, err := w.Unfinished(t.Context())
			if err != nil || len(unfinished) != 1 {
				t.Fatalf("unfinished are %+v (%v)", unfinished, err)
			}
			id := unfinished[0].ID
			invisible := func(when string) {
				t.Helper()
				if diff := gocmp.Diff(before, everyValue(t, w, l.Catalog, figures.Now), sameDecimals); diff != "" {
					t.Errorf("%s figures changed:\n%s", when, diff)
				}
				for _, c := range cellsBeneath(t, w, l.Catalog, "ae_attendances_type1", "2018-04") {
					if c.Load == id {
						t.Errorf("%s a cell of the load is shown: %+v", when, c)
					}
				}
			}
			invisible("before the recovery")
			if err := l.Recover(t.Context()); err != nil {
				t.Fatal(err)
			}
			invisible("after the recovery")
			states, err := w.LoadStates(t.Context(), figures.Now, id)
			if err != nil || states[len(states)-1].State != load.Interrupted {
				t.Errorf("its states are %+v (%v)", states, err)
			}
			if left, err := w.Unfinished(t.Context()); err != nil || len(left) != 0 {
				t.Errorf("still unfinished are %+v (%v)", left, err)
			}
			if again := mustPublish(t, l, "revised.csv", revised.Bytes()); again.ID <= id {
				t.Errorf("loaded again as load %d, which is not after %d", again.ID, id)
			}
			if got := numerator(t, w, figures.Now, "ae_attendances_type1", footprint.England, "2018-04"); got != "5000" {
				t.Errorf("loaded again it is %s, want 5000", got)
			}
		})
	}
}

func cellsBeneath(t *testing.T, w *warehouse.Warehouse, c *catalog.Catalog, measure, period string) []figures.Cell {
	t.Helper()
	m, _ := c.Measure(measure)
	p, err := catalog.ParsePeriod(period)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := w.Cells(t.Context(), figures.Now, m, []string{footprint.England}, figures.Range{From: p.Start, To: p.Start})
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

func TestStatesKeepTheirOrderWhenTheClockDoesNot(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]time.Duration{"a clock that stands": 0, "a clock that runs backwards": -time.Second} {
		t.Run(name, func(t *testing.T) {
			l, w := pipeline(t)
			now := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
			l = l.With(func(s *load.Settings) { s.Now = func() time.Time { now = now.Add(step); return now } })
			loaded := mustPublish(t, l, "april.csv", mappingtest.AprilCSV(t).Bytes())
			states, err := w.LoadStates(t.Context(), figures.Now, loaded.ID)
			if err != nil {
				t.Fatal(err)
			}
			var order []load.State
			for _, s := range states {
				order = append(order, s.State)
			}
			if diff := gocmp.Diff([]load.State{load.Received, load.Staged, load.Published}, order); diff != "" {
				t.Error(diff)
			}
			if got := numerator(t, w, figures.Now, "ae_attendances_type1", footprint.England, "2018-04"); got != "4150" {
				t.Errorf("the figure is %s, want 4150", got)
			}
		})
	}
}

// bundled is a warehouse with the patients and then all the other figures of the product, and a loader of returns.
func bundled(t testing.TB) (*load.Loader, *warehouse.Warehouse) {
	t.Helper()
	return prepared(t, "bundled", returnedToo(t), func(l *load.Loader) {
		files, err := filepath.Glob("../../sql/reference/bundled/*.csv.gz")
		if err != nil || len(files) == 0 {
			t.Fatalf("%d bundled files: %v", len(files), err)
		}
		for _, file := range append([]string{"../../sql/reference/registered_patients.csv"}, files...) {
			o, err := l.Load(t.Context(), load.File{Name: filepath.Base(file), Content: bytes.NewReader(mappingtest.ReadFile(t, file)), Bundled: true}, "bundled")
			rejections := uint64(0)
			if strings.Contains(file, "trust_finance") {
				rejections = 4 // two figures of a trust that the publication states twice
			}
			if err != nil || o.Load.State != load.Published || o.Load.Rejections != rejections {
				t.Fatalf("%s: %+v (%v)", file, o, err)
			}
		}
	})
}

func TestBundledFiguresOfTheProduct(t *testing.T) {
	t.Parallel()
	l, w := bundled(t)
	for _, test := range []struct{ measure, period, want string }{
		{"ae_attendances", "2017-04", "1949762"},
		{"trust_emergency_loans", "2018/19", "10144201000"},
		{"registered_patients", "2016-Q1", "57541178"},
		{"registered_patients_65_over", "2016-Q1", "9902537"},
		{"share_75_over", "2016-Q1", "4486853"},
	} {
		if got := numerator(t, w, figures.Now, test.measure, footprint.England, test.period); got != test.want {
			t.Errorf("%s in %s is %s, want %s", test.measure, test.period, got, test.want)
		}
	}
	// Each load was rolled up alone, with hardly anything to supersede; all of them at once come to the same.
	alone := everyValue(t, w, l.Catalog, figures.Now)
	if err := l.Define(t.Context(), append(mappingtest.ReadFile(t, "../../sql/reference/memberships.csv"), '\n')); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(alone, everyValue(t, w, l.Catalog, figures.Now)); diff != "" {
		t.Error(diff)
	}
}
