package wording

import (
	"fmt"
	"math"

	"stpdash/internal/measure"
	"stpdash/internal/spc"
)

// Cause says what a figure signals.
func Cause(c spc.Cause) string {
	switch c {
	case spc.Common:
		return "normal variation"
	case spc.AboveLimit:
		return "above the upper limit"
	case spc.BelowLimit:
		return "below the lower limit"
	case spc.Rising:
		return "7 figures rising"
	case spc.Falling:
		return "7 figures falling"
	case spc.NearAbove:
		return "2 of 3 near the upper limit"
	case spc.NearBelow:
		return "2 of 3 near the lower limit"
	case spc.RunAbove:
		return "7 figures above the mean"
	case spc.RunBelow:
		return "7 figures below the mean"
	}
	return ""
}

// Variation says in a sentence what an icon of variation shows.
func Variation(v spc.Variation) string {
	switch v {
	case spc.CommonVariation:
		return "No significant change: the latest figure is within normal variation (common cause), the ups and downs that a measure always has."
	case spc.ImprovementHigh:
		return "Unusual change for the better (special cause): figures are significantly higher."
	case spc.ImprovementLow:
		return "Unusual change for the better (special cause): figures are significantly lower."
	case spc.ConcernHigh:
		return "Unusual change of concern (special cause): figures are significantly higher."
	case spc.ConcernLow:
		return "Unusual change of concern (special cause): figures are significantly lower."
	case spc.NeutralVariationHigh:
		return "Unusual change, neither good nor bad in itself (special cause): figures are significantly higher."
	case spc.NeutralVariationLow:
		return "Unusual change, neither good nor bad in itself (special cause): figures are significantly lower."
	}
	return "Whether the latest figure is a significant change is not known."
}

// Assurance says in a sentence what an icon of assurance shows.
func Assurance(a spc.Assurance) string {
	switch a {
	case spc.ConsistentPass:
		return "Consistently passing the target: nearly every figure will meet it, unless something changes. The process limits lie wholly on its good side."
	case spc.ConsistentFail:
		return "Consistently falling short of the target: nearly every figure will miss it, unless something changes. The process limits lie wholly on its bad side."
	case spc.Inconsistent:
		return "Inconsistently passing and falling short of the target: it lies within the process limits, so some figures meet it and others do not, although nothing has changed."
	}
	return "Not judged: that needs a target, a direction of improvement and process limits."
}

// Limits says in a clause why a chart has no limits, or why they have no width; empty where they have.
func Limits(r measure.LimitsReason) string {
	said := ChartLimits(r.Reason)
	switch r.Code {
	case spc.SmallCounts, spc.FewCounted, spc.FewNotCounted:
		return said + "; " + gaps(r.Gaps)
	}
	return said
}

// ChartLimits says in a clause why a chart of process control has no limits, or why they have no width; empty where they have.
func ChartLimits(r spc.Reason) string {
	switch r.Code {
	case spc.AllMissing:
		return "every figure is missing"
	case spc.NoNeighbours:
		return "no two figures follow each other, so there is no moving range to set limits by"
	case spc.TooLarge:
		return "the figures are too large to add up"
	case spc.AllEqual:
		return "neighbouring figures are all equal, so the limits have no width"
	case spc.AllEqualButOne:
		return "neighbouring figures are all equal but for one leap, so the limits have no width"
	case spc.OverlappingSpans:
		return "neighbouring figures share months, so there are no process limits for them"
	case spc.SmallCounts:
		return fmt.Sprintf("half or more of the figures are under %d, and in such small counts one case more or less is no sign of a change", r.Need)
	case spc.FewCounted:
		return fmt.Sprintf("in half or more of the periods fewer than %d cases are counted, and of so few one more or less is no sign of a change", r.Need)
	case spc.FewNotCounted:
		return fmt.Sprintf("in half or more of the periods fewer than %d cases are not counted, and of so few one more or less is no sign of a change", r.Need)
	case spc.TooFewGaps:
		if r.Have == 1 {
			return fmt.Sprintf("there is 1 stretch between events, and it takes %d", r.Need)
		}
		return fmt.Sprintf("there are %d stretches between events, and it takes %d", r.Have, r.Need)
	case spc.NotGaps:
		return fmt.Sprintf("figure %d is %v; what lies between events is a number of 0 or more", r.Position, r.Value)
	case spc.GapsEqual:
		return "the stretches between events are all equal, so the limits have no width"
	}
	return ""
}

// gaps says what the time between periods with cases shows.
func gaps(g measure.Gaps) string {
	period := g.Grain.Words()
	switch {
	case g.Crowded:
		return fmt.Sprintf("more than half of the %ss have cases, too many for a chart of the time between cases", period)
	case g.Reason.Code != "":
		return fmt.Sprintf("a chart of the %ss between cases has no limits either: %s", period, ChartLimits(g.Reason))
	case g.Long:
		return fmt.Sprintf("one long stretch without a case does not settle it (g chart: usually %.1f %ss, up to %.0f)", g.Mean, period, math.Floor(g.UPL))
	}
	return fmt.Sprintf(
		"a g chart sees only how far apart %ss with cases lie (usually %.1f without one, up to %.0f), not how many cases they have",
		period,
		g.Mean,
		math.Floor(g.UPL),
	)
}

// rise says what the latest of mostly small counts is by the rule that tells it to be high; empty where none does.
func rise(r measure.Rise) string {
	switch r.Cause {
	case spc.AboveLimit:
		return fmt.Sprintf("one of the last %d figures, of which %d lie above all %d before; the highest of those is %.0f", r.Latest, r.Above, r.Before, r.Highest)
	case spc.RunAbove:
		return fmt.Sprintf("one of %d figures in a row of %d or more, where half or more of all are under %d", r.Latest, measure.FewCases, measure.FewCases)
	}
	return ""
}
