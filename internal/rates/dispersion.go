package rates

import (
	"cmp"
	"math"
	"slices"
)

// trimmed is the share of the z-scores that is truncated or winsorised at each end.
const trimmed = 0.1

// transform is a scale on which the variance of a unit depends on its size alone.
type transform struct {
	of       func(Unit) float64
	back     func(float64) float64
	target   float64 // of the baseline
	variance func(denominator float64) float64
	expected float64 // by one of the denominator
	value    float64 // of what back gives, as the funnel states it
	truncate bool    // rather than winsorise
}

// newTransform chooses the transform of a funnel (Spiegelhalter and colleagues 2012, section 4.2).
func newTransform(s FunnelSettings, baseline float64) transform {
	switch {
	case s.Kind == Proportion:
		return transform{
			of:       func(u Unit) float64 { return math.Asin(math.Sqrt(u.Numerator / u.Denominator)) },
			back:     func(y float64) float64 { return math.Pow(math.Sin(min(max(y, 0), math.Pi/2)), 2) },
			target:   math.Asin(math.Sqrt(baseline)),
			variance: func(n float64) float64 { return 1 / (4 * n) },
			expected: 1, value: s.Multiplier,
		}
	case s.Dispersion == CQC:
		return transform{
			of:       func(u Unit) float64 { return math.Sqrt(u.Numerator / (baseline * u.Denominator)) },
			back:     func(y float64) float64 { return math.Pow(max(y, 0), 2) },
			target:   1,
			variance: func(expected float64) float64 { return 1 / (4 * expected) },
			expected: baseline, value: baseline * s.Multiplier,
		}
	}
	return transform{
		of:       func(u Unit) float64 { return math.Log(u.Numerator / (baseline * u.Denominator)) },
		back:     math.Exp,
		target:   0,
		variance: func(expected float64) float64 { return 1 / expected },
		expected: baseline, value: baseline * s.Multiplier, truncate: true,
	}
}

// disperse finds how much more than by chance the units differ, and widens their limits by it.
func (f *Funnel) disperse(t transform) {
	var z, variances []float64
	for i := range f.Units {
		if u := &f.Units[i]; u.Reason.Code == "" {
			v := t.variance(t.expected * u.Denominator)
			u.Z = (t.of(u.Unit) - t.target) / math.Sqrt(v)
			z, variances = append(z, u.Z), append(variances, v)
		}
	}
	if t.truncate {
		z, variances = truncate(z, variances)
	} else {
		z = winsorise(z)
	}
	f.Dispersed = len(z)
	if len(z) < 2 {
		f.Reason.Code = TooFewUnits
		return
	}
	if slices.ContainsFunc(z, func(z float64) bool { return math.IsInf(z, 0) }) {
		f.Reason.Code = NoLogarithm
		return
	}
	f.Phi, f.Tau2 = dispersion(z, variances)
	if f.Tau2 == 0 {
		return
	}
	for i := range f.Units {
		u := &f.Units[i]
		if u.Reason.Code != "" {
			continue
		}
		limits := func(confidence float64) (lower, upper float64) {
			half := quantile(confidence) * math.Sqrt(t.variance(t.expected*u.Denominator)+f.Tau2)
			return t.back(t.target-half) * t.value, t.back(t.target+half) * t.value
		}
		u.Adjusted.Lower2s, u.Adjusted.Upper2s = limits(confidence2s)
		u.Adjusted.Lower3s, u.Adjusted.Upper3s = limits(confidence3s)
		if u.AdjustedFor = place(u.Value, u.Adjusted); u.Significance == TooFewEvents {
			u.AdjustedFor = TooFewEvents
		}
	}
}

// dispersion is phi, the mean of z², and the variance between units, with w = 1/variance of each:
//
//	τ² = max(0, (nφ - (n-1)) / (Σw - Σw²/Σw))
func dispersion(z, variances []float64) (phi, tau2 float64) {
	var squares, w, w2 float64
	for i := range z {
		squares += z[i] * z[i]
		w += 1 / variances[i]
		w2 += 1 / (variances[i] * variances[i])
	}
	n := float64(len(z))
	return squares / n, max(0, (squares-(n-1))/(w-w2/w))
}

// truncate leaves out the z-scores of the first and last tenth by rank, equal ones sharing their mean rank.
func truncate(z, variances []float64) (keptZ, keptVariances []float64) {
	const groups = 1 / trimmed
	sorted := slices.Sorted(slices.Values(z))
	for i := range z {
		first, _ := slices.BinarySearch(sorted, z[i])
		after, _ := slices.BinarySearchFunc(sorted, z[i], func(a, b float64) int { return cmp.Or(cmp.Compare(a, b), -1) })
		rank := float64(first+1+after) / 2
		if group := math.Floor(rank * groups / float64(len(z)+1)); group > 0 && group < groups-1 {
			keptZ, keptVariances = append(keptZ, z[i]), append(keptVariances, variances[i])
		}
	}
	return keptZ, keptVariances
}

// winsorise draws the z-scores beyond the tenth at each end in to it.
func winsorise(z []float64) []float64 {
	if len(z) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(z))
	// Hyndman and Fan 1996, definition 7.
	at := func(share float64) float64 {
		h := share * float64(len(sorted)-1)
		low := int(h)
		high := min(low+1, len(sorted)-1)
		return sorted[low] + (h-float64(low))*(sorted[high]-sorted[low])
	}
	low, high := at(trimmed), at(1-trimmed)
	drawn := make([]float64, len(z))
	for i := range z {
		drawn[i] = min(max(z[i], low), high)
	}
	return drawn
}
