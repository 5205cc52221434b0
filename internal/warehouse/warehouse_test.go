package warehouse_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/mapping"
	"stpdash/internal/measure"
	"stpdash/internal/warehouse"
	"stpdash/internal/warehouse/engine"
	"stpdash/internal/warehouse/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

var sameDecimals = cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })

func open(t *testing.T, endpoint engine.Endpoint) *warehouse.Warehouse {
	t.Helper()
	w, err := warehouse.Open(t.Context(), endpoint.Options(endpoint.User), endpoint.Options(endpoint.Reader), []string{"E54000005", "E54000006"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func connect(t *testing.T, endpoint engine.Endpoint, user string) clickhouse.Conn {
	t.Helper()
	conn, err := clickhouse.Open(endpoint.Options(user))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// opened opens a database of the test's own that has the tables already.
func opened(t *testing.T) *warehouse.Warehouse {
	t.Helper()
	endpoint, _ := enginetest.Prepared(t, "tables", func(endpoint engine.Endpoint, _ string) { open(t, endpoint) })
	return open(t, endpoint)
}

var readShipped = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Read(os.DirFS("../../dashboards")) })

func shipped(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := readShipped()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func period(t *testing.T, text string) catalog.Period {
	t.Helper()
	p, err := catalog.ParsePeriod(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func figure(t *testing.T, measure, organisation, in, numerator string) mapping.Observation {
	t.Helper()
	p := period(t, in)
	return mapping.Observation{
		Measure: measure, Organisation: organisation, Period: p, Status: mapping.Reported, CodesOn: p.Start,
		Numerator: decimal.NewNullDecimal(decimal.RequireFromString(numerator)),
		Cell:      mapping.Cell{File: "file.csv", SHA256: "f00", Row: 2, Column: "D", Raw: numerator},
	}
}

// batch is what one load says.
type batch struct {
	Observations    []mapping.Observation
	Rejections      []mapping.Rejection
	Reconciliations []mapping.Reconciliation
	Memberships     []footprint.Membership
}

// publish stages a batch as one load that lists every organisation, and publishes it.
func publish(t *testing.T, w *warehouse.Warehouse, c *catalog.Catalog, at time.Time, b batch) load.Load {
	t.Helper()
	id, err := w.NextLoad(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l := load.Load{ID: id, State: load.Received, At: at, Source: "canonical", File: "file.csv", SHA256: fmt.Sprintf("f%d", id), Trigger: "test"}
	record := func(state load.State) {
		t.Helper()
		l.State, l.At = state, l.At.Add(time.Second)
		if err := w.Record(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	record(load.Received)
	staging := w.Stage(t.Context(), id, load.Origin{Bundled: true})
	if err := staging.Take(b.Observations, b.Rejections); err != nil {
		t.Fatal(err)
	}
	if err := staging.Finish(b.Reconciliations, false); err != nil {
		t.Fatal(err)
	}
	if err := w.StageMemberships(t.Context(), id, b.Memberships); err != nil {
		t.Fatal(err)
	}
	record(load.Staged)
	if err := w.RollUp(t.Context(), load.Rolling{Load: id, Everything: len(b.Memberships) > 0}, c); err != nil {
		t.Fatal(err)
	}
	record(load.Published)
	return l
}

func TestTwoMigrateAtOnce(t *testing.T) {
	endpoint := enginetest.Database(t)
	done := make(chan error)
	const at = 4
	for range at {
		go func() {
			w, err := warehouse.Open(t.Context(), endpoint.Options(endpoint.User), endpoint.Options(endpoint.Reader), nil)
			if err == nil {
				err = w.Close()
			}
			done <- err
		}()
	}
	for range at {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	conn := connect(t, endpoint, endpoint.User)
	rows, err := conn.Query(t.Context(), "SELECT toInt64(version_id), count() FROM goose_db_version WHERE is_applied = 1 GROUP BY version_id ORDER BY version_id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	files, err := os.ReadDir("../../sql/migrations")
	if err != nil {
		t.Fatal(err)
	}
	next := int64(0) // goose's own, before the first migration
	for rows.Next() {
		var version int64
		var times uint64
		if err := rows.Scan(&version, &times); err != nil {
			t.Fatal(err)
		}
		if version != next || times != 1 {
			t.Errorf("version %d is recorded %d times, want version %d once", version, times, next)
		}
		next++
	}
	if err := rows.Err(); err != nil || next != int64(len(files))+1 {
		t.Errorf("%d versions of %d migrations are recorded (%v)", next-1, len(files), err)
	}
	var locks uint64
	if err := conn.QueryRow(t.Context(), "SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = 'migration_lock'").
		Scan(&locks); err != nil ||
		locks != 0 {
		t.Errorf("%d locks are left (%v)", locks, err)
	}
}

func TestMigrationWaitsForAnother(t *testing.T) {
	endpoint := enginetest.Database(t)
	conn := connect(t, endpoint, endpoint.User)
	if err := conn.Exec(t.Context(), "CREATE TABLE migration_lock (holder UInt8) ENGINE = Null"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	_, err := warehouse.Open(ctx, endpoint.Options(endpoint.User), endpoint.Options(endpoint.Reader), nil)
	if err == nil || !strings.Contains(err.Error(), "another stpd is migrating") {
		t.Errorf("while another migrates: %v", err)
	}
	opened := make(chan error)
	go func() {
		w, err := warehouse.Open(t.Context(), endpoint.Options(endpoint.User), endpoint.Options(endpoint.Reader), nil)
		if err == nil {
			err = w.Close()
		}
		opened <- err
	}()
	if err := conn.Exec(t.Context(), "DROP TABLE migration_lock"); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Errorf("when the other has finished: %v", err)
	}
	t.Run("unless nothing is to be done", func(t *testing.T) {
		if err := conn.Exec(t.Context(), "CREATE TABLE migration_lock (holder UInt8) ENGINE = Null"); err != nil {
			t.Fatal(err)
		}
		open(t, endpoint)
	})
}

func TestReaderOnlyReads(t *testing.T) {
	endpoint := enginetest.Database(t)
	open(t, endpoint)
	reader := connect(t, endpoint, endpoint.Reader)
	for _, query := range []string{"INSERT INTO load (load_id) VALUES (1)", "DROP TABLE load", "TRUNCATE TABLE load", "CREATE TABLE x (y UInt8) ENGINE = Null"} {
		if err := reader.Exec(t.Context(), query); err == nil {
			t.Errorf("the reader may %s", query)
		}
	}
	if err := reader.Exec(t.Context(), "SELECT count() FROM load"); err != nil {
		t.Errorf("the reader may not read: %v", err)
	}
}

func TestUnreachable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nowhere := engine.Endpoint{Address: listener.Addr().String(), Database: "stp", User: "stpd", Reader: "stpd_read"}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = warehouse.Open(t.Context(), nowhere.Options(nowhere.User), nowhere.Options(nowhere.Reader), nil)
	if !errors.Is(err, figures.ErrUnavailable) {
		t.Errorf("without a server: %v, want ErrUnavailable", err)
	}
}

func TestFaultsOfTheQuestionAreNotUnavailable(t *testing.T) {
	w := opened(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Runs(ctx, figures.Now, 1); err == nil || errors.Is(err, figures.ErrUnavailable) {
		t.Errorf("a question given up is answered by %v", err)
	}
	for name, err := range map[string]error{
		"load 0": second(w.Load(t.Context(), 0)), "load 7": second(w.Load(t.Context(), 7)), "as of load 7": second(w.AsOfLoad(t.Context(), 7)),
	} {
		if !errors.Is(err, figures.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestParseDSN(t *testing.T) {
	options, err := warehouse.ParseDSN("clickhouse://user:word@host:9000/stp")
	if err != nil || options.Addr[0] != "host:9000" || options.Auth.Database != "stp" || options.Auth.Username != "user" || options.Auth.Password != "word" {
		t.Errorf("%+v, %v", options, err)
	}
	if _, err := warehouse.ParseDSN("host:9000"); err == nil || !strings.Contains(err.Error(), "accepted: clickhouse://") {
		t.Errorf("%v, want it to say what is accepted", err)
	}
}

func TestLoads(t *testing.T) {
	w, c := opened(t), shipped(t)
	if id, err := w.NextLoad(t.Context()); err != nil || id != 1 {
		t.Errorf("the first load is %d (%v)", id, err)
	}
	at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	first := publish(t, w, c, at, batch{Observations: []mapping.Observation{figure(t, "lidocaine_cost", "00J", "2018-04", "1")}})
	failed := load.Load{
		ID:         2,
		State:      load.Failed,
		At:         at.Add(time.Hour),
		Source:     "ae",
		File:       "it's \"bad\"\\.csv",
		SHA256:     "bad",
		Size:       7,
		Definition: "d",
		Released:   "Revised today",
		Trigger:    "hand",
		Rejections: 3,
		Compared:   12,
		Differing:  1,
		Message:    "why\nnot",
	}
	if err := w.Record(t.Context(), failed); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		filter figures.LoadFilter
		want   []load.Load
	}{
		{"the newest", figures.LoadFilter{}, []load.Load{failed}},
		{"all", figures.LoadFilter{Limit: 9}, []load.Load{failed, first}},
		{"the second page", figures.LoadFilter{Limit: 1, Offset: 1}, []load.Load{first}},
		{"of a source", figures.LoadFilter{Source: "canonical", Limit: 9}, []load.Load{first}},
		{"of a state", figures.LoadFilter{State: load.Failed, Limit: 9}, []load.Load{failed}},
		{"of a content", figures.LoadFilter{SHA256: first.SHA256, Limit: 9}, []load.Load{first}},
		{"as of before the second", figures.LoadFilter{AsOf: figures.AsOf{At: at.Add(time.Minute)}, Limit: 9}, []load.Load{first}},
		{"as of while the first was staged", figures.LoadFilter{AsOf: figures.AsOf{At: at.Add(2 * time.Second)}, State: load.Published, Limit: 9}, []load.Load{}},
		{"of a hostile source", figures.LoadFilter{Source: "' OR '1'='1", Limit: 9}, []load.Load{}},
	} {
		got, err := w.Loads(t.Context(), test.filter)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	states, err := w.LoadStates(t.Context(), figures.Now, first.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := []figures.LoadState{
		{State: load.Received, At: at.Add(time.Second)},
		{State: load.Staged, At: at.Add(2 * time.Second)},
		{State: load.Published, At: at.Add(3 * time.Second)},
	}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	if id, err := w.NextLoad(t.Context()); err != nil || id != 3 {
		t.Errorf("the next load is %d (%v)", id, err)
	}
}

func TestWhatIsKeptOfALoad(t *testing.T) {
	w, c := opened(t), shipped(t)
	rejections := []mapping.Rejection{
		{Sheet: "A", Row: 7, Column: "D", Value: "£1\n'\\", Reason: "no number", Cells: []string{"", "RCD", "£1\n'\\"}},
		{Sheet: "B", Row: 2, Column: "C", Reason: "blank"},
	}
	reconciliations := []mapping.Reconciliation{
		{
			Scope:      "E54000005",
			Measure:    "lidocaine_cost",
			Period:     period(t, "2018-04"),
			Published:  decimal.RequireFromString("0.1"),
			Ours:       decimal.RequireFromString("0.3"),
			Difference: decimal.RequireFromString("0.2"),
			Verdict:    mapping.Differs,
			Sheet:      "A",
			Row:        3,
			Column:     "E",
		},
		{
			Scope:     footprint.England,
			Measure:   "lidocaine_cost",
			Period:    period(t, "2018-04"),
			Published: decimal.NewFromInt(1),
			Ours:      decimal.NewFromInt(1),
			Verdict:   mapping.Equal,
		},
	}
	l := publish(t, w, c, time.Now(), batch{
		Observations: []mapping.Observation{figure(t, "lidocaine_cost", "00J", "2018-04", "-0.000000000000000001")},
		Rejections:   rejections, Reconciliations: reconciliations,
	})
	gotRejections, err := w.Rejections(t.Context(), l.ID, 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rejections, gotRejections, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("rejections (-want +got):\n%s", diff)
	}
	gotReconciliations, err := w.Reconciliations(t.Context(), l.ID, 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(reconciliations, gotReconciliations, sameDecimals); diff != "" {
		t.Errorf("reconciliations (-want +got):\n%s", diff)
	}
	whole := publish(t, w, c, time.Now().Add(time.Hour), batch{
		Observations:    []mapping.Observation{figure(t, "lidocaine_cost", "00J", "2018-05", "1")},
		Reconciliations: []mapping.Reconciliation{{Scope: footprint.England, Measure: "lidocaine_cost", Period: period(t, "2018-05"), Verdict: mapping.Equal}},
	})
	reconciled, err := w.Reconciled(t.Context(), figures.Now)
	if err != nil {
		t.Fatal(err)
	}
	want := []figures.Reconciled{{Load: l.ID, Equal: 1, Differs: 1}, {Load: whole.ID, Equal: 1}}
	if diff := cmp.Diff(want, reconciled); diff != "" {
		t.Errorf("reconciled loads, those that differ first (-want +got):\n%s", diff)
	}
	if before, err := w.Reconciled(t.Context(), figures.AsOf{At: figures.Now.At, Load: l.ID}); err != nil || len(before) != 1 {
		t.Errorf("as of load %d %d loads are reconciled: %v", l.ID, len(before), err)
	}
	m, _ := c.Measure("lidocaine_cost")
	april := period(t, "2018-04").Start
	cells, err := w.Cells(t.Context(), figures.Now, m, []string{footprint.England}, figures.Range{From: april, To: april})
	if err != nil || len(cells) != 1 {
		t.Fatalf("%d cells: %v", len(cells), err)
	}
	if cell := cells[0]; cell.Numerator.Decimal.String() != "-0.000000000000000001" || cell.Raw != "-0.000000000000000001" || cell.Load != l.ID ||
		cell.Source != "canonical" {
		t.Errorf("the cell is %+v", cell)
	}
}

func TestRuns(t *testing.T) {
	w := opened(t)
	at := time.Date(2020, 1, 1, 0, 0, 0, 1000, time.UTC)
	first := load.Run{ID: 1, Trigger: "start", Path: "/in box", Started: at, Ended: at.Add(time.Second), Found: 4, Published: 1, Failed: 2, Known: 1}
	last := load.Run{ID: 2, Trigger: "schedule", Path: "/in box", Started: at.Add(time.Minute), Ended: at.Add(time.Minute), Message: "away"}
	for _, r := range []load.Run{first, last} {
		if err := w.RecordRun(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for limit, want := range map[int][]load.Run{1: {last}, 9: {last, first}} {
		got, err := w.Runs(t.Context(), figures.Now, limit)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the last %d (-want +got):\n%s", limit, diff)
		}
	}
}

func TestValuesAndLatest(t *testing.T) {
	w, c := opened(t), shipped(t)
	at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	early := publish(t, w, c, at, batch{Observations: []mapping.Observation{
		figure(t, "lidocaine_cost", "E54000005", "2017-04", "1"), figure(t, "lidocaine_cost", "E54000005", "2017-05", "2"),
		figure(t, "lidocaine_cost", "E54000006", "2018-04", "3"), figure(t, "trust_emergency_loans", "E54000005", "2017/18", "4"),
	}})
	late := publish(t, w, c, at.Add(time.Hour), batch{Observations: []mapping.Observation{
		figure(t, "lidocaine_cost", "E54000005", "2018-05", "5"), figure(t, "lidocaine_cost", "E54000006", "2017-05", "6"),
		figure(t, "lidocaine_cost", "E54000005", "2017-05", "2"),
	}})
	words := func(values []measure.Value, err error) []string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		words := []string{}
		for _, v := range values {
			words = append(words, fmt.Sprintf("%s %s %s %s load %d", v.Measure, v.Footprint, v.Period.Format("2006-01"), v.Numerator.Decimal, v.Load))
		}
		return words
	}
	within := figures.Range{From: period(t, "2017-05").Start, To: period(t, "2018-04").Start}
	want := []string{"lidocaine_cost E54000006 2017-05 6 load 2", "lidocaine_cost E54000006 2018-04 3 load 1"}
	if diff := cmp.Diff(
		want,
		words(figurestest.Values(t.Context(), w, figures.Now, []string{"lidocaine_cost"}, []string{"E54000006", "it's"}, within)),
	); diff != "" {
		t.Errorf("values in a range (-want +got):\n%s", diff)
	}
	latest, err := w.Latest(t.Context(), figures.Now, c.Measures)
	if err != nil {
		t.Fatal(err)
	}
	wantLatest := map[string]figures.Latest{
		"lidocaine_cost":        {Period: period(t, "2018-05").Start, Load: late.ID},
		"trust_emergency_loans": {Period: period(t, "2017/18").Start, Load: early.ID},
	}
	if diff := cmp.Diff(wantLatest, latest); diff != "" {
		t.Errorf("latest periods (-want +got):\n%s", diff)
	}
}

func TestSharedMembership(t *testing.T) {
	w, c := opened(t), shipped(t)
	member := func(place, share string) batch {
		return batch{Memberships: []footprint.Membership{{Organisation: "01H", Footprint: place, Share: decimal.RequireFromString(share), Source: "test"}}}
	}
	halves := member("E54000005", "0.25")
	halves.Memberships = append(halves.Memberships, member("E54000006", "0.75").Memberships...)
	publish(t, w, c, time.Now().Add(-time.Hour), halves)
	publish(t, w, c, time.Now().Add(-time.Minute), batch{Observations: []mapping.Observation{figure(t, "lidocaine_cost", "01H", "2018-04", "100.10")}})
	look := func(when string, want map[string]string) {
		t.Helper()
		values, err := figurestest.Values(t.Context(), w, figures.Now, []string{"lidocaine_cost"}, nil, figures.Range{})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, v := range values {
			got[v.Footprint] = fmt.Sprintf("%s of %d", v.Numerator.Decimal, v.Organisations)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	look("shared", map[string]string{"E54000005": "25.025 of 1", "E54000006": "75.075 of 1", footprint.England: "100.1 of 1"})
	moved := member("E54000006", "1")
	publish(t, w, c, time.Now(), moved)
	look("moved", map[string]string{"E54000006": "100.1 of 1", footprint.England: "100.1 of 1"})
}

func TestDefinitionsAreKeptOnce(t *testing.T) {
	endpoint := enginetest.Database(t)
	w, c := open(t, endpoint), shipped(t)
	for range 2 {
		if err := w.Define(t.Context(), c.Definitions(), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	var rows, hashes uint64
	if err := connect(t, endpoint, endpoint.Reader).QueryRow(t.Context(), "SELECT count(), uniqExact(hash) FROM definition").Scan(&rows, &hashes); err != nil {
		t.Fatal(err)
	}
	if want := uint64(len(c.Definitions())); rows != want || hashes != want {
		t.Errorf("%d rows with %d hashes for %d definitions", rows, hashes, want)
	}
}
