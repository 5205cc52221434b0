// Package rates puts confidence intervals on counts, rates, proportions and
// directly standardised rates, and compares organisations by funnel plots.
//
// The methods are those of public health in England: Association of Public
// Health Observatories, Technical Briefing 3: Commonly used public health
// statistics and their confidence intervals (2008), as the UK Health Security
// Agency's program PHEindicatormethods 2.1.0 applies them.
package rates

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// FewEvents is the count under which Byar's approximation gives way to the
// exact interval, and under which no directly standardised rate is stated.
const FewEvents = 10

// ErrFewEvents says that there are too few events for a directly standardised rate.
var ErrFewEvents = errors.New("fewer than 10 events in all: a directly standardised rate is not reliable")

var errTooLarge = errors.New("the rate is too large to state")

// Interval is a confidence interval. A limit that does not exist is NaN.
type Interval struct {
	Lower, Upper float64
}

func (i Interval) times(factor float64) Interval {
	return Interval{i.Lower * factor, i.Upper * factor}
}

// none is returned with an error.
var none = Interval{math.NaN(), math.NaN()}

// Byar's interval of a Poisson count, which may be fractional, is an
// approximation (Breslow and Day 1987, Statistical Methods in Cancer Research
// II, page 69):
//
//	lower = O (1 - 1/9O - z/3√O)³   upper = (O+1) (1 - 1/9(O+1) + z/3√(O+1))³
//
// There is no lower limit for so small a count that its bracket is negative.
func Byar(count, confidence float64) (Interval, error) {
	if err := check(count, confidence); err != nil {
		return none, err
	}
	z := quantile(confidence)
	limit := func(o, z float64) float64 {
		if bracket := 1 - 1/(9*o) + z/(3*math.Sqrt(o)); bracket >= 0 {
			return o * bracket * bracket * bracket
		}
		return math.NaN()
	}
	return Interval{limit(count, -z), limit(count+1, z)}, nil
}

// Exact is the interval of a Poisson count, which may be fractional, by the
// chi-squared distribution (Garwood 1936; Armitage and Berry 2002):
//
//	lower = χ²(α/2; 2O) / 2   upper = χ²(1-α/2; 2O+2) / 2
func Exact(count, confidence float64) (Interval, error) {
	if err := check(count, confidence); err != nil {
		return none, err
	}
	return exact(count, (1-confidence)/2), nil
}

func exact(count, tail float64) Interval {
	limits := Interval{0, distuv.ChiSquared{K: 2*count + 2}.Quantile(1-tail) / 2}
	if count > 0 {
		limits.Lower = distuv.ChiSquared{K: 2 * count}.Quantile(tail) / 2
	}
	return limits
}

// Method names how an interval was made.
type Method string

// The methods.
const (
	MethodExact  Method = "Exact"
	MethodByar   Method = "Byars"
	MethodWilson Method = "Wilson"
	MethodDobson Method = "Dobson"
)

// CountMethod is how Count makes the interval of a count.
func CountMethod(count float64) Method {
	if count < FewEvents {
		return MethodExact
	}
	return MethodByar
}

// Count is the interval of a Poisson count: exact under FewEvents, Byar's from there on.
func Count(count, confidence float64) (Interval, error) {
	if CountMethod(count) == MethodExact {
		return Exact(count, confidence)
	}
	return Byar(count, confidence)
}

// Rate is a count per population, times a multiplier, with the interval of its count.
func Rate(count, population, multiplier, confidence float64) (float64, Interval, error) {
	limits, err := Count(count, confidence)
	if err == nil {
		err = checkPopulation(population)
	}
	if err != nil {
		return math.NaN(), none, err
	}
	if limits = limits.times(multiplier / population); math.IsInf(limits.Upper, 0) {
		return math.NaN(), none, errTooLarge
	}
	return count / population * multiplier, limits, nil
}

// Wilson's score interval is that of a proportion, between 0 and 1 (Wilson 1927; Newcombe 1998, method 3):
//
//	(2O + z² ± z √(z² + 4O(1 - O/n))) / 2(n + z²)
func Wilson(count, population, confidence float64) (Interval, error) {
	if err := checkPart(count, population, confidence); err != nil {
		return none, err
	}
	z, p := quantile(confidence), count/population
	middle, half, whole := 2*count+z*z, z*math.Sqrt(z*z+4*count*(1-p)), 2*(population+z*z)
	// Rounding must not put the proportion outside its interval, nor the interval outside 0 to 1.
	return Interval{max(0, min(p, (middle-half)/whole)), min(1, max(p, (middle+half)/whole))}, nil
}

// ClopperPearson is the exact interval of a proportion, between 0 and 1 (Clopper and Pearson 1934; Newcombe 1998, method 5), by the beta
// distribution:
//
//	lower = B(α/2; O, n-O+1)   upper = B(1-α/2; O+1, n-O)
//
// Count and population may be fractional, as those of a sample whose units hang together are (Korn and Graubard 1998).
func ClopperPearson(count, population, confidence float64) (Interval, error) {
	if err := checkPart(count, population, confidence); err != nil {
		return none, err
	}
	tail, limits := (1-confidence)/2, Interval{0, 1}
	if count > 0 {
		limits.Lower = distuv.Beta{Alpha: count, Beta: population - count + 1}.Quantile(tail)
	}
	if count < population {
		limits.Upper = distuv.Beta{Alpha: count + 1, Beta: population - count}.Quantile(1 - tail)
	}
	return limits, nil
}

func checkPart(count, population, confidence float64) error {
	if err := check(count, confidence); err != nil {
		return err
	}
	if err := checkPopulation(population); err != nil {
		return err
	}
	if count > population {
		return fmt.Errorf("count %v of a population of %v: no more than all is accepted", count, population)
	}
	return nil
}

// Stratum is one age band, or another category that is standardised for.
type Stratum struct {
	Count, Population float64
	Standard          float64 // the standard population, in any unit
}

// Standardised is a directly standardised rate, per head, with what it rests on.
type Standardised struct {
	Count, Population float64 // of all strata
	Rate              float64
	Interval
}

// Dobson is a directly standardised rate with the interval of Dobson and
// colleagues (1991, Statistics in Medicine 10, 457-462), which rests on Byar's:
//
//	rate = Σ wO/n / Σ w   variance = Σ w²O/n² / (Σ w)²
//	limit = rate + √(variance / ΣO) (Byar's limit of ΣO - ΣO)
//
// The error is ErrFewEvents under FewEvents events; count and population are then stated all the same.
func Dobson(strata []Stratum, confidence float64) (Standardised, error) {
	s := Standardised{Rate: math.NaN(), Interval: none}
	var weights, rate, variance float64
	for i, of := range strata {
		err := check(of.Count, confidence)
		if err == nil {
			err = checkPopulation(of.Population)
		}
		if err == nil && !(of.Standard >= 0 && !math.IsInf(of.Standard, 0)) {
			err = fmt.Errorf("standard population %v: zero or more is accepted", of.Standard)
		}
		if err != nil {
			s.Count, s.Population = math.NaN(), math.NaN()
			return s, fmt.Errorf("stratum %d: %w", i+1, err)
		}
		s.Count += of.Count
		s.Population += of.Population
		w := of.Standard / of.Population
		weights += of.Standard
		rate += w * of.Count
		variance += w * w * of.Count
	}
	if weights == 0 {
		return s, errors.New("the standard population is zero in all: some of it is needed")
	}
	if s.Count < FewEvents {
		return s, ErrFewEvents
	}
	limits, err := Byar(s.Count, confidence)
	if err != nil {
		return s, err
	}
	if math.IsInf(rate, 0) || math.IsInf(variance, 0) {
		return s, errTooLarge
	}
	s.Rate = rate / weights
	scale := math.Sqrt(variance/s.Count) / weights
	s.Interval = Interval{s.Rate + scale*(limits.Lower-s.Count), s.Rate + scale*(limits.Upper-s.Count)}
	return s, nil
}

// EuropeanStandard is the European Standard Population 2013 (Eurostat 2013) by
// age: 0 to 4, 5 to 9, and so on to 85 to 89, and 90 and over.
var EuropeanStandard = [19]float64{5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000}

// quantile is that of the normal distribution which bounds the middle share.
func quantile(confidence float64) float64 { return distuv.UnitNormal.Quantile((1 + confidence) / 2) }

func check(count, confidence float64) error {
	if err := CheckConfidence(confidence); err != nil {
		return err
	}
	switch {
	case math.IsNaN(count):
		return errors.New("the count is missing")
	case count < 0 || math.IsInf(count, 0):
		return fmt.Errorf("count %v: zero or more is accepted", count)
	}
	return nil
}

// maxConfidence is the highest: nearer to 1 the limits rest on the last digits of a number, and then there are none.
const maxConfidence = 0.999999

// CheckConfidence tells whether a confidence is one: above 0 and below 1, with limits that can be worked out.
func CheckConfidence(confidence float64) error {
	if !(confidence > 0 && confidence <= maxConfidence) {
		return fmt.Errorf("confidence %v: more than 0 and at most %v is accepted, as 0.95", confidence, maxConfidence)
	}
	return nil
}

func checkPopulation(population float64) error {
	switch {
	case math.IsNaN(population):
		return errors.New("the population is missing")
	case !(population > 0) || math.IsInf(population, 0):
		return fmt.Errorf("population %v: more than zero is accepted", population)
	}
	return nil
}
