package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// estimated is what a subcommand states in JSON.
func estimated(t testing.TB, args ...string) map[string]any {
	t.Helper()
	out, err := runEvidence(append(args, "--json")...)
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return object(t, out)
}

func object(t testing.TB, text string) (stated map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &stated); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return stated
}

// at finds a figure by the names and positions that lead to it.
func at(t testing.TB, stated any, path ...any) float64 {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			of, ok := stated.(map[string]any)
			if !ok || of[step] == nil {
				t.Fatalf("%v: there is no %s in %v", path, step, stated)
			}
			stated = of[step]
		case int:
			stated = stated.([]any)[step]
		}
	}
	figure, ok := stated.(float64)
	if !ok {
		t.Fatalf("%v is %v", path, stated)
	}
	return figure
}

func closeTo(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, published as %v", what, got, want)
	}
}

func TestEvidenceITSOfSicily(t *testing.T) {
	_, rows := publishedTable(t, "its", "sicily_expected.csv")
	base := []string{"its", "--data", methods(t, "its", "sicily.csv"), "--outcome", "aces", "--offset", "stdpop", "--intervention", "smokban", "--time", "time"}
	for model, args := range map[string][]string{
		"m1_poisson":              {"--family", "poisson"},
		"m2_quasipoisson":         {"--family", "quasipoisson"},
		"m3_quasi_seasonal":       {"--harmonics", "2", "--season", "12"},
		"m4_quasi_seasonal_slope": {"--harmonics", "2", "--season", "12", "--slope"},
	} {
		got := estimated(t, append(base, args...)...)
		terms := map[string]map[string]any{}
		if model == "m1_poisson" {
			closeTo(t, "Pearson's dispersion", at(t, got, "fit", "pearson_dispersion"), 3.559195, 1e-6)
		}
		for _, term := range got["terms"].([]any) {
			term := maps.Clone(term.(map[string]any))
			maps.Copy(term, got["fit"].(map[string]any))
			terms[term["term"].(string)] = term
		}
		for _, want := range rows {
			if want["model"] == model {
				agrees(t, model, terms[want["term"]], want, []string{"coef", "se", "stat", "p", "RR", "lo", "hi", "dispersion", "deviance", "df"}, 1e-6)
			}
		}
	}
	closeTo(t, "rate ratio", at(t, estimated(t, base...), "RR"), 0.8943765, 1e-6)
	if path := estimated(t, base...)["path"].([]any); len(path) != 59 {
		t.Errorf("%d periods", len(path))
	}
}

// A series by months is the same as one by their numbers, whatever the order of the rows.
func TestEvidenceITSByMonth(t *testing.T) {
	numbered, dated := []string{"n,y,d"}, []string{"month,y,d"}
	for i := range 30 {
		y, d := 50+7*(i%4)+i, i/18
		numbered = append(numbered, fmt.Sprintf("%d,%d,%d", i+1, y, d))
		dated = append(dated, fmt.Sprintf("%d-%02d,%d,%d", 2015+i/12, i%12+1, y, d))
	}
	dated[1], dated[20] = dated[20], dated[1]
	want := estimated(t, "its", "--data", csvFile(t, numbered...), "--outcome", "y", "--intervention", "d", "--time", "n", "--family", "gaussian")
	got := estimated(t, "its", "--data", csvFile(t, dated...), "--outcome", "y", "--intervention", "d", "--time", "month", "--family", "gaussian")
	for _, figure := range []string{"estimate", "se", "p"} {
		closeTo(t, figure, at(t, got, figure), at(t, want, figure), 1e-9)
	}
	if first := got["path"].([]any)[0].(map[string]any); first["label"] != "2015-01" || first["time"] != 1.0 {
		t.Errorf("the first period is %v", first)
	}
}

// storesFile has two rows for each store of Card and Krueger (1994), one for each wave.
func storesFile(t testing.TB) string {
	_, rows := publishedTable(t, "did", "card_krueger_public.csv")
	lines := []string{"store;state;wave;employment;raised"}
	for _, row := range rows {
		for wave, suffix := range []string{"", "2"} {
			var employment float64
			missing := false
			for column, share := range map[string]float64{"EMPFT": 1, "NMGRS": 1, "EMPPT": 0.5} {
				n, err := strconv.ParseFloat(row[column+suffix], 64)
				employment, missing = employment+share*n, missing || err != nil
			}
			figure, raised := strconv.FormatFloat(employment, 'g', -1, 64), "0"
			if missing {
				figure = ""
			}
			if row["STATE"] == "1" && wave == 1 {
				raised = "1"
			}
			lines = append(lines, strings.Join([]string{row["id"], row["STATE"], strconv.Itoa(wave + 1), figure, raised}, ";"))
		}
	}
	return csvFile(t, lines...)
}

func TestEvidenceDiDOfCardAndKrueger(t *testing.T) {
	file := storesFile(t)
	got := estimated(t, "did", "--data", file, "--unit", "store", "--time", "wave", "--outcome", "employment", "--treated", "raised")
	closeTo(t, "table 3, row 4", at(t, got, "estimate"), 2.75, 1e-6)
	closeTo(t, "its error", at(t, got, "few_clusters", "se"), 1.3423409771, 1e-6)
	got = estimated(t, "did", "--data", file, "--unit", "state", "--cluster", "store", "--time", "wave", "--outcome", "employment", "--treated", "raised")
	closeTo(t, "table 3, row 3", at(t, got, "estimate"), 2.753605783, 1e-6)
	closeTo(t, "its error", at(t, got, "se"), 1.30660701, 1e-6)
	closeTo(t, "rows", at(t, got, "n"), 794, 0)
}

func TestEvidenceDiDOfCounties(t *testing.T) {
	var expected struct {
		Simple, DynamicOverall []float64
		Dynamic, Group         map[string][]float64
		DynOverall             []float64 `json:"dynamic_overall"`
		GroupOverall           []float64 `json:"group_overall"`
		Wald                   []float64 `json:"wald_pretest"`
		TWFE                   []float64
	}
	content, err := os.ReadFile(methods(t, "did", "mpdta_expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &expected); err != nil {
		t.Fatal(err)
	}
	got := estimated(
		t,
		"did",
		"--data",
		methods(t, "did", "mpdta.csv"),
		"--unit",
		"countyreal",
		"--time",
		"year",
		"--outcome",
		"lemp",
		"--cohort",
		"first.treat",
		"--staggered",
	)
	check := func(want []float64, path ...any) {
		t.Helper()
		closeTo(t, fmt.Sprint(path...), at(t, got, append(path, "estimate")...), want[0], 1e-6)
		closeTo(t, fmt.Sprint(path...)+" error", at(t, got, append(path, "se")...), want[1], 1e-6)
	}
	check(expected.Simple, "simple")
	check(expected.DynOverall, "dynamic_overall")
	check(expected.GroupOverall, "group_overall")
	check(expected.GroupOverall)
	for period, want := range expected.Dynamic {
		check(want, "dynamic", period)
	}
	for group, want := range expected.Group {
		check(want, "group", group)
	}
	closeTo(t, "pre-test", at(t, got, "wald_pretest", "statistic"), expected.Wald[0], 1e-6)
	closeTo(t, "pre-test p", at(t, got, "wald_pretest", "p"), expected.Wald[2], 1e-6)
	_, effects := publishedTable(t, "did", "mpdta_att_gt_expected.csv")
	for i, want := range effects {
		agrees(t, "effect", got["att_gt"].([]any)[i].(map[string]any), want, []string{"group", "time", "att", "se"}, 1e-6)
	}

	_, rows := publishedTable(t, "did", "mpdta.csv")
	for _, row := range rows {
		row["treated"] = "0"
		if row["first.treat"] != "0" && row["year"] >= row["first.treat"] {
			row["treated"] = "1"
		}
	}
	file := csvOf(t, rows, "countyreal", "year", "lemp", "treated")
	got = estimated(t, "did", "--data", file, "--unit", "countyreal", "--time", "year", "--outcome", "lemp", "--treated", "treated", "--event-study")
	closeTo(t, "two-way effect", at(t, got, "estimate"), expected.TWFE[0], 1e-6)
	closeTo(t, "two-way CR0", at(t, got, "standard_errors", "CR0"), expected.TWFE[1], 1e-6)
	closeTo(t, "two-way CR1", at(t, got, "se"), expected.TWFE[2], 1e-6)
	closeTo(t, "pre-trend p", at(t, got, "event_study", "pretrend", "p"), 0.1811271025343285, 1e-9)
	closeTo(t, "period 0", at(t, got, "event_study", "periods", 4, "estimate"), -0.018143926966580806, 1e-9)
}

func TestEvidenceSynthOfCalifornia(t *testing.T) {
	base := []string{
		"synth", "--data", methods(t, "synth", "synthdid_california_prop99.csv"), "--unit", "State", "--time", "Year", "--outcome", "PacksPerCapita",
		"--treated-unit", "California", "--start", "1989", "--placebo", "--method",
	}
	for method, want := range map[string][3]float64{
		"sdid": {-15.6053979138, 9.36841609, 2}, "sc": {-19.5136297698, 10.63304575, 3}, "did": {-27.3491110836, 17.28680008, 4},
		"ridge": {-15.95256662397349, 9.319046970756473, 3},
	} {
		got := estimated(t, append(base, method)...)
		closeTo(t, method, at(t, got, "estimate"), want[0], 1e-6)
		closeTo(t, method+" error", at(t, got, "se"), want[1], 1e-5)
		closeTo(t, method+" rank", at(t, got, "placebos", "effect_rank"), want[2], 0)
		if units := got["placebos"].(map[string]any)["units"].([]any); len(units) != 39 {
			t.Errorf("%s: %d units", method, len(units))
		}
		at(t, got, "detectable", "decrease")
	}
	got := estimated(t, append(base, "sdid", "--sensitivity")...)
	closeTo(t, "lambda of 1988", at(t, got, "lambda", "1988"), 0.4271, 0.0005)
	closeTo(t, "zeta", at(t, got, "zeta_omega"), 10.226232571491238, 1e-6)
	if v := got["sensitivity"].(map[string]any)["placebo_in_time"].([]any); len(v) != 3 {
		t.Errorf("%d placebos in time", len(v))
	}
}

func TestEvidenceSynthWithPredictors(t *testing.T) {
	base := []string{
		"synth", "--data", methods(t, "synth", "smoking_adh2010.csv"), "--unit", "state", "--time", "year", "--outcome", "cigsale",
		"--treated-unit", "California", "--start", "1989", "--predictors",
	}
	// The times of a column are those of the next that has some.
	short := estimated(t, append(base, "lnincome,retprice,age15to24:1980:1988,beer:1984:1988,cigsale:1975,cigsale:1980,cigsale:1988")...)
	long := estimated(
		t,
		append(base, "lnincome:1980:1988,retprice:1980:1988,age15to24:1980:1988,beer:1984:1988,cigsale:1975:1975,cigsale:1980:1980,cigsale:1988:1988")...)
	for state, want := range map[string]float64{"Utah": .334, "Nevada": .234, "Montana": .199, "Colorado": .164, "Connecticut": .069} {
		closeTo(t, state, at(t, short, "weights", state), want, 0.004)
		closeTo(t, state, at(t, long, "weights", state), at(t, short, "weights", state), 0)
	}
	closeTo(t, "gap of 2000", at(t, short, "path", 30, "gap"), -25.7257011719, 0.3)
	if ratio := at(t, short, "fit", "ratio"); ratio < 120 || ratio > 131 {
		t.Errorf("the ratio is %v", ratio)
	}
	if v := at(t, short, "V", "cigsale 1975"); v < 1e-4 || v > 1 {
		t.Errorf("V of cigsale 1975 is %v", v)
	}
}

func TestParsePredictors(t *testing.T) {
	got, err := parsePredictors(strings.Split("a,b:1980:1988,c:1975,d", ","))
	if want := "[a 1980 to 1988 b 1980 to 1988 c 1975 d]"; err != nil || fmt.Sprint(got) != want {
		t.Errorf("got %v, %v, want %s", got, err, want)
	}
	for _, bad := range []string{"a:1:2:3", "a:", ":1980", ""} {
		if _, err := parsePredictors([]string{bad}); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

// A file that has no estimate fails with the reason, which JSON states too.
func TestEvidenceRefuses(t *testing.T) {
	panel := func(cell func(unit, time int) string) string {
		lines := []string{"unit,year,y,x,treated,start"}
		for unit := range 4 {
			for time := range 6 {
				treated := 0
				if unit == 0 && time >= 4 {
					treated = 1
				}
				lines = append(lines, fmt.Sprintf("u%d,%d,%s,%d,%d,", unit, 2000+time, cell(unit, time), unit, treated))
			}
		}
		return csvFile(t, lines...)
	}
	wave := func(unit, time int) string {
		return strconv.FormatFloat(float64(10*unit)+math.Sin(float64(unit*unit+time)), 'g', -1, 64)
	}
	sound := panel(wave)
	zero := panel(func(int, int) string { return "0" })
	gap := panel(func(unit, time int) string {
		if unit == 0 && time == 3 {
			return "NA"
		}
		return wave(unit, time)
	})
	donor := csvFile(t, "unit,year,y,treated,start", "a,1,2,0,3", "a,2,3,0,3", "a,3,4,1,3", "b,1,4,0,", "b,2,4,0,", "b,3,5,0,")
	synth := func(file string, args ...string) []string {
		return append([]string{"synth", "--data", file, "--unit", "unit", "--time", "year", "--outcome", "y"}, args...)
	}
	did := func(file string, args ...string) []string {
		return append([]string{"did", "--data", file, "--unit", "unit", "--time", "year", "--outcome", "y"}, args...)
	}
	its := []string{"its", "--data", csvFile(t, "t,y,d", "1,0,0", "2,0,0", "3,0,1", "4,0,1"), "--outcome", "y", "--intervention", "d", "--time", "t"}
	for _, c := range []struct {
		args   []string
		reason string
	}{
		{synth(sound, "--treated-unit", "u9", "--start", "2004"), `there is no unit "u9"`},
		{synth(sound, "--treated-unit", "u0", "--start", "2010"), "the start 2010 lies outside the data, which run from 2000 to 2005"},
		{synth(sound, "--treated-unit", "u0", "--start", "2000"), "there are 0 periods before the start"},
		{synth(gap, "--treated-unit", "u0", "--start", "2004"), "the treated unit u0 has no outcome at 2003"},
		{synth(zero, "--treated-unit", "u0", "--start", "2004"), "all outcomes of the treated unit u0 are zero"},
		{synth(donor, "--treated-unit", "a", "--start", "3"), "there are 1 donors without a gap: at least two are needed"},
		{synth(sound, "--treated-unit", "u0", "--start", "2004", "--predictors", "start:2000"), "--predictors: predictor start 2000 has no figure of unit u0"},
		{
			synth(sound, "--treated-unit", "u0", "--start", "2004", "--predictors", "x:2003:2004"),
			"--predictors: predictor x 2003 to 2004 is averaged to 2004, under the scheme, which starts in 2004; accepted are times up to 2003",
		},
		{
			synth(sound, "--treated-unit", "u0", "--start", "2004", "--predictors", "x:2005"),
			"--predictors: predictor x 2005 is averaged to 2005, under the scheme, which starts in 2004; accepted are times up to 2003",
		},
		{did(donor, "--treated", "treated"), "one cluster is treated and one is not"},
		{did(donor, "--treated", "treated", "--event-study"), "one cluster is treated and one is not"},
		{did(donor, "--cohort", "start", "--staggered"), "there are 2 units to compare"},
		{did(zero, "--treated", "treated"), "all outcomes are zero"},
		{did(sound, "--treated", "x"), "the treatment of unit u2 at time 2000 is 2; accepted are 0 and 1"},
		{did(sound, "--cohort", "start", "--staggered"), "no unit with all its outcomes starts"},
		{its, "all outcomes are zero or missing"},
	} {
		out, err := runEvidence(append(c.args, "--json")...)
		var usage usageError
		if err == nil || errors.As(err, &usage) || !strings.Contains(err.Error(), "figures.csv: "+c.reason) {
			t.Errorf("%q: want the failure %q, got %v", c.args, c.reason, err)
			continue
		}
		if stated := object(t, out); stated["estimate"] != nil || !strings.Contains(stated["reason"].(string), c.reason) {
			t.Errorf("%q states %s", c.args, out)
		}
		if out, err := runEvidence(c.args...); err == nil || out != "" {
			t.Errorf("%q shows %q and fails with %v", c.args, out, err)
		}
	}
	// One treated unit has an effect without an error, and no event study where one cannot be made.
	got := estimated(t, did(gap, "--treated", "treated", "--event-study")...)
	if reason, _ := got["reason"].(string); got["se"] != nil || got["p"] != nil || got["interval"] != nil || !strings.Contains(reason, "one cluster is treated") {
		t.Errorf("got %v", got)
	}
	at(t, got, "estimate")
	closeTo(t, "left out", at(t, got, "left_out"), 1, 0)
	if reason := got["event_study"].(map[string]any)["reason"]; reason == nil {
		t.Errorf("the reference is missing, and still there is an event study: %v", got["event_study"])
	}
}

func TestEvidenceOfEffectsThatIsNotUnderstood(t *testing.T) {
	file := csvFile(t, "unit,year,y,d", "a,2000,1,0", "a,2001,2,1", "b,2000,3,0", "b,2001,4,0")
	did := []string{"did", "--data", file, "--unit", "unit", "--time", "year", "--outcome", "y"}
	synth := []string{"synth", "--data", file, "--unit", "unit", "--time", "year", "--outcome", "y", "--treated-unit", "a", "--start", "2001"}
	its := []string{"its", "--data", file, "--outcome", "y", "--intervention", "d"}
	for _, c := range []struct {
		args []string
		want string
	}{
		{did, "treated staggered"},
		{append(did, "--cohort", "d"), "cohort"},
		{append(did, "--treated", "d", "--staggered", "--cohort", "d"), "treated"},
		{append(did, "--staggered", "--cohort", "d", "--controls", "all"), `--controls "all"; accepted are never or notyet`},
		{append(did, "--treated", "z"), `there is no column "z"`},
		{append(synth, "--method", "ols"), `--method "ols"; accepted are sc, ridge, sdid or did`},
		{append(synth, "--method", "sdid", "--predictors", "d"), "--predictors is for --method sc"},
		{append(synth, "--predictors", "d:1:2:3"), `--predictors "d:1:2:3"`},
		{its, `"time" not set`},
		{append(its, "--time", "year", "--family", "normal"), `--family "normal"; accepted are poisson, quasipoisson or gaussian`},
	} {
		_, err := runEvidence(c.args...)
		var usage usageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: want bad usage that says %s, got %v", c.args, c.want, err)
		}
	}
	if _, err := runEvidence(append(its, "--time", "unit")...); err == nil || !strings.Contains(err.Error(), `line 2, column unit: period "a" is not`) {
		t.Errorf("times that are none: %v", err)
	}
}

func TestEvidenceOfEffectsIsReadable(t *testing.T) {
	smoking := methods(t, "synth", "synthdid_california_prop99.csv")
	for name, args := range map[string][]string{
		"did":   {"--data", storesFile(t), "--unit", "store", "--time", "wave", "--outcome", "employment", "--treated", "raised", "--event-study"},
		"synth": {"--data", smoking, "--unit", "State", "--time", "Year", "--outcome", "PacksPerCapita", "--treated-unit", "California", "--start", "1989", "--placebo", "--sensitivity"},
		"its":   {"--data", methods(t, "its", "sicily.csv"), "--outcome", "aces", "--intervention", "smokban", "--time", "time", "--family", "gaussian"},
	} {
		out, err := runEvidence(append([]string{name}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"estimate", "standard error", "lower 95%", "p"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s shows no %s: %s", name, want, out)
			}
		}
		if strings.Contains(out, "NaN") || strings.Contains(out, "Inf") {
			t.Errorf("%s shows what is not a number: %s", name, out)
		}
		help, err := runEvidence(name, "--help")
		if err != nil || !strings.Contains(help, "Examples:\n  stpd evidence "+name) {
			t.Errorf("%s --help: %v, %s", name, err, help)
		}
	}
}

// What lies between rare events is charted by the limits that their sources give.
func TestEvidenceOfRareEvents(t *testing.T) {
	var lines []string
	for range 10 {
		lines = append(lines, "2", "6")
	}
	file := csvFile(t, append(append([]string{"between"}, lines...), "60")...)
	got := estimated(t, "spc", "--data", file, "--value", "between", "--direction", "increase", "--chart", "g")
	mean := (80.0 + 60) / 21
	closeTo(t, "upper limit", at(t, got, "series", 0, "upl"), mean+3*math.Sqrt(mean*(mean+1)), 1e-12)
	if s := got["series"].([]any)[0].(map[string]any); s["variation_icon"] != "improvement_high" || s["lpl"] != 0.0 {
		t.Errorf("got %v", s)
	}
	if s := estimated(t, "spc", "--data", file, "--value", "between", "--direction", "increase", "--chart", "t"); at(t, s, "series", 0, "upl") <= mean {
		t.Errorf("got %v", s)
	}
	for _, args := range [][]string{{"--chart", "c"}, {"--chart", "g", "--target", "3"}} {
		var usage usageError
		if _, err := runEvidence(append([]string{"spc", "--data", file, "--value", "between", "--direction", "increase"}, args...)...); !errors.As(err, &usage) {
			t.Errorf("%v: %v", args, err)
		}
	}
}

// A computation that would take a minute ends when it is told to, by either signal.
func TestEvidenceEndsOnASignal(t *testing.T) {
	lines := make([]string, 0, 300*150)
	for u := range 300 {
		for at := range 150 {
			lines = append(lines, fmt.Sprintf("u%d,%d,%.4f", u, at, math.Sin(float64(u*u+7*at*at))+float64(at)/50))
		}
	}
	file := csvFile(t, append([]string{"unit,time,y"}, lines...)...)
	for name, signal := range map[string]os.Signal{"interrupt": os.Interrupt, "terminate": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			c := stpd(
				t,
				nil,
				"evidence",
				"synth",
				"--data",
				file,
				"--unit",
				"unit",
				"--time",
				"time",
				"--outcome",
				"y",
				"--treated-unit",
				"u1",
				"--start",
				"100",
				"--method",
				"ridge",
				"--placebo",
			)
			var out strings.Builder
			c.Stderr = &out
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- c.Wait() }()
			select {
			case err := <-ended:
				t.Fatalf("it ended by itself: %v %s", err, &out)
			case <-time.After(2 * time.Second): // the file is read and the placebos are under way
			}
			if err := c.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			select {
			case <-ended:
				if code := c.ProcessState.ExitCode(); code != exitFailure ||
					!strings.Contains(out.String(), "canceled") && !strings.Contains(out.String(), "signal received") {
					t.Errorf("it ended with %d: %s", code, &out)
				}
			case <-time.After(10 * time.Second): // a busy machine is slow, and the whole takes far longer
				_ = c.Process.Kill()
				t.Fatal("it did not end")
			}
		})
	}
}

// A unit far above all its donors is a poor subject of a synthetic control, with placebos and without.
func TestEvidenceSynthFarOutsideItsDonors(t *testing.T) {
	lines := []string{"unit,time,y"}
	for u, level := range map[string]float64{"far": 900, "a": 90, "b": 100, "c": 110, "d": 120} {
		for at := range 12 {
			lines = append(lines, fmt.Sprintf("%s,%d,%g", u, at, level+float64(at*at%7)))
		}
	}
	file := csvFile(t, lines...)
	for unit, want := range map[string]string{
		"far": "lies above all its donors in 8 of 8 periods before the start; the donors do not resemble it: before the start their mixture is 780 from it (root mean square), " +
			"which is 60.4 times the standard deviation between donors (12.91). The estimate extrapolates",
		"a": "lies below all its donors in 8 of 8 periods before the start", "b": "",
	} {
		for _, more := range [][]string{nil, {"--json"}} {
			out, err := runEvidence(
				append([]string{"synth", "--data", file, "--unit", "unit", "--time", "time", "--outcome", "y", "--treated-unit", unit, "--start", "8"}, more...)...)
			if err != nil {
				t.Fatal(err)
			}
			if said := strings.Contains(out, "extrapolates"); said != (want != "") || !strings.Contains(out, want) {
				t.Errorf("%s %v: %s\nwant %q", unit, more, out, want)
			}
		}
	}
}
