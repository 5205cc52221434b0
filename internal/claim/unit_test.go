package claim_test

import (
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
)

// shipped is the catalog that the product brings.
func shipped(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// testIn tests a claim of a catalog in the real places.
func testIn(t testing.TB, p bundledPlaces, c *catalog.Catalog, tested *catalog.Claim, at string) *claim.Result {
	t.Helper()
	m, _ := c.Measure(tested.Measure)
	d := claim.Data{Figures: claim.Figures{Measure: m}, Register: c.Claims, Places: p, At: at}
	if tested.Finer != nil {
		d.Finer, _ = c.Measure(tested.Finer.Measure)
	}
	r, err := claim.Test(t.Context(), tested, d)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// supposed is a claim about commissioners.
func supposed(codes, start string) string {
	return claim.One("x", "E54000005", "measure: non_elective_admissions", "start: "+start, "size: 20", "unit: percent",
		fmt.Sprintf("units: [{at: commissioner, codes: [%s], extent: whole, certainty: stated, citation: {title: A report, url: \"https://example.org\"}}]", codes))
}

func testSupposed(t *testing.T, p bundledPlaces, lines string) *claim.Result {
	t.Helper()
	c := claim.Declared(t, lines)
	return testIn(t, p, c, c.Claims[0], "")
}

// lowered multiplies the figures of a commissioner from a month on.
func lowered(code, from string, by float64) func(string, figures.Counts) {
	start, _ := catalog.ParsePeriod(from)
	return func(_ string, counts figures.Counts) {
		changed := map[time.Time]float64{}
		for at, n := range counts[code] {
			if changed[at] = n; !at.Before(start.Start) {
				changed[at] = n * by
			}
		}
		counts[code] = changed
	}
}

// From YAML to verdict, at the level of commissioners: the hospital of Northumbria.
func TestAClaimIsTestedWhereItsSchemeWas(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	tested, _ := c.Claim("northumbria_admissions")
	r := testIn(t, bundledPlaces{t: t, catalog: c}, c, tested, "")
	u := r.Unit
	if u == nil || u.At != "commissioner" || u.Measure != "non_elective_admissions" || len(u.Places) != 2 || r.Effect == nil {
		t.Fatalf("%+v %+v", u, r.Refused)
	}
	// By stpd evidence effect --treated 00L,99C --start 2015-06 the fall is as large.
	if e := r.Effect; math.Abs(float64(e.Percent)+11.1) > 1 || e.PercentInterval == nil || e.PercentInterval[1] > -4 || e.Detectable < 5 || e.Detectable > 10 {
		t.Errorf("%+v", e)
	}
	// Without North Tyneside nothing significant is left, so that one place decides.
	if len(u.Without) != 2 || u.Without[1].Place != "99C" || u.Without[1].P < .05 || u.Without[0].P > .05 || !r.Effect.Total.Missing() {
		t.Errorf("without each place %+v, in all %v", u.Without, r.Effect.Total)
	}
	if r.Verdict != claim.Inconclusive || r.Claimed.Percent != 14 || r.Claimed.Part != 1 {
		t.Errorf("%s, claimed %+v", r.Verdict, r.Claimed)
	}
	// The hospital opened in the month in which North Tyneside jumps: no page may credit it without the sentence.
	at := func(code claim.ReasonCode) bool {
		return slices.ContainsFunc(r.Reasons, func(why claim.Reason) bool { return why.Code == code })
	}
	if len(u.AtStart) != 1 || u.AtStart[0].Place != "99C" || !at(claim.LooksLikeCounting) || !at(claim.SchemesOverlap) {
		t.Errorf("at the start: %+v, reasons %+v", u.AtStart, r.Reasons)
	}
	if u.Check == nil || u.Baseline == nil || u.Check.Percent > -5 || u.Baseline.P < .05 {
		t.Errorf("check %+v, put back %+v", u.Check, u.Baseline)
	}
}

// No place of any scheme at that time is what others are compared with.
func TestPlacesOfSchemesAreNoDonors(t *testing.T) {
	t.Parallel()
	p := bundledPlaces{t: t, catalog: shipped(t)}
	r := testSupposed(t, p, supposed("02E", "2015-06"))
	first, _ := catalog.ParsePeriod(r.Unit.From)
	last, _ := catalog.ParsePeriod(r.Unit.Until)
	out := map[string]claim.ReasonCode{}
	for _, l := range r.Unit.LeftOut {
		if out[l.Place] != "" {
			t.Errorf("%s is left out twice", l.Place)
		}
		out[l.Place] = l.Because.Code
	}
	schemes := 0
	for code := range p.Covered("commissioner", first, last) {
		if why, left := out[code]; left && why == claim.OtherScheme {
			schemes++
		}
	}
	if r.Effect == nil || schemes < 30 || r.Unit.Donors < claim.MinUnitDonors || r.Unit.Donors+len(out) > 211 {
		t.Errorf("%d places of schemes are left out, %d are compared with, %d left out in all: %+v", schemes, r.Unit.Donors, len(out), r.Refused)
	}
}

func TestBadInputInSmallPlaces(t *testing.T) {
	t.Parallel()
	p := bundledPlaces{t: t, catalog: shipped(t)}
	for _, test := range []struct {
		name, claim string
		change      func(string, figures.Counts)
		want        claim.ReasonCode // why nothing is estimated
	}{
		{"a merger in the window with places that the scheme did not cover", supposed("00F", "2014-10"), nil, claim.MergedWithOthers},
		{"a commissioner that was divided in the window", supposed("01H", "2016-10"), nil, claim.WorkDivided},
		{"a start in the last month", supposed("02E", "2019-12"), nil, claim.TooFewAfter},
		{"a start in the first months", supposed("02E", "2013-09"), nil, claim.TooFewBefore},
		{"a change of counting before the start", supposed("02E", "2015-06"), lowered("02E", "2014-12", .7), claim.StepInWindow},
		{"a change of counting after the start", supposed("05F", "2015-06"), lowered("05F", "2015-10", .7), claim.StepInWindow},
		{"a change at the start larger than any scheme claims", supposed("02E", "2015-06"), lowered("02E", "2015-06", .5), claim.StepInWindow},
		{"a missing return", supposed("02E", "2015-06"), func(_ string, counts figures.Counts) {
			changed := map[time.Time]float64{}
			for at, n := range counts["02E"] {
				if at.Format("2006-01") != "2015-08" {
					changed[at] = n
				}
			}
			counts["02E"] = changed
		}, claim.GapInWindow},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := p
			p.change = test.change
			r := testSupposed(t, p, test.claim)
			if r.Refused == nil || r.Refused.Code != test.want || r.Verdict != claim.CannotBeTested || r.Effect != nil || len(r.Reasons) == 0 {
				t.Errorf("refused %+v, verdict %s, want %s", r.Refused, r.Verdict, test.want)
			}
		})
	}
}

// Commissioners that merged with each other are summed throughout.
func TestMergedCommissionersAreSummed(t *testing.T) {
	t.Parallel()
	p := bundledPlaces{t: t, catalog: shipped(t)}
	r := testSupposed(t, p, supposed("00F, 00G, 00H", "2014-10"))
	if r.Effect == nil || len(r.Unit.Places) != 1 || !slices.Equal(r.Unit.Places[0].Codes, []string{"00F", "00G", "00H", "13T"}) ||
		r.Unit.Places[0].Name != "13T" {
		t.Errorf("%+v %+v", r.Unit, r.Refused)
	}
}

func TestTwoSchemesInOnePlaceAtOneTime(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	tested, _ := c.Claim("symphony_overnight_admissions")
	r := testIn(t, bundledPlaces{t: t, catalog: c}, c, tested, "")
	overlapping := slices.ContainsFunc(r.Reasons, func(why claim.Reason) bool { return why.Code == claim.SchemesOverlap && len(why.Facts.Schemes) > 0 })
	if r.Effect == nil || len(r.Unit.Overlaps) == 0 || !overlapping || r.Verdict == claim.Evidenced {
		t.Errorf("%s: %+v, %+v", r.Verdict, r.Unit.Overlaps, r.Reasons)
	}
}

func TestAGroupOfTwo(t *testing.T) {
	t.Parallel()
	p := bundledPlaces{t: t, catalog: shipped(t)}
	r := testSupposed(t, p, supposed("02E, 05F", "2015-06"))
	u := r.Unit
	if r.Effect == nil || r.Design.Method != claim.MeanRelativeDiD || u.DonorFootprints < 20 || u.Rho.Missing() || u.Places[0].Percent.Missing() ||
		r.Effect.Detectable < 6 ||
		r.Effect.Detectable > 11 {
		t.Errorf("%+v %+v %+v", r.Effect, u, r.Refused)
	}
}

// A fall that is put in is found as large as it is, and one that comes at once is not credited.
func TestAFallAtTheStartLooksLikeACount(t *testing.T) {
	t.Parallel()
	p := bundledPlaces{t: t, catalog: shipped(t)}
	before := testSupposed(t, p, supposed("02E", "2015-06"))
	p.change = lowered("02E", "2015-06", .8)
	after := testSupposed(t, p, supposed("02E", "2015-06"))
	want := 100 * math.Log(.8)
	if got := 100 * (math.Log1p(float64(after.Effect.Percent)/100) - math.Log1p(float64(before.Effect.Percent)/100)); math.Abs(got-want) > .2 {
		t.Errorf("the fall put in is %.2f, found are %.2f", want, got)
	}
	said := slices.ContainsFunc(after.Reasons, func(why claim.Reason) bool { return why.Code == claim.LooksLikeCounting })
	if after.Verdict == claim.Evidenced || len(after.Unit.AtStart) != 1 || !said {
		t.Errorf("%s: %+v %+v", after.Verdict, after.Unit.AtStart, after.Reasons)
	}
}

func TestEveryStartOfAYearIsTried(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	tested, _ := c.Claim("calderdale_care_homes_admissions")
	r := testIn(t, bundledPlaces{t: t, catalog: c}, c, tested, "")
	if s := r.Unit.Starts; r.Effect == nil || s == nil || s.Tried < 6 || s.Lowest > s.Most || s.Low > s.Lowest || s.High < s.Most || s.First != "2014-01" ||
		s.Last != "2014-12" {
		t.Errorf("%+v %+v", s, r.Refused)
	}
}

func TestPlacesToTestInCanBeChosen(t *testing.T) {
	t.Parallel()
	p := bundledPlaces{t: t, catalog: shipped(t)}
	c := claim.Declared(t, claim.One("x", "E54000038", "measure: beds_occupied_general_acute", "start: 2015-Q2", "size: 20", "unit: percent",
		`units: [{at: provider, codes: [RA4], extent: whole, certainty: stated, citation: {title: A report, url: "https://example.org"}}]`))
	tested := c.Claims[0]
	if r := testIn(t, p, c, tested, "provider"); r.Unit == nil || r.Unit.At != "provider" || r.Effect == nil {
		t.Errorf("%+v", r.Refused)
	}
	if r := testIn(t, p, c, tested, "council"); r.Refused == nil || r.Refused.Code != claim.NotNamedThere {
		t.Errorf("%+v", r.Refused)
	}
	if r := testIn(t, p, c, tested, "footprint"); r.Unit != nil {
		t.Errorf("%+v", r.Unit)
	}
}

// In every domain at most 5 in 100 false claims are called evidenced, with the bound, and the errors by size are those of the study.
func TestDomains(t *testing.T) {
	t.Parallel()
	p := bundledPlaces{t: t, catalog: shipped(t)}
	for _, d := range claim.Domains {
		t.Run(fmt.Sprintf("%s by %s, %d before and %d after", d.Measure, d.At, d.Before, d.After), func(t *testing.T) {
			t.Parallel()
			s, err := d.Study(t.Context(), p, 1)
			if err != nil {
				t.Fatal(err)
			}
			if s.Size > .08 || s.Coverage < .92 || s.Tried < 200 {
				t.Errorf("size %.3f (%.3f), coverage %.3f of %d", s.Size, s.SizeUpTo, s.Coverage, s.Tried)
			}
			for _, a := range s.Answers {
				if a.Fall == 0 && a.Evidenced.Upper > .05 {
					t.Errorf("%g%% claimed falsely is evidenced in up to %.1f of 100", a.Claimed, 100*a.Evidenced.Upper)
				}
			}
			for _, g := range s.Groups {
				if worst := g.Worst(); g.Size > .09 || worst.Upper > .05 || g.Coverage < .92 { // the size is from before the limits are widened
					t.Errorf("groups of %d: size %.3f, coverage %.3f; a false claim is evidenced in up to %.3f", g.K, g.Size, g.Coverage, float64(worst.Upper))
				}
			}
			if v := d.Variance; v != nil {
				for _, size := range []float64{20_000, 40_000, 100_000} {
					if now, then := s.Fitted.At(size), v.At(size); math.Abs(now/then-1) > .01 {
						t.Errorf("the error of a place with %g a year is %.4f, and %.4f in the table: put %.6f, %.4g there", size, now, then, s.Fitted.A, s.Fitted.B)
					}
				}
			}
		})
	}
}
