package web

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/figures"
	"stpdash/internal/pages/wording"
	"stpdash/internal/register"
)

type claimsInput struct {
	Viewing
	Footprint string `query:"footprint" doc:"Only claims about this footprint, or ENG for those about the whole country"`
	Type      string `query:"type"      doc:"Only this type: cashable, non_cashable, avoided_cost, activity or plan"`
	Verdict   string `query:"verdict"   doc:"Only this verdict: evidenced, partly evidenced, smaller than claimed, inconclusive, contradicted, cannot be tested; of plans met, missed, moved the other way or not due; of changes of a place's own figures agrees with the figures or differs from the figures"`
}

type claimRow struct {
	ID             string   `json:"id"`
	Title          string   `json:"title"`
	Places         []string `json:"places"                   doc:"england, or codes of footprints"`
	Scheme         string   `json:"scheme"`
	Claimant       string   `json:"claimant"`
	Type           string   `json:"type"                                                                                                                                                                                     enum:"cashable,non_cashable,avoided_cost,activity,plan"`
	Measure        string   `json:"measure"`
	Direction      string   `json:"direction"                                                                                                                                                                                enum:"decrease,increase"`
	Size           number   `json:"size"                     doc:"As claimed, over zero"`
	Unit           string   `json:"unit,omitempty"                                                                                                                                                                           enum:"percent,count"`
	GBP            amount   `json:"gbp"                      doc:"Pounds claimed"`
	Verdict        string   `json:"verdict"                                                                                                                                                                                  enum:"evidenced,partly evidenced,smaller than claimed,inconclusive,contradicted,cannot be tested,met,missed,moved the other way,not due,agrees with the figures,differs from the figures"`
	VerdictCode    string   `json:"verdict_code"             doc:"The same as a code: partly_evidenced"`
	Reason         string   `json:"reason"                   doc:"The reason that weighs most"`
	Code           string   `json:"reason_code"              doc:"Of the same: rule where a rule of the verdict alone decided"`
	ClaimedPercent number   `json:"claimed_percent"          doc:"The size at the scale of the whole places, in per cent"`
	Percent        number   `json:"percent"                  doc:"The effect seen, in per cent of what would have been expected; of a plan the outturn, in per cent of the year before it; null where nothing was estimated"`
	Low            number   `json:"percent_low"              doc:"Lower end of its 95 per cent interval"`
	High           number   `json:"percent_high"`
	P              number   `json:"p"`
	Detectable     number   `json:"detectable_percent"       doc:"The smallest change that would be seen in 80 of 100 cases"`
	Change         number   `json:"claimed_change_percent"   doc:"As claimed_percent, with the sign of percent: below zero for a fall"`
	ClaimedChange  number   `json:"claimed_change"           doc:"What is claimed or planned, below zero for a fall, in change_unit"`
	SeenChange     number   `json:"seen_change"              doc:"What was seen of the same, below zero for a fall, in change_unit: the effect, of a plan the outturn, of a claim about a place's own change that change"`
	ChangeUnit     string   `json:"change_unit,omitempty"    doc:"Of both; empty where neither is known"                                                                                                                     enum:"percent,count"`
	Own            number   `json:"own_change_percent"       doc:"How the places' own figures moved from the earlier time that is compared with; no effect"`
	At             string   `json:"tested_at,omitempty"      doc:"The kind of place that it was tested in; empty where nothing was estimated"                                                                                enum:"commissioner,provider,council,footprint,england"`
	TestedBy       string   `json:"tested_measure,omitempty" doc:"The measure that it was tested with"`
	Before         int      `json:"periods_before"`
	After          int      `json:"periods_after"`
	Donors         int      `json:"donors"                   doc:"Places compared with"`
	Interim        string   `json:"interim,omitempty"        doc:"How a plan stands that is not due"                                                                                                                         enum:"on course,behind"`
	WouldTake      []string `json:"it_would_take_codes"      doc:"What it would take to test the claim, by code"`
	Decided        []string `json:"checks_decided"           doc:"The checks that decided, by id"`
	Estimate       amount   `json:"gbp_estimate"             doc:"The effect in pounds by the stated unit cost, whatever the verdict"`
	Evidenced      amount   `json:"gbp_evidenced"            doc:"What the verdict lets stand, never more than claimed"`
	Start          string   `json:"start,omitempty"`
	Until          string   `json:"until,omitempty"`
	Source         string   `json:"source"`
	URL            string   `json:"url"`
	Hash           string   `json:"definition_hash"`
}

// claimList are the claims of the register.
type claimList []claimRow

func (l claimList) sheet() sheet {
	s := sheet{
		"claims",
		[][]any{
			{
				"id",
				"title",
				"places",
				"scheme",
				"claimant",
				"type",
				"measure",
				"direction",
				"size",
				"unit",
				"gbp",
				"verdict",
				"reason",
				"claimed_percent",
				"percent",
				"percent_low",
				"percent_high",
				"p",
				"detectable_percent",
				"gbp_estimate",
				"gbp_evidenced",
				"start",
				"until",
				"source",
				"url",
				"definition_hash",
				"reason_code",
				"verdict_code",
				"claimed_change_percent",
				"tested_at",
				"tested_measure",
				"periods_before",
				"periods_after",
				"donors",
				"interim",
				"claimed_change",
				"seen_change",
				"change_unit",
				"own_change_percent",
				"it_would_take_codes",
				"checks_decided",
			},
		},
	}
	for _, c := range l {
		s.rows = append(s.rows, []any{
			c.ID,
			c.Title,
			strings.Join(c.Places, " "),
			c.Scheme,
			c.Claimant,
			c.Type,
			c.Measure,
			c.Direction,
			c.Size,
			c.Unit,
			c.GBP,
			c.Verdict,
			c.Reason,
			c.ClaimedPercent,
			c.Percent,
			c.Low,
			c.High,
			c.P,
			c.Detectable,
			c.Estimate,
			c.Evidenced,
			c.Start,
			c.Until,
			c.Source,
			c.URL,
			c.Hash,
			c.Code,
			c.VerdictCode,
			c.Change,
			c.At,
			c.TestedBy,
			c.Before,
			c.After,
			c.Donors,
			c.Interim,
			c.ClaimedChange,
			c.SeenChange,
			c.ChangeUnit,
			c.Own,
			strings.Join(c.WouldTake, " "),
			strings.Join(c.Decided, " "),
		})
	}
	return s
}

func (l claimList) measures() []string {
	return measuresOf(l, func(c claimRow) string { return c.Measure })
}

func newClaimRow(t register.Tested, words wording.ClaimWords) claimRow {
	r := t.Result
	row := claimRow{
		ID: t.ID, Title: t.Title, Places: t.Places, Scheme: t.Scheme, Claimant: t.Claimant, Type: string(t.Kind), Measure: t.Measure,
		Direction: string(t.Towards), Size: number{t.Amount()}, Unit: string(t.Unit), GBP: amount{t.Pounds()}, Verdict: string(r.Verdict),
		ClaimedPercent: estimated(r.Claimed.Percent), Start: t.Start, Until: t.Until, Source: t.Citation.Title, URL: t.Citation.URL, Hash: t.Hash(),
	}
	if len(r.Reasons) > 0 {
		row.Reason, row.Code = words.Reason(r.Reasons[0]), string(r.Reasons[0].Code)
	}
	if e := r.Effect; e != nil {
		row.Percent, row.P, row.Detectable = estimated(e.Percent), estimated(e.P), estimated(e.Detectable)
		if i := e.PercentInterval; i != nil {
			row.Low, row.High = finite(i[0]), finite(i[1])
		}
	}
	row.VerdictCode, row.WouldTake, row.Decided = r.Verdict.ID(), []string{}, []string{}
	row.Change = row.ClaimedPercent
	if t.Towards == catalog.Decrease && row.Change.Valid {
		row.Change.Decimal = row.Change.Decimal.Neg()
	}
	for _, need := range r.Needs {
		row.WouldTake = append(row.WouldTake, string(need.Code))
	}
	for _, reason := range r.Reasons {
		if reason.Facts.Check != "" {
			row.Decided = append(row.Decided, string(reason.Facts.Check))
		}
	}
	row.changes(r)
	if r.Effect != nil {
		row.At, row.TestedBy, row.Before, row.After = catalog.ByFootprint, t.Measure, r.Design.Before, r.Design.After
		if t.OfEngland() {
			row.At = catalog.ByEngland
		}
		switch {
		case r.Unit != nil:
			row.At, row.TestedBy, row.Donors = r.Unit.At, r.Unit.Measure, r.Unit.Donors
		case r.Model != nil:
			row.Donors = len(r.Model.Weights)
		}
	}
	if p := r.Pounds; p != nil {
		row.Estimate, row.Evidenced = pounds(p.Estimate), pounds(p.Evidenced)
	}
	return row
}

// changes sets what is claimed and what was seen in one unit, with their signs.
func (row *claimRow) changes(r *claim.Result) {
	row.ClaimedChange, row.SeenChange = row.Change, row.Percent
	if o := r.Own; o != nil {
		row.Own = estimated(o.Percent)
		if r.Claimed.Code == claim.IsOwnChange {
			row.ClaimedChange, row.SeenChange = estimated(o.Claimed), estimated(o.Percent)
		}
	}
	if row.ClaimedChange.Valid || row.SeenChange.Valid {
		row.ChangeUnit = string(catalog.Percent)
	}
	o := r.Outturn
	if o == nil {
		return
	}
	row.Interim, row.ChangeUnit = string(o.Interim), string(o.Unit)
	row.ClaimedChange, row.SeenChange = estimated(o.Planned), estimated(o.Change)
	switch base := o.BaseFigure; {
	case o.Unit == catalog.Percent:
		row.Change, row.Percent = row.ClaimedChange, row.SeenChange
	case base > 0: // a count, of the year before the plan
		row.Change, row.Percent = estimated(100*o.Planned/base), estimated(100*o.Change/base)
	}
}

func estimated(n evidence.Number) number { return finite(float64(n)) }

// pounds are those of a result; null where it has none.
func pounds(text string) amount {
	d, err := decimal.NewFromString(text)
	return amount{decimal.NullDecimal{Decimal: d, Valid: err == nil}}
}

func (a claimsAPI) claims(ctx context.Context, in *claimsInput) (claimList, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	tested, err := a.register.Claims(ctx, asOf, register.Filter{Footprint: in.Footprint, Kind: in.Type, Verdict: in.Verdict})
	list := claimList{}
	for _, t := range tested {
		list = append(list, newClaimRow(t, wording.ClaimsBy(a.figures.Directory())))
	}
	return list, err
}

// evaluations are a list also where there is none.
func evaluations(found []catalog.Finding) []catalog.Finding {
	if found == nil {
		return []catalog.Finding{}
	}
	return found
}

// claimBody is a claim with all that is known of it.
type claimBody struct {
	AsOf   string               `json:"as_of,omitempty"`
	Claim  *catalog.Claim       `json:"claim"           doc:"As the register has it"`
	Result *wording.ClaimAnswer `json:"result"          doc:"Figures that could not be computed are null"`
	Found  []catalog.Finding    `json:"evaluations"     doc:"What others published of the claim and of its schemes"`
	Kept   []keptVerdict        `json:"kept"            doc:"The verdicts that were kept, oldest first"`
}

// keptVerdict is a verdict of the past, with what it was found by.
type keptVerdict struct {
	Verdict    string    `json:"verdict"`
	Reason     string    `json:"reason"`
	Code       string    `json:"reason_code,omitempty" doc:"Of the reason; verdicts kept by earlier versions have none"`
	Percent    *float64  `json:"percent"`
	Low        *float64  `json:"percent_low"`
	High       *float64  `json:"percent_high"`
	P          *float64  `json:"p"`
	Since      time.Time `json:"since"                 doc:"When the last of the figures and definitions that it was tested with came to be"`
	At         time.Time `json:"tested_at"`
	Load       uint64    `json:"load_id"               doc:"The newest load then"`
	Definition string    `json:"definition_hash"`
	Version    string    `json:"version"               doc:"Of the program"`
}

// sheet has the periods as they were and as they would have been.
func (b claimBody) sheet() sheet {
	s := sheet{"counterfactual", [][]any{{"claim", "verdict", "period", "actual", "counterfactual"}}}
	if b.Result.Effect == nil {
		s.rows = append(s.rows, []any{b.Claim.ID, string(b.Result.Verdict), "", number{}, number{}})
		return s
	}
	for _, p := range b.Result.Effect.Path {
		s.rows = append(s.rows, []any{b.Claim.ID, string(b.Result.Verdict), p.Period, estimated(p.Actual), estimated(p.Counterfactual)})
	}
	return s
}

func (a claimsAPI) claim(ctx context.Context, in *struct {
	Viewing
	ID string `path:"id" doc:"Id of the claim"`
},
) (claimBody, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return claimBody{}, err
	}
	claimed, err := a.register.Find(in.ID)
	if err != nil {
		return claimBody{}, fmt.Errorf("%w: %s", figures.ErrNotFound, err.Error())
	}
	result, err := a.register.Test(ctx, asOf, claimed)
	if err != nil {
		return claimBody{}, err
	}
	m, err := a.figures.MeasureAsOf(ctx, claimed.Measure, asOf)
	if err != nil {
		return claimBody{}, err
	}
	verdicts, err := a.register.Verdicts(ctx, asOf, in.ID)
	words, kept := wording.ClaimsBy(a.figures.Directory()), []keptVerdict{}
	for _, v := range verdicts {
		kept = append(
			kept,
			keptVerdict{v.Verdict, words.KeptReason(v), string(v.Reason.Code), v.Percent, v.Low, v.High, v.P, v.Since, v.At, v.Load, v.Definition, v.Version},
		)
	}
	return claimBody{asOf.Text, claimed, words.Answer(claimed, m, result), evaluations(a.figures.Directory().Catalog.Evaluations(claimed)), kept}, err
}
