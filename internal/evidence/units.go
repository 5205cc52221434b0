package evidence

import (
	"context"
	"fmt"
	"math"
)

// Unit is a place with its counts by period.
type Unit struct {
	Name string
	// Cluster is what errors may be correlated within, such as the footprint.
	Cluster string
	// Size is about how many it counts a year.
	Size float64
	// Outcome by period, NaN where it is missing or known to lack a part.
	Outcome []float64
	// Breaks are the periods from which on the figures are on another level, as by a change of counting.
	Breaks []int
}

// Unfit is why a unit cannot be used in a window, empty where it can.
type Unfit string

// The reasons.
const (
	Fit         Unfit = ""
	HasGap      Unfit = "gap"          // a figure is missing in the window
	HasBreak    Unfit = "break"        // its level jumps inside the window
	HasNoLog    Unfit = "zero"         // a figure is not above zero
	OutsideData Unfit = "outside_data" // the window is not within the data
)

// Within tells whether a unit can be used from one period up to another, and where not at which period.
func (u Unit) Within(from, to int) (Unfit, int) {
	if from < 0 || to > len(u.Outcome) {
		return OutsideData, from
	}
	for t := from; t < to; t++ {
		switch y := u.Outcome[t]; {
		case math.IsNaN(y):
			return HasGap, t
		case !(y > 0) || tooLarge(y):
			return HasNoLog, t
		}
	}
	for _, t := range u.Breaks {
		if t > from && t < to {
			return HasBreak, t
		}
	}
	return Fit, 0
}

// window are the logarithms of a unit that is fit from one period up to another.
func (u Unit) window(from, to int) []float64 {
	logs, _ := logarithms(u.Outcome[from:to])
	return logs
}

// fitUnits are the positions of those that can be used in a window.
func fitUnits(units []Unit, from, to int) []int {
	var at []int
	for i, u := range units {
		if why, _ := u.Within(from, to); why == Fit {
			at = append(at, i)
		}
	}
	return at
}

// comparison is one of the treated series, in logarithms, beside the units.
func (d Design) comparison(treated []float64, donors []Unit, start int) Comparison {
	c := Comparison{Start: d.Before, Treated: treated, Units: 1, Times: make([]string, d.Before+d.After)}
	for t := range c.Times {
		c.Times[t] = fmt.Sprint(t - d.Before)
	}
	for _, u := range donors {
		c.Donors, c.Outcomes = append(c.Donors, u.Name), append(c.Outcomes, u.window(start-d.Before, start+d.After))
	}
	return c
}

// effects are those of each unit, taken as treated from the start on with the others as its donors.
func (d Design) effects(ctx context.Context, units []Unit, start int, estimate Estimator) ([]float64, error) {
	found, err := d.estimates(ctx, units, start, estimate)
	effects := make([]float64, len(found))
	for i, f := range found {
		effects[i] = f.found
	}
	return effects, err
}

// estimates are those of each unit, taken as treated from the start on with the others as its donors.
func (d Design) estimates(ctx context.Context, units []Unit, start int, estimate Estimator) ([]*Synthetic, error) {
	found, err := d.comparison(nil, units, start).placebos(ctx, estimate)
	if err != nil {
		return nil, err
	}
	for i, f := range found {
		if !f.Solved.Converged {
			return nil, fmt.Errorf("unit %s: %w", units[i].Name, unsolved(f.Solved))
		}
	}
	return found, nil
}
