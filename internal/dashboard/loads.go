package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
)

const (
	loadsOnPage = 50
	runsOnPage  = 10
	rowsOnPage  = 200
)

// Loads composes a page of the loads, newest first.
func (c *Composer) Loads(ctx context.Context, asOf figures.Moment, page int) (LoadsPage, error) {
	p := LoadsPage{Shell: c.shell("Loads", "data", asOf)}
	loads, err := c.loads.ListLoads(ctx, asOf, loadsOnPage+1, (page-1)*loadsOnPage)
	if err != nil {
		return p, err
	}
	if page > 1 && len(loads) == 0 {
		all, err := c.loads.ListLoads(ctx, asOf, figures.MostLoads, 0)
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
		p.Loads = append(p.Loads, loadRow(l))
	}
	runs, err := c.loads.LatestRuns(ctx, asOf, runsOnPage)
	if err != nil {
		return p, err
	}
	for _, r := range runs {
		outcome := cmp.Or(r.Message, "done")
		if r.Held > 0 {
			outcome += fmt.Sprintf(", %d waiting for acceptance", r.Held)
		}
		p.Runs = append(p.Runs, RunRow{Moment(r.Started), r.Source, r.Trigger, outcome,
			int(r.Found), int(r.Published), int(r.Failed), int(r.Known)})
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
func (c *Composer) lastLoad(ctx context.Context, asOf figures.Moment) (Link, error) {
	last, err := c.loads.LastChange(ctx, asOf)
	if err != nil || last.Load.ID == 0 {
		return Link{}, err
	}
	link := Link{Text: lastChangeWords(last)}
	if len(last.Counts) > 0 {
		link.URL = address("/compare", "from", last.Before.At.UTC().Format(time.RFC3339Nano), "to", strconv.FormatUint(last.Load.ID, 10))
	}
	return link, nil
}

// lastChangeWords say what the newest published load changed.
func lastChangeWords(last figures.LastChange) string {
	words := fmt.Sprintf("The last load (%d, on %s) changed", last.Load.ID, Moment(last.Load.At))
	var sum uint64
	by := map[figures.Cause]uint64{}
	for _, n := range last.Counts {
		by[n.Cause] += n.Figures
		sum += n.Figures
	}
	if sum == 0 {
		return words + " no figure"
	}
	var parts []string
	for _, cause := range figures.Causes {
		if by[cause] > 0 {
			parts = append(parts, lowerFirst(causeWords[cause])+" "+count(decimalOf(by[cause])))
		}
	}
	return words + " " + grouped(decimalOf(sum), 0) + map[bool]string{true: " figure: ", false: " figures: "}[sum == 1] + list(parts)
}

// pagesOf is how many pages a list fills; an empty one has one that says so.
func pagesOf(rows, onPage int) int { return max(1, (rows+onPage-1)/onPage) }

// tooFar refuses a page after the last.
func tooFar(page, pages int, of string) error {
	return &figures.InputError{Parameter: "page", Value: strconv.Itoa(page), Accepted: "1 to " + strconv.Itoa(pages) + ", as there are no more " + of}
}

func scheduleRow(e load.Entry) ScheduleRow {
	row := ScheduleRow{Source: e.Source, Title: e.Title, Cron: e.Cron}
	if !e.Next.IsZero() {
		row.NextWords = Moment(e.Next)
	}
	if e.Running != nil {
		row.RunningWords = Moment(e.Running.Started)
	}
	if r := e.Last; r != nil {
		row.LastWords = Moment(r.Started)
		row.LastOutcome = fmt.Sprintf("%d found, %d published, %d failed, %d known already", r.Found, r.Published, r.Failed, r.Known)
		if r.Held > 0 {
			row.LastOutcome += fmt.Sprintf(", %d waiting for acceptance", r.Held)
		}
		if r.Message != "" {
			row.LastOutcome += ": " + r.Message
		}
	}
	return row
}

// Load composes the page of one load, with a page of its rejections.
func (c *Composer) Load(ctx context.Context, asOf figures.Moment, id uint64, page int) (LoadPage, error) {
	l, err := c.loads.LoadAsOf(ctx, asOf, id)
	if err != nil {
		return LoadPage{}, err
	}
	p := LoadPage{
		Shell: c.shell(fmt.Sprintf("Load %d", id), "data", asOf), Load: loadRow(l),
		RejectionsTotal: int(l.Rejections), ReconciliationsTotal: int(l.Compared),
		Downloads: downloads(fmt.Sprintf("/api/v1/loads/%d/reconciliation", id)),
	}
	states, err := c.loads.States(ctx, asOf, id)
	if err != nil {
		return p, err
	}
	for _, s := range states {
		p.States = append(p.States, LoadState{string(s.State), Moment(s.At), s.Message})
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
	p.RejectionsKept = min(p.RejectionsTotal, load.MostKept)
	if pages := pagesOf(p.RejectionsKept, rowsOnPage); page > pages {
		return p, tooFar(page, pages, "rejections")
	}
	p.RejectionsFrom = (page-1)*rowsOnPage + 1
	at := func(page int) string {
		return address(loadURL(id), "page", strconv.Itoa(page), "as_of", asOf.Text) + "#rejections"
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
		p.Rejections = append(p.Rejections, RejectionRow{Rule: ruleWords(r.Rule), Sheet: r.Sheet, Column: r.Column, Value: r.Value, Reason: r.Reason, Row: r.Row})
	}
	warnings, err := c.loads.Warnings(ctx, asOf, []uint64{id}, rowsOnPage)
	if err != nil {
		return p, err
	}
	for _, w := range warnings {
		p.Warnings = append(p.Warnings, WarningRow{ruleWords(w.Rule), WarningWords(w, c.directory.OrganisationName)})
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
		p.Reconciliations = append(p.Reconciliations, ReconciliationRow{scope, c.componentTitle(r.Measure), r.Period.Words(),
			count(r.Published), count(r.Ours), count(r.Difference), verdictWords(r.Verdict), where})
	}
	return p, nil
}

func (c *Composer) questionRow(q load.Question) QuestionRow {
	rows := make([]string, len(q.Rows))
	for i, row := range q.Rows {
		rows[i] = strconv.FormatUint(uint64(row), 10)
	}
	where := "row " + list(rows)
	if len(rows) > 1 {
		where = "rows " + list(rows)
	}
	if q.Sheet != "" {
		where = q.Sheet + ", " + where
	}
	period := q.Period
	if p, err := catalog.ParsePeriod(q.Period); err == nil {
		period = p.Words()
	}
	return QuestionRow{ruleWords(q.Rule), where, c.componentTitle(q.Measure), period, q.Found, q.Accepted}
}

// ruleWords is the name of a rule as a reader sees it.
func ruleWords(name string) string { return strings.ReplaceAll(name, "_", " ") }

func verdictWords(v load.Verdict) string {
	switch v {
	case load.Equal:
		return "equal"
	case load.Short:
		return "differs: rows were rejected"
	default:
		return "differs"
	}
}

func loadRow(l load.Load) LoadRow {
	row := LoadRow{
		ID: l.ID, URL: loadURL(l.ID), Source: l.Source, File: l.File, SHA256: l.SHA256, State: string(l.State), AtWords: Moment(l.At),
		Observations: l.Observations, Rejections: l.Rejections, Message: l.Message, Hash: l.Definition, Accepted: l.Accepted,
	}
	switch {
	case l.Compared == 0:
		row.Reconciliation = "the file states no totals"
	case l.Differing == 0:
		row.Reconciliation = fmt.Sprintf("all %d totals equal", l.Compared)
	default:
		row.Reconciliation = fmt.Sprintf("%d of %d totals differ", l.Differing, l.Compared)
	}
	return row
}
