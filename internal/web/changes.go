package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/register"
)

type changesInput struct {
	From      string `query:"from"      doc:"The earlier moment: a date (end of that day), a time, or the number of a published load; the day before to without it"`
	To        string `query:"to"        doc:"The later moment, in the same forms; now without it"`
	Measure   string `query:"measure"   doc:"Only this measure"`
	Footprint string `query:"footprint" doc:"Only this place: the code of a footprint, ENG or UNALLOCATED"`
	Cause     string `query:"cause"     doc:"Only figures of this cause: new_period, revision, withdrawal, membership or definition"`
	Limit     string `query:"limit"     doc:"At most this many figures, 1 to 5000; 200 without it"`
	Offset    string `query:"offset"    doc:"Leave out this many of the first; beyond the last, as total tells, there are none"`
	Format    string `query:"format"    doc:"json, csv or xlsx"`
}

// ChangesBody is the answer of /api/v1/changes, which stpd diff prints too.
type ChangesBody struct {
	From     string        `json:"from"`
	To       string        `json:"to,omitempty"    doc:"Absent for now"`
	Total    uint64        `json:"total"           doc:"How many figures differ, on all pages"`
	Counts   []changeCount `json:"counts"`
	Changes  []changeRow   `json:"changes"`
	Untested int           `json:"claims_untested" doc:"How many of these claims had no verdict kept by the later moment, so that no change of theirs is known"`
	Verdicts []VerdictRow  `json:"verdicts"        doc:"The claims whose verdicts differ, all on each page, in the order of the register; by measure and footprint, not by cause. Only JSON has them: csv and xlsx hold the figures"`
}

type changeCount struct {
	Cause   string `json:"cause"   enum:"new_period,revision,withdrawal,membership,definition"`
	Measure string `json:"measure"`
	Figures uint64 `json:"figures"`
}

type changeRow struct {
	Cause     string `json:"cause"       enum:"new_period,revision,withdrawal,membership,definition" doc:"By the load that made the later figure; of a figure that was not there, by the load that first made it"`
	Measure   string `json:"measure"`
	Footprint string `json:"footprint"`
	Name      string `json:"name"`
	Period    string `json:"period"`
	Before    *stand `json:"before"                                                                  doc:"null when there was no figure"`
	After     *stand `json:"after"                                                                   doc:"null when there is no figure any more"`
	Load      uint64 `json:"load_id"                                                                 doc:"The load that made the figure what it is at the later moment, or that took it away"`
	Source    string `json:"load_source"`
	File      string `json:"load_file"`
}

// VerdictRow is a claim whose verdict differs.
type VerdictRow struct {
	Claim  string    `json:"claim"`
	Title  string    `json:"title"`
	Before *string   `json:"before"  doc:"null when the claim had not been tested"`
	After  string    `json:"after"`
	Reason string    `json:"reason"  doc:"Of the verdict after, the one that weighs most"`
	Since  time.Time `json:"since"   doc:"When the verdict began to stand: with the last of the figures and definitions that it was tested with, or when other code tested it"`
	Load   uint64    `json:"load_id" doc:"The newest load then"`
	Causes []string  `json:"causes"  doc:"What was not the same before: first_test, figures, definition (of the claim, a measure or another claim of the measure) or code (version)"`
}

// NewVerdictRows writes changes of verdicts as an answer.
func NewVerdictRows(changes []register.VerdictChange, words wording.ClaimWords) []VerdictRow {
	rows := []VerdictRow{}
	for _, v := range changes {
		row := VerdictRow{
			Claim:  v.After.Claim,
			Title:  v.Title,
			After:  v.After.Verdict,
			Reason: words.KeptReason(v.After),
			Since:  v.After.Since,
			Load:   v.After.Load,
			Causes: v.Causes,
		}
		if v.Before != nil {
			row.Before = &v.Before.Verdict
		}
		rows = append(rows, row)
	}
	return rows
}

type stand struct {
	Numerator   amount   `json:"numerator"`
	Denominator amount   `json:"denominator"`
	Missing     []string `json:"missing"     doc:"Codes of the organisations without a figure"`
	Estimate    bool     `json:"estimate"    doc:"Whether only a share of the figure of some organisation counted"`
}

func newStand(unit catalog.Unit, s figures.Stand) *stand {
	if !s.Exists {
		return nil
	}
	return &stand{amount{measure.Rounded(unit, s.Numerator)}, amount{measure.Rounded(unit, s.Denominator)}, s.Missing, s.Estimate}
}

// cells are a stand's cells of a sheet; it says "no" where there was no figure.
func (s *stand) cells() []any {
	if s == nil {
		none := amount{decimal.NullDecimal{}}
		return []any{false, none, none, "", false}
	}
	return []any{true, s.Numerator, s.Denominator, strings.Join(s.Missing, " "), s.Estimate}
}

func (b ChangesBody) sheet() sheet { return sheet{"changes", slices.Collect(b.rows())} }

func (b ChangesBody) rows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		more := yield([]any{
			"cause",
			"measure",
			"footprint",
			"name",
			"period",
			"was",
			"numerator_before",
			"denominator_before",
			"missing_before",
			"estimate_before",
			"is",
			"numerator_after",
			"denominator_after",
			"missing_after",
			"estimate_after",
			"load_id",
			"load_source",
			"load_file",
		})
		for i := 0; more && i < len(b.Changes); i++ {
			r := b.Changes[i]
			row := append([]any{r.Cause, r.Measure, r.Footprint, r.Name, r.Period}, r.Before.cells()...)
			more = yield(append(append(row, r.After.cells()...), r.Load, r.Source, r.File))
		}
	}
}

func (b ChangesBody) measures() []string {
	return measuresOf(b.Changes, func(r changeRow) string { return r.Measure })
}

// writeJSON writes the changes one by one in the place of an empty list of them.
func (b ChangesBody) writeJSON(w io.Writer) error {
	changes := b.Changes
	b.Changes = []changeRow{}
	rest, err := json.Marshal(b)
	if err != nil {
		return err
	}
	const list = `"changes":[`
	before, after, _ := bytes.Cut(rest, []byte(list))
	if _, err := fmt.Fprintf(w, "%s%s", before, list); err != nil {
		return err
	}
	for i, change := range changes {
		row, err := json.Marshal(change)
		if err != nil {
			return err
		}
		if i > 0 {
			row = append([]byte(","), row...)
		}
		if _, err := w.Write(row); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(w, "%s\n", after)
	return err
}

// NewChangesBody writes changes as an answer.
func NewChangesBody(c figures.Changes, v register.VerdictChanges, words wording.ClaimWords) ChangesBody {
	b := ChangesBody{
		From:     c.From.Text,
		To:       c.To.Text,
		Total:    c.Sum(),
		Counts:   []changeCount{},
		Changes:  []changeRow{},
		Untested: v.Untested,
		Verdicts: NewVerdictRows(v.Changed, words),
	}
	for _, n := range c.Counts {
		b.Counts = append(b.Counts, changeCount{string(n.Cause), n.Measure, n.Figures})
	}
	for _, f := range c.Figures {
		b.Changes = append(b.Changes, changeRow{
			string(f.Cause), f.Measure, f.Area.Code, f.Area.Name, f.Period.String(),
			newStand(f.Unit, f.Before), newStand(f.Unit, f.After), f.Load, f.Source, f.File,
		})
	}
	return b
}

func (a figuresAPI) changes(ctx context.Context, in *changesInput) (ChangesBody, error) {
	limit, err := whole("limit", in.Limit, 200, 1, figures.MaxChanges)
	if err != nil {
		return ChangesBody{}, err
	}
	offset, err := whole("offset", in.Offset, 0, 0, 1<<30)
	if err != nil {
		return ChangesBody{}, err
	}
	changes, err := a.figures.Changes(ctx, figures.ChangesQuestion{
		From: in.From, To: in.To, Measure: in.Measure, Footprint: in.Footprint, Cause: in.Cause, Limit: limit, Offset: offset,
	})
	if err != nil {
		return ChangesBody{}, err
	}
	verdicts, err := a.register.VerdictChanges(ctx, changes)
	return NewChangesBody(changes, verdicts, wording.ClaimsBy(a.figures.Directory())), err
}
