package rates

import (
	"fmt"
	"math"
	"slices"
)

// Kind is what a funnel plot compares.
type Kind string

// The kinds: a proportion of a denominator, a count per population against the
// rate of all, and an observed count against an expected one.
const (
	Proportion Kind = "proportion"
	CrudeRate  Kind = "rate"
	Ratio      Kind = "ratio"
)

// ParseKind reads proportion, rate or ratio.
func ParseKind(text string) (Kind, error) {
	if kind := Kind(text); slices.Contains([]Kind{Proportion, CrudeRate, Ratio}, kind) {
		return kind, nil
	}
	return "", fmt.Errorf("kind %q: proportion, rate or ratio is accepted", text)
}

// Multiplier is that by which values of a kind are usually stated: per cent, per 100,000, as they are.
func (k Kind) Multiplier() float64 {
	return map[Kind]float64{Proportion: 100, CrudeRate: 100_000, Ratio: 1}[k]
}

// Dispersion is how over-dispersion is found where counts are compared.
// Proportions have one way only: their arcsine, winsorised.
type Dispersion string

// The ways: NHS Digital's for the Summary Hospital-level Mortality Indicator
// (logarithm, a tenth truncated at each end) and the Care Quality Commission's
// (square root, a tenth winsorised at each end).
const (
	SHMI Dispersion = "shmi"
	CQC  Dispersion = "cqc"
)

// ParseDispersion reads shmi or cqc.
func ParseDispersion(text string) (Dispersion, error) {
	if d := Dispersion(text); d == SHMI || d == CQC {
		return d, nil
	}
	return "", fmt.Errorf("dispersion %q: shmi or cqc is accepted", text)
}

// Unit is one organisation. What is not known is NaN.
type Unit struct {
	Numerator, Denominator float64
}

// Band is two pairs of control limits, with 0.025 and 0.001 of chance beyond each.
type Band struct {
	Lower2s, Upper2s, Lower3s, Upper3s float64
}

func (b Band) times(factor float64) Band {
	return Band{b.Lower2s * factor, b.Upper2s * factor, b.Lower3s * factor, b.Upper3s * factor}
}

var noBand = Band{math.NaN(), math.NaN(), math.NaN(), math.NaN()}

// The confidence whose interval leaves 0.025 and 0.001 beyond each limit.
const (
	confidence2s = 0.95
	confidence3s = 0.998
)

// Significance is where a unit lies in the funnel.
type Significance string

// The places, in the words of PHEindicatormethods.
const (
	NotJudged      Significance = ""
	High3s         Significance = "High (0.001)"
	High2s         Significance = "High (0.025)"
	Low3s          Significance = "Low (0.001)"
	Low2s          Significance = "Low (0.025)"
	NotSignificant Significance = "Not significant"
	TooFewEvents   Significance = "Not applicable for events less than 10 for dsrs"
)

// place tells where a value lies in a band.
func place(value float64, b Band) Significance {
	switch {
	case math.IsNaN(value) || math.IsNaN(b.Upper2s):
		return NotJudged
	case value < b.Lower3s:
		return Low3s
	case value < b.Lower2s:
		return Low2s
	case value > b.Upper3s:
		return High3s
	case value > b.Upper2s:
		return High2s
	}
	return NotSignificant
}

// FunnelSettings are what a funnel needs besides its units.
type FunnelSettings struct {
	Kind         Kind
	Multiplier   float64    // of values and limits; 0: the kind's own
	Dispersion   Dispersion // empty: SHMI
	Standardised bool       // the denominators come from directly standardised rates: units under FewEvents are not judged
}

// FunnelUnit is a unit in its funnel. Values that do not exist are NaN.
type FunnelUnit struct {
	Unit
	Value        float64      // numerator by denominator, times the multiplier
	Limits       Band         // at its denominator, by chance alone
	Significance Significance // by chance alone: whether the interval of its own count holds the baseline
	Z            float64      // standard errors from the baseline, transformed; -Inf for the logarithm of no events
	Adjusted     Band         // at its denominator, with over-dispersion; NaN when there is none
	AdjustedFor  Significance // in the adjusted limits
	Reason       Reason       // why the unit is left out
}

// Verdict is where the unit lies in the limits that hold for it, which are the
// adjusted ones where the units differ by more than chance.
func (u FunnelUnit) Verdict() (Band, Significance) {
	if u.AdjustedFor != NotJudged {
		return u.Adjusted, u.AdjustedFor
	}
	return u.Limits, u.Significance
}

// Funnel is units against the baseline of all of them.
type Funnel struct {
	Kind       Kind
	Multiplier float64
	Baseline   float64 // times the multiplier; 1 times it for a ratio
	Units      []FunnelUnit
	Compared   int     // units that are not left out
	Phi        float64 // mean of z²: over 1 when units differ by more than chance
	Tau2       float64 // variance between units, on the transformed scale
	Dispersed  int     // z-scores that phi rests on
	Reason     Reason  // why there is no baseline, or no phi
}

// NewFunnel compares units with all of them (Spiegelhalter 2005, Funnel plots
// for comparing institutional performance, Statistics in Medicine 24,
// 1185-1202). The limits of a proportion p are p ± z √(p(1-p)/n), where Wilson's
// interval of a unit touches p; those of a count are the exact Poisson interval
// of the expected one. Over-dispersion is that of Spiegelhalter and colleagues
// (2012, Journal of the Royal Statistical Society A 175, 1-47), with the
// variance between units of DerSimonian and Laird (1986), as the program
// FunnelPlotR has it. A unit whose figures cannot be compared is left out with
// its reason; the errors are those of the settings.
func NewFunnel(units []Unit, s FunnelSettings) (*Funnel, error) {
	if _, err := ParseKind(string(s.Kind)); err != nil {
		return nil, err
	}
	if s.Dispersion == "" {
		s.Dispersion = SHMI
	}
	if _, err := ParseDispersion(string(s.Dispersion)); err != nil {
		return nil, err
	}
	if s.Multiplier == 0 {
		s.Multiplier = s.Kind.Multiplier()
	}
	if !(s.Multiplier > 0) || math.IsInf(s.Multiplier, 0) {
		return nil, fmt.Errorf("multiplier %v: more than zero is accepted", s.Multiplier)
	}
	f := &Funnel{Kind: s.Kind, Multiplier: s.Multiplier, Baseline: math.NaN(), Phi: math.NaN(), Tau2: math.NaN()}
	var numerators, denominators float64
	for _, u := range units {
		unit := FunnelUnit{Unit: u, Value: math.NaN(), Limits: noBand, Adjusted: noBand, Z: math.NaN()}
		if unit.Reason = s.comparable(u); unit.Reason.Code == "" {
			f.Compared++
			numerators += u.Numerator
			denominators += u.Denominator
			unit.Value = u.Numerator / u.Denominator * s.Multiplier
		}
		if s.Standardised && u.Numerator < FewEvents {
			unit.Significance = TooFewEvents
		}
		f.Units = append(f.Units, unit)
	}
	baseline := numerators / denominators
	switch {
	case f.Compared == 0:
		f.Reason.Code = NoUnits
		return f, nil
	case s.Kind == Ratio:
		baseline = 1
	case baseline == 0:
		f.Reason.Code = NoEvents
		return f, nil
	}
	f.Baseline = baseline * s.Multiplier
	for i := range f.Units {
		if u := &f.Units[i]; u.Reason.Code == "" {
			if err := f.judge(u, baseline); err != nil {
				return nil, err
			}
		}
	}
	f.disperse(newTransform(s, baseline))
	return f, nil
}

func (s FunnelSettings) comparable(u Unit) Reason {
	switch {
	case math.IsNaN(u.Numerator):
		return Reason{Code: NumeratorMissing}
	case math.IsNaN(u.Denominator):
		return Reason{Code: DenominatorMissing}
	case u.Numerator < 0 || math.IsInf(u.Numerator, 0):
		return Reason{Code: NumeratorRefused, Value: u.Numerator}
	case !(u.Denominator > 0) || math.IsInf(u.Denominator, 0):
		return Reason{Code: DenominatorRefused, Value: u.Denominator}
	case math.IsInf(u.Numerator/u.Denominator*s.Multiplier, 0):
		return Reason{Code: TooLarge}
	case s.Kind == Proportion && u.Numerator > u.Denominator:
		return Reason{MoreThanAll, u.Numerator, u.Denominator}
	}
	return Reason{}
}

// judge sets a unit's limits by chance alone, and where it lies.
func (f *Funnel) judge(u *FunnelUnit, baseline float64) error {
	if f.Kind == Proportion {
		u.Limits = proportionBand(baseline, u.Denominator).times(f.Multiplier)
		u.Significance = place(u.Value, u.Limits)
		return nil
	}
	expected := baseline * u.Denominator
	u.Limits = poissonBand(expected).times(f.Baseline / expected)
	if u.Significance == TooFewEvents {
		return nil
	}
	within, err := Count(u.Numerator, confidence2s)
	if err != nil {
		return err
	}
	without, err := Count(u.Numerator, confidence3s)
	if err != nil {
		return err
	}
	// A count is high where what is expected lies below its interval.
	u.Significance = opposite[place(expected, Band{within.Lower, within.Upper, without.Lower, without.Upper})]
	return nil
}

var opposite = map[Significance]Significance{High3s: Low3s, High2s: Low2s, Low2s: High2s, Low3s: High3s, NotSignificant: NotSignificant}

func proportionBand(p, denominator float64) Band {
	band := func(confidence float64) (lower, upper float64) {
		half := quantile(confidence) * math.Sqrt(p*(1-p)/denominator)
		return max(0, p-half), min(1, p+half)
	}
	var b Band
	b.Lower2s, b.Upper2s = band(confidence2s)
	b.Lower3s, b.Upper3s = band(confidence3s)
	return b
}

// poissonBand is the exact intervals of a count.
func poissonBand(count float64) Band {
	two, three := exact(count, (1-confidence2s)/2), exact(count, (1-confidence3s)/2)
	return Band{two.Lower, two.Upper, three.Lower, three.Upper}
}
