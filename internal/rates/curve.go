package rates

import (
	"errors"
	"math"
	"strconv"
)

// CurvePoint is one point of the lines of a funnel, by chance alone.
type CurvePoint struct {
	At     float64 // the population of a proportion; the events of a rate or a ratio
	Limits Band    // of the value
	// Denominators are where so many events lie on each limit: populations of
	// one year for a rate, expected events for a ratio. NaN for a proportion.
	Denominators Band
}

// curvePoints is how many points a curve has.
const curvePoints = 100

// Curve is the lines of the funnel, of a hundred points that are closer where
// the lines bend, over a tidy range of the denominators, which are of so many
// years (PHEindicatormethods 2.1.0, calculate_funnel_limits). Events lie on a
// limit where their exact Poisson interval ends at the baseline.
func (f *Funnel) Curve(years float64) ([]CurvePoint, error) {
	if !(years > 0) || math.IsInf(years, 0) {
		return nil, errors.New("years of data: more than zero is accepted")
	}
	if math.IsNaN(f.Baseline) {
		return nil, nil
	}
	lowest, highest := math.Inf(1), 0.0
	for _, u := range f.Units {
		if u.Reason.Code == "" {
			lowest, highest = min(lowest, u.Denominator), max(highest, u.Denominator)
		}
	}
	if f.Kind != CrudeRate {
		years = 1
	}
	from, to := 0.0, tidy(highest/years*1.05, 2, math.Ceil)*years
	if highest <= 2*lowest {
		from = tidy(lowest/years*0.95, 1, math.Floor) * years
	}
	baseline := f.Baseline / f.Multiplier
	if f.Kind == CrudeRate {
		from, to = math.Floor(from*baseline), math.Ceil(to*baseline)
	}
	points := make([]CurvePoint, curvePoints)
	at := max(1, from)
	for i := range points {
		if i > 0 {
			left := curvePoints - i
			if f.Kind == Ratio {
				left++
			}
			at = max(math.RoundToEven(math.Pow(to/at, 1/float64(left))*at), at+1)
		}
		points[i] = f.curvePoint(at, baseline, years)
	}
	return points, nil
}

func (f *Funnel) curvePoint(at, baseline, years float64) CurvePoint {
	if f.Kind == Proportion {
		return CurvePoint{at, proportionBand(baseline, at).times(f.Multiplier), noBand}
	}
	// So many events are low for their upper limit, and high for their lower.
	b := poissonBand(at).times(1 / baseline)
	at1, at2, at3, at4 := at/b.Upper2s, at/b.Lower2s, at/b.Upper3s, at/b.Lower3s
	return CurvePoint{at, Band{at1, at2, at3, at4}.times(f.Multiplier), Band{b.Upper2s, b.Lower2s, b.Upper3s, b.Lower3s}.times(1 / years)}
}

// tidy rounds to so many significant digits of the whole number.
func tidy(x float64, digits int, round func(float64) float64) float64 {
	whole := strconv.FormatFloat(round(x), 'f', 0, 64)
	unit := math.Pow10(len(whole) - digits)
	return round(x/unit) * unit
}
