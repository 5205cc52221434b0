package catalog

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// ClaimFile is one file of claims.
type ClaimFile struct {
	Claims  []*Claim        `yaml:"claims"   jsonschema:"required"` // in the order in which they are shown
	LeftOut []*Unregistered `yaml:"left_out"`                       // published, but about nothing that a measure counts
}

// Unregistered is a claim that was published and is not in the register, as no measure or no place fits it.
type Unregistered struct {
	Title    string   `yaml:"title"    json:"title"            jsonschema:"required"` // a few words, in our own
	Places   []string `yaml:"places"   json:"places"`                                 // england, or codes of footprints; none where none is stated
	Claimant string   `yaml:"claimant" json:"claimant"         jsonschema:"required"` // who says so
	Citation Citation `yaml:"citation" json:"citation"         jsonschema:"required"` // where it is published
	Reason   string   `yaml:"reason"   json:"reason,omitempty"`                       // its name, by which those of one reason are shown together
	Why      string   `yaml:"why"      json:"why"              jsonschema:"required"` // it is left out, in a sentence; one for all of one reason
}

// Towards is the way in which a claim says that a measure moved.
type Towards string

// The ways.
const (
	Decrease Towards = "decrease"
	Increase Towards = "increase"
)

var towardsNames = []string{string(Decrease), string(Increase)}

// SizeUnit is what the size of a claim is counted in.
type SizeUnit string

// The units of a size.
const (
	Percent SizeUnit = "percent" // of what there would have been otherwise
	Count   SizeUnit = "count"   // in the measure's unit, over the whole time claimed; of a plan, in its last year
)

var sizeUnitNames = []string{string(Percent), string(Count)}

// ClaimKind is what kind of benefit a claim speaks of.
type ClaimKind string

// The kinds, by the impact types of the National Audit Office.
const (
	Cashable    ClaimKind = "cashable"     // less was spent
	NonCashable ClaimKind = "non_cashable" // time or capacity was freed, not money
	AvoidedCost ClaimKind = "avoided_cost" // a cost that would have come did not
	Activity    ClaimKind = "activity"     // no money is claimed
	Plan        ClaimKind = "plan"         // an intention, compared with the outturn and not tested as an effect
)

// ClaimKinds are the names of all kinds.
var ClaimKinds = []string{string(Cashable), string(NonCashable), string(AvoidedCost), string(Activity), string(Plan)}

// ComparatorKind is what a claim compares with.
type ComparatorKind string

// The kinds of comparator.
const (
	ComparedMatched   ComparatorKind = "matched"    // people chosen to be alike
	ComparedArea      ComparatorKind = "area"       // another area, or the rest of the country
	ComparedBefore    ComparatorKind = "before"     // the same place at an earlier time
	ComparedPlan      ComparatorKind = "plan"       // what was planned
	ComparedDoNothing ComparatorKind = "do_nothing" // a projection of what would have come without the scheme
	ComparedNotStated ComparatorKind = "not_stated"
)

var comparatorNames = []string{
	string(ComparedMatched),
	string(ComparedArea),
	string(ComparedBefore),
	string(ComparedPlan),
	string(ComparedDoNothing),
	string(ComparedNotStated),
}

// Claim is what somebody published about the effect of a scheme on a measure, in our own words.
type Claim struct {
	ID string `yaml:"id" json:"id" jsonschema:"required"` // lower-case letters, digits and underscores
	// Words are those of the title, without the word that says whose they are: "14% fewer emergency admissions in Northumbria". They are shown as Title alone.
	Words string `yaml:"title" json:"-" jsonschema:"required"`
	// Title has that word before them, so that no page, message or file can state a claim as a fact: "Claimed: 14% fewer emergency admissions in Northumbria".
	Title     string       `yaml:"-"          json:"title"`
	Places    []string     `yaml:"places"     json:"places"               jsonschema:"required"`                 // england, or codes of footprints
	Schemes   []string     `yaml:"schemes"    json:"schemes,omitempty"`                                          // ids of the schemes that it is about, whose places are tested; the claim's own start holds
	Units     []*Units     `yaml:"units"      json:"units,omitempty"`                                            // the smaller places that it is about, where they are not all those of its schemes
	Group     *Group       `yaml:"group"      json:"group,omitempty"`                                            // the programmes that it is about, in place of schemes
	Scheme    string       `yaml:"scheme"     json:"scheme"               jsonschema:"required"`                 // what was done
	Claimant  string       `yaml:"claimant"   json:"claimant"             jsonschema:"required"`                 // who says so
	Owner     string       `yaml:"owner"      json:"owner,omitempty"`                                            // who answers for it, as published, or "nobody named"
	Response  *Response    `yaml:"response"   json:"response,omitempty"`                                         // what the claimant said to doubts or findings, where published
	Disputes  []Dispute    `yaml:"disputes"   json:"disputes,omitempty"`                                         // who published that they do not accept it, or found otherwise of the same
	Claimed   string       `yaml:"claimed"    json:"claimed"              jsonschema:"required"`                 // what is claimed, in our own words
	Measure   string       `yaml:"measure"    json:"measure"              jsonschema:"required"`                 // the id of the measure nearest to it
	Finer     *Finer       `yaml:"finer"      json:"finer,omitempty"`                                            // a measure that fits better where the scheme was
	Differs   []Difference `yaml:"differs"    json:"differs,omitempty"`                                          // how what is claimed differs from what the measure counts
	About     ClaimAbout   `yaml:"about"      json:"about,omitempty"`                                            // what the size is of: an effect, or the change of the place's own figures; without it an effect
	Towards   Towards      `yaml:"direction"  json:"direction"            jsonschema:"required"`                 // the way in which the measure is said to have moved
	Size      string       `yaml:"size"       json:"size,omitempty"       jsonschema:"oneof_type=string;number"` // by how much, over zero; without it no one number is stated
	Stated    string       `yaml:"stated"     json:"stated,omitempty"`                                           // the size as published, where it is no one number of the measure: "8 to 9% lower"
	Unit      SizeUnit     `yaml:"unit"       json:"unit,omitempty"`                                             // what the size is counted in
	GBP       string       `yaml:"gbp"        json:"gbp,omitempty"        jsonschema:"oneof_type=string;number"` // pounds claimed over the whole time claimed; of a plan, in its last year
	Kind      ClaimKind    `yaml:"kind"       json:"kind"                 jsonschema:"required"`                 // the kind of benefit
	UnitCost  *UnitCost    `yaml:"unit_cost"  json:"unit_cost,omitempty"`                                        // what one of what is counted costs, as stated
	Start     string       `yaml:"start"      json:"start,omitempty"`                                            // the first period under the scheme, of the measure's grain; without it none is stated
	StartedIn string       `yaml:"started_in" json:"started_in,omitempty" jsonschema:"oneof_type=string;number"` // the year of the start where no more is stated: every start in it is possible
	Until     string       `yaml:"until"      json:"until,omitempty"`                                            // the last period that the claim is about
	OpenEnd   string       `yaml:"open_ended" json:"open_ended,omitempty"`                                       // why there is no until, where the words of the claim name a time
	Baseline  string       `yaml:"baseline"   json:"baseline,omitempty"`                                         // the period that is compared with, where one is stated
	Costs     string       `yaml:"costs"      json:"costs,omitempty"      jsonschema:"oneof_type=string;number"` // pounds that the scheme cost over the same time; without it none are stated
	Against   Comparator   `yaml:"comparator" json:"comparator"           jsonschema:"required"`                 // what the claimant compared with
	Covers    *Coverage    `yaml:"covers"     json:"covers,omitempty"`                                           // the part of the places that the scheme reached; without it the whole
	Date      string       `yaml:"published"  json:"published,omitempty"  jsonschema:"oneof_type=string;number"` // the date, month or year of publication, where one is stated
	Note      string       `yaml:"note"       json:"note,omitempty"`                                             // what a reader must know
	Citation  Citation     `yaml:"citation"   json:"citation"             jsonschema:"required"`                 // where it is published
	// Study is what the claim is where it is itself an independent evaluation.
	Study *Study `yaml:"study" json:"study,omitempty"`
	// Evaluations are those by others than the claimant, or the claimant's own other figures, of the same scheme.
	Evaluations []Finding `yaml:"evaluations" json:"evaluations,omitempty"`
	// Outturn is what came of a plan, where an independent body published it.
	Outturn *PublishedOutturn `yaml:"outturn" json:"outturn,omitempty"`

	hash                         string
	size, gbp, costs             decimal.NullDecimal
	start, until, baselinePeriod Period
	startedIn                    Period
}

// NobodyNamed is the owner of a claim for which the publication names nobody who answers.
const NobodyNamed = "nobody named"

// The words before the title of a claim.
const (
	claimedTitle = "Claimed: "
	plannedTitle = "Planned: "
)

// Group are the schemes of programmes: places that some of them covered, as far as others did too or did not.
type Group struct {
	In     []string `yaml:"in"      json:"in"                jsonschema:"required"` // ids of programmes
	NotIn  []string `yaml:"not_in"  json:"not_in,omitempty"`                        // programmes whose places are none of the group, wholly or in part
	AlsoIn []string `yaml:"also_in" json:"also_in,omitempty"`                       // programmes one of which must have covered the place too
}

// Response is what a claimant said to doubts or findings.
type Response struct {
	What     string   `yaml:"what"     json:"what"     jsonschema:"required"` // in our own words
	Citation Citation `yaml:"citation" json:"citation" jsonschema:"required"` // where it is published
}

// Dispute is what somebody published against a claim.
type Dispute struct {
	By       string   `yaml:"by"       json:"by"       jsonschema:"required"` // who
	What     string   `yaml:"what"     json:"what"     jsonschema:"required"` // in our own words
	Citation Citation `yaml:"citation" json:"citation" jsonschema:"required"` // where it is published
}

// Finer is a measure that counts what a claim is about, or nearly so, by smaller places or for more time before the start than the measure of the claim.
type Finer struct {
	Measure string `yaml:"measure" json:"measure"         jsonschema:"required"` // its id
	Start   string `yaml:"start"   json:"start,omitempty"`                       // the first period under the scheme; without it that of the claim
	Until   string `yaml:"until"   json:"until,omitempty"`                       // the last period that the claim is about; without it that of the claim
	Why     string `yaml:"why"     json:"why"             jsonschema:"required"` // why it fits better, and what it counts otherwise
}

// ClaimAbout is what a claim says of a place.
type ClaimAbout string

// What claims are about.
const (
	AboutEffect    ClaimAbout = "effect"     // what a scheme did
	AboutOwnChange ClaimAbout = "own_change" // how the figures of the place moved, whatever moved them
)

var claimAboutNames = []string{string(AboutEffect), string(AboutOwnChange)}

// ClaimStatus is how far a claim has come.
type ClaimStatus string

// The statuses. Nobody writes them: they follow from what was published and what the figures show.
const (
	StatusStated    ClaimStatus = "stated"     // published; the figures do not allow a test
	StatusDisputed  ClaimStatus = "disputed"   // others published that they do not accept it; the figures do not decide
	StatusUnderTest ClaimStatus = "under test" // there is an estimate, or a plan is not due, and no answer yet
	StatusAnswered  ClaimStatus = "answered"   // the figures gave a verdict
)

// ClaimStatuses are the names of all statuses.
var ClaimStatuses = []string{string(StatusStated), string(StatusDisputed), string(StatusUnderTest), string(StatusAnswered)}

// UnitDifference says how what the size of a claim is counted in is not what its measure is counted in.
type UnitDifference string

// The differences of units.
const (
	SameUnit        UnitDifference = ""                   // the size can be set beside what the figures show
	PoundsOfACount  UnitDifference = "pounds_of_a_count"  // pounds are claimed, the measure counts no pounds, and no unit cost turns one into the other
	CountOfARatio   UnitDifference = "count_of_a_ratio"   // a number is claimed, and the measure is a share or a rate
	PercentOfAShare UnitDifference = "percent_of_a_share" // per cent of a share in per cent: whether percentage points are meant must be stated
	StatedOtherwise UnitDifference = "stated_otherwise"   // the claim says itself, in differs, that it is in another unit
)

// UnitCost is what one of what a measure counts is said to cost.
type UnitCost struct {
	GBP      string   `yaml:"gbp"      json:"gbp"      jsonschema:"required,oneof_type=string;number"` // pounds
	Citation Citation `yaml:"citation" json:"citation" jsonschema:"required"`                          // who says so

	Amount decimal.Decimal `yaml:"-" json:"-"` // the pounds as read
}

// Comparator is what a claim compares with.
type Comparator struct {
	Kind  ComparatorKind `yaml:"kind"  json:"kind"            jsonschema:"required"` // its kind
	Words string         `yaml:"words" json:"words,omitempty"`                       // as the claimant describes it
}

// Coverage is the part of its places that a scheme reached.
type Coverage struct {
	Words  string `yaml:"words"  json:"words"            jsonschema:"required"`                 // who they are
	People int    `yaml:"people" json:"people,omitempty"`                                       // how many; without it not stated
	Share  string `yaml:"share"  json:"share,omitempty"  jsonschema:"oneof_type=string;number"` // of what the measure counts in the places, from 0 to 1, where stated

	Part decimal.NullDecimal `yaml:"-" json:"-"` // the share as read
}

// PublishedOutturn is what was published of how a plan came out.
type PublishedOutturn struct {
	What     string   `yaml:"what"          json:"what"                    jsonschema:"required"`                          // what came, in our own words
	Change   string   `yaml:"change"        json:"change"                  jsonschema:"required,oneof_type=string;number"` // of the measure, in the unit of the size, below zero for a fall
	OverPlan string   `yaml:"over_plan_gbp" json:"over_plan_gbp,omitempty" jsonschema:"oneof_type=string;number"`          // pounds that it cost beyond the plan, where stated
	Citation Citation `yaml:"citation"      json:"citation"                jsonschema:"required"`                          // where it is published

	By    decimal.Decimal     `yaml:"-" json:"-"` // the change as read
	Extra decimal.NullDecimal `yaml:"-" json:"-"` // the pounds as read
}

// Supposed is a claim that nobody made, to try the test of claims: that a measure of a place fell by some per cent from a period on. No
// pounds are claimed and the whole of the place is meant.
func Supposed(m *Measure, place string, start Period, percent float64) *Claim {
	size := decimal.NewFromFloat(percent)
	return &Claim{
		ID:      "supposed",
		Title:   claimedTitle + "a supposed fall",
		Places:  []string{place},
		Scheme:  "None",
		Measure: m.ID,
		Towards: Decrease,
		Size:    size.String(),
		Unit:    Percent,
		Kind:    Activity,
		Start:   start.String(),
		Against: Comparator{Kind: ComparedBefore},
		size:    decimal.NewNullDecimal(size),
		start:   start,
	}
}

// Hash names this version of the claim.
func (c *Claim) Hash() string { return c.hash }

// Amount is the size of the claim over zero; null where none is stated.
func (c *Claim) Amount() decimal.NullDecimal { return c.size }

// Pounds are those claimed; null where none are.
func (c *Claim) Pounds() decimal.NullDecimal { return c.gbp }

// SchemeCosts are the pounds that the scheme cost; null where none are stated.
func (c *Claim) SchemeCosts() decimal.NullDecimal { return c.costs }

// StartPeriod is the first one under the scheme; ok is false where none is stated.
func (c *Claim) StartPeriod() (p Period, ok bool) { return c.start, c.Start != "" }

// UntilPeriod is the last one that the claim is about; ok is false where none is stated.
func (c *Claim) UntilPeriod() (p Period, ok bool) { return c.until, c.Until != "" }

// BaselinePeriod is the one that is compared with; ok is false where none is stated.
func (c *Claim) BaselinePeriod() (p Period, ok bool) { return c.baselinePeriod, c.Baseline != "" }

// StartedInYear is the year of the start where the claim states no more; ok is false where it states none, or more.
func (c *Claim) StartedInYear() (p Period, ok bool) { return c.startedIn, c.StartedIn != "" }

// Status is how far the claim has come, with an estimate or a plan that is not due, and with a verdict.
func (c *Claim) Status(underTest, answered bool) ClaimStatus {
	switch {
	case answered:
		return StatusAnswered
	case len(c.Disputes) > 0:
		return StatusDisputed
	case underTest:
		return StatusUnderTest
	default:
		return StatusStated
	}
}

// OwnerNamed is who answers for the claim; ok is false where the publication names nobody.
func (c *Claim) OwnerNamed() (name string, ok bool) {
	return c.Owner, c.Owner != "" && c.Owner != NobodyNamed
}

// UnitDiffers says how what is claimed is counted in another unit than a measure, the claim's own or the finer one.
func (c *Claim) UnitDiffers(m *Measure) UnitDifference {
	switch {
	case slices.ContainsFunc(c.Differs, func(d Difference) bool { return d.In == DifferentUnit }):
		return StatedOtherwise
	case c.Unit == Count && m.Ratio():
		return CountOfARatio
	case c.Unit == Percent && m.Unit == Share:
		return PercentOfAShare
	case c.Unit == "" && c.gbp.Valid && m.Unit != GBP && c.UnitCost == nil:
		return PoundsOfACount
	}
	return SameUnit
}

// OfEngland tells that the claim is about the whole country.
func (c *Claim) OfEngland() bool { return slices.Contains(c.Places, EnglandPlace) }

// IsPlan tells that the claim states what was intended, or holds what came against a plan: neither can be tested as an effect.
func (c *Claim) IsPlan() bool { return c.Kind == Plan || c.Against.Kind == ComparedPlan }

// OfOwnChange tells that the claim says how the figures of a place moved, and not what a scheme did: it is set beside the same change of the figures loaded.
func (c *Claim) OfOwnChange() bool { return c.About == AboutOwnChange && !c.IsPlan() }

// Claim finds a claim by its id.
func (c *Catalog) Claim(id string) (*Claim, bool) {
	for _, claim := range c.Claims {
		if claim.ID == id {
			return claim, true
		}
	}
	return nil, false
}

func (c claimReader) readClaims(fsys fs.FS, file string) []error {
	f := &ClaimFile{}
	d, err := decode(fsys, file, f)
	if err != nil {
		return []error{err}
	}
	for i, claim := range f.Claims {
		if claim == nil {
			d.expect(false, fmt.Sprintf("$.claims[%d]", i), "nothing", "a claim")
			continue
		}
		c.checkClaim(d, fmt.Sprintf("$.claims[%d].", i), claim)
		claim.hash = c.claimHash(claim)
		c.Claims = append(c.Claims, claim)
	}
	for i, left := range f.LeftOut {
		if left == nil {
			d.expect(false, fmt.Sprintf("$.left_out[%d]", i), "nothing", "a claim that is left out")
			continue
		}
		c.checkUnregistered(d, fmt.Sprintf("$.left_out[%d].", i), left)
		c.LeftOut = append(c.LeftOut, left)
	}
	return d.mistakes
}

// claimHash names a claim with the schemes that say where it is tested: others of them are another test.
func (c claimReader) claimHash(claim *Claim) string {
	with := []any{claim}
	for _, u := range c.Treated(claim) {
		with = append(with, u.Code, u.Extent, u.Share, u.Start.String())
	}
	return hash(with)
}

func (c claimReader) checkUnregistered(d *document, at string, left *Unregistered) {
	d.expect(left.Title != "", at+"title", left.Title, "a title")
	d.expect(
		!slices.ContainsFunc(c.LeftOut, func(other *Unregistered) bool { return other.Title == left.Title }),
		at+"title",
		left.Title,
		"a title that no other has",
	)
	d.expect(left.Claimant != "", at+"claimant", left.Claimant, "who says so")
	d.expect(left.Why != "", at+"why", left.Why, "why it is left out")
	d.expect(left.Reason == "" || identifier.MatchString(left.Reason), at+"reason", left.Reason, "lower-case letters, digits and underscores")
	first := slices.IndexFunc(c.LeftOut, func(other *Unregistered) bool { return left.Reason != "" && other.Reason == left.Reason })
	d.expect(first < 0 || c.LeftOut[first].Why == left.Why, at+"why", left.Why, "the words that others of its reason have")
	d.claimPlaces(at, left.Places)
	d.citation(at+"citation", left.Citation)
}

// claimPlaces expects England alone or footprints, each once.
func (d *document) claimPlaces(at string, places []string) {
	d.expect(len(places) < 2 || !slices.Contains(places, EnglandPlace), at+"places", EnglandPlace+" beside others", "england alone, or codes of footprints")
	for i, place := range places {
		d.expect(!slices.Contains(places[:i], place), fmt.Sprintf("%splaces[%d]", at, i), place, "each place once")
	}
}

func (c claimReader) checkClaim(d *document, at string, claim *Claim) {
	_, known := c.Claim(claim.ID)
	d.expect(identifier.MatchString(claim.ID), at+"id", claim.ID, "lower-case letters, digits and underscores")
	d.expect(!known, at+"id", claim.ID, "an id that no other claim has")
	for _, text := range []struct{ field, stated, accepted string }{
		{"title", claim.Words, "a title"},
		{"scheme", claim.Scheme, "what was done"},
		{"claimant", claim.Claimant, "who says so"},
		{"claimed", claim.Claimed, "what is claimed, in our own words"},
	} {
		d.expect(text.stated != "", at+text.field, text.stated, text.accepted)
	}
	claim.Title = claimedTitle + claim.Words
	if claim.Kind == Plan {
		claim.Title = plannedTitle + claim.Words
	}
	said := slices.ContainsFunc([]string{claimedTitle, plannedTitle}, func(word string) bool {
		return strings.HasPrefix(strings.ToLower(claim.Words), strings.ToLower(strings.TrimSpace(word)))
	})
	d.expect(!said, at+"title", claim.Words, "the words alone: pages put “Claimed:” before them, of a plan “Planned:”")
	d.expect(!strings.HasSuffix(claim.Words, "."), at+"title", claim.Words, "a few words without a full stop, as they are no sentence of ours")
	d.expect(len(claim.Places) > 0, at+"places", "none", "england, or codes of footprints")
	d.claimPlaces(at, claim.Places)
	d.oneOf(at+"direction", string(claim.Towards), towardsNames...)
	d.oneOf(at+"kind", string(claim.Kind), ClaimKinds...)
	d.oneOf(at+"comparator.kind", string(claim.Against.Kind), comparatorNames...)
	if claim.About != "" {
		d.oneOf(at+"about", string(claim.About), claimAboutNames...)
	}
	if claim.About == AboutOwnChange {
		d.expect(claim.Against.Kind == ComparedBefore, at+"comparator.kind", string(claim.Against.Kind), "before, as a change of the place's own figures is claimed")
		d.expect(claim.Unit != Count, at+"unit", string(claim.Unit), "percent, as a change of the place's own figures is claimed")
	}
	claim.size, claim.gbp, claim.costs = d.positive(at+"size", claim.Size), d.positive(at+"gbp", claim.GBP), d.amount(at+"costs", claim.Costs)
	d.expect(claim.Size == "" || claim.Stated == "", at+"stated", claim.Stated, "nothing beside a size, which is shown")
	d.expect((claim.Size == "") == (claim.Unit == ""), at+"unit", string(claim.Unit), "a unit with a size, and none without one")
	if claim.Unit != "" {
		d.oneOf(at+"unit", string(claim.Unit), sizeUnitNames...)
	}
	if u := claim.UnitCost; u != nil {
		u.Amount = d.positive(at+"unit_cost.gbp", u.GBP).Decimal
		d.expect(u.GBP != "", at+"unit_cost.gbp", "", "a number over zero")
		d.citation(at+"unit_cost.citation", u.Citation)
	}
	if cover := claim.Covers; cover != nil {
		d.expect(cover.Words != "", at+"covers.words", "", "who they are")
		d.expect(cover.People >= 0, at+"covers.people", fmt.Sprint(cover.People), "a number not under zero")
		d.expect(cover.People == 0 || cover.Share == "", at+"covers.share", cover.Share, "people or a share, not both")
		cover.Part = d.positive(at+"covers.share", cover.Share)
		d.expect(cover.Part.Decimal.LessThanOrEqual(decimal.NewFromInt(1)), at+"covers.share", cover.Share, "a share over 0 and up to 1")
	}
	d.citation(at+"citation", claim.Citation)
	d.expect(claim.Date == "" || isDate(claim.Date), at+"published", claim.Date, "a date (2017-02-08), a month (2017-02) or a year (2017)")
	c.checkFindings(d, at, claim.Evaluations)
	c.checkStudy(d, at+"study.", claim.Study)
	c.checkWhere(d, at, claim)
	d.differences(at, claim.Differs)
	if r := claim.Response; r != nil {
		d.expect(r.What != "", at+"response.what", "", "what the claimant said")
		d.citation(at+"response.citation", r.Citation)
	}
	for i, dispute := range claim.Disputes {
		here := fmt.Sprintf("%sdisputes[%d].", at, i)
		d.expect(dispute.By != "", here+"by", "", "who does not accept it")
		d.expect(dispute.What != "", here+"what", "", "what they say")
		d.citation(here+"citation", dispute.Citation)
	}
	if o := claim.Outturn; o != nil {
		d.expect(claim.Kind == Plan, at+"outturn", "an outturn", "none, as the claim is no plan")
		d.expect(claim.Size != "", at+"outturn", "an outturn", "a size beside it")
		d.expect(o.What != "", at+"outturn.what", "", "what came")
		d.expect(o.Change != "", at+"outturn.change", "", "a number, below zero for a fall")
		o.By, o.Extra = d.number(at+"outturn.change", o.Change, decimal.Zero), d.amount(at+"outturn.over_plan_gbp", o.OverPlan)
		d.citation(at+"outturn.citation", o.Citation)
	}
	m, ok := c.measures[claim.Measure]
	if d.expect(ok, at+"measure", claim.Measure, "the id of a measure"); !ok {
		return
	}
	claim.start, claim.until, claim.baselinePeriod = d.optional(
		at+"start",
		claim.Start,
		m,
	), d.optional(
		at+"until",
		claim.Until,
		m,
	), d.optional(
		at+"baseline",
		claim.Baseline,
		m,
	)
	c.checkFiner(d, at, claim, m)
	for _, text := range []struct{ field, words string }{{"title", claim.Words}, {"claimed", claim.Claimed}} {
		end := ending(text.words)
		d.expect(
			end == "" || claim.Until != "" || claim.OpenEnd != "",
			at+text.field,
			end,
			"words without an end of time, until with the last period that they mean, or open_ended with the reason why it is not known",
		)
	}
	d.expect(claim.Until == "" || claim.OpenEnd == "", at+"open_ended", claim.OpenEnd, "nothing beside until")
	ordered := claim.Start == "" || claim.Until == "" || !claim.until.Start.Before(claim.start.Start)
	d.expect(ordered, at+"until", claim.Until, "a period not before the start")
	if ended, ok := published(claim.Date); ok && claim.Until != "" && !claim.IsPlan() {
		d.expect(
			!claim.until.Next().Start.After(ended),
			at+"until",
			claim.Until,
			"a period that ended by the time of publication, "+claim.Date+", as the claim is of what came",
		)
	}
	d.expect(m.Level != ByEngland || claim.OfEngland(), at+"places", fmt.Sprint(claim.Places), "england, as the measure is stated for England alone")
	d.expect(claim.UnitCost == nil || m.Unit == Number, at+"unit_cost", "a unit cost", "none, as the measure is no count")
}

// checkWhere checks the places of a claim that are smaller than footprints, and the year of its start.
func (c claimReader) checkWhere(d *document, at string, claim *Claim) {
	for i, id := range claim.Schemes {
		_, known := c.Scheme(id)
		d.expect(known, fmt.Sprintf("%sschemes[%d]", at, i), id, "the id of a scheme of dashboards/schemes")
		d.expect(!slices.Contains(claim.Schemes[:i], id), fmt.Sprintf("%sschemes[%d]", at, i), id, "each scheme once")
	}
	d.units(at, claim.Units)
	if g := claim.Group; g != nil {
		d.expect(len(claim.Schemes)+len(claim.Units) == 0, at+"group", "a group beside schemes or units", "a group alone")
		d.expect(len(g.In) > 0, at+"group.in", "none", "ids of programmes")
		for _, list := range []struct {
			field string
			ids   []string
		}{{"in", g.In}, {"not_in", g.NotIn}, {"also_in", g.AlsoIn}} {
			for i, id := range list.ids {
				_, known := c.Programme(id)
				d.expect(known, fmt.Sprintf("%sgroup.%s[%d]", at, list.field, i), id, "the id of a programme of dashboards/schemes")
			}
		}
		both := func(id string) bool { return slices.Contains(g.In, id) || slices.Contains(g.AlsoIn, id) }
		if i := slices.IndexFunc(g.NotIn, both); i >= 0 {
			d.expect(false, fmt.Sprintf("%sgroup.not_in[%d]", at, i), g.NotIn[i], "a programme that is not one of the group")
		}
	}
	claim.startedIn = d.monthOrYear(at+"started_in", claim.StartedIn)
	d.expect(claim.StartedIn == "" || claim.startedIn.Grain != Month, at+"started_in", claim.StartedIn, "a year; a month is a start")
	d.expect(claim.StartedIn == "" || claim.Start == "", at+"started_in", claim.StartedIn, "none beside a start")
}

// checkFiner checks the measure that fits better, whose periods must be known.
func (c claimReader) checkFiner(d *document, at string, claim *Claim, m *Measure) {
	f := claim.Finer
	if f == nil {
		return
	}
	d.expect(f.Why != "", at+"finer.why", "", "why it fits better")
	finer, known := c.measures[f.Measure]
	if d.expect(known && f.Measure != m.ID, at+"finer.measure", f.Measure, "the id of another measure"); !known {
		return
	}
	d.optional(at+"finer.start", f.Start, finer)
	d.optional(at+"finer.until", f.Until, finer)
	for _, period := range []struct{ field, own, finer string }{{"start", claim.Start, f.Start}, {"until", claim.Until, f.Until}} {
		d.expect(
			period.own == "" || period.finer != "" || finer.Grain == m.Grain,
			at+"finer."+period.field,
			"none",
			finer.Grain.Example()+", as the measure has other periods than that of the claim",
		)
	}
}

// positive reads a number over zero that need not be there.
func (d *document) positive(at, text string) decimal.NullDecimal {
	n := d.number(at, text, decimal.NewFromInt(1))
	d.expect(n.IsPositive() || !isNumber(text), at, text, "a number over zero")
	return decimal.NullDecimal{Decimal: n, Valid: text != ""}
}

// amount reads a number not under zero that need not be there.
func (d *document) amount(at, text string) decimal.NullDecimal {
	n := d.number(at, text, decimal.Zero)
	d.expect(!n.IsNegative(), at, text, "a number not under zero")
	return decimal.NullDecimal{Decimal: n, Valid: text != ""}
}

// optional reads a period of a measure's grain that need not be there.
func (d *document) optional(at, text string, m *Measure) Period {
	if text != "" {
		d.period(at, text, m.Grain)
	}
	p, _ := ParsePeriod(text)
	return p
}

func isNumber(text string) bool {
	_, err := decimal.NewFromString(text)
	return err == nil
}

func (d *document) citation(at string, c Citation) {
	d.expect(c.Title != "", at+".title", c.Title, "the title of a published text")
	d.expect(c.URL != "", at+".url", c.URL, "the address of a published text")
	d.address(at+".url", c.URL)
}

// published is when the month of a publication ended, the year where no month is stated; ok is false where no date is.
func published(date string) (ended time.Time, ok bool) {
	if year, err := time.Parse("2006", date); err == nil {
		return year.AddDate(1, 0, 0), true
	}
	month, err := time.Parse("2006-01", date[:min(len(date), len("2006-01"))])
	return month.AddDate(0, 1, 0), err == nil
}

func isDate(text string) bool {
	return slices.ContainsFunc([]string{time.DateOnly, "2006-01", "2006"}, func(layout string) bool {
		_, err := time.Parse(layout, text)
		return err == nil
	})
}
