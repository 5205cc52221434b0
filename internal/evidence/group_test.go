package evidence_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stpdash/internal/evidence"
)

// The formula by hand: four donors in two clusters with effects 1, 3, -1, -3 and two treated of one cluster.
func TestGroupMeanByHand(t *testing.T) {
	got, err := evidence.GroupMean(
		[]evidence.Effect{{Cluster: "x", Value: 4}, {Cluster: "x", Value: 6}},
		[]string{"a", "a", "b", "b"},
		[][]float64{{1, 3, -1, -3}},
	)
	if err != nil {
		t.Fatal(err)
	}
	const s2 = 20.0 / 3         // (1 + 9 + 1 + 9) / 3
	const rho = (12.0 / 4) / s2 // ordered pairs 1*3, 3*1, -1*-3, -3*-1
	near(t, "mean", got.Value, 5, 1e-12)
	near(t, "rho", got.Rho, rho, 1e-12)
	near(t, "independent", got.Independent, math.Sqrt(s2*(1.0/2+1.0/4)), 1e-12)
	near(t, "error", got.SE, math.Sqrt(s2*(1.0/2+rho*2/4+1.0/4+rho*4/16)), 1e-12)
	near(t, "degrees of freedom", got.DF, 1, 0)
}

// The error is never smaller than with independent units, does not depend on the order or the unit, and is that of one start where two are
// the same.
func TestGroupMeanProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		k, m := rapid.IntRange(1, 12).Draw(t, "k"), rapid.IntRange(4, 40).Draw(t, "m")
		var treated []evidence.Effect
		for range k {
			treated = append(treated, evidence.Effect{Cluster: strconv.Itoa(r.IntN(4)), Start: r.IntN(2), Value: r.NormFloat64()})
		}
		clusters, donors := make([]string, m), make([]float64, m)
		for j := range clusters {
			clusters[j], donors[j] = strconv.Itoa(j%max(2, m/3)), r.NormFloat64()
		}
		got, err := evidence.GroupMean(treated, clusters, [][]float64{donors, donors})
		if err != nil {
			t.Fatal(err)
		}
		if got.SE < got.Independent-1e-12 || got.Rho < 0 {
			t.Fatalf("error %v, independent %v, rho %v", got.SE, got.Independent, got.Rho)
		}
		one := slices.Clone(treated)
		for i := range one {
			one[i].Start = 0
			one[i].Value *= -3
		}
		order := r.Perm(m)
		moved, named := make([]float64, m), make([]string, m)
		for i, j := range order {
			moved[i], named[i] = -3*donors[j], clusters[j]
		}
		again, err := evidence.GroupMean(one, named, [][]float64{moved})
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(float64(again.Value+3*got.Value)) > 1e-9 || math.Abs(float64(again.SE-3*got.SE)) > 1e-9 {
			t.Fatalf("turned round and scaled: %v (%v), want %v (%v)", again.Value, again.SE, -3*got.Value, 3*got.SE)
		}
	})
}

// A fall put into every member is the mean found, whatever their starts; units with gaps and jumps are left out by name.
func TestGroupOfDifferentStarts(t *testing.T) {
	units := walks(4, 60, 80, 3)
	d := evidence.Design{Before: 24, After: 12}
	member := func(u int, start int, fall float64) evidence.Member {
		m := evidence.Member{Unit: units[u], Start: start}
		m.Outcome = slices.Clone(m.Outcome)
		for t := start; t < len(m.Outcome); t++ {
			m.Outcome[t] *= 1 - fall
		}
		return m
	}
	group := func(fall float64) *evidence.Group {
		donors := slices.Clone(units[6:])
		donors[0].Outcome = slices.Clone(donors[0].Outcome)
		donors[0].Outcome[30] = math.NaN()
		donors[1].Breaks = []int{40}
		donors[2].Breaks = []int{2} // before every window
		broken := member(5, 30, fall)
		broken.Breaks = []int{25}
		got, err := evidence.EstimateGroup(
			t.Context(),
			[]evidence.Member{member(0, 30, fall), member(1, 30, fall), member(2, 42, fall), member(3, 42, fall), broken},
			donors,
			d,
		)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	none, ten := group(0), group(0.1)
	near(t, "the fall found", ten.Value-none.Value, math.Log(0.9), 1e-9)
	near(t, "the error", ten.SE, float64(none.SE), 1e-12)
	near(t, "the fall of the check", ten.Check.Value-none.Check.Value, math.Log(0.9), 1e-9)
	near(t, "the baseline", ten.Baseline.Value, float64(none.Baseline.Value), 1e-12) // nothing from the start on is known to it
	if math.Abs(float64(ten.Baseline.Value)) > 4*float64(ten.Baseline.SE) || ten.Baseline.Before != 12 {
		t.Errorf("the baseline is %+v", ten.Baseline)
	}
	if ten.Units != 4 || ten.Donors != 52 || ten.Clusters != 2 || ten.DonorClusters != 18 || len(ten.Notes) != 1 {
		t.Errorf("got %+v", ten)
	}
	var left []string
	for _, l := range ten.LeftOut {
		left = append(left, l.Unit+" "+string(l.Reason)+" "+strconv.Itoa(l.At))
	}
	if got := strings.Join(left, ", "); got != "u5 break 25, u6 gap 30, u7 break 40" {
		t.Errorf("left out: %s", got)
	}
	var sum float64
	for _, m := range ten.Members {
		sum += float64(m.Effect) / 4
	}
	near(t, "the mean of the members", evidence.Number(sum), float64(ten.Value), 1e-12)
	pair, err := evidence.EstimateGroup(t.Context(), []evidence.Member{member(0, 30, 0), member(1, 30, 0)}, units[6:], d)
	if err != nil || pair.Interval == nil {
		t.Errorf("a group of two: %+v, %v", pair, err)
	}
}

func TestGroupRefuses(t *testing.T) {
	units := walks(4, 12, 60, 3)
	group := func(members []evidence.Member, donors []evidence.Unit) error {
		_, err := evidence.EstimateGroup(t.Context(), members, donors, evidence.Design{Before: 24, After: 12})
		return err
	}
	at := func(u, start int) evidence.Member { return evidence.Member{Unit: units[u], Start: start} }
	for reason, err := range map[string]error{
		"no place of the group can be used":           group([]evidence.Member{at(0, 55), at(1, 10)}, units[2:]),
		"the place u1 is in the group and among":      group([]evidence.Member{at(0, 30), at(1, 30)}, units[1:]),
		"the place u0 is named twice":                 group([]evidence.Member{at(0, 30), at(0, 36)}, units[2:]),
		"2 donors have neither gap nor jump in every": group([]evidence.Member{at(0, 30)}, units[1:3]),
	} {
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("want a refusal that says %q, got %v", reason, err)
		}
	}
}

// Holm's own example of section 2: p-values below each of a/m, a/(m-1), ... are rejected until one is not.
func TestHolm(t *testing.T) {
	missing := evidence.Number(math.NaN())
	got := evidence.Holm([]evidence.Number{0.01, missing, 0.04, 0.03, 0.005})
	for i, want := range []float64{0.03, math.NaN(), 0.06, 0.06, 0.02} {
		if math.IsNaN(want) != got[i].Missing() || math.Abs(float64(got[i])-want) > 1e-12 {
			t.Errorf("p %d is %v, want %v", i, got[i], want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		var p []evidence.Number
		for range rapid.IntRange(1, 10).Draw(t, "n") {
			p = append(p, evidence.Number(rapid.Float64Range(0, 1).Draw(t, "p")))
		}
		adjusted := evidence.Holm(p)
		for i := range p {
			if adjusted[i] < p[i] || adjusted[i] > 1 ||
				float64(adjusted[i]) > float64(len(p))*float64(p[i])+1e-12 && adjusted[i] > slices.Max(p)*evidence.Number(len(p)) {
				t.Fatalf("%v became %v", p[i], adjusted[i])
			}
			for j := range p {
				if p[i] < p[j] && adjusted[i] > adjusted[j] {
					t.Fatalf("the order changed: %v became %v", p, adjusted)
				}
			}
		}
	})
}
