package steps

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// made are series of a season with little noise, long enough to look at.
func made(t *rapid.T, season int) ([]Series, Settings) {
	n := rapid.IntRange(4, 12).Draw(t, "series")
	periods := rapid.IntRange(5*season, 7*season).Draw(t, "periods")
	s := Settings{Season: season, Total: make([]float64, periods)}
	series := make([]Series, n)
	for i := range series {
		level := rapid.Float64Range(500, 50_000).Draw(t, "level")
		phase := rapid.Float64Range(0, 6).Draw(t, "phase")
		series[i] = Series{Name: fmt.Sprint("S", i), Counts: make([]float64, periods)}
		for p := range periods {
			noise := 0.01 * math.Sin(12.9898*float64(p)+78.233*float64(i)+phase)
			series[i].Counts[p] = level * math.Exp(noise+0.03*math.Sin(2*math.Pi*float64(p)/float64(season)+phase))
		}
	}
	for p := range periods {
		s.Total[p] = 1e6
	}
	return series, s
}

func find(t *rapid.T, series []Series, s Settings) []Finding {
	r, err := Find(series, s)
	if err != nil {
		t.Fatal(err)
	}
	if r.LookedAt+len(r.LeftOut) != len(series) {
		t.Fatalf("%d looked at and %d left out of %d", r.LookedAt, len(r.LeftOut), len(series))
	}
	for _, f := range r.Findings {
		if f.From < 0 || f.Until < f.From || f.Until >= len(s.Total) || math.IsNaN(f.Size) || math.Abs(math.Log1p(f.Size)) < f.Limit*0.999 {
			t.Fatalf("%+v", f)
		}
	}
	return r.Findings
}

// every scales a series in some periods; the total is England's and moves with it.
func every(s Settings, series *Series, from, until int, by float64) Settings {
	s.Total = slices.Clone(s.Total)
	series.Counts = slices.Clone(series.Counts)
	for p := from; p <= until; p++ {
		series.Counts[p] *= by
	}
	return s
}

func season(t *rapid.T) int { return rapid.SampledFrom([]int{4, 12}).Draw(t, "season") }

func TestNothingIsFoundWhereNothingHappened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		series, s := made(t, season(t))
		s.Total = slices.Clone(s.Total)
		for p := range s.Total { // what happens to all alike, such as a hard winter, is no step of one
			common := rapid.Float64Range(0.5, 2).Draw(t, "common")
			s.Total[p] = 1e6 * common
			for i := range series {
				series[i].Counts[p] *= common
			}
		}
		if found := find(t, series, s); len(found) > 0 {
			t.Fatalf("%+v", found)
		}
	})
}

func TestAStepIsFoundWhereItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		series, s := made(t, season(t))
		wide, _, _ := s.window()
		at := rapid.IntRange(2*wide, len(s.Total)-2*wide).Draw(t, "at")
		by := math.Exp(rapid.SampledFrom([]float64{-1, 1}).Draw(t, "way") * rapid.Float64Range(0.25, 1).Draw(t, "by"))
		s = every(s, &series[1], at, len(s.Total)-1, by)
		found := find(t, series, s)
		if len(found) != 1 || found[0].Kind != Step || found[0].Series != "S1" || found[0].From != at || math.Abs(math.Log1p(found[0].Size)-math.Log(by)) > 0.08 {
			t.Fatalf("a step of %.2f at %d: %+v", by-1, at, found)
		}
	})
}

func TestAGapIsFoundWhereItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		series, s := made(t, 12)
		wide, _, longest := s.window()
		from := rapid.IntRange(2*wide, len(s.Total)-2*wide-longest).Draw(t, "from")
		until := from + rapid.IntRange(0, longest-1).Draw(t, "long")
		by := rapid.SampledFrom([]float64{0, 0.4, 0.65, 1.5, 2}).Draw(t, "by") // lost or counted twice
		s = every(s, &series[2], from, until, by)
		found := find(t, series, s)
		if len(found) != 1 || found[0].Kind != Gap || found[0].Series != "S2" || found[0].From != from || found[0].Until != until {
			t.Fatalf("%.2f of %d to %d: %+v", by, from, until, found)
		}
	})
}

// A steady trend is not a step, however far it leads.
func TestATrendIsNoStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		series, s := made(t, 12)
		slope := rapid.SampledFrom([]float64{-1, 1}).Draw(t, "way") * rapid.Float64Range(0.01, 0.03).Draw(t, "slope")
		for p := range series[0].Counts {
			series[0].Counts[p] *= math.Exp(slope * float64(p))
		}
		if found := find(t, series, s); len(found) > 0 {
			t.Fatalf("a slope of %.3f: %+v", slope, found)
		}
	})
}

func TestSizeAndOrderChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		series, s := made(t, 12)
		s = every(s, &series[0], 20, len(s.Total)-1, 1.4)
		s = every(s, &series[1], 15, 17, 0.5)
		want := find(t, series, s)
		other := slices.Clone(series)
		slices.Reverse(other)
		thousand := s
		thousand.Total = slices.Clone(s.Total)
		for p := range thousand.Total {
			thousand.Total[p] *= 3
		}
		got := find(t, other, thousand)
		slices.SortStableFunc(got, func(a, b Finding) int { return cmp.Compare(a.Series, b.Series) })
		for i := range got { // but for the last digits
			for _, f := range []*float64{&got[i].Size, &got[i].Limit, &got[i].Scale, &want[i].Size, &want[i].Limit, &want[i].Scale} {
				*f = math.Round(*f*1e6) / 1e6
			}
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Whatever is in them, series are read to the end.
func TestAnySeries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Settings{Season: rapid.IntRange(2, 13).Draw(t, "season"), Total: make([]float64, rapid.IntRange(0, 60).Draw(t, "periods"))}
		count := rapid.OneOf(rapid.SampledFrom([]float64{math.NaN(), 0, -1, math.Inf(1), math.MaxFloat64, 5e-324}), rapid.Float64Range(0, 1000))
		for p := range s.Total {
			s.Total[p] = count.Draw(t, "total")
		}
		series := make([]Series, rapid.IntRange(0, 5).Draw(t, "series"))
		for i := range series {
			series[i] = Series{Name: fmt.Sprint(i), Counts: make([]float64, len(s.Total))}
			for p := range s.Total {
				series[i].Counts[p] = count.Draw(t, "count")
			}
		}
		r, err := Find(series, s)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			if f.From < 0 || f.Until < f.From || f.Until >= len(s.Total) {
				t.Fatalf("%+v", f)
			}
		}
	})
}

func TestLeftOut(t *testing.T) {
	const periods = 36
	s := Settings{Season: 12, Total: make([]float64, periods)}
	series := []Series{{"short", nil}, {"small", nil}, {"noisy", nil}}
	for i := range series {
		series[i].Counts = make([]float64, periods)
		for p := range periods {
			s.Total[p] = 1e6
			series[i].Counts[p] = 1000
			if i == 0 && p >= 11 {
				series[i].Counts[p] = math.NaN()
			}
			if i == 1 {
				series[i].Counts[p] = 3
			}
			if i == 2 {
				series[i].Counts[p] = 1000 * math.Exp(2*math.Sin(float64(p*p)))
			}
		}
	}
	r, err := Find(series, s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]LeftOut{{"short", TooShort}, {"small", TooSmall}, {"noisy", TooNoisy}}, r.LeftOut); diff != "" || r.LookedAt != 0 {
		t.Error(diff, r.LookedAt)
	}
	for _, wrong := range []struct {
		series []Series
		s      Settings
	}{{series, Settings{Season: 12}}, {series, Settings{Season: 1, Total: s.Total}}, {append(slices.Clone(series), series[0]), s}} {
		if _, err := Find(wrong.series, wrong.s); err == nil {
			t.Error("it was accepted")
		}
	}
}
