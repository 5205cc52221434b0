package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

type loadRow struct {
	ID           uint64    `json:"load_id"`
	State        string    `json:"state"              enum:"received,staged,published,failed,interrupted,withdrawn,held,closed"`
	At           time.Time `json:"at"`
	Source       string    `json:"source"`
	File         string    `json:"file"`
	SHA256       string    `json:"sha256"`
	Size         uint64    `json:"size"`
	Definition   string    `json:"definition_hash"`
	Released     string    `json:"published"                                                                                    doc:"When the publisher says it released the file"`
	Trigger      string    `json:"trigger"                                                                                      doc:"start, schedule, hand or bundled"`
	Observations uint64    `json:"observations"`
	Rejections   uint64    `json:"rejections"`
	Compared     uint32    `json:"totals_compared"`
	Differing    uint32    `json:"totals_differing"`
	Message      string    `json:"message"`
	Rule         string    `json:"rule,omitempty"                                                                               doc:"The rule that a refused file breaks, or that a held one asks by"`
	Accepted     string    `json:"accepted,omitempty"                                                                           doc:"Why it was published although it raised questions"`
}

func newLoadRow(l load.Load) loadRow {
	return loadRow{
		l.ID, string(l.State), l.At, l.Source, l.File, l.SHA256, l.Size, l.Definition, l.Released, l.Trigger,
		l.Observations, l.Rejections, l.Compared, l.Differing, l.Message, l.Rule, l.Accepted,
	}
}

type loadList []loadRow

func (l loadList) sheet() sheet {
	s := sheet{
		"loads",
		[][]any{
			{
				"load_id",
				"state",
				"at",
				"source",
				"file",
				"sha256",
				"size",
				"definition_hash",
				"published",
				"trigger",
				"observations",
				"rejections",
				"totals_compared",
				"totals_differing",
				"message",
				"accepted",
			},
		},
	}
	for _, r := range l {
		s.rows = append(s.rows, []any{
			r.ID, r.State, r.At.Format(time.RFC3339Nano), r.Source, r.File, r.SHA256, r.Size, r.Definition,
			r.Released, r.Trigger, r.Observations, r.Rejections, r.Compared,
			r.Differing, r.Message, r.Accepted,
		})
	}
	return s
}

// maxRows bounds what one answer lists; no publication comes near it. Where there is as much, the answer is refused and not cut.
const maxRows = 50_000

func (a loadsAPI) loads(ctx context.Context, in *struct {
	Viewing
	State  string `query:"state" doc:"Only loads in this state"`
	Limit  string `query:"limit" doc:"At most this many, 1 to 1000; 200 without it"`
	Offset string `query:"offset" doc:"Leave out this many of the newest; beyond the last the list is empty"`
},
) (loadList, error) {
	limit, err := whole("limit", in.Limit, 200, 1, 1000)
	if err != nil {
		return nil, err
	}
	offset, err := whole("offset", in.Offset, 0, 0, 1<<30)
	if err != nil {
		return nil, err
	}
	switch load.State(in.State) {
	case "", load.Received, load.Staged, load.Published, load.Failed, load.Interrupted, load.Withdrawn, load.Held, load.Closed:
	default:
		return nil, &figures.InputError{Parameter: "state", Value: in.State, Accepted: "received, staged, published, failed, interrupted, withdrawn, held or closed"}
	}
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	loads, err := a.loaded.FindLoads(ctx, figures.LoadFilter{AsOf: asOf.Bound, State: load.State(in.State), Limit: limit, Offset: offset})
	list := loadList{}
	for _, l := range loads {
		list = append(list, newLoadRow(l))
	}
	return list, err
}

type loadInput struct {
	ID string `path:"id" doc:"Number of the load"`
	Viewing
}

// findLoad finds the load that a question is about, as it stood.
func (a loadsAPI) findLoad(ctx context.Context, in *loadInput) (load.Load, figures.Moment, error) {
	id, err := strconv.ParseUint(in.ID, 10, 63)
	if err != nil {
		return load.Load{}, figures.Moment{}, &figures.InputError{Parameter: "id", Value: in.ID, Accepted: "the number of a load"}
	}
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return load.Load{}, asOf, err
	}
	l, err := a.loaded.LoadAsOf(ctx, asOf, id)
	return l, asOf, err
}

type stateRow struct {
	State   string    `json:"state"`
	At      time.Time `json:"at"`
	Message string    `json:"message"`
}

type loadBody struct {
	loadRow
	States    []stateRow      `json:"states"`
	Questions []load.Question `json:"questions" doc:"What it asks before it is published, or asked"`
}

func (b loadBody) sheet() sheet { return loadList{b.loadRow}.sheet() }

func (a loadsAPI) load(ctx context.Context, in *loadInput) (loadBody, error) {
	l, asOf, err := a.findLoad(ctx, in)
	if err != nil {
		return loadBody{}, err
	}
	states, err := a.loaded.States(ctx, asOf, l.ID)
	body := loadBody{loadRow: newLoadRow(l), States: []stateRow{}}
	for _, s := range states {
		body.States = append(body.States, stateRow{string(s.State), s.At, s.Message})
	}
	if err != nil {
		return body, err
	}
	body.Questions, err = a.loaded.Questions(ctx, l.ID)
	return body, err
}

type rejectionRow struct {
	Rule   string   `json:"rule"   doc:"Name of the rule that the row breaks; /api/v1/rules lists them"`
	File   string   `json:"file"`
	Sheet  string   `json:"sheet"`
	Row    uint32   `json:"row"`
	Column string   `json:"column"`
	Value  string   `json:"value"`
	Reason string   `json:"reason"`
	Cells  []string `json:"cells"  doc:"The row as published; a cell of more than 500 characters is cut and says how long it is"`
}

// rejectionList is a page of the rejections of a load.
type rejectionList struct {
	rows  []rejectionRow
	total uint64
	next  string
}

// MarshalJSON writes the rows alone.
func (l rejectionList) MarshalJSON() ([]byte, error) { return json.Marshal(l.rows) }

// Schema describes the rows.
func (rejectionList) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[[]rejectionRow](), true, "Rejections")
}

func (l rejectionList) page() (total, link string) {
	if l.next != "" {
		link = "<" + l.next + `>; rel="next"`
	}
	return strconv.FormatUint(l.total, 10), link
}

func (l rejectionList) sheet() sheet {
	s := sheet{"rejections", [][]any{{"rule", "file", "sheet", "row", "column", "value", "reason"}}}
	for _, r := range l.rows {
		s.rows = append(s.rows, []any{r.Rule, r.File, r.Sheet, r.Row, r.Column, r.Value, r.Reason})
	}
	return s
}

func (a loadsAPI) rejections(ctx context.Context, in *struct {
	ID string `path:"id" doc:"Number of the load"`
	Viewing
	Limit  string `query:"limit" doc:"At most this many, 1 to 1000; 500 without it"`
	Offset string `query:"offset" doc:"Leave out this many of the first; beyond the last the list is empty"`
},
) (rejectionList, error) {
	limit, err := whole("limit", in.Limit, 500, 1, 1000)
	if err != nil {
		return rejectionList{}, err
	}
	offset, err := whole("offset", in.Offset, 0, 0, 1<<30)
	if err != nil {
		return rejectionList{}, err
	}
	l, _, err := a.findLoad(ctx, &loadInput{in.ID, in.Viewing})
	if err != nil {
		return rejectionList{}, err
	}
	rejections, err := a.loaded.Rejections(ctx, l.ID, offset, limit+1)
	list := rejectionList{rows: []rejectionRow{}, total: l.Rejections}
	if len(rejections) > limit {
		rejections = rejections[:limit]
		next := url.Values{"limit": {strconv.Itoa(limit)}, "offset": {strconv.Itoa(offset + limit)}}
		if in.AsOf != "" {
			next.Set("as_of", in.AsOf)
		}
		if in.Format != "" {
			next.Set("format", in.Format)
		}
		list.next = fmt.Sprintf("/api/v1/loads/%d/rejections?%s", l.ID, next.Encode())
	}
	for _, r := range rejections {
		list.rows = append(list.rows, rejectionRow{r.Rule, l.File, r.Sheet, r.Row, r.Column, r.Value, r.Reason, r.Cells})
	}
	return list, err
}

type warningRow struct {
	Rule         string  `json:"rule"                   enum:"history,provider_stays,period_follows,shown,all_read"`
	Measure      string  `json:"measure"                                                                            doc:"Blank where the file is meant, not a figure"`
	Organisation string  `json:"organisation,omitempty"`
	Item         string  `json:"item,omitempty"`
	Period       string  `json:"period"`
	Value        float64 `json:"value"                                                                              doc:"The figure; where there is none any more, that of the period before"`
	Middle       float64 `json:"middle"                                                                             doc:"Median of the twelve figures before it"`
	Spread       float64 `json:"spread"                                                                             doc:"How far those usually lie from it"`
	Message      string  `json:"message"`
}

type warningList []warningRow

func (l warningList) sheet() sheet {
	s := sheet{"warnings", [][]any{{"rule", "measure", "organisation", "item", "period", "value", "middle", "spread", "message"}}}
	for _, w := range l {
		s.rows = append(s.rows, []any{w.Rule, w.Measure, w.Organisation, w.Item, w.Period, w.Value, w.Middle, w.Spread, w.Message})
	}
	return s
}

func (l warningList) measures() []string {
	return measuresOf(l, func(w warningRow) string { return w.Measure })
}

func (a loadsAPI) warnings(ctx context.Context, in *loadInput) (warningList, error) {
	l, asOf, err := a.findLoad(ctx, in)
	if err != nil {
		return nil, err
	}
	warnings, err := a.loaded.Warnings(ctx, asOf, []uint64{l.ID}, maxRows)
	if len(warnings) >= maxRows {
		return nil, tooLong()
	}
	list := warningList{}
	for _, w := range warnings {
		period := ""
		if w.Measure != nil {
			period = w.At.String()
		}
		list = append(
			list,
			warningRow{
				w.Rule,
				w.Warning.Measure,
				w.Organisation,
				w.Item,
				period,
				w.Value,
				w.Middle,
				w.Spread,
				wording.Warning(w, a.figures.Directory().OrganisationName),
			},
		)
	}
	return list, err
}

type ruleRow struct {
	Name     string `json:"name"`
	Severity string `json:"severity" enum:"refuses the file,rejects the row,stops and asks,warns"`
	Demands  string `json:"demands"`
}

type ruleList []ruleRow

func (l ruleList) sheet() sheet {
	s := sheet{"rules", [][]any{{"name", "severity", "demands"}}}
	for _, r := range l {
		s.rows = append(s.rows, []any{r.Name, r.Severity, r.Demands})
	}
	return s
}

func (a loadsAPI) rules(context.Context, *struct {
	Format string `query:"format" doc:"json, csv or xlsx"`
},
) (ruleList, error) {
	list := ruleList{}
	for _, r := range load.Rules {
		list = append(list, ruleRow{r.Name, string(r.Severity), r.Demands})
	}
	return list, nil
}

type reconciliationRow struct {
	Scope      string `json:"scope"      doc:"ENG or a footprint"`
	Measure    string `json:"measure"`
	Period     string `json:"period"`
	Published  amount `json:"published"`
	Ours       amount `json:"ours"`
	Difference amount `json:"difference"`
	Verdict    string `json:"verdict"    doc:"short: rows were rejected, so ours cannot be whole" enum:"equal,differs,short"`
	Sheet      string `json:"sheet"`
	Row        uint32 `json:"row"`
	Column     string `json:"column"`
}

type reconciliationList []reconciliationRow

func (l reconciliationList) sheet() sheet {
	s := sheet{"reconciliation", [][]any{{"scope", "measure", "period", "published", "ours", "difference", "verdict", "sheet", "row", "column"}}}
	for _, r := range l {
		s.rows = append(s.rows, []any{
			r.Scope, r.Measure, r.Period, r.Published, r.Ours, r.Difference, r.Verdict, r.Sheet,
			r.Row, r.Column,
		})
	}
	return s
}

func (l reconciliationList) measures() []string {
	return measuresOf(l, func(r reconciliationRow) string { return r.Measure })
}

func (a loadsAPI) reconciliation(ctx context.Context, in *loadInput) (reconciliationList, error) {
	l, _, err := a.findLoad(ctx, in)
	if err != nil {
		return nil, err
	}
	all, err := a.loaded.Reconciliations(ctx, l.ID, maxRows)
	if len(all) >= maxRows {
		return nil, tooLong()
	}
	list := reconciliationList{}
	for _, r := range all {
		var unit catalog.Unit
		if m, ok := a.figures.Directory().Catalog.Measure(r.Measure); ok {
			unit = m.Unit
		}
		stated := func(n decimal.Decimal) amount { return amount{measure.Rounded(unit, decimal.NewNullDecimal(n))} }
		list = append(list, reconciliationRow{
			r.Scope, r.Measure, r.Period.String(), stated(r.Published), stated(r.Ours), stated(r.Difference),
			string(r.Verdict), r.Sheet, r.Row, r.Column,
		})
	}
	return list, err
}
