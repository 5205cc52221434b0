package evidence

import (
	"cmp"
	"math"
	"slices"
)

// power is the share of true effects that a detectable one would be found in.
const power = 0.8

// minimumDetectable is the smallest effect that would be found at 5 per cent, two-sided, with a power of 80 per cent: the sum of the two
// quantiles times the standard error (Bloom 1995, Evaluation Review 19:547).
func minimumDetectable(se, df float64) float64 {
	return (quantile(1-(1-confidence)/2, df) + quantile(power, df)) * se
}

// Detectable are the smallest constant effects of each sign that the placebo test would find at 5 per cent in 80 per cent of units,
// the units being the placebos.
type Detectable struct {
	Decrease Number `json:"decrease"`
	Increase Number `json:"increase"`
	Reason   Note   `json:"reason_facts,omitzero"`
}

// Detectable adds an effect d to each placebo in turn and asks how large it must be for the test that gave the p-value to reject. By the
// ratio of squared gaps, a placebo with the mean gap m and the variance v of gaps after the start, and the mean squared gap s before it,
// is found when ((m+d)^2 + v) / s exceeds the k-th largest ratio of the others, k being 5 per cent of the placebos rounded down; by the
// size of the effect, when |m+d| exceeds their k-th largest effect. One found with the sign of d reversed is not counted as found.
func (s *Synthetic) Detectable() Detectable {
	d := Detectable{Decrease: missing, Increase: missing}
	if s.Placebos == nil {
		if d.Reason = (Note{Code: NoPlacebosYet}); s.NoEstimate.Code != "" {
			d.Reason = s.NoEstimate
		}
		return d
	}
	placebos := slices.DeleteFunc(slices.Clone(s.Placebos.Units), func(p Placebo) bool { return p.Treated })
	k := int((1 - confidence) * float64(len(placebos)) * (1 + rounding))
	if k < 1 {
		d.Reason = Note{Code: TooFewPlacebos, Have: len(placebos), Need: minPlacebos + 1}
		return d
	}
	statistic := func(p Placebo) float64 {
		if s.levelled {
			return math.Abs(float64(p.Estimate))
		}
		return float64(p.PostMSPE) / float64(p.PreMSPE)
	}
	var decreases, increases []float64
	for i, p := range placebos {
		others := slices.Delete(slices.Clone(placebos), i, i+1)
		slices.SortFunc(others, func(a, b Placebo) int { return cmp.Compare(statistic(b), statistic(a)) })
		mean, needed := float64(p.Estimate), statistic(others[k-1])
		if !s.levelled {
			variance := float64(p.PostMSPE) - mean*mean
			needed = math.Sqrt(max(0, needed*float64(p.PreMSPE)-variance))
		}
		decreases, increases = append(decreases, max(0, needed+mean)), append(increases, max(0, needed-mean))
	}
	enough := int(math.Ceil(power*float64(len(placebos)))) - 1
	slices.Sort(decreases)
	slices.Sort(increases)
	d.Decrease, d.Increase = Number(-decreases[enough]), Number(increases[enough])
	return d
}
