package rates

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func peers(t rapid.TB, units []Comparand, weights ...float64) *Peers {
	t.Helper()
	p, err := NewPeers(units, weights)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func nearest(t rapid.TB, p *Peers, code string, k int) []Peer {
	t.Helper()
	found, err := p.Nearest(code, k)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// By hand: the first feature is 2, 4, 6 and 8, of mean 5 and variance (9+1+1+9)/4 = 5; the second 1, 1, 5 and 5, of mean 3
// and variance 4; E cannot be compared and must not count. From A, the squares are for B 4/5 + 0, for C 16/5 + ½·16/4 and
// for D 36/5 + ½·16/4.
func TestPeersByHand(t *testing.T) {
	p := peers(t, []Comparand{
		{"A", []float64{2, 1}}, {"B", []float64{4, 1}}, {"C", []float64{6, 5}}, {"D", []float64{8, 5}}, {"E", []float64{100, math.NaN()}},
	}, 1, 0.5)
	near := cmpopts.EquateApprox(0, 1e-12)
	if diff := cmp.Diff([]float64{5, 3}, p.Mean, near); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{math.Sqrt(5), 2}, p.SD, near); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(
		[][]float64{{-3 / math.Sqrt(5), -1}, {-1 / math.Sqrt(5), -1}, {1 / math.Sqrt(5), 1}, {3 / math.Sqrt(5), 1}, nil},
		p.Scores,
		near,
	); diff != "" {
		t.Error(diff)
	}
	want := []Peer{
		{1, math.Sqrt(0.8), []float64{0.8, 0}},
		{2, math.Sqrt(5.2), []float64{3.2, 2}},
		{3, math.Sqrt(9.2), []float64{7.2, 2}},
	}
	if diff := cmp.Diff(want, nearest(t, p, "A", 10), near); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want[:2], nearest(t, p, "A", 2), near); diff != "" {
		t.Error(diff)
	}
	if got := nearest(t, p, "A", -1); len(got) != 0 {
		t.Errorf("fewer than none are %v", got)
	}
}

func TestPeersEquallyNearAreInTheOrderOfTheirCodes(t *testing.T) {
	p := peers(t, []Comparand{{"M", []float64{0}}, {"Z", []float64{1}}, {"B", []float64{-1}}, {"Y", []float64{-1}}, {"A", []float64{1}}}, 1)
	var order string
	for _, peer := range nearest(t, p, "M", 4) {
		order += p.units[peer.Unit].Code
	}
	if order != "ABYZ" {
		t.Errorf("the order is %s", order)
	}
	p = peers(t, []Comparand{{"M", []float64{0.1}}, {"B", []float64{0.1}}, {"A", []float64{0.1}}}, 1)
	if first := nearest(t, p, "M", 1)[0]; first.Unit != 2 || first.Distance != 0 || p.SD[0] != 0 {
		t.Errorf("of units that do not differ the nearest is %+v", first)
	}
}

func TestPeersThatAreNotAccepted(t *testing.T) {
	two := []Comparand{{"A", []float64{1}}, {"B", []float64{2}}}
	one := []float64{1}
	for _, test := range []struct {
		name    string
		units   []Comparand
		weights []float64
		want    string
	}{
		{"no features", two, nil, "no features"},
		{"a weight of nothing", two, []float64{0}, "weight 0 of feature 1"},
		{"an unknown weight", two, []float64{math.NaN()}, "weight NaN"},
		{"an infinite weight", two, []float64{math.Inf(1)}, "weight +Inf"},
		{"a unit twice", []Comparand{two[0], two[0]}, one, "unit A is given twice"},
		{"a feature too few", []Comparand{two[0], {"B", nil}}, one, "unit B has 0 features; accepted: 1"},
		{"an infinite feature", []Comparand{two[0], {"B", []float64{math.Inf(-1)}}}, one, "feature 1 of unit B is infinite"},
		{"one unit", two[:1], one, "known of 1 units; at least 2"},
		{"one unit that is known", []Comparand{two[0], {"B", []float64{math.NaN()}}}, one, "known of 1 units; at least 2"},
		{"features too large", []Comparand{{"A", []float64{1e300}}, {"B", []float64{-1e300}}}, one, "between -1e+300 and 1e+300"},
		{"differences too small", []Comparand{{"A", []float64{1e-300}}, {"B", []float64{2e-300}}}, one, "between 1e-300 and 2e-300"},
	} {
		if _, err := NewPeers(test.units, test.weights); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v; want %q", test.name, err, test.want)
		}
	}
	p := peers(t, append(two[:2:2], Comparand{"C", []float64{math.NaN()}}), 1)
	for code, want := range map[string]string{"D": `unit "D" is not among the 3 units`, "C": "unit C cannot be compared"} {
		if _, err := p.Nearest(code, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", code, err, want)
		}
	}
}

// comparands draws units with whole features, so that no two of them differ by rounding alone.
func comparands(t *rapid.T) (units []Comparand, weights []float64) {
	weights = rapid.SliceOfN(rapid.Float64Range(0.1, 3), 1, 4).Draw(t, "weights")
	value := rapid.Custom(func(t *rapid.T) float64 {
		if rapid.IntRange(0, 19).Draw(t, "missing") == 0 {
			return math.NaN()
		}
		return float64(rapid.IntRange(-1000, 1000).Draw(t, "value"))
	})
	for i := range rapid.IntRange(0, 12).Draw(t, "others") {
		units = append(units, Comparand{fmt.Sprint("U", i), rapid.SliceOfN(value, len(weights), len(weights)).Draw(t, "features")})
	}
	whole := rapid.SliceOfN(rapid.Map(rapid.IntRange(-1000, 1000), func(i int) float64 { return float64(i) }), len(weights), len(weights))
	for _, code := range []string{"A", "B"} { // so that there is something to compare
		units = append(units, Comparand{code, whole.Draw(t, code)})
	}
	return units, weights
}

func TestPeersDoNotDependOnUnitsOfMeasurement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units, weights := comparands(t)
		factors := rapid.SliceOfN(rapid.SampledFrom([]float64{-8, -1, 0.001, 0.5, 3, 1000}), len(weights), len(weights)).Draw(t, "factors")
		shifts := rapid.SliceOfN(rapid.Float64Range(-1000, 1000), len(weights), len(weights)).Draw(t, "shifts")
		changed := make([]Comparand, len(units))
		for i, u := range units {
			changed[i] = Comparand{u.Code, make([]float64, len(weights))}
			for f, x := range u.Features {
				changed[i].Features[f] = factors[f]*x + shifts[f]
			}
		}
		byUnit := func(units []Comparand) map[string]float64 {
			distances := map[string]float64{}
			for _, p := range nearest(t, peers(t, units, weights...), "A", len(units)) {
				distances[units[p.Unit].Code] = p.Distance
			}
			return distances
		}
		if diff := cmp.Diff(byUnit(units), byUnit(changed), cmpopts.EquateApprox(1e-6, 1e-6)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestPeers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units, weights := comparands(t)
		p := peers(t, units, weights...)
		for i, u := range units {
			if p.Scores[i] == nil {
				continue
			}
			all := nearest(t, p, u.Code, len(units))
			if diff := cmp.Diff(all, nearest(t, peers(t, units, weights...), u.Code, len(units))); diff != "" {
				t.Fatalf("asked again: %s", diff)
			}
			comparable := 0
			for _, scores := range p.Scores {
				if scores != nil {
					comparable++
				}
			}
			if len(all) != comparable-1 {
				t.Fatalf("%d peers of %s, of %d units that can be compared", len(all), u.Code, comparable)
			}
			for j, peer := range all {
				sum := 0.0
				for _, part := range peer.Parts {
					sum += part
				}
				if peer.Unit == i || p.Scores[peer.Unit] == nil || math.Abs(sum-peer.Distance*peer.Distance) > 1e-9*(1+sum) {
					t.Fatalf("a peer of %s is %+v", u.Code, peer)
				}
				if j > 0 && peer.Distance < all[j-1].Distance {
					t.Fatalf("%v stands before %v", all[j-1], peer)
				}
				for _, back := range nearest(t, p, units[peer.Unit].Code, len(units)) {
					if back.Unit == i && back.Distance != peer.Distance {
						t.Fatalf("from %s to %s it is %v, back %v", u.Code, units[peer.Unit].Code, peer.Distance, back.Distance)
					}
				}
			}
		}
		for f := range weights {
			mean, squares, n := 0.0, 0.0, 0.0
			for _, scores := range p.Scores {
				if scores != nil {
					mean, squares, n = mean+scores[f], squares+scores[f]*scores[f], n+1
				}
			}
			variance := 1.0
			if p.SD[f] == 0 {
				variance = 0
			}
			if math.Abs(mean/n) > 1e-9 || math.Abs(squares/n-variance) > 1e-9 {
				t.Fatalf("feature %d has scores of mean %v and mean square %v", f+1, mean/n, squares/n)
			}
		}
	})
}
