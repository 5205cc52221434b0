package main

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/spf13/cobra"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"stpdash/internal/pages/wording"
	"stpdash/internal/rates"
)

// funnelFlags are the flags of stpd evidence funnel.
type funnelFlags struct {
	data, numerator, denominator, rate, group, kind, dispersion string
	multiplier, years                                           float64
}

func evidenceFunnelCommand() *cobra.Command {
	var f funnelFlags
	c := &cobra.Command{
		Use:   "funnel",
		Short: "Compare organisations by a funnel plot",
		Long: "Compare organisations by a funnel plot: each against all of them (a proportion or a rate) or against what was expected of it (a ratio), with limits by " +
			"chance alone and, where organisations differ by more than chance, with over-dispersion.\n\nEach row is an organisation, or each group with --group, whose " +
			"rows are added up. One whose figures are missing or impossible is left out, and the reason is stated. The significance of a rate or ratio is " +
			"whether the interval of its own count holds the baseline, which close to a limit can differ from where the limits stand.",
		Example: "  stpd evidence funnel --data four_hours.csv --numerator within --denominator attendances --kind proportion\n" +
			"  stpd evidence funnel --data deaths.csv --numerator observed --denominator expected --kind ratio --dispersion cqc --json",
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return evidenceFunnel(c, f) },
	}
	evidenceData(c, &f.data)
	flags := c.Flags()
	flags.StringVar(&f.numerator, "numerator", "", "column of the events")
	flags.StringVar(&f.denominator, "denominator", "", "column of the population, or of the expected events of a ratio")
	flags.StringVar(&f.rate, "rate", "", "column of directly standardised rates, per --multiplier, to take in place of a --denominator; for --kind rate")
	flags.StringVar(&f.group, "group", "", "column that tells organisations apart")
	flags.StringVar(&f.kind, "kind", "", "proportion, rate or ratio")
	flags.StringVar(
		&f.dispersion,
		"dispersion",
		"shmi",
		"how over-dispersion of rates and ratios is found: shmi (logarithm, truncated) or cqc (square root, winsorised)",
	)
	flags.Float64Var(&f.multiplier, "multiplier", 0, "state values by so many: without it 100 for a proportion, 100000 for a rate, 1 for a ratio")
	flags.Float64Var(&f.years, "years", 1, "years that the figures of a rate are of")
	_ = c.MarkFlagRequired("numerator")
	_ = c.MarkFlagRequired("kind")
	c.MarkFlagsOneRequired("denominator", "rate")
	c.MarkFlagsMutuallyExclusive("denominator", "rate")
	c.MarkFlagsMutuallyExclusive("rate", "group")
	return c
}

// maxYears is of how many years one set of figures may be.
const maxYears = 200

// funnelPoint is one organisation. Limits have the names of FunnelPlotR, od those with over-dispersion.
type funnelPoint struct {
	Area        string              `json:"area,omitempty"`
	Line        uint32              `json:"line,omitempty"` // of the file, without --group
	Numerator   figure              `json:"numerator"`
	Denominator figure              `json:"denominator"`
	Value       figure              `json:"value"`
	LL95        figure              `json:"ll95"`
	UL95        figure              `json:"ul95"`
	LL998       figure              `json:"ll998"`
	UL998       figure              `json:"ul998"`
	Place       *rates.Significance `json:"significance"`
	Z           figure              `json:"z"`
	ODLL95      figure              `json:"odll95"`
	ODUL95      figure              `json:"odul95"`
	ODLL998     figure              `json:"odll998"`
	ODUL998     figure              `json:"odul998"`
	ODPlace     *rates.Significance `json:"od_significance"`
	Reason      string              `json:"reason,omitempty"`
	Code        string              `json:"reason_code,omitempty"`
}

// funnelGroup is all the organisations.
type funnelGroup struct {
	Kind       rates.Kind `json:"kind"`
	Method     string     `json:"method"` // of the limits by chance alone
	Multiplier float64    `json:"multiplier"`
	Baseline   figure     `json:"baseline"`
	N          int        `json:"n"`
	LeftOut    int        `json:"left_out"`
	Phi        figure     `json:"phi"`
	Tau2       figure     `json:"tau2"`
	Dispersed  int        `json:"dispersion_n"` // z-scores that phi rests on
	Reason     string     `json:"reason,omitempty"`
	Code       string     `json:"reason_code,omitempty"`
}

// funnelResult is what stpd evidence funnel states. Limits are the lines of the plot, with the
// names that PHEindicatormethods has for each kind.
type funnelResult struct {
	Points []funnelPoint    `json:"points"`
	Groups []funnelGroup    `json:"groups"`
	Limits []map[string]any `json:"limits"`
}

func evidenceFunnel(c *cobra.Command, f funnelFlags) error {
	kind, err := rates.ParseKind(f.kind)
	if err != nil {
		return usageError{err}
	}
	dispersion, err := rates.ParseDispersion(f.dispersion)
	if err != nil {
		return usageError{err}
	}
	settings := rates.FunnelSettings{Kind: kind, Dispersion: dispersion, Multiplier: f.multiplier, Standardised: f.rate != ""}
	if f.rate != "" && kind != rates.CrudeRate {
		return usageError{errors.New("--rate is for --kind rate")}
	}
	switch {
	case c.Flags().Changed("multiplier") && !isMultiplier(f.multiplier):
		return usageError{fmt.Errorf("--multiplier %v: more than zero is accepted, from %g to %g", f.multiplier, float64(minMultiplier), float64(maxMultiplier))}
	case c.Flags().Changed("years") && !(f.years > 0 && f.years <= maxYears):
		return usageError{fmt.Errorf("--years %v: years of data above 0 and up to %d are accepted", f.years, maxYears)}
	case c.Flags().Changed("years") && kind != rates.CrudeRate:
		return usageError{errors.New("--years is for --kind rate")}
	}
	t, err := readEvidence(c.Context(), f.data)
	if err != nil {
		return err
	}
	points, units, err := f.units(t, kind)
	if err != nil {
		return err
	}
	funnel, err := rates.NewFunnel(units, settings)
	if err != nil {
		return usageError{err}
	}
	curve, err := funnel.Curve(f.years)
	if err != nil {
		return usageError{err}
	}
	result := newFunnelResult(points, funnel, curve)
	if kind == rates.CrudeRate {
		of := "crude"
		if settings.Standardised {
			of = "dsr"
		}
		for _, l := range result.Limits {
			l["method"], l["statistic"] = result.Groups[0].Method, message.NewPrinter(language.English).Sprintf("rate (%s per %v)", of, funnel.Multiplier)
		}
	}
	return printEvidence(c, result, result.print)
}

// units are the organisations, each with the point that names it.
func (f funnelFlags) units(t *evidenceTable, kind rates.Kind) (points []funnelPoint, units []rates.Unit, err error) {
	numerators, err := t.numbers(f.numerator)
	if err != nil {
		return nil, nil, err
	}
	column := f.denominator
	if f.rate != "" {
		column = f.rate
	}
	denominators, err := t.numbers(column)
	if err != nil {
		return nil, nil, err
	}
	if f.rate != "" {
		multiplier := f.multiplier
		if multiplier == 0 {
			multiplier = kind.Multiplier()
		}
		for row, rate := range denominators {
			if denominators[row] = multiplier * numerators[row] / rate; numerators[row] == 0 {
				denominators[row] = math.NaN()
			}
		}
	}
	if f.group == "" {
		for row := range numerators {
			points = append(points, funnelPoint{Line: t.line(row)})
			units = append(units, rates.Unit{Numerator: numerators[row], Denominator: denominators[row]})
		}
		return points, units, nil
	}
	groups, err := t.groups(f.group, "")
	for _, g := range groups {
		var u rates.Unit
		for _, row := range g.rows {
			u.Numerator += numerators[row]
			u.Denominator += denominators[row]
		}
		points, units = append(points, funnelPoint{Area: g.name}), append(units, u)
	}
	return points, units, err
}

func newFunnelResult(points []funnelPoint, f *rates.Funnel, curve []rates.CurvePoint) funnelResult {
	for i, u := range f.Units {
		p := &points[i]
		p.Numerator, p.Denominator, p.Value, p.Z, p.Reason = figure(u.Numerator), figure(u.Denominator), figure(u.Value), figure(u.Z), wording.FunnelReason(u.Reason)
		p.Code = string(u.Reason.Code)
		p.LL95, p.UL95, p.LL998, p.UL998 = figure(u.Limits.Lower2s), figure(u.Limits.Upper2s), figure(u.Limits.Lower3s), figure(u.Limits.Upper3s)
		p.ODLL95, p.ODUL95, p.ODLL998, p.ODUL998 = figure(u.Adjusted.Lower2s), figure(u.Adjusted.Upper2s), figure(u.Adjusted.Lower3s), figure(u.Adjusted.Upper3s)
		if u.Significance != rates.NotJudged {
			p.Place = &f.Units[i].Significance
		}
		if u.AdjustedFor != rates.NotJudged {
			p.ODPlace = &f.Units[i].AdjustedFor
		}
	}
	method := "Poisson"
	if f.Kind == rates.Proportion {
		method = "Wilson"
	}
	r := funnelResult{Points: points, Groups: []funnelGroup{{
		Kind: f.Kind, Method: method, Multiplier: f.Multiplier, Baseline: figure(f.Baseline), N: f.Compared, LeftOut: len(f.Units) - f.Compared,
		Phi: figure(f.Phi), Tau2: figure(f.Tau2), Dispersed: f.Dispersed, Reason: wording.FunnelReason(f.Reason), Code: string(f.Reason.Code),
	}}}
	for _, p := range curve {
		l, d := p.Limits, p.Denominators
		if f.Kind == rates.Proportion {
			r.Limits = append(r.Limits, map[string]any{
				"Population": figure(p.At), "Lower2s0025limit": figure(l.Lower2s), "Upper2s0025limit": figure(l.Upper2s),
				"Lower3s0001limit": figure(l.Lower3s), "Upper3s0001limit": figure(l.Upper3s), "Baseline": figure(f.Baseline),
			})
			continue
		}
		at, of := "Events", "population_1_year"
		if f.Kind == rates.Ratio {
			at, of = "Observed_events", "exp_events"
		}
		r.Limits = append(r.Limits, map[string]any{
			at: figure(p.At), "baseline": figure(f.Baseline),
			"lower_2s_limit": figure(l.Lower2s), "upper_2s_limit": figure(l.Upper2s), "lower_3s_limit": figure(l.Lower3s), "upper_3s_limit": figure(l.Upper3s),
			"lower_2s_" + of: figure(d.Lower2s), "upper_2s_" + of: figure(d.Upper2s), "lower_3s_" + of: figure(d.Lower3s), "upper_3s_" + of: figure(d.Upper3s),
		})
	}
	return r
}

func (r funnelResult) print(w io.Writer) {
	header := []string{
		"line", "numerator", "denominator", "value", "lower 95", "upper 95", "lower 99.8", "upper 99.8", "significance",
		"od lower 95", "od upper 95", "od lower 99.8", "od upper 99.8", "with over-dispersion", "reason",
	}
	var rows [][]any
	for _, p := range r.Points {
		var name any = p.Line
		if p.Line == 0 {
			name, header[0] = p.Area, "area"
		}
		rows = append(rows, []any{
			name, p.Numerator, p.Denominator, p.Value, p.LL95, p.UL95, p.LL998, p.UL998, shown(p.Place),
			p.ODLL95, p.ODUL95, p.ODLL998, p.ODUL998, shown(p.ODPlace), p.Reason,
		})
	}
	writeTable(w, header, rows)
	g := r.Groups[0]
	fmt.Fprintf(w, "\n%d compared, %d left out; baseline %s, phi %s, tau2 %s\n", g.N, g.LeftOut, g.Baseline, g.Phi, g.Tau2)
	if g.Reason != "" {
		fmt.Fprintln(w, g.Reason+".")
	}
}
