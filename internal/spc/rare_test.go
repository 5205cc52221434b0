package spc

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestBetween(t *testing.T) {
	none := math.NaN()
	for _, c := range []struct{ counts, want []float64 }{
		{[]float64{0, 0, 1, 0, 0, 0, 2, 1, 0}, []float64{3, 0}},
		{[]float64{1, 0, none, 0, 1, 0, 1}, []float64{1}},
		{[]float64{0, 0, 0}, nil},
		{nil, nil},
	} {
		if got := Between(c.counts); !slices.Equal(got, c.want) {
			t.Errorf("between %v lie %v, want %v", c.counts, got, c.want)
		}
	}
}

// The limits follow from the formulas; they are never below zero, and in a stable process few stretches lie outside.
func TestRareCharts(t *testing.T) {
	four := slices.Repeat([]float64{2, 6}, 10) // mean 4: 4 + 3 sqrt(20)
	g := NewGChart(four)
	if math.Abs(g.UPL-(4+3*math.Sqrt(20))) > 1e-12 || g.LPL != 0 || g.Mean != 4 || g.Variation != CommonVariation {
		t.Errorf("g chart %+v", g)
	}
	// x^(1/3.6) is 1 and 2 in turn, so the mean is 1.5 and every moving range 1.
	times := slices.Repeat([]float64{1, math.Pow(2, 3.6)}, 10)
	chart := NewTChart(times)
	if math.Abs(chart.UPL-math.Pow(1.5+2.66, 3.6)) > 1e-9 || chart.LPL != 0 || math.Abs(chart.Mean-math.Pow(1.5, 3.6)) > 1e-9 {
		t.Errorf("t chart %+v", chart)
	}
	if long := NewGChart(append(slices.Clone(four), 60)); long.Variation != NeutralVariationHigh || !long.Outside[20] {
		t.Errorf("a long stretch: %+v", long)
	}
	for _, test := range []struct {
		figures []float64
		want    Reason
	}{
		{[]float64{1, 2, 3}, Reason{Code: TooFewGaps, Have: 3, Need: 12}},
		{slices.Repeat([]float64{0}, 20), Reason{Code: GapsEqual}},
		{append(slices.Clone(four), -1), Reason{Code: NotGaps, Position: len(four) + 1, Value: -1}},
		{append(slices.Clone(four), math.Inf(1)), Reason{Code: NotGaps, Position: len(four) + 1, Value: math.Inf(1)}},
	} {
		for _, c := range []RareChart{NewGChart(test.figures), NewTChart(test.figures)} {
			if c.Reason != test.want || !math.IsNaN(c.UPL) || c.Variation != NoVariation {
				t.Errorf("%v: %+v", test.figures, c)
			}
		}
	}
	if c := NewGChart(append(slices.Clone(four), math.NaN())); c.Reason.Code != NotGaps || !math.IsNaN(c.UPL) || c.Variation != NoVariation {
		t.Errorf("a figure is missing: %+v", c)
	}
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		p := rapid.Float64Range(0.02, 0.5).Draw(t, "p")
		between, times := make([]float64, 200), make([]float64, 200)
		for i := range between {
			between[i] = math.Floor(math.Log(1-random.Float64()) / math.Log(1-p))
			times[i] = random.ExpFloat64() / p
		}
		for _, c := range []RareChart{NewGChart(between), NewTChart(times)} {
			if c.Reason.Code != "" {
				t.Fatalf("%s chart: %+v", c.Kind, c.Reason)
			}
			outside := 0
			for _, o := range c.Outside {
				if o {
					outside++
				}
			}
			if !(c.LPL >= 0 && c.LPL <= c.Mean && c.Mean <= c.UPL) || outside > 14 { // about 2 in 100 are expected
				t.Fatalf("%s chart of a stable process: %d of 200 outside %v to %v", c.Kind, outside, c.LPL, c.UPL)
			}
		}
	})
}

// Limits without width tell nothing of figures that lie off them, and a figure on a limit is not outside.
func TestLimitsWithoutWidth(t *testing.T) {
	figures := append([]float64{40}, slices.Repeat([]float64{0}, 17)...)
	one := 1.0
	chart, err := New(figures, Settings{Improvement: Decrease, Target: &one})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range chart.Points {
		if p.Cause != NoCause || p.Outside || p.Type != NoType {
			t.Errorf("figure %d of %v is labelled %q beyond limits without width", i+1, p.Y, p.Cause)
		}
	}
	if g := chart.Groups[0]; chart.Variation != NoVariation || chart.Assurance != NoAssurance || g.Concern+g.Improvement+g.Common != 0 || g.Reason.Code == "" {
		t.Errorf("%q, %q, %+v", chart.Variation, chart.Assurance, g)
	}
	// 0.1 + 0.2 is not 0.3: such figures are equal.
	rounded := slices.Repeat([]float64{0.1 + 0.2, 0.3}, 10)
	if chart, err = New(rounded, Settings{Improvement: Decrease}); err != nil || chart.Variation != CommonVariation || chart.Groups[0].Common != 20 {
		t.Errorf("figures that differ by rounding: %q %+v %v", chart.Variation, chart.Groups[0], err)
	}
}

func TestWithin(t *testing.T) {
	chart, err := New([]float64{0, 5, 0, 7, 1, 0, 9, 0, 4, 0, 6, 0, 3, 0}, Settings{Improvement: Decrease})
	if err != nil {
		t.Fatal(err)
	}
	if !(chart.Groups[0].LPL < 0) {
		t.Fatalf("the lower limit is %v", chart.Groups[0].LPL)
	}
	zero := 0.0
	if chart.Within(&zero, nil); chart.Groups[0].LPL != 0 || chart.Points[3].LPL != 0 {
		t.Errorf("the lower limit is %v", chart.Groups[0].LPL)
	}
	if chart.WithoutLimits(
		0,
		Reason{Code: SmallCounts, Need: 5},
	); !math.IsNaN(chart.Points[3].UPL) || chart.Variation != NoVariation ||
		chart.Groups[0].Reason != (Reason{Code: SmallCounts, Need: 5}) {
		t.Errorf("got %+v", chart.Groups[0])
	}
}
