package spc

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// published is a file of the published cases.
func published(t testing.TB, name string) *os.File {
	t.Helper()
	shared := os.Getenv("STP_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(shared, "methods", "spc", name))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the published cases are missing: %v", err)
		}
		t.Skipf("the published cases are not here (STP_SHARED names the folder that holds methods/): %v", err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

type row map[string]string

func table(t testing.TB, name string) []row {
	t.Helper()
	records, err := csv.NewReader(published(t, name)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for _, record := range records[1:] {
		r := row{}
		for i, column := range records[0] {
			r[column] = record[i]
		}
		rows = append(rows, r)
	}
	return rows
}

func (r row) number(t testing.TB, column string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(r[column], 64)
	if err != nil {
		t.Fatalf("%s: %v", column, err)
	}
	return n
}

func near(t testing.TB, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-6*max(math.Abs(want), 1e-3)) {
		t.Errorf("%s: %v, published %v", what, got, want)
	}
}

// series is one published case: a chart of its figures, and what it should be.
type series struct {
	name           string
	chart          *Chart
	points, groups []row
}

func cases(t *testing.T) []series {
	var all []series
	for _, r := range table(t, "summary_expected.csv") {
		name := r["case"] + " " + r["f"]
		if len(all) == 0 || all[len(all)-1].name != name {
			all = append(all, series{name: name})
		}
		c := &all[len(all)-1]
		c.groups = append(c.groups, r)
	}
	points := table(t, "points_expected.csv")
	for i := range all {
		c := &all[i]
		var figures []float64
		var s Settings
		for _, r := range points {
			if r["case"]+" "+r["f"] != c.name {
				continue
			}
			if n := len(c.points); n > 0 && r["rebase_group"] != c.points[n-1]["rebase_group"] {
				s.Rebase = append(s.Rebase, n)
			}
			c.points = append(c.points, r)
			figures = append(figures, r.number(t, "y"))
		}
		first := c.groups[0]
		var err error
		if s.Improvement, err = ParseDirection(first["improvement_direction"]); err != nil {
			t.Fatal(err)
		}
		if first["target"] != "" {
			target := first.number(t, "target")
			s.Target = &target
		}
		if first["fix_after_n_points"] != "" {
			s.FixAfter = int(first.number(t, "fix_after_n_points"))
		}
		s.KeepRanges = first["screen_outliers"] == "FALSE"
		if c.chart, err = New(figures, s); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestPublishedCases(t *testing.T) {
	count := 0
	for _, c := range cases(t) {
		t.Run(c.name, func(t *testing.T) {
			for i, p := range c.chart.Points {
				count++
				want := c.points[i]
				at := want["x"]
				near(t, at+" mean", p.Mean, want.number(t, "mean_col"))
				near(t, at+" lpl", p.LPL, want.number(t, "lpl"))
				near(t, at+" upl", p.UPL, want.number(t, "upl"))
				got := []string{fmt.Sprint(p.Group), fmt.Sprint(p.Outside), fmt.Sprint(p.Near), fmt.Sprint(p.Side), string(p.Cause), string(p.Type)}
				labels := []string{
					want["rebase_group"], strings.ToLower(want["outside_limits"]), strings.ToLower(want["close_to_limits"]),
					want["relative_to_mean"], want["special_cause_type"], want["point_type"],
				}
				if !slices.Equal(got, labels) {
					t.Errorf("%s: labels %q, published %q", at, got, labels)
				}
			}
			if len(c.chart.Groups) != len(c.groups) {
				t.Fatalf("%d groups, published %d", len(c.chart.Groups), len(c.groups))
			}
			for i, g := range c.chart.Groups {
				want := c.groups[i]
				near(t, "mean", g.Mean, want.number(t, "mean"))
				near(t, "lpl", g.LPL, want.number(t, "lpl"))
				near(t, "upl", g.UPL, want.number(t, "upl"))
				got := fmt.Sprint(g.Points, g.Common, g.Improvement, g.Concern, g.NeutralHigh, g.NeutralLow, g.Short)
				counts := strings.ToLower(strings.Join([]string{
					want["n"], want["common_cause"], want["improvement"], want["concern"],
					want["neutral_high"], want["neutral_low"], want["short_group_warning"],
				}, " "))
				if got != counts {
					t.Errorf("group %d: %s, published %s", i, got, counts)
				}
			}
			last := c.groups[len(c.groups)-1]
			if string(c.chart.Variation) != last["variation_icon"] || string(c.chart.Assurance) != last["assurance"] {
				t.Errorf("icons %q and %q, published %q and %q", c.chart.Variation, c.chart.Assurance, last["variation_icon"], last["assurance"])
			}
		})
	}
	if count != 526 {
		t.Errorf("%d points compared, 526 are published", count)
	}
}

// The limits and icons printed in the documentation of NHSRplotthedots 0.2.2, to two decimals.
func TestPrintedValues(t *testing.T) {
	var printed map[string]json.RawMessage
	if err := json.NewDecoder(published(t, "published_values.json")).Decode(&printed); err != nil {
		t.Fatal(err)
	}
	var icons map[string]any
	if err := json.Unmarshal(printed["icons"], &icons); err != nil {
		t.Fatal(err)
	}
	compared := 0
	facet := 0
	for _, c := range cases(t) {
		name, _, _ := strings.Cut(c.name, " ")
		switch icon := icons[name].(type) {
		case string:
			compared++
			if string(c.chart.Variation) != icon {
				t.Errorf("%s: variation %q, printed %q", c.name, c.chart.Variation, icon)
			}
		case []any:
			compared++
			if got, want := fmt.Sprint(c.chart.Variation, " ", c.chart.Assurance), strings.TrimSuffix(fmt.Sprint(icon[0], " ", icon[1]), "<nil>"); got != want {
				t.Errorf("%s: icons %q, printed %q", c.name, got, want)
			}
		}
		var limits struct{ Mean, LPL, UPL float64 }
		content := printed[name]
		if name == "std20_facets" {
			var facets []json.RawMessage
			if err := json.Unmarshal(content, &facets); err != nil {
				t.Fatal(err)
			}
			content, facet = facets[facet], facet+1
		}
		if content == nil {
			continue
		}
		if err := json.Unmarshal(content, &limits); err != nil {
			t.Fatal(err)
		}
		compared++
		g := c.chart.Groups[0]
		if math.Abs(g.Mean-limits.Mean) > .006 || math.Abs(g.LPL-limits.LPL) > .006 || math.Abs(g.UPL-limits.UPL) > .006 {
			t.Errorf("%s: %v %v %v, printed %+v", c.name, g.Mean, g.LPL, g.UPL, limits)
		}
	}
	if compared != 12 {
		t.Errorf("%d printed values compared, not 12", compared)
	}
}

// The vectors by which NHSRplotthedots tests its rules one by one.
func TestPublishedVectors(t *testing.T) {
	var vectors struct {
		Unit struct {
			Trend []struct {
				Y   []float64
				Out []int
			} `json:"seven_point_trend"`
			TwoInThree []struct {
				Close, Side []int
				In          []int `json:"in_window"`
			} `json:"two_in_three"`
			Assurance []struct {
				Direction string
				Limits    [][2]float64
				Out       []Assurance
			} `json:"assurance_target4"`
		} `json:"unit_vectors"`
	}
	if err := json.NewDecoder(published(t, "published_values.json")).Decode(&vectors); err != nil {
		t.Fatal(err)
	}
	v := vectors.Unit
	if len(v.Trend) == 0 || len(v.TwoInThree) == 0 || len(v.Assurance) == 0 {
		t.Fatal("vectors are missing")
	}
	for _, c := range v.Trend {
		points := make([]Point, len(c.Y))
		for i, y := range c.Y {
			points[i].Y = y
		}
		label(points)
		for i, p := range points {
			want := 0
			for _, out := range c.Out[i:min(i+7, len(c.Out))] {
				want += out
			}
			if p.Cause.side() != want {
				t.Errorf("trend of %v: point %d is %q", c.Y, i, p.Cause)
			}
		}
	}
	for _, c := range v.TwoInThree {
		points := make([]Point, len(c.Close))
		for i := range points {
			points[i] = Point{Near: c.Close[i] == 1, Side: c.Side[i]}
		}
		label(points)
		for i, p := range points {
			if (p.Cause == NearAbove) != (c.In[i] == 1 && c.Close[i] == 1) {
				t.Errorf("two in three of %v on %v: point %d is %q", c.Close, c.Side, i, p.Cause)
			}
		}
	}
	for _, c := range v.Assurance {
		improvement, err := ParseDirection(c.Direction)
		if err != nil {
			t.Fatal(err)
		}
		target := 4.0
		for i, limits := range c.Limits {
			if got := assurance(Group{LPL: limits[0], UPL: limits[1]}, Settings{Improvement: improvement, Target: &target}); got != c.Out[i] {
				t.Errorf("target 4, limits %v, %s: %q, published %q", limits, c.Direction, got, c.Out[i])
			}
		}
	}
}

// A point that ends one trend and begins another is the second's, as in NHSRplotthedots.
func TestAPeakBelongsToTheSecondTrend(t *testing.T) {
	points := make([]Point, 13)
	for i := range points {
		points[i].Y = float64(min(i, 12-i))
	}
	label(points)
	for i, p := range points {
		want := Rising
		if i >= 6 {
			want = Falling
		}
		if p.Cause != want {
			t.Errorf("point %d is %q", i, p.Cause)
		}
	}
}

// Montgomery, Introduction to Statistical Quality Control, 6th edition (2009),
// example 6.5: viscosity of aircraft primer paint, 33.52, 34.80 and 32.24.
func TestMontgomery(t *testing.T) {
	chart, err := New([]float64{33.75, 33.05, 34.00, 33.81, 33.46, 34.02, 33.68, 33.27, 33.49, 33.20, 33.62, 33.00, 33.54, 33.12, 33.84}, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	g := chart.Groups[0]
	if got := fmt.Sprintf("%.2f %.2f %.2f", g.Mean, g.UPL, g.LPL); got != "33.52 34.80 32.24" || g.Common != 15 {
		t.Errorf("mean and limits %s, %d points in control", got, g.Common)
	}
}

// TestWhatIsNotThere states the outcome of each series that cannot be judged in full.
func TestWhatIsNotThere(t *testing.T) {
	none := math.NaN()
	one := 1.0
	for _, c := range []struct {
		name      string
		figures   []float64
		settings  Settings
		reason    ReasonCode
		causes    string // of the points
		variation Variation
		assurance Assurance
	}{
		{"no figures", nil, Settings{}, AllMissing, "[]", "", ""},
		{"all missing", []float64{none, none}, Settings{Target: &one, Improvement: Increase}, AllMissing, `["" ""]`, "", ""},
		{"one figure", []float64{4}, Settings{Target: &one, Improvement: Increase}, NoNeighbours, `[""]`, "", ""},
		{"never two together", []float64{4, none, 5, none, 6}, Settings{}, NoNeighbours, `["" "" "" "" ""]`, "", ""},
		{"two figures", []float64{4, 6}, Settings{}, "", `["Common Cause" "Common Cause"]`, CommonVariation, ""},
		{
			"all equal",
			[]float64{.1, .1, .1, .1, .1, .1, .1},
			Settings{Target: &one, Improvement: Increase},
			AllEqual,
			fmt.Sprintf("%q", slices.Repeat([]Cause{Common}, 7)), CommonVariation, ConsistentFail,
		},
		{"too large", []float64{math.MaxFloat64, -math.MaxFloat64, 1}, Settings{Improvement: Increase}, TooLarge, `["" "" ""]`, "", ""},
		{
			"last one missing",
			[]float64{1, 2, 3, 4, 5, 6, 7, none},
			Settings{Improvement: Increase},
			"",
			fmt.Sprintf("%q", []Cause{BelowLimit, Rising, Rising, Rising, Rising, Rising, AboveLimit, NoCause}), ImprovementHigh, "",
		},
		{
			"a gap ends a trend",
			[]float64{1, 2, 3, none, 4, 5, 6, 7},
			Settings{},
			"",
			fmt.Sprintf("%q", []Cause{BelowLimit, Common, Common, NoCause, Common, Common, Common, AboveLimit}), NeutralVariationHigh, "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			chart, err := New(c.figures, c.settings)
			if err != nil {
				t.Fatal(err)
			}
			g := chart.Groups[0]
			causes := []Cause{}
			for _, p := range chart.Points {
				causes = append(causes, p.Cause)
			}
			if g.Reason != (Reason{Code: c.reason}) {
				t.Errorf("reason %+v", g.Reason)
			}
			if got := fmt.Sprintf("%q", causes); got != c.causes {
				t.Errorf("causes %s, not %s", got, c.causes)
			}
			if chart.Variation != c.variation || chart.Assurance != c.assurance {
				t.Errorf("icons %q and %q", chart.Variation, chart.Assurance)
			}
			if g.Reason.Code == "" && math.IsNaN(g.UPL) {
				t.Error("no limits, and no reason")
			}
		})
	}
}

func TestSettingsThatAreNotAccepted(t *testing.T) {
	infinite := math.Inf(1)
	for want, s := range map[string]Settings{
		"at least 12":   {FixAfter: 11},
		"finite number": {Target: &infinite},
		"within the 3":  {Rebase: []int{3}},
		"position 1":    {Rebase: []int{1, 1}},
		"position -1":   {Rebase: []int{-1}},
	} {
		if _, err := New([]float64{1, 2, 3}, s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if _, err := New([]float64{1, infinite}, Settings{}); err == nil || !strings.Contains(err.Error(), "figure 2 is infinite") {
		t.Error(err)
	}
	if _, err := ParseDirection("up"); err == nil || !strings.Contains(err.Error(), "increase, decrease or neutral") {
		t.Error(err)
	}
}

// drawn are figures that are whole numbers, so that shifting them by one loses nothing, with gaps.
func drawn(t *rapid.T) []float64 {
	figures := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 {
		if rapid.IntRange(0, 30).Draw(t, "gap") == 0 {
			return math.NaN()
		}
		return float64(rapid.IntRange(-40, 40).Draw(t, "figure"))
	}), 1, 60).Draw(t, "figures")
	if rapid.Bool().Draw(t, "climbing") {
		for i := range figures {
			figures[i] += float64(i * rapid.IntRange(0, 30).Draw(t, "slope"))
		}
	}
	return figures
}

func settings(t *rapid.T, n int) Settings {
	s := Settings{
		Improvement: Direction(rapid.IntRange(-1, 1).Draw(t, "improvement")),
		KeepRanges:  rapid.Bool().Draw(t, "keep"),
	}
	if rapid.Bool().Draw(t, "fix") {
		s.FixAfter = rapid.IntRange(MinimumFix, 40).Draw(t, "after")
	}
	for i := range n {
		if rapid.IntRange(0, 20).Draw(t, "break") == 0 {
			s.Rebase = append(s.Rebase, i)
		}
	}
	return s
}

func chartOf(t *rapid.T, figures []float64, s Settings) *Chart {
	chart, err := New(figures, s)
	if err != nil {
		t.Fatal(err)
	}
	return chart
}

// marks are a chart's labels alone.
func marks(c *Chart) []string {
	m := []string{string(c.Variation), string(c.Assurance)}
	for _, p := range c.Points {
		m = append(m, fmt.Sprint(p.Group, p.Outside, p.Near, p.Side, p.Cause, p.Type))
	}
	return m
}

// onALimit tells whether rounding can decide a label.
func onALimit(c *Chart) bool {
	return slices.ContainsFunc(c.Points, func(p Point) bool {
		width := p.UPL - p.Mean
		return width > 0 && slices.ContainsFunc([]float64{1, 2. / 3}, func(share float64) bool {
			return math.Abs(math.Abs(p.Y-p.Mean)/width-share) < 1e-9
		}) || p.Y != p.Mean && math.Abs(p.Y-p.Mean) < 1e-9
	})
}

func TestLabelsDoNotDependOnUnitOrOrigin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figures := drawn(t)
		s := settings(t, len(figures))
		chart := chartOf(t, figures, s)
		if onALimit(chart) {
			t.Skip("a point lies on a limit")
		}
		shift, scale := float64(rapid.IntRange(-1000, 1000).Draw(t, "shift")), rapid.IntRange(-6, 6).Draw(t, "scale")
		shifted, scaled, mirrored := make([]float64, len(figures)), make([]float64, len(figures)), make([]float64, len(figures))
		for i, y := range figures {
			shifted[i], scaled[i], mirrored[i] = y+shift, math.Ldexp(y, scale), -y
		}
		if got := marks(chartOf(t, shifted, s)); !slices.Equal(got, marks(chart)) {
			t.Fatalf("shifted by %v:\n%q\n%q", shift, got, marks(chart))
		}
		if got := marks(chartOf(t, scaled, s)); !slices.Equal(got, marks(chart)) {
			t.Fatalf("scaled by 2^%v:\n%q\n%q", scale, got, marks(chart))
		}
		s.Improvement = -s.Improvement
		for i, p := range chartOf(t, mirrored, s).Points {
			want := map[PointType]PointType{NeutralHigh: NeutralLow, NeutralLow: NeutralHigh}[chart.Points[i].Type]
			if want == NoType {
				want = chart.Points[i].Type
			}
			if p.Type != want {
				t.Fatalf("mirrored: point %d is %q, not %q", i, p.Type, want)
			}
		}
	})
}

func TestLimitsAreInOrderAndCountsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figures := drawn(t)
		chart := chartOf(t, figures, settings(t, len(figures)))
		total := 0
		for _, g := range chart.Groups {
			if g.Reason.Code == "" && !(g.LPL < g.Mean && g.Mean < g.UPL) {
				t.Fatalf("limits %v, %v, %v", g.LPL, g.Mean, g.UPL)
			}
			if sum := g.Common + g.Improvement + g.Concern + g.NeutralHigh + g.NeutralLow; sum != g.Points && g.Reason.Code == "" {
				t.Fatalf("%d of %d points have a label", sum, g.Points)
			}
			total += g.Points + g.Missing
		}
		if total != len(figures) {
			t.Fatalf("%d points of %d", total, len(figures))
		}
		for _, p := range chart.Points {
			if math.IsNaN(p.Y) && (p.Cause != NoCause || p.Type != NoType) {
				t.Fatalf("a missing point is %q", p.Cause)
			}
		}
	})
}

func TestRebasingIsSeparateCharts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figures := drawn(t)
		at := rapid.IntRange(0, len(figures)-1).Draw(t, "at")
		s := settings(t, 0)
		s.Rebase = []int{at}
		whole := marks(chartOf(t, figures, s))
		s.Rebase = nil
		var parts []string
		for number, part := range [][]float64{figures[:at], figures[at:]} {
			if len(part) == 0 {
				continue
			}
			c := chartOf(t, part, s)
			for i := range c.Points {
				c.Points[i].Group = min(number, at)
			}
			if number == 1 && whole[0] != string(c.Variation) {
				t.Fatalf("variation %q, not %q", whole[0], c.Variation)
			}
			parts = append(parts, marks(c)[2:]...)
		}
		if !slices.Equal(whole[2:], parts) {
			t.Fatalf("rebased at %d:\n%q\n%q", at, whole[2:], parts)
		}
	})
}

func TestFixedLimitsDoNotMove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figures := drawn(t)
		s := settings(t, 0)
		s.FixAfter = MinimumFix
		before := chartOf(t, figures, s).Groups[0]
		after := chartOf(t, append(slices.Clone(figures), slices.Repeat([]float64{1000}, max(0, MinimumFix-len(figures)+1))...), s).Groups[0]
		if len(figures) >= MinimumFix && !math.IsNaN(before.UPL) && (before.UPL != after.UPL || before.Mean != after.Mean) {
			t.Fatalf("limits moved from %+v to %+v", before, after)
		}
	})
}

func BenchmarkNew(b *testing.B) {
	figures := make([]float64, 58)
	for i := range figures {
		figures[i] = math.Sin(float64(i)) * 100
	}
	for b.Loop() {
		if _, err := New(figures, Settings{Improvement: Increase, Rebase: []int{24}}); err != nil {
			b.Fatal(err)
		}
	}
}

// A point that breaks several rules is labelled by the first of them in Rules.
func TestOrderOfRules(t *testing.T) {
	even := []float64{1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1} // mean 0, limits 5.32 apart, near beyond 3.55
	for name, c := range map[string]struct {
		figures []float64
		want    []Cause // the first of them is what Rules lists first
	}{
		"beyond a limit at the end of a trend": {[]float64{0.5, 1, 2, 3, 4, 5, 6}, []Cause{AboveLimit, Rising}},
		"a trend near a limit":                 {[]float64{0.5, 1, 2, 3, 4, 4.5, 5}, []Cause{Rising, NearAbove}},
		"near a limit within a run":            {[]float64{3, 2, 3, 2, 3, 4, 4}, []Cause{NearAbove, RunAbove}},
	} {
		chart, err := New(append(slices.Clone(even), c.figures...), Settings{FixAfter: len(even)})
		if err != nil {
			t.Fatal(err)
		}
		rank := func(cause Cause) int {
			return slices.IndexFunc(Rules, func(pair [2]Cause) bool { return slices.Contains(pair[:], cause) })
		}
		if last := chart.Points[len(chart.Points)-1].Cause; last != c.want[0] || rank(c.want[0]) >= rank(c.want[1]) {
			t.Errorf("%s: %q, want %q, which Rules lists before %q", name, last, c.want[0], c.want[1])
		}
	}
}
