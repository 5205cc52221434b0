package evidence_test

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"

	"stpdash/internal/evidence"
)

// Proposition 99, with the figures of an independent program that leaves out each period and solves anew (numpy and scipy's nnls).
func TestRidgeOfProposition99(t *testing.T) {
	got := judged(t, california(t), evidence.RidgeSynthetic)
	relatively(t, "lambda", *got.Ridge, 429.8375828134488, 1e-9)
	near(t, "effect", got.Value, -15.95256662397349, 1e-6)
	near(t, "squared gap before", got.Fit.PreMSPE, 0.5382609074926551, 1e-6)
	near(t, "weight of Alabama", got.Weights["Alabama"], -0.02200187095120278, 1e-6)
}

// The weights give what the outcome model does (Ben-Michael, Feller and Rothstein 2021, lemma 1): the synthetic control, and what a
// ridge regression of the donors' outcomes after on those before says of the rest. They sum to one and fit no worse.
func TestRidgeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		donors, periods := rapid.IntRange(3, 20).Draw(t, "donors"), rapid.IntRange(5, 30).Draw(t, "periods")
		c := random(rapid.Uint64().Draw(t, "seed"), donors, periods, rapid.IntRange(3, periods-1).Draw(t, "start"))
		got, err := evidence.RidgeSynthetic(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := evidence.SyntheticControl(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		x, rest, after := mat.NewDense(donors, c.Start, nil), mat.NewVecDense(c.Start, nil), mat.NewVecDense(donors, nil)
		for at := range c.Start {
			period := make([]float64, donors)
			for j := range period {
				period[j] = c.Outcomes[j][at]
			}
			for j, y := range period {
				x.Set(j, at, y-stat.Mean(period, nil))
			}
			rest.SetVec(at, float64(plain.Path[at].Gap))
		}
		var mean float64
		for j, series := range c.Outcomes {
			after.SetVec(j, stat.Mean(series[c.Start:], nil))
			mean += after.AtVec(j) / float64(donors)
		}
		for j := range donors {
			after.SetVec(j, after.AtVec(j)-mean)
		}
		var product mat.Dense
		product.Mul(x.T(), x)
		for at := range c.Start {
			product.Set(at, at, product.At(at, at)+float64(*got.Ridge))
		}
		var right, slope mat.VecDense
		right.MulVec(x.T(), after)
		if err := slope.SolveVec(&product, &right); err != nil {
			t.Skip(err)
		}
		want := float64(plain.Value) - mat.Dot(rest, &slope)
		if math.Abs(float64(got.Value)-want) > 1e-5 {
			t.Fatalf("the effect is %v, by the outcome model %v", got.Value, want)
		}
		var sum float64
		for _, w := range got.Weights {
			sum += float64(w)
		}
		if math.Abs(sum-1) > 1e-8 {
			t.Fatalf("the weights sum to %v", sum)
		}
		if float64(got.Fit.PreMSPE) > float64(plain.Fit.PreMSPE)*(1+1e-9)+1e-18 {
			t.Fatalf("the squared gap before is %v, without ridge %v", got.Fit.PreMSPE, plain.Fit.PreMSPE)
		}
	})
}

// Figures in per cent of their own mean before the start, as a claim's are: without a period, the others must not tell it. When they did, any
// penalty seemed to predict the periods before, the smallest was taken, and effects of some hundred per cent were found where there is none.
func TestRidgeOfAnIndex(t *testing.T) {
	for seed := range uint64(12) {
		raw := random(seed, 34, 40, 34)
		for _, kind := range []string{"index", "rounded index", "less its mean"} {
			c := raw
			put := func(series []float64) []float64 {
				mean, to := stat.Mean(series[:c.Start], nil), make([]float64, len(series))
				for i, y := range series {
					switch kind {
					case "index":
						to[i] = 100 * y / mean
					case "rounded index":
						to[i] = math.Round(1000*y/mean) / 10
					default:
						to[i] = y - mean
					}
				}
				return to
			}
			c.Treated, c.Outcomes = put(raw.Treated), make([][]float64, len(raw.Outcomes))
			for j, series := range raw.Outcomes {
				c.Outcomes[j] = put(series)
			}
			got, err := evidence.RidgeSynthetic(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			plain, err := evidence.SyntheticControl(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if far := math.Abs(float64(got.Value - plain.Value)); far > 5 || !got.Solved.Converged || *got.BelowZero < -2 {
				t.Errorf(
					"seed %d, %s: the effect is %.1f, without ridge %.1f; lambda %.3g, weights below zero %.1f",
					seed,
					kind,
					float64(got.Value),
					float64(plain.Value),
					float64(*got.Ridge),
					float64(*got.BelowZero),
				)
			}
		}
	}
}

func TestRidgeRefuses(t *testing.T) {
	same := random(1, 4, 8, 5)
	for j := range same.Outcomes {
		same.Outcomes[j] = same.Outcomes[0]
	}
	for reason, c := range map[string]evidence.Comparison{
		"three are needed to choose a penalty":                 random(1, 3, 8, 2),
		"all donors have the same outcomes before the start":   same,
		"there are 1 donors without a gap: at least two are n": random(1, 1, 8, 4),
	} {
		if _, err := evidence.RidgeSynthetic(t.Context(), c); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("want a refusal that says %q, got %v", reason, err)
		}
	}
}
