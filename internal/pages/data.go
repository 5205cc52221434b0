package pages

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

// dataView composes the page of what the figures rest on.
type dataView struct{ dataPages }

// listedLoads is how many loads each table of the data page lists.
const listedLoads = 10

// Data composes the page of what the figures rest on.
func (c dataPages) Data(ctx context.Context, asOf figures.Moment) (DataPage, error) {
	now := c.moments.Now()
	if asOf.Text != "" {
		now = asOf.Bound.At
	}
	page := DataPage{Shell: c.shell("Data", "data", asOf)}
	if err := (dataView{c}).sources(ctx, &page, asOf, now); err != nil {
		return page, err
	}
	if err := (dataView{c}).coverage(ctx, &page, asOf, now); err != nil {
		return page, err
	}
	if err := (dataView{c}).steps(ctx, &page, asOf); err != nil {
		return page, err
	}
	if err := (dataView{c}).crossChecks(ctx, &page, asOf); err != nil {
		return page, err
	}
	if err := (dataView{c}).loaded(ctx, &page, asOf); err != nil || asOf.Text != "" {
		return page, err
	}
	entries, err := c.schedule(ctx)
	for _, e := range entries {
		if i := slices.IndexFunc(page.Sources, func(s DataSource) bool { return s.ID == e.Source }); i >= 0 {
			page.Sources[i].Schedule = scheduleRow(e)
		} else if e.Source == load.InboxSource {
			page.Inbox = scheduleRow(e)
		}
	}
	return page, err
}

// sources are those of the catalog with the latest period of the measures that they state.
func (c dataView) sources(ctx context.Context, page *DataPage, asOf figures.Moment, now time.Time) error {
	latest, err := c.loads.Latest(ctx, asOf)
	if err != nil {
		return err
	}
	for _, s := range c.directory.Catalog.Sources {
		row := DataSource{ID: s.ID, Waits: asOf.Incomplete() && asOf.Loading.WaitsFor(s.ID), Source: Source{s.Title, s.Publisher, s.URL, s.Licence, s.Attribution}}
		var newest catalog.Period
		for _, m := range c.directory.Catalog.Measures {
			l, ok := latest[m.ID]
			if !ok || !slices.Contains(m.Sources, s.ID) || !l.Period.After(newest.Start) {
				continue
			}
			newest = catalog.Period{Start: l.Period, Grain: m.Grain}
			row.Latest, row.Age, row.Load = newest.Words(), wording.Age(newest, now), Link{Text: fmt.Sprintf("Load %d", l.Load), URL: loadURL(l.Load, asOf)}
		}
		page.Sources = append(page.Sources, row)
	}
	return nil
}

// coverage is that of each headline measure, and those that wait for returns.
func (c dataView) coverage(ctx context.Context, page *DataPage, asOf figures.Moment, now time.Time) error {
	headlines := c.directory.Catalog.Headlines()
	points, err := c.figures.PointsOf(ctx, asOf, headlines)
	if err != nil {
		return err
	}
	known := 0
	var newest catalog.Period
	for _, theme := range catalog.Themes {
		group := CoverageGroup{Name: wording.Capital(theme)}
		for _, m := range headlines {
			if m.Theme != theme {
				continue
			}
			row := Coverage{Measure: Link{Text: m.Title, URL: measureURL(m, asOf)}, Waits: asOf.Waits(m)}
			places := points[m.ID].ByPlace()
			first, latest := ends(places, m.Grain)
			switch {
			case latest.Start.IsZero() && c.directory.Catalog.Returned(m):
				england, _ := c.directory.FindArea(footprint.England)
				page.Waiting = append(page.Waiting, WaitingMeasure{row.Measure, cmp.Or(m.Summary, m.Definition), wording.Capital(m.ReturnedFrom), c.templates(m, england)})
				continue
			case !latest.Start.IsZero():
				known++
				if newest.Start.IsZero() || latest.End().After(newest.End()) {
					newest = latest
				}
				row.First, row.Latest, row.Age = first.Words(), latest.Words(), wording.Age(latest, now)
				row.Places = covered(c.directory.Reference.Footprints(), m, places, latest)
				england, _ := measure.At(places[footprint.England], latest.Start)
				row.England = c.figure(m, wording.AsNumber, england, footprint.England, asOf)
			}
			group.Rows = append(group.Rows, row)
		}
		if len(group.Rows) > 0 {
			page.Coverage = append(page.Coverage, group)
		}
	}
	page.Finding = wording.Coverage(known, len(headlines), len(page.Waiting))
	if known > 0 {
		page.Sentences = append(page.Sentences, wording.Newest(newest, now))
	}
	return nil
}

// listedSteps is how many gaps and steps the data page lists.
const listedSteps = 20

// steps lists what the rule of gaps and steps proposes, what most of England's figure rests on first.
func (c dataView) steps(ctx context.Context, page *DataPage, asOf figures.Moment) error {
	found, err := c.figures.Steps(ctx, asOf, figures.StepFilter{})
	if err != nil {
		return err
	}
	counts := map[figures.ProposalState]int{}
	var open []figures.Proposal
	for _, s := range found {
		page.Steps.Measures++
		page.Steps.LookedAt += s.LookedAt
		for _, p := range s.Proposals {
			if counts[p.State]++; p.State == figures.Proposed {
				open = append(open, p)
			}
		}
	}
	page.Steps.Proposed, page.Steps.Confirmed, page.Steps.Dismissed = counts[figures.Proposed], counts[figures.Confirmed], counts[figures.Dismissed]
	slices.SortStableFunc(open, func(a, b figures.Proposal) int { return cmp.Compare(b.Share, a.Share) })
	for _, p := range open[:min(len(open), listedSteps)] {
		row := StepRow{
			Organisation: c.placeLink(p.Organisation, asOf), Code: p.Organisation, Measure: Link{Text: p.Measure.Title, URL: measureURL(p.Measure, asOf)},
			Kind: wording.ProposalKinds[p.Kind], Share: wording.Percent(100 * p.Share), Words: wording.Proposal(p, c.directory.OrganisationName),
		}
		page.Steps.Rows = append(page.Steps.Rows, row)
	}
	page.Steps.Downloads = downloads("/api/v1/steps", "as_of", asOf.Text)
	return nil
}

// crossChecks list how publications that state the same compare.
func (c dataView) crossChecks(ctx context.Context, page *DataPage, asOf figures.Moment) error {
	checks, err := c.figures.CrossChecks(ctx, asOf)
	for _, check := range checks {
		row := CrossCheckRow{
			Title:    check.Title,
			Reason:   check.Reason,
			Of:       Link{Text: check.Of.Title, URL: measureURL(check.Of, asOf)},
			With:     Link{Text: check.With.Title, URL: measureURL(check.With, asOf)},
			Compared: check.Compared,
			Equal:    check.Equal,
			Beyond:   len(check.Beyond),
			OneAlone: check.OneAlone,
			Expected: wording.ExpectedDifference(check),
			Periods:  wording.ComparedPeriods(check),
			Places:   wording.ComparedPlaces(check),
		}
		if len(check.Beyond) > 0 {
			row.Largest = c.difference(check, check.Beyond[0], asOf)
		}
		page.CrossChecks = append(page.CrossChecks, row)
	}
	page.CrossCheckDownloads = downloads("/api/v1/crosschecks", "as_of", asOf.Text)
	return err
}

// difference is a place and period of which two publications state different figures, with the cells beneath both.
func (c dataView) difference(check figures.CrossCheck, d figures.Difference, asOf figures.Moment) CrossCheckDifference {
	cells := func(m *catalog.Measure, p catalog.Period) string {
		if _, err := c.directory.FindArea(d.Place); err == nil {
			return provenanceURL(m, d.Place, p, asOf)
		}
		return organisationProvenanceURL(m, d.Place, p, asOf)
	}
	return CrossCheckDifference{
		Place:  c.placeLink(d.Place, asOf),
		Period: d.WithPeriod.Words(),
		By:     wording.DifferenceOf(d),
		Of: Link{
			Text: wording.Value(check.Of, d.Of),
			URL:  cells(check.Of, d.OfPeriod),
		},
		With: Link{Text: wording.Value(check.With, d.With), URL: cells(check.With, d.WithPeriod)},
	}
}

// ends are the first and the latest period in which any place has a figure; without one they have no start.
func ends(places map[string][]measure.Point, grain catalog.Grain) (first, latest catalog.Period) {
	first, latest = catalog.Period{Grain: grain}, catalog.Period{Grain: grain}
	for _, points := range places {
		for _, p := range points {
			if !p.Value.Valid {
				continue
			}
			if first.Start.IsZero() || p.Period.Start.Before(first.Start) {
				first = p.Period
			}
			if p.Period.Start.After(latest.Start) {
				latest = p.Period
			}
		}
	}
	return first, latest
}

// covered says how many of the 44 have a figure in a period.
func covered(footprints []footprint.Footprint, m *catalog.Measure, points map[string][]measure.Point, period catalog.Period) string {
	if m.Level == catalog.ByEngland {
		return "England alone"
	}
	known := 0
	for _, f := range footprints {
		if p, _ := measure.At(points[f.Code], period.Start); p.Value.Valid {
			known++
		}
	}
	return fmt.Sprintf("%d of %d", known, len(footprints))
}

// loaded adds the loads with what was rejected, compared and is to check in those that are published.
func (c dataView) loaded(ctx context.Context, page *DataPage, asOf figures.Moment) error {
	all, err := c.loads.ListLoads(ctx, asOf, figures.MaxLoads, 0)
	if err != nil {
		return err
	}
	page.LoadCount = len(all)
	for _, l := range all[:min(len(all), listedLoads)] {
		page.Loads = append(page.Loads, loadRow(l, asOf))
	}
	for _, l := range all {
		if l.State == load.Held {
			page.Held = append(page.Held, loadRow(l, asOf))
		}
	}
	files := map[uint64]string{}
	rejected := map[uint64]int{}
	for _, l := range all {
		if l.State == load.Published && l.ID <= asOf.Bound.Load {
			files[l.ID], rejected[l.ID] = l.File, int(l.Rejections)
		}
	}
	link := func(id uint64, section string) Link {
		return Link{Text: fmt.Sprintf("Load %d", id), URL: loadURL(id, asOf) + section}
	}
	newest := map[string]bool{} // contents of which the newest load was seen
	for _, l := range all {
		if l.IsSetAside() && !newest[l.SHA256] {
			page.SetAside = append(page.SetAside, SetAside{link(l.ID, ""), l.File, l.Message})
		}
		newest[l.SHA256] = true
	}
	count := func(of map[uint64]int, section string) CountedLoads {
		counted := CountedLoads{}
		for id, n := range of {
			if counted.Total += n; n > 0 {
				counted.Loads = append(counted.Loads, CountedLoad{Load: link(id, section), File: files[id], Count: n})
			}
		}
		slices.SortFunc(counted.Loads, func(a, b CountedLoad) int {
			return cmp.Or(b.Count-a.Count, cmp.Compare(a.File, b.File), cmp.Compare(a.Load.URL, b.Load.URL))
		})
		counted.Rest = max(0, len(counted.Loads)-listedLoads)
		counted.Loads = counted.Loads[:len(counted.Loads)-counted.Rest]
		return counted
	}
	page.Rejected = count(rejected, "#rejections")
	warned, err := c.loads.Warned(ctx, asOf)
	if err != nil {
		return err
	}
	page.Warned = count(warned, "#warnings")
	compared, err := c.loads.Reconciled(ctx, asOf)
	if err != nil {
		return err
	}
	for _, r := range compared {
		t := Totals{r.Equal + r.Differs + r.Short, r.Equal, r.Differs, r.Short}
		page.Totals.Compared += t.Compared
		page.Totals.Equal += t.Equal
		page.Totals.Differ += t.Differ
		page.Totals.Short += t.Short
		if len(page.Reconciled) < listedLoads {
			page.Reconciled = append(page.Reconciled, ReconciledLoad{link(r.Load, "#reconciliation"), files[r.Load], t})
		}
	}
	return nil
}

// DataPage is what the figures rest on: sources, loads, what was rejected, compared and is to check, and how far the measures are covered.
type DataPage struct {
	Shell
	Finding   string // of how many measures there are figures
	Sentences []string
	Sources   []DataSource
	Inbox     ScheduleRow // empty where the reader looks back
	Coverage  []CoverageGroup
	Waiting   []WaitingMeasure // for local returns, without figures yet
	Held      []LoadRow        // loads that wait for acceptance
	Loads     []LoadRow        // the newest
	LoadCount int
	Rejected  CountedLoads
	// Totals are the publisher's compared with ours; Reconciled lists the loads with most that are not equal first.
	Totals     Totals
	Reconciled []ReconciledLoad
	Warned     CountedLoads
	// SetAside are the files that are not tried again by themselves.
	SetAside []SetAside
	Steps    StepList
	// CrossChecks are publications that state the same, compared.
	CrossChecks         []CrossCheckRow
	CrossCheckDownloads Downloads
}

// CrossCheckRow is how two publications that state the same compare.
type CrossCheckRow struct {
	Title, Reason             string
	Of, With                  Link // the measures
	Periods, Places, Expected string
	Compared, Equal, Beyond   int // figures; those that are the same, and those that differ by more than expected
	OneAlone                  int // figures that one publication lacks
	Largest                   CrossCheckDifference
}

// CrossCheckDifference is a place and period of which two publications state different figures.
type CrossCheckDifference struct {
	Place      Link
	Period, By string
	Of, With   Link // the figures, each with the published cells beneath it
}

// StepList are the gaps and steps inside plausible totals.
type StepList struct {
	Measures, LookedAt             int // organisations are looked at once for each measure
	Proposed, Confirmed, Dismissed int
	Rows                           []StepRow // of those proposed, what stands out most first
	Downloads                      Downloads
}

// StepRow is a gap or a step that an analyst may confirm.
type StepRow struct {
	Organisation, Measure Link
	Code, Kind, Words     string
	Share                 string // of England's figure that it moves
}

// DataSource is a publisher's series, how fresh it is, and when it is looked for.
type DataSource struct {
	ID string
	Source
	Latest, Age string // the latest period, and how many have ended since; empty where nothing is loaded
	Waits       bool   // figures of it are not loaded yet
	Load        Link   // with which it came
	Schedule    ScheduleRow
}

// CoverageGroup is the coverage of the measures of one theme.
type CoverageGroup struct {
	Name string
	Rows []Coverage
}

// Coverage is from when to when a measure has figures.
type Coverage struct {
	Measure            Link
	First, Latest, Age string // empty where nothing is loaded
	Waits              bool   // figures of it are not loaded yet
	Places             string // how many of the 44 have a figure in the latest period
	England            Figure // in the latest period
}

// WaitingMeasure is a measure with the template that footprints fill in.
type WaitingMeasure struct {
	Measure  Link
	Counts   string // what is counted, the first sentence of its definition
	From     string // who holds what a return would be made from
	Template Downloads
}

// SetAside is a file that was being read when the service died, again and again.
type SetAside struct {
	Load          Link
	File, Message string
}

// CountedLoads are loads with how many of something each has, those with most first.
type CountedLoads struct {
	Total int
	Loads []CountedLoad
	Rest  int // loads that are not listed
}

// CountedLoad is a load with a number.
type CountedLoad struct {
	Load  Link // to where they stand
	File  string
	Count int
}

// Totals are the publisher's totals by how they compare with ours.
type Totals struct{ Compared, Equal, Differ, Short uint64 }

// ReconciledLoad is a load with its totals.
type ReconciledLoad struct {
	Load Link
	File string
	Totals
}
