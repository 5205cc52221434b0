// Package act keeps what people do: an append-only log of acts, each linked to the one before it, and what follows from it: who is known,
// which roles they have, their notes and decisions. It knows no database: where acts are kept is given to it.
package act

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Act is one thing that somebody did, or tried to do.
type Act struct {
	Seq     uint64 // its place in the log, from 1, without gaps
	ID      string // given by the one who acts: the same one twice is done once
	At      time.Time
	Actor   string // id of the person; empty where nobody was signed in
	Via     Via
	Kind    Kind
	Scope   Scope  // the place that it is about
	Subject string // what it is about: the id of a person, grant, note or decision
	Body    string // JSON, as its kind says

	PrevHash, Hash string // of the act before, and of this one with that
}

// Via is the way by which an act came.
type Via string

// The ways by which acts come.
const (
	ByBrowser Via = "browser"
	ByCommand Via = "command" // of the machine's operator, who can read the data directory
	ByProgram Via = "program" // that shows a token
)

// ScopeKind is what kind of place a scope names.
type ScopeKind string

// Places that acts and roles are about.
const (
	Everywhere  ScopeKind = "everywhere"
	OfRegion    ScopeKind = "region"
	OfFootprint ScopeKind = "footprint"
)

// Scope is a place: all of them, a region by its slug, or a footprint by its code.
type Scope struct {
	Kind ScopeKind
	Code string
}

// All is every place.
var All = Scope{Kind: Everywhere}

// Footprint is the scope of one of the 44, by its code.
func Footprint(code string) Scope { return Scope{OfFootprint, code} }

// Region is the scope of a region, by its slug.
func Region(slug string) Scope { return Scope{OfRegion, slug} }

// maxBody bounds the body of an act in bytes.
const maxBody = 16 << 10

// NewID is a name that nobody guesses, for an act, a person or a form.
func NewID() string { return strings.ToLower(rand.Text()) }

// IsID tells whether a text has the form of such a name.
func IsID(text string) bool { return idForm.MatchString(text) }

var idForm = regexp.MustCompile(`^[a-z2-7]{26}$`)

// canonicalVersion begins what is hashed, so that another form can be told from this one.
const canonicalVersion = "stpd act 1"

// moment is how the time of an act is hashed.
const moment = "2006-01-02T15:04:05.000000Z"

// canonical is what the hash of an act is made from: each field with its length before it, so that no two acts are written alike.
func (a Act) canonical() []byte {
	var b strings.Builder
	for _, field := range []string{
		canonicalVersion, strconv.FormatUint(a.Seq, 10), a.ID, a.At.UTC().Format(moment), a.Actor, string(a.Via), string(a.Kind),
		string(a.Scope.Kind), a.Scope.Code, a.Subject, a.Body, a.PrevHash,
	} {
		fmt.Fprintf(&b, "%d:%s,", len(field), field)
	}
	return []byte(b.String())
}

// hash is the hash that an act has to have.
func (a Act) hash() string {
	sum := sha256.Sum256(a.canonical())
	return hex.EncodeToString(sum[:])
}

// Fault says how the log differs from what was written.
type Fault string

// What can be wrong with an act in the log.
const (
	FaultMissing Fault = "missing"  // the act is not there
	FaultDoubled Fault = "doubled"  // two acts have its number
	FaultChanged Fault = "changed"  // it does not have the hash that it should have
	FaultCut     Fault = "unlinked" // it does not name the act before it
	FaultMeaning Fault = "unknown"  // its body cannot be read
)

// BrokenError is an act from which on the log cannot be relied on.
type BrokenError struct {
	Seq   uint64 `json:"seq"`
	ID    string `json:"id,omitempty"` // empty where the act is missing
	Fault Fault  `json:"fault"`
}

func (e *BrokenError) Error() string {
	name := ""
	if e.ID != "" {
		name = " (" + e.ID + ")"
	}
	return fmt.Sprintf("the log of acts is not as it was written: act %d%s is %s", e.Seq, name, e.Fault)
}

// follow checks that an act comes after another in the chain.
func follow(headSeq uint64, headHash string, a Act) error {
	switch {
	case a.Seq <= headSeq:
		return &BrokenError{a.Seq, a.ID, FaultDoubled}
	case a.Seq > headSeq+1:
		return &BrokenError{headSeq + 1, "", FaultMissing}
	case a.Hash != a.hash():
		return &BrokenError{a.Seq, a.ID, FaultChanged}
	case a.PrevHash != headHash:
		return &BrokenError{a.Seq, a.ID, FaultCut}
	}
	return nil
}

// Filter lets through acts of a list. Its zero values let all through.
type Filter struct {
	Kind        Kind
	Actor       string
	From, Until time.Time // the second is not included
	Before      uint64    // a number
	Limit       int
}
