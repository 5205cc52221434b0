package load_test

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/warehouse"
)

// changesBetween are all changes of a filter, after checking that the counts are theirs.
func changesBetween(t testing.TB, w *warehouse.Warehouse, f figures.ChangeFilter) []figures.Change {
	t.Helper()
	f.Limit = 1 << 30
	counts, changes, err := w.Changes(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	counted, want := map[string]uint64{}, map[string]uint64{}
	for _, c := range counts {
		counted[fmt.Sprintf("%s %s", c.Cause, c.Measure)] += c.Figures
	}
	for _, c := range changes {
		want[fmt.Sprintf("%s %s", c.Cause, c.Measure)]++
	}
	if diff := gocmp.Diff(want, counted); diff != "" {
		t.Errorf("the counts are not those of the changes (-want +got):\n%s", diff)
	}
	return changes
}

// stood writes what a figure was.
func stood(s figures.Stand) string {
	switch {
	case !s.Exists:
		return "none"
	case len(s.Missing) > 0:
		return "missing " + strings.Join(s.Missing, " ")
	case s.Denominator.Valid:
		return s.Numerator.Decimal.String() + "/" + s.Denominator.Decimal.String()
	default:
		return s.Numerator.Decimal.String()
	}
}

// history is a warehouse to which everything has happened that changes a figure.
type history struct {
	*warehouse.Warehouse
	measures []string
	steps    []step
}

// step is one thing that happened: the load that did it, and what caused the changes since the step before.
type step struct {
	name  string
	load  uint64
	at    time.Time
	cause figures.Cause
	// changed are some of the figures, as MEASURE PLACE PERIOD: BEFORE to AFTER.
	changed []string
}

func (h history) since(earlier, later int) figures.ChangeFilter {
	return figures.ChangeFilter{From: h.at(earlier), To: h.at(later), Measures: h.measures}
}

func (h history) at(i int) figures.AsOf {
	if i < 0 {
		return figures.AsOf{At: figures.Now.At}
	}
	return figures.AsOf{At: h.steps[i].at, Load: h.steps[i].load}
}

const (
	milton    = "E54000024"
	yorkshire = "E54000005" // of RCD
	leicester = "E54000015" // of C82009 and NLO11
)

// makeHistory loads April 2018, revises a number, drops two organisations, takes both back, moves an organisation to another
// footprint, changes a formula, and loads May and takes it back.
func makeHistory(t testing.TB) history {
	t.Helper()
	r := mappingtest.Reference(t)
	w := openWarehouse(t, r)
	c := mappingtest.DefinitionsWithoutCentres(t, nil)
	h := history{Warehouse: w}
	for _, m := range c.Measures {
		h.measures = append(h.measures, m.ID)
	}
	happened := func(name string, id uint64, cause figures.Cause, changed ...string) {
		t.Helper()
		asOf, err := w.AsOfLoad(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		h.steps = append(h.steps, step{name, id, asOf.At, cause, changed})
	}
	withdraw := func(l *load.Loader, id uint64) uint64 {
		t.Helper()
		taken, err := l.Withdraw(t.Context(), id, "published in error")
		if err != nil {
			t.Fatal(err)
		}
		return taken.ID
	}
	latest := func(source string) uint64 {
		t.Helper()
		of, ok, err := w.LatestOf(t.Context(), source)
		if err != nil || !ok {
			t.Fatalf("no load of %s: %v", source, err)
		}
		return of.ID
	}

	l := newLoader(t, w, c, r)
	now := time.Now()
	l = l.With(func(s *load.Settings) { s.Now = func() time.Time { now = now.Add(time.Millisecond); return now } }) // no two things happen at once
	happened("start", latest(load.DefinitionsSource), "")
	whole := mappingtest.AprilCSV(t)
	happened("April", mustPublish(t, l, "april.csv", whole.Bytes()).ID, figures.NewPeriod,
		"ae_attendances ENG 2018-04: none to 5844", "ae_attendances "+leicester+" 2018-04: none to 993", "ae_attendances_type1 "+yorkshire+" 2018-04: none to 4150")
	revised := whole.Altered(4, mappingtest.Type1, "5000")
	revised.AddUp(t)
	revision := mustPublish(t, l, "april revised.csv", revised.Bytes()).ID
	happened("a revised number", revision, figures.Revision,
		"ae_attendances ENG 2018-04: 5844 to 6694", "ae_attendances_type1 "+yorkshire+" 2018-04: 4150 to 5000")
	dropped := revised.Without(3).Without(2)
	dropped.AddUp(t)
	drop := mustPublish(t, l, "april revised again.csv", dropped.Bytes()).ID
	happened("dropped organisations", drop, figures.Revision,
		"ae_attendances ENG 2018-04: 6694 to 5701", "ae_attendances "+leicester+" 2018-04: 993 to none")
	happened("the drop withdrawn", withdraw(l, drop), figures.Withdrawal,
		"ae_attendances ENG 2018-04: 5701 to 6694", "ae_attendances "+leicester+" 2018-04: none to 993")
	happened("the revision withdrawn", withdraw(l, revision), figures.Withdrawal,
		"ae_attendances ENG 2018-04: 6694 to 5844", "ae_attendances_type1 "+yorkshire+" 2018-04: 5000 to 4150")

	memberships := string(mappingtest.ReadFile(t, "../../sql/reference/memberships.csv"))
	moved := strings.Replace(memberships, "\nNLO11,"+leicester, "\nNLO11,"+milton, 1)
	if moved == memberships {
		t.Fatal("NLO11 is not where this test thinks")
	}
	tables := fstest.MapFS{"memberships.csv": {Data: []byte(moved)}}
	for _, name := range []string{"footprints.csv", "organisations.csv", "ons_codes.csv", "successions.csv", "weights.csv"} {
		tables[name] = &fstest.MapFile{Data: mappingtest.ReadFile(t, "../../sql/reference/"+name)}
	}
	placed, err := footprint.Read(tables)
	if err != nil {
		t.Fatal(err)
	}
	define := func(l *load.Loader) *load.Loader {
		t.Helper()
		if err := l.Define(t.Context(), []byte(moved)); err != nil {
			t.Fatal(err)
		}
		return l
	}
	define(load.New(load.Settings{Store: w, Catalog: c, Reference: placed, Archive: l.Archive, Now: l.Now, Logger: l.Logger}))
	happened("an organisation moved", latest(load.MembershipsSource), figures.MembershipChange,
		"ae_attendances "+leicester+" 2018-04: 993 to 356", "ae_attendances "+milton+" 2018-04: none to 637")

	text := string(mappingtest.ReadFile(t, "../../dashboards/measures/10-acute-activity.yaml"))
	changed := mappingtest.DefinitionsWithoutCentres(t, map[string]string{"measures/10-acute-activity.yaml": strings.Replace(text,
		"add: [ae_attendances_type1, ae_attendances_type2, ae_attendances_other]", "add: [ae_attendances_type1]", 1)})
	l = define(load.New(load.Settings{Store: w, Catalog: changed, Reference: placed, Archive: l.Archive, Now: l.Now, Logger: l.Logger}))
	happened("another formula", latest(load.DefinitionsSource), figures.DefinitionChange,
		"ae_attendances ENG 2018-04: 5844 to 4150", "ae_attendances "+milton+" 2018-04: 637 to 0")
	may := mustPublish(t, l, "may.csv", mappingtest.Excerpt(t, "MSitAE-May-2018.csv", "RCD").Bytes()).ID
	happened("May", may, figures.NewPeriod, "ae_attendances_other "+yorkshire+" 2018-05: none to 908")
	happened("May withdrawn", withdraw(l, may), figures.Withdrawal, "ae_attendances_other "+yorkshire+" 2018-05: 908 to none")
	return h
}

func sign(c figures.Change) string {
	return fmt.Sprintf("%s %s %s: %s to %s", c.Measure, c.Footprint, c.Period.Format("2006-01"), stood(c.Before), stood(c.After))
}

func TestChanges(t *testing.T) {
	h := makeHistory(t)
	for i, s := range h.steps {
		t.Run(s.name, func(t *testing.T) {
			changes := changesBetween(t, h.Warehouse, h.since(i-1, i))
			if (len(changes) == 0) != (s.cause == "") {
				t.Errorf("%d changes", len(changes))
			}
			var signs []string
			for _, c := range changes {
				signs = append(signs, sign(c))
				if c.Cause != s.cause || c.Load != s.load || c.File == "" || c.Source == "" {
					t.Errorf("%s: %s by load %d of %s, %s; want %s by load %d", sign(c), c.Cause, c.Load, c.Source, c.File, s.cause, s.load)
				}
			}
			for _, want := range s.changed {
				if !slices.Contains(signs, want) {
					t.Errorf("%s is not among\n%s", want, strings.Join(signs, "\n"))
				}
			}
		})
	}
	last := len(h.steps) - 1
	t.Run("in the order of cause, measure, footprint and period", func(t *testing.T) {
		changes := changesBetween(t, h.Warehouse, h.since(1, last))
		if !slices.IsSortedFunc(changes, func(a, b figures.Change) int {
			return cmp.Or(strings.Compare(string(a.Cause), string(b.Cause)), strings.Compare(a.Measure, b.Measure),
				strings.Compare(a.Footprint, b.Footprint), a.Period.Compare(b.Period))
		}) {
			t.Error("they are not")
		}
	})
	t.Run("a period is new although memberships and a formula changed later", func(t *testing.T) {
		for _, c := range changesBetween(t, h.Warehouse, h.since(0, last)) {
			want := figures.NewPeriod
			if c.Footprint == milton { // where the figure is for what moved there
				want = figures.MembershipChange
			}
			if c.Cause != want || c.Source != load.DefinitionsSource {
				t.Errorf("%s: %s by %s, want %s", sign(c), c.Cause, c.Source, want)
			}
		}
	})
	t.Run("filters and pages", func(t *testing.T) {
		f := h.since(0, 1)
		all := changesBetween(t, h.Warehouse, f)
		f.Measures, f.Footprints = []string{"ae_attendances"}, []string{leicester}
		if one := changesBetween(t, h.Warehouse, f); len(one) != 1 || sign(one[0]) != "ae_attendances "+leicester+" 2018-04: none to 993" {
			t.Errorf("of one measure and footprint: %+v", one)
		}
		f = h.since(0, 1)
		f.Cause = figures.Revision
		if none := changesBetween(t, h.Warehouse, f); len(none) != 0 {
			t.Errorf("%d revisions", len(none))
		}
		f.Cause, f.Limit = "", 7
		var paged []figures.Change
		for ; f.Offset < len(all)+f.Limit; f.Offset += f.Limit {
			counts, page, err := h.Changes(t.Context(), f)
			if err != nil || len(counts) == 0 || len(page) > f.Limit {
				t.Fatalf("%d counts, %d changes, %v", len(counts), len(page), err)
			}
			paged = append(paged, page...)
		}
		if diff := gocmp.Diff(all, paged, sameDecimals); diff != "" || len(all) <= f.Limit {
			t.Errorf("the pages are not the whole of %d:\n%s", len(all), diff)
		}
	})
}

// Applied to the figures of any moment, the changes until any later one give the figures of that one, and none is idle.
func TestChangesLeadFromOneMomentToAnother(t *testing.T) {
	h := makeHistory(t)
	shownAt := func(asOf figures.AsOf) map[string]string {
		all := map[string]string{}
		values, err := figurestest.Values(t.Context(), h, asOf, h.measures, nil, figures.Range{})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			key := v.Measure + " " + v.Footprint + " " + v.Period.Format(time.DateOnly)
			all[key] = stood(figures.Stand{Exists: true, Numerator: v.Numerator, Denominator: v.Denominator, Missing: v.Missing})
		}
		return all
	}
	var shown []map[string]string
	for i := range h.steps {
		shown = append(shown, shownAt(h.at(i)))
	}
	for from := range h.steps {
		for to := from; to < len(h.steps); to++ {
			applied := maps.Clone(shown[from])
			changes := changesBetween(t, h.Warehouse, h.since(from, to))
			for _, c := range changes {
				key := c.Measure + " " + c.Footprint + " " + c.Period.Format(time.DateOnly)
				if before := cmp.Or(shown[from][key], "none"); before != stood(c.Before) || before == stood(c.After) || !slices.Contains(figures.Causes, c.Cause) {
					t.Errorf("%s, %s to %s: it was %s, and became for %q %s", key, h.steps[from].name, h.steps[to].name, before, c.Cause, stood(c.After))
				}
				if applied[key] = stood(c.After); !c.After.Exists {
					delete(applied, key)
				}
			}
			if diff := gocmp.Diff(shown[to], applied); diff != "" {
				t.Errorf("%s to %s:\n%s", h.steps[from].name, h.steps[to].name, diff)
			}
			if from == to && len(changes) != 0 {
				t.Errorf("%d changes between a moment and itself", len(changes))
			}
		}
	}
}

// A load is withdrawn that gave a place a figure again; what is left is that an earlier load took the figure away.
func TestChangeOfAFigureThatWasGoneBefore(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	mustPublish(t, l, "april.csv", mappingtest.AprilCSV(t).Bytes())
	dropped := mappingtest.AprilCSV(t).Without(3).Without(2)
	dropped.AddUp(t)
	without := mustPublish(t, l, "april revised.csv", dropped.Bytes())
	again := mappingtest.AprilCSV(t).Altered(4, mappingtest.Type1, "5000")
	again.AddUp(t)
	with := mustPublish(t, l, "april revised again.csv", again.Bytes())
	taken, err := l.Withdraw(t.Context(), with.ID, "published in error")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		from, to uint64
		cause    figures.Cause
		want     string
	}{
		{without.ID, with.ID, figures.NewPeriod, "none to 993"},
		{with.ID, taken.ID, figures.Withdrawal, "993 to none"},
	} {
		f := figures.ChangeFilter{Measures: []string{"ae_attendances"}, Footprints: []string{leicester}}
		for id, asOf := range map[uint64]*figures.AsOf{test.from: &f.From, test.to: &f.To} {
			if *asOf, err = w.AsOfLoad(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		changes := changesBetween(t, w, f)
		if len(changes) != 1 || changes[0].Cause != test.cause || changes[0].Load != test.to || !strings.HasSuffix(sign(changes[0]), test.want) {
			t.Errorf("%+v, want %s by %s", changes, test.want, test.cause)
		}
	}
}

// BenchmarkChanges lists all that the 58 months brought to an empty warehouse.
func BenchmarkChanges(b *testing.B) {
	l, w := pipeline(b)
	run, err := l.Paths(b.Context(), []string{filepath.Dir(mappingtest.Published(b, "ae")[0])}, "hand", false, nil)
	if err != nil || run.Published != 58 {
		b.Fatalf("%+v: %v", run, err)
	}
	f := figures.ChangeFilter{To: figures.Now}
	f.From.At = figures.Now.At
	for _, m := range l.Catalog.Measures {
		f.Measures = append(f.Measures, m.ID)
	}
	for _, limit := range []int{200, 10_000_000} {
		b.Run(fmt.Sprintf("page of %d", limit), func(b *testing.B) {
			f.Limit = limit
			for b.Loop() {
				_, page, err := w.Changes(b.Context(), f)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(page)), "figures")
			}
		})
	}
}
