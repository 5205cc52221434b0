package load_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
)

const england = footprint.England

func TestWithdraw(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	first := mustPublish(t, l, "april.csv", mappingtest.AprilCSV(t).Bytes())
	before := everyValue(t, w, l.Catalog, figures.Now)
	revised := mappingtest.AprilCSV(t).Altered(4, mappingtest.Type1, "5000")
	revised.AddUp(t)
	second := mustPublish(t, l, "revised.csv", revised.Bytes())
	between := everyValue(t, w, l.Catalog, figures.Now)
	withdrawal, err := l.Withdraw(t.Context(), second.ID, "the publisher recalled it")
	if err != nil || withdrawal.State != load.Published || withdrawal.Message != "the publisher recalled it" {
		t.Fatalf("%+v, %v", withdrawal, err)
	}
	if kept, err := w.Load(t.Context(), withdrawal.ID); err != nil || kept.Withdraws != second.ID {
		t.Errorf("kept is %+v (%v), want that it withdraws load %d", kept, err, second.ID)
	}
	ignoreLoad := gocmp.FilterPath(func(p gocmp.Path) bool { return p.Last().String() == ".Load" }, gocmp.Ignore())
	if diff := gocmp.Diff(before, everyValue(t, w, l.Catalog, figures.Now), sameDecimals, ignoreLoad); diff != "" {
		t.Errorf("without the revision (-before +now):\n%s", diff)
	}
	asOf, err := w.AsOfLoad(t.Context(), second.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(between, everyValue(t, w, l.Catalog, asOf), sameDecimals); diff != "" {
		t.Errorf("as of the revision figures changed:\n%s", diff)
	}
	if o := loadContent(t, l, "revised.csv", revised.Bytes()); !o.Known || o.Load.State != load.Withdrawn {
		t.Errorf("the schedule takes what was withdrawn: %+v", o)
	}
	for what, id := range map[string]uint64{"withdrawn": second.ID, "holds withdrawals": withdrawal.ID, "holds memberships": 1} {
		if _, err := l.Withdraw(t.Context(), id, "again"); !errors.Is(err, load.ErrNotLoaded) || !strings.Contains(err.Error(), what) {
			t.Errorf("load %d: %v", id, err)
		}
	}
	if _, err := l.Withdraw(t.Context(), first.ID, " "); err == nil || !strings.Contains(err.Error(), "reason") {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := l.Withdraw(t.Context(), 999, "none"); !errors.Is(err, figures.ErrNotFound) {
		t.Errorf("a load that is not: %v", err)
	}
}

// lossy loses the answer to the insert that publishes.
type lossy struct {
	load.Store
	lost bool
}

func (s *lossy) Record(ctx context.Context, loads ...load.Load) error {
	err := s.Store.Record(ctx, loads...)
	if loads[len(loads)-1].State == load.Published && !s.lost {
		s.lost = true
		return errors.New("connection reset")
	}
	return err
}

func TestLostAnswerToPublishing(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	first := mustPublish(t, l, "april.csv", mappingtest.AprilCSV(t).Bytes())
	l = load.New(
		load.Settings{Store: &lossy{Store: w}, Catalog: l.Catalog, Reference: l.Reference, Archive: l.Archive, Now: time.Now, Logger: slog.New(slog.DiscardHandler)},
	)
	withdrawal, err := l.Withdraw(t.Context(), first.ID, "recalled")
	if err != nil || withdrawal.State != load.Published {
		t.Fatalf("%+v, %v", withdrawal, err)
	}
	if kept, err := w.Load(t.Context(), withdrawal.ID); err != nil || kept.State != load.Published {
		t.Errorf("%+v, %v", kept, err)
	}
	if got := numerator(t, w, figures.Now, "ae_attendances_type1", england, "2018-04"); got != "none" {
		t.Errorf("England is %s, want none", got)
	}
}

// dead is a store whose engine dies while it rolls up and is back after some questions.
type dead struct {
	load.Store
	questions int
}

func (s *dead) RollUp(context.Context, load.Rolling, *catalog.Catalog) error {
	return figures.ErrUnavailable
}

func (s *dead) LoadsOf(ctx context.Context, sha256 string, limit int) ([]load.Load, error) {
	if s.questions--; s.questions >= 0 {
		return nil, figures.ErrUnavailable
	}
	return s.Store.LoadsOf(ctx, sha256, limit)
}

func TestLoadBrokenOffByTheEngineSaysSo(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	l = l.With(func(s *load.Settings) { s.Store = &dead{w, 2} })
	o, err := l.Load(t.Context(), load.File{Name: "april.csv", Content: bytes.NewReader(mappingtest.AprilCSV(t).Bytes())}, "test")
	if !errors.Is(err, figures.ErrUnavailable) {
		t.Fatal(err)
	}
	if kept, err := w.Load(t.Context(), o.Load.ID); err != nil || kept.State != load.Interrupted || kept.Message == "" {
		t.Errorf("once the engine is back: %+v, %v", kept, err)
	}
}

func TestReplayAfterTheReferenceIsMended(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	file := mappingtest.AprilCSV(t).Altered(4, "Org Code", "RZZ").Altered(4, "Org name", "NEW TRUST")
	rejected := mustPublish(t, l, "april.csv", file.Bytes())
	if rejected.Rejections == 0 {
		t.Fatal("the unknown code is accepted")
	}
	source := strings.Replace(
		string(mappingtest.ReadFile(t, "../../dashboards/sources/ae.yaml")),
		"tables:\n",
		"skip:\n  - {files: [none.csv], reason: none}\ntables:\n",
		1,
	)
	c := mappingtest.DefinitionsWithoutCentres(t, map[string]string{"sources/ae.yaml": source})
	mended := newLoader(t, w, c, mappingtest.ReferenceWith(t, map[string]string{
		"organisations.csv": "RZZ,New Trust,provider\n", "memberships.csv": "RZZ,UNALLOCATED,1,,,a test\n",
	}))
	mended.Archive = l.Archive
	replayed, err := mended.Replay(t.Context(), rejected.ID)
	if err != nil || replayed.State != load.Published || replayed.Rejections != 0 || replayed.SHA256 != rejected.SHA256 {
		t.Fatalf("%+v, %v", replayed, err)
	}
	if got := numerator(t, w, figures.Now, "ae_attendances_type1", england, "2018-04"); got != "4150" {
		t.Errorf("England is %s, want 4150", got)
	}
	if old, err := w.Load(t.Context(), rejected.ID); err != nil || old.State != load.Withdrawn || old.Message != fmt.Sprintf("replayed as load %d", replayed.ID) {
		t.Errorf("the load that was replayed: %+v, %v", old, err)
	}
	if kept, err := w.Rejections(t.Context(), rejected.ID, 10); err != nil || len(kept) != int(rejected.Rejections) {
		t.Errorf("its rejections: %+v, %v", kept, err)
	}
}

func TestReplayAfterTheMappingIsMended(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	rejected := mustPublish(t, l, "april.csv", mappingtest.AprilCSV(t).Altered(4, "Org Code", "RC-D").Bytes())
	if rejected.Rejections == 0 {
		t.Fatal("the unknown code is accepted")
	}
	source := strings.Replace(string(mappingtest.ReadFile(t, "../../dashboards/sources/ae.yaml")), "tables:\n", "names: {rc-d: RCD}\ntables:\n", 1)
	mended := newLoader(t, w, mappingtest.DefinitionsWithoutCentres(t, map[string]string{"sources/ae.yaml": source}), mappingtest.Reference(t))
	mended.Archive = l.Archive
	replayed, err := mended.Replay(t.Context(), rejected.ID)
	if err != nil || replayed.State != load.Published || replayed.Rejections != 0 || replayed.Definition == rejected.Definition {
		t.Fatalf("%+v, %v", replayed, err)
	}
	if got := numerator(t, w, figures.Now, "ae_attendances_type1", england, "2018-04"); got != "4150" {
		t.Errorf("England is %s, want 4150", got)
	}
}

// withOrganisation is the reference with one more provider.
func TestPeriodsThatHaveNotEndedAreNotTheLatest(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	m, _ := l.Catalog.Measure("lidocaine_cost")
	mustPublish(t, l, "return.csv", []byte("measure,organisation,period,numerator,denominator\nlidocaine_cost,00J,2018-04,1,\nlidocaine_cost,00J,2071-04,1,\n"))
	latest, err := w.Latest(t.Context(), figures.Now, []*catalog.Measure{m})
	if err != nil || latest[m.ID].Period.Format("2006-01") != "2018-04" {
		t.Errorf("the latest period is %+v, %v", latest[m.ID], err)
	}
	values, err := figurestest.Values(t.Context(), w, figures.Now, []string{m.ID}, nil, figures.Range{})
	if err != nil || len(values) == 0 || values[len(values)-1].Period.Year() != 2018 {
		t.Errorf("the values are %+v, %v", values, err)
	}
}

func TestValuesAfterAWithdrawal(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	mustPublishWhole(t, l, "april.csv", []byte("measure,organisation,period,numerator,denominator\nlidocaine_cost,00J,2018-04,1,\n"))
	may := mustPublish(t, l, "may.csv", []byte("measure,organisation,period,numerator,denominator\nlidocaine_cost,00J,2018-05,1,\n"))
	spend := strings.Replace(
		string(mappingtest.ReadFile(t, "../../dashboards/measures/50-spend.yaml")),
		"  - id: lidocaine_cost\n",
		"  - id: lidocaine_again\n    title: Again\n    definition: The same.\n    unit: gbp\n    counted: £\n    direction: down\n    grain: month\n    level: commissioner\n    sources: [prescribing_lidocaine]\n    numerator: {description: the same, add: [lidocaine_cost]}\n  - id: lidocaine_cost\n",
		1,
	)
	l = newLoader(t, w, mappingtest.DefinitionsWithoutCentres(t, map[string]string{"measures/50-spend.yaml": spend}), l.Reference) // makes every value anew
	if _, err := l.Withdraw(t.Context(), may.ID, "recalled"); err != nil {
		t.Fatal(err)
	}
	values, err := figurestest.Values(t.Context(), w, figures.Now, []string{"lidocaine_cost"}, nil, figures.Range{})
	if err != nil || len(values) == 0 || values[len(values)-1].Period.Format("2006-01") != "2018-04" {
		t.Errorf("the overview shows %+v, %v", values, err)
	}
}

func TestFormulaWithoutItsComponents(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	form := func(component string) map[string]string {
		return map[string]string{
			"measures/99-made.yaml": "theme: spend\nmeasures:\n  - {id: made, title: Made, definition: Made., unit: gbp, counted: £, direction: down, grain: month, level: commissioner, " +
				"sources: [canonical], numerator: {description: made, add: [" + component + "]}}\n" +
				"  - {id: other, title: Other, definition: Other., unit: gbp, counted: £, direction: down, grain: month, level: commissioner, sources: [canonical]}\n",
		}
	}
	l = newLoader(t, w, mappingtest.DefinitionsWithoutCentres(t, form("lidocaine_cost")), l.Reference)
	mustPublishWhole(t, l, "april.csv", []byte("measure,organisation,period,numerator,denominator\nlidocaine_cost,00J,2018-04,1,\n"))
	if got := numerator(t, w, figures.Now, "made", england, "2018-04"); got != "1" {
		t.Fatalf("made is %s", got)
	}
	newLoader(t, w, mappingtest.DefinitionsWithoutCentres(t, form("other")), l.Reference)
	if got := numerator(t, w, figures.Now, "made", england, "2018-04"); got != "none" {
		t.Errorf("by a formula of what is not there it is %s, want none", got)
	}
}

func TestReplayNeverOverridesSilently(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	first := mustPublish(t, l, "april.csv", mappingtest.AprilCSV(t).Bytes())
	revised := mappingtest.AprilCSV(t).Altered(4, mappingtest.Type1, "5000")
	revised.AddUp(t)
	second := mustPublish(t, l, "revised.csv", revised.Bytes())
	if _, err := l.Replay(
		t.Context(),
		first.ID,
	); !errors.Is(err, load.ErrNotLoaded) ||
		!strings.Contains(err.Error(), fmt.Sprintf("load %d states some of the figures of load %d since", second.ID, first.ID)) {
		t.Errorf("a replay of what was revised: %v", err)
	}
	if _, err := l.Withdraw(t.Context(), second.ID, "recalled"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Replay(t.Context(), second.ID); !errors.Is(err, load.ErrNotLoaded) || !strings.Contains(err.Error(), "was withdrawn (recalled)") {
		t.Errorf("a replay of what was withdrawn: %v", err)
	}
	if replayed, err := l.Replay(t.Context(), first.ID); err != nil || replayed.State != load.Published {
		t.Errorf("a replay of the newest: %+v, %v", replayed, err)
	}
	if got := numerator(t, w, figures.Now, "ae_attendances_type1", england, "2018-04"); got != "4150" {
		t.Errorf("England is %s, want 4150", got)
	}
}

// TestFilesCutShort loads files of which a part is gone: none passes for whole.
func TestFilesCutShort(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	const measure, period = "beds_available_general_acute", "2022-Q1"
	beds := string(mappingtest.PublishedFile(t, "../tidy", "kh03_beds_quarterly"))
	if !strings.HasPrefix(beds, "quarter,quarter_start,") {
		t.Fatalf("not the file of beds: %.60s", beds)
	}
	mustPublish(t, l, "kh03_beds_quarterly.csv", []byte(beds))
	before := numerator(t, w, figures.Now, measure, england, period)
	lines := strings.SplitAfter(beds, "\n")
	var last []string
	for _, line := range lines {
		if strings.HasPrefix(line, "2021-22 Q4,") {
			last = append(last, line)
		}
	}
	half := lines[0] + strings.Join(last[:len(last)/2], "")
	o := loadContent(t, l, "kh03_beds_revised.csv", []byte(half))
	if o.Load.State != load.Failed || o.Load.Rule != "organisations" || !strings.Contains(o.Load.Message, "organisations that are shown for") {
		t.Errorf("half of the organisations: %s by rule %q: %s", o.Load.State, o.Load.Rule, o.Load.Message)
	}
	if found, err := w.Find(t.Context(), o.Load.ID, 0, l.Catalog); err != nil || found.Dropped != nil || o.Load.Observations != 0 {
		t.Errorf("its figures are kept: %d observations, %+v, %v", o.Load.Observations, found.Dropped, err)
	}
	if got := numerator(t, w, figures.Now, measure, england, period); got != before || before == "none" {
		t.Errorf("England has %s beds, before %s", got, before)
	}
	cut := beds[:strings.LastIndex(beds, ",general_and_acute,")] + ",general_and_acute,39,"
	f := mappingtest.MustMap(t, mappingtest.Mapper(t), "kh03_beds_cut.csv", []byte(cut))
	if len(f.Rejections) != 1 || f.Rejections[0].Rule != "whole_row" {
		t.Errorf("a last line without its end: %+v", f.Rejections)
	}
	quarter := mappingtest.PublishedFile(t, "cancer", "cwt_q2")
	for what, alter := range map[string]func(f *excelize.File) error{
		`lacks AFTER 14 DAYS`: func(f *excelize.File) error {
			rows, err := f.GetRows("TWO WEEK WAIT-ALL CANCER")
			if err != nil {
				return err
			}
			for i, row := range rows {
				for j, text := range row {
					if strings.EqualFold(strings.Join(strings.Fields(text), " "), "AFTER 14 DAYS") {
						cell, err := excelize.CoordinatesToCellName(j+1, i+1)
						if err != nil {
							return err
						}
						return f.SetCellValue("TWO WEEK WAIT-ALL CANCER", cell, "LATER THAN 14 DAYS")
					}
				}
			}
			return errors.New("no such heading")
		},
		"the table two week wait is not there": func(f *excelize.File) error {
			return f.SetSheetName("TWO WEEK WAIT-ALL CANCER", "TWO WEEK WAIT - ALL CANCERS")
		},
		"which is hidden": func(f *excelize.File) error { return f.SetSheetVisible("TWO WEEK WAIT-ALL CANCER", false) },
	} {
		o := loadContent(t, l, "cwt_q2.xlsx", mappingtest.AlterWorkbook(t, quarter, alter))
		if o.Load.State != load.Failed || o.Load.Rule != "headings" || !strings.Contains(o.Load.Message, what) {
			t.Errorf("%s: %s by rule %q: %s", what, o.Load.State, o.Load.Rule, o.Load.Message)
		}
	}
}
