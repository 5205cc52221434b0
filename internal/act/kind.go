package act

import (
	"strings"
	"time"
)

// Kind is what was done.
type Kind string

// What people do.
const (
	PersonAdded   Kind = "person_added"   // subject: the person
	PersonRemoved Kind = "person_removed" // subject: the person
	PersonErased  Kind = "person_erased"  // name and address, of one who was removed; subject: the person
	CodeGiven     Kind = "code_given"     // a code with which a person sets a password, once; subject: the person
	PasswordSet   Kind = "password_set"   // subject: the person; body: PasswordBody

	SecondFactorSet     Kind = "second_factor_set"     // subject: the person
	SecondFactorRemoved Kind = "second_factor_removed" // subject: the person

	IdentityLinked   Kind = "identity_linked"   // of a provider that somebody signs in at; subject: the person; body: PasswordBody
	IdentityUnlinked Kind = "identity_unlinked" // subject: the person

	TokenMade  Kind = "token_made"  // for a program that asks for its owner; subject: the token; body: TokenBody
	TokenEnded Kind = "token_ended" // subject: the token

	RunAsked Kind = "run_asked" // of a source, or a look through the inbox, by a program; subject: the source; body: RunBody

	GrantGiven Kind = "grant_given" // subject: the grant; body: GrantBody
	GrantEnded Kind = "grant_ended" // subject: the grant; body: Reason

	NoteAdded     Kind = "note_added"     // subject: the note; body: NoteBody
	NoteEdited    Kind = "note_edited"    // subject: the note; body: NoteEdit
	NoteWithdrawn Kind = "note_withdrawn" // subject: the note; body: Reason

	DecisionMade       Kind = "decision_made"       // subject: the decision; body: DecisionBody
	DecisionChanged    Kind = "decision_changed"    // owner or due date; subject: the decision; body: DecisionChange
	DecisionDone       Kind = "decision_done"       // subject: the decision; body: Reason
	DecisionDropped    Kind = "decision_dropped"    // subject: the decision; body: Reason
	DecisionSuperseded Kind = "decision_superseded" // subject: the decision; body: Superseding

	ReviewHeld Kind = "review_held" // of a region; subject: HeldSubject; body: HeldBody

	FiguresReturned Kind = "figures_returned" // of a footprint; subject: the return; body: ReturnBody

	VerdictSigned    Kind = "verdict_signed"     // on a claim; subject: the sign-off; body: SignOffBody
	ReviewSigned     Kind = "review_signed"      // of a week of a region; subject: the sign-off; body: SignOffBody
	ReturnSigned     Kind = "return_signed"      // of a footprint; subject: the sign-off; body: SignOffBody
	SignOffWithdrawn Kind = "sign_off_withdrawn" // subject: the sign-off; body: Reason

	Refused Kind = "refused" // an attempt that was refused; body: RefusedBody
)

// What is no act, but refused like one.
const (
	SigningIn Kind = "sign_in"
	Asking    Kind = "ask" // for a page that is for other roles
)

// Kinds are all kinds of acts.
var Kinds = []Kind{
	PersonAdded,
	PersonRemoved,
	PersonErased,
	CodeGiven,
	PasswordSet,
	SecondFactorSet,
	SecondFactorRemoved,
	IdentityLinked,
	IdentityUnlinked,
	TokenMade,
	TokenEnded,
	RunAsked,
	GrantGiven,
	GrantEnded,
	NoteAdded,
	NoteEdited,
	NoteWithdrawn,
	DecisionMade,
	DecisionChanged,
	DecisionDone,
	DecisionDropped,
	DecisionSuperseded,
	ReviewHeld,
	FiguresReturned,
	VerdictSigned,
	ReviewSigned,
	ReturnSigned,
	SignOffWithdrawn,
	Refused,
}

// Role is what somebody may do, in a place and for a time.
type Role string

// The roles, as they are granted.
const (
	Contributor   Role = "contributor"   // returns figures of a place, and writes its notes
	Lead          Role = "lead"          // records decisions of a place, and does what its contributors do
	Auditor       Role = "auditor"       // signs off verdicts on claims
	Analyst       Role = "analyst"       // answers for definitions and loads
	Administrator Role = "administrator" // adds people and gives roles; everywhere or nowhere
)

// Roles are all roles, in the order of lists.
var Roles = []Role{Contributor, Lead, Auditor, Analyst, Administrator}

// rule says who may do what.
type rule struct {
	roles   []Role // any of which is enough in the place of the act
	self    bool   // a person may about themselves
	anybody bool   // everybody who is signed in may
	command bool   // the operator of the machine may
}

// rules are who may do what. What is not here nobody may.
var rules = map[Kind]rule{
	PersonAdded:         {roles: []Role{Administrator}, command: true},
	PersonRemoved:       {roles: []Role{Administrator}, command: true},
	PersonErased:        {roles: []Role{Administrator}, command: true},
	CodeGiven:           {roles: []Role{Administrator}, command: true},
	PasswordSet:         {self: true},
	SecondFactorSet:     {self: true},
	SecondFactorRemoved: {roles: []Role{Administrator}, self: true, command: true},
	IdentityLinked:      {self: true},
	IdentityUnlinked:    {roles: []Role{Administrator}, self: true, command: true},
	TokenMade:           {anybody: true, command: true}, // and only for oneself, with no more than one may: see TokenBody
	TokenEnded:          {anybody: true, command: true}, // one's own, or as administrator
	RunAsked:            {roles: []Role{Analyst}},
	GrantGiven:          {roles: []Role{Administrator}, command: true},
	GrantEnded:          {roles: []Role{Administrator}, command: true},
	NoteAdded:           {roles: []Role{Contributor, Lead}},
	NoteEdited:          {roles: []Role{Contributor, Lead}}, // and only one's own: see Note
	NoteWithdrawn:       {roles: []Role{Contributor, Lead}}, // one's own, or as lead of the place
	DecisionMade:        {roles: []Role{Lead}},
	DecisionChanged:     {roles: []Role{Lead}},
	DecisionDone:        {roles: []Role{Lead}},
	DecisionDropped:     {roles: []Role{Lead}},
	DecisionSuperseded:  {roles: []Role{Lead}},
	ReviewHeld:          {roles: []Role{Lead}},
	FiguresReturned:     {roles: []Role{Contributor, Lead}},
	VerdictSigned:       {roles: []Role{Auditor}}, // and not of a place for which they returned figures
	ReviewSigned:        {roles: []Role{Lead}},
	ReturnSigned:        {roles: []Role{Lead}},          // and not what they returned themselves
	SignOffWithdrawn:    {roles: []Role{Auditor, Lead}}, // and only one's own
}

// Use is what a program may do for the owner of its token, where its owner may.
type Use string

// What programs may do.
const (
	ToRead Use = "read" // what its owner may read
	ToRun  Use = "run"  // start runs of sources
)

// Uses are all of them.
var Uses = []Use{ToRead, ToRun}

// JoinUses writes uses in a word each, as a form sends them, and ParseUses reads them.
func JoinUses(uses []Use) string {
	words := make([]string, len(uses))
	for i, use := range uses {
		words[i] = string(use)
	}
	return strings.Join(words, " ")
}

// ParseUses reads what JoinUses writes.
func ParseUses(text string) []Use {
	var uses []Use
	for word := range strings.FieldsSeq(text) {
		uses = append(uses, Use(word))
	}
	return uses
}

// needs is the role that its owner must have in every place; empty where no role is needed.
var needs = map[Use]Role{ToRun: Analyst}

// MaxTokenTime is how long a token lasts at most, and maxTokens how many somebody may have at once.
const (
	MaxTokenTime = 366 * 24 * time.Hour
	maxTokens    = 20
)

// TokenBody is a token for a program. What it is known by stands apart, under the id of the act.
type TokenBody struct {
	Person string    `json:"person"` // its owner
	Name   string    `json:"name"`   // of the program, as its owner calls it
	Uses   []Use     `json:"uses"`
	Until  time.Time `json:"until"`
}

// RunBody is by which token a run was requested.
type RunBody struct {
	Token string `json:"token"`
}

// GrantBody is a role that is given.
type GrantBody struct {
	Person string     `json:"person"`
	Role   Role       `json:"role"`
	From   *time.Time `json:"from,omitempty"`  // from the act on, where it is not named
	Until  *time.Time `json:"until,omitempty"` // for good, where it is not named
}

// PasswordBody says by what a person proved that they may set a password, or sign in at a provider: the act that gave their code, or their password.
type PasswordBody struct {
	By string `json:"by"`
}

// Reason says why something ends.
type Reason struct {
	Reason string `json:"reason"`
}

// NoteBody is a note on a measure of the place, and on one period of it or on all.
type NoteBody struct {
	Measure string `json:"measure"`
	Period  string `json:"period,omitempty"`
	Text    string `json:"text"` // Markdown
}

// NoteEdit is another text of a note. Replaces is the act that wrote the text before: where that is no longer the newest, somebody else was
// faster, and the edit is refused.
type NoteEdit struct {
	Text     string `json:"text"`
	Replaces uint64 `json:"replaces"`
}

// DecisionBody is what a review decided.
type DecisionBody struct {
	What  string `json:"what"`
	Owner string `json:"owner"` // a post, not a person
	Due   string `json:"due"`   // a date
	Week  string `json:"week"`  // of the review
}

// DecisionChange is another owner or due date of a decision, and why.
type DecisionChange struct {
	Owner    string `json:"owner"`
	Due      string `json:"due"`
	Reason   string `json:"reason"`
	Replaces uint64 `json:"replaces"` // the act that it was shown as of
}

// Superseding says by which decision another is replaced, and why.
type Superseding struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
}

// HeldBody says that the review of a week was held, and who was there. It can be recorded again, to correct it.
type HeldBody struct {
	Week     string `json:"week"`
	Day      string `json:"day"`                // a date
	Present  string `json:"present"`            // posts, not persons
	Replaces uint64 `json:"replaces,omitempty"` // the act that it was recorded by before, which this corrects
}

// HeldSubject names the review of a week of a region.
func HeldSubject(region, week string) string { return region + " " + week }

// ReturnBody is a file by which figures of the place were returned. It is published after the act, once.
type ReturnBody struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
	Trial  string `json:"trial"`            // SHA-256 of what it was shown to change, and of the warnings
	Reason string `json:"reason,omitempty"` // why figures are revised, or right although there are warnings
}

// RefusedBody is what was tried and why it was refused.
type RefusedBody struct {
	Kind Kind        `json:"kind"`
	Code RefusalCode `json:"code"`
	// More is how many attempts of the same person, or of those not signed in, were refused since their last act of this kind without one of
	// their own.
	More uint64 `json:"more,omitempty"`
}

// The lengths of texts, in characters.
const (
	MaxNote      = 2000
	MaxTokenName = 80
	MaxWhat      = 500
	MaxOwner     = 120
	MaxPresent   = 500
	MaxReason    = 500
	MaxFile      = 200
	MaxOf        = 200
	MaxStatement = 500
)

// SignOffBody says what was signed off: of a claim, the review of a week ([HeldSubject]) or a return, what it showed. Where any of these is
// another now, the sign-off has lapsed.
type SignOffBody struct {
	Of          string `json:"of"`
	SHA256      string `json:"sha256"`      // of what was shown
	Definitions string `json:"definitions"` // names those that it was made by
	Load        uint64 `json:"load"`        // the newest that it rested on
	Statement   string `json:"statement"`
}

// signKinds are the kinds of sign-offs, as addresses and the API name them.
var signKinds = map[Kind]string{VerdictSigned: "verdict", ReviewSigned: "review", ReturnSigned: "return"}

// SignKind finds the kind of sign-off of a name.
func SignKind(name string) (Kind, bool) {
	for kind, known := range signKinds {
		if known == name {
			return kind, true
		}
	}
	return "", false
}

// SignName names a kind of sign-off; empty of other acts.
func (k Kind) SignName() string { return signKinds[k] }
