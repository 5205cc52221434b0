package rates

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func funnel(t testing.TB, units []Unit, s FunnelSettings) *Funnel {
	t.Helper()
	f, err := NewFunnel(units, s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func curve(t testing.TB, f *Funnel, years float64) []CurvePoint {
	t.Helper()
	points, err := f.Curve(years)
	if err != nil {
		t.Fatal(err)
	}
	if len(points) != curvePoints {
		t.Fatalf("%d points", len(points))
	}
	return points
}

func TestPublishedProportionFunnels(t *testing.T) {
	var all, small []Unit
	var labels []string
	for _, r := range table(t, "testdata_funnel_prop_inputs.csv") {
		u := Unit{r.number(t, "numerator"), r.number(t, "denominator")}
		all = append(all, u)
		labels = append(labels, r["significance"])
		if u.Denominator < 31_000 {
			small = append(small, u)
		}
	}
	for i, u := range funnel(t, all, FunnelSettings{Kind: Proportion}).Units {
		if string(u.Significance) != labels[i] {
			t.Errorf("unit %d: %q, published %q", i, u.Significance, labels[i])
		}
	}
	for name, units := range map[string][]Unit{"testdata_funnel_prop_outputs.csv": all, "testdata_funnel_prop_outputs_with_axis_variation.csv": small} {
		f := funnel(t, units, FunnelSettings{Kind: Proportion})
		for i, p := range curve(t, f, 1) {
			r := table(t, name)[i]
			what := fmt.Sprint(name, " ", p.At)
			near(t, what, p.At, r.number(t, "Population"), 0)
			near(t, what+" lower 2s", p.Limits.Lower2s, r.number(t, "Lower2s0025limit"), 4e-7)
			near(t, what+" upper 2s", p.Limits.Upper2s, r.number(t, "Upper2s0025limit"), 4e-7)
			near(t, what+" lower 3s", p.Limits.Lower3s, r.number(t, "Lower3s0001limit"), 4e-7)
			near(t, what+" upper 3s", p.Limits.Upper3s, r.number(t, "Upper3s0001limit"), 4e-7)
			near(t, what+" baseline", f.Baseline, r.number(t, "Baseline"), 4e-7)
		}
	}
}

// The published program finds the limits of O events by bisection, of λ/(1+O+λ)
// down to 2^-24, which shows under three events; ours are exact.
func bisected(limit, events float64) float64 {
	v := limit / (1 + events + limit)
	v = (math.Floor(v*(1<<23)) + 0.5) / (1 << 23)
	return (1 + events) * v / (1 - v)
}

func TestPublishedRateFunnels(t *testing.T) {
	const years = 3
	var dsr, few, zero []Unit
	largest := 0.0
	for _, r := range table(t, "testdata_funnel_rate_input_funnels.csv") {
		largest = max(largest, r.number(t, "ev"))
	}
	for _, r := range table(t, "testdata_funnel_rate_input_funnels.csv") {
		events, rate := r.number(t, "ev"), r.number(t, "rate")
		dsr = append(dsr, Unit{events, 100_000 * events / rate})
		zeroEvents := events
		if events == largest {
			events, zeroEvents = 5, 0
		}
		few = append(few, Unit{events, 100_000 * events / rate})
		zero = append(zero, Unit{zeroEvents, dsr[len(dsr)-1].Denominator})
	}
	widest := slices.MaxFunc(zero, func(a, b Unit) int { return int(a.Denominator - b.Denominator) }).Denominator
	zero = slices.DeleteFunc(zero, func(u Unit) bool { return u.Denominator <= widest/2 })
	for name, units := range map[string][]Unit{"testdata_funnel_rate_outputs.csv": dsr, "testdata_funnel_rate_outputs_2.csv": few, "testdata_funnel_rate_outputs_3.csv": zero} {
		f := funnel(t, units, FunnelSettings{Kind: CrudeRate})
		published := table(t, name)
		for i, p := range curve(t, f, years) {
			r := published[i]
			what := fmt.Sprint(name, " ", p.At)
			near(t, what, p.At, r.number(t, "Events"), 0)
			near(t, what+" baseline", f.Baseline, r.number(t, "baseline"), 4e-7)
			for _, limit := range []struct {
				name               string
				value, denominator float64
			}{
				{"lower_2s", p.Limits.Lower2s, p.Denominators.Lower2s},
				{"upper_2s", p.Limits.Upper2s, p.Denominators.Upper2s},
				{"lower_3s", p.Limits.Lower3s, p.Denominators.Lower3s},
				{"upper_3s", p.Limits.Upper3s, p.Denominators.Upper3s},
			} {
				value, denominator := r.number(t, limit.name+"_limit"), r.number(t, limit.name+"_population_1_year")
				if p.At >= 3 {
					near(t, what+limit.name, limit.value, value, 4e-7)
					near(t, what+limit.name+" population", limit.denominator, denominator, 4e-7)
				}
				factor := bisected(limit.denominator*years*f.Baseline/f.Multiplier, p.At) / (limit.denominator * years * f.Baseline / f.Multiplier)
				near(t, what+limit.name+" as bisected", limit.value/factor, value, 2e-9)
				near(t, what+limit.name+" population as bisected", limit.denominator*factor, denominator, 2e-9)
			}
		}
	}
}

func TestPublishedRateSignificance(t *testing.T) {
	rows := table(t, "testdata_funnel_rate_dsr_inputs.csv")
	compared := 0
	for _, multiplier := range []float64{100, 100_000} {
		for _, c := range []struct {
			column, kind string
			withZero     bool
		}{
			{"dsr_per_%.f_with_0", "dsr", true},
			{"dsr_per_%.f_without_0", "dsr", false},
			{"crude_per_%.f_with_0", "crude", true},
			{"crude_per_%.f_without_0", "crude", false},
		} {
			column := fmt.Sprintf(c.column, multiplier)
			var units []Unit
			var labels []string
			for _, r := range rows {
				count := r.number(t, "count")
				if count == 0 && !c.withZero {
					continue
				}
				rate := r.number(t, "rate_dsr")
				if c.kind == "crude" {
					rate = r.number(t, fmt.Sprintf("rate_crude_per_%.f", multiplier))
				}
				denominator := multiplier * count / rate
				if c.kind == "crude" && count == 0 {
					denominator = r.number(t, "pop")
				}
				units = append(units, Unit{count, denominator})
				labels = append(labels, r[column])
			}
			for i, u := range funnel(t, units, FunnelSettings{Kind: CrudeRate, Multiplier: multiplier, Standardised: c.kind == "dsr"}).Units {
				compared++
				if string(u.Significance) != labels[i] {
					t.Errorf("%s, unit %d: %q, published %q", column, i, u.Significance, labels[i])
				}
			}
		}
	}
	if compared != 2*(40+39+40+39) {
		t.Errorf("%d labels compared", compared)
	}
}

func TestPublishedDispersion(t *testing.T) {
	var c struct {
		Phi struct {
			Numerator, Denominator, Z []float64
			Phi                       float64 `json:"expected_phi_package_test"`
			Tau2                      float64 `json:"recomputed_tau2"`
		}
		CQC struct {
			Phi, Tau2 float64
		} `json:"phi_CQC_winsorised_recomputed"`
		Poisson struct {
			Expected []float64 `json:"expected_events"`
			LL95     []float64
			UL95     []float64
			LL998    []float64
			UL998    []float64
		} `json:"poisson_limits"`
	}
	if err := json.NewDecoder(published(t, "funnelplotr_cases.json")).Decode(&c); err != nil {
		t.Fatal(err)
	}
	var units []Unit
	for i, n := range c.Phi.Numerator {
		units = append(units, Unit{n, c.Phi.Denominator[i]})
	}
	shmi := funnel(t, units, FunnelSettings{Kind: Ratio})
	near(t, "phi", shmi.Phi, c.Phi.Phi, 4e-7)
	near(t, "tau²", shmi.Tau2, c.Phi.Tau2, 1e-9)
	for i, u := range shmi.Units {
		near(t, "z", u.Z, c.Phi.Z[i], 4e-7)
		spread := math.Sqrt(1/u.Denominator + c.Phi.Tau2)
		near(t, "adjusted", u.Adjusted.Lower2s, math.Exp(-1.959964*spread), 4e-7)
		near(t, "adjusted", u.Adjusted.Upper3s, math.Exp(3.090232*spread), 4e-7)
	}
	cqc := funnel(t, units, FunnelSettings{Kind: Ratio, Dispersion: CQC})
	near(t, "phi of CQC", cqc.Phi, c.CQC.Phi, 1e-9)
	near(t, "tau² of CQC", cqc.Tau2, c.CQC.Tau2, 1e-9)

	units = nil
	for _, expected := range c.Poisson.Expected {
		units = append(units, Unit{expected, expected})
	}
	for i, u := range funnel(t, units, FunnelSettings{Kind: Ratio}).Units {
		near(t, "lower 95", u.Limits.Lower2s, c.Poisson.LL95[i], 4e-7)
		near(t, "upper 95", u.Limits.Upper2s, c.Poisson.UL95[i], 4e-7)
		near(t, "lower 99.8", u.Limits.Lower3s, c.Poisson.LL998[i], 4e-7)
		near(t, "upper 99.8", u.Limits.Upper3s, c.Poisson.UL998[i], 4e-7)
	}
}

// UK Health Security Agency, tests of PHEindicatormethods 2.1.0, funnels of ratios: the
// expected events at which 10 and 100 observed lie on each limit.
func TestPublishedRatioCurve(t *testing.T) {
	f := funnel(t, []Unit{{8, 6.239860227}, {893, 706.7669173}}, FunnelSettings{Kind: Ratio, Multiplier: 100})
	want := map[float64]string{
		10:  "18.3904 4.7954 24.1340 2.9605 54.3763 208.5337 41.4354 337.7785",
		100: "121.6268 81.3640 134.9243 71.9214 82.2187 122.9045 74.1156 139.0407",
	}
	for _, p := range curve(t, f, 1) {
		if text, ok := want[p.At]; ok {
			d, l := p.Denominators, p.Limits
			if got := fmt.Sprintf("%.4f %.4f %.4f %.4f %.4f %.4f %.4f %.4f",
				d.Lower2s, d.Upper2s, d.Lower3s, d.Upper3s, l.Lower2s, l.Upper2s, l.Lower3s, l.Upper3s); got != text {
				t.Errorf("%v events: %s, published %s", p.At, got, text)
			}
			delete(want, p.At)
		}
	}
	if len(want) > 0 {
		t.Errorf("the curve has not %v", want)
	}
}

func TestTruncationAndWinsorising(t *testing.T) {
	// Of 20 z-scores a tenth goes at each end, equal ones together.
	z := make([]float64, 20)
	for i := range z {
		z[i] = float64(i)
	}
	kept, variances := truncate(z, z)
	if len(kept) != 16 || kept[0] != 2 || kept[15] != 17 || len(variances) != 16 {
		t.Errorf("kept %v", kept)
	}
	z[0], z[1], z[2], z[3] = 0, 0, 0, 0
	if kept, _ := truncate(z, z); len(kept) != 18 || kept[0] != 0 {
		t.Errorf("of equal ones kept %v", kept)
	}
	// Hyndman and Fan 1996, definition 7: the tenth of 0 to 10 is 1.
	if drawn := winsorise([]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}); drawn[0] != 1 || drawn[10] != 9 || drawn[5] != 5 {
		t.Errorf("drawn in to %v", drawn)
	}
}

func TestUnitsThatCannotBeCompared(t *testing.T) {
	missing := math.NaN()
	for _, c := range []struct {
		unit   Unit
		kind   Kind
		reason Reason
	}{
		{Unit{missing, 100}, Proportion, Reason{Code: NumeratorMissing}},
		{Unit{1, missing}, CrudeRate, Reason{Code: DenominatorMissing}},
		{Unit{-1, 100}, Ratio, Reason{Code: NumeratorRefused, Value: -1}},
		{Unit{1, -100}, CrudeRate, Reason{Code: DenominatorRefused, Value: -100}},
		{Unit{1, 0}, Ratio, Reason{Code: DenominatorRefused}},
		{Unit{101, 100}, Proportion, Reason{MoreThanAll, 101, 100}},
		{Unit{1e10, 1e-300}, Ratio, Reason{Code: TooLarge}},
	} {
		f := funnel(t, []Unit{{10, 200}, {30, 250}, c.unit}, FunnelSettings{Kind: c.kind})
		without := funnel(t, []Unit{{10, 200}, {30, 250}}, FunnelSettings{Kind: c.kind})
		if u := f.Units[2]; u.Reason != c.reason || u.Significance != NotJudged || !math.IsNaN(u.Value) || !math.IsNaN(u.Limits.Lower2s) {
			t.Errorf("%+v", u)
		}
		if f.Compared != 2 || f.Baseline != without.Baseline || f.Phi != without.Phi {
			t.Errorf("%v of a %s counts: %+v", c.unit, c.kind, f)
		}
		alone := funnel(t, []Unit{c.unit}, FunnelSettings{Kind: c.kind})
		if points, err := alone.Curve(1); !math.IsNaN(alone.Baseline) || alone.Reason.Code == "" || err != nil || points != nil {
			t.Errorf("alone: %+v, %v, %v", alone, points, err)
		}
	}
	if f := funnel(t, []Unit{{0, 200}, {0, 250}}, FunnelSettings{Kind: CrudeRate}); f.Reason.Code != NoEvents || !math.IsNaN(f.Baseline) {
		t.Errorf("no events: %+v", f)
	}
	if f := funnel(t, []Unit{{20, 200}}, FunnelSettings{Kind: CrudeRate}); f.Reason.Code != TooFewUnits || f.Units[0].Significance != NotSignificant {
		t.Errorf("one unit: %+v", f)
	}
	if f := funnel(t, []Unit{{0, 20}, {20, 20}, {30, 20}}, FunnelSettings{Kind: Ratio}); f.Reason.Code != NoLogarithm || !math.IsNaN(f.Phi) {
		t.Errorf("no logarithm: %+v", f)
	}
	if f := funnel(t, []Unit{{0, 20}, {20, 20}, {30, 20}}, FunnelSettings{Kind: Ratio, Dispersion: CQC}); f.Reason.Code != "" || !(f.Phi > 1) {
		t.Errorf("square root: %+v", f)
	}
	for want, s := range map[string]FunnelSettings{
		`kind "share": proportion, rate or ratio`: {Kind: "share"},
		`dispersion "log": shmi or cqc`:           {Kind: Ratio, Dispersion: "log"},
		"multiplier -1: more than zero":           {Kind: Ratio, Multiplier: -1},
	} {
		if _, err := NewFunnel(nil, s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, not %q", err, want)
		}
	}
	if _, err := funnel(t, []Unit{{1, 2}}, FunnelSettings{Kind: Ratio}).Curve(0); err == nil {
		t.Error("no years of data are accepted")
	}
}

func TestFunnelsAreInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := FunnelSettings{
			Kind:       rapid.SampledFrom([]Kind{Proportion, CrudeRate, Ratio}).Draw(t, "kind"),
			Dispersion: rapid.SampledFrom([]Dispersion{SHMI, CQC}).Draw(t, "dispersion"),
		}
		units := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Unit {
			denominator := rapid.IntRange(1, 100_000).Draw(t, "denominator")
			return Unit{float64(rapid.IntRange(0, denominator).Draw(t, "numerator")), float64(denominator)}
		}), 1, 60).Draw(t, "units")
		f, err := NewFunnel(units, s)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range f.Units {
			for _, b := range []Band{u.Limits, u.Adjusted} {
				if math.IsNaN(b.Lower2s) {
					continue
				}
				if !(0 <= b.Lower3s && b.Lower3s <= b.Lower2s && b.Lower2s <= f.Baseline*(1+1e-9) && f.Baseline*(1-1e-9) <= b.Upper2s && b.Upper2s <= b.Upper3s) {
					t.Fatalf("limits %+v of %v", b, f.Baseline)
				}
				if s.Kind == Proportion && b.Upper3s > f.Multiplier {
					t.Fatalf("limits %+v beyond all", b)
				}
			}
			if f.Tau2 > 0 && u.Adjusted.Upper3s < f.Baseline {
				t.Fatalf("adjusted %+v of %v", u.Adjusted, f.Baseline)
			}
		}
		if f.Tau2 > 0 && !(f.Phi > 0) || f.Tau2 < 0 {
			t.Fatalf("phi %v, tau² %v", f.Phi, f.Tau2)
		}
		points, err := f.Curve(1)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range points {
			if i > 0 && p.At <= points[i-1].At || !(p.Limits.Lower3s <= p.Limits.Lower2s && p.Limits.Upper2s <= p.Limits.Upper3s) {
				t.Fatalf("curve point %d: %+v", i, p)
			}
		}
		// The order of the units does not matter.
		slices.Reverse(units)
		again, err := NewFunnel(units, s)
		if err != nil {
			t.Fatal(err)
		}
		for i, u := range again.Units {
			if before := f.Units[len(units)-1-i]; u.Significance != before.Significance {
				t.Fatalf("%+v, before %+v", u, before)
			}
		}
	})
}

func BenchmarkNewFunnel(b *testing.B) {
	units := make([]Unit, 44)
	for i := range units {
		units[i] = Unit{float64(100 + i*i), float64(1000 + 50*i)}
	}
	for b.Loop() {
		if _, err := NewFunnel(units, FunnelSettings{Kind: CrudeRate}); err != nil {
			b.Fatal(err)
		}
	}
}
