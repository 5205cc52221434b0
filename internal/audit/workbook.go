package audit

import (
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/evidence"
	"stpdash/internal/pages/wording"
	"stpdash/internal/spreadsheet"
)

// sheets are those of the workbook.
func (m *material) sheets() []spreadsheet.Sheet {
	return []spreadsheet.Sheet{
		{Name: "summary", Rows: m.summary(), Widths: []float64{30, 110}},
		{Name: "checks", Rows: m.checks(), Widths: []float64{20, 50, 12, 90, 14, 60, 24}},
		{Name: "path", Rows: m.path(), Widths: []float64{12, 16, 16, 16, 16}},
		{Name: "weights", Rows: m.weights(), Widths: []float64{24, 14, 44, 14, 14}},
		{Name: "placebos", Rows: m.placebos(), Widths: []float64{14, 44}},
		{Name: "sensitivity", Rows: m.sensitivity(), Widths: []float64{24, 36, 44, 14, 14, 14, 14, 60}},
		{Name: "inputs", Rows: m.figures(), Widths: []float64{26, 12, 44, 18, 10}},
		{Name: "provenance", Rows: m.provenance(), Widths: []float64{14, 50, 20, 50, 40, 68}},
	}
}

// number is a figure as a cell, which is empty where it could not be computed.
func number(n evidence.Number) any {
	if n.Missing() {
		return nil
	}
	return float64(n)
}

// pounds is an amount as a cell: a number where it is one.
func pounds(text string) any {
	d, err := decimal.NewFromString(text)
	return decimal.NullDecimal{Decimal: d, Valid: err == nil}
}

// absent says why the test has no such thing.
func (m *material) absent(what string) string {
	r := m.Result
	switch {
	case m.Claim.IsPlan():
		return "There is no " + what + ": a plan is compared with what happened, and not tested as an effect."
	case r.Series != nil:
		return "There is no " + what + ": no places could be compared with, so the figures of the claim's own places before the start stand for what would have been."
	default:
		return "There is no " + what + ": " + strings.Join(r.Reasons[:1], "") + "."
	}
}

// orAbsent adds the reason where a table has headings alone.
func (m *material) orAbsent(rows [][]any, what string) [][]any {
	if len(rows) == 1 {
		rows = append(rows, []any{m.absent(what)})
	}
	return rows
}

func (m *material) summary() [][]any {
	c, r := m.Claim, m.Result
	rows := [][]any{{"what", "answer"}}
	add := func(what string, answer any) {
		if d, ok := answer.(decimal.NullDecimal); answer != nil && answer != "" && (!ok || d.Valid) {
			rows = append(rows, []any{what, answer})
		}
	}
	interval := func(what string, i *[2]float64) {
		if i != nil {
			add(what+", 95% from", i[0])
			add(what+", 95% to", i[1])
		}
	}
	add("claim", c.ID)
	add("title", c.Title)
	add("scheme", c.Scheme)
	add("claimant", c.Claimant)
	add("claimed", c.Claimed)
	add("places", m.placeNames())
	add("kind of benefit", strings.ReplaceAll(string(c.Kind), "_", " "))
	add("measure", r.Measure)
	add("direction claimed", string(c.Towards))
	if c.Amount().Valid {
		add("size claimed, in "+string(c.Unit), c.Amount())
	}
	add("start", c.Start)
	add("until", c.Until)
	add("compared by the claimant with", m.comparator())
	if c.Covers != nil {
		add("reached", c.Covers.Words)
	}
	add("published", c.Date)
	add("citation", c.Citation.Title)
	add("address", c.Citation.URL)
	add("note", c.Note)
	for _, e := range c.Evaluations {
		add("also published", e.What+" "+e.Citation.Title+" "+e.Citation.URL)
	}
	add("verdict", string(r.Verdict))
	for i, reason := range r.Reasons {
		add("reason", reason)
		add("code of the reason", string(r.Result.Reasons[i].Code))
	}
	add("summary", r.Summary)
	add("claimed of the places' figures, %", number(r.Claimed.Percent))
	add("why that is not known", r.Claimed.Words)
	add("part of the places that the scheme reached", number(r.Claimed.Part))
	if e := r.Effect; e != nil {
		add("effect, %", number(e.Percent))
		interval("effect, %", e.PercentInterval)
		add("effect a period", number(e.PerPeriod))
		interval("effect a period", e.PeriodInterval)
		add("effect over all periods", number(e.Total))
		interval("effect over all periods", e.TotalInterval)
		add("standard error, %", number(e.SE))
		add("kind of standard error", e.SEType)
		add("p", number(e.P))
		add("smallest change that would be seen, %", number(e.Detectable))
		add("why a figure is missing", e.Reason)
	}
	if o := r.Outturn; o != nil {
		add("outturn", o.Words)
		add("planned", number(o.Planned))
		add("actual", number(o.Change))
		add("from plan", number(o.Variance))
		add("year compared", o.Year)
		add("why no later year is compared", o.WhyYear)
		if own := o.Own; own != nil {
			add("the plan's own year", own.Year)
			add("figure of the plan's own year", number(own.Figure))
			add("change to the plan's own year", number(own.Change))
			add("why that year is not judged", own.Why)
		}
		add("pounds over plan", pounds(o.OverPlan))
		add("pounds for each", pounds(o.UnitCost))
		add("outturn published by", o.PublishedBy)
		add("why the figures do not tell it", o.WhyPublished)
		if p := o.Published; p != nil {
			add("outturn as published", number(p.Change))
			add("published by", p.By)
			add("the figures round to it", map[bool]string{true: "yes", false: "no"}[p.Agrees])
		}
	}
	if p := r.Pounds; p != nil {
		add("pounds claimed", pounds(p.Claimed))
		add("pounds estimated", pounds(p.Estimate))
		add("pounds estimated, 95% from", pounds(p.Low))
		add("pounds estimated, 95% to", pounds(p.High))
		add("pounds evidenced", pounds(p.Evidenced))
		add("pounds evidenced, net of the scheme's costs", pounds(p.Net))
		add("unit cost", pounds(p.UnitCost))
		add("why pounds are missing", p.Words)
	}
	d := r.Design
	add("design", d.Method)
	for _, why := range d.Why {
		add("why this design", why)
	}
	if d.Level > 0 {
		add("level on the Maryland scale", d.Level)
	}
	add("figures from", d.First)
	add("first period under the scheme", d.Start)
	add("figures to", d.Last)
	if d.Before+d.After > 0 {
		add("periods before the start", d.Before)
		add("periods from the start on", d.After)
	}
	for _, left := range d.LeftOut {
		add("left out", left.What+", as "+left.Why)
	}
	add("figures as they stood at", m.AsOf.At)
	add("newest load", m.AsOf.Load)
	add("definition of the claim", r.Definition)
	for _, read := range m.measures() {
		add("definition of "+read.ID, read.Hash())
	}
	add("stpd", m.Version)
	return rows
}

func (m *material) placeNames() string {
	var names []string
	for _, code := range m.places() {
		names = append(names, m.name(code)+" ("+code+")")
	}
	return strings.Join(names, ", ")
}

// comparator is what the claimant compared with.
func (m *material) comparator() string {
	kind, words := strings.ReplaceAll(string(m.Claim.Against.Kind), "_", " "), m.Claim.Against.Words
	if words == "" {
		return kind
	}
	return kind + ": " + words
}

func (m *material) checks() [][]any {
	rows := [][]any{{"check", "title", "outcome", "finding", "figure", "source", "code of the finding"}}
	for _, c := range m.Result.Checks {
		rows = append(rows, []any{string(c.ID), c.Title, string(c.Outcome), c.Finding, number(c.Figure), c.Source, string(c.Check.Finding.Code)})
	}
	return rows
}

func (m *material) path() [][]any {
	rows := [][]any{{"period", "actual", "counterfactual", "gap", "under the scheme"}}
	if e := m.Result.Effect; e != nil {
		for i, p := range e.Path {
			rows = append(rows, []any{p.Period, number(p.Actual), number(p.Counterfactual), number(p.Actual - p.Counterfactual), i >= m.Result.Design.Before})
		}
	}
	return m.orAbsent(rows, "path beside what would have been")
}

func (m *material) weights() [][]any {
	rows := [][]any{{"of", "code or period", "name", "value", "standard error"}}
	if model := m.Result.Model; model != nil {
		for _, code := range m.Donors {
			rows = append(rows, []any{"donor", code, m.name(code), number(model.Weights[code]), nil})
		}
		for _, period := range slices.Sorted(maps.Keys(model.TimeWeights)) {
			rows = append(rows, []any{"period before the start", period, nil, number(model.TimeWeights[period]), nil})
		}
	}
	if len(rows) == 1 {
		rows = append(rows, []any{m.absent("weight")})
	}
	if series := m.Result.Series; series != nil {
		for _, t := range series.Terms {
			rows = append(rows, []any{"coefficient of the time series", t.Term, nil, number(t.Coef), number(t.SE)})
		}
	}
	return rows
}

// placebos are the effects found where there was no scheme, with their gaps, all in per cent of each place's mean before the start.
func (m *material) placebos() [][]any {
	headings := []any{
		"code",
		"name",
		"had the scheme",
		"effect, % of the level before the start",
		"effect, % on the scale of the estimate",
		"ratio",
		"rank",
		"p",
		"squared gap before",
		"squared gap after",
	}
	rows := [][]any{headings}
	if model := m.Result.Model; model != nil && model.Placebos != nil {
		for _, p := range model.Path {
			headings = append(headings, "gap "+p.Time)
		}
		rows[0] = headings
		for _, u := range model.Placebos.Units {
			name := m.name(u.Unit)
			if u.Treated {
				name = m.placeNames()
			}
			row := []any{
				u.Unit,
				name,
				u.Treated,
				number(u.Estimate),
				number(m.Result.Percent(u.Estimate)),
				number(u.Ratio),
				u.Rank,
				number(u.P),
				number(u.PreMSPE),
				number(u.PostMSPE),
			}
			for _, gap := range u.Gaps {
				row = append(row, number(gap))
			}
			rows = append(rows, row)
		}
	}
	return m.orAbsent(rows, "placebo")
}

// sensitivity are the effects with one choice changed, in per cent of the places' mean before the start.
func (m *material) sensitivity() [][]any {
	rows := [][]any{
		{"changed", "what", "name", "effect, % of the level before the start", "effect, % on the scale of the estimate", "squared gap before", "ratio", "note"},
	}
	add := func(changed string, variations []wording.VariationAnswer) {
		for _, v := range variations {
			name := m.name(v.Unit)
			rows = append(rows, []any{changed, v.What, name, number(v.Estimate), number(m.Result.Percent(v.Estimate)), number(v.PreMSPE), number(v.Ratio), v.Reason})
		}
	}
	r := m.Result
	if r.Model != nil {
		rows = append(
			rows,
			[]any{"nothing", r.Model.Method, nil, number(r.Model.Value), number(r.Percent(r.Model.Value)), number(r.Model.Fit.PreMSPE), number(r.Model.Fit.Ratio), nil},
		)
	}
	if s := r.Sensitivity; s != nil {
		add("one donor left out", s.LeaveOneOut)
		add("a start when nothing began", s.InTime)
		add("window", s.Windows)
	}
	add("method", r.Methods)
	if len(rows) == 1 {
		rows = append(rows, []any{m.absent("comparison to change a choice of")})
	}
	if early := r.Early; early != nil {
		rows = append(rows, []any{"a start when nothing began", "start at " + early.Start, nil, nil, number(early.Percent), nil, nil, nil})
	}
	return rows
}

// provenance lists the files beneath the figures of the claim's measure; the cells themselves are in cells.csv.
func (m *material) provenance() [][]any {
	rows := [][]any{{
		"source", "title", "publisher", "licence", "file", "sha256", "published", "first period", "last period", "cells", "load_id", "loaded_at",
		"source_definition_hash", "via_file", "files_are",
	}}
	for _, f := range m.files() {
		var title, publisher, licence string
		if s, ok := m.Catalog.Source(f.Source); ok {
			title, publisher, licence = s.Title, s.Publisher, s.Licence
		}
		rows = append(
			rows,
			[]any{
				f.Source,
				title,
				publisher,
				licence,
				f.Name,
				f.SHA256,
				f.Released,
				f.First,
				f.Last,
				f.Cells,
				f.Load,
				f.LoadedAt,
				f.Definition,
				f.ViaFile,
				string(f.Are),
			},
		)
	}
	if len(rows) == 1 {
		rows = append(rows, []any{"No figures of " + m.Claim.Measure + " are loaded."})
	}
	for _, s := range m.sources() {
		rows = append(rows, []any{s.ID, s.Title, s.Publisher, s.Licence, nil, nil, nil, nil, nil, nil, nil, nil, s.Hash(), nil, string(s.FilesAre)})
	}
	return rows
}
