package act

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// permits tells which acts are refused, by what follows from those before.
type permits struct{ *State }

// permit says why an act is refused; nil where it is not. It is asked with all acts before it known, so nothing can change between the check
// and the act.
func (s permits) permit(a Act) error {
	refuse := func(code RefusalCode) error { return &RefusalError{Kind: a.Kind, Code: code} }
	rule, known := rules[a.Kind]
	switch {
	case !known:
		return refuse(NotPermitted)
	case a.Via == ByCommand:
		if !rule.command {
			return refuse(NotPermitted)
		}
	case a.Actor == "":
		return refuse(NotSignedIn)
	default:
		if _, ok := s.Person(a.Actor); !ok {
			return refuse(NotPermitted)
		}
		own := rule.self && a.Actor == a.Subject
		if !own && !rule.anybody && !s.May(a.Actor, a.Kind, a.Scope, a.At) {
			return refuse(NotPermitted)
		}
	}
	switch a.Kind {
	case PersonAdded, PersonRemoved, PersonErased, CodeGiven, PasswordSet, SecondFactorSet, SecondFactorRemoved, IdentityLinked, IdentityUnlinked:
		return s.permitPerson(a, refuse)
	case TokenMade:
		return s.permitToken(a, refuse)
	case TokenEnded:
		return s.permitTokenEnd(a, refuse)
	case RunAsked:
		return s.permitRun(a, refuse)
	case GrantGiven, GrantEnded:
		return s.permitGrant(a, refuse)
	case NoteAdded, NoteEdited, NoteWithdrawn:
		return s.permitNote(a, refuse)
	case ReviewHeld:
		return s.permitHeld(a, refuse)
	case FiguresReturned:
		return s.permitReturn(a, refuse)
	case VerdictSigned, ReviewSigned, ReturnSigned, SignOffWithdrawn:
		return s.permitSignOff(a, refuse)
	default:
		return s.permitDecision(a, refuse)
	}
}

func (s permits) permitPerson(a Act, refuse func(RefusalCode) error) error {
	p, known := s.people[a.Subject]
	switch {
	case a.Scope != All:
		return refuse(PlaceNotAccepted)
	case a.Kind == PersonAdded:
		if known {
			return refuse(Known)
		}
		return nil
	case !known:
		return refuse(Unknown)
	case a.Kind == PersonErased:
		if p.Removed == 0 {
			return refuse(Known)
		}
		return nil
	case p.Removed > 0:
		return refuse(Ended)
	case a.Kind == PasswordSet, a.Kind == IdentityLinked:
		body, err := read[PasswordBody](a)
		if err == nil && (body.By == "" || body.By != p.Code && body.By != p.Password) {
			return refuse(ChangedMeanwhile)
		}
		return err
	case a.Kind == SecondFactorRemoved && p.SecondFactor == "", a.Kind == IdentityUnlinked && p.Identity == "":
		return refuse(Unknown)
	case a.Kind == PersonRemoved && a.Via != ByCommand && s.leavesNone(a.At, func(g *Grant) bool { return g.Person == a.Subject }):
		return refuse(LastAdministrator)
	}
	return nil
}

func (s permits) permitToken(a Act, refuse func(RefusalCode) error) error {
	body, err := read[TokenBody](a)
	if err != nil {
		return err
	}
	_, known := s.tokens[a.Subject]
	_, there := s.Person(body.Person)
	switch {
	case known, a.Subject != a.ID:
		return refuse(Known)
	case a.Scope != All:
		return refuse(PlaceNotAccepted)
	case a.Via == ByProgram: // a program makes itself no other token
		return refuse(NotPermitted)
	case !there:
		return refuse(Unknown)
	case a.Via == ByBrowser && body.Person != a.Actor:
		return refuse(NotTheirs)
	case len(body.Uses) == 0:
		return &RefusalError{Kind: a.Kind, Code: UseNotAccepted, Field: "uses"}
	case !body.Until.After(a.At), body.Until.Sub(a.At) > MaxTokenTime:
		return &RefusalError{Kind: a.Kind, Code: DateNotAccepted, Field: "until"}
	case len(s.TokensOf(body.Person, a.At)) >= maxTokens:
		return refuse(TooManyTokens)
	}
	for _, use := range body.Uses {
		if !s.mayUse(body.Person, use, a.At) {
			return &RefusalError{Kind: a.Kind, Code: UseNotAccepted, Field: "uses"}
		}
	}
	return fits(a, "name", body.Name, MaxTokenName)
}

func (s permits) permitTokenEnd(a Act, refuse func(RefusalCode) error) error {
	t, known := s.tokens[a.Subject]
	switch {
	case !known:
		return refuse(Unknown)
	case a.Scope != All:
		return refuse(PlaceNotAccepted)
	case a.Via == ByProgram:
		return refuse(NotPermitted)
	case a.Via != ByCommand && t.Person != a.Actor && !s.HasRole(a.Actor, Administrator, a.At):
		return refuse(NotTheirs)
	case t.Ended > 0:
		return refuse(Ended)
	}
	return nil
}

func (s permits) permitRun(a Act, refuse func(RefusalCode) error) error {
	body, err := read[RunBody](a)
	if err != nil {
		return err
	}
	t, _ := s.Token(body.Token, a.At) // of nobody where it is not in force
	switch {
	case a.Scope != All:
		return refuse(PlaceNotAccepted)
	case a.Via != ByProgram, t.Person != a.Actor, !s.TokenMay(t, ToRun, a.At):
		return refuse(NotPermitted)
	}
	return fits(a, "source", a.Subject, MaxOf)
}

// administrators are how many can administer at a moment, if a grant or a person were not there.
func (s permits) administrators(at time.Time, without func(*Grant) bool) int {
	have := map[string]bool{}
	for _, g := range s.grants {
		if _, ok := s.Person(g.Person); ok && g.Role == Administrator && g.Holds(at) && g.Until.IsZero() && !without(g) {
			have[g.Person] = true
		}
	}
	return len(have)
}

// leavesNone tells whether the last administrator would go.
func (s permits) leavesNone(at time.Time, without func(*Grant) bool) bool {
	none := func(*Grant) bool { return false }
	return s.administrators(at, none) > 0 && s.administrators(at, without) == 0
}

func (s permits) permitGrant(a Act, refuse func(RefusalCode) error) error {
	if a.Kind == GrantEnded {
		g, known := s.grants[a.Subject]
		switch {
		case !known:
			return refuse(Unknown)
		case g.Ended > 0:
			return refuse(Ended)
		case g.Scope != a.Scope:
			return refuse(PlaceNotAccepted)
		case a.Via != ByCommand && g.Role == Administrator && s.leavesNone(a.At, func(other *Grant) bool { return other.ID == g.ID }):
			return refuse(LastAdministrator)
		}
		return nil
	}
	body, err := read[GrantBody](a)
	if err != nil {
		return err
	}
	_, known := s.grants[a.Subject]
	_, there := s.Person(body.Person)
	switch {
	case known:
		return refuse(Known)
	case !there:
		return refuse(Unknown)
	case !slices.Contains(Roles, body.Role):
		return refuse(RoleNotAccepted)
	case !s.exists(a.Scope), slices.Contains([]Role{Administrator, Analyst, Auditor}, body.Role) != (a.Scope == All):
		return refuse(PlaceNotAccepted)
	case body.Until != nil && !body.Until.After(a.At), body.Until != nil && body.From != nil && !body.Until.After(*body.From):
		return refuse(DateNotAccepted)
	}
	return nil
}

// exists tells whether there is such a place.
func (s permits) exists(place Scope) bool {
	switch place.Kind {
	case Everywhere:
		return place == All
	case OfFootprint:
		_, known := s.places[place.Code]
		return known
	case OfRegion:
		return slices.Contains(slices.Collect(maps.Values(s.places)), place.Code)
	}
	return false
}

// fits checks a text that somebody wrote.
func fits(a Act, field, text string, most int) error {
	switch {
	case strings.TrimSpace(text) == "":
		return &RefusalError{Kind: a.Kind, Code: TextMissing, Field: field}
	case utf8.RuneCountInString(text) > most:
		return &RefusalError{Kind: a.Kind, Code: TextTooLong, Field: field, Max: most}
	}
	return nil
}

func (s permits) permitNote(a Act, refuse func(RefusalCode) error) error {
	n, known := s.notes[a.Subject]
	if a.Kind == NoteAdded {
		body, err := read[NoteBody](a)
		switch {
		case err != nil:
			return err
		case known:
			return refuse(Known)
		case a.Scope.Kind != OfFootprint || !s.exists(a.Scope):
			return refuse(PlaceNotAccepted)
		}
		return fits(a, "text", body.Text, MaxNote)
	}
	switch {
	case !known:
		return refuse(Unknown)
	case n.Scope != a.Scope:
		return refuse(PlaceNotAccepted)
	case n.Withdrawn != nil:
		return refuse(Ended)
	case a.Kind == NoteEdited:
		body, err := read[NoteEdit](a)
		switch {
		case err != nil:
			return err
		case n.Author != a.Actor:
			return refuse(NotTheirs)
		case n.Newest().Seq != body.Replaces:
			return refuse(ChangedMeanwhile)
		}
		return fits(a, "text", body.Text, MaxNote)
	case n.Author != a.Actor && !s.HasRoleIn(a.Actor, Lead, a.Scope, a.At):
		return refuse(NotTheirs)
	}
	return s.fitsReason(a)
}

func (s permits) fitsReason(a Act) error {
	body, err := read[Reason](a)
	if err != nil {
		return err
	}
	return fits(a, "reason", body.Reason, MaxReason)
}

func (s permits) permitHeld(a Act, refuse func(RefusalCode) error) error {
	body, err := read[HeldBody](a)
	newest, _ := s.Held(a.Scope.Code, body.Week, s.Seq)
	switch {
	case err != nil:
		return err
	case a.Scope.Kind != OfRegion || !s.exists(a.Scope):
		return refuse(PlaceNotAccepted)
	case a.Subject != HeldSubject(a.Scope.Code, body.Week):
		return refuse(Unknown)
	case newest.Seq != body.Replaces:
		return refuse(ChangedMeanwhile)
	case !IsDate(body.Day), body.Day > a.At.AddDate(0, 0, 1).Format(time.DateOnly): // it may be tomorrow in London
		return &RefusalError{Kind: a.Kind, Code: DayNotAccepted, Field: "day"}
	}
	return fits(a, "present", body.Present, MaxPresent)
}

func (s permits) permitReturn(a Act, refuse func(RefusalCode) error) error {
	body, err := read[ReturnBody](a)
	_, known := s.returns[a.Subject]
	switch {
	case err != nil:
		return err
	case known, a.Subject != a.ID:
		return refuse(Known)
	case a.Scope.Kind != OfFootprint || !s.exists(a.Scope):
		return refuse(PlaceNotAccepted)
	}
	err = cmp.Or(fits(a, "file", body.File, MaxFile), fits(a, "file", body.SHA256, MaxFile))
	if err == nil && body.Reason != "" {
		err = fits(a, "reason", body.Reason, MaxReason)
	}
	return err
}

func (s permits) permitDecision(a Act, refuse func(RefusalCode) error) error {
	d, known := s.decisions[a.Subject]
	if a.Kind == DecisionMade {
		body, err := read[DecisionBody](a)
		switch {
		case err != nil:
			return err
		case known:
			return refuse(Known)
		case a.Scope == All || !s.exists(a.Scope):
			return refuse(PlaceNotAccepted)
		case !IsDate(body.Due):
			return &RefusalError{Kind: a.Kind, Code: DateNotAccepted, Field: "due"}
		}
		return cmp.Or(fits(a, "what", body.What, MaxWhat), fits(a, "owner", body.Owner, MaxOwner))
	}
	switch {
	case !known:
		return refuse(Unknown)
	case d.Scope != a.Scope:
		return refuse(PlaceNotAccepted)
	case d.Ended != nil:
		return refuse(Ended)
	}
	switch a.Kind {
	case DecisionChanged:
		body, err := read[DecisionChange](a)
		switch {
		case err != nil:
			return err
		case d.Newest().Seq != body.Replaces:
			return refuse(ChangedMeanwhile)
		case !IsDate(body.Due):
			return &RefusalError{Kind: a.Kind, Code: DateNotAccepted, Field: "due"}
		}
		return cmp.Or(fits(a, "owner", body.Owner, MaxOwner), fits(a, "reason", body.Reason, MaxReason))
	case DecisionSuperseded:
		body, err := read[Superseding](a)
		if err != nil {
			return err
		}
		other, there := s.decisions[body.By]
		if !there || body.By == a.Subject || other.Ended != nil {
			return &RefusalError{Kind: a.Kind, Code: Unknown, Field: "by"}
		}
		return fits(a, "reason", body.Reason, MaxReason)
	default:
		return s.fitsReason(a)
	}
}

func (s permits) permitSignOff(a Act, refuse func(RefusalCode) error) error {
	signed, known := s.signOffs[a.Subject]
	if a.Kind == SignOffWithdrawn {
		switch {
		case !known:
			return refuse(Unknown)
		case signed.Scope != a.Scope:
			return refuse(PlaceNotAccepted)
		case signed.By != a.Actor:
			return refuse(NotTheirs)
		case signed.Withdrawn != nil:
			return refuse(Ended)
		}
		return s.fitsReason(a)
	}
	body, err := read[SignOffBody](a)
	switch {
	case err != nil:
		return err
	case known:
		return refuse(Known)
	case !s.exists(a.Scope):
		return refuse(PlaceNotAccepted)
	}
	switch a.Kind {
	case ReviewSigned:
		if a.Scope.Kind != OfRegion {
			return refuse(PlaceNotAccepted)
		}
	case ReturnSigned:
		returned, there := s.returns[body.Of]
		switch {
		case !there:
			return refuse(Unknown)
		case returned.Scope != a.Scope:
			return refuse(PlaceNotAccepted)
		case returned.By == a.Actor:
			return refuse(OwnWork)
		}
	default:
		for _, returned := range s.returns {
			if returned.By == a.Actor && s.covers(a.Scope, returned.Scope) {
				return refuse(OwnWork)
			}
		}
	}
	for _, other := range s.signOffs {
		content, definitions, load := other.Lapsed(body)
		if other.Kind == a.Kind && other.By == a.Actor && other.Withdrawn == nil && other.Of == body.Of && !content && !definitions && !load {
			return refuse(Known)
		}
	}
	return cmp.Or(fits(a, "of", body.Of, MaxOf), fits(a, "sha256", body.SHA256, MaxOf), fits(a, "definitions", body.Definitions, MaxOf),
		fits(a, "statement", body.Statement, MaxStatement))
}

// IsDate tells whether a text is a date.
func IsDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
