package forecast

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// tourists are the visitor nights, in millions, of international tourists in Australia by quarter, 1999 to 2015, and oil the annual
// production of Saudi Arabia in million tonnes, 1965 to 2013 (Hyndman and Athanasopoulos 2018, Forecasting: Principles and Practice,
// second edition, chapter 7; R package fpp2).
var (
	tourists = []float64{
		30.05251, 19.14850, 25.31769, 27.59144, 32.07646, 23.48796, 28.47594, 35.12375, 36.83848, 25.00702, 30.72223, 28.69376,
		36.64099, 23.82461, 29.31168, 31.77031, 35.17788, 19.77524, 29.60175, 34.53884, 41.27360, 26.65586, 28.27986, 35.19115, 42.20566, 24.64917,
		32.66734, 37.25735, 45.24246, 29.35048, 36.34421, 41.78208, 49.27660, 31.27540, 37.85063, 38.83704, 51.23690, 31.83855, 41.32342, 42.79900,
		55.70836, 33.40714, 42.31664, 45.15712, 59.57608, 34.83733, 44.84168, 46.97125, 60.01903, 38.37118, 46.97586, 50.73380, 61.64687, 39.29957,
		52.67121, 54.33232, 66.83436, 40.87119, 51.82854, 57.49191, 65.25147, 43.06121, 54.76076, 59.83447, 73.25703, 47.69662, 61.09777, 66.05576,
	}
	oil = []float64{
		111.0091, 130.8284, 141.2871, 154.2278, 162.7409, 192.1665, 240.7997, 304.2174, 384.0046, 429.6622, 359.3169, 437.2519, 468.4008,
		424.4353, 487.9794, 509.8284, 506.3473, 340.1842, 240.2589, 219.0328, 172.0747, 252.5901, 221.0711, 276.5188, 271.1480, 342.6186, 428.3558,
		442.3946, 432.7851, 437.2497, 437.2092, 445.3641, 453.1950, 454.4096, 422.3789, 456.0371, 440.3866, 425.1944, 486.2052, 500.4291, 521.2759,
		508.9476, 488.8889, 509.8706, 456.7229, 473.8166, 525.9509, 549.8338, 542.3405,
	}
)

// What ets of the R package forecast finds for them with a damped trend and additive errors: parameters and initial state, and from
// those the state after the last figure, the variance and the next four.
var published = []struct {
	name     string
	figures  []float64
	model    model
	last     state
	variance float64
	next     []float64
}{
	{
		name: "ETS(A,Ad,A)", figures: tourists,
		model: model{
			Parameters: Parameters{Alpha: 0.35445427, Beta: 0.03200749, Gamma: 0.39993387, Phi: 0.97999997},
			state:      state{24.01278357, 0.97770147, []float64{5.34956637, -6.61171798, -0.50735902, 1.76951063}},
		},
		last:     state{62.00340579, 0.70652496, []float64{13.38188051, -11.75693566, -0.07474503, 3.58786407}},
		variance: 6.0830734, next: []float64{76.07768073, 51.61741109, 63.96457729, 68.27886241},
	},
	{
		name: "ETS(A,Ad,N)", figures: oil,
		model: model{
			Parameters: Parameters{Alpha: 0.99989969, Beta: 0.11886985, Phi: 0.80000197},
			state:      state{36.46466837, 34.72584983, []float64{0}},
		},
		last:     state{542.341751, 3.76297155, []float64{0}},
		variance: 2524.87915822, next: []float64{545.35213563, 547.76044926, 549.68710489, 551.22843318},
	},
}

func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %v, want %v within %v", what, got, want, tolerance)
	}
}

func TestPublishedModels(t *testing.T) {
	for _, c := range published {
		t.Run(c.name, func(t *testing.T) {
			m := c.model
			m.season = slices.Clone(m.season)
			squares := m.pass(c.figures)
			// R divides by the figures less the parameters and the initial states, of which the seasons add to 0.
			free := 3 + 2
			if len(m.season) > 1 {
				free += 1 + len(m.season) - 1
			}
			near(t, "variance", squares/float64(len(c.figures)-free), c.variance, 1e-4*c.variance)
			near(t, "level", m.level, c.last.level, 1e-3)
			near(t, "trend", m.trend, c.last.trend, 1e-3)
			for i, s := range c.last.season {
				near(t, fmt.Sprintf("season %d", i+1), m.season[i], s, 1e-4)
			}
			means, _ := m.ahead(len(c.next))
			for i, want := range c.next {
				near(t, fmt.Sprintf("%d ahead", i+1), means[i], want, 1e-3)
			}
			if seasonal := len(m.season) > 1; seasonal != (c.name == "ETS(A,Ad,A)") {
				t.Errorf("%s: seasonal %v", c.name, seasonal)
			}
		})
	}
}

// The initial state comes from the first figures here and is fitted along with the parameters there, so the errors are a little larger.
func TestFitIsNearThePublished(t *testing.T) {
	for _, c := range published {
		t.Run(c.name, func(t *testing.T) {
			f, err := New(c.figures, Settings{Season: len(c.model.season), Horizon: 4})
			if err != nil || f.Reason.Code != "" {
				t.Fatal(err, f.Reason)
			}
			t.Logf("%+v sigma %v", f.Parameters, f.Sigma)
			if want := math.Sqrt(c.variance); f.Sigma > 1.05*want || f.Sigma < 0.95*want {
				t.Errorf("standard deviation of the errors %v, published %v", f.Sigma, want)
			}
			for i, want := range c.next {
				near(t, fmt.Sprintf("%d ahead", i+1), f.Steps[i].Median, want, 0.5*f.Sigma)
			}
		})
	}
}

// closedVariance is the variance of a forecast as a multiple of that of the errors: Hyndman, Koehler, Ord and Snyder 2008, chapter 6,
// class 1, model (A,Ad,A).
func closedVariance(p Parameters, season, h int) float64 {
	a, b, g, f, hh := p.Alpha, p.Beta, p.Gamma, p.Phi, float64(h)
	v := 1 + a*a*(hh-1) + b*f*hh/((1-f)*(1-f))*(2*a*(1-f)+b*f) -
		b*f*(1-math.Pow(f, hh))/((1-f)*(1-f)*(1-f*f))*(2*a*(1-f*f)+b*f*(1+2*f-math.Pow(f, hh)))
	if season > 1 {
		k, m := float64((h-1)/season), float64(season)
		v += g*k*(2*a+g) + 2*b*g*f/((1-f)*(1-math.Pow(f, m)))*(k*(1-math.Pow(f, m))-math.Pow(f, m)*(1-math.Pow(f, m*k)))
	}
	return v
}

func drawParameters(t *rapid.T) Parameters {
	p := Parameters{Alpha: rapid.Float64Range(0.01, 0.99).Draw(t, "alpha"), Phi: rapid.Float64Range(lowestPhi, highestPhi).Draw(t, "phi")}
	p.Beta = p.Alpha * rapid.Float64Range(0, 1).Draw(t, "beta")
	p.Gamma = (1 - p.Alpha) * rapid.Float64Range(0, 1).Draw(t, "gamma")
	return p
}

func TestVarianceIsTheClosedForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := model{Parameters: drawParameters(t), sigma: 1}
		m.season = make([]float64, rapid.SampledFrom([]int{1, 4, 7, 12}).Draw(t, "season"))
		if len(m.season) == 1 {
			m.Gamma = 0
		}
		_, sds := m.ahead(30)
		for i, sd := range sds {
			want := closedVariance(m.Parameters, len(m.season), i+1)
			if !(math.Abs(sd*sd-want) <= 1e-8*want) {
				t.Fatalf("%d ahead: variance %v, in closed form %v", i+1, sd*sd, want)
			}
		}
	})
}

// Paths of the model, with normal errors of a stated seed, have the means and spread that are foretold.
func TestSimulatedPathsHaveTheForetoldSpread(t *testing.T) {
	random := rand.New(rand.NewPCG(2017, 44))
	begin := published[0].model
	begin.sigma = 2.5
	const horizon, paths = 9, 20000
	var values [horizon][]float64
	for range paths {
		m := begin
		m.season = slices.Clone(begin.season)
		for h := range horizon {
			means, _ := m.ahead(1)
			y := means[0] + 2.5*random.NormFloat64()
			values[h] = append(values[h], y)
			m.pass([]float64{y})
		}
	}
	means, sds := begin.ahead(horizon)
	for h, v := range values {
		// Four standard errors of a mean and of a standard deviation.
		near(t, fmt.Sprintf("mean %d ahead", h+1), stat.Mean(v, nil), means[h], 4*sds[h]/math.Sqrt(paths))
		near(t, fmt.Sprintf("spread %d ahead", h+1), stat.StdDev(v, nil), sds[h], 4*sds[h]/math.Sqrt(2*paths))
	}
}

// The intervals of a series that the model is true of hold what they say.
func TestIntervalsOfTheModelsOwnSeriesCover(t *testing.T) {
	random := rand.New(rand.NewPCG(2008, 6))
	series := make([][]float64, 40)
	for i := range series {
		m := model{Parameters: Parameters{Alpha: 0.3, Beta: 0.03, Gamma: 0.1, Phi: 0.9}, state: state{100, 1, []float64{8, -6, -4, 2}}}
		for range 48 {
			means, _ := m.ahead(1)
			series[i] = append(series[i], means[0]+3*random.NormFloat64())
			m.pass(series[i][len(series[i])-1:])
		}
	}
	report, err := Backtest(t.Context(), series, Settings{Season: 4, Horizon: 4})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "80%", report.All.Coverage80, 0.80, 0.03)
	near(t, "95%", report.All.Coverage95, 0.95, 0.02)
	if report.All.MASE >= report.All.NaiveMASE {
		t.Errorf("scaled error %v, of the season before %v", report.All.MASE, report.All.NaiveMASE)
	}
}

// seasonal is a series of months with a trend, a season and noise.
func seasonal(seed uint64, n int) []float64 {
	random := rand.New(rand.NewPCG(seed, 12))
	y := make([]float64, n)
	for t := range y {
		y[t] = 500 + 2*float64(t) + 40*math.Sin(2*math.Pi*float64(t)/12) + 10*random.NormFloat64()
	}
	return y
}

func must(t testing.TB, figures []float64, s Settings) *Forecast {
	t.Helper()
	f, err := New(figures, s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func bound(x float64) *float64 { return &x }

func TestNoForecastHasAReason(t *testing.T) {
	gaps := func(at func(i int) bool) []float64 {
		y := seasonal(1, 60)
		for i := range y {
			if at(i) {
				y[i] = math.NaN()
			}
		}
		return y
	}
	for name, c := range map[string]struct {
		figures []float64
		s       Settings
		reason  Reason
	}{
		"no figures":            {nil, Settings{Season: 12, Horizon: 1}, Reason{Code: AllMissing}},
		"all missing":           {gaps(func(int) bool { return true }), Settings{Season: 12, Horizon: 1}, Reason{Code: AllMissing}},
		"one":                   {[]float64{5}, Settings{Season: 1, Horizon: 1}, Reason{Code: TooFew, Have: 1, Need: 10, Season: 1}},
		"too short":             {seasonal(1, 31), Settings{Season: 12, Horizon: 12}, Reason{Code: TooFew, Have: 31, Need: 32, Season: 12}},
		"short of season":       {seasonal(1, 5), Settings{Season: 12, Horizon: 12}, Reason{Code: TooFew, Have: 5, Need: 32, Season: 12}},
		"new definition":        {seasonal(1, 60), Settings{Season: 12, Horizon: 12, Start: 30}, Reason{Code: TooFew, Have: 30, Need: 32, Season: 12}},
		"starts at the end":     {seasonal(1, 60), Settings{Season: 12, Horizon: 12, Start: 60}, Reason{Code: AllMissing}},
		"every third":           {gaps(func(i int) bool { return i%3 == 1 }), Settings{Season: 12, Horizon: 1}, Reason{Code: TooManyGaps, Have: 20, Of: 60}},
		"never December":        {gaps(func(i int) bool { return i%12 == 11 }), Settings{Season: 12, Horizon: 1}, Reason{Code: SeasonUnknown, Have: 0, Need: 2, Of: 59, Position: 12}},
		"ended a year ago":      {gaps(func(i int) bool { return i >= 47 }), Settings{Season: 12, Horizon: 1}, Reason{Code: GapsAtEnd, Have: 13, Need: 12}},
		"ended two years ago":   {append(slices.Repeat([]float64{5, 6}, 5), math.NaN(), math.NaN()), Settings{Season: 1, Horizon: 1}, Reason{Code: GapsAtEnd, Have: 2, Need: 1}},
		"one December of three": {gaps(func(i int) bool { return i == 11 || i == 23 || i > 40 })[:41], Settings{Season: 12, Horizon: 1}, Reason{Code: SeasonUnknown, Have: 1, Need: 2, Of: 41, Position: 12}},
	} {
		t.Run(name, func(t *testing.T) {
			f := must(t, c.figures, c.s)
			if f.Reason != c.reason {
				t.Errorf("reason %+v, want %+v", f.Reason, c.reason)
			}
			if len(f.Steps) > 0 || !math.IsNaN(f.AtLeast(1, 5)) || !math.IsNaN(f.AtMost(1, 5)) {
				t.Errorf("a forecast was made: %+v", f)
			}
		})
	}
}

func TestSettingsRefused(t *testing.T) {
	y := seasonal(1, 60)
	for want, c := range map[string]struct {
		figures []float64
		s       Settings
	}{
		"season of 0":                {y, Settings{Horizon: 1}},
		"season of 54":               {y, Settings{Season: 54, Horizon: 1}},
		"horizon of 0":               {y, Settings{Season: 12}},
		"horizon of 121":             {y, Settings{Season: 12, Horizon: 121}},
		"start at position -1":       {y, Settings{Season: 12, Horizon: 1, Start: -1}},
		"start at position 61":       {y, Settings{Season: 12, Horizon: 1, Start: 61}},
		"an upper bound without":     {y, Settings{Season: 12, Horizon: 1, Upper: bound(1)}},
		"lower bound NaN":            {y, Settings{Season: 12, Horizon: 1, Lower: bound(math.NaN())}},
		"upper bound 0":              {y, Settings{Season: 12, Horizon: 1, Lower: bound(0), Upper: bound(0)}},
		"figure 2 is -Inf":           {[]float64{1, math.Inf(-1)}, Settings{Season: 1, Horizon: 1}},
		"figure 1 is 1e+101":         {[]float64{1e101}, Settings{Season: 1, Horizon: 1}},
		"lower bound -1e+101":        {y, Settings{Season: 12, Horizon: 1, Lower: bound(-1e101)}},
		"upper bound 1e+101":         {y, Settings{Season: 12, Horizon: 1, Lower: bound(0), Upper: bound(1e101)}},
		"figure 3 is -1":             {[]float64{1, 2, -1}, Settings{Season: 1, Horizon: 1, Lower: bound(0)}},
		"figure 2 is 1.5: numbers w": {[]float64{1, 1.5}, Settings{Season: 1, Horizon: 1, Lower: bound(0), Upper: bound(1)}},
	} {
		if _, err := New(c.figures, c.s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", want, err)
		}
		if _, err := Backtest(t.Context(), [][]float64{c.figures}, c.s); err == nil || !strings.Contains(err.Error(), "series 1: "+want) {
			t.Errorf("%s in a backtest: error %v", want, err)
		}
	}
	if _, err := Backtest(t.Context(), nil, Settings{Season: 1, Horizon: 1, Calibration: &Calibration{}}); err == nil {
		t.Error("a backtest took a calibration")
	}
}

// Figures that never erred have a forecast, but no chance is claimed for it.
func TestFiguresWithoutErrors(t *testing.T) {
	for name, y := range map[string][]float64{
		"all equal": slices.Repeat([]float64{5}, 40),
		"all zero":  make([]float64, 40),
		"a season":  slices.Repeat([]float64{3, 9, 4, 4}, 10),
	} {
		f := must(t, y, Settings{Season: 4, Horizon: 8, Lower: bound(0)})
		if f.Reason != (Reason{Code: NoErrors}) || len(f.Steps) != 8 || f.Sigma != 0 {
			t.Fatalf("%s: reason %+v, %d steps, sigma %v", name, f.Reason, len(f.Steps), f.Sigma)
		}
		for h, step := range f.Steps {
			near(t, name, step.Median, y[h%4], 1e-9)
			if step.Lower95 != step.Upper95 || !math.IsNaN(f.AtLeast(h+1, 5)) || !math.IsNaN(f.AtMost(h+1, 5)) {
				t.Errorf("%s: %+v, chances %v and %v", name, step, f.AtLeast(h+1, 5), f.AtMost(h+1, 5))
			}
		}
		report, err := Backtest(t.Context(), slices.Repeat([][]float64{y}, 5), Settings{Season: 4, Horizon: 2, Lower: bound(0)})
		if err != nil {
			t.Fatal(err)
		}
		if a := report.All; a.Forecasts < MinimumErrors || a.Coverage80 != 1 || a.Scaled != 0 || !math.IsNaN(a.MASE) || report.Calibration != nil {
			t.Errorf("%s: backtest %+v", name, a)
		}
	}
}

// Missing figures within are passed by; missing ones at the end are forecast as well.
func TestMissingFigures(t *testing.T) {
	y := seasonal(3, 60)
	s := Settings{Season: 12, Horizon: 12}
	whole := must(t, y, s)
	gap := slices.Clone(y)
	gap[20], gap[21], gap[40] = math.NaN(), math.NaN(), math.NaN()
	f := must(t, gap, s)
	if f.Missing != 3 || f.Figures != 57 {
		t.Errorf("%d figures, %d missing", f.Figures, f.Missing)
	}
	for h := range f.Steps {
		near(t, "with gaps", f.Steps[h].Median, whole.Steps[h].Median, whole.Sigma)
	}
	// What precedes the first known figure changes nothing but where the season stands.
	late := must(t, append([]float64{math.NaN(), math.NaN()}, y...), s)
	if late.Steps[0] != whole.Steps[0] || late.Missing != 0 {
		t.Errorf("after two missing figures %+v, without them %+v", late.Steps[0], whole.Steps[0])
	}
	ended := must(t, append(slices.Clone(y), math.NaN(), math.NaN()), s)
	if !slices.Equal(ended.Steps[:10], whole.Steps[2:]) || ended.Missing != 0 {
		t.Errorf("followed by two missing figures %+v, the same steps without them %+v", ended.Steps[0], whole.Steps[2])
	}
	quarter := seasonal(4, 60)
	for i := 1; i < 60; i += 4 {
		quarter[i] = math.NaN()
	}
	if f := must(t, quarter, Settings{Season: 1, Horizon: 1}); f.Reason.Code != "" || f.Missing != 15 {
		t.Errorf("a quarter of 60 figures missing: %d, reason %+v", f.Missing, f.Reason)
	}
	later := must(t, append([]float64{-1e6, 1e6}, y...), Settings{Season: 12, Horizon: 12, Start: 2})
	if !slices.Equal(later.Steps, whole.Steps) {
		t.Error("figures before the start were used")
	}
}

// Later seasons do not say how the first began.
func TestInitialStateIsOfTheFirstFiveSeasons(t *testing.T) {
	y := seasonal(6, 96)
	five, reason := initial(y[:60], 12)
	if reason.Code != "" {
		t.Fatal(reason)
	}
	more, _ := initial(y, 12)
	fewer, _ := initial(y[:59], 12)
	if five.level != more.level || five.level == fewer.level || !slices.Equal(five.season, more.season) {
		t.Errorf("level by 60 figures %v, by 96 %v, by 59 %v", five.level, more.level, fewer.level)
	}
	near(t, "trend", five.trend, 2, 0.2)
	near(t, "seasons", floats.Sum(five.season), 0, 1e-9)
	near(t, "fourth season", five.season[3], 40, 10)
}

// A bound can be reached: to be at it or beyond is not impossible, nor is to stay within it uncertain.
func TestChancesAtTheBounds(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	share := make([]float64, 40)
	for i := range share {
		share[i] = 0.97 + 0.02*random.Float64()
	}
	f := must(t, share, Settings{Season: 1, Horizon: 3, Lower: bound(0), Upper: bound(1)})
	if p := f.AtLeast(1, 1); !(p > 0 && p < 0.2) {
		t.Errorf("at least the upper bound: %v", p)
	}
	if p := f.AtMost(1, 0); !(p >= 0 && p < 1e-6) {
		t.Errorf("at most the lower bound: %v", p)
	}
	for what, p := range map[string][2]float64{
		"at most the upper bound": {f.AtMost(1, 1), 1}, "at least the lower bound": {f.AtLeast(1, 0), 1}, "more than the upper bound": {f.AtLeast(1, 1.01), 0},
		"less than the lower bound": {f.AtMost(1, -0.01), 0},
	} {
		near(t, what, p[0], p[1], 0)
	}
	if !math.IsNaN(f.AtLeast(4, 0.9)) || !math.IsNaN(f.AtLeast(0, 0.9)) || !math.IsNaN(f.AtMost(1, math.NaN())) {
		t.Error("a chance of no step or no target")
	}
}

// drawFigures are more than a forecast needs.
func drawFigures(t *rapid.T, season int, low, high float64) []float64 {
	n := rapid.IntRange(MinimumFigures(season)+season, MinimumFigures(season)+4*season).Draw(t, "figures")
	return rapid.SliceOfN(rapid.Float64Range(low, high), n, n).Draw(t, "y")
}

func TestProperties(t *testing.T) {
	seasons := rapid.SampledFrom([]int{1, 4, 12})
	rapid.Check(t, func(t *rapid.T) {
		season := seasons.Draw(t, "season")
		s := Settings{Season: season, Horizon: 2*season + 3}
		low, high := -50.0, 100.0
		switch rapid.IntRange(0, 2).Draw(t, "bounds") {
		case 1:
			low, s.Lower = 0, bound(0)
		case 2:
			low, high, s.Lower, s.Upper = 0, 1, bound(0), bound(1)
		}
		y := drawFigures(t, season, low, high)
		for i := range y {
			if rapid.IntRange(0, 19).Draw(t, "missing") == 0 {
				y[i] = math.NaN()
			}
		}
		if rapid.Bool().Draw(t, "calibrated") {
			random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
			errors := make([]float64, 200)
			for i := range errors {
				errors[i] = math.Abs(2 * random.NormFloat64())
			}
			s.Calibration = newCalibration(errors)
		}
		f, err := New(y, s)
		if err != nil {
			t.Fatal(err)
		}
		if f.Reason.Code != "" {
			return
		}
		again, _ := New(y, s)
		before := 0.0
		for h, step := range f.Steps {
			if step != again.Steps[h] {
				t.Fatalf("%d ahead: %+v, and the second time %+v", h+1, step, again.Steps[h])
			}
			ordered := []float64{step.Lower95, step.Lower80, step.Median, step.Upper80, step.Upper95}
			if !slices.IsSorted(ordered) || slices.ContainsFunc(ordered, math.IsNaN) {
				t.Fatalf("%d ahead: %v", h+1, ordered)
			}
			if s.Lower != nil && step.Lower95 < *s.Lower || s.Upper != nil && step.Upper95 > *s.Upper {
				t.Fatalf("%d ahead: %v is out of bounds", h+1, ordered)
			}
			if step.sd < before {
				t.Fatalf("%d ahead: standard error %v, of the step before %v", h+1, step.sd, before)
			}
			before = step.sd
			last := 1.0
			for i := range 21 {
				target := low - 10 + (high-low+20)*float64(i)/20
				chance := f.AtLeast(h+1, target)
				certain := s.Lower != nil && (target <= *s.Lower || s.Upper != nil && target > *s.Upper)
				if !(chance >= 0 && chance <= last) || !certain && s.Calibration != nil && (chance == 0 || chance == 1) {
					t.Fatalf("%d ahead: chance %v of at least %v, %v of less", h+1, chance, target, last)
				}
				if both := chance + f.AtMost(h+1, target); !certain && math.Abs(both-1) > 1e-12 && (s.Upper == nil || target < *s.Upper) {
					t.Fatalf("%d ahead: chances of at least and at most %v add to %v", h+1, target, both)
				}
				last = chance
			}
			// The intervals and the chances are of one distribution.
			for _, c := range []struct{ at, beyond float64 }{{step.Upper80, 0.1}, {step.Upper95, 0.025}} {
				if s.Upper != nil && c.at >= *s.Upper || s.Lower != nil && c.at <= *s.Lower {
					continue
				}
				// Rounding may put the end of the interval one rank lower.
				if chance := f.AtLeast(h+1, c.at); !(chance <= c.beyond+1.0/200) || s.Calibration == nil && math.Abs(chance-c.beyond) > 1e-3 {
					t.Fatalf("%d ahead: chance %v beyond %v, want %v", h+1, chance, c.at, c.beyond)
				}
			}
		}
	})
}

// A forecast of figures in another unit is the forecast in that unit. Of shifted figures it is the shifted forecast but for rounding,
// which may end the search for the parameters elsewhere on its flat ground.
func TestEquivariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		season := rapid.SampledFrom([]int{1, 4}).Draw(t, "season")
		y := drawFigures(t, season, 0, 64)
		s := Settings{Season: season, Horizon: 5}
		f, _ := New(y, s)
		if f.Reason.Code != "" {
			return
		}
		other := func(of func(float64) float64, lower *float64) []Step {
			z := make([]float64, len(y))
			for i := range y {
				z[i] = of(y[i])
			}
			s.Lower = lower
			g, err := New(z, s)
			if err != nil {
				t.Fatal(err)
			}
			return g.Steps
		}
		for h, step := range other(func(y float64) float64 { return 8 * y }, nil) {
			if step.Median != 8*f.Steps[h].Median || step.Upper95 != 8*f.Steps[h].Upper95 {
				t.Fatalf("%d ahead, eight times: %+v, once: %+v", h+1, step, f.Steps[h])
			}
		}
		for h, step := range other(func(y float64) float64 { return y - 32 }, nil) {
			if w := f.Steps[h]; math.Abs(step.Median+32-w.Median) > 0.05*w.sd || math.Abs(step.sd-w.sd) > 0.05*w.sd {
				t.Fatalf("%d ahead, shifted by 32: %+v, without: %+v", h+1, step, w)
			}
		}
		counts := other(func(y float64) float64 { return y }, bound(0))
		for h, step := range other(func(y float64) float64 { return 4 * y }, bound(0)) {
			if w := counts[h]; math.Abs(step.Median-4*w.Median) > 1e-9*step.Median+1e-12 {
				t.Fatalf("%d ahead, four times a count: %+v, once: %+v", h+1, step, w)
			}
		}
	})
}

// Whatever the figures are, there is a forecast of numbers, or a reason why there is none.
func TestAnyFigures(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		season := rapid.IntRange(1, 13).Draw(t, "season")
		figure := rapid.OneOf(rapid.Float64Range(-3, 3), rapid.Float64Range(-largest, largest), rapid.SampledFrom([]float64{math.NaN(), 0, 1, -largest, largest}),
			rapid.Just(rapid.Float64Range(-largest, largest).Draw(t, "often")))
		y := rapid.SliceOfN(figure, 0, 60).Draw(t, "y")
		s := Settings{Season: season, Horizon: 2 * season, Start: rapid.IntRange(0, len(y)).Draw(t, "start")}
		if rapid.Bool().Draw(t, "bounded") {
			s.Lower = bound(-largest)
		}
		f, err := New(y, s)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Steps) != s.Horizon && (len(f.Steps) > 0 || f.Reason.Code == "") {
			t.Fatalf("%d steps and the reason %+v", len(f.Steps), f.Reason)
		}
		for h, step := range f.Steps {
			for _, x := range []float64{step.Median, step.Lower80, step.Upper80, step.Lower95, step.Upper95} {
				if math.IsNaN(x) || math.IsInf(x, 0) {
					t.Fatalf("%d ahead: %+v", h+1, step)
				}
			}
			if chance := f.AtLeast(h+1, 1); math.IsNaN(chance) && f.Reason.Code == "" {
				t.Fatalf("%d ahead: no chance and no reason", h+1)
			}
		}
	})
}

func TestCalibration(t *testing.T) {
	if newCalibration(make([]float64, MinimumErrors-1)) != nil {
		t.Error("too few errors make a calibration")
	}
	var none *Calibration
	near(t, "normal 80%", none.width(0.8), 1.2815515655, 1e-9)
	near(t, "normal 95%", none.width(0.95), 1.9599639845, 1e-9)
	if none.Errors() != 0 || none.Factor(0.8) != 1 {
		t.Errorf("without calibration: %d errors, factor %v", none.Errors(), none.Factor(0.8))
	}
	// 119 errors of 0.05, 0.1 ...: the interval of 80 per cent reaches to the 96th of them, 0.8 times 120, that of 95 to the 114th.
	errors := make([]float64, 119)
	for i := range errors {
		errors[i] = float64(i+1) / 20
	}
	c := newCalibration(errors)
	near(t, "80%", c.width(0.8), 4.8, 1e-12)
	near(t, "95%", c.width(0.95), 5.7, 1e-12)
	near(t, "factor", c.Factor(0.8), 4.8/1.2815515655, 1e-9)
	near(t, "beyond all", c.coverage(100), 119.0/120, 1e-12)
	if !math.IsInf(c.width(0.999), 1) {
		t.Errorf("99.9%%: %v", c.width(0.999))
	}
	// Errors smaller than foreseen do not narrow it.
	for i := range errors {
		errors[i] /= 100
	}
	near(t, "never narrower", newCalibration(errors).width(0.8), none.width(0.8), 0)
	rapid.Check(t, func(t *rapid.T) {
		c := newCalibration(rapid.SliceOfN(rapid.Float64Range(0, 5), MinimumErrors, 200).Draw(t, "errors"))
		level := rapid.Float64Range(0.05, 0.98).Draw(t, "level")
		width := c.width(level)
		if got := c.coverage(width); got < level-1e-9 {
			t.Fatalf("the interval of level %v covers %v", level, got)
		}
		if width > 1e-6 {
			if got := c.coverage(width * (1 - 1e-9)); got > level+1e-9 {
				t.Fatalf("an interval within that of level %v covers %v", level, got)
			}
		}
	})
}

// A backtest is what New would have said at each origin, with what was known then.
func TestBacktestForecastsAsAtTheTime(t *testing.T) {
	var series [][]float64
	for seed := range uint64(5) {
		y := seasonal(seed, 54)
		y[35+int(seed)] = math.NaN()
		series = append(series, y)
	}
	series[1] = series[1][:20] // too short ever to be forecast
	series[2] = series[2][:50]
	s := Settings{Season: 12, Horizon: 6, Lower: bound(0)}
	report, err := Backtest(t.Context(), series, s)
	if err != nil {
		t.Fatal(err)
	}
	type miss struct {
		at    int
		error float64
	}
	var misses []miss
	var n, in80, in95, own80, own95, origins, calibrated int
	var scaled, naiveScaled, percent, naivePercent float64
	for origin := 1; origin < 54; origin++ {
		var errors []float64
		for _, m := range misses {
			if m.at < origin {
				errors = append(errors, m.error)
			}
		}
		before := n
		for _, y := range series {
			if origin >= len(y) || math.IsNaN(y[origin-1]) {
				continue
			}
			own := must(t, y[:origin], s)
			with := s
			with.Calibration = newCalibration(slices.Clone(errors))
			shown := must(t, y[:origin], with)
			change, changes := 0.0, 0
			for i := 12; i < origin; i++ {
				if d := math.Abs(y[i] - y[i-12]); d >= 0 {
					change, changes = change+d, changes+1
				}
			}
			for h := range own.Steps {
				at := origin + h
				if at >= len(y) || math.IsNaN(y[at]) {
					continue
				}
				n++
				count := func(step Step, in80, in95 *int) {
					if y[at] >= step.Lower80 && y[at] <= step.Upper80 {
						*in80++
					}
					if y[at] >= step.Lower95 && y[at] <= step.Upper95 {
						*in95++
					}
				}
				count(own.Steps[h], &own80, &own95)
				count(shown.Steps[h], &in80, &in95)
				if with.Calibration != nil {
					calibrated++
				}
				naive := y[at-12]
				if math.IsNaN(naive) {
					naive = y[at-24]
				}
				scaled += math.Abs(y[at]-own.Steps[h].Median) / (change / float64(changes))
				naiveScaled += math.Abs(y[at]-naive) / (change / float64(changes))
				percent += 100 * math.Abs(y[at]-own.Steps[h].Median) / y[at]
				naivePercent += 100 * math.Abs(y[at]-naive) / y[at]
				misses = append(misses, miss{at, math.Abs(math.Sqrt(y[at])-own.Steps[h].mean) / own.Steps[h].sd})
			}
		}
		if n > before {
			origins++
		}
	}
	a := report.All
	if a.Forecasts != n || report.Series != 4 || report.Origins != origins || a.Scaled != n || a.Percented != n || calibrated == 0 {
		t.Errorf("%d forecasts of %d series from %d origins, want %d of 4 from %d; %d calibrated", a.Forecasts, report.Series, report.Origins, n, origins,
			calibrated)
	}
	for what, c := range map[string][2]float64{
		"80%": {a.Coverage80, float64(in80)}, "95%": {a.Coverage95, float64(in95)}, "own 80%": {a.Model80, float64(own80)}, "own 95%": {a.Model95, float64(own95)},
		"MASE": {a.MASE, scaled}, "naive MASE": {a.NaiveMASE, naiveScaled}, "MAPE": {a.MAPE, percent}, "naive MAPE": {a.NaiveMAPE, naivePercent},
	} {
		near(t, what, c[0], c[1]/float64(n), 1e-9)
	}
	if report.Calibration.Errors() != n {
		t.Errorf("calibration of %d errors, want %d", report.Calibration.Errors(), n)
	}
	sum := 0
	for _, h := range report.Horizons {
		sum += h.Forecasts
	}
	if len(report.Horizons) != 6 || sum != n {
		t.Errorf("%d horizons of %d forecasts", len(report.Horizons), sum)
	}
}

// Forecasts that boast get wider intervals, which then hold what they say of figures they have not seen.
func TestCalibrationRepairsCoverage(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 8))
	noise := distuv.StudentsT{Nu: 2, Sigma: 1, Src: random}
	series := make([][]float64, 40)
	for i := range series {
		level := 0.0
		for range 40 {
			// Errors with a far tail, and more of them each period than the periods before show.
			level += noise.Rand() * math.Pow(1.03, float64(len(series[i])))
			series[i] = append(series[i], level)
		}
	}
	report, err := Backtest(t.Context(), series, Settings{Season: 1, Horizon: 6})
	if err != nil {
		t.Fatal(err)
	}
	a := report.All
	if a.Model80 > 0.76 {
		t.Errorf("the model's own intervals cover %v: the series shows nothing", a.Model80)
	}
	near(t, "80%", a.Coverage80, 0.8, 0.04)
	near(t, "95%", a.Coverage95, 0.95, 0.03)
	if report.Calibration.Factor(0.95) <= 1 {
		t.Errorf("factor %v", report.Calibration.Factor(0.95))
	}
}

func TestBacktestOfNothing(t *testing.T) {
	for _, series := range [][][]float64{nil, {nil}, {seasonal(1, 32)}} {
		report, err := Backtest(t.Context(), series, Settings{Season: 12, Horizon: 3})
		if err != nil || report.Reason != (Reason{Code: NothingToJudge, Need: 32}) || !math.IsNaN(report.All.Coverage80) || len(report.Horizons) != 3 {
			t.Errorf("%v: %+v %v", series, report, err)
		}
	}
}
