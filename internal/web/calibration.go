package web

import (
	"context"
	"time"

	"stpdash/internal/claim"
	"stpdash/internal/evidence"
)

type calibrationRow struct {
	Measure      string `json:"measure"                   doc:"Id; empty for all measures that could be tested at all"`
	Fall         number `json:"fall_percent"              doc:"Put into the figures of the place from the start on; 0 for none, so that what is claimed is false"`
	Claimed      number `json:"claimed_percent"           doc:"Null where sizes of the register were claimed"`
	Claims       int    `json:"claims"`
	Evidenced    int    `json:"evidenced"`
	Partly       int    `json:"partly_evidenced"`
	Smaller      int    `json:"smaller_than_claimed"`
	Inconclusive int    `json:"inconclusive"`
	Contradicted int    `json:"contradicted"`
	Untested     int    `json:"cannot_be_tested"`
	Stand        int    `json:"fit_for_a_test"            doc:"Of the claims, those whose data were complete and whose comparison fitted; shares and figures are of these"`
	Share        number `json:"evidenced_share"           doc:"Of those fit for a test, from 0 to 1, with its exact 95% interval, widened for claims about the same footprint; null where none was fit"`
	Lower        number `json:"evidenced_lower"`
	Upper        number `json:"evidenced_upper"`
	Footprints   int    `json:"evidenced_footprints"      doc:"In how many footprints claims were evidenced"`
	Seen         number `json:"seen_share"                doc:"Evidenced or partly evidenced"`
	SeenLower    number `json:"seen_lower"`
	SeenUpper    number `json:"seen_upper"`
	Bias         number `json:"bias"                      doc:"Mean error of the estimates, in percentage points; below zero where they show too large a fall"`
	Coverage     number `json:"coverage"                  doc:"Share of 95% intervals that held the truth"`
	Detectable   number `json:"median_detectable_percent" doc:"Median of the smallest fall that would be seen in 80 of 100 cases"`
}

// domainRow is the test in places smaller than footprints, in one domain.
type domainRow struct {
	At         string     `json:"at"                     enum:"commissioner,provider,council"`
	Measure    string     `json:"measure"`
	Before     int        `json:"periods_before"`
	After      int        `json:"periods_after"`
	Places     int        `json:"places"                                                      doc:"In no scheme at any time"`
	Tried      int        `json:"tried"                                                       doc:"Places at all starts"`
	Size       number     `json:"size"                                                        doc:"Share found to have changed where nothing happened; it should be 0.05"`
	SizeUpTo   number     `json:"size_upper"`
	Coverage   number     `json:"coverage"                                                    doc:"Share of 95% intervals that held the truth"`
	Falls      []number   `json:"falls_percent"                                               doc:"Put into the figures"`
	Power      []number   `json:"power"                                                       doc:"Share in which each of them was found"`
	Detectable number     `json:"detectable_percent"                                          doc:"The smallest fall found in 80 of 100"`
	False      number     `json:"false_evidenced_share"                                       doc:"False claims called evidenced, of the size at which the bound is highest"`
	FalseUpTo  number     `json:"false_evidenced_upper"`
	Groups     []groupRow `json:"groups"                                                      doc:"Of the test of the mean of a group of such places, drawn by whole footprints"`
	Often      []string   `json:"places_found_too_often"                                      doc:"Found to have changed at one start in five or more, though nothing happened: not compared with a single place whose error is known by its size, and with wider limits where a scheme was there"`
}

// groupRow is the test of a group of places in a domain.
type groupRow struct {
	K          int      `json:"places"`
	Tried      int      `json:"tried"`
	Size       number   `json:"size"                  doc:"Share found to have changed where nothing happened, before limits were widened"`
	SizeUpTo   number   `json:"size_upper"`
	Wider      number   `json:"limits_widened_by"     doc:"So that 5 in 100 are found; what follows is with it"`
	Coverage   number   `json:"coverage"`
	Power      []number `json:"power"`
	Detectable number   `json:"detectable_percent"`
	False      number   `json:"false_evidenced_share"`
	FalseUpTo  number   `json:"false_evidenced_upper"`
}

func groupRows(studies []claim.GroupStudy) []groupRow {
	rows := []groupRow{}
	for i := range studies {
		g := &studies[i]
		worst := g.Worst()
		row := groupRow{
			g.K, g.Tried, estimated(g.Size), estimated(g.SizeUpTo), estimated(g.Wider), estimated(g.Coverage),
			[]number{},
			estimated(100 * g.Detectable),
			finite(worst.Share), finite(worst.Upper),
		}
		for _, power := range g.Power {
			row.Power = append(row.Power, estimated(power))
		}
		rows = append(rows, row)
	}
	return rows
}

func domainRows(studies []*claim.DomainStudy) []domainRow {
	rows := []domainRow{}
	for _, s := range studies {
		worst := s.Worst()
		row := domainRow{
			At:       s.At,
			Measure:  s.Measure,
			Before:   s.Before,
			After:    s.After,
			Places:   s.Units,
			Tried:    s.Tried,
			Size:     estimated(s.Size),
			SizeUpTo: estimated(s.SizeUpTo),
			Coverage: estimated(
				s.Coverage,
			),
			Detectable: estimated(100 * s.Detectable),
			False:      finite(worst.Share),
			FalseUpTo:  finite(worst.Upper),
			Falls:      []number{},
			Power:      []number{},
			Often:      []string{},
			Groups:     groupRows(s.Groups),
		}
		for i, power := range s.Power {
			row.Falls, row.Power = append(row.Falls, finite(claim.Falls[i])), append(row.Power, estimated(power))
		}
		for _, p := range s.Places {
			row.Often = append(row.Often, p.Place)
		}
		rows = append(rows, row)
	}
	return rows
}

type calibrationBody struct {
	Seed    uint64            `json:"seed"`
	Draws   int               `json:"draws"`
	AsOf    string            `json:"as_of"                  doc:"The figures that it was made with, as they stood then"`
	RunTime float64           `json:"run_time_s"`
	Cores   int               `json:"cores"`
	Sizes   []float64         `json:"register_sizes_percent"`
	Figures map[string]string `json:"figures_hash"           doc:"By measure, of its figures and of those watched beside it"`
	Rules   string            `json:"rules_hash"`
	Changed []string          `json:"figures_changed"        doc:"Measures whose figures are no longer those that it was made with"`
	Current bool              `json:"current"                doc:"The figures and the rules are those that it was made with; false while figures are still loading"`
	Loading bool              `json:"figures_loading"        doc:"Not all figures are loaded yet, so whether they are those that it was made with is not known"`
	Rows    []calibrationRow  `json:"rows"`
	Domains []domainRow       `json:"domains"                doc:"Of the test in places smaller than footprints"`
}

func (b calibrationBody) sheet() sheet {
	s := sheet{
		"calibration",
		[][]any{
			{
				"measure",
				"fall_percent",
				"claimed_percent",
				"claims",
				"evidenced",
				"partly_evidenced",
				"smaller_than_claimed",
				"inconclusive",
				"contradicted",
				"cannot_be_tested",
				"fit_for_a_test",
				"evidenced_share",
				"evidenced_lower",
				"evidenced_upper",
				"evidenced_footprints",
				"seen_share",
				"seen_lower",
				"seen_upper",
				"bias",
				"coverage",
				"median_detectable_percent",
			},
		},
	}
	for _, r := range b.Rows {
		s.rows = append(s.rows, []any{
			r.Measure, r.Fall, r.Claimed, r.Claims, r.Evidenced, r.Partly, r.Smaller, r.Inconclusive, r.Contradicted, r.Untested,
			r.Stand, r.Share, r.Lower, r.Upper, r.Footprints, r.Seen, r.SeenLower, r.SeenUpper, r.Bias, r.Coverage, r.Detectable,
		})
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
	var changed []string
	if !asOf.Incomplete() {
		if changed, err = a.register.CalibrationChanges(ctx, asOf); err != nil {
			return calibrationBody{}, err
		}
	}
	c := a.register.Calibration()
	body := calibrationBody{
		Seed:    c.Seed,
		Draws:   c.Draws,
		AsOf:    c.AsOf.Format(time.RFC3339),
		RunTime: c.Seconds,
		Cores:   c.Cores,
		Sizes:   c.Sizes,
		Figures: c.Figures,
		Rules:   c.Rules,
		Domains: domainRows(
			c.Domains,
		),
		Changed: append([]string{}, changed...),
		Current: !asOf.Incomplete() && len(changed) == 0 && c.Rules == claim.RulesHash(),
		Loading: asOf.Incomplete(),
	}
	for _, t := range c.Summaries() {
		known := func(n evidence.Number) number { return computed(float64(n), !n.Missing()) }
		body.Rows = append(body.Rows, calibrationRow{
			t.Measure,
			computed(t.Fall, true),
			computed(t.Claimed, t.Claimed > 0),
			t.Trials,
			t.Verdicts[claim.Evidenced],
			t.Verdicts[claim.PartlyEvidenced],
			t.Verdicts[claim.SmallerThanClaimed],
			t.Verdicts[claim.Inconclusive],
			t.Verdicts[claim.Contradicted],
			t.Verdicts[claim.CannotBeTested],
			t.Stand,
			finite(t.Evidenced.Share),
			finite(t.Evidenced.Lower),
			finite(t.Evidenced.Upper),
			t.Evidenced.Footprints,
			finite(t.Seen.Share),
			finite(t.Seen.Lower),
			finite(t.Seen.Upper),
			known(t.Bias),
			known(t.Coverage),
			known(t.Detectable),
		})
	}
	return body, nil
}
