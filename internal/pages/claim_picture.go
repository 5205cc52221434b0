package pages

import (
	"fmt"
	"math"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/pages/wording"
)

// IntervalPicture draws the estimate of a claim with its interval, no change, the claim, and how large a change has to be to be seen, in per cent
// of the figures of the places: 460 by 130.
type IntervalPicture struct {
	Label                 string
	Zero                  string
	Claim, ClaimText      string // empty where no size is claimed, or where it is not stated in per cent
	Low, High             string // empty without an interval
	LowText, HighText     string
	Dot, DotText          string
	From, Width           string // of what is smaller than these figures can show; empty where that is not known
	Small                 string // says so
	Left, LeftEnd         string // ticks of the axis, with their words
	Right, RightEnd       string
	ClaimEnd, LowIsNearer bool // where words have room
}

const intervalMiddle, intervalReach = 230.0, 200.0

// intervalPicture is empty where nothing was estimated.
func intervalPicture(r *claim.Result) IntervalPicture {
	e := r.Effect
	if e == nil || e.Percent.Missing() {
		return IntervalPicture{}
	}
	towards := evidence.Number(1)
	if r.Claimed.Towards == catalog.Decrease {
		towards = -1
	}
	claimed := towards * r.Claimed.Percent
	reach := math.Abs(float64(e.Percent))
	widen := func(v float64) {
		if !math.IsNaN(v) {
			reach = max(reach, math.Abs(v))
		}
	}
	widen(float64(claimed))
	widen(float64(e.Detectable))
	if e.PercentInterval != nil {
		widen(e.PercentInterval[0])
		widen(e.PercentInterval[1])
	}
	reach = max(reach*1.05, 1)
	at := func(v float64) string { return fmt.Sprintf("%.1f", intervalMiddle+intervalReach*v/reach) }
	p := IntervalPicture{Zero: fmt.Sprint(intervalMiddle), Dot: at(float64(e.Percent)), DotText: "Seen " + wording.SignedPercent(e.Percent)}
	p.Label = p.DotText
	if i := e.PercentInterval; i != nil {
		p.Low, p.High = at(i[0]), at(i[1])
		p.LowText, p.HighText = wording.SignedPercent(evidence.Number(i[0])), wording.SignedPercent(evidence.Number(i[1]))
		p.Label += fmt.Sprintf(", 95%% interval %s to %s", p.LowText, p.HighText)
	}
	if !claimed.Missing() {
		p.Claim, p.ClaimText, p.ClaimEnd = at(float64(claimed)), "Claimed "+wording.SignedPercent(claimed), claimed > 0
		p.Label += "; " + p.ClaimText
	}
	if d := math.Abs(float64(e.Detectable)); !math.IsNaN(d) {
		p.From, p.Width = at(-d), fmt.Sprintf("%.1f", 2*intervalReach*d/reach)
		p.Small = fmt.Sprintf("Grey: under %s, too small for these figures to show", wording.PercentOf(evidence.Number(d)))
	}
	step := tick(reach)
	p.Left, p.Right = at(-step), at(step)
	p.LeftEnd, p.RightEnd = wording.SignedPercent(evidence.Number(-step)), wording.SignedPercent(evidence.Number(step))
	return p
}

// tick is the largest round number that a scale holds.
func tick(reach float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(reach)))
	for _, of := range []float64{5, 2, 1} {
		if of*power <= reach {
			return of * power
		}
	}
	return power
}
