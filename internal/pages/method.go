package pages

import (
	"fmt"
	"math"
	"slices"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/forecast"
	"stpdash/internal/load"
	"stpdash/internal/mapping"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/rates"
	"stpdash/internal/spc"
	"stpdash/internal/steps"
)

// Method composes the page of how everything is made.
func (c helpPages) Method(asOf figures.Moment) MethodPage {
	page := MethodPage{
		Shell:          c.shell("Method", "method", asOf),
		CalibrationURL: address("/calibration", "as_of", asOf.Text),
		Places: len(
			c.directory.Reference.Footprints(),
		),
		Registered: catalog.Period{Start: figures.RegisteredQuarter, Grain: catalog.Quarter}.Words(),
		Carried:    wording.CarriedForward(c.directory.Catalog),
		Process: ProcessLimits{
			LimitFactor:  spc.LimitFactor,
			ScreenFactor: spc.ScreenFactor,
			Run:          spc.RunLength,
			Fewest:       spc.MinimumPoints,
			FewCases:     measure.FewCases,
			MinGaps:      spc.MinGaps,
			BreakPart:    fmt.Sprintf("%g%%", measure.DecisivePart*100),
			Notable:      fmt.Sprintf("%g%%", figures.NotablePart*100),
		},
		FewEvents:      rates.FewEvents,
		Peers:          figures.NearestPeers,
		PeersKnown:     figures.MaxFootprints,
		MinimumErrors:  forecast.MinimumErrors,
		FewOrigins:     wording.FewOrigins,
		Significance:   claim.Significance,
		MinDonors:      claim.MinDonors,
		Rules:          ruleRows(claim.Rules, 0),
		PlanRules:      ruleRows(claim.PlanRules, 0),
		OwnRules:       ruleRows(claim.OwnRules, 0),
		FarFromHistory: figures.FarFromHistory,
		Steps: StepLimits{
			fmt.Sprintf(
				"%.0f%%",
				100*math.Expm1(steps.LeastStep),
			),
			fmt.Sprintf("%.0f%%", 100*math.Expm1(steps.LeastGap)),
			steps.StepScales,
			steps.GapScales,
			steps.LeastCount,
			fmt.Sprintf("%.0f%%", 100*math.Expm1(steps.MostLimit)),
		},
	}
	for _, r := range c.directory.Reference.Regions() {
		page.Regions = append(page.Regions, regionLink(r, asOf))
	}
	for _, t := range catalog.Transitions {
		what := "The figures taken together, "
		if t.OfOne() {
			what = "Of each figure, "
		}
		page.Derivations = append(page.Derivations, wording.Fact{Term: wording.Capital(wording.Rule(string(t))), Words: what + t.Words() + "."})
	}
	for _, causes := range spc.Rules {
		page.Process.Causes = append(page.Process.Causes, wording.Capital(wording.Cause(causes[0]))+", or "+wording.Cause(causes[1]))
	}
	for _, v := range append([]spc.Variation{spc.CommonVariation}, append(slices.Clone(spc.Special), spc.NoVariation)...) {
		page.Variations = append(page.Variations, wording.NewVariationIcon(v, ""))
	}
	for _, a := range []spc.Assurance{spc.ConsistentPass, spc.Inconsistent, spc.ConsistentFail} {
		page.Assurances = append(page.Assurances, wording.Icon{Icon: string(a), Text: wording.AssuranceTexts[a], Words: wording.Assurance(a)})
	}
	for _, s := range wording.StateMeanings {
		page.States = append(page.States, wording.Fact{Term: wording.States[s.State], Words: s.Words})
	}
	for _, g := range []catalog.Grain{catalog.Day, catalog.Week, catalog.Month, catalog.Quarter, catalog.FinancialYear} {
		season := measure.Season(g)
		page.Forecasts = append(page.Forecasts, ForecastLimits{wording.Capital(g.Words()), measure.Horizon(g), forecast.MinimumFigures(season), season})
	}
	for _, v := range claim.Verdicts {
		page.Verdicts = append(page.Verdicts, ClaimGroup{Verdict: verdictTag(v), Words: wording.VerdictMeanings[v]})
	}
	for _, q := range claim.Questions {
		page.Checks = append(page.Checks, CheckMeaning{wording.Checks[q.ID].Title, wording.Capital(wording.Checks[q.ID].Passes) + ".", q.Source})
	}
	for _, severity := range []mapping.Severity{mapping.RefusesFile, mapping.RejectsRow, mapping.Warns} {
		rules := LoadingRules{Severity: string(severity)}
		for _, r := range load.Rules {
			if r.Severity == severity {
				rules.Rules = append(rules.Rules, wording.Fact{Term: wording.Rule(r.Name), Words: r.Demands})
			}
		}
		page.Loading = append(page.Loading, rules)
	}
	return page
}

// StepLimits are from where on a gap or a step is one, in words and times.
type StepLimits struct {
	Step, Gap             string // at least
	StepScales, GapScales float64
	LeastCount            int
	Widest                string
}

// MethodPage says how every number, sign, forecast and verdict is made. What the program goes by is taken from where it does, so that the
// page cannot say otherwise.
type MethodPage struct {
	Shell
	CalibrationURL string
	Places         int // the footprints
	Regions        []Link
	Registered     string // the quarter whose registrations tell how large places are
	Carried        string // for how long a number of registered patients stands: "four quarters"
	Derivations    []wording.Fact
	Process        ProcessLimits
	Variations     []wording.Icon
	Assurances     []wording.Icon
	States         []wording.Fact
	// FewEvents is the count under which the exact interval is stated.
	FewEvents int
	// Peers are shown so many, by features known of at least PeersKnown footprints.
	Peers, PeersKnown int
	Forecasts         []ForecastLimits
	// Bounds are widened by at least MinimumErrors past forecasts, which say little from fewer than FewOrigins starts.
	MinimumErrors, FewOrigins int
	// Significance is the largest p of a significant change, and MinDonors are the places that takes.
	Significance               float64
	MinDonors                  int
	Verdicts                   []ClaimGroup // with what each means, without claims
	Rules, PlanRules, OwnRules []RuleRow
	Checks                     []CheckMeaning
	Loading                    []LoadingRules
	FarFromHistory             int
	Steps                      StepLimits
}

// ProcessLimits are what process control charts are made by.
type ProcessLimits struct {
	LimitFactor, ScreenFactor      float64
	Run, Fewest, FewCases, MinGaps int
	Causes                         []string // the rules, the first that a point breaks counts
	BreakPart, Notable             string   // parts of a figure
}

// ForecastLimits say how far the figures of a grain are forecast, and from how many.
type ForecastLimits struct {
	Grain          string
	Ahead, Figures int
	Season         int // 1: none
}

// CheckMeaning is a check of claims with when it passes.
type CheckMeaning struct{ Title, Passes, Source string }

// LoadingRules are the rules of loading with what follows where one is broken.
type LoadingRules struct {
	Severity string
	Rules    []wording.Fact
}
