// Package evidence estimates what a scheme changed, from published series: the designs that evaluations of health services use, with
// their standard errors, their placebo tests and what they could not compute. It is mathematics alone: no files, no clock, no logging,
// and the same answer for the same input.
//
// Outcomes are float64 and NaN where a figure is missing; a missing figure is never taken for zero. An input that a design cannot
// answer for is refused with an error that says why; a figure that cannot be computed beside others that can is a missing [Number]
// with its reason.
package evidence

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// confidence is the coverage of every interval.
const confidence = 0.95

// Number is a computed figure, NaN where it could not be computed. In JSON that is null, as is an infinite one.
type Number float64

// missing is the Number that could not be computed.
var missing = Number(math.NaN())

// Missing tells that the figure could not be computed.
func (n Number) Missing() bool { return math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) }

// NotKnown is what a missing number is in words.
const NotKnown = "not known"

// Format writes the number as a float64 is written, and a missing one in words, so that no text ever says NaN.
func (n Number) Format(f fmt.State, verb rune) {
	if n.Missing() {
		_, _ = io.WriteString(f, NotKnown)
		return
	}
	fmt.Fprintf(f, fmt.FormatString(f, verb), float64(n))
}

// MarshalJSON writes a number, or null for a missing one.
func (n Number) MarshalJSON() ([]byte, error) {
	if n.Missing() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (n *Number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*n = missing
		return nil
	}
	return json.Unmarshal(text, (*float64)(n))
}

// Estimate is an effect with its uncertainty, in the unit of the outcome unless said otherwise.
type Estimate struct {
	Value Number `json:"estimate"`
	// SE is the standard error and SEKind tells which of the many.
	SE     Number    `json:"se"`
	SEKind ErrorKind `json:"se_kind,omitzero"`
	// DF is the degrees of freedom of the t distribution behind P, missing where it is the normal one.
	DF Number `json:"df"`
	// Interval is the lower and the upper end of the 95 per cent interval, nil where there is none.
	Interval *[2]float64 `json:"interval"`
	// P is the two-sided p-value of no effect.
	P Number `json:"p"`
	// IntervalBy is the error behind Interval, P and MDE where it is not SE.
	IntervalBy *IntervalError `json:"interval_error,omitempty"`
	// MDE is the smallest effect that would be found at 5 per cent with a power of 80 per cent.
	MDE Number `json:"mde"`
	// Reason says why a figure above is missing.
	Reason Note `json:"reason_facts,omitzero"`
}

// newEstimate is an estimate whose error is t distributed with df degrees of freedom, or normal where df is infinite.
func newEstimate(value, se, df float64, kind ErrorKind) Estimate {
	e := Estimate{Value: Number(value), SE: Number(se), SEKind: kind, DF: Number(df), P: missing, MDE: missing}
	if !(se > 0) || math.IsInf(se, 0) {
		e.SE, e.DF = missing, missing
		e.Reason = Note{Code: NoVariation}
		return e
	}
	if !(df > 0) {
		e.Reason = Note{Code: NoDegreesOfFreedom}
		return e
	}
	e.P = Number(twoSided(value/se, df))
	half := quantile(1-(1-confidence)/2, df) * se
	e.Interval = interval(value-half, value+half)
	e.MDE = Number(minimumDetectable(se, df))
	return e
}

// Widened is the estimate with an error so many times as large.
func (e Estimate) Widened(by float64) Estimate {
	if e.SE.Missing() || e.DF.Missing() || by == 1 {
		return e
	}
	return newEstimate(float64(e.Value), by*float64(e.SE), float64(e.DF), e.SEKind)
}

// smallSample gives an estimate with a published standard error the interval and the p-value of an error that holds in small samples, t
// distributed with df degrees of freedom.
func (e Estimate) smallSample(se, df float64, by ErrorCode) Estimate {
	if e.SE.Missing() {
		return e
	}
	small := newEstimate(float64(e.Value), se, df, e.SEKind)
	small.SE, small.IntervalBy = e.SE, &IntervalError{ErrorKind{Code: by}, missing, missing}
	if small.Interval != nil {
		small.IntervalBy.SE, small.IntervalBy.DF = Number(se), Number(df)
	}
	return small
}

// tooLarge tells of a figure beyond those accepted: the squares of so large ones could not be added up.
func tooLarge(y float64) bool { return math.Abs(y) > 1e50 }

// interval is that from low to high, nil unless both are finite.
func interval(low, high float64) *[2]float64 {
	if !finite([]float64{low, high}) {
		return nil
	}
	return &[2]float64{low, high}
}

// finite tells that no value is missing or infinite.
func finite(values []float64) bool {
	return !slices.ContainsFunc(values, func(y float64) bool { return math.IsNaN(y) || math.IsInf(y, 0) })
}

// uncertain is an estimate whose uncertainty cannot be computed, for the reason given.
func uncertain(value float64, reason Note) Estimate {
	return Estimate{Value: Number(value), SE: missing, DF: missing, P: missing, MDE: missing, Reason: reason}
}

// quantile is the p quantile of Student's t with df degrees of freedom, of the standard normal where df is infinite.
func quantile(p, df float64) float64 {
	if math.IsInf(df, 1) {
		return distuv.UnitNormal.Quantile(p)
	}
	return distuv.StudentsT{Sigma: 1, Nu: df}.Quantile(p)
}

// twoSided is the probability of a statistic at least as far from zero, by the same distributions as quantile.
func twoSided(statistic, df float64) float64 {
	tail := -math.Abs(statistic)
	if math.IsInf(df, 1) {
		return math.Erfc(-tail / math.Sqrt2)
	}
	return 2 * distuv.StudentsT{Sigma: 1, Nu: df}.CDF(tail)
}

// Convergence tells how an estimate was solved for.
type Convergence struct {
	Converged bool `json:"converged"`
	// Iterations is zero for a solution in closed form.
	Iterations int `json:"iterations"`
	// Gap bounds how far the objective lies above its minimum, relative to its own scale; missing where no bound is known.
	Gap Number `json:"gap"`
	// Note is how it was solved for, and where it did not converge what stopped that.
	Note Note `json:"note_facts,omitzero"`
}
