package web

import (
	"context"
	"slices"
	"time"

	"stpdash/internal/act"
	"stpdash/internal/load"
)

type runRow struct {
	ID        uint64    `json:"run_id"`
	Source    string    `json:"source"    doc:"Id of the source, or inbox; empty for files named by hand"`
	Trigger   string    `json:"trigger"   doc:"start, schedule or hand"`
	Path      string    `json:"path"`
	Started   time.Time `json:"started"`
	Ended     time.Time `json:"ended"`
	Found     uint32    `json:"found"`
	Published uint32    `json:"published"`
	Failed    uint32    `json:"failed"`
	Known     uint32    `json:"known"`
	Held      uint32    `json:"held"      doc:"Files that wait for acceptance"`
	Message   string    `json:"message"`
}

type runList []runRow

func (l runList) sheet() sheet {
	s := sheet{"runs", [][]any{{"run_id", "source", "trigger", "path", "started", "ended", "found", "published", "failed", "known", "message", "held"}}}
	for _, r := range l {
		s.rows = append(s.rows, []any{
			r.ID, r.Source, r.Trigger, r.Path, r.Started.Format(time.RFC3339), r.Ended.Format(time.RFC3339),
			r.Found, r.Published, r.Failed, r.Known, r.Message, r.Held,
		})
	}
	return s
}

func (a runsAPI) latest(ctx context.Context, in *struct {
	Limit  string `query:"limit" doc:"At most this many, 1 to 1000; 100 without it"`
	Format string `query:"format" doc:"json, csv or xlsx"`
},
) (runList, error) {
	limit, err := whole("limit", in.Limit, 100, 1, 1000)
	if err != nil {
		return nil, err
	}
	now, err := a.figures.Moments().AsOf(ctx, "")
	if err != nil {
		return nil, err
	}
	runs, err := a.loaded.LatestRuns(ctx, now, limit)
	list := runList{}
	for _, r := range runs {
		list = append(list, runRow(r))
	}
	return list, err
}

type scheduleRow struct {
	Source  string     `json:"source"        doc:"Id of the source, or inbox"`
	Title   string     `json:"title"`
	Cron    string     `json:"cron"          doc:"Minute, hour, day of the month, month and day of the week in London; empty when it is run by hand only"`
	Next    *time.Time `json:"next_run"      doc:"Null when it is run by hand only"`
	Running *time.Time `json:"running_since" doc:"Null when no run is under way"`
	Last    *runRow    `json:"last_run"      doc:"The latest run that has ended; null when none has"`
}

type scheduleList []scheduleRow

func (l scheduleList) sheet() sheet {
	s := sheet{"schedule", [][]any{{
		"source", "title", "cron", "next_run", "running_since",
		"last_started", "last_ended", "last_trigger", "last_found", "last_published", "last_failed", "last_known", "last_message", "last_held",
	}}}
	moment := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.Format(time.RFC3339)
	}
	for _, r := range l {
		last := []any{"", "", "", "", "", "", "", "", ""}
		if l := r.Last; l != nil {
			last = []any{moment(&l.Started), moment(&l.Ended), l.Trigger, l.Found, l.Published, l.Failed, l.Known, l.Message, l.Held}
		}
		s.rows = append(s.rows, append([]any{r.Source, r.Title, r.Cron, moment(r.Next), moment(r.Running)}, last...))
	}
	return s
}

func (a runsAPI) schedule(ctx context.Context, _ *struct {
	Format string `query:"format" doc:"json, csv or xlsx"`
},
) (scheduleList, error) {
	entries, err := a.entries(ctx)
	list := scheduleList{}
	for _, e := range entries {
		row := scheduleRow{Source: e.Source, Title: e.Title, Cron: e.Cron}
		if !e.Next.IsZero() {
			row.Next = &e.Next
		}
		if e.Running != nil {
			row.Running = &e.Running.Started
		}
		if e.Last != nil {
			last := runRow(*e.Last)
			row.Last = &last
		}
		list = append(list, row)
	}
	return list, err
}

type runInput struct {
	Source string `query:"source" required:"true" doc:"Id of a source that says where its files are, or inbox"`
}

type runBody struct {
	ID     uint64 `json:"run_id" doc:"Its number at /api/v1/runs, where it stands once it has ended"`
	Source string `json:"source"`
}

// start starts a run once the log says who asked for it.
func (a runsAPI) start(ctx context.Context, in *runInput) (runBody, error) {
	entries, err := a.entries(ctx)
	if err != nil {
		return runBody{}, err
	}
	if !slices.ContainsFunc(entries, func(e load.Entry) bool { return e.Source == in.Source }) {
		_, err := a.run(in.Source) // says which there are
		return runBody{}, err
	}
	v := visitorOf(ctx)
	if _, err := a.acts.Do(ctx, act.Deed{
		Actor: v.Person, Via: v.via(), Kind: act.RunAsked, Scope: act.All, Subject: in.Source, Body: act.RunBody{Token: v.program.ID},
	}); err != nil {
		return runBody{}, err
	}
	id, err := a.run(in.Source)
	return runBody{id, in.Source}, err
}
