package pages

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/register"
	"stpdash/internal/review"
)

// Signable is what can be signed off, as it stands.
type Signable struct {
	Kind    act.Kind
	Scope   act.Scope
	Content act.SignOffBody // without a statement
	About   Link
	Shows   string // what it says, in one line
}

// SignOffs are those of a claim, a review or a return, as a page shows them.
type SignOffs struct {
	Rows   []SignOffRow
	AddURL string // empty where nobody can act, there is nothing to sign off, or the page looks back
	Fault  string // why they cannot be shown; empty where they can

	changed time.Time // when the newest of them was given or withdrawn
}

// SignOffRow is a sign-off as a page shows it.
type SignOffRow struct {
	ID, By, At string
	Statement  string
	SHA256     string
	Load       Link
	State      string // that it holds, has lapsed and why, or was withdrawn
	Holds      bool
	Lapsed     bool
	About      Link
	URL        string // where it is withdrawn; empty where nobody can act, or the page looks back
}

// sumOf is the SHA-256 of a value as JSON.
func sumOf(value any) (string, error) {
	content, err := json.Marshal(value)
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]), err
}

// SignableVerdict is the verdict on a claim that is kept, as it stood; ok is false where none is.
func (c claimPages) SignableVerdict(ctx context.Context, claimed *catalog.Claim, asOf figures.Moment) (s Signable, ok bool, err error) {
	kept, err := c.register.Verdicts(ctx, asOf, claimed.ID)
	if err != nil || len(kept) == 0 {
		return s, false, err
	}
	s, err = signableVerdict(claimed, kept[len(kept)-1])
	return s, err == nil, err
}

func signableVerdict(claimed *catalog.Claim, v register.Verdict) (Signable, error) {
	s := Signable{
		Kind: act.VerdictSigned, Scope: act.All, About: Link{Text: claimed.Title, URL: "/claims/" + claimed.ID},
		Shows: "Verdict: " + v.Verdict, Content: act.SignOffBody{Of: claimed.ID, Load: v.Load},
	}
	if len(claimed.Places) == 1 && !claimed.OfEngland() {
		s.Scope = act.Footprint(claimed.Places[0])
	}
	var err error
	if s.Content.SHA256, err = sumOf([]any{v.Claim, v.Verdict, v.Reason, v.Words, v.Percent, v.Low, v.High, v.P, v.Figures}); err != nil {
		return s, err
	}
	s.Content.Definitions, err = sumOf(append([]string{v.Definition}, v.Others...))
	return s, err
}

// SignableReview is the review of a week that is over, as the page of a moment shows it; ok is false of a week that runs.
func (c placePages) SignableReview(ctx context.Context, r footprint.Region, w figures.Week, asOf figures.Moment) (s Signable, ok bool, err error) {
	v, err := c.reviewer.Of(ctx, r, w, asOf)
	if err != nil || v.Running {
		return s, false, err
	}
	all, err := c.decisions(ctx, r, w, asOf)
	if err != nil {
		return s, false, err
	}
	s, err = c.signableReview(v, all.rest)
	return s, err == nil, err
}

// signableReview names what a review found, and what it decisionFacts and recorded.
func (c placePages) signableReview(v *review.Review, decisionFacts decisionFacts) (Signable, error) {
	s := Signable{
		Kind: act.ReviewSigned, Scope: act.Region(v.Region.Slug()),
		About: Link{Text: v.Region.Name + ", " + wording.Week(v.Week), URL: ReviewURL(v.Region, v.Week, "")},
		Shows: wording.Review{Review: v}.Finding(),
		Content: act.SignOffBody{
			Of: act.HeldSubject(v.Region.Slug(), v.Week.String()), Definitions: c.directory.Catalog.Hash(), Load: v.Later.Stood.Load,
		},
	}
	of := func(f *figures.LatestFigure) string {
		if f == nil {
			return ""
		}
		return f.Period.String() + " " + f.Now.Value.Decimal.String()
	}
	judged := func(j measure.Judgement) string { return string(j.State) }
	var found []string
	add := func(parts ...any) { found = append(found, fmt.Sprintln(parts...)) }
	for _, m := range v.Messages {
		add("message", m.Kind, m.Measure().ID)
		for _, f := range m.Findings {
			add(f.Place.Code, of(f.Now), f.Turn, f.New)
		}
	}
	for _, column := range v.Against {
		for i, f := range column.Figures {
			add("against", column.Measure.ID, v.Places[i].Code, of(f.Now), judged(f.Judgement))
		}
	}
	for _, state := range v.States {
		add("state", state.Measure.ID, state.Place.Code, of(state.Then), of(state.Now), state.Turn)
	}
	for _, signal := range v.Signals {
		add("signal", signal.Measures[0].ID, signal.Place.Code, of(signal.Then), of(signal.Now), signal.Turn)
	}
	for _, change := range v.Claims {
		add("claim", change.Claim.ID, change.Before, change.Now.Verdict)
	}
	var err error
	s.Content.SHA256, err = sumOf([]any{v.Earlier.Figures(), v.Later.Figures(), found, decisionFacts})
	return s, err
}

// SignableReturn is a return, with the load that published it; ok is false while none has.
func (c *parts) SignableReturn(r act.Return, published load.Load) (s Signable, ok bool) {
	s = Signable{
		Kind: act.ReturnSigned, Scope: r.Scope, About: Link{Text: r.File + ", " + c.placeOf(r.Scope), URL: "/returns/" + r.ID}, Shows: wording.ReturnState(published),
		Content: act.SignOffBody{Of: r.ID, SHA256: r.SHA256, Definitions: published.Definition},
	}
	if published.State == load.Published { // figures that were withdrawn rest on no load
		s.Content.Load = published.ID
	}
	return s, published.ID != 0
}

// signOffs are those of what can be signed off, as they stood.
func (c *parts) signOffs(ctx context.Context, now Signable, signable bool, asOf figures.Moment) (SignOffs, error) {
	var all SignOffs
	if c.acts.Log == nil {
		return all, nil
	}
	upTo, err := c.asOfAct(ctx, asOf)
	var found []act.SignOff
	names, fault, err := c.acts.read(ctx, err, func(s *act.State) bool {
		found = s.SignOffs(now.Kind, now.Content.Of, upTo)
		if signable && asOf.Text == "" && s.Peopled() {
			all.AddURL = address("/sign-offs/new", "kind", now.Kind.SignName(), "of", now.Content.Of)
		}
		return len(found) > 0
	})
	all.Fault = fault
	if err != nil {
		return all, err
	}
	for _, o := range found {
		row := signOffRow(o, now, names, asOf)
		if asOf.Text != "" || o.Withdrawn != nil {
			row.URL = ""
		}
		if all.changed = later(all.changed, o.At); o.Withdrawn != nil {
			all.changed = later(all.changed, o.Withdrawn.At)
		}
		all.Rows = append(all.Rows, row)
	}
	slices.Reverse(all.Rows)
	return all, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func signOffRow(o act.SignOff, now Signable, names map[string]account.Person, asOf figures.Moment) SignOffRow {
	row := SignOffRow{
		ID: o.ID, By: actorName(names, o.By), At: wording.Moment(o.At), Statement: o.Statement, SHA256: o.SHA256, About: now.About,
		Load: Link{Text: fmt.Sprintf("Load %d", o.Load), URL: loadURL(o.Load, asOf)}, URL: "/sign-offs/" + o.ID,
	}
	content, definitions, load := o.Lapsed(now.Content)
	switch {
	case o.Withdrawn != nil:
		row.State = "Withdrawn, " + wording.Ended(o.Withdrawn.At, actorName(names, o.Withdrawn.By), o.Withdrawn.Reason)
	case content || definitions || load:
		row.State, row.Lapsed = wording.Lapsed(content, definitions, load), true
	default:
		row.State, row.Holds = wording.SignedOff, true
	}
	return row
}

// SignOffPage is where something is signed off, or a sign-off is withdrawn.
type SignOffPage struct {
	Form
	Now    Signable
	Kind   string
	Row    SignOffRow // without an id of a new one
	FormID string
	Max    int
}

// OwnSignOffs are rows of what somebody signed off. Now finds each of them as it stands; what is no longer there has lapsed.
func (c accountPages) OwnSignOffs(ctx context.Context, all []act.SignOff, now func(act.SignOff) (Signable, error)) ([]SignOffRow, error) {
	names, err := c.acts.Names(ctx)
	if err != nil {
		return nil, err
	}
	var rows []SignOffRow
	for _, o := range slices.Backward(all) {
		stands, err := now(o)
		if err != nil {
			return nil, err
		}
		rows = append(rows, signOffRow(o, stands, names, figures.Moment{}))
	}
	return rows, nil
}

// NewSignOff composes the page on which something is signed off.
func (c actPages) NewSignOff(now Signable, id string, wrong []FieldError, typed map[string]string) SignOffPage {
	return SignOffPage{Form: c.form("Sign off", wrong, typed), Now: now, Kind: now.Kind.SignName(), FormID: id, Max: act.MaxStatement}
}

// EditSignOff composes the page on which a sign-off is withdrawn. Now is what it is about, as it stands.
func (c actPages) EditSignOff(ctx context.Context, o act.SignOff, now Signable, wrong []FieldError, typed map[string]string) (SignOffPage, error) {
	names, err := c.acts.Names(ctx)
	return SignOffPage{
		Form: c.form("Sign-off", wrong, typed), Now: now, Kind: now.Kind.SignName(), Row: signOffRow(o, now, names, figures.Moment{}), FormID: act.NewID(),
	}, err
}
