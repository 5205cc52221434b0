package pages

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/mapping"
	"stpdash/internal/pages/wording"
)

const (
	loadsOnPage = 50
	runsOnPage  = 10
	rowsOnPage  = 200
)

// Loads composes a page of the loads, newest first.
func (c dataPages) Loads(ctx context.Context, asOf figures.Moment, page int) (LoadsPage, error) {
	p := LoadsPage{Shell: c.shell("Loads", "data", asOf)}
	loads, err := c.loads.ListLoads(ctx, asOf, loadsOnPage+1, (page-1)*loadsOnPage)
	if err != nil {
		return p, err
	}
	if page > 1 && len(loads) == 0 {
		all, err := c.loads.ListLoads(ctx, asOf, figures.MaxLoads, 0)
		if err != nil {
			return p, err
		}
		return p, tooFar(page, pagesOf(len(all), loadsOnPage), "loads")
	}
	if len(loads) > loadsOnPage {
		loads = loads[:loadsOnPage]
		p.Older = address("/loads", "page", strconv.Itoa(page+1), "as_of", asOf.Text)
	}
	for _, l := range loads {
		p.Loads = append(p.Loads, loadRow(l, asOf))
	}
	runs, err := c.loads.LatestRuns(ctx, asOf, runsOnPage)
	if err != nil {
		return p, err
	}
	for _, r := range runs {
		p.Runs = append(p.Runs, RunRow{
			wording.Moment(r.Started), r.Source, r.Trigger, wording.RunOutcome(r),
			int(r.Found), int(r.Published), int(r.Failed), int(r.Known),
		})
	}
	if err != nil || asOf.Text != "" {
		return p, err
	}
	entries, err := c.schedule(ctx)
	for _, e := range entries {
		p.Schedule = append(p.Schedule, scheduleRow(e))
	}
	return p, err
}

// lastLoad says what the newest published load changed.
func (c *parts) lastLoad(ctx context.Context, asOf figures.Moment) (Link, error) {
	last, err := c.loads.LastChange(ctx, asOf)
	if err != nil || last.Load.ID == 0 {
		return Link{}, err
	}
	link := Link{Text: wording.LastChange(last)}
	if len(last.Counts) > 0 {
		link.URL = address("/compare", "from", last.Before.At.UTC().Format(time.RFC3339Nano), "to", strconv.FormatUint(last.Load.ID, 10), "as_of", asOf.Text)
	}
	return link, nil
}

func scheduleRow(e load.Entry) ScheduleRow {
	row := ScheduleRow{Source: e.Source, Title: e.Title, Cron: e.Cron}
	if !e.Next.IsZero() {
		row.NextWords = wording.Moment(e.Next)
	}
	if e.Running != nil {
		row.RunningWords = wording.Moment(e.Running.Started)
	}
	if r := e.Last; r != nil {
		row.LastWords = wording.Moment(r.Started)
		row.LastOutcome = wording.RunCounts(*r)
	}
	return row
}

// Load composes the page of one load, with a page of its rejections.
func (c dataPages) Load(ctx context.Context, asOf figures.Moment, id uint64, page int) (LoadPage, error) {
	l, err := c.loads.LoadAsOf(ctx, asOf, id)
	if err != nil {
		return LoadPage{}, err
	}
	p := LoadPage{
		Shell: c.shell(fmt.Sprintf("Load %d", id), "data", asOf), Load: loadRow(l, asOf),
		RejectionsTotal: int(l.Rejections), ReconciliationsTotal: int(l.Compared),
		Downloads: downloads(fmt.Sprintf("/api/v1/loads/%d/reconciliation", id), "as_of", asOf.Text),
	}
	states, err := c.loads.States(ctx, asOf, id)
	if err != nil {
		return p, err
	}
	for _, s := range states {
		p.States = append(p.States, LoadState{string(s.State), wording.Moment(s.At), s.Message})
	}
	questions, err := c.loads.Questions(ctx, id)
	if err != nil {
		return p, err
	}
	for _, q := range questions[:min(len(questions), rowsOnPage)] {
		p.Questions = append(p.Questions, c.questionRow(q))
	}
	if l.State == load.Held {
		p.Answer = load.AcceptCommand(id)
	}
	p.RejectionsKept = min(p.RejectionsTotal, mapping.MaxKept)
	if pages := pagesOf(p.RejectionsKept, rowsOnPage); page > pages {
		return p, tooFar(page, pages, "rejections")
	}
	p.RejectionsFrom = (page-1)*rowsOnPage + 1
	at := func(page int) string {
		return loadURL(id, asOf, "page", strconv.Itoa(page)) + "#rejections"
	}
	if page > 1 {
		p.EarlierRejections = at(page - 1)
	}
	if page*rowsOnPage < p.RejectionsKept {
		p.LaterRejections = at(page + 1)
	}
	p.RejectionsURL = address(fmt.Sprintf("/api/v1/loads/%d/rejections", id), "format", "csv", "limit", "1000", "as_of", asOf.Text)
	rejections, err := c.loads.Rejections(ctx, id, (page-1)*rowsOnPage, rowsOnPage)
	if err != nil {
		return p, err
	}
	for _, r := range rejections {
		p.Rejections = append(p.Rejections, rejectionRow(r))
	}
	warnings, err := c.loads.Warnings(ctx, asOf, []uint64{id}, rowsOnPage)
	if err != nil {
		return p, err
	}
	for _, w := range warnings {
		p.Warnings = append(p.Warnings, WarningRow{wording.Rule(w.Rule), wording.Warning(w, c.directory.OrganisationName)})
	}
	reconciliations, err := c.loads.Reconciliations(ctx, id, rowsOnPage)
	if err != nil {
		return p, err
	}
	for _, r := range reconciliations {
		scope := r.Scope
		if s, err := c.directory.FindArea(r.Scope); err == nil {
			scope = s.Name
		}
		where := fmt.Sprintf("row %d, column %s", r.Row, r.Column)
		if r.Sheet != "" {
			where = r.Sheet + ", " + where
		}
		p.Reconciliations = append(p.Reconciliations, ReconciliationRow{
			scope, c.componentTitle(r.Measure), r.Period.Words(),
			wording.Count(r.Published), wording.Count(r.Ours), wording.Count(r.Difference), wording.Reconciliation(r.Verdict), where,
		})
	}
	return p, nil
}

func (c *parts) questionRow(q load.Question) QuestionRow {
	rows := make([]string, len(q.Rows))
	for i, row := range q.Rows {
		rows[i] = strconv.FormatUint(uint64(row), 10)
	}
	where := "row " + wording.List(rows)
	if len(rows) > 1 {
		where = "rows " + wording.List(rows)
	}
	if q.Sheet != "" {
		where = q.Sheet + ", " + where
	}
	period := q.Period
	if p, err := catalog.ParsePeriod(q.Period); err == nil {
		period = p.Words()
	}
	return QuestionRow{wording.Rule(q.Rule), where, c.componentTitle(q.Measure), period, q.Found, q.Accepted}
}

func loadRow(l load.Load, asOf figures.Moment) LoadRow {
	row := LoadRow{
		ID: l.ID, URL: loadURL(l.ID, asOf), Source: l.Source, File: l.File, SHA256: l.SHA256, State: string(l.State), AtWords: wording.Moment(l.At),
		Observations: l.Observations, Rejections: l.Rejections, Message: l.Message, Hash: l.Definition, Accepted: l.Accepted,
	}
	row.Reconciliation = wording.Totals(l)
	return row
}

// LoadsPage lists the loads, newest first.
type LoadsPage struct {
	Shell
	Loads []LoadRow
	Older string // address of the next page, empty on the last
	Runs  []RunRow
	// Schedule is how the sources stand at present; empty where the reader looks back.
	Schedule []ScheduleRow
}

// ScheduleRow is a source, or the inbox, with its times in London.
type ScheduleRow struct {
	Source, Title string
	Cron          string // minute, hour, day of the month, month, day of the week; empty: run by hand only
	NextWords     string // empty: run by hand only
	RunningWords  string // since when a run is under way; empty: none is
	LastWords     string // when the latest run started; empty: there was none
	LastOutcome   string
}

// RunRow is one run of a source, one look through the inbox or one load by hand.
type RunRow struct {
	StartedWords                    string
	Source                          string // empty: files named by hand
	Trigger, Outcome                string
	Found, Published, Failed, Known int
}

// LoadRow is one load in its latest state.
type LoadRow struct {
	ID                            uint64
	URL                           string
	Source, File, SHA256          string
	State                         string // "published", "failed", "staged", "received", "withdrawn", "held", "closed"
	AtWords                       string
	Observations, Rejections      uint64
	Reconciliation, Message, Hash string
	Accepted                      string // why it was published although it raised questions
}

// LoadPage is one load with its states, rejected rows and reconciliation.
type LoadPage struct {
	Shell
	Load   LoadRow
	States []LoadState
	// Questions are what a load asks before it is published, or asked; Answer is the command that accepts one that waits.
	Questions  []QuestionRow
	Answer     string
	Rejections []RejectionRow
	Warnings   []WarningRow
	// Reconciliations are the publisher's totals against ours; differences first.
	Reconciliations                       []ReconciliationRow
	RejectionsTotal, ReconciliationsTotal int
	// RejectionsKept are those that there are to be seen, RejectionsFrom the number of the first one here.
	RejectionsKept, RejectionsFrom                    int
	EarlierRejections, LaterRejections, RejectionsURL string
	Downloads                                         Downloads
}

// LoadState is one state change of a load.
type LoadState struct{ State, AtWords, Message string }

// QuestionRow is something about the figures of a load that somebody must look at before they are shown.
type QuestionRow struct{ Rule, Where, Measure, Period, Found, Accepted string }

// RejectionRow is one row or cell that was not accepted.
type RejectionRow struct {
	Rule, Sheet, Column, Value, Reason string
	Row                                uint32
}

// WarningRow is something to check about a figure that was accepted.
type WarningRow struct{ Rule, Message string }

// ReconciliationRow is one published total against ours.
type ReconciliationRow struct {
	Scope, Measure, Period, Published, Ours, Difference, Verdict, Where string
}
