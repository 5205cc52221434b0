package dashboard

import (
	"fmt"
	"slices"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/forecast"
	"stpdash/internal/load"
	"stpdash/internal/measure"
	"stpdash/internal/rates"
	"stpdash/internal/spc"
)

// stateMeanings say when a figure stands how against a target.
var stateMeanings = []struct {
	state measure.State
	words string
}{
	{measure.Met, "What the target asks for in the end is reached."},
	{measure.OnTrajectory, "Not yet, but what it asks for in the period is reached, or missed by no more than the tolerance that the target states."},
	{measure.OffTrajectory, "What it asks for in the period is not reached."},
	{measure.CannotTell, "There is no figure, the baseline of the target is not known, or it asks for nothing in the period. The reason stands beside it."},
}

// Method composes the page of how everything is made.
func (c *Composer) Method(asOf figures.Moment) MethodPage {
	page := MethodPage{
		Shell: c.shell("Method", "method", asOf), CalibrationURL: address("/calibration", "as_of", asOf.Text),
		Places: len(c.directory.Reference.Footprints()), Registered: catalog.Period{Start: figures.RegisteredQuarter, Grain: catalog.Quarter}.Words(),
		Process: ProcessLimits{LimitFactor: spc.LimitFactor, ScreenFactor: spc.ScreenFactor, Run: spc.RunLength, Fewest: spc.MinimumPoints, FewCases: measure.FewCases, FewestGaps: spc.FewestGaps,
			Turnover: fmt.Sprintf("%g%%", measure.DecisivePart*100), Notable: figures.NotablePart.Mul(hundred).String() + "%"},
		FewEvents: rates.FewEvents, Peers: figures.NearestPeers, PeersKnown: figures.MostFootprints,
		MinimumErrors: forecast.MinimumErrors, FewOrigins: fewOrigins,
		Significance: claim.Significance, FewestDonors: claim.FewestDonors, Rules: ruleRows(claim.Rules, 0), PlanRules: ruleRows(claim.PlanRules, 0),
		FarFromHistory: figures.FarFromHistory,
	}
	for _, r := range c.directory.Reference.Regions() {
		page.Regions = append(page.Regions, regionLink(r, asOf))
	}
	for _, t := range []catalog.Transition{catalog.RollingYear, catalog.YearToDate, catalog.YearChange} {
		what := "The figures taken together, "
		if t == catalog.YearChange {
			what = "Of each figure, "
		}
		page.Derivations = append(page.Derivations, Fact{capital(ruleWords(string(t))), what + t.Words() + "."})
	}
	for _, causes := range spc.Rules {
		page.Process.Causes = append(page.Process.Causes, capital(causes[0].Words())+", or "+causes[1].Words())
	}
	for _, v := range append([]spc.Variation{spc.CommonVariation}, append(slices.Clone(variationKinds), spc.NoVariation)...) {
		page.Variations = append(page.Variations, newVariation(v, ""))
	}
	for _, a := range []spc.Assurance{spc.ConsistentPass, spc.Inconsistent, spc.ConsistentFail} {
		page.Assurances = append(page.Assurances, Sign{string(a), assuranceTexts[a], a.Words()})
	}
	for _, s := range stateMeanings {
		page.States = append(page.States, Fact{stateWords[s.state], s.words})
	}
	for _, g := range []catalog.Grain{catalog.Day, catalog.Month, catalog.Quarter, catalog.FinancialYear} {
		season := measure.Season(g)
		page.Forecasts = append(page.Forecasts, ForecastLimits{capital(g.Words()), measure.Horizon(g), forecast.MinimumFigures(season), season})
	}
	for _, v := range claim.Verdicts {
		page.Verdicts = append(page.Verdicts, ClaimGroup{Verdict: verdictTag(v), Words: verdictMeanings[v]})
	}
	for _, q := range claim.Questions {
		page.Checks = append(page.Checks, CheckMeaning{q.Title, capital(q.Passes) + ".", q.Source})
	}
	for _, severity := range []load.Severity{load.RefusesFile, load.RejectsRow, load.Warns} {
		rules := LoadingRules{Severity: string(severity)}
		for _, r := range load.Rules {
			if r.Severity == severity {
				rules.Rules = append(rules.Rules, Fact{ruleWords(r.Name), r.Demands})
			}
		}
		page.Loading = append(page.Loading, rules)
	}
	return page
}
