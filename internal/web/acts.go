package web

import (
	"context"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"stpdash/internal/act"
	"stpdash/internal/figures"
	"stpdash/internal/pages"
)

// actsAPI answers what people did.
type actsAPI struct {
	figures *figures.Figures
	acts    *act.Log
	list    func(context.Context, act.Filter) ([]act.Act, error)
	pages   *pages.Composer
}

// actsShown is how many acts a page has.
const actsShown = 100

type actInput struct {
	Kind   string `query:"kind"   doc:"What was done, such as note_added"`
	Actor  string `query:"actor"  doc:"Who did it, by id"`
	From   string `query:"from"   doc:"The first day, such as 2019-02-08"`
	To     string `query:"to"     doc:"The last day"`
	Before string `query:"before" doc:"Acts with smaller numbers alone"`
	Limit  string `query:"limit"  doc:"At most this many, 1 to 10000; 100 without it"`
	Format string `query:"format" doc:"json, csv or xlsx"`
}

// filter reads what a list of acts is to have.
func (in actInput) filter() (f act.Filter, err error) {
	f.Kind, f.Actor = act.Kind(in.Kind), in.Actor
	if f.Limit, err = whole("limit", in.Limit, actsShown, 1, 10_000); err != nil {
		return f, err
	}
	if in.Before != "" {
		if f.Before, err = strconv.ParseUint(in.Before, 10, 63); err != nil || f.Before == 0 {
			return f, &figures.InputError{Parameter: "before", Value: in.Before, Accepted: "the number of an act"}
		}
	}
	for _, day := range []struct {
		name, text string
		days       int
		to         *time.Time
	}{{"from", in.From, 0, &f.From}, {"to", in.To, 1, &f.Until}} {
		if day.text == "" {
			continue
		}
		at, err := time.ParseInLocation(time.DateOnly, day.text, figures.London)
		if err != nil || at.Year() < 1970 || at.Year() > 2200 {
			return f, &figures.InputError{Parameter: day.name, Value: day.text, Accepted: "a day such as 2019-02-08"}
		}
		*day.to = at.AddDate(0, 0, day.days)
	}
	return f, nil
}

type actRow struct {
	Seq       uint64          `json:"seq"        doc:"Its place in the log, from 1, without gaps"`
	ID        string          `json:"id"`
	At        time.Time       `json:"at"`
	Actor     string          `json:"actor"      doc:"A person by id; empty of the operator, and where nobody was signed in"`
	Via       string          `json:"via"        doc:"browser or command"`
	Kind      string          `json:"kind"`
	ScopeKind string          `json:"scope_kind" doc:"everywhere, region or footprint"`
	Scope     string          `json:"scope"`
	Subject   string          `json:"subject"    doc:"What it is about, by id"`
	Body      json.RawMessage `json:"body"       doc:"What else there is to say, as JSON"`
	PrevHash  string          `json:"prev_hash"`
	Hash      string          `json:"hash"       doc:"SHA-256 of the act and of the hash of the act before"`
}

type actList []actRow

func (l actList) sheet() sheet {
	s := sheet{"acts", [][]any{{"seq", "id", "at", "actor", "via", "kind", "scope_kind", "scope", "subject", "body", "prev_hash", "hash"}}}
	for _, r := range l {
		s.rows = append(s.rows, []any{
			r.Seq, r.ID, r.At.Format(time.RFC3339Nano), r.Actor, r.Via, r.Kind, r.ScopeKind, r.Scope, r.Subject, string(r.Body), r.PrevHash, r.Hash,
		})
	}
	return s
}

func (a actsAPI) listed(ctx context.Context, in *actInput) (actList, error) {
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	acts, err := a.list(ctx, filter)
	list := actList{}
	for _, one := range acts {
		body := json.RawMessage(one.Body)
		if !json.Valid(body) { // it was changed: stpd audit --verify says so
			body, _ = json.Marshal(one.Body)
		}
		list = append(list, actRow{
			one.Seq, one.ID, one.At, one.Actor, string(one.Via), string(one.Kind), string(one.Scope.Kind), one.Scope.Code, one.Subject,
			body, one.PrevHash, one.Hash,
		})
	}
	return list, err
}

func (a actsAPI) page(c *gin.Context) (any, error) {
	in := actInput{Kind: c.Query("kind"), Actor: c.Query("actor"), From: c.Query("from"), To: c.Query("to"), Before: c.Query("before")}
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	acts, err := a.list(c.Request.Context(), filter)
	if err != nil {
		return nil, err
	}
	return a.pages.Acts(c.Request.Context(), pages.ActsQuery{Kind: in.Kind, Actor: in.Actor, From: in.From, To: in.To}, acts, len(acts) == filter.Limit)
}

type noteInput struct {
	Viewing
	Measure   string `query:"measure"   doc:"Id of a measure; of all without it"`
	Footprint string `query:"footprint" doc:"Code of a footprint; of all without it"`
}

type noteRow struct {
	ID        string     `json:"id"`
	Footprint string     `json:"footprint"`
	Measure   string     `json:"measure"`
	Period    string     `json:"period"    doc:"Empty of a note on all periods"`
	Author    string     `json:"author"    doc:"A person by id"`
	Added     time.Time  `json:"added"`
	Edited    *time.Time `json:"edited"    doc:"When it got its present text; null of one that was not edited"`
	Text      string     `json:"text"      doc:"Markdown"`
	Withdrawn *time.Time `json:"withdrawn" doc:"Null of one that stands"`
	Reason    string     `json:"reason"    doc:"Why it was withdrawn"`
	Seq       uint64     `json:"seq"       doc:"The act that gave it its present text"`
}

// when writes a time for a table, blank where there is none.
func when(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.RFC3339)
}

type noteList []noteRow

func (l noteList) sheet() sheet {
	s := sheet{"notes", [][]any{{"id", "footprint", "measure", "period", "author", "added", "edited", "text", "withdrawn", "reason", "seq"}}}
	for _, r := range l {
		s.rows = append(s.rows, []any{
			r.ID, r.Footprint, r.Measure, r.Period, r.Author, when(&r.Added), when(r.Edited), r.Text, when(r.Withdrawn), r.Reason, r.Seq,
		})
	}
	return s
}

// upTo is the newest act that an answer shows.
func (a actsAPI) upTo(ctx context.Context, asOf figures.Moment) (uint64, error) {
	if asOf.Text == "" {
		return math.MaxUint64, nil
	}
	return a.acts.SeqAt(ctx, asOf.Bound.At)
}

// notes are what people wrote about measures, as it stood.
func (a actsAPI) notes(ctx context.Context, in *noteInput) (noteList, error) {
	list := noteList{}
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	place := ""
	if in.Footprint != "" {
		area, err := a.figures.Directory().FindPlace(in.Footprint, "")
		if err != nil {
			return nil, err
		}
		place = area.Code
	}
	if in.Measure != "" {
		if _, err := a.figures.MeasureAsOf(ctx, in.Measure, asOf); err != nil {
			return nil, err
		}
	}
	if a.acts == nil {
		return list, nil
	}
	seq, err := a.upTo(ctx, asOf)
	if err != nil {
		return nil, err
	}
	err = a.acts.View(ctx, func(s *act.State) {
		for _, n := range s.AllNotes(seq) {
			if place != "" && n.Scope.Code != place || in.Measure != "" && n.Measure != in.Measure {
				continue
			}
			now := n.Newest()
			row := noteRow{
				ID: n.ID, Footprint: n.Scope.Code, Measure: n.Measure, Period: n.Period, Author: n.Author, Added: n.Texts[0].At, Text: now.Text, Seq: now.Seq,
			}
			if len(n.Texts) > 1 {
				row.Edited = &now.At
			}
			if n.Withdrawn != nil {
				row.Withdrawn, row.Reason = &n.Withdrawn.At, n.Withdrawn.Reason
			}
			list = append(list, row)
		}
	})
	return list, err
}

type decisionInput struct {
	Viewing
	Region string `query:"region" doc:"A region, such as south-west, with its footprints; all of them without it"`
	State  string `query:"state"  doc:"open or ended; both without it"`
}

type decisionRow struct {
	ID        string     `json:"id"`
	ScopeKind string     `json:"scope_kind" doc:"region or footprint"`
	Scope     string     `json:"scope"      doc:"The slug of a region, or the code of a footprint"`
	Week      string     `json:"week"       doc:"Of the review that decided it, such as 2019-W07"`
	What      string     `json:"what"`
	Owner     string     `json:"owner"      doc:"A post"`
	Due       string     `json:"due"        doc:"A date"`
	By        string     `json:"by"         doc:"Who recorded it, a person by id"`
	Made      time.Time  `json:"made"`
	Changed   *time.Time `json:"changed"    doc:"When it got its present owner and due date; null of one whose are the first"`
	Ended     *time.Time `json:"ended"      doc:"Null of one that is open"`
	How       string     `json:"how"        doc:"done, dropped or superseded; empty of one that is open"`
	Successor string     `json:"successor"  doc:"The id of the decision that replaces it"`
	Reason    string     `json:"reason"     doc:"Why it ended"`
	Seq       uint64     `json:"seq"        doc:"The act that it stands by as shown"`
}

type decisionList []decisionRow

func (l decisionList) sheet() sheet {
	s := sheet{"decisions", [][]any{{
		"id", "scope_kind", "scope", "week", "what", "owner", "due", "by", "made", "changed", "ended", "how", "successor", "reason", "seq",
	}}}
	for _, r := range l {
		s.rows = append(s.rows, []any{
			r.ID, r.ScopeKind, r.Scope, r.Week, r.What, r.Owner, r.Due, r.By, when(&r.Made), when(r.Changed), when(r.Ended), r.How, r.Successor, r.Reason, r.Seq,
		})
	}
	return s
}

// endings are how decisions end, as the API says it.
var endings = map[act.Kind]string{act.DecisionDone: "done", act.DecisionDropped: "dropped", act.DecisionSuperseded: "superseded"}

// decisions are what reviews decided, as it stood.
func (a actsAPI) decisions(ctx context.Context, in *decisionInput) (decisionList, error) {
	list := decisionList{}
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	region := ""
	if in.Region != "" {
		r, err := a.figures.Directory().FindRegion(in.Region)
		if err != nil {
			return nil, err
		}
		region = r.Slug()
	}
	if in.State != "" && in.State != "open" && in.State != "ended" {
		return nil, &figures.InputError{Parameter: "state", Value: in.State, Accepted: "open or ended"}
	}
	if a.acts == nil {
		return list, nil
	}
	seq, err := a.upTo(ctx, asOf)
	if err != nil {
		return nil, err
	}
	err = a.acts.View(ctx, func(s *act.State) {
		all := s.AllDecisions(seq)
		if region != "" {
			all = s.Decisions(region, seq)
		}
		for _, d := range all {
			if in.State == "" || (in.State == "open") == (d.Ended == nil) {
				list = append(list, newDecisionRow(d))
			}
		}
	})
	return list, err
}

func newDecisionRow(d act.Decision) decisionRow {
	first, terms := d.Terms[0], d.Newest()
	row := decisionRow{
		ID: d.ID, ScopeKind: string(d.Scope.Kind), Scope: d.Scope.Code, Week: d.Week, What: d.What, Owner: terms.Owner, Due: terms.Due, By: first.By,
		Made: first.At, Seq: terms.Seq,
	}
	if len(d.Terms) > 1 {
		row.Changed = &terms.At
	}
	if e := d.Ended; e != nil {
		row.Ended, row.How, row.Successor, row.Reason, row.Seq = &e.At, endings[e.Kind], e.Successor, e.Reason, e.Seq
	}
	return row
}
