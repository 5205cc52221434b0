package pages

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/pages/wording"
)

// Acts are what people do, and who they are. Without a log nobody acts.
type Acts struct {
	Log   *act.Log
	Names func(ctx context.Context) (map[string]account.Person, error)
	// Provider is where people can sign in, beside here; empty where there is none.
	Provider string
}

// read has find look into what follows from the acts, unless it is not known up to which act, and gives the names of those who did them where it finds
// any. Where the log is broken, the fault says so in words.
func (a Acts) read(ctx context.Context, upTo error, find func(s *act.State) bool) (names map[string]account.Person, fault string, err error) {
	found := false
	if err = upTo; err == nil {
		err = a.Log.View(ctx, func(s *act.State) { found = find(s) })
	}
	var broken *act.BrokenError
	if errors.As(err, &broken) {
		return nil, wording.NotesBroken, nil
	}
	if err == nil && found {
		names, err = a.Names(ctx)
	}
	return names, "", err
}

// With shows what people do.
func (c *Composer) With(a Acts) *Composer {
	p := *c.parts
	p.acts = a
	return composer(p)
}

// FieldError is what was wrong with a field of a form; without a field, with the whole of it.
type FieldError struct{ Field, Text string }

// Form is what every page on which somebody acts has.
type Form struct {
	Shell
	Wrong []FieldError
	// Typed are the values of the fields as they were typed.
	Typed map[string]string
}

// ErrorOf is what was wrong with a field.
func (f Form) ErrorOf(field string) string {
	for _, w := range f.Wrong {
		if w.Field == field {
			return w.Text
		}
	}
	return ""
}

// form begins a page on which somebody acts.
func (c *parts) form(title string, wrong []FieldError, typed map[string]string) Form {
	f := Form{Shell: c.shell(title, "account", figures.Moment{Loading: c.moments.Progress()}), Wrong: wrong, Typed: typed}
	f.AsOf, f.AsOfWords, f.Pin, f.Stood = "", "", "", "" // it has no figures
	return f
}

// SignInPage is where one signs in.
type SignInPage struct {
	Form
	Next     string
	Provider string // empty where there is none
}

// SignIn composes the page on which one signs in.
func (c accountPages) SignIn(next string, wrong []FieldError, typed map[string]string) SignInPage {
	return SignInPage{c.form("Sign in", wrong, typed), next, c.acts.Provider}
}

// SetPasswordPage is where one sets a password with a code.
type SetPasswordPage struct {
	Form
	MinPassword int
}

// SetPassword composes the page on which one sets a password with a code.
func (c accountPages) SetPassword(wrong []FieldError, typed map[string]string) SetPasswordPage {
	return SetPasswordPage{c.form("Set your password", wrong, typed), account.MinPassword}
}

// LinkPage is where somebody whom a provider knows shows the code of their account here.
type LinkPage struct {
	Form
	Provider, Name, Address string
}

// Link composes the page on which somebody whom a provider knows shows the code of their account here.
func (c accountPages) Link(name, address string, wrong []FieldError, typed map[string]string) LinkPage {
	return LinkPage{c.form("Link your account", wrong, typed), c.acts.Provider, name, address}
}

// AccountPage is what somebody sees of themselves.
type AccountPage struct {
	Form
	Name, Address string
	Grants        []GrantRow
	SecondFactor  bool
	Linked        bool   // to an account of the provider
	Provider      string // its name, where there is one
	Sessions      []SessionRow
	Tokens        int // that programs have
	MinPassword   int
	Administrates bool
	ReadsLog      bool
	Returns       bool // figures of a place
	SignOffs      []SignOffRow
	LapsedCount   int // of the sign-offs
}

// GrantRow is a role that somebody has.
type GrantRow struct {
	ID, Role, Words, Place string
	ScopeKind, Scope       string
	From, Until, By        string
	Ended                  bool
}

// SessionRow is a browser in which somebody is signed in.
type SessionRow struct {
	ID, Client, Begun, Used string
	This                    bool
}

// Account composes what somebody sees of themselves.
func (c accountPages) Account(
	ctx context.Context,
	self account.Session,
	sessions []account.Session,
	signOffs []SignOffRow,
	wrong []FieldError,
) (AccountPage, error) {
	page := AccountPage{Form: c.form("Your account", wrong, nil), MinPassword: account.MinPassword, SignOffs: signOffs}
	for _, row := range signOffs {
		if row.Lapsed {
			page.LapsedCount++
		}
	}
	names, err := c.acts.Names(ctx)
	if err != nil {
		return page, err
	}
	page.Name, page.Address = names[self.Person].Name, names[self.Person].Address
	for _, s := range sessions {
		page.Sessions = append(page.Sessions, SessionRow{s.ID(), s.Client, wording.Moment(s.Begun), wording.Moment(s.Used), s.Hash == self.Hash})
	}
	err = c.acts.Log.View(ctx, func(s *act.State) {
		p, _ := s.Person(self.Person)
		page.SecondFactor, page.Linked, page.Provider = p.SecondFactor != "", p.Identity != "", cmp.Or(c.acts.Provider, "another service")
		page.Grants = c.grantRows(s.GrantsOf(self.Person), names)
		page.Tokens = len(s.TokensOf(self.Person, c.moments.Now()))
		page.Administrates = s.HasRole(self.Person, act.Administrator, c.moments.Now())
		page.Returns = len(s.PlacesOf(self.Person, act.FiguresReturned, c.moments.Now())) > 0
		page.ReadsLog = page.Administrates || s.HasRole(self.Person, act.Auditor, c.moments.Now())
	})
	return page, err
}

// actorName is who acted, by the name that is kept.
func actorName(names map[string]account.Person, id string) string {
	switch p, ok := names[id]; {
	case id == "":
		return wording.Operator
	case ok:
		return p.Name
	}
	return wording.FormerPerson
}

// placeOf names the place of a role or an act.
func (c *parts) placeOf(s act.Scope) string {
	switch s.Kind {
	case act.OfFootprint:
		if f, ok := c.directory.Reference.Footprint(s.Code); ok {
			return f.Name
		}
	case act.OfRegion:
		if r, err := c.directory.FindRegion(s.Code); err == nil {
			return r.Name
		}
	case act.Everywhere:
		return "Everywhere"
	}
	return s.Code
}

// footprintsByName are the 44 in the order of their names.
func (c *parts) footprintsByName() []footprint.Footprint {
	return slices.SortedFunc(
		slices.Values(c.directory.Reference.Footprints()),
		func(a, b footprint.Footprint) int { return strings.Compare(a.Name, b.Name) },
	)
}

func (c accountPages) grantRows(grants []act.Grant, names map[string]account.Person) []GrantRow {
	var rows []GrantRow
	for _, g := range grants {
		row := GrantRow{
			ID: g.ID, Role: wording.Role(g.Role), Words: wording.RoleWords(g.Role), Place: c.placeOf(g.Scope),
			ScopeKind: string(g.Scope.Kind), Scope: g.Scope.Code, From: wording.Day(g.From), By: actorName(names, g.By), Ended: !g.Holds(c.moments.Now()),
		}
		if !g.Until.IsZero() {
			row.Until = wording.UntilDay(g.Until)
		}
		rows = append(rows, row)
	}
	return rows
}

// SecondFactorPage is where somebody sets up a second factor.
type SecondFactorPage struct {
	Form
	Secret, Sealed string
	Size           int    // of the square
	Path           string // its dark fields, as SVG
}

// SecondFactor composes the page on which somebody sets up a second factor.
func (c accountPages) SecondFactor(e account.Enrolment, wrong []FieldError) SecondFactorPage {
	const margin = 4
	var path strings.Builder
	for y, row := range e.Square {
		for x, dark := range row {
			if dark {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+margin, y+margin)
			}
		}
	}
	var parted []string
	for chunk := range slices.Chunk([]byte(e.Secret), 4) {
		parted = append(parted, string(chunk))
	}
	return SecondFactorPage{c.form("Set up a second factor", wrong, nil), strings.Join(parted, " "), e.Sealed, len(e.Square) + 2*margin, path.String()}
}

// PeoplePage are the people who may act.
type PeoplePage struct {
	Form
	People []PersonRow
	// Code is the code of a person who was just added; it is shown once.
	Code, CodeFor string
}

// PersonRow is somebody in the list of people.
type PersonRow struct {
	Person       Link
	Address      string
	Roles        string
	Password     bool
	SecondFactor bool
}

// People composes the list of the people who may act.
func (c accountPages) People(ctx context.Context, code, codeFor string, wrong []FieldError, typed map[string]string) (PeoplePage, error) {
	page := PeoplePage{Form: c.form("People and roles", wrong, typed), Code: code}
	names, err := c.acts.Names(ctx)
	if err != nil {
		return page, err
	}
	page.CodeFor = names[codeFor].Name
	err = c.acts.Log.View(ctx, func(s *act.State) {
		for _, p := range s.People() {
			var roles []string
			for _, g := range c.grantRows(s.GrantsOf(p.ID), names) {
				if !g.Ended {
					roles = append(roles, g.Role+" ("+g.Place+")")
				}
			}
			page.People = append(page.People, PersonRow{
				Link{Text: actorName(names, p.ID), URL: "/people/" + p.ID}, names[p.ID].Address, wording.List(roles), p.Password != "", p.SecondFactor != "",
			})
		}
	})
	return page, err
}

// PersonPage is somebody as administrators see them.
type PersonPage struct {
	Form
	Person       account.Person
	Password     bool
	SecondFactor bool
	Linked       bool // to an account of the provider
	Grants       []GrantRow
	Roles        []RoleChoice
	Places       []PlaceChoice
	FormID       string // so that a role that is given twice is given once
	Code         string // a new code; it is shown once
}

// RoleChoice is a role that can be given.
type RoleChoice struct{ Value, Name, Words string }

// PlaceChoice is a place in which a role can be given, by its kind and code.
type PlaceChoice struct{ Value, Name string }

// ErrNoPerson is somebody who is not there.
var ErrNoPerson = fmt.Errorf("person: %w", figures.ErrNotFound)

// Person composes somebody as administrators see them.
func (c accountPages) Person(ctx context.Context, id, code string, wrong []FieldError, typed map[string]string) (PersonPage, error) {
	names, err := c.acts.Names(ctx)
	if err != nil {
		return PersonPage{}, err
	}
	page := PersonPage{Form: c.form(actorName(names, id), wrong, typed), Person: names[id], FormID: act.NewID(), Code: code}
	there := false
	err = c.acts.Log.View(ctx, func(s *act.State) {
		var p act.Person
		p, there = s.Person(id)
		page.Password, page.SecondFactor, page.Linked = p.Password != "", p.SecondFactor != "", p.Identity != ""
		page.Grants = c.grantRows(s.GrantsOf(id), names)
	})
	if err != nil || !there {
		if err == nil {
			err = ErrNoPerson
		}
		return page, err
	}
	for _, r := range act.Roles {
		page.Roles = append(page.Roles, RoleChoice{string(r), wording.Role(r), wording.RoleWords(r)})
	}
	page.Places = append(page.Places, PlaceChoice{string(act.Everywhere) + " ", "Everywhere"})
	for _, r := range c.directory.Reference.Regions() {
		page.Places = append(page.Places, PlaceChoice{string(act.OfRegion) + " " + r.Slug(), r.Name + " (region)"})
	}
	for _, f := range c.footprintsByName() {
		page.Places = append(page.Places, PlaceChoice{string(act.OfFootprint) + " " + f.Code, f.Name})
	}
	return page, nil
}
