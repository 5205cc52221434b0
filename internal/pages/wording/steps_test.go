package wording_test

import (
	"os"
	"strings"
	"testing"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/pages/wording"
	"stpdash/internal/steps"
)

func proposals(t *testing.T) []figures.Proposal {
	t.Helper()
	c, err := catalog.Read(os.DirFS("../../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) catalog.Period {
		p, err := catalog.ParsePeriod(text)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	type1, _ := c.Measure("ae_attendances_type1")
	other, _ := c.Measure("ae_attendances_other")
	gap := figures.Proposal{
		Measure:      type1,
		Organisation: "RFR",
		Kind:         steps.Gap,
		From:         at("2016-11"),
		Until:        at("2016-12"),
		Size:         -0.99,
		Usual:        0.03,
		Before:       6572,
		After:        1286,
	}
	twice := gap
	twice.Measure, twice.Until, twice.Size, twice.After = other, at("2016-11"), 0.6, 10_500
	step := figures.Proposal{
		Measure:      type1,
		Organisation: "RTF",
		Kind:         steps.Step,
		From:         at("2016-12"),
		Until:        at("2016-12"),
		Size:         -0.43,
		Usual:        0.02,
		Before:       14_561,
		After:        8131,
		Elsewhere:    "RFR",
	}
	same := step
	same.Measure = other
	return []figures.Proposal{gap, twice, step, same}
}

func TestProposals(t *testing.T) {
	name := func(code string) string { return "Trust " + code }
	all := proposals(t)
	for i, want := range []string{
		"About 1,286 from November 2016 to December 2016, 99% below the usual level, then back: a part may be missing, after 6,572 before. Organisations of this size usually differ by 3%.",
		"About 10,500 in November 2016, 60% above the usual level, then back: a part may be counted twice, after 6,572 before. Organisations of this size usually differ by 3%.",
		"From December 2016 on about 8,131, 43% below the level before (14,561), and it stays there. Organisations of this size usually differ by 2%. Trust RFR (RFR) moved the other way at that time by about as much.",
	} {
		if got := wording.Proposal(all[i], name); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

func TestProposalsFromAndToNothing(t *testing.T) {
	step := proposals(t)[2]
	step.Elsewhere, step.Before = "", 0
	if got := wording.Proposal(step, nil); !strings.HasPrefix(got, "From December 2016 on about 8,131, and nothing in the half-year before.") {
		t.Error(got)
	}
	step.Before, step.After = 14_561, 0
	if got := wording.Proposal(step, nil); !strings.HasPrefix(got, "Nothing from December 2016 on, after about 14,561 before.") {
		t.Error(got)
	}
}

// What is printed to be confirmed is read once its reasons are written.
func TestConfirmingYAML(t *testing.T) {
	text := wording.ConfirmingYAML(proposals(t))
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../../dashboards")); err != nil {
		t.Fatal(err)
	}
	write := func(text string) error {
		if err := os.WriteFile(folder+"/confirmed/own.yaml", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := catalog.Read(os.DirFS(folder))
		return err
	}
	if err := write(text); err == nil || !strings.Contains(err.Error(), "reason") {
		t.Errorf("without reasons: %v", err)
	}
	if err := write(strings.ReplaceAll(text, `reason: ""`, "reason: known")); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
	if n := strings.Count(text, "organisations:"); n != 3 {
		t.Errorf("%d entries, 3 wanted, as two measures step together:\n%s", n, text)
	}
}

// A week has an article within a sentence, and is none at its beginning.
func TestWeeksInWords(t *testing.T) {
	week, err := catalog.ParsePeriod("week ending 2014-10-05")
	if err != nil {
		t.Fatal(err)
	}
	step := proposals(t)[2]
	step.From, step.Until = week, week
	for got, want := range map[string]string{
		wording.OnPeriod(week): "In the week ending 5 October 2014", wording.InPeriod(week): "in the week ending 5 October 2014", wording.ThePeriod(week): "the week ending 5 October 2014",
		wording.Age(week, week.End().AddDate(0, 0, 20)):                "2 weeks have ended since",
		wording.Age(week, week.End().AddDate(0, 0, 200)):               "6 months have ended since",
		wording.Proposal(step, func(string) string { return "" })[:35]: "From the week ending 5 October 2014",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
