package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/spf13/cobra"

	"stpdash/internal/rates"
)

// ratesFlags are the flags of stpd evidence rates.
type ratesFlags struct {
	data, method, count, population, standard, group string
	multiplier, confidence                           float64
}

func evidenceRatesCommand() *cobra.Command {
	var f ratesFlags
	c := &cobra.Command{
		Use: "rates", Short: "Put confidence intervals on rates and proportions",
		Long: "Put confidence intervals on rates (byar, exact under 10 events), proportions (wilson) and directly standardised rates (dsr, by Dobson's method, " +
			"none under 10 events).\n\nEach row is one rate, or each group with --group, whose rows are added up. With dsr the rows of a group are its age bands, and " +
			"all rows are one group without --group. Where a figure is missing or impossible there is no rate, and the reason is stated.",
		Example: "  stpd evidence rates --data admissions.csv --method byar --count admissions --population patients --multiplier 1000\n" +
			"  stpd evidence rates --data deaths.csv --method dsr --count deaths --population people --stdpop esp2013 --group area --json",
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return evidenceRates(c, f) },
	}
	evidenceData(c, &f.data)
	flags := c.Flags()
	flags.StringVar(&f.method, "method", "", "byar, wilson or dsr")
	flags.StringVar(&f.count, "count", "", "column of the events")
	flags.StringVar(&f.population, "population", "", "column of the population")
	flags.StringVar(&f.standard, "stdpop", "", "column of the standard population, for dsr; without it the European one of 2013, for 19 age bands in order")
	flags.StringVar(&f.group, "group", "", "column that tells areas apart")
	flags.Float64Var(&f.multiplier, "multiplier", 0, "state rates by so many: 100000 without it, and 1 for wilson")
	flags.Float64Var(&f.confidence, "confidence", 0.95, "confidence of the intervals, more than 0 and at most 0.999999")
	for _, required := range []string{"method", "count", "population"} {
		_ = c.MarkFlagRequired(required)
	}
	return c
}

// rate is one rate with its interval, with the names of PHEindicatormethods.
type rate struct {
	Area       string       `json:"area,omitempty"`
	Line       uint32       `json:"line,omitempty"` // of the file, without --group
	Count      figure       `json:"total_count"`
	Population figure       `json:"total_pop"`
	Value      figure       `json:"value"`
	Lower      figure       `json:"lowercl"`
	Upper      figure       `json:"uppercl"`
	Confidence string       `json:"confidence"`
	Statistic  string       `json:"statistic"`
	Method     rates.Method `json:"method"`
	Multiplier float64      `json:"multiplier"`
	Reason     string       `json:"reason,omitempty"`
}

// ratesResult is what stpd evidence rates states: rows as points, or groups.
type ratesResult struct {
	Points []rate `json:"points,omitempty"`
	Groups []rate `json:"groups,omitempty"`
}

func evidenceRates(c *cobra.Command, f ratesFlags) error {
	if err := f.check(c); err != nil {
		return usageError{err}
	}
	t, err := readEvidence(c.Context(), f.data)
	if err != nil {
		return err
	}
	counts, err := t.numbers(f.count)
	if err != nil {
		return err
	}
	populations, err := t.numbers(f.population)
	if err != nil {
		return err
	}
	var result ratesResult
	if f.method != "dsr" && f.group == "" {
		for row := range counts {
			r := f.rate(counts[row], populations[row])
			r.Line = t.line(row)
			result.Points = append(result.Points, r)
		}
		return printEvidence(c, result, result.print)
	}
	groups, err := t.groups(f.group, "")
	if err != nil {
		return err
	}
	standard, err := f.standardPopulation(t, groups)
	if err != nil {
		return err
	}
	for _, g := range groups {
		strata := make([]rates.Stratum, len(g.rows))
		var all rates.Stratum
		for i, row := range g.rows {
			strata[i] = rates.Stratum{Count: counts[row], Population: populations[row]}
			if standard != nil {
				strata[i].Standard = standard[row]
			}
			all.Count += counts[row]
			all.Population += populations[row]
		}
		r := rate{}
		if f.method == "dsr" {
			r = f.standardised(strata)
		} else {
			r = f.rate(all.Count, all.Population)
		}
		r.Area = g.name
		result.Groups = append(result.Groups, r)
	}
	return printEvidence(c, result, result.print)
}

// minMultiplier and maxMultiplier bound by how many a rate may be stated: beyond them no reader could read it.
const minMultiplier, maxMultiplier = 1e-3, 1e12

func isMultiplier(by float64) bool { return by >= minMultiplier && by <= maxMultiplier }

func (f *ratesFlags) check(c *cobra.Command) error {
	usual, known := map[string]float64{"byar": 100_000, "wilson": 1, "dsr": 100_000}[f.method]
	switch {
	case !known:
		return fmt.Errorf("--method %q: byar, wilson or dsr is accepted", f.method)
	case f.standard != "" && f.method != "dsr":
		return fmt.Errorf("--stdpop is for --method dsr, not %s", f.method)
	case !c.Flags().Changed("multiplier"):
		f.multiplier = usual
	case !isMultiplier(f.multiplier):
		return fmt.Errorf("--multiplier %v: more than zero is accepted, from %g to %g", f.multiplier, float64(minMultiplier), float64(maxMultiplier))
	}
	return rates.CheckConfidence(f.confidence)
}

// standardPopulation is that of each row; nil when there is nothing to standardise.
func (f ratesFlags) standardPopulation(t *evidenceTable, groups []evidenceGroup) ([]float64, error) {
	switch {
	case f.method != "dsr":
		return nil, nil
	case f.standard != "":
		return t.numbers(f.standard)
	}
	standard := make([]float64, len(t.lines))
	for _, g := range groups {
		if len(g.rows) != len(rates.EuropeanStandard) {
			return nil, usageError{fmt.Errorf("%s: %q has %d rows; without --stdpop, %d age bands of each area are accepted, from 0 to 4 to 90 and over",
				t.file, g.name, len(g.rows), len(rates.EuropeanStandard))}
		}
		for i, row := range g.rows {
			standard[row] = rates.EuropeanStandard[i]
		}
	}
	return standard, nil
}

// stated is what is the same for each rate.
func (f ratesFlags) stated(count, population float64) rate {
	none := figure(math.NaN())
	return rate{
		Count: figure(count), Population: figure(population), Value: none, Lower: none, Upper: none,
		Confidence: strconv.FormatFloat(100*f.confidence, 'g', 12, 64) + "%", Multiplier: f.multiplier,
		Statistic: "rate per " + strconv.FormatFloat(f.multiplier, 'f', -1, 64),
	}
}

func (r *rate) set(value float64, limits rates.Interval, err error) {
	if err != nil {
		r.Reason = err.Error()
		return
	}
	r.Value, r.Lower, r.Upper = figure(value), figure(limits.Lower), figure(limits.Upper)
}

func (f ratesFlags) rate(count, population float64) rate {
	r := f.stated(count, population)
	if f.method == "byar" {
		if !math.IsNaN(count) {
			r.Method = rates.CountMethod(count)
		}
		value, limits, err := rates.Rate(count, population, f.multiplier, f.confidence)
		r.set(value, limits, err)
		return r
	}
	r.Method, r.Statistic = rates.MethodWilson, "proportion of "+strconv.FormatFloat(f.multiplier, 'f', -1, 64)
	if f.multiplier == 100 {
		r.Statistic = "percentage"
	}
	limits, err := rates.Wilson(count, population, f.confidence)
	r.set(count/population*f.multiplier, rates.Interval{Lower: limits.Lower * f.multiplier, Upper: limits.Upper * f.multiplier}, err)
	return r
}

func (f ratesFlags) standardised(strata []rates.Stratum) rate {
	s, err := rates.Dobson(strata, f.confidence)
	r := f.stated(s.Count, s.Population)
	r.Method, r.Statistic = rates.MethodDobson, "dsr per "+strconv.FormatFloat(f.multiplier, 'f', -1, 64)
	if errors.Is(err, rates.ErrFewEvents) {
		r.Statistic = "dsr NA for total count < 10"
	}
	r.set(s.Rate*f.multiplier, rates.Interval{Lower: s.Lower * f.multiplier, Upper: s.Upper * f.multiplier}, err)
	return r
}

func (r ratesResult) print(w io.Writer) {
	header := []string{"area", "count", "population", "value", "lower", "upper", "confidence", "statistic", "method", "reason"}
	var rows [][]any
	for _, p := range r.Points {
		rows = append(rows, p.row(p.Line))
		header[0] = "line"
	}
	for _, g := range r.Groups {
		rows = append(rows, g.row(g.Area))
	}
	writeTable(w, header, rows)
}

func (r rate) row(name any) []any {
	return []any{name, r.Count, r.Population, r.Value, r.Lower, r.Upper, r.Confidence, r.Statistic, r.Method, r.Reason}
}
