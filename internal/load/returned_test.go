package load_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
)

// desk is a loader to which figures of West Yorkshire are returned.
type desk struct {
	load.Returns
	t     *testing.T
	place footprint.Footprint
	loads func() []load.Load
	of    func(place string) string
}

func newDesk(t *testing.T) desk {
	t.Helper()
	r := mappingtest.Reference(t)
	w := openWarehouse(t, r)
	folder := t.TempDir()
	l := newLoader(t, w, mappingtest.Shipped(t), r).With(func(s *load.Settings) { s.Lock = load.FileLock(filepath.Join(folder, "lock")) })
	place, _ := r.Footprint("QWO")
	return desk{
		load.Returns{Loader: l, Drafts: load.Archive{Folder: filepath.Join(folder, "drafts")}},
		t, place,
		func() []load.Load {
			loads, err := w.Loads(t.Context(), figures.LoadFilter{Source: "canonical", Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			return loads
		},
		func(place string) string {
			return numerator(t, w, figures.Now, "complex_needs_care_plan", place, "2017-Q4")
		},
	}
}

// try tries rows.
func (d desk) try(rows ...string) load.Trial {
	d.t.Helper()
	fingerprint, err := d.Draft(bytes.NewReader([]byte(mappingtest.ReturnHeading + strings.Join(rows, "\n") + "\n")))
	if err != nil {
		d.t.Fatal(err)
	}
	trial, err := d.Try(d.t.Context(), "typed.csv", fingerprint, d.place)
	if err != nil {
		d.t.Fatal(err)
	}
	return trial
}

// publish publishes what was tried, where it still changes the same.
func (d desk) publish(id string, of load.Trial) (load.Load, load.Trial, error) {
	return d.Publish(d.t.Context(), load.Return{
		Name: "typed.csv", SHA256: of.SHA256, Place: d.place, ID: id, Reason: "the register was counted again",
		Agree: func(_ context.Context, t load.Trial) error {
			if t.Digest() != of.Digest() {
				return errors.New("changed")
			}
			return nil
		},
	})
}

const plan = "complex_needs_care_plan,"

// What is tried is seen by nobody; what is agreed to is shown once; what another changed meanwhile is not agreed to.
func TestReturn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.try(plan + "QWO,West Yorkshire,2017-Q4,40,50,")
	if !first.Clean() || len(first.Replacements) != 1 || first.Replacements[0].BeforeLoad != 0 || first.Replacements[0].After.Numerator.Decimal.String() != "40" {
		t.Fatalf("%+v", first)
	}
	if loads, of := d.loads(), d.of("E54000005"); len(loads) != 0 || of != "none" {
		t.Fatalf("what was only tried is seen: %+v, %s", loads, of)
	}
	if again := d.try(plan + "QWO,West Yorkshire,2017-Q4,40,50,"); again.Digest() != first.Digest() {
		t.Error("the same return is not named alike")
	}
	l, _, err := d.publish("a", first)
	if err != nil || l.State != load.Published || l.ReturnID() != "a" || d.of("E54000005") != "40" {
		t.Fatalf("%v %+v %s", err, l, d.of("E54000005"))
	}
	second, _, err := d.publish("a", first)
	if err != nil || second.ID != l.ID || len(d.loads()) != 1 {
		t.Fatalf("the same return again: %v, load %d and %d, %d loads", err, l.ID, second.ID, len(d.loads()))
	}
	ann, bob := d.try(plan+"QWO,,2017-Q4,41,50,"), d.try(plan+"QWO,,2017-Q4,42,50,")
	if !ann.Revises() || ann.Replacements[0].BeforeLoad != l.ID || ann.Replacements[0].Before.Numerator.Decimal.String() != "40" {
		t.Fatalf("%+v", ann)
	}
	if _, _, err := d.publish("b", bob); err != nil {
		t.Fatal(err)
	}
	_, now, err := d.publish("c", ann)
	if !errors.Is(err, load.ErrNotAgreed) || d.of("E54000005") != "42" || now.Replacements[0].Before.Numerator.Decimal.String() != "42" {
		t.Fatalf("changed meanwhile: %v, %s, %+v", err, d.of("E54000005"), now)
	}
	if _, _, err := d.publish("c", now); err != nil || d.of("E54000005") != "41" {
		t.Fatalf("agreed to what is shown now: %v, %s", err, d.of("E54000005"))
	}
	back := d.try(plan + "QWO,West Yorkshire,2017-Q4,40,50,") // the file of the first return, byte for byte
	if _, _, err := d.publish("d", back); err != nil || d.of("E54000005") != "40" {
		t.Fatalf("returned back: %v, %s", err, d.of("E54000005"))
	}
}

// Everything that is wrong is told at once, at its row, and none of it is kept.
func TestReturnRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	trial := d.try(
		plan+"QWO,,2017-Q4,60,50,", plan+"QWO,,2018-Q1,x,50,", plan+"QJK,,2017-Q4,1,2,", "ae_attendances_type1,QWO,,2017-12,5,,",
		plan+"E54000005,,2017-Q3,30,50,", "nothing,QWO,,2017-Q4,1,2,",
	)
	rows, rules := map[uint32]string{}, map[uint32]string{}
	for _, r := range trial.Rejections {
		rows[r.Row] += r.Reason
		rules[r.Row] = r.Rule
	}
	if rules[4] != "return_place" {
		t.Errorf("the row of another place breaks %q", rules[4])
	}
	if trial.Clean() || len(rows) != 5 || rows[6] != "" || !strings.Contains(rows[4], "does not belong to West Yorkshire") {
		t.Errorf("%+v", trial)
	}
	if _, _, err := d.publish("a", trial); !errors.Is(err, load.ErrNotAgreed) {
		t.Errorf("it is published: %v", err)
	}
	for name, content := range map[string]string{
		"blank":     mappingtest.ReturnHeading + plan + "QWO,,2017-Q4,,,\n",
		"no return": "Code,Name\nRTE,Gloucestershire\n",
		"traced": "measure,organisation,period,numerator,denominator,note,published_file,published_row,published_column\n" +
			plan + "QWO,2017-Q4,40,50,,MSitAE.xls,2,E\n",
		"another's publication": "measure,organisation,period,numerator,denominator,note,published_file,published_row,published_column\n" +
			"ae_attendances_type1,RTE,2018-07,13482,,,MSitAE-JULY-2018-1.csv,241,E\n",
		"not a csv": "PK\x03\x04 no workbook",
		"nothing":   "",
	} {
		fingerprint, err := d.Draft(strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		trial, err := d.Try(t.Context(), "return.csv", fingerprint, d.place)
		if err != nil || trial.Clean() {
			t.Errorf("%s: %v %+v", name, err, trial)
		}
		if name == "traced" && (len(trial.Rejections) == 0 || trial.Rejections[0].Rule != "return_form") {
			t.Errorf("a row that names a published file breaks no rule: %+v", trial)
		}
	}
	if loads, of := d.loads(), d.of("E54000005"); len(loads) != 0 || of != "none" {
		t.Errorf("something is kept: %+v, %s", loads, of)
	}
	if _, err := d.Draft(bytes.NewReader(make([]byte, load.MaxReturn+1))); err == nil {
		t.Error("a return of any size is kept")
	}
}

// Of several who return at once each sees what the one before changed: nobody overwrites unseen.
func TestReturnsAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	trials := make([]load.Trial, 4)
	for i := range trials {
		trials[i] = d.try(plan + "QWO,,2017-Q4,4" + string(rune('0'+i)) + ",50,")
	}
	var published, refused int
	var mu sync.Mutex
	var all sync.WaitGroup
	for i, trial := range trials {
		all.Go(func() {
			_, _, err := d.publish(string(rune('a'+i)), trial)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				published++
			case errors.Is(err, load.ErrNotAgreed):
				refused++
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if published != 1 || refused != 3 || len(d.loads()) != 1 {
		t.Errorf("%d published, %d refused, %d loads", published, refused, len(d.loads()))
	}
}

// Drafts are let go of after a day.
func TestDraftsEnd(t *testing.T) {
	t.Parallel()
	now := time.Now()
	returns := load.Returns{
		Loader: load.New(load.Settings{Catalog: mappingtest.Shipped(t), Reference: mappingtest.Reference(t), Now: func() time.Time { return now }}),
		Drafts: load.Archive{Folder: t.TempDir()},
	}
	first, err := returns.Draft(strings.NewReader("first"))
	if err != nil || returns.Drafts.Verify(first) != nil {
		t.Fatal(err, returns.Drafts.Verify(first))
	}
	now = now.Add(load.DraftTime + time.Minute)
	second, err := returns.Draft(strings.NewReader("second"))
	if err != nil || returns.Drafts.Verify(second) != nil || returns.Drafts.Verify(first) == nil {
		t.Errorf("%v, second %v, first %v", err, returns.Drafts.Verify(second), returns.Drafts.Verify(first))
	}
}
