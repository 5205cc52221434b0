package claim

import (
	"context"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
)

// TestedAt are the kinds of place that claims are tested in.
var TestedAt = []string{catalog.ByCommissioner, catalog.ByProvider, catalog.ByCouncil, catalog.ByFootprint}

// Places tell where schemes were, and what places smaller than footprints counted.
type Places interface {
	// Treated are the places of a claim, and Across these as they can be followed from the first to the last period.
	Treated(c *catalog.Claim) []catalog.TreatedUnit
	Across(units []catalog.TreatedUnit, first, last catalog.Period) []catalog.Span
	// Covered are the places of a kind that any scheme covered in that time, by their codes, and Overlaps those of a claim that another did.
	Covered(at string, first, last catalog.Period) map[string][]*catalog.Scheme
	Overlaps(c *catalog.Claim, first, last catalog.Period) []catalog.Overlap
	// Follow are the figures of all places of a kind that can be followed through that time, screened for gaps and steps.
	Follow(ctx context.Context, m *catalog.Measure, at string, first, last catalog.Period) (*UnitFigures, error)
	// Measure finds a measure as it was defined then; nil where there is none.
	Measure(ctx context.Context, id string) *catalog.Measure
	// Studies are the domains in which the test was studied, with what came of it.
	Studies() []*DomainStudy
	// People are those registered with a commissioner; 0 where that is not known.
	People(code string) float64
}

// UnitFigures are figures of all places of one kind.
type UnitFigures struct {
	Periods []catalog.Period
	Places  []UnitPlace
}

// UnitPlace is one place with its figures by period. Its Breaks are the steps found in them.
type UnitPlace struct {
	evidence.Unit
	Codes []string    // that it had, of which its figures are the sum
	Steps []PlaceStep // of each of its Breaks
	// NotScreened is why no gap or step could be looked for; empty where one could.
	NotScreened string
	// Divided is the day on which a part of its work came or went; zero where none did.
	Divided time.Time
}

// PlaceStep is a level that jumps, by a part of what it was; Size is 0 of one that only an analyst found. Confirmed tells that an analyst confirmed
// that something else is counted.
type PlaceStep struct {
	Size      float64
	Confirmed bool
}

// UnitTest is how a claim was tested where its scheme was, in places smaller than footprints.
type UnitTest struct {
	At      string        `json:"at"` // commissioner, provider or council
	Measure string        `json:"measure"`
	Hash    string        `json:"measure_hash"`
	Places  []TestedPlace `json:"places"`
	From    string        `json:"from,omitempty"` // the first period compared
	Until   string        `json:"until,omitempty"`
	// Followed is the time in which places were followed, and LastRead the last period that any of them is compared in: places of a group begin at
	// different times.
	Followed [2]catalog.Period `json:"-"`
	LastRead string            `json:"last_period_read,omitempty"`
	Before   int               `json:"periods_before"`
	After    int               `json:"periods_after"`
	Donors   int               `json:"donors"`
	// DonorFootprints are those that the donors of a group lie in, and Rho how two donors of one are correlated.
	DonorFootprints int             `json:"donor_footprints,omitempty"`
	Rho             evidence.Number `json:"rho"`
	LeftOut         []UnitLeftOut   `json:"left_out,omitempty"`
	// BySize tells that the error is that of places as large, from a study of many starts; otherwise it is the deviation of the donors' own effects.
	BySize bool `json:"error_by_size"`
	// Wider is by how much the limits are widened, as the study found the place, or groups like it, to have changed too often where nothing happened; 1
	// where they are not. Group is how often the test of such a group is right; nil of one place.
	Wider evidence.Number `json:"limits_widened_by"`
	Group *GroupAccuracy  `json:"group_accuracy,omitempty"`
	// Rank is that of the effect among those of the donors by its size, 1 being the largest; 0 of a group.
	Rank int `json:"rank,omitempty"`
	// Check is the plain difference-in-differences on the last year before the start, Baseline the same test with the start put back to where nothing
	// began, and Later that of all periods up to the end of the claim, where they are more than were judged.
	Check    *UnitCheck `json:"check,omitempty"`
	Baseline *UnitCheck `json:"start_put_back,omitempty"`
	Later    *UnitCheck `json:"whole_time,omitempty"`
	// Without are the effects on a small group without each of its places in turn.
	Without []WithoutPlace `json:"without_one_place,omitempty"`
	// Marks are the gaps and steps of the claim's places around its start, whether or not the periods compared go round them.
	Marks []UnitMark `json:"gaps_and_steps,omitempty"`
	// FromStart tells that the periods of the path and of the band are counted from the start of each place, as these differ: "start-1", "start+0".
	FromStart bool `json:"periods_from_start,omitempty"`
	// AtStart are steps at the start: a change of counting looks the same.
	AtStart []UnitStep `json:"steps_at_start,omitempty"`
	// Starts are the estimates of every start in the year, where no more is stated.
	Starts   *StartRange   `json:"starts_tried,omitempty"`
	Overlaps []UnitOverlap `json:"other_schemes,omitempty"`
	// DetectableInPart is the smallest change of the part that the scheme reached that would be seen in 80 of 100 cases, in per cent; over 100 no change of
	// it would be.
	DetectableInPart evidence.Number `json:"detectable_percent_of_part"`
	// Family are the measures of the same scheme that the same publication makes claims about, this one among them, and Adjusted is p for so many tests.
	Family   []string        `json:"measures_tried,omitempty"`
	Adjusted evidence.Number `json:"p_adjusted"`
	// Band are the limits within which the figures of 95 in 100 places without a scheme lie, by period.
	Band []UnitBand `json:"band,omitempty"`
}

// GroupAccuracy is what the calibration says of groups of about that many places.
type GroupAccuracy struct {
	K         int             `json:"k"` // of those tried
	Tried     int             `json:"tried"`
	Size      evidence.Number `json:"size"` // share found to have changed though nothing happened
	False     evidence.Number `json:"false_evidenced_share"`
	FalseUpTo evidence.Number `json:"false_evidenced_upper"`
}

// WithoutPlace is the effect on a group without one of its places.
type WithoutPlace struct {
	Place   string          `json:"code"`
	Percent evidence.Number `json:"percent"`
	P       evidence.Number `json:"p"`
}

// TestedPlace is one place that the scheme was in.
type TestedPlace struct {
	Name      string            `json:"code"` // that it had last in the window
	Codes     []string          `json:"codes"`
	Others    []string          `json:"other_codes,omitempty"` // that a merger brought in
	Extent    catalog.Extent    `json:"extent"`
	Share     evidence.Number   `json:"share"` // of its people that were reached
	Certainty catalog.Certainty `json:"certainty"`
	Start     string            `json:"start,omitempty"`
	Percent   evidence.Number   `json:"percent"` // its own effect in a group
	LeftOut   *Reason           `json:"left_out,omitempty"`
}

// UnitLeftOut is a place that was not compared with, and why.
type UnitLeftOut struct {
	Place   string `json:"place"`
	Because Reason `json:"because"`
}

// UnitCheck is an effect found in another way, in per cent.
type UnitCheck struct {
	Percent  evidence.Number `json:"percent"`
	Interval *[2]float64     `json:"percent_interval"`
	P        evidence.Number `json:"p"`
	From     string          `json:"start"`
	Until    string          `json:"until"`
	Because  *Reason         `json:"because,omitempty"` // why there is none
}

// UnitStep is a level that jumps in a place, by a part of what it was.
type UnitStep struct {
	Place  string          `json:"place"`
	Period string          `json:"period"`
	Size   evidence.Number `json:"percent"`
}

// UnitMark is a gap or a step of a place of the claim. Size is by how much a level jumps, 0 of a gap and of a step that only an analyst found; Quote is what
// the analyst writes who confirmed it, empty where the rule alone found it. Within tells that it lies within the periods compared.
type UnitMark struct {
	Place  string          `json:"place"`
	Period string          `json:"period"`
	Until  string          `json:"until,omitempty"` // of a gap
	Gap    bool            `json:"gap"`
	Size   evidence.Number `json:"percent"`
	Quote  string          `json:"quote,omitempty"`
	Within bool            `json:"within_the_periods_compared"`
}

// StartRange are the estimates of several starts, in per cent.
type StartRange struct {
	First  string          `json:"first"`
	Last   string          `json:"last"`
	Tried  int             `json:"tried"`
	Lowest evidence.Number `json:"lowest_percent"`
	Most   evidence.Number `json:"highest_percent"`
	Low    evidence.Number `json:"lowest_end"` // of their intervals
	High   evidence.Number `json:"highest_end"`
	Chosen string          `json:"chosen"` // the one that is shown: whose interval leaves most open
}

// UnitOverlap is a place that another scheme covered at the same time.
type UnitOverlap struct {
	Place  string `json:"place"`
	Scheme string `json:"scheme"`
}

// UnitBand are limits of a period, in the measure's unit.
type UnitBand struct {
	Period string          `json:"period"`
	Low    evidence.Number `json:"low"`
	High   evidence.Number `json:"high"`
}
