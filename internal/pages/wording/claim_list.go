package wording

import (
	"fmt"

	"stpdash/internal/claim"
	"stpdash/internal/evidence"
)

// ClaimRequirement says what claims lack of which nothing could be estimated.
type ClaimRequirement struct{ Title, Why string }

// Requirements say what it would take, by what is missing.
var Requirements = map[claim.Requirement]ClaimRequirement{
	claim.RequiresLoading:  {"The rest of the figures", "They are being loaded; the claims are tested after that."},
	claim.RequiresBefore:   {"Figures from before the scheme began", "At least 12 months are needed to compare with."},
	claim.RequiresAfter:    {"Figures from after the scheme began", "The figures end too soon after the start."},
	claim.RequiresDates:    {"Dates from the publisher", "When the scheme began, or when the plan was due."},
	claim.RequiresPlanYear: {"Figures for the year the plan was for", "The figures end before it."},
	claim.RequiresWhole:    {"Figures without gaps", "The figure of a trust or commissioner is missing in a month that the comparison needs."},
	claim.RequiresOneCount: {"Figures counted one way throughout", "Organisations merged, joined or left, or something else was counted."},
	claim.RequiresSize:     {"One size, or the plan, from the publisher", "The publication states no size, several, or not what it is compared with."},
	claim.RequiresPart:     {"Figures for the part of the place that it reached", "The published figures cover the whole place."},
	claim.RequiresPlaces:   {"Places to compare with", "Too few places of the same kind had no scheme and figures throughout."},
	claim.RequiresQuiet:    {"A year that no known event changed", "The year of the plan was changed by an event such as the pandemic."},
	claim.RequiresMeasure:  {"A measure that a claim can be tested with", "Its figures are worked out from others, or of days."},
}

// CanSee says how large a change has to be so that figures show it.
func CanSee(detectable evidence.Number) string {
	return "Can see " + PercentOf(detectable) + " or more"
}

// InYear says of which year the change is that a plan not due is compared with; empty where it is not worked out.
func InYear(o *claim.Outturn) string {
	if o.Year == "" {
		return ""
	}
	return fmt.Sprintf(" by %s", o.Year)
}
