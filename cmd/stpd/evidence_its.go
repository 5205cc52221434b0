package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
	"stpdash/internal/pages/wording"
)

// itsFlags are the flags of stpd evidence its.
type itsFlags struct {
	data, outcome, offset, intervention, time, family, errors string
	harmonics, lags                                           int
	season                                                    float64
	slope                                                     bool
}

func evidenceITSCommand() *cobra.Command {
	var f itsFlags
	c := &cobra.Command{
		Use: "its", Short: "Estimate a change in one series by an interrupted time series",
		Long: "Estimate a change in one series by an interrupted time series: the level under the intervention, given a trend and, with --harmonics, a season.\n\n" +
			"--intervention is 0 before it and 1 under it. Of the Poisson families the estimate is the logarithm of the rate ratio, given as RR with its interval; " +
			"the logarithm of --offset is the offset. Errors of the Gaussian family are Newey and West's, or with --errors ar1 those of a first-order autoregression, which err less where neighbouring times are much alike. Times are numbers, or periods such as 2017-04, which " +
			"are counted from 1.",
		Example: "  stpd evidence its --data sicily.csv --outcome aces --offset stdpop --intervention smokban --time time --harmonics 2 --season 12 --json\n" +
			"  stpd evidence its --data waits.csv --outcome median --intervention scheme --time month --family gaussian",
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return evidenceITS(c, f) },
	}
	evidenceData(c, &f.data)
	flags := c.Flags()
	flags.StringVar(&f.outcome, "outcome", "", "column of the outcome")
	flags.StringVar(&f.offset, "offset", "", "column of what a count is a rate of, such as a population")
	flags.StringVar(&f.intervention, "intervention", "", "column that is 0 before the intervention and 1 under it")
	flags.StringVar(&f.time, "time", "", "column of the times")
	flags.IntVar(&f.harmonics, "harmonics", 0, "pairs of sine and cosine that describe the season")
	flags.Float64Var(&f.season, "season", 12, "times that a season takes")
	flags.StringVar(&f.family, "family", string(evidence.QuasiPoisson), "poisson, quasipoisson or gaussian")
	flags.BoolVar(&f.slope, "slope", false, "also a change of trend")
	flags.StringVar(&f.errors, "errors", neweyWestErrors, "errors of the Gaussian family: newey-west, or ar1 for a first-order autoregression")
	flags.IntVar(&f.lags, "lags", -1, "times over which the errors of the Gaussian family allow for autocorrelation; below zero, by the length")
	for _, name := range []string{"outcome", "intervention", "time"} {
		_ = c.MarkFlagRequired(name)
	}
	return c
}

// The errors of the Gaussian family.
const neweyWestErrors, ar1Errors = "newey-west", "ar1"

// itsResult is what stpd evidence its states.
type itsResult struct {
	Method string `json:"method"`
	*wording.InterruptedAnswer
}

func evidenceITS(c *cobra.Command, f itsFlags) error {
	family := evidence.Family(f.family)
	if !slices.Contains([]evidence.Family{evidence.Poisson, evidence.QuasiPoisson, evidence.Gaussian}, family) {
		return usageError{fmt.Errorf("--family %q; accepted are %s, %s or %s", f.family, evidence.Poisson, evidence.QuasiPoisson, evidence.Gaussian)}
	}
	switch {
	case f.errors != neweyWestErrors && f.errors != ar1Errors:
		return usageError{fmt.Errorf("--errors %q; accepted are %s or %s", f.errors, neweyWestErrors, ar1Errors)}
	case f.errors == ar1Errors && family != evidence.Gaussian:
		return usageError{fmt.Errorf("--errors %s is for --family %s", ar1Errors, evidence.Gaussian)}
	}
	if c.Flags().Changed("lags") && (family != evidence.Gaussian || f.errors == ar1Errors) {
		return usageError{fmt.Errorf("--lags is for --family %s with --errors %s", evidence.Gaussian, neweyWestErrors)}
	}
	if f.harmonics == 0 && !c.Flags().Changed("season") {
		f.season = 0
	}
	if c.Flags().Changed("season") && !(f.season > 0) {
		return usageError{fmt.Errorf("--season %g; accepted are lengths above 0, up to what the times span", f.season)}
	}
	t, err := readEvidence(c.Context(), f.data)
	if err != nil {
		return err
	}
	read := columns{table: t}
	series := evidence.TimeSeries{Outcome: read.numbers(f.outcome), Intervention: read.numbers(f.intervention)}
	if f.offset != "" {
		series.Exposure = read.numbers(f.offset)
	}
	labels := read.texts(f.time)
	if read.err != nil {
		return read.err
	}
	if series.Time, err = itsTimes(t, f.time, labels); err != nil {
		return err
	}
	if labels[0] != strconv.FormatFloat(series.Time[0], 'g', -1, 64) {
		series.Labels = labels
	}
	found, err := evidence.Interrupt(series, evidence.Interruption{
		Family:           family,
		Harmonics:        f.harmonics,
		Season:           f.season,
		Slope:            f.slope,
		Lags:             f.lags,
		AR1:              f.errors == ar1Errors,
		InterventionName: f.intervention,
		TimeName:         f.time,
	})
	if err != nil {
		return refuse(c, t, err)
	}
	result := itsResult{Method: "interrupted time series", InterruptedAnswer: wording.AnswerInterrupted(found)}
	return printEvidence(c, result, result.print)
}

// itsTimes reads times as numbers, or as periods of one length counted from 1.
func itsTimes(t *evidenceTable, column string, texts []string) ([]float64, error) {
	numbers := make([]float64, len(texts))
	numeric := !slices.ContainsFunc(texts, func(text string) bool { _, err := strconv.ParseFloat(text, 64); return err != nil })
	var grain catalog.Grain
	for i, text := range texts {
		if numeric {
			numbers[i], _ = strconv.ParseFloat(text, 64)
			continue
		}
		period, err := catalog.ParsePeriod(text)
		switch {
		case err != nil:
			return nil, t.errorAt(i, column, "%w; numbers are accepted too", err)
		case i > 0 && period.Grain != grain:
			return nil, t.errorAt(i, column, "%s is a %s, and the first time a %s", text, period.Grain.Words(), grain.Words())
		}
		grain = period.Grain
		numbers[i] = periodsSinceZero(period)
	}
	if !numeric {
		first := slices.Min(numbers)
		for i := range numbers {
			numbers[i] -= first - 1
		}
	}
	return numbers, nil
}

// periodsSinceZero counts the periods of one length from the year 0.
func periodsSinceZero(p catalog.Period) float64 {
	months := 12*p.Start.Year() + int(p.Start.Month()) - 1
	switch p.Grain {
	case catalog.Day:
		return float64(p.Start.Unix()) / (24 * time.Hour).Seconds()
	case catalog.Week:
		const untilMonday = 4 * 24 * 60 * 60 // from 1 January 1970, a Thursday
		return float64((p.Start.Unix() - untilMonday) / int64((7 * 24 * time.Hour).Seconds()))
	case catalog.Month:
		return float64(months)
	case catalog.Quarter:
		return float64(months / 3)
	default:
		return float64(p.Start.Year())
	}
}

func (r itsResult) print(w io.Writer) {
	var terms [][]any
	for _, term := range r.Terms {
		terms = append(
			terms,
			[]any{term.Term, figure(term.Coef), figure(term.SE), figure(term.Stat), figure(term.P), figure(term.RR), figure(term.Lo), figure(term.Hi)},
		)
	}
	writeTable(w, []string{"term", "coefficient", "standard error", "statistic", "p", "rate ratio", "lower 95%", "upper 95%"}, terms)
	fmt.Fprintf(w, "\n%d times, %d left out; %s; dispersion %v, deviance %v on %d degrees of freedom, autocorrelation %v\n\n",
		r.N, r.LeftOut, wording.ErrorKind(r.SEKind), figure(r.Fit.Pearson), figure(r.Fit.Deviance), r.Fit.DF, figure(r.Fit.Autocorrelation))
	of := r.Interrupted
	names, estimates := []string{"outcome under the intervention less what was expected"}, []evidence.Estimate{of.Effect}
	if of.LevelAtStart != nil {
		names, estimates = append(names, "change at the first time under it", "trend from there on"), append(estimates, *of.LevelAtStart, *of.TrendAfter)
	}
	printEstimates(w, names, estimates)
	if !r.Percent.Missing() {
		fmt.Fprintf(w, "\nthat is %v per cent of what was expected\n", figure(r.Percent))
	}
	fmt.Fprintln(w)
	var path [][]any
	for _, p := range r.Path {
		at := any(figure(p.Time))
		if p.Label != "" {
			at = p.Label
		}
		path = append(path, []any{at, figure(p.Observed), figure(p.Fitted), figure(p.Counterfactual)})
	}
	writeTable(w, []string{"time", "observed", "fitted", "without the intervention"}, path)
	printNotes(w, append(slices.Clone(r.Notes), r.Solved.Note))
}
