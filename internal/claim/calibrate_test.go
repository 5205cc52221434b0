package claim

import (
	"bytes"
	"context"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/catalog"
	"stpdash/internal/rates"
)

// panel are two measures of the real figures.
func panel(t testing.TB) []Data {
	c := declared(t, one("x", place))
	admissions, attendances := figures(t, c, "emergency_admissions"), figures(t, c, "ae_attendances")
	return []Data{{Figures: admissions, Others: []Figures{attendances}}, {Figures: attendances}}
}

func TestCalibrationTestsClaimsAsTheRegisters(t *testing.T) {
	of := panel(t)
	s := Sampling{Seed: 3, Draws: 2, Sizes: []float64{15}}
	told := 0
	c, err := Calibrate(context.Background(), s, of, func() { told++ })
	if err != nil || told != s.Draws {
		t.Fatal(err, told)
	}
	for i, draw := range c.Drawn {
		again, err := s.Draw(t.Context(), of, i)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(draw, again); diff != "" {
			t.Errorf("draw %d made again differs: %s", i, diff)
		}
		d := of[i]
		start, err := catalog.ParsePeriod(draw.Start)
		if err != nil || draw.Measure != d.Measure.ID || !slices.ContainsFunc(d.Starts(), func(p catalog.Period) bool { return p.String() == draw.Start }) {
			t.Fatalf("%+v %v", draw, err)
		}
		claimed := 0
		for _, trial := range draw.Trials {
			lowered := d
			lowered.Figures = d.lowered(draw.Place, start, trial.Fall)
			for _, a := range trial.Answers {
				claimed++
				r, err := Test(t.Context(), catalog.Supposed(d.Measure, draw.Place, start, a.Claimed), lowered)
				if err != nil {
					t.Fatal(err)
				}
				if r.Verdict != a.Verdict || hundredths(r.Effect.Percent) != trial.Percent || Rules[a.Rule].Verdict != r.Verdict ||
					Rules[a.Rule].Code != r.Reasons[0].Facts.Rule {
					t.Errorf("draw %d, fall %v, claimed %v: %s by rule %d, tested by itself %s: %+v", i, trial.Fall, a.Claimed, a.Verdict, a.Rule, r.Verdict, r.Reasons)
				}
			}
			// What is put in is found beside what there was: 1-x of it is left.
			want := ((1+float64(draw.Trials[0].Percent)/100)*(1-trial.Fall/100) - 1) * 100
			if math.Abs(float64(trial.Percent)-want) > 1 {
				t.Errorf("draw %d, fall %v: %v found, want about %.2f", i, trial.Fall, trial.Percent, want)
			}
		}
		if claimed != 3*len(Falls)+1 ||
			draw.Trials[0].Answers[len(Falls)] != (Answer{15, true, draw.Trials[0].Answers[len(Falls)].Verdict, draw.Trials[0].Answers[len(Falls)].Rule}) {
			t.Errorf("%d claims of draw %d: %+v", claimed, i, draw.Trials[0].Answers)
		}
	}
	if before := of[0].Footprints[0].Points[40].Value; !before.Decimal.Equal(panel(t)[0].Footprints[0].Points[40].Value.Decimal) {
		t.Error("the panel itself was lowered")
	}
	var file bytes.Buffer
	if err := c.Write(&file); err != nil {
		t.Fatal(err)
	}
	if read, err := ReadCalibration(bytes.NewReader(file.Bytes())); err != nil || cmp.Diff(c, read) != "" {
		t.Errorf("read again: %v %s", err, cmp.Diff(c, read))
	}
	if _, err := ReadCalibration(bytes.NewReader(file.Bytes()[:file.Len()/2])); err == nil {
		t.Error("half a file is read")
	}
}

func TestCalibrationHasSomethingToTry(t *testing.T) {
	if c, err := Calibrate(context.Background(), Sampling{Draws: 1}, nil, func() {}); err == nil {
		t.Errorf("%+v", c)
	}
	for _, d := range panel(t) {
		starts := d.Starts() // of June 2015 to February 2020, the month before the pandemic
		if n := len(starts); n != 22 || starts[0].String() != "2017-06" || starts[n-1].String() != "2019-03" {
			t.Errorf("%d starts: %v", n, starts)
		}
		short := d.Figures
		short.Footprints = slices.Clone(short.Footprints)
		for i := range short.Footprints {
			short.Footprints[i].Points = short.Footprints[i].Points[:35]
		}
		if n := len(short.Starts()); n != 0 {
			t.Errorf("%d starts of under three years", n)
		}
		if (Data{Figures: short}).Hash() == d.Hash() {
			t.Error("fewer figures have the same hash")
		}
	}
}

// made is a calibration of draws of one trial each, which says of some places that a false claim is evidenced.
func made(places []string, evidenced ...string) *Calibration {
	c := &Calibration{}
	for i, p := range places {
		a := Answer{Claimed: 10, Verdict: NotEvidenced, Rule: 6}
		if slices.Contains(evidenced, p) {
			a.Verdict, a.Rule = Evidenced, 8
		}
		c.Drawn = append(
			c.Drawn,
			Draw{
				"m",
				p,
				"2018-04",
				[]Trial{{0, -1, &[2]float64{-3, 1}, 8, []Answer{a}}, {10, -12, &[2]float64{-11.5, -10.5}, 9, []Answer{{10, false, PartlyEvidenced, 9}}}},
			},
		)
		if i == 0 { // a measure of which nothing can be tested counts for itself alone
			c.Drawn = append(c.Drawn, Draw{"blind", p, "2018-04", []Trial{{0, unknown, nil, unknown, []Answer{{10, false, CannotBeTested, 0}}}}})
		}
	}
	return c
}

func TestSummaries(t *testing.T) {
	summaries := made([]string{"a", "b", "c", "d"}, "b").Summaries()
	if len(summaries) != 5 {
		t.Fatalf("%+v", summaries)
	}
	for i, want := range []struct {
		measure                         string
		fall                            float64
		trials, stand, evidenced, seen  int
		bias, coverage, detectable, not float64
	}{
		{"", 0, 4, 4, 1, 1, -1, 1, 8, 3},
		{"", 10, 4, 4, 0, 4, -2, 0, 9, 0},
		{"m", 0, 4, 4, 1, 1, -1, 1, 8, 3},
		{"m", 10, 4, 4, 0, 4, -2, 0, 9, 0},
		{"blind", 0, 1, 0, 0, 0, math.NaN(), math.NaN(), math.NaN(), 0},
	} {
		got := summaries[i]
		same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
		if got.Measure != want.measure || got.Fall != want.fall || got.Trials != want.trials || got.Stand != want.stand || got.Evidenced.Count != want.evidenced ||
			got.Seen.Count != want.seen || got.Verdicts[NotEvidenced] != int(want.not) || !same(float64(got.Bias), want.bias) || !same(float64(got.Coverage), want.coverage) ||
			!same(float64(got.Detectable), want.detectable) {
			t.Errorf("%d: %+v, want %+v", i, got, want)
		}
	}
	if n := summaries[4].Untested[0]; n != 1 {
		t.Errorf("%d were untested as nothing could be estimated", n)
	}
}

// One draw a place counts for itself. Where all draws of a place are answered alike they count for one less than there are places.
func TestDrawsOfOnePlaceCountForLess(t *testing.T) {
	one := made([]string{"a", "b", "c", "d", "e"}, "b").Summaries()[0].Evidenced
	var alike []string
	for _, p := range []string{"a", "b", "c", "d", "e"} {
		alike = append(alike, p, p, p)
	}
	three := made(alike, "b").Summaries()[0].Evidenced
	for _, c := range []struct {
		Part
		effective float64
	}{{one, 4}, {three, 4}} {
		want, err := rates.ClopperPearson(c.effective/5, c.effective, .95)
		if err != nil || math.Abs(c.Lower-want.Lower) > 1e-12 || math.Abs(c.Upper-want.Upper) > 1e-12 || c.Share != .2 || c.Footprints != 1 || c.From != 5 {
			t.Errorf("%+v, want %+v %v", c, want, err)
		}
	}
	if none := made(alike).Summaries()[0].Evidenced; none.Lower != 0 || math.Abs(none.Upper-(1-math.Pow(.025, 1./15))) > 1e-12 {
		t.Errorf("none of 15: %+v", none)
	}
}
