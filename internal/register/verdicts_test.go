package register_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/load"
	"stpdash/internal/pages/wording"
	"stpdash/internal/register"
)

// TestVerdictsLive follows a plan for 7.5% fewer delayed days while figures come and go.
func TestVerdictsLive(t *testing.T) {
	const plan, heading = "better_care_fund_delayed_days_2014", "measure,organisation,period,numerator,denominator,published_file,published_row\n"
	c := figurestest.Load(t, "ae_attendances_type1,RD1,2017-04,12,\n", time.Now)
	w := c.Warehouse
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	moment := func(text string) figures.Moment {
		t.Helper()
		asOf, err := c.AsOf(t.Context(), text)
		must(err)
		return asOf
	}
	history := func(asOf, id string) (verdicts []string) {
		t.Helper()
		kept, err := c.Verdicts(t.Context(), moment(asOf), id)
		must(err)
		for _, v := range kept {
			verdicts = append(verdicts, v.Verdict)
		}
		return verdicts
	}
	// retest tells which claims were tested and which verdicts changed.
	retest := func() (tested []string, r register.Retested) {
		t.Helper()
		r, err := c.Retest(t.Context(), func(ctx context.Context, verdicts []register.Verdict) error {
			for _, v := range verdicts {
				tested = append(tested, v.Claim)
			}
			return w.KeepVerdicts(ctx, verdicts)
		})
		must(err)
		if len(tested) != r.Tested {
			t.Errorf("%d were tested, and %q kept", r.Tested, tested)
		}
		return tested, r
	}
	changed := func(q figures.ChangesQuestion) (words []string) {
		t.Helper()
		changes, err := c.Changes(t.Context(), q)
		must(err)
		verdicts, err := c.VerdictChanges(t.Context(), changes)
		must(err)
		for _, v := range verdicts.Changed {
			before := "nothing"
			if v.Before != nil {
				before = v.Before.Verdict
			}
			words = append(words, fmt.Sprintf("%s: %s, %s by %s, load %d", v.After.Claim, before, v.After.Verdict, strings.Join(v.Causes, " and "), v.After.Load))
		}
		return words
	}
	want := func(what string, got, want any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	// touched are the claims about measures that are made from this one or watched for it.
	touched := func(component string) (ids []string) {
		for _, known := range c.Catalog.Claims {
			m, err := c.FindMeasure(known.Measure)
			must(err)
			if slices.ContainsFunc(append(claim.Watched(c.Catalog, m), m), func(m *catalog.Measure) bool { return slices.Contains(m.Components(), component) }) {
				ids = append(ids, known.ID)
			}
		}
		return ids
	}
	var all []string
	for _, known := range c.Catalog.Claims {
		all = append(all, known.ID)
	}
	ofDelays, ofAttendances := touched("delayed_transfer_days_nhs"), touched("ae_attendances_type1")
	if !slices.Contains(ofDelays, plan) || !slices.Contains(ofAttendances, "northumbria_admissions") || len(ofDelays)+len(ofAttendances) > len(all) {
		t.Fatalf("of %d claims %q and %q are touched", len(all), ofDelays, ofAttendances)
	}

	untested := func() int {
		t.Helper()
		changes, err := c.Changes(t.Context(), figures.ChangesQuestion{From: "1", Limit: 1})
		must(err)
		verdicts, err := c.VerdictChanges(t.Context(), changes)
		must(err)
		return verdicts.Untested
	}
	want("untested before the first test", untested(), len(all))
	tested, r := retest()
	want("at first", tested, all)
	want("untested after it", untested(), 0)
	if len(r.Changed) != len(all) || wording.Retested(r) != fmt.Sprintf("%d first verdicts", len(all)) {
		t.Errorf("at first: %s", wording.Retested(r))
	}
	tested, r = retest()
	want("with nothing new", tested, []string(nil))
	want("with nothing new", wording.Retested(r), "no verdict changed")

	first, err := w.AsOfTime(t.Context(), time.Now())
	must(err)
	var delays strings.Builder
	for month := time.Date(2013, 4, 1, 0, 0, 0, 0, time.UTC); month.Year() < 2017; month = month.AddDate(0, 1, 0) {
		for _, responsible := range []string{"nhs", "social_care", "both"} {
			fmt.Fprintf(&delays, "delayed_transfer_days_%s,ENG,%s,%d,,days.xls,1\n", responsible, month.Format("2006-01"), 50000-10000*(month.Year()-2013))
		}
	}
	l := load.New(
		load.Settings{
			Store:     w,
			Catalog:   c.Catalog,
			Reference: c.Reference,
			Archive:   load.Archive{Folder: t.TempDir()},
			Now:       time.Now,
			Logger:    slog.New(slog.DiscardHandler),
		},
	)
	bring := func(name, content string) load.Load {
		t.Helper()
		o, err := l.Load(t.Context(), load.File{Name: name, Content: strings.NewReader(heading + content), Accept: "figures of a test"}, "test")
		if err != nil || o.Load.State != load.Published {
			t.Fatalf("%+v, %v", o, err)
		}
		return o.Load
	}
	result := func(asOf, id string) *claim.Result {
		t.Helper()
		tested, err := c.Find(id)
		must(err)
		found, err := c.Test(t.Context(), moment(asOf), tested)
		must(err)
		return found
	}
	elsewhere := slices.IndexFunc(ofAttendances, func(id string) bool { return !slices.Contains(ofDelays, id) })
	ofElsewhere, ofPlan := result("", ofAttendances[elsewhere]), result("", plan)
	days := bring("days.csv", delays.String())
	if result("", ofAttendances[elsewhere]) != ofElsewhere || result(strconv.FormatUint(first.Load, 10), plan) != ofPlan {
		t.Error("a claim is tested again though its figures are the same")
	}
	if result("", plan) == ofPlan {
		t.Error("a claim is not tested again though its figures have changed")
	}
	before, loaded := strconv.FormatUint(first.Load, 10), strconv.FormatUint(days.ID, 10)
	tested, r = retest()
	want("with new figures", tested, ofDelays)
	// The outturn of the plan of 2015/16 was published too: figures that are loaded come first, and the published one while there are none.
	const published = "better_care_fund_delayed_days"
	want("with new figures", wording.Retested(r), published+": met (moved the other way before); "+plan+": met (cannot be tested before)")
	event := []string{published + ": moved the other way, met by figures, load " + loaded, plan + ": cannot be tested, met by figures, load " + loaded}
	want("the event", changed(figures.ChangesQuestion{From: before}), event)
	want(
		"the event by the load",
		changed(figures.ChangesQuestion{From: before, To: loaded, Footprint: "ENG", Measure: "delayed_transfer_days", Cause: "revision"}),
		event,
	)
	want("of another place", changed(figures.ChangesQuestion{From: before, Footprint: "QOX"}), []string(nil))
	want("of another measure", changed(figures.ChangesQuestion{From: before, Measure: "ae_attendances"}), []string(nil))

	visits := bring("visits.csv", "ae_attendances_type1,RD1,2017-05,12,,visits.xls,1\n")
	tested, _ = retest()
	want("with figures of a measure that is watched", tested, ofAttendances)

	shipped := c.Catalog
	c.Catalog = ambitious(t)
	must(w.Define(t.Context(), c.Catalog.Definitions(), time.Now()))
	tested, _ = retest()
	want("with another definition", tested, ofDelays)
	want("the event of the definition", changed(figures.ChangesQuestion{From: loaded}),
		[]string{fmt.Sprintf("%s: met, missed by definition, load %d", plan, visits.ID)})
	c.Catalog = shipped
	tested, _ = retest()
	want("with the definition back", tested, ofDelays)
	want("with the definition back", history("", plan), []string{"cannot be tested", "met", "missed", "met"})
	want("as of the load", history(loaded, plan), []string{"cannot be tested", "met"})

	taken, err := l.Withdraw(t.Context(), days.ID, "recalled")
	must(err)
	tested, _ = retest()
	want("without the figures", tested, ofDelays)
	want("the event of the withdrawal", changed(figures.ChangesQuestion{From: loaded, Measure: "delayed_transfer_days"}),
		[]string{
			fmt.Sprintf("%s: met, moved the other way by figures, load %d", published, taken.ID),
			fmt.Sprintf("%s: met, cannot be tested by figures, load %d", plan, taken.ID),
		})
	want("as of the load", history(loaded, plan), []string{"cannot be tested", "met"})

	c = c.As("another")
	tested, r = retest()
	want("with other code", tested, all)
	want("with other code", wording.Retested(r), "no verdict changed")
	kept, err := c.Verdicts(t.Context(), moment(""), plan)
	must(err)
	last := kept[len(kept)-1]
	if last.Version != "another" || last.Definition == "" || len(last.Others) < 3 || last.Load != taken.ID ||
		wording.ClaimsBy(c.Directory).KeptReason(last) == "" ||
		last.Reason.Code == "" ||
		last.Words != "" ||
		last.At.IsZero() ||
		last.Since.Before(kept[len(kept)-2].Since) {
		t.Errorf("%+v", last)
	}
	tested, _ = retest()
	want("with nothing new", tested, []string(nil))
	if _, err := c.Verdicts(t.Context(), moment(""), "luck"); err == nil {
		t.Error("a claim nobody made has verdicts")
	}
}

// ambitious is the shipped catalog with a plan to spend a hundred times less.
func ambitious(t *testing.T) *catalog.Catalog {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../dashboards")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "claims", "better-care-fund.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "size: 7.5\n", "size: 75\n", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Read(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	return c
}
