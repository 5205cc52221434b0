package claim

import (
	"math"

	"stpdash/internal/evidence"
)

// unitComplete tells whether the figures of small places count the same throughout.
func (t checker) unitComplete() (Outcome, CheckFinding, evidence.Number) {
	u := t.Unit
	switch {
	case t.Effect == nil:
		return CannotTell, CheckFinding{Code: NoPeriodsCompared}, unknown
	case len(u.AtStart) > 0:
		s := u.AtStart[0]
		return CannotTell, found(because(LooksLikeCounting, Facts{Organisation: s.Place, Period: s.Period, Value: &s.Size})), unknown
	}
	n := u.Before + u.After
	return Passed, CheckFinding{Code: AllPeriods, Have: n, Facts: Facts{Period: u.From, Until: u.Until}}, evidence.Number(n)
}

// putBack tells whether the same test finds nothing where nothing began.
func (t checker) putBack() (Outcome, CheckFinding, evidence.Number) {
	switch b := t.Unit.Baseline; {
	case t.Effect == nil:
		return CannotTell, notEstimated, unknown
	case b == nil || b.P.Missing():
		return CannotTell, CheckFinding{Code: PutBackUntried}, unknown
	case b.P <= Significance:
		return Failed, CheckFinding{Code: EarlierChange, Facts: Facts{Value: &b.Percent, Period: b.From}}, b.Percent
	default:
		return Passed, CheckFinding{Code: PutBackWithin, Facts: Facts{Value: &b.Percent, Period: b.From}}, b.Percent
	}
}

// fitsTimes is how many times as far from its comparison a place may lie before the start as the places without a scheme do.
const fitsTimes = 2

// unitFits tells whether a place follows its comparison before the start as closely as others do. A group has no one path: that the test finds nothing
// in it where nothing began says as much.
func (t checker) unitFits() (Outcome, CheckFinding, evidence.Number) {
	r := t.relative
	switch {
	case t.Effect == nil:
		return CannotTell, notEstimated, unknown
	case r == nil:
		return t.putBack()
	}
	var gaps, chance, mean float64
	for _, p := range r.Path[:r.Before] {
		mean += float64(p.Gap) / float64(r.Before)
	}
	for _, p := range r.Path[:r.Before] {
		gaps, chance = gaps+math.Pow(float64(p.Gap)-mean, 2), chance+math.Pow(float64(p.Chance), 2)
	}
	gap := evidence.Number(100 * math.Sqrt(gaps/float64(r.Before)))
	if gaps <= fitsTimes*fitsTimes*chance {
		return Passed, CheckFinding{Code: FitAsOthers, Facts: Facts{Value: &gap}}, gap
	}
	return CannotTell, CheckFinding{Code: GapBefore, Facts: Facts{Value: &gap}}, gap
}

// checkAgrees tells whether the plain difference-in-differences on the last year before the start has the same direction.
func (t checker) checkAgrees() (Outcome, CheckFinding, evidence.Number) {
	c := t.Unit.Check
	if float64(c.Percent)*float64(t.Effect.Percent) < 0 {
		return Failed, CheckFinding{Code: CheckOther, Facts: Facts{Value: &c.Percent}}, c.Percent
	}
	for _, w := range t.Unit.Without {
		if t.Effect.P <= Significance && !(w.P <= Significance && w.Percent*t.Effect.Percent > 0) {
			return Failed, CheckFinding{Code: OnePlaceDecides, Facts: Facts{Organisation: w.Place, Value: &w.Percent, P: &w.P}}, w.Percent
		}
	}
	return Passed, CheckFinding{Code: CheckSame, Facts: Facts{Value: &c.Percent}}, c.Percent
}

// unitLasts tells whether a change is there in all of the claim's time.
func (t checker) unitLasts(years float64) (Outcome, CheckFinding, evidence.Number) {
	shown := func(code FindingCode) CheckFinding {
		return CheckFinding{Code: code, Facts: Facts{Value: exactly(evidence.Number(years))}}
	}
	l := t.Unit.Later
	switch {
	case l != nil && !l.Percent.Missing() && float64(l.Percent)*float64(t.Effect.Percent) <= 0:
		return Failed, shown(LaterHalfGone), evidence.Number(years)
	case years < 1:
		return Failed, shown(UnderAYear), evidence.Number(years)
	}
	return CannotTell, shown(TooFewYears), evidence.Number(years)
}
