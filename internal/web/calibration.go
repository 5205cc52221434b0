package web

import (
	"context"
	"time"

	"stpdash/internal/claim"
	"stpdash/internal/evidence"
)

type calibrationRow struct {
	Measure      string `json:"measure" doc:"Id; empty for all measures that could be tested at all"`
	Fall         number `json:"fall_percent" doc:"Put into the figures of the place from the start on; 0 for none, so that what is claimed is false"`
	Claimed      number `json:"claimed_percent" doc:"Null where sizes of the register were claimed"`
	Claims       int    `json:"claims"`
	Evidenced    int    `json:"evidenced"`
	Partly       int    `json:"partly_evidenced"`
	Not          int    `json:"not_evidenced"`
	Contradicted int    `json:"contradicted"`
	Untested     int    `json:"cannot_be_tested"`
	Stand        int    `json:"fit_for_a_test" doc:"Of the claims, those whose data were complete and whose comparison fitted; the figures from bias on are of these"`
	Share        number `json:"evidenced_share" doc:"From 0 to 1, with its exact 95% interval, widened for claims about the same footprint"`
	Lower        number `json:"evidenced_lower"`
	Upper        number `json:"evidenced_upper"`
	Footprints   int    `json:"evidenced_footprints" doc:"In how many footprints claims were evidenced"`
	Seen         number `json:"seen_share" doc:"Evidenced or partly evidenced"`
	SeenLower    number `json:"seen_lower"`
	SeenUpper    number `json:"seen_upper"`
	Bias         number `json:"bias" doc:"Mean error of the estimates, in percentage points; below zero where they show too large a fall"`
	Coverage     number `json:"coverage" doc:"Share of 95% intervals that held the truth"`
	Detectable   number `json:"median_detectable_percent" doc:"Median of the smallest fall that would be seen in 80 of 100 cases"`
}

type calibrationBody struct {
	Seed    uint64            `json:"seed"`
	Draws   int               `json:"draws"`
	AsOf    string            `json:"as_of" doc:"The figures that it was made with, as they stood then"`
	RunTime float64           `json:"run_time_s"`
	Cores   int               `json:"cores"`
	Sizes   []float64         `json:"register_sizes_percent"`
	Figures map[string]string `json:"figures_hash" doc:"By measure, of its figures and of those watched beside it"`
	Rules   string            `json:"rules_hash"`
	Changed []string          `json:"figures_changed" doc:"Measures whose figures are no longer those that it was made with"`
	Current bool              `json:"current" doc:"The figures and the rules are those that it was made with"`
	Rows    []calibrationRow  `json:"rows"`
}

func (b calibrationBody) sheet() sheet {
	s := sheet{"calibration", [][]any{{"measure", "fall_percent", "claimed_percent", "claims", "evidenced", "partly_evidenced", "not_evidenced", "contradicted", "cannot_be_tested",
		"fit_for_a_test", "evidenced_share", "evidenced_lower", "evidenced_upper", "evidenced_footprints", "seen_share", "seen_lower", "seen_upper", "bias", "coverage", "median_detectable_percent"}}}
	for _, r := range b.Rows {
		s.rows = append(s.rows, []any{r.Measure, r.Fall, r.Claimed, r.Claims, r.Evidenced, r.Partly, r.Not, r.Contradicted, r.Untested,
			r.Stand, r.Share, r.Lower, r.Upper, r.Footprints, r.Seen, r.SeenLower, r.SeenUpper, r.Bias, r.Coverage, r.Detectable})
	}
	return s
}

func (b calibrationBody) measures() []string {
	return measuresOf(b.Rows, func(r calibrationRow) string { return r.Measure })
}

func (a claimsAPI) calibration(ctx context.Context, in *struct{ Viewing }) (calibrationBody, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return calibrationBody{}, err
	}
	changed, err := a.register.CalibrationChanges(ctx, asOf)
	if err != nil {
		return calibrationBody{}, err
	}
	c := a.register.Calibration()
	body := calibrationBody{Seed: c.Seed, Draws: c.Draws, AsOf: c.AsOf.Format(time.RFC3339), RunTime: c.Seconds, Cores: c.Cores, Sizes: c.Sizes, Figures: c.Figures, Rules: c.Rules,
		Changed: append([]string{}, changed...), Current: len(changed) == 0 && c.Rules == claim.RulesHash()}
	for _, t := range c.Summaries() {
		known := func(n evidence.Number) number { return computed(float64(n), !n.Missing()) }
		body.Rows = append(body.Rows, calibrationRow{t.Measure, computed(t.Fall, true), computed(t.Claimed, t.Claimed > 0), t.Trials,
			t.Verdicts[claim.Evidenced], t.Verdicts[claim.PartlyEvidenced], t.Verdicts[claim.NotEvidenced], t.Verdicts[claim.Contradicted], t.Verdicts[claim.CannotBeTested],
			t.Stand, computed(t.Evidenced.Share, true), computed(t.Evidenced.Lower, true), computed(t.Evidenced.Upper, true), t.Evidenced.Footprints,
			computed(t.Seen.Share, true), computed(t.Seen.Lower, true), computed(t.Seen.Upper, true), known(t.Bias), known(t.Coverage), known(t.Detectable)})
	}
	return body, nil
}
