package pages

import (
	"context"
	"time"

	"stpdash/internal/act"
	"stpdash/internal/pages/wording"
)

// TokensPage is where somebody makes tokens for programs, and ends them.
type TokensPage struct {
	Form
	Tokens []TokenRow
	Uses   []UseChoice
	Until  string // a date that is proposed
	Most   string // the last that is accepted
	FormID string // so that a form that is sent twice makes one token
	Made   string // a new token; it is shown once
}

// TokenRow is a token that is in force.
type TokenRow struct{ ID, Name, Uses, Made, Until string }

// UseChoice is what a program can be let do.
type UseChoice struct{ Value, Name string }

// tokenDays is how long a token lasts that nobody says otherwise of.
const tokenDays = 90

// Tokens composes the page on which somebody makes tokens for programs. One that was just made is shown.
func (c accountPages) Tokens(ctx context.Context, person, made string, wrong []FieldError, typed map[string]string) (TokensPage, error) {
	now := c.moments.Now()
	page := TokensPage{
		Form:  c.form("Tokens for programs", wrong, typed),
		Until: now.AddDate(0, 0, tokenDays).Format(time.DateOnly), FormID: act.NewID(), Made: made,
		Most: wording.Day(now.Add(act.MaxTokenTime - 24*time.Hour)), // the last day is included
	}
	if day := typed["until"]; day != "" {
		page.Until = day
	}
	err := c.acts.Log.View(ctx, func(s *act.State) {
		uses := s.UsesOf(person, now)
		for i := range uses { // each goes with those before it
			page.Uses = append(page.Uses, UseChoice{act.JoinUses(uses[:i+1]), wording.Uses(uses[:i+1])})
		}
		for _, t := range s.TokensOf(person, now) {
			page.Tokens = append(
				page.Tokens,
				TokenRow{t.ID, t.Name, wording.Uses(t.Uses), wording.Moment(t.Made), wording.UntilDay(t.Until)},
			)
		}
	})
	return page, err
}
