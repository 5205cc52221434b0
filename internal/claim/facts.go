package claim

import (
	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
	"stpdash/internal/measure"
)

// Facts are what a code is about: the comment of the code says which of them it has. Periods are by their ids, places, organisations, measures and
// claims by theirs. Quote and Notes alone are text: as a
// claim or a definition states it. Note is why the mathematics have no answer.
type Facts struct {
	Scope        Scope    `json:"scope,omitempty"`
	Measure      string   `json:"measure,omitempty"`
	Of           string   `json:"of,omitempty"` // a measure that the other is worked out from
	Places       []string `json:"places,omitempty"`
	Organisation string   `json:"organisation,omitempty"`
	// Organisations and Schemes are several.
	Organisations []string           `json:"organisations,omitempty"`
	Scheme        string             `json:"scheme,omitempty"`
	Schemes       []string           `json:"schemes,omitempty"`
	Claim         string             `json:"claim,omitempty"`
	Start         string             `json:"start,omitempty"` // the first period under a scheme or a plan
	Period        string             `json:"period,omitempty"`
	Until         string             `json:"until,omitempty"`
	Value         *evidence.Number   `json:"value,omitempty"`
	Than          *evidence.Number   `json:"than,omitempty"` // what the value is compared with
	P             *evidence.Number   `json:"p,omitempty"`
	Pounds        string             `json:"gbp,omitempty"`
	Costs         string             `json:"costs_gbp,omitempty"` // of the scheme
	Net           string             `json:"net_gbp,omitempty"`   // the pounds less the costs
	Units         []catalog.SizeUnit `json:"units,omitempty"`
	Quote         string             `json:"quote,omitempty"`
	Notes         []string           `json:"notes,omitempty"` // of known events
	Note          *evidence.Note     `json:"note,omitempty"`
	Rule          RuleCode           `json:"rule,omitempty"`
	Check         CheckID            `json:"check,omitempty"`
	Break         *Break             `json:"break,omitempty"`
	Choices       []Choice           `json:"choices,omitempty"`
	Overlaps      []Overlap          `json:"overlaps,omitempty"`
	Movements     []Movement         `json:"movements,omitempty"`
	Undue         *Undue             `json:"undue,omitempty"`
	Because       *Reason            `json:"because,omitempty"`
}

// Scope is whose figures a reason is about, where the same can be said of several.
type Scope string

// The scopes.
const (
	OfScheme   Scope = "scheme"    // the places of the claim
	OfPlan     Scope = "plan"      // the years that a plan is compared by
	OfPlace    Scope = "place"     // one that the claim might be compared with
	OfAnother  Scope = "elsewhere" // another measure, or the other places of the region, to which something may have been moved
	OfRegion   Scope = "region"    // the places outside of it
	OfSize     Scope = "size"      // that is claimed
	OfFigures  Scope = "figures"   // those of the places alone, with nothing to compare them with
	BeforeThen Scope = "before"    // what lies before a period
	FromThen   Scope = "from"      // what lies from a period on
)

// Break is a period from which other organisations make up the figures of a place, or from which one of them counts something else.
type Break struct {
	Period string                     `json:"period"`
	Part   float64                    `json:"part"` // of the larger of the figures before and after; over zero where organisations came
	Moves  []measure.Move             `json:"moves,omitempty"`
	Steps  []measure.OrganisationStep `json:"steps,omitempty"`
}

// Membership is the break as the figures have it.
func (b *Break) Membership() measure.MembershipBreak {
	from, _ := catalog.ParsePeriod(b.Period) // was written by breakOf
	return measure.MembershipBreak{From: from, Part: b.Part, Moves: b.Moves, Steps: b.Steps}
}

func breakOf(b measure.MembershipBreak) *Break {
	return &Break{b.From.String(), b.Part, b.Moves, b.Steps}
}

// Choice is one choice of a design made differently: a donor left out, another time, or another method.
type Choice struct {
	Kind   evidence.VariationKind `json:"kind"`
	Place  string                 `json:"place,omitempty"`
	Period string                 `json:"period,omitempty"`
	Method string                 `json:"method,omitempty"`
	Reason evidence.Note          `json:"reason_facts,omitzero"` // why it gave no estimate
}

// Overlap is another claim about the same measure in the same places at the same time.
type Overlap struct {
	Claim  string        `json:"claim"`
	Scheme bool          `json:"same_scheme"` // in the same direction, so that the two are not added up
	Marks  []OverlapMark `json:"differs,omitempty"`
}

// OverlapMark is in what another claim differs, so that it need not be about the same cases.
type OverlapMark string

// The marks.
const (
	HigherClaimed OverlapMark = "higher_claimed"
	LowerClaimed  OverlapMark = "lower_claimed"
	AllEngland    OverlapMark = "all_of_england"
	PlacesInside  OverlapMark = "places_in_england"
	PartOfPlaces  OverlapMark = "part_of_its_places"
	WholeOfPlaces OverlapMark = "whole_of_its_places"
	APlan         OverlapMark = "plan"
)

// Movement is how something else changed at the time of the scheme: another measure, or the same in the other places of the region.
type Movement struct {
	Measure  string          `json:"measure,omitempty"` // another measure; empty of the same one
	At       string          `json:"at,omitempty"`      // the kind of small places, in whose footprint others were looked at
	Peers    int             `json:"peers,omitempty"`   // other places of the region or of the footprint
	Found    MovementFound   `json:"found"`
	Percent  evidence.Number `json:"percent"`
	Interval *[2]float64     `json:"percent_interval"`
	Because  *Reason         `json:"because,omitempty"` // why there is no figure
}

// MovementFound is what a movement shows.
type MovementFound string

// What movements show.
const (
	Rose       MovementFound = "rose"      // significantly
	MayHave    MovementFound = "may_have"  // risen by as much as the effect
	HasNot     MovementFound = "has_not"   // risen by as much
	NoMovement MovementFound = "not_known" // for a reason
)

// Undue is why the year of a plan that is compared is not the one that the plan was for.
type Undue struct {
	From  string `json:"from,omitempty"`  // the year compared
	Until string `json:"until,omitempty"` // its last period
	// Own is the plan's own year; nil where the plan does not say when it ends. Later is why no later year is compared.
	Own   *OwnYear `json:"plan_year,omitempty"`
	Later *Reason  `json:"later,omitempty"`
}

// exactly is a number as a fact.
func exactly(n evidence.Number) *evidence.Number { return &n }
