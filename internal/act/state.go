package act

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Person is somebody who can act. Their name and address stand apart, where they can be erased.
type Person struct {
	ID             string
	Added, Removed uint64 // acts; Removed is 0 of one who is there
	Erased         bool
	// The acts that gave what they sign in with; empty where there is none. What was given stands apart, under the id of the act.
	Code, Password, SecondFactor, Identity string
}

// Grant is a role that somebody has.
type Grant struct {
	ID          string
	Person      string
	Role        Role
	Scope       Scope
	From, Until time.Time // without a time it does not end by itself
	By          string    // who gave it; empty of the operator
	Given       uint64    // the act
	Ended       uint64    // the act; 0 of one that was not ended
}

// Holds tells whether a grant is in force.
func (g Grant) Holds(at time.Time) bool {
	return g.Ended == 0 && !at.Before(g.From) && (g.Until.IsZero() || at.Before(g.Until))
}

// Token is what a program shows to ask for its owner.
type Token struct {
	ID     string // of the act that made it
	Person string
	Name   string
	Uses   []Use
	Made   time.Time
	Until  time.Time
	Ended  uint64 // the act; 0 of one that was not ended
}

// Text is a text of a note, as it stood from an act on.
type Text struct {
	Seq  uint64
	At   time.Time
	Text string
}

// Note is what somebody wrote about a measure of a place.
type Note struct {
	ID              string
	Scope           Scope
	Measure, Period string // without a period it is about all
	Author          string
	Texts           []Text // the newest last; there is at least one
	Withdrawn       *Ending
}

// Ending says who ended something, when and why.
type Ending struct {
	Kind   Kind
	Seq    uint64
	At     time.Time
	By     string
	Reason string
	// Successor is the decision that replaces the one that ended.
	Successor string
}

// Terms are who does what was decided, and until when, as they stood from an act on.
type Terms struct {
	Seq        uint64
	At         time.Time
	By         string
	Owner, Due string
	Reason     string // of a change
}

// Decision is what a review decided.
type Decision struct {
	ID         string
	Scope      Scope
	What, Week string
	Terms      []Terms // the newest last; there is at least one
	Ended      *Ending
}

// Held is the record that a review was held.
type Held struct {
	Seq          uint64
	At           time.Time
	By           string
	Day, Present string
}

// Return is a file by which somebody returned figures of a footprint.
type Return struct {
	ID     string // of the act, too
	Scope  Scope
	By     string
	Seq    uint64
	At     time.Time
	File   string
	SHA256 string
	Trial  string // names what was agreed to
	Reason string
}

// SignOff is the statement of somebody who answers for what a claim, a review or a return showed.
type SignOff struct {
	ID    string
	Kind  Kind // what was signed off
	Scope Scope
	By    string
	Seq   uint64
	At    time.Time
	SignOffBody
	Withdrawn *Ending
}

// Lapsed tells what is another now than what was signed off: its content, its definitions, its load.
func (s SignOff) Lapsed(now SignOffBody) (content, definitions, load bool) {
	return s.SHA256 != now.SHA256, s.Definitions != now.Definitions, s.Load != now.Load
}

// State is what follows from the acts up to one.
type State struct {
	Seq  uint64 // of the newest act; 0 without any
	Hash string
	At   time.Time
	// Shown is the newest act that changes what readers see.
	Shown     uint64
	people    map[string]*Person
	grants    map[string]*Grant
	tokens    map[string]*Token
	notes     map[string]*Note
	decisions map[string]*Decision
	held      map[string][]Held // by HeldSubject, the newest last
	returns   map[string]Return
	signOffs  map[string]*SignOff
	places    Places
}

// Places are the codes of the footprints, each with the slug of its region.
type Places map[string]string

func newState(places Places) *State {
	return &State{
		people: map[string]*Person{}, grants: map[string]*Grant{}, tokens: map[string]*Token{}, notes: map[string]*Note{}, decisions: map[string]*Decision{},
		held: map[string][]Held{}, returns: map[string]Return{}, signOffs: map[string]*SignOff{}, places: places,
	}
}

// Person finds a person who is there.
func (s *State) Person(id string) (Person, bool) {
	p, ok := s.people[id]
	if !ok || p.Removed > 0 {
		return Person{}, false
	}
	return *p, true
}

// Erased tells whether the name of a person was erased.
func (s *State) Erased(id string) bool {
	p, ok := s.people[id]
	return !ok || p.Erased
}

// People are those who are there, in the order in which they were added.
func (s *State) People() []Person {
	var all []Person
	for _, p := range s.people {
		if p.Removed == 0 {
			all = append(all, *p)
		}
	}
	slices.SortFunc(all, func(a, b Person) int { return cmp.Compare(a.Added, b.Added) })
	return all
}

// Peopled tells whether anybody can act at all.
func (s *State) Peopled() bool {
	for _, p := range s.people {
		if p.Removed == 0 {
			return true
		}
	}
	return false
}

// GrantsOf are the grants of a person, the ended ones too, in the order in which they were given.
func (s *State) GrantsOf(person string) []Grant {
	var all []Grant
	for _, g := range s.grants {
		if g.Person == person {
			all = append(all, *g)
		}
	}
	slices.SortFunc(all, func(a, b Grant) int { return cmp.Compare(a.Given, b.Given) })
	return all
}

// Grant finds a grant.
func (s *State) Grant(id string) (Grant, bool) {
	if g, ok := s.grants[id]; ok {
		return *g, true
	}
	return Grant{}, false
}

// Token finds a token that is in force: it has not run out or been ended, and its owner is there.
func (s *State) Token(id string, at time.Time) (Token, bool) {
	t, ok := s.tokens[id]
	if !ok || !s.live(t, at) {
		return Token{}, false
	}
	return *t, true
}

func (s *State) live(t *Token, at time.Time) bool {
	_, there := s.Person(t.Person)
	return there && t.Ended == 0 && at.Before(t.Until)
}

// TokensOf are the tokens of a person that are in force, in the order in which they were made.
func (s *State) TokensOf(person string, at time.Time) []Token {
	var all []Token
	for _, t := range s.tokens {
		if t.Person == person && s.live(t, at) {
			all = append(all, *t)
		}
	}
	slices.SortFunc(all, func(a, b Token) int { return cmp.Or(a.Made.Compare(b.Made), cmp.Compare(a.ID, b.ID)) })
	return all
}

// TokenMay tells whether a program that shows a token may do something: never more than its owner may at that time.
func (s *State) TokenMay(t Token, use Use, at time.Time) bool {
	_, live := s.Token(t.ID, at)
	return live && slices.Contains(t.Uses, use) && s.mayUse(t.Person, use, at)
}

// UsesOf are what somebody may let a program do.
func (s *State) UsesOf(person string, at time.Time) []Use {
	return slices.DeleteFunc(slices.Clone(Uses), func(use Use) bool { return !s.mayUse(person, use, at) })
}

func (s *State) mayUse(person string, use Use, at time.Time) bool {
	role, limited := needs[use]
	return slices.Contains(Uses, use) && (!limited || s.HasRoleIn(person, role, All, at))
}

// HasRole tells whether a person has a role somewhere.
func (s *State) HasRole(person string, role Role, at time.Time) bool {
	return s.holds(person, at, func(g *Grant) bool { return g.Role == role })
}

// HasRoleIn tells whether a person has a role in a place: a role of a region is one in its footprints.
func (s *State) HasRoleIn(person string, role Role, place Scope, at time.Time) bool {
	return s.holds(person, at, func(g *Grant) bool { return g.Role == role && s.covers(g.Scope, place) })
}

func (s *State) holds(person string, at time.Time, fits func(*Grant) bool) bool {
	if _, ok := s.Person(person); !ok {
		return false
	}
	for _, g := range s.grants {
		if g.Person == person && g.Holds(at) && fits(g) {
			return true
		}
	}
	return false
}

// covers tells whether a place lies in another.
func (s *State) covers(outer, inner Scope) bool {
	switch {
	case outer.Kind == Everywhere, outer == inner:
		return true
	case outer.Kind == OfRegion && inner.Kind == OfFootprint:
		region, ok := s.places[inner.Code]
		return ok && region == outer.Code
	}
	return false
}

// May tells whether a person may act so in a place. Nobody who is not there may anything.
func (s *State) May(person string, kind Kind, place Scope, at time.Time) bool {
	return slices.ContainsFunc(rules[kind].roles, func(r Role) bool { return s.HasRoleIn(person, r, place, at) })
}

// Notes are those of a measure of a place, as they stood as of an act, the oldest first.
func (s *State) Notes(place Scope, measure string, asOf uint64) []Note {
	return s.notesWhere(asOf, func(n *Note) bool { return n.Scope == place && n.Measure == measure })
}

// AllNotes are those of all places and measures, as they stood as of an act, the oldest first.
func (s *State) AllNotes(asOf uint64) []Note {
	return s.notesWhere(asOf, func(*Note) bool { return true })
}

func (s *State) notesWhere(asOf uint64, fits func(*Note) bool) []Note {
	var all []Note
	for _, n := range s.notes {
		if fits(n) && n.Texts[0].Seq <= asOf {
			all = append(all, n.asOf(asOf))
		}
	}
	slices.SortFunc(all, func(a, b Note) int { return cmp.Compare(a.Texts[0].Seq, b.Texts[0].Seq) })
	return all
}

// Note finds a note as it stands.
func (s *State) Note(id string) (Note, bool) {
	if n, ok := s.notes[id]; ok {
		return n.asOf(s.Seq), true
	}
	return Note{}, false
}

func (n *Note) asOf(seq uint64) Note {
	stood := *n
	stood.Texts = slices.Clone(n.Texts)
	stood.Texts = slices.DeleteFunc(stood.Texts, func(t Text) bool { return t.Seq > seq })
	stood.Withdrawn = endingAsOf(n.Withdrawn, seq)
	return stood
}

// Newest is the text of a note as it stands.
func (n Note) Newest() Text { return n.Texts[len(n.Texts)-1] }

func endingAsOf(e *Ending, seq uint64) *Ending {
	if e == nil || e.Seq > seq {
		return nil
	}
	ended := *e
	return &ended
}

// Decisions are those about a region and its footprints, as they stood as of an act, the oldest first.
func (s *State) Decisions(region string, asOf uint64) []Decision {
	return s.decisionsWhere(asOf, func(d *Decision) bool { return s.covers(Region(region), d.Scope) })
}

// AllDecisions are those of all places, as they stood as of an act, the oldest first.
func (s *State) AllDecisions(asOf uint64) []Decision {
	return s.decisionsWhere(asOf, func(*Decision) bool { return true })
}

func (s *State) decisionsWhere(asOf uint64, fits func(*Decision) bool) []Decision {
	var all []Decision
	for _, d := range s.decisions {
		if fits(d) && d.Terms[0].Seq <= asOf {
			all = append(all, d.asOf(asOf))
		}
	}
	slices.SortFunc(all, func(a, b Decision) int { return cmp.Compare(a.Terms[0].Seq, b.Terms[0].Seq) })
	return all
}

// Held is the record that the review of a week of a region was held, as it stood as of an act.
func (s *State) Held(region, week string, asOf uint64) (Held, bool) {
	all := s.held[HeldSubject(region, week)]
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Seq <= asOf {
			return all[i], true
		}
	}
	return Held{}, false
}

// Decision finds a decision as it stands.
func (s *State) Decision(id string) (Decision, bool) {
	if d, ok := s.decisions[id]; ok {
		return d.asOf(s.Seq), true
	}
	return Decision{}, false
}

// DecisionsBeside are those about the same region as another, as they stand, the oldest first.
func (s *State) DecisionsBeside(d Decision) []Decision {
	region := d.Scope.Code
	if d.Scope.Kind == OfFootprint {
		region = s.places[d.Scope.Code]
	}
	return s.Decisions(region, s.Seq)
}

func (d *Decision) asOf(seq uint64) Decision {
	stood := *d
	stood.Terms = slices.Clone(d.Terms)
	stood.Terms = slices.DeleteFunc(stood.Terms, func(t Terms) bool { return t.Seq > seq })
	stood.Ended = endingAsOf(d.Ended, seq)
	return stood
}

// Newest are the owner and due date of a decision as they stand.
func (d Decision) Newest() Terms { return d.Terms[len(d.Terms)-1] }

// Return finds a return.
func (s *State) Return(id string) (Return, bool) {
	r, ok := s.returns[id]
	return r, ok
}

// Returns are those of the places that a test lets through, the newest first.
func (s *State) Returns(fits func(place Scope) bool) []Return {
	var all []Return
	for _, r := range s.returns {
		if fits(r.Scope) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b Return) int { return cmp.Compare(b.Seq, a.Seq) })
	return all
}

// SignOffs are those of a claim, a review or a return, as they stood as of an act, the oldest first.
func (s *State) SignOffs(kind Kind, of string, asOf uint64) []SignOff {
	return s.signOffsWhere(asOf, func(o *SignOff) bool { return o.Kind == kind && o.Of == of })
}

// SignOffsBy are those of a person, as they stand, the oldest first.
func (s *State) SignOffsBy(person string) []SignOff {
	return s.signOffsWhere(s.Seq, func(o *SignOff) bool { return o.By == person })
}

// AllSignOffs are those of everybody, as they stood as of an act, the oldest first.
func (s *State) AllSignOffs(asOf uint64) []SignOff {
	return s.signOffsWhere(asOf, func(*SignOff) bool { return true })
}

func (s *State) signOffsWhere(asOf uint64, fits func(*SignOff) bool) []SignOff {
	var all []SignOff
	for _, o := range s.signOffs {
		if fits(o) && o.Seq <= asOf {
			stood := *o
			stood.Withdrawn = endingAsOf(o.Withdrawn, asOf)
			all = append(all, stood)
		}
	}
	slices.SortFunc(all, func(a, b SignOff) int { return cmp.Compare(a.Seq, b.Seq) })
	return all
}

// SignOff finds a sign-off as it stands.
func (s *State) SignOff(id string) (SignOff, bool) {
	if o, ok := s.signOffs[id]; ok {
		return *o, true
	}
	return SignOff{}, false
}

// PlacesOf are the footprints for which a person may do something, in the order of their codes.
func (s *State) PlacesOf(person string, kind Kind, at time.Time) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.places)), func(code string) bool { return !s.May(person, kind, Footprint(code), at) })
}

// read reads the body of an act.
func read[T any](a Act) (body T, err error) {
	if err := json.Unmarshal([]byte(a.Body), &body); err != nil {
		return body, &BrokenError{a.Seq, a.ID, FaultMeaning}
	}
	return body, nil
}

// add takes the next act, which was checked when it was written.
func (s *State) add(a Act) error {
	if err := (fold{s}).apply(a); err != nil {
		return err
	}
	s.Seq, s.Hash, s.At = a.Seq, a.Hash, a.At
	return nil
}

// fold takes acts into what follows from them.
type fold struct{ *State }

func (s fold) apply(a Act) error {
	switch a.Kind {
	case PersonAdded:
		s.people[a.Subject] = &Person{ID: a.Subject, Added: a.Seq}
	case PersonRemoved, PersonErased, CodeGiven, PasswordSet, SecondFactorSet, SecondFactorRemoved, IdentityLinked, IdentityUnlinked:
		return s.applyPerson(a)
	case TokenMade:
		body, err := read[TokenBody](a)
		s.tokens[a.Subject] = &Token{ID: a.Subject, Person: body.Person, Name: body.Name, Uses: body.Uses, Made: a.At, Until: body.Until}
		return err
	case TokenEnded:
		t, ok := s.tokens[a.Subject]
		if !ok {
			return &BrokenError{a.Seq, a.ID, FaultMeaning}
		}
		t.Ended = a.Seq
	case GrantGiven, GrantEnded:
		return s.applyGrant(a)
	case NoteAdded, NoteEdited, NoteWithdrawn:
		s.Shown = a.Seq
		return s.applyNote(a)
	case DecisionMade, DecisionChanged, DecisionDone, DecisionDropped, DecisionSuperseded:
		s.Shown = a.Seq
		return s.applyDecision(a)
	case ReviewHeld:
		s.Shown = a.Seq
		body, err := read[HeldBody](a)
		s.held[a.Subject] = append(s.held[a.Subject], Held{a.Seq, a.At, a.Actor, body.Day, body.Present})
		return err
	case FiguresReturned:
		body, err := read[ReturnBody](a)
		s.returns[a.Subject] = Return{a.Subject, a.Scope, a.Actor, a.Seq, a.At, body.File, body.SHA256, body.Trial, body.Reason}
		return err
	case VerdictSigned, ReviewSigned, ReturnSigned, SignOffWithdrawn:
		s.Shown = a.Seq
		return s.applySignOff(a)
	case Refused, RunAsked:
	default: // of a newer program
		return &BrokenError{a.Seq, a.ID, FaultMeaning}
	}
	return nil
}

func (s fold) applySignOff(a Act) error {
	if a.Kind != SignOffWithdrawn {
		body, err := read[SignOffBody](a)
		s.signOffs[a.Subject] = &SignOff{ID: a.Subject, Kind: a.Kind, Scope: a.Scope, By: a.Actor, Seq: a.Seq, At: a.At, SignOffBody: body}
		return err
	}
	signed, known := s.signOffs[a.Subject]
	if !known {
		return &BrokenError{a.Seq, a.ID, FaultMeaning}
	}
	body, err := read[Reason](a)
	signed.Withdrawn = &Ending{Kind: a.Kind, Seq: a.Seq, At: a.At, By: a.Actor, Reason: body.Reason}
	return err
}

func (s fold) applyPerson(a Act) error {
	p, ok := s.people[a.Subject]
	if !ok {
		return &BrokenError{a.Seq, a.ID, FaultMeaning}
	}
	switch a.Kind {
	case PersonRemoved:
		p.Removed, p.Code, p.Password, p.SecondFactor, p.Identity = a.Seq, "", "", "", ""
	case PersonErased:
		p.Erased, s.Shown = true, a.Seq
	case CodeGiven:
		p.Code = a.ID
	case PasswordSet:
		p.Code, p.Password = "", a.ID
	case SecondFactorSet:
		p.SecondFactor = a.ID
	case SecondFactorRemoved:
		p.SecondFactor = ""
	case IdentityLinked:
		p.Code, p.Identity = "", a.ID
	case IdentityUnlinked:
		p.Identity = ""
	}
	return nil
}

func (s fold) applyGrant(a Act) error {
	if a.Kind == GrantEnded {
		g, ok := s.grants[a.Subject]
		if !ok {
			return &BrokenError{a.Seq, a.ID, FaultMeaning}
		}
		g.Ended = a.Seq
		return nil
	}
	body, err := read[GrantBody](a)
	if err != nil {
		return err
	}
	g := &Grant{ID: a.Subject, Person: body.Person, Role: body.Role, Scope: a.Scope, From: a.At, By: a.Actor, Given: a.Seq}
	if body.From != nil {
		g.From = *body.From
	}
	if body.Until != nil {
		g.Until = *body.Until
	}
	s.grants[a.Subject] = g
	return nil
}

func (s fold) applyNote(a Act) error {
	if a.Kind == NoteAdded {
		body, err := read[NoteBody](a)
		if err != nil {
			return err
		}
		s.notes[a.Subject] = &Note{
			ID: a.Subject, Scope: a.Scope, Measure: body.Measure, Period: body.Period, Author: a.Actor,
			Texts: []Text{{a.Seq, a.At, body.Text}},
		}
		return nil
	}
	n, ok := s.notes[a.Subject]
	if !ok {
		return &BrokenError{a.Seq, a.ID, FaultMeaning}
	}
	if a.Kind == NoteEdited {
		body, err := read[NoteEdit](a)
		n.Texts = append(n.Texts, Text{a.Seq, a.At, body.Text})
		return err
	}
	body, err := read[Reason](a)
	n.Withdrawn = &Ending{Kind: a.Kind, Seq: a.Seq, At: a.At, By: a.Actor, Reason: body.Reason}
	return err
}

func (s fold) applyDecision(a Act) error {
	if a.Kind == DecisionMade {
		body, err := read[DecisionBody](a)
		if err != nil {
			return err
		}
		s.decisions[a.Subject] = &Decision{
			ID: a.Subject, Scope: a.Scope, What: body.What, Week: body.Week,
			Terms: []Terms{{Seq: a.Seq, At: a.At, By: a.Actor, Owner: body.Owner, Due: body.Due}},
		}
		return nil
	}
	d, ok := s.decisions[a.Subject]
	if !ok {
		return &BrokenError{a.Seq, a.ID, FaultMeaning}
	}
	switch a.Kind {
	case DecisionChanged:
		body, err := read[DecisionChange](a)
		d.Terms = append(d.Terms, Terms{a.Seq, a.At, a.Actor, body.Owner, body.Due, body.Reason})
		return err
	case DecisionSuperseded:
		body, err := read[Superseding](a)
		d.Ended = &Ending{Kind: a.Kind, Seq: a.Seq, At: a.At, By: a.Actor, Reason: body.Reason, Successor: body.By}
		return err
	default:
		body, err := read[Reason](a)
		d.Ended = &Ending{Kind: a.Kind, Seq: a.Seq, At: a.At, By: a.Actor, Reason: body.Reason}
		return err
	}
}
