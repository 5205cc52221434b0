package spc

// ReasonCode names a reason for which a chart has no limits, or for which they have no width.
type ReasonCode string

// The reasons. Of the first five there are no limits; of the others they have no width, or the chart is none of these figures.
const (
	AllMissing       ReasonCode = "all_missing"       // every figure
	NoNeighbours     ReasonCode = "no_neighbours"     // no two figures follow each other, so there is no moving range
	TooLarge         ReasonCode = "too_large"         // to add up
	TooFewGaps       ReasonCode = "too_few_gaps"      // between events
	NotGaps          ReasonCode = "not_gaps"          // a figure is no number of 0 or more
	AllEqual         ReasonCode = "all_equal"         // neighbouring figures
	GapsEqual        ReasonCode = "gaps_equal"        // what lies between events is
	AllEqualButOne   ReasonCode = "all_equal_but_one" // neighbouring figures are equal but for one leap
	SmallCounts      ReasonCode = "small_counts"      // half or more of the figures are small counts
	FewCounted       ReasonCode = "few_counted"       // half or more of the figures are shares of which few are counted
	FewNotCounted    ReasonCode = "few_not_counted"   // half or more of the figures are shares of which all but few are counted
	OverlappingSpans ReasonCode = "overlapping_spans" // neighbouring figures share periods
)

// Reason is why a chart has no limits, or why they have no width, with the numbers that tell it; without a Code there is none.
type Reason struct {
	Code ReasonCode
	// Have and Need are how many stretches between events there are and how many it takes, of [TooFewGaps]; of [SmallCounts], [FewCounted]
	// and [FewNotCounted] Need is the count under which a figure is small.
	Have, Need int
	// Position, counted from 1, and Value are those of the first figure that is none, of [NotGaps].
	Position int
	Value    float64
}
