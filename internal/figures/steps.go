package figures

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/steps"
)

// Proposal is a gap or a step that was found in the figures of an organisation. Nothing follows from it until an analyst confirms it.
type Proposal struct {
	Measure      *catalog.Measure
	Organisation string
	Kind         steps.Kind
	From, Until  catalog.Period // the first that differs; the last of a gap, From of a step
	// Size is how far the figures lie from those before, as a part of these; Limit is from where on that is far, and Usual what is usual among
	// organisations as large.
	Size, Limit, Usual float64
	// Before and After are the median figures of a period before and in the gap, or from the step on.
	Before, After float64
	// Share is what the figures moved by, as a part of what all organisations usually report in a period: how much of England's figure is in doubt.
	Share float64
	// Elsewhere is an organisation of the same footprint that moved the other way at that time by about as much; empty without one.
	Elsewhere string
	State     ProposalState
	Reason    string // why it was confirmed or dismissed
}

// ProposalState is what became of a proposal.
type ProposalState string

// The states.
const (
	Proposed  ProposalState = "proposed"
	Confirmed ProposalState = "confirmed"
	Dismissed ProposalState = "dismissed"
)

// ProposalStates are all of them.
var ProposalStates = []ProposalState{Proposed, Confirmed, Dismissed}

// StepSearch is what the rule of gaps and steps makes of one measure.
type StepSearch struct {
	Measure   *catalog.Measure
	Proposals []Proposal // in the order of organisations and time
	LookedAt  int        // organisations
	LeftOut   map[steps.Reason]int
}

// season is how many periods of a grain make a year, for the grains in which gaps and steps can be looked for; else 0.
func season(g catalog.Grain) int {
	switch g {
	case catalog.Week, catalog.Month, catalog.Quarter:
		return g.PerYear()
	default:
		return 0
	}
}

// SearchesSteps tells whether gaps and steps are looked for in a measure: in counts and amounts that organisations report by week, month or quarter. A
// share can be whole though half of what it counts is missing, and what another publication repeats would be proposed twice.
func SearchesSteps(m *catalog.Measure) bool {
	return m.Observed() && m.Unit != catalog.Share && season(m.Grain) > 0 && m.Level != catalog.ByEngland && m.Level != catalog.ByFootprint && !m.Negative &&
		m.Repeats == ""
}

// StepFilter chooses among gaps and steps; empty fields choose all.
type StepFilter struct{ Measure, Organisation, State string }

// Steps are the gaps and steps that a filter chooses, by measure.
func (f *stepFinder) Steps(ctx context.Context, asOf Moment, of StepFilter) ([]StepSearch, error) {
	if of.State != "" && !slices.Contains(ProposalStates, ProposalState(of.State)) {
		return nil, &InputError{Parameter: "state", Value: of.State, Accepted: "proposed, confirmed or dismissed"}
	}
	if of.Organisation != "" {
		o, err := f.directory.FindOrganisation(of.Organisation)
		if err != nil {
			return nil, err
		}
		of.Organisation = o.Code
	}
	if of.Measure != "" {
		m, err := f.directory.FindMeasure(of.Measure)
		if err != nil {
			return nil, err
		}
		if !SearchesSteps(m) {
			return nil, &InputError{
				Parameter: "measure",
				Value:     of.Measure,
				Accepted:  "a number, amount or rate that organisations report by week, month or quarter and that is published as such",
			}
		}
	}
	all, err := f.StepSearches(ctx, asOf)
	var chosen []StepSearch
	for _, s := range all {
		if of.Measure != "" && s.Measure.ID != of.Measure {
			continue
		}
		s.Proposals = slices.DeleteFunc(slices.Clone(s.Proposals), func(p Proposal) bool {
			return of.Organisation != "" && p.Organisation != of.Organisation || of.State != "" && p.State != ProposalState(of.State)
		})
		chosen = append(chosen, s)
	}
	return chosen, err
}

// StepSearches look for gaps and steps in all measures, in the order of the catalog. Those of which nothing is loaded are left out.
func (f *stepFinder) StepSearches(ctx context.Context, asOf Moment) ([]StepSearch, error) {
	var searched []*catalog.Measure
	for _, m := range f.directory.Catalog.Measures {
		if !SearchesSteps(m) {
			continue
		}
		m, err := f.MeasureAsOf(ctx, m.ID, asOf)
		if err != nil {
			return nil, err
		}
		searched = append(searched, m)
	}
	found, err := rememberEach(
		ctx,
		f.memory,
		asOf,
		"steps",
		searched,
		maxAmounts,
		func(ctx context.Context, some []*catalog.Measure) (map[string]StepSearch, error) {
			amounts, err := f.store.Amounts(ctx, asOf.Bound, some, Range{})
			found := map[string]StepSearch{}
			for i := 0; err == nil && i < len(some); i++ {
				found[some[i].ID], err = f.searchSteps(some[i], amounts[some[i].ID])
			}
			return found, err
		},
	)
	var all []StepSearch
	for _, m := range searched {
		if s := found[m.ID]; s.LookedAt > 0 || len(s.LeftOut) > 0 {
			all = append(all, s)
		}
	}
	return all, err
}

// searchSteps looks for gaps and steps in what organisations reported of one measure.
func (f *stepFinder) searchSteps(m *catalog.Measure, amounts []measure.Amount) (StepSearch, error) {
	search := StepSearch{Measure: m, LeftOut: map[steps.Reason]int{}}
	if len(amounts) == 0 {
		return search, nil
	}
	t := f.stepTable(m, amounts)
	found, err := steps.Find(t.series, steps.Settings{Season: season(m.Grain), Total: t.total})
	if err != nil {
		return search, err
	}
	search.LookedAt = found.LookedAt
	for _, l := range found.LeftOut {
		search.LeftOut[l.Reason]++
	}
	for _, finding := range found.Findings {
		search.Proposals = append(search.Proposals, f.proposal(m, t, finding))
	}
	for i := range search.Proposals {
		search.Proposals[i].Elsewhere = elsewhere(t, search.Proposals, i)
	}
	return search, nil
}

// stepTable is what organisations reported by period; NaN where they did not, or where a known event bent the figures.
type stepTable struct {
	periods    []catalog.Period
	series     []steps.Series
	total      []float64
	footprints map[string][]string // of each organisation
}

func (f *stepFinder) stepTable(m *catalog.Measure, amounts []measure.Amount) stepTable {
	t := stepTable{footprints: map[string][]string{}}
	first, last := amounts[0].Period, amounts[0].Period
	for _, a := range amounts {
		if a.Period.Before(first) {
			first = a.Period
		}
		if a.Period.After(last) {
			last = a.Period
		}
	}
	at := map[time.Time]int{}
	for p := (catalog.Period{Start: first, Grain: m.Grain}); !p.Start.After(last); p = p.Next() {
		at[p.Start] = len(t.periods)
		t.periods = append(t.periods, p)
	}
	t.total = make([]float64, len(t.periods))
	counts := map[string][]float64{}
	for _, a := range amounts {
		if _, area := f.directory.Reference.Footprint(a.Organisation); area || a.Organisation == footprint.England {
			continue // a figure stated for a whole place
		}
		of, known := counts[a.Organisation]
		if !known {
			of = make([]float64, len(t.periods))
			for i := range of {
				of[i] = math.NaN()
			}
			counts[a.Organisation] = of
			t.series = append(t.series, steps.Series{Name: a.Organisation, Counts: of})
		}
		if !slices.Contains(t.footprints[a.Organisation], a.Footprint) {
			t.footprints[a.Organisation] = append(t.footprints[a.Organisation], a.Footprint)
		}
		if i := at[a.Period]; !a.Missing { // one that is shared between footprints is listed for each, with its share
			if math.IsNaN(of[i]) {
				of[i] = 0
			}
			of[i] += a.Amount
			t.total[i] += a.Amount
		}
	}
	slices.SortFunc(t.series, func(a, b steps.Series) int { return cmp.Compare(a.Name, b.Name) })
	for i, p := range t.periods {
		if f.bent(m, p) {
			t.total[i] = math.NaN()
		}
	}
	return t
}

// bent tells whether a known event bent the figures of a period, of a measure or of one that is made from it.
func (f *stepFinder) bent(m *catalog.Measure, p catalog.Period) bool {
	return slices.ContainsFunc(f.directory.Catalog.Measures, func(other *catalog.Measure) bool {
		return (other.ID == m.ID || slices.Contains(other.Components(), m.ID)) && len(other.Events(p)) > 0
	})
}

func (f *stepFinder) proposal(m *catalog.Measure, t stepTable, found steps.Finding) Proposal {
	p := Proposal{
		Measure: m, Organisation: found.Series, Kind: found.Kind, From: t.periods[found.From], Until: t.periods[found.Until],
		Size: found.Size, Limit: found.Limit, Usual: found.Scale, State: Proposed,
	}
	i := slices.IndexFunc(t.series, func(s steps.Series) bool { return s.Name == found.Series })
	counts := t.series[i].Counts
	p.Before, p.After = t.levels(counts, found, steps.Settings{Season: season(m.Grain)}.Level())
	p.Share = math.Abs(orNothing(p.After)-orNothing(p.Before)) / middle(t.total)
	if found.Kind == steps.Step {
		from := t.begins(counts, found.From, p.Before, p.After)
		p.From, p.Until = t.periods[from], t.periods[from]
	}
	p.State, p.Reason = f.stateOf(m, p)
	return p
}

// orNothing takes no figure for none: what an organisation no longer reports is all in doubt.
func orNothing(x float64) float64 {
	if math.IsNaN(x) {
		return 0
	}
	return x
}

// levels are the median figures of a period before and in a gap, or before and from a step on. They are of the periods that were looked at: where a
// known event bent the figures for longer, those next to the step would be of one side of it.
func (t stepTable) levels(counts []float64, found steps.Finding, wide int) (before, after float64) {
	lookedAt := func(at, by, most int) float64 {
		var values []float64
		for ; at >= 0 && at < len(counts) && len(values) < most; at += by {
			if !math.IsNaN(t.total[at]) && !math.IsNaN(counts[at]) {
				values = append(values, counts[at])
			}
		}
		return middle(values)
	}
	before = lookedAt(found.From-1, -1, wide)
	if found.Kind == steps.Step {
		return before, lookedAt(found.From, 1, wide)
	}
	return before, middle(counts[found.From : found.Until+1])
}

// begins is the period in which a step begins. Periods that a known event bent are not looked at, so it is found after them though it may lie among
// them: those next to it whose figures are nearer to the level after it are of that level.
func (t stepTable) begins(counts []float64, from int, before, after float64) int {
	first := from
	for at := from - 1; at >= 0 && math.IsNaN(t.total[at]); at-- {
		switch {
		case math.IsNaN(counts[at]):
		case math.Abs(counts[at]-after) >= math.Abs(counts[at]-before):
			return first
		default:
			first = at
		}
	}
	return first
}

// nearStep is how many periods a confirmed step may lie from the one that is found: medians blur its beginning.
const nearStep = 2

// stateOf tells whether a proposal was confirmed or dismissed, and why.
func (f *stepFinder) stateOf(m *catalog.Measure, p Proposal) (ProposalState, string) {
	from, until := p.From, p.Until
	if p.Kind == steps.Step {
		for range nearStep {
			from, until = from.Previous(), until.Next()
		}
	}
	for at := from; !at.Start.After(until.Start); at = at.Next() {
		if g := m.Gap(p.Organisation, at); g != nil && p.Kind == steps.Gap {
			return Confirmed, g.Reason
		}
		if b := m.BreakOf(p.Organisation, at); b != nil && p.Kind == steps.Step {
			return Confirmed, b.Reason
		}
		for _, d := range f.directory.Catalog.Dismissed {
			if d.Holds(m.ID, p.Organisation, at) {
				return Dismissed, d.Reason
			}
		}
	}
	return Proposed, ""
}

// elsewhere finds an organisation of the same footprint that moved the other way at the time of a proposal by about as much: what one no longer
// counts, the other may count now.
func elsewhere(t stepTable, all []Proposal, i int) string {
	p, found, nearest := all[i], "", math.Inf(1)
	for _, other := range all {
		if other.Organisation == p.Organisation || other.Kind != p.Kind || other.Size*p.Size >= 0 || far(p.From, other.From) ||
			!slices.ContainsFunc(t.footprints[p.Organisation], func(code string) bool { return slices.Contains(t.footprints[other.Organisation], code) }) {
			continue
		}
		ratio := math.Abs(math.Log((other.After - other.Before) / (p.Before - p.After)))
		if ratio < math.Log(2) && ratio < nearest {
			found, nearest = other.Organisation, ratio
		}
	}
	return found
}

// far tells whether two periods lie further from each other than steps are blurred.
func far(a, b catalog.Period) bool {
	if b.Start.Before(a.Start) {
		a, b = b, a
	}
	for range nearStep {
		a = a.Next()
	}
	return b.Start.After(a.Start)
}

// middle is the median of the values that are known.
func middle(values []float64) float64 {
	var known []float64
	for _, v := range values {
		if !math.IsNaN(v) {
			known = append(known, v)
		}
	}
	if len(known) == 0 {
		return math.NaN()
	}
	slices.Sort(known)
	return (known[(len(known)-1)/2] + known[len(known)/2]) / 2
}
