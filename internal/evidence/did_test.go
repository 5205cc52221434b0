package evidence_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"stpdash/internal/evidence"
)

// stores are the rows of Card and Krueger (1994): full-time equivalent employment of 410 stores before and after New Jersey raised its
// minimum wage and Pennsylvania did not. Rows of stores that a sample leaves out have no outcome.
func stores(t testing.TB, temporarilyClosedAreZero bool, sample func(before, after float64, store int) bool) (rows evidence.Rows, state []string) {
	file := readTable(t, ',', "did", "card_krueger_public.csv")
	employment := func(full, managers, part string) []float64 {
		f, m, p := file.numbers(t, full), file.numbers(t, managers), file.numbers(t, part)
		for i := range f {
			f[i] += m[i] + 0.5*p[i]
		}
		return f
	}
	before, after := employment("EMPFT", "NMGRS", "EMPPT"), employment("EMPFT2", "NMGRS2", "EMPPT2")
	jersey, status := file.numbers(t, "STATE"), file.numbers(t, "STATUS2")
	for i := range before {
		if temporarilyClosedAreZero && (status[i] == 2 || status[i] == 4 || status[i] == 5) {
			after[i] = 0
		}
		outcomes := [2]float64{before[i], after[i]}
		if !sample(before[i], after[i], i) {
			outcomes = [2]float64{math.NaN(), math.NaN()}
		}
		for wave, y := range outcomes {
			rows.Unit, rows.Time = append(rows.Unit, file["id"][i]), append(rows.Time, strconv.Itoa(wave+1))
			rows.Outcome, rows.Treated = append(rows.Outcome, y), append(rows.Treated, jersey[i]*float64(wave))
			state = append(state, file["STATE"][i])
		}
	}
	return rows, state
}

func everyStore(_, _ float64, _ int) bool { return true }

func balanced(before, after float64, _ int) bool { return !math.IsNaN(before + after) }

func TestCardKrueger(t *testing.T) {
	var expected struct {
		Published struct {
			Row4 struct {
				DiD [2]float64 `json:"did"`
			} `json:"row4_did_balanced"`
			Row5 struct {
				DiD [2]float64 `json:"did"`
			} `json:"row5_tempclosed_zero"`
		} `json:"published_AER1994_table3"`
		Table4 struct {
			N              int
			Coef, SE, RMSE float64
		} `json:"published_AER1994_table4_model_i"`
		Recomputed struct {
			Row3   float64    `json:"row3_point"`
			Row4   [4]float64 `json:"row4"`
			Row5   [4]float64 `json:"row5"`
			Table4 struct {
				Coef, SE, RMSE float64
				N              int
			} `json:"table4_i"`
		}
		Clustered struct {
			Unbalanced struct {
				N, Clusters         int
				B                   []float64
				CR1, HC1, Classical []float64
			} `json:"unbalanced_y~NJ*post"`
			Balanced struct {
				N, Clusters              int
				B                        float64 `json:"b_did"`
				CR1, CR0, HC1, Classical float64
			}
		} `json:"recomputed_clustered_by_store"`
	}
	readJSON(t, &expected, "did", "card_krueger_expected.json")
	estimate := func(rows evidence.Rows) *evidence.DiD {
		t.Helper()
		got, err := evidence.DifferenceInDifferences(t.Context(), rows)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}

	// Table 3, row 4: stores with both waves. The published error is that of a difference of two means of changes, each state with its
	// own variance, and that is CR2.
	rows, state := stores(t, false, balanced)
	got := estimate(rows)
	if got.Clusters != 384 || got.N != 768 || got.LeftOut != 820-768 {
		t.Errorf("%d stores, %d rows and %d left out", got.Clusters, got.N, got.LeftOut)
	}
	near(t, "row 4", got.Value, expected.Published.Row4.DiD[0], 0.005)
	near(t, "row 4 error", got.FewClusters.SE, expected.Published.Row4.DiD[1], 0.005)
	relatively(t, "row 4", got.Value, expected.Recomputed.Row4[0], 1e-6)
	relatively(t, "row 4 error", got.FewClusters.SE, expected.Recomputed.Row4[1], 1e-6)
	relatively(t, "row 4 CR0", got.StandardErrors["CR0"], expected.Clustered.Balanced.CR0, 1e-6)

	// The same stores as observations of two states.
	byStore := rows
	byStore.Unit, byStore.Cluster = state, rows.Unit
	got = estimate(byStore)
	want := expected.Clustered.Balanced
	if got.N != want.N || got.Clusters != want.Clusters {
		t.Errorf("%d rows in %d clusters, want %d in %d", got.N, got.Clusters, want.N, want.Clusters)
	}
	relatively(t, "balanced", got.Value, want.B, 1e-6)
	for kind, se := range map[string]float64{"CR1": want.CR1, "CR0": want.CR0, "HC1": want.HC1, "classical": want.Classical} {
		relatively(t, "balanced "+kind, got.StandardErrors[kind], se, 1e-6)
	}
	if got.SE != got.StandardErrors["CR1"] {
		t.Errorf("the error is %v, not CR1 %v", got.SE, got.StandardErrors["CR1"])
	}

	// Row 3: every store, where 2.76 is printed and the data give 2.7536.
	rows, state = stores(t, false, everyStore)
	byStore = rows
	byStore.Unit, byStore.Cluster = state, rows.Unit
	got = estimate(byStore)
	if got.N != expected.Clustered.Unbalanced.N || got.Clusters != expected.Clustered.Unbalanced.Clusters {
		t.Errorf("%d rows in %d clusters", got.N, got.Clusters)
	}
	relatively(t, "row 3", got.Value, expected.Recomputed.Row3, 1e-6)
	relatively(t, "row 3 CR1", got.SE, expected.Clustered.Unbalanced.CR1[3], 1e-6)
	relatively(t, "row 3 HC1", got.StandardErrors["HC1"], expected.Clustered.Unbalanced.HC1[3], 1e-6)
	relatively(t, "row 3 classical", got.StandardErrors["classical"], expected.Clustered.Unbalanced.Classical[3], 1e-6)
	near(t, "Pennsylvania before", got.Path[0].Control, expected.Clustered.Unbalanced.B[0], 1e-6)
	near(t, "New Jersey without the rise", got.Path[1].Counterfactual,
		expected.Clustered.Unbalanced.B[0]+expected.Clustered.Unbalanced.B[1]+expected.Clustered.Unbalanced.B[2], 1e-6)

	// Of a store seen once there is no change: with effects of stores, the unbalanced rows are the balanced ones.
	got = estimate(rows)
	relatively(t, "stores seen once", got.Value, 2.75, 1e-9)
	if got.N != 768 {
		t.Errorf("%d rows", got.N)
	}

	// Row 5: stores closed for a time count as empty.
	rows, _ = stores(t, true, balanced)
	got = estimate(rows)
	near(t, "row 5", got.Value, expected.Published.Row5.DiD[0], 0.005)
	near(t, "row 5 error", got.FewClusters.SE, expected.Published.Row5.DiD[1], 0.005)
	relatively(t, "row 5", got.Value, expected.Recomputed.Row5[0], 1e-6)
	relatively(t, "row 5 error", got.FewClusters.SE, expected.Recomputed.Row5[1], 1e-6)

	// Table 4, model (i): the change on the state, by least squares. A change has twice the variance of an outcome.
	file := readTable(t, ',', "did", "card_krueger_public.csv")
	wage, wage2, status := file.numbers(t, "WAGE_ST"), file.numbers(t, "WAGE_ST2"), file.numbers(t, "STATUS2")
	rows, _ = stores(t, false, func(before, after float64, store int) bool {
		return balanced(before, after, store) && !math.IsNaN(wage[store]) && (!math.IsNaN(wage2[store]) || status[store] == 3)
	})
	got = estimate(rows)
	if got.N != 2*expected.Table4.N {
		t.Errorf("%d rows of %d stores", got.N, expected.Table4.N)
	}
	near(t, "table 4 (i)", got.Value, expected.Table4.Coef, 0.005)
	near(t, "table 4 (i) error", got.StandardErrors["classical"], expected.Table4.SE, 0.005)
	near(t, "table 4 (i) rmse", got.Fit.RMSE*math.Sqrt2, expected.Table4.RMSE, 0.005)
	relatively(t, "table 4 (i)", got.Value, expected.Recomputed.Table4.Coef, 1e-6)
	relatively(t, "table 4 (i) error", got.StandardErrors["classical"], expected.Recomputed.Table4.SE, 1e-6)
	relatively(t, "table 4 (i) rmse", got.Fit.RMSE*math.Sqrt2, expected.Recomputed.Table4.RMSE, 1e-6)
}

// counties are the rows of Callaway and Sant'Anna (2021): teen employment and states' minimum wages.
func counties(t testing.TB) (rows evidence.Rows, cohort []string) {
	file := readTable(t, ',', "did", "mpdta.csv")
	rows = evidence.Rows{Unit: file["countyreal"], Time: file["year"], Outcome: file.numbers(t, "lemp")}
	year, first := file.numbers(t, "year"), file.numbers(t, "first.treat")
	for i := range year {
		treated := 0.0
		if first[i] > 0 && year[i] >= first[i] {
			treated = 1
		}
		rows.Treated = append(rows.Treated, treated)
	}
	return rows, file["first.treat"]
}

func TestTwoWayFixedEffectsOfCounties(t *testing.T) {
	var expected struct{ TWFE [3]float64 }
	readJSON(t, &expected, "did", "mpdta_expected.json")
	rows, _ := counties(t)
	got, err := evidence.DifferenceInDifferences(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	relatively(t, "effect", got.Value, expected.TWFE[0], 1e-6)
	relatively(t, "CR0", got.StandardErrors["CR0"], expected.TWFE[1], 1e-6)
	relatively(t, "CR1", got.SE, expected.TWFE[2], 1e-6)
	if len(got.Notes) != 1 || got.Notes[0].Code != evidence.StartsDiffer || got.Notes[0].Have != 3 {
		t.Errorf("notes %+v", got.Notes)
	}
}

// The event study of the counties, with the figures of an independent program (statsmodels 0.13.5 and the formula of CR1).
func TestEventStudyOfCounties(t *testing.T) {
	rows, _ := counties(t)
	got, err := evidence.StudyEvents(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	want := map[int][2]float64{
		-4: {0.0035493269194322996, 0.022828581446277686}, -3: {0.024623501986490555, 0.01767937117267094},
		-2: {0.023354814886403296, 0.013436699377246671}, 0: {-0.018143926966580806, 0.010982218280948305},
		1: {-0.04347237262855344, 0.01757694699444062}, 2: {-0.13179485775431796, 0.028837407390067814},
		3: {-0.09224679418188605, 0.03233619316312553},
	}
	if len(got.Periods) != len(want)+1 {
		t.Fatalf("got periods %+v", got.Periods)
	}
	for _, period := range got.Periods {
		if period.Period == -1 {
			if period.Value != 0 || !period.SE.Missing() || period.Reason.Code == "" {
				t.Errorf("the reference is %+v", period)
			}
			continue
		}
		name := "period " + strconv.Itoa(period.Period)
		relatively(t, name, period.Value, want[period.Period][0], 1e-9)
		relatively(t, name+" error", period.SE, want[period.Period][1], 1e-9)
	}
	relatively(t, "pre-trend", got.PreTrend.Statistic, 1.6315656114882342, 1e-9)
	relatively(t, "pre-trend p", got.PreTrend.P, 0.1811271025343285, 1e-9)
	if got.PreTrend.DF != 3 || got.PreTrend.DF2 != 499 {
		t.Errorf("pre-trend on %d and %v degrees of freedom", got.PreTrend.DF, got.PreTrend.DF2)
	}
}

// grid is a panel of units and times whose first units are treated from a start on.
func grid(units, treated, times, start int, outcome func(unit, time int) float64) evidence.Rows {
	var r evidence.Rows
	for u := range units {
		for at := range times {
			r.Unit, r.Time = append(r.Unit, "u"+strconv.Itoa(u)), append(r.Time, strconv.Itoa(at))
			r.Outcome = append(r.Outcome, outcome(u, at))
			under := 0.0
			if u < treated && at >= start {
				under = 1
			}
			r.Treated = append(r.Treated, under)
		}
	}
	return r
}

func wave(unit, time int) float64 { return math.Sin(float64(3*unit*unit+time)) + float64(unit) }

// The degrees of freedom of a difference of two means are those of Imbens and Kolesar (2016), section II.
func TestFewClusters(t *testing.T) {
	got, err := evidence.DifferenceInDifferences(t.Context(), grid(30, 4, 2, 1, wave))
	if err != nil {
		t.Fatal(err)
	}
	n1, n0 := 4.0, 26.0
	want := (n0 + n1) * (n0 + n1) * (n0 - 1) * (n1 - 1) / (n1*n1*(n1-1) + n0*n0*(n0-1))
	relatively(t, "degrees of freedom", got.FewClusters.DF, want, 1e-9)
	if width := func(e evidence.Estimate) float64 { return e.Interval[1] - e.Interval[0] }; width(got.FewClusters) <= 2*2.05*float64(got.SE) ||
		width(got.FewClusters) != width(got.Estimate) ||
		got.P != got.FewClusters.P {
		t.Errorf("with four treated units the interval is %v, and with few clusters %v", got.Interval, got.FewClusters.Interval)
	}
}

func TestOneTreatedUnit(t *testing.T) {
	rows := grid(10, 1, 6, 3, wave)
	got, err := evidence.DifferenceInDifferences(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	if got.Value.Missing() || !got.SE.Missing() || got.Interval != nil || !got.P.Missing() || got.Reason.Code != evidence.OneTreatedCluster {
		t.Errorf("got %+v", got.Estimate)
	}
	study, err := evidence.StudyEvents(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	if len(study.Periods) != 6 || !study.PreTrend.P.Missing() || study.PreTrend.Reason.Code != evidence.OneTreatedCluster {
		t.Errorf("got %+v", study)
	}
}

func TestPreTrendOfFewClusters(t *testing.T) {
	study, err := evidence.StudyEvents(t.Context(), grid(6, 3, 12, 9, wave))
	if err != nil {
		t.Fatal(err)
	}
	if !study.PreTrend.P.Missing() || !same(study.PreTrend.Reason, evidence.Note{Code: evidence.TooFewClustersForTest, Have: 6, Need: 8}) {
		t.Errorf("got %+v", study.PreTrend)
	}
}

// Without a unit that is never treated the most distant period before the start is a second reference.
func TestEventStudyWithoutNeverTreated(t *testing.T) {
	rows := grid(8, 8, 8, 3, wave)
	for i, u := range rows.Unit {
		if at, _ := strconv.Atoi(rows.Time[i]); u >= "u4" && at < 4 {
			rows.Treated[i] = 0
		}
	}
	study, err := evidence.StudyEvents(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	if len(study.Notes) != 1 || study.Notes[0].Code != evidence.SecondReference || *study.Notes[0].Value != -4 || study.Periods[0].Period != -3 {
		t.Errorf("got %+v", study)
	}
}

func TestDiDRefuses(t *testing.T) {
	sound := func() evidence.Rows { return grid(6, 3, 5, 3, wave) }
	with := func(change func(*evidence.Rows)) evidence.Rows { r := sound(); change(&r); return r }
	constant := func(y float64) func(int, int) float64 { return func(int, int) float64 { return y } }
	both := func(r evidence.Rows) error { _, err := evidence.DifferenceInDifferences(t.Context(), r); return err }
	events := func(r evidence.Rows) error { _, err := evidence.StudyEvents(t.Context(), r); return err }
	for reason, err := range map[string]error{
		"no row with an outcome is treated":              both(grid(6, 0, 4, 2, wave)),
		"every row with an outcome is treated":           both(grid(6, 6, 4, 0, wave)),
		"treated never changes within a unit":            both(grid(6, 3, 4, 0, wave)),
		"all units are treated at the same times":        both(grid(6, 6, 4, 2, wave)),
		"all outcomes are zero":                          both(grid(6, 3, 4, 2, constant(0))),
		"one cluster is treated and one is not":          both(grid(2, 1, 6, 3, wave)),
		"more of either are accepted":                    events(grid(2, 1, 6, 3, wave)),
		"no row has an outcome":                          both(grid(6, 3, 4, 2, constant(math.NaN()))),
		"no unit has outcomes at two times":              both(grid(6, 3, 1, 0, wave)),
		"is +Inf, beyond the figures accepted":           both(grid(6, 3, 4, 2, constant(math.Inf(1)))),
		"the treatment of unit u0 at time 1 is 0.5":      both(with(func(r *evidence.Rows) { r.Treated[1] = 0.5 })),
		"the treatment of unit u0 at time 1 is NaN":      both(with(func(r *evidence.Rows) { r.Treated[1] = math.NaN() })),
		"unit u0 has two rows at time 0":                 both(with(func(r *evidence.Rows) { r.Time[1] = "0" })),
		"row 2 has no unit, no time or no cluster":       both(with(func(r *evidence.Rows) { r.Unit[1] = "" })),
		"they must be as many":                           both(with(func(r *evidence.Rows) { r.Time = nil })),
		"unit u0 is treated from its first row on":       events(grid(6, 3, 4, 0, wave)),
		"the treatment of unit u0 ends again":            events(with(func(r *evidence.Rows) { r.Treated[4] = 0 })),
		"no treated unit has a row in the period before": events(with(func(r *evidence.Rows) { r.Outcome[2], r.Outcome[7], r.Outcome[12] = math.NaN(), math.NaN(), math.NaN() })),
		"all outcomes are of time 0": both(evidence.Rows{
			Unit: []string{"a", "a"}, Time: []string{"0", "0"}, Outcome: []float64{1, 2},
			Treated: []float64{0, 1}, Cluster: []string{"x", "y"},
		}),
	} {
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("want a refusal that says %q, got %v", reason, err)
		}
	}
}

// No order of rows and no constant of a unit or a time changes an effect; an outcome in other units changes it alike. A missing outcome
// is as good as no row.
func TestDiDProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units, times := rapid.IntRange(4, 9).Draw(t, "units"), rapid.IntRange(2, 6).Draw(t, "times")
		start := rapid.IntRange(1, times-1).Draw(t, "start")
		value := rapid.Float64Range(-100, 100)
		rows := grid(units, rapid.IntRange(2, units-2).Draw(t, "treated"), times, start, func(int, int) float64 { return value.Draw(t, "y") })
		for i := range rows.Outcome {
			if rapid.IntRange(0, 9).Draw(t, "missing") == 0 {
				rows.Outcome[i] = math.NaN()
			}
		}
		want, err := evidence.DifferenceInDifferences(t.Context(), rows)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		scale := rapid.Float64Range(0.1, 50).Draw(t, "scale")
		shift := map[string]float64{}
		var moved evidence.Rows
		for _, i := range random.Perm(len(rows.Unit)) {
			if math.IsNaN(rows.Outcome[i]) {
				continue
			}
			for _, label := range []string{rows.Unit[i], "time " + rows.Time[i]} {
				if _, ok := shift[label]; !ok {
					shift[label] = 10 * random.NormFloat64()
				}
			}
			moved.Unit, moved.Time = append(moved.Unit, rows.Unit[i]), append(moved.Time, rows.Time[i])
			moved.Treated = append(moved.Treated, rows.Treated[i])
			moved.Outcome = append(moved.Outcome, scale*rows.Outcome[i]+shift[rows.Unit[i]]+shift["time "+rows.Time[i]])
		}
		got, errMoved := evidence.DifferenceInDifferences(t.Context(), moved)
		if err != nil && strings.Contains(err.Error(), "are zero") {
			return // moved, they are not
		}
		if (err == nil) != (errMoved == nil) {
			t.Fatalf("refused with %v and with %v", err, errMoved)
		}
		if err != nil {
			return
		}
		number := cmp.Transformer("number", func(n evidence.Number) float64 { return float64(n) })
		close := cmp.Options{number, cmpopts.EquateApprox(1e-7, 1e-7), cmpopts.EquateNaNs()}
		want.Value, want.SE, want.FewClusters.SE = want.Value*evidence.Number(scale), want.SE*evidence.Number(scale), want.FewClusters.SE*evidence.Number(scale)
		if diff := cmp.Diff([]evidence.Number{want.Value, want.SE, want.P, want.FewClusters.SE, want.FewClusters.DF},
			[]evidence.Number{got.Value, got.SE, got.P, got.FewClusters.SE, got.FewClusters.DF}, close); diff != "" {
			t.Fatalf("moved and scaled by %g: %s", scale, diff)
		}
	})
}

// A panel with gaps and parts that share no time gives what least squares on all indicators gives.
func TestWithinIsLeastSquares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units, times := rapid.IntRange(4, 10).Draw(t, "units"), rapid.IntRange(2, 8).Draw(t, "times")
		rows := grid(units, 0, times, times, func(unit, time int) float64 { return rapid.Float64Range(-10, 10).Draw(t, "y") })
		for i := range rows.Unit {
			rows.Treated[i] = float64(rapid.IntRange(0, 1).Draw(t, "treated"))
			if rapid.IntRange(0, 3).Draw(t, "missing") == 0 {
				rows.Outcome[i] = math.NaN()
			}
		}
		shops := rapid.Bool().Draw(t, "shops")
		if shops { // each row is a shop of its own, in the unit
			for i := range rows.Unit {
				rows.Cluster = append(rows.Cluster, strconv.Itoa(i/2)+"/"+strconv.Itoa(i%times))
			}
		}
		got, err := evidence.DifferenceInDifferences(t.Context(), rows)
		if err != nil {
			t.Skip(err)
		}
		seen := map[string]int{}
		for i, u := range rows.Unit {
			if !math.IsNaN(rows.Outcome[i]) {
				seen[u]++
			}
		}
		var y []float64
		var x [][]float64
		for i, u := range rows.Unit {
			if math.IsNaN(rows.Outcome[i]) || !shops && seen[u] < 2 {
				continue
			}
			row := make([]float64, 1+units+times)
			at, _ := strconv.Atoi(rows.Time[i])
			of, _ := strconv.Atoi(u[1:])
			row[0], row[1+of], row[1+units+at] = rows.Treated[i], 1, 1
			x, y = append(x, row), append(y, rows.Outcome[i])
		}
		design := mat.NewDense(len(x), 1+units+times, nil)
		for i, row := range x {
			design.SetRow(i, row)
		}
		var svd mat.SVD
		if !svd.Factorize(design, mat.SVDThin) {
			t.Skip("no singular values")
		}
		rank := svd.Rank(1e-9)
		var b mat.VecDense
		svd.SolveVecTo(&b, mat.NewVecDense(len(y), y), rank)
		if math.Abs(float64(got.Value)-b.AtVec(0)) > 1e-8*(1+math.Abs(b.AtVec(0))) {
			t.Fatalf("the effect is %v, by all indicators %v", got.Value, b.AtVec(0))
		}
		if got.Fit.DF != len(y)-rank {
			t.Fatalf("%d degrees of freedom, want %d rows less a rank of %d", got.Fit.DF, len(y), rank)
		}
	})
}

// The corrections for few clusters are those of the matrices that define them (Bell and McCaffrey 2002), computed without any short cut.
func TestBiasReducedByItsDefinition(t *testing.T) {
	rows := grid(9, 4, 7, 3, wave)
	for _, i := range []int{0, 11, 12, 30, 31, 47} {
		rows.Outcome[i] = math.NaN()
	}
	got, err := evidence.DifferenceInDifferences(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	// Unit effects are subtracted first; the others are indicators of times, and the treatment.
	const units, times = 9, 7
	var of []int
	var y []float64
	var columns [][]float64
	for i := range rows.Unit {
		if math.IsNaN(rows.Outcome[i]) {
			continue
		}
		at, _ := strconv.Atoi(rows.Time[i])
		row := make([]float64, times)
		row[0] = rows.Treated[i]
		if at > 0 {
			row[at] = 1
		}
		u, _ := strconv.Atoi(rows.Unit[i][1:])
		of, y, columns = append(of, u), append(y, rows.Outcome[i]), append(columns, row)
	}
	n := len(y)
	x, residual := mat.NewDense(n, times, nil), mat.NewVecDense(n, y)
	for i, row := range columns {
		x.SetRow(i, row)
	}
	demean := mat.NewDense(n, n, nil)
	for i := range n {
		var count float64
		for j := range n {
			if of[i] == of[j] {
				count++
			}
		}
		for j := range n {
			if of[i] == of[j] {
				demean.Set(i, j, -1/count)
			}
		}
		demean.Set(i, i, 1-1/count)
	}
	var within, gram, inverse, weights, hat mat.Dense
	within.Mul(demean, x)
	gram.Mul(within.T(), &within)
	if err := inverse.Inverse(&gram); err != nil {
		t.Fatal(err)
	}
	weights.Mul(&inverse, within.T())
	hat.Mul(&within, &weights)
	var demeaned, fitted mat.VecDense
	demeaned.MulVec(demean, residual)
	fitted.MulVec(&hat, &demeaned)
	residual.SubVec(&demeaned, &fitted)
	scaled := mat.NewDense(n, units, nil)
	var variance float64
	for g := range units {
		var rows []int
		for i, u := range of {
			if u == g {
				rows = append(rows, i)
			}
		}
		left := mat.NewSymDense(len(rows), nil)
		for a, i := range rows {
			for b, j := range rows {
				v := -hat.At(i, j)
				if i == j {
					v++
				}
				left.SetSym(a, b, v)
			}
		}
		var eigen mat.EigenSym
		var vectors mat.Dense
		eigen.Factorize(left, true)
		eigen.VectorsTo(&vectors)
		var score float64
		for k, value := range eigen.Values(nil) {
			var share float64
			for a, i := range rows {
				share += vectors.At(a, k) * weights.At(0, i)
			}
			for a, i := range rows {
				scaled.Set(i, g, scaled.At(i, g)+vectors.At(a, k)*share/math.Sqrt(value))
			}
		}
		for _, i := range rows {
			score += scaled.At(i, g) * residual.AtVec(i)
		}
		variance += score * score
	}
	var rest, p mat.Dense
	rest.Sub(eye(n), &hat)
	p.Product(scaled.T(), &rest, scaled)
	relatively(t, "CR2", got.FewClusters.SE, math.Sqrt(variance), 1e-9)
	trace, square := mat.Trace(&p), mat.Norm(&p, 2)
	relatively(t, "degrees of freedom", got.FewClusters.DF, trace*trace/(square*square), 1e-9)
}

func eye(n int) *mat.DiagDense { return mat.NewDiagDense(n, slices.Repeat([]float64{1}, n)) }

// A treatment that ends where it should start has the wrong sign.
func TestDiDOfAReversedTreatment(t *testing.T) {
	rows := grid(6, 3, 4, 2, wave)
	for i := range rows.Treated {
		rows.Treated[i] = 1 - rows.Treated[i]
		if rows.Unit[i] > "u2" {
			rows.Treated[i] = 0
		}
	}
	if _, err := evidence.DifferenceInDifferences(
		t.Context(),
		rows,
	); err == nil ||
		!strings.Contains(err.Error(), "the treatment is reversed: unit u0 is treated at 0 and not treated at 3") {
		t.Errorf("a reversed treatment: %v", err)
	}
	once := grid(6, 3, 5, 2, wave)
	once.Treated[4] = 0
	got, err := evidence.DifferenceInDifferences(t.Context(), once)
	if err != nil || len(got.Notes) != 1 ||
		!same(got.Notes[0], evidence.Note{Code: evidence.TreatmentEnds, Have: 1, Need: 6, Names: []string{"u0"}, Times: []string{"2", "4"}}) {
		t.Errorf("a treatment that ends: %v, %+v", err, got)
	}
	words := grid(6, 3, 2, 1, wave)
	for i, at := range words.Time {
		words.Time[i] = map[string]string{"0": "before", "1": "after"}[at]
	}
	got, err = evidence.DifferenceInDifferences(t.Context(), words)
	if err != nil || len(got.Notes) != 1 || got.Notes[0].Code != evidence.TreatmentOrder ||
		!slices.Equal(got.Notes[0].Times[2:], []string{"before", "after"}) {
		t.Errorf("times in words: %v, %+v", err, got)
	}
}

// A panel with gaps at as many times as units would need matrices as large as the square of their number.
func TestDiDThatDoesNotFit(t *testing.T) {
	var rows evidence.Rows
	const units = 20000
	for u := range units {
		for k := range 2 {
			rows.Unit, rows.Time = append(rows.Unit, strconv.Itoa(u)), append(rows.Time, strconv.Itoa(u+k))
			rows.Outcome, rows.Treated = append(rows.Outcome, wave(u, k)), append(rows.Treated, float64(k*(u%2)))
		}
	}
	_, err := evidence.DifferenceInDifferences(t.Context(), rows)
	if err == nil || !strings.Contains(err.Error(), "of 20000 units at 20001 times needs about 12210 MB of memory; up to 1024 MB is accepted") {
		t.Errorf("got %v", err)
	}
	if _, err := evidence.NewPanel(rows.Unit, rows.Time); err == nil || !strings.Contains(err.Error(), "is accepted") {
		t.Errorf("a panel of them: %v", err)
	}
}

// A panel whose products would take minutes is refused with how many they are.
func TestDiDThatTakesTooLong(t *testing.T) {
	var rows evidence.Rows
	const units, times = 60000, 600
	for u := range units { // each has rows at two times, so that nothing is balanced
		first := u % (times - 1)
		for k, at := range []int{first, first + 1 + u%(times-1-first)} {
			rows.Unit, rows.Time = append(rows.Unit, strconv.Itoa(u)), append(rows.Time, strconv.Itoa(at))
			rows.Outcome, rows.Treated = append(rows.Outcome, wave(u, at)), append(rows.Treated, float64(k*(u%2)))
		}
	}
	const want = "thousand million multiplications; up to 20 thousand million are accepted: take fewer units, or longer periods"
	if _, err := evidence.DifferenceInDifferences(
		t.Context(),
		rows,
	); err == nil || !strings.Contains(err.Error(), "at 600 times takes about") ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("difference-in-differences: %v", err)
	}
	if _, err := evidence.StudyEvents(t.Context(), rows); err == nil || !strings.Contains(err.Error(), "effects of ") || !strings.Contains(err.Error(), want) {
		t.Errorf("event study: %v", err)
	}
}

// So is one with so many starts that the weights of all comparisons would not fit.
func TestStaggeredThatDoesNotFit(t *testing.T) {
	const times = 300
	cohorts := make([]string, times)
	for g := range cohorts {
		cohorts[g] = strconv.Itoa(g)
	}
	_, err := evidence.StaggeredAdoption(t.Context(), staggered(times, wave, cohorts...), evidence.NotYetTreated)
	if err == nil || !strings.Contains(err.Error(), "of 300 units at 300 times needs about ") || !strings.Contains(err.Error(), "up to 1024 MB is accepted") {
		t.Errorf("got %v", err)
	}
}

// What an estimate of 1,500 units at 200 times takes of the memory follows from its rows, not from them times the effects.
func TestDiDOfALargePanel(t *testing.T) {
	const units, times = 1500, 200
	for name, lacking := range map[string]int{"whole": 0, "with gaps": 97} {
		rows := grid(units, units/2, times, times/2, wave)
		for i := range rows.Outcome {
			if lacking > 0 && i%lacking == 0 {
				rows.Outcome[i] = math.NaN()
			}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		found, err := evidence.DifferenceInDifferences(t.Context(), rows)
		if err != nil {
			t.Fatal(err)
		}
		study, err := evidence.StudyEvents(t.Context(), rows)
		if err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if found.Units != units || len(study.Periods) < times {
			t.Errorf("%s: %d units, %d periods", name, found.Units, len(study.Periods))
		}
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 260 {
			t.Errorf("%s: %d MB", name, used)
		}
	}
}

// A long computation ends when it is told to.
func TestDiDEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	rows := grid(40, 20, 30, 15, wave)
	if _, err := evidence.DifferenceInDifferences(ctx, rows); !errors.Is(err, context.Canceled) {
		t.Errorf("difference-in-differences: %v", err)
	}
	if _, err := evidence.StudyEvents(ctx, rows); !errors.Is(err, context.Canceled) {
		t.Errorf("event study: %v", err)
	}
	adoption := staggered(30, wave, "15", "15", "15", "", "", "")
	if _, err := evidence.StaggeredAdoption(ctx, adoption, evidence.NeverTreated); !errors.Is(err, context.Canceled) {
		t.Errorf("staggered adoption: %v", err)
	}
}
