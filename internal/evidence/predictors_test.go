package evidence_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"stpdash/internal/evidence"
)

// predicted is Proposition 99 with the predictors of Abadie, Diamond and Hainmueller (2010), table 1.
func predicted(t testing.TB) evidence.Comparison {
	file := readTable(t, ',', "synth", "smoking_adh2010.csv")
	panel, err := evidence.NewPanel(file["state"], file["year"])
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := panel.Compare(panel.Arrange(file.numbers(t, "cigsale")), []string{"California"}, "1989")
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range [][3]string{
		{"lnincome", "1980", "1988"},
		{"retprice", "1980", "1988"},
		{"age15to24", "1980", "1988"},
		{"beer", "1984", "1988"},
		{"cigsale", "1975", "1975"},
		{"cigsale", "1980", "1980"},
		{"cigsale", "1988", "1988"},
	} {
		p, err := panel.Predictor(panel.Arrange(file.numbers(t, of[0])), strings.Join(of[:], " "), []string{"California"}, c, of[1], of[2])
		if err != nil {
			t.Fatal(err)
		}
		c.Predictors = append(c.Predictors, p)
	}
	return c
}

func TestProposition99WithPredictors(t *testing.T) {
	var expected struct {
		Weights     map[string]float64 `json:"published_weights_JASA_table2"`
		Reoptimised struct {
			PreMSPE float64 `json:"pre_mspe"`
			Rank    int
			P       float64
		} `json:"recomputed_reoptimised"`
		Published struct {
			California map[string]float64
			Synthetic  map[string]float64 `json:"synthetic_predictors"`
			Gap2000    float64            `json:"gap_2000"`
			MeanGap    float64            `json:"mean_gap_1989_2000"`
		} `json:"recomputed_from_published_weights"`
	}
	readJSON(t, &expected, "synth", "adh2010_expected.json")
	gaps := readTable(t, ',', "synth", "adh2010_gaps_expected.csv")
	got := judged(t, predicted(t), evidence.PredictedControl)

	if len(got.Weights) != len(expected.Weights) {
		t.Errorf("the donors are %v", got.Weights)
	}
	for state, want := range expected.Weights {
		near(t, "weight of "+state, got.Weights[state], want, 0.01)
		near(t, "weight of "+state, got.Weights[state], want, 0.004)
	}
	near(t, "gap in 2000", got.Path[30].Gap, expected.Published.Gap2000, 0.3)
	near(t, "mean gap", got.Value, expected.Published.MeanGap, 0.1)
	if float64(got.Fit.PreMSPE) > expected.Reoptimised.PreMSPE {
		t.Errorf("the mean squared gap before is %v, an independent program finds %v", got.Fit.PreMSPE, expected.Reoptimised.PreMSPE)
	}
	if ratio := float64(got.Fit.Ratio); !(120 < ratio && ratio < 131) {
		t.Errorf("the ratio is %v", ratio)
	}
	if got.Placebos.Rank != expected.Reoptimised.Rank || got.Placebos.N != 39 {
		t.Errorf("rank %d of %d", got.Placebos.Rank, got.Placebos.N)
	}
	near(t, "p", got.P, expected.Reoptimised.P, 1e-6)
	for i, year := range gaps["year"] {
		if got.Path[i].Time != year {
			t.Fatalf("period %d is %s, not %s", i, got.Path[i].Time, year)
		}
		near(t, "California in "+year, got.Path[i].Observed, gaps.numbers(t, "california")[i], 1e-9)
		near(t, "synthetic California in "+year, got.Path[i].Synthetic, gaps.numbers(t, "synthetic_published_weights")[i], 0.3)
	}
	for i, name := range []string{"lnincome", "retprice", "youth", "beer", "cig1975", "cig1980", "cig1988"} {
		near(t, "California's "+name, got.Balance[i].Treated, expected.Published.California[name], 0.051)
		near(t, "synthetic "+name, got.Balance[i].Synthetic, expected.Published.Synthetic[name], 0.12)
	}
	var sum float64
	for name, v := range got.PredictorWeights {
		if !(v >= 1e-4) {
			t.Errorf("%s has the importance %v", name, v)
		}
		sum += float64(v)
	}
	near(t, "importance", evidence.Number(sum), 1, 1e-9)
}

// The published weights of California give the published gaps: the path is the donors' weighted mean.
func TestPublishedWeights(t *testing.T) {
	c := predicted(t)
	c.Predictors = nil
	gaps := readTable(t, ',', "synth", "adh2010_gaps_expected.csv")
	published := map[string]float64{"Utah": .334, "Nevada": .234, "Montana": .199, "Colorado": .164, "Connecticut": .069}
	for i := range gaps["year"] {
		c.Treated[i] = 0
		for j, state := range c.Donors {
			c.Treated[i] += published[state] * c.Outcomes[j][i]
		}
		near(t, gaps["year"][i], evidence.Number(c.Treated[i]), gaps.numbers(t, "synthetic_published_weights")[i], 1e-9)
	}
	got, err := evidence.SyntheticControl(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	for state, want := range published {
		near(t, "weight of "+state, got.Weights[state], want, 1e-4)
	}
}

// Predictors that the treated unit shares with one donor alone make that donor its synthetic control, in whatever unit they are.
func TestPredictorsOfOneDonor(t *testing.T) {
	c := random(4, 8, 20, 12)
	for i, scale := range []float64{1, 1000} {
		p := evidence.Predictor{Name: string(rune('a' + i)), Treated: scale * c.Outcomes[3][i]}
		for j := range c.Donors {
			p.Donors = append(p.Donors, scale*c.Outcomes[j][i])
		}
		c.Predictors = append(c.Predictors, p)
	}
	c.Treated = slices.Clone(c.Outcomes[3])
	got, err := evidence.PredictedControl(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "weight", got.Weights["d3"], 1, 1e-6)
}

func TestPredictorsRefuse(t *testing.T) {
	base := random(4, 8, 20, 12)
	with := func(predictors ...evidence.Predictor) error {
		c := base
		c.Predictors = predictors
		_, err := evidence.PredictedControl(t.Context(), c)
		return err
	}
	column := func(name string, treated float64, of func(j int) float64) evidence.Predictor {
		p := evidence.Predictor{Name: name, Treated: treated}
		for j := range base.Donors {
			p.Donors = append(p.Donors, of(j))
		}
		return p
	}
	rising := column("a", 3, func(j int) float64 { return float64(j) })
	for reason, err := range map[string]error{
		"there are no predictors":              with(),
		"every predictor is the same for all":  with(column("b", 7, func(int) float64 { return 7 })),
		"predictor b is missing for a unit":    with(rising, column("b", math.NaN(), func(j int) float64 { return float64(j * j) })),
		"predictor a stands twice":             with(rising, rising),
		"predictor b has figures of 0 donors,": with(rising, evidence.Predictor{Name: "b"}),
	} {
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("want a refusal that says %q, got %v", reason, err)
		}
	}
}

// The last of shares that add to one, and a figure that all units share, are matched by whatever matches the others.
func TestPredictorsThatFollowFromOthers(t *testing.T) {
	c := predicted(t)
	want, err := evidence.PredictedControl(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	rest := evidence.Predictor{Name: "the rest", Treated: 1000}
	same := evidence.Predictor{Name: "same", Treated: 7}
	for j := range c.Donors {
		rest.Donors, same.Donors = append(rest.Donors, 1000), append(same.Donors, 7)
		for _, p := range c.Predictors {
			rest.Donors[j] -= p.Donors[j]
		}
	}
	for _, p := range c.Predictors {
		rest.Treated -= p.Treated
	}
	c.Predictors = append(slices.Clone(c.Predictors), rest, same)
	got, err := evidence.PredictedControl(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the effect", got.Value, float64(want.Value), 1e-9)
	if !noted(got.Notes, evidence.Note{Code: evidence.PredictorFollows, Names: []string{"the rest"}}) ||
		!noted(got.Notes, evidence.Note{Code: evidence.PredictorSame, Names: []string{"same"}}) {
		t.Errorf("notes %+v", got.Notes)
	}
	if len(got.Balance) != len(c.Predictors) || len(got.PredictorWeights) != len(c.Predictors)-2 {
		t.Errorf("%d predictors in the balance and %d weights", len(got.Balance), len(got.PredictorWeights))
	}
}

func BenchmarkPredictors(b *testing.B) {
	c := predicted(b)
	for b.Loop() {
		if _, err := evidence.PredictedControl(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
}

// Cross-validation weighs predictors by how those of an earlier time foretell the outcomes after it, and uses these weights for later ones.
func TestCrossValidatedPredictors(t *testing.T) {
	// Donors differ in two predictors, of which the first makes the outcome and the second is noise: the treated unit is the mean of the
	// first two donors in the first.
	random := func(seed uint64) (c evidence.Comparison) {
		c = noise(seed, 12, 20, 5, 0)
		made, chance := evidence.Predictor{Name: "made"}, evidence.Predictor{Name: "chance"}
		for j := range c.Donors {
			level := float64(j * j)
			made.Donors, chance.Donors = append(made.Donors, level), append(chance.Donors, c.Outcomes[j][0])
			for t := range c.Outcomes[j] {
				c.Outcomes[j][t] += 10 * level
			}
		}
		made.Treated, chance.Treated = 2.5, c.Treated[0] // between the second and the third
		for t := range c.Treated {
			c.Treated[t] += 25
		}
		c.Predictors = []evidence.Predictor{made, chance}
		return c
	}
	for seed := range uint64(5) {
		c := random(seed)
		c.Training = slices.Clone(c.Predictors)
		c.Validation = [2]int{10, 20}
		got, err := evidence.PredictedControl(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if !(got.PredictorWeights["made"] > 0.9) || !strings.Contains(got.Method, "cross-validation") {
			t.Errorf("seed %d: V is %v by %s", seed, got.PredictorWeights, got.Method)
		}
		if err := got.TestByPlacebos(t.Context(), c, evidence.PredictedControl, 0); err != nil || got.Placebos.N != 13 {
			t.Errorf("seed %d: %v", seed, err)
		}
		// With the same predictors for training and all time before the start for validation it is the plain method.
		c.Validation = [2]int{0, 20}
		same, err := evidence.PredictedControl(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		c.Training, c.Validation = nil, [2]int{}
		plain, err := evidence.PredictedControl(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "effect", same.Value, float64(plain.Value), 1e-12)
	}
	c := random(1)
	c.Training = c.Predictors[:1]
	if _, err := evidence.PredictedControl(t.Context(), c); err == nil || !strings.Contains(err.Error(), "1 training predictors; accepted is one for each of 2") {
		t.Errorf("too few: %v", err)
	}
	flat := c.Predictors[0]
	flat.Donors = slices.Repeat([]float64{flat.Treated}, len(c.Donors))
	c.Training = []evidence.Predictor{flat, c.Predictors[1]}
	got, err := evidence.PredictedControl(t.Context(), c)
	if err != nil || len(got.PredictorWeights) != 1 ||
		!noted(got.Notes, evidence.Note{Code: evidence.TrainingSame, Names: []string{"made"}}) {
		t.Errorf("a predictor that is the same for all in training: %+v, %v", got, err)
	}
}
