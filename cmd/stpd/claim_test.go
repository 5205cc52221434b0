package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/pages/wording"
)

// TestClaims tests the register with the bundled figures, before and after they are loaded.
func TestClaims(t *testing.T) {
	t.Parallel()
	settings := []string{"STP_DATA_DIR=" + servedBefore(t)}
	s := start(t, settings...)
	run := func(arguments ...string) string {
		t.Helper()
		out, err := stpd(t, settings, arguments...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		writesNumbers(t, strings.Join(arguments, " "), string(out))
		return string(out)
	}
	verdicts := map[string]*wording.ClaimAnswer{}
	answers := decode[[]*wording.ClaimAnswer](t, run("claim", "test", "--all", "--json"))
	for _, r := range answers {
		verdicts[r.Claim] = r
		if len(r.Reasons) == 0 || r.Summary == "" || r.Verdict == claim.Evidenced {
			t.Errorf("%s is %s: %q %s", r.Claim, r.Verdict, r.Reasons, r.Summary)
		}
	}
	for id, want := range map[string]struct {
		claim.Verdict
		reason string
	}{
		"better_care_fund_admissions":      {claim.MovedOtherWay, "moved the other way"},
		"gloucestershire_plan_admissions":  {claim.CannotBeTested, "its figures are loaded, but not judged, as a known event bent the figures of April 2020 to March 2021"},
		"gloucestershire_plan_attendances": {claim.CannotBeTested, "its figures are loaded, but not judged, as a known event bent the figures of April 2020 to March 2021"},
		"northumbria_admissions":           {claim.Inconclusive, "is lost when one choice is made differently"},
		"mid_nottinghamshire_admissions":   {claim.CannotBeTested, "there is nothing before the start to compare with"},
		"tameside_glossop_attendances":     {claim.Inconclusive, "more than twice what is claimed"},
		"symphony_overnight_admissions":    {claim.Inconclusive, "more than twice what is claimed"},
		"dudley_bed_days":                  {claim.CannotBeTested, "no publication was found that names The Dudley Group"},
		"dudley_admission_rate":            {claim.CannotBeTested, "jump by −33.7% in September 2017"},
		"harrogate_admission_rate":         {claim.AgreesWithFigures, "within 5 percentage points"},
		"pacs_bed_days":                    {claim.CannotBeTested, "no publication was found that names"},
		"telford_admissions_over_plan":     {claim.CannotBeTested, "the plan that the claim is set against"},
		"low_value_medicines":              {claim.CannotBeTested, "more is claimed than the measure counts in all"},
		"lidocaine_plasters_stopped":       {claim.CannotBeTested, "it is not stated when the plan began"},
	} {
		if r := verdicts[id]; r == nil || r.Verdict != want.Verdict || !strings.Contains(r.Reasons[0], want.reason) {
			t.Errorf("%s: %+v", id, r)
		}
	}
	tameside := verdicts["tameside_glossop_attendances"]
	if e := tameside.Effect; e == nil || e.PercentInterval == nil || e.P.Missing() || len(e.Path) != 44 || len(tameside.Model.Weights) == 0 ||
		len(tameside.Model.Placebos.Units) < 20 {
		t.Errorf("%+v", tameside.Effect)
	}
	if o := verdicts["better_care_fund_admissions"].Outturn; o.Variance != 193000 || o.UnitCost != "1611" {
		t.Errorf("%+v", o)
	}
	table := run("claim", "test", "tameside_glossop_attendances")
	for _, want := range []string{"Verdict: inconclusive", "Design: synthetic difference-in-differences", "It is not counted twice", "PERIOD", "2019-01", "https://i-network.org.uk"} {
		if !strings.Contains(table, want) {
			t.Errorf("without %q: %s", want, table)
		}
	}
	if r := decode[wording.ClaimAnswer](
		t,
		run("claim", "test", "northumbria_admissions", "--at", "commissioner", "--json"),
	); r.Unit == nil || r.Unit.At != "commissioner" || r.Unit.Donors < claim.MinUnitDonors ||
		len(r.Unit.LeftOut) == 0 || r.Effect == nil || r.Effect.P.Missing() || r.Effect.Detectable.Missing() || r.Unit.From == "" ||
		len(r.UnitFacts) < 8 {
		t.Errorf("%+v", r.Unit)
	}
	if r := decode[wording.ClaimAnswer](
		t,
		run("claim", "test", "northumbria_admissions", "--at", "footprint", "--json"),
	); r.Unit != nil || r.Refused == nil ||
		r.Refused.Code != claim.NothingBefore {
		t.Errorf("%+v", r.Refused)
	}
	tested := 0
	for _, r := range verdicts {
		if r.Effect != nil {
			tested++
		}
	}
	if tested < 35 { // of ten more no publication names the trusts that figures are published for
		t.Errorf("%d claims have an estimate", tested)
	}
	// All claims are tested once: the table that the command would write of them is written of the same answers.
	var all strings.Builder
	if err := writeClaims(&all, answers); err != nil || strings.Count(all.String(), "\n") != len(verdicts)+1 {
		t.Errorf("%v: the table is %s", err, all.String())
	}
	writesNumbers(t, "claim test --all", all.String())
	if table := run("claim", "test", "--all", "--as-of", "1"); strings.Count(table, "\n") != len(verdicts)+1 || !strings.HasPrefix(table, "CLAIM ") {
		t.Errorf("the table before the figures is %s", table)
	}
	earlier := decode[wording.ClaimAnswer](t, run("claim", "test", "tameside_glossop_attendances", "--as-of", "1", "--json"))
	if earlier.Verdict != claim.CannotBeTested || earlier.Reasons[0] != "no figures of ae_attendances are loaded for Greater Manchester" {
		t.Errorf("before the figures: %s %q", earlier.Verdict, earlier.Reasons)
	}
	t.Run("pack", func(t *testing.T) { checkPack(t, s, settings) })
	for _, test := range []struct{ arguments, want string }{
		{"claim test luck", `ID: found "luck", accepted: mid_nottinghamshire_attendances, `},
		{"claim test", "accepted: the id of one claim, or --all"},
		{"claim test northumbria_admissions --at town", `--at: found "town", accepted: commissioner, provider, council, footprint`},
		{"claim test luck --all", "accepted: the id of one claim, or --all"},
		{"claim test --all --as-of yesterday", `--as-of: found "yesterday", accepted: a date`},
		{"claim pack luck -o pack", `ID: found "luck", accepted: mid_nottinghamshire_attendances, `},
		{"claim pack northumbria_admissions", "--out has to name the folder to write"},
		{"claim pack northumbria_admissions -o pack --as-of yesterday", `--as-of: found "yesterday", accepted: a date`},
		{"claim calibrate --draws 0", `--draws: found 0, accepted: 1 to 1000000`},
		{"claim calibrate --as-of yesterday", `--as-of: found "yesterday", accepted: a date`},
		{"claim pass", `there is no command "claim pass"`},
	} {
		out, err := stpd(t, settings, strings.Fields(test.arguments)...).CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitUsage || !strings.Contains(string(out), test.want) {
			t.Errorf("%s: %v: %s", test.arguments, err, out)
		}
	}
	t.Run("calibration", func(t *testing.T) { checkCalibration(t, s, run) })
	s.stop(t)
}

// checkPack writes the pack of a claim beside the service and holds it against the one that the service gives.
func checkPack(t *testing.T, s *service, settings []string) {
	const id = "northumbria_admissions"
	folder := filepath.Join(t.TempDir(), "new", "pack")
	pack := func(arguments ...string) (string, error) {
		out, err := stpd(t, settings, append([]string{"claim", "pack", id, "-o", folder}, arguments...)...).CombinedOutput()
		return string(out), err
	}
	if out, err := pack(); err != nil || !strings.Contains(out, "7 files of ") {
		t.Fatalf("%v: %s", err, out)
	}
	answer, err := http.Get(s.address + "/claims/" + id + "/pack.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "application/zip" ||
		answer.Header.Get("Content-Disposition") != `attachment; filename="stp-claim-`+id+`.zip"` {
		t.Fatalf("%d %v", answer.StatusCode, answer.Header)
	}
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	written := map[string][]byte{}
	for _, entry := range list(t, folder) {
		if written[entry], err = os.ReadFile(filepath.Join(folder, entry)); err != nil {
			t.Fatal(err)
		}
	}
	if len(archive.File) != len(written) || len(written) != 7 {
		t.Errorf("%d files in the archive, %d in the folder", len(archive.File), len(written))
	}
	for name, want := range written {
		if got, err := fs.ReadFile(archive, name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs in the archive (%v)", name, err)
		}
	}
	if left := list(t, filepath.Dir(folder)); len(left) != 1 {
		t.Errorf("beside the pack stand %v", left)
	}
	out, err := pack()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitFailure ||
		!strings.Contains(out, "--out: found cells.csv, claim.xlsx, figures.csv, manifest.json, method.md in ") {
		t.Errorf("again: %v: %s", err, out)
	}
	for name, want := range written {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s was changed by a pack that was refused (%v)", name, err)
		}
	}
}

func list(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// checkCalibration makes the first draws of the stored calibration again, one of each measure, with the same seed.
func checkCalibration(t *testing.T, s *service, run func(arguments ...string) string) {
	stored, err := storedCalibration()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "again.jsonl.gz")
	draws := len(stored.Figures)
	table := run("claim", "calibrate", "--draws", fmt.Sprint(draws), "--seed", fmt.Sprint(stored.Seed), "--out", file)
	if !strings.Contains(table, fmt.Sprintf("Seed %d, %d draws", stored.Seed, draws)) || !strings.Contains(table, "emergency_admissions   10%") {
		t.Errorf("the table is %s", table)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	again, err := claim.ReadCalibration(f)
	if err != nil {
		t.Fatal(err)
	}
	// The last digit differs between kinds of processor.
	near := cmp.Comparer(func(a, b evidence.Number) bool { return a.Missing() && b.Missing() || math.Abs(float64(a-b)) < 0.025 })
	made := cmpopts.IgnoreSliceElements(func(a claim.Answer) bool { return a.Registered && !slices.Equal(again.Sizes, stored.Sizes) }) // the register has grown
	if diff := cmp.Diff(stored.Drawn[:draws], again.Drawn, near, cmpopts.EquateApprox(0, 0.025), made); diff != "" || again.Rules != stored.Rules {
		t.Errorf(
			"the stored calibration is out of date: make it again by stpd claim calibrate --out sql/%s (rules %s, were %s)\n%s",
			calibrationFile,
			again.Rules,
			stored.Rules,
			diff,
		)
	}
	if diff := cmp.Diff(stored.Domains, again.Domains, near, cmpopts.EquateApprox(0, 0.005)); diff != "" || len(stored.Domains) != len(claim.Domains) {
		t.Errorf("the stored study of small places is out of date: %s", diff)
	}
	for _, d := range stored.Domains {
		if worst := d.Worst(); worst.Upper > .05 {
			t.Errorf("of false claims about %s by %s up to %.3f are called evidenced", d.Measure, d.At, worst.Upper)
		}
	}
	if diff := cmp.Diff(stored.Figures, again.Figures); diff != "" {
		t.Errorf("the stored calibration was made with other figures: %s", diff)
	}
	type row struct {
		Measure   string
		Fall      float64 `json:"fall_percent"`
		Evidenced int
		Tested    int     `json:"fit_for_a_test"`
		Lower     float64 `json:"evidenced_lower"`
	}
	body := decode[struct {
		Current bool
		Changed []string `json:"figures_changed"`
		Rows    []row
	}](t, s.patiently(t, "/api/v1/calibration").body)
	if !body.Current || len(body.Changed) != 0 || len(body.Rows) != (len(stored.Figures)+1)*(1+3*len(claim.Falls)) {
		t.Errorf("current %v, changed %v, %d rows", body.Current, body.Changed, len(body.Rows))
	}
	// One of fifteen is no finding: a row of so few is judged by its bound, and a measure by all its false claims together.
	evidenced, tested := map[string]int{}, map[string]int{}
	for _, r := range body.Rows {
		if r.Fall != 0 {
			continue
		}
		if evidenced[r.Measure], tested[r.Measure] = evidenced[r.Measure]+r.Evidenced, tested[r.Measure]+r.Tested; r.Lower > .05 {
			t.Errorf("of the false claims about %q %d of %d are called evidenced", r.Measure, r.Evidenced, r.Tested)
		}
	}
	for measure, n := range evidenced {
		if float64(n) > .05*float64(tested[measure]) {
			t.Errorf("of the false claims about %q %d of %d are called evidenced", measure, n, tested[measure])
		}
	}
	if csv := s.get(
		t,
		"/api/v1/calibration?format=csv",
	); strings.Count(csv.body, "\n") != len(body.Rows)+1 ||
		!strings.HasPrefix(csv.body, "measure,fall_percent,claimed_percent,claims,evidenced,") {
		t.Errorf("%.300s", csv.body)
	}
	if page := s.get(
		t,
		"/calibration",
	); page.status != http.StatusOK || !strings.Contains(page.body, "false claims") ||
		strings.Contains(page.body, "not those that this was made with") {
		t.Errorf("%d %.2000s", page.status, page.body)
	}
	if page := s.patiently(t, "/calibration?as_of=1"); !strings.Contains(page.body, "The figures are not those that this was made with: A&amp;E attendances, ") {
		t.Errorf("before the figures: %d %.2000s", page.status, page.body)
	}
	if list := decode[struct {
		Changed []string `json:"figures_changed"`
	}](t, s.patiently(t, "/api/v1/calibration?as_of=1").body); len(list.Changed) != len(stored.Figures) {
		t.Errorf("before the figures %v had changed", list.Changed)
	}
}
