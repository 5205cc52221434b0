package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stpdash/internal/evidence"
	"stpdash/internal/pages/wording"
)

// synthFlags are the flags of stpd evidence synth.
type synthFlags struct {
	data, unit, time, outcome, treated, start, method string
	predictors, training                              []string
	optimiseOver                                      string
	placebo, sensitivity                              bool
}

// synthMethods are the names of --method.
var synthMethods = map[string]evidence.Estimator{
	"sc": evidence.SyntheticControl, "ridge": evidence.RidgeSynthetic, "sdid": evidence.SyntheticDiD, "did": evidence.MeanDiD,
}

func evidenceSynthCommand() *cobra.Command {
	var f synthFlags
	c := &cobra.Command{
		Use: "synth", Short: "Compare one unit with a weighted mean of others",
		Long: "Compare one unit with a weighted mean of others that had no scheme: a synthetic control (sc), one augmented by ridge regression (ridge), synthetic " +
			"difference-in-differences (sdid), or the plain mean less its level (did).\n\nUnits with a gap are left out as donors. Without --predictors every outcome before the start " +
			"is matched. A predictor is a column and the times it is averaged over, both included: beer:1984:1988, cigsale:1975 for one time. Columns without times " +
			"take those of the next that has some, so income,price:1980:1988 averages both over 1980 to 1988, and all times before the start where none follows. " +
			"Standard errors, intervals and p-values come from --placebo.\n\n" +
			"How much each predictor weighs is chosen so that outcomes before the start are met best; with --optimise-over those of a part of that time. With --training-predictors, " +
			"one for each of --predictors and measured before that part, the choice is a cross-validation (Abadie, Diamond and Hainmueller 2015).",
		Example: "  stpd evidence synth --data smoking.csv --unit state --time year --outcome cigsale --treated-unit California --start 1989 --placebo --json\n" +
			"  stpd evidence synth --data smoking.csv --unit state --time year --outcome cigsale --treated-unit California --start 1989 \\\n" +
			"      --predictors lnincome,retprice,age15to24:1980:1988,beer:1984:1988,cigsale:1975,cigsale:1980,cigsale:1988\n" +
			"  stpd evidence synth --data germany.csv --unit country --time year --outcome gdp --treated-unit \"West Germany\" --start 1991 \\\n" +
			"      --predictors gdp,trade,infrate,industry:1981:1990,schooling:1980:1985,invest80:1980 --optimise-over 1981:1990 \\\n" +
			"      --training-predictors gdp,trade,infrate,industry:1971:1980,schooling:1970:1975,invest70:1980",
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return evidenceSynth(c, f) },
	}
	evidenceData(c, &f.data)
	flags := c.Flags()
	flags.StringVar(&f.unit, "unit", "", "column of the units")
	flags.StringVar(&f.time, "time", "", "column of the times: numbers, or text in the order of time such as 2017-04")
	flags.StringVar(&f.outcome, "outcome", "", "column of the outcome")
	flags.StringVar(&f.treated, "treated-unit", "", "the unit that had the scheme")
	flags.StringVar(&f.start, "start", "", "first time under the scheme")
	flags.StringSliceVar(&f.predictors, "predictors", nil, "columns to match, each with its times: column, column:time or column:from:to")
	flags.StringSliceVar(
		&f.training,
		"training-predictors",
		nil,
		"the predictors as they were earlier, in the same order: how much they weigh is chosen by cross-validation",
	)
	flags.StringVar(&f.optimiseOver, "optimise-over", "", "times over which that choice is judged: from:to, both included; all before the start without it")
	flags.StringVar(&f.method, "method", "sc", "sc, ridge, sdid or did")
	flags.BoolVar(&f.placebo, "placebo", false, "judge the effect by those found for each donor")
	flags.BoolVar(&f.sensitivity, "sensitivity", false, "also leave out each donor, start earlier, and take other windows")
	for _, name := range []string{"unit", "time", "outcome", "treated-unit", "start"} {
		_ = c.MarkFlagRequired(name)
	}
	return c
}

// synthResult is what stpd evidence synth states.
type synthResult struct {
	*wording.SyntheticAnswer
	unit string // the treated one
	// Detectable are the smallest effects that the placebos would let be seen.
	Detectable  *wording.DetectableAnswer  `json:"detectable,omitempty"`
	Sensitivity *wording.SensitivityAnswer `json:"sensitivity,omitempty"`
}

func evidenceSynth(c *cobra.Command, f synthFlags) error {
	estimate, known := synthMethods[f.method]
	switch {
	case !known:
		return usageError{fmt.Errorf("--method %q; accepted are sc, ridge, sdid or did", f.method)}
	case len(f.predictors) > 0 && f.method != "sc":
		return usageError{fmt.Errorf("--predictors is for --method sc")}
	case len(f.predictors) == 0 && (f.optimiseOver != "" || len(f.training) > 0):
		return usageError{fmt.Errorf("--optimise-over and --training-predictors choose how much --predictors weigh, of which there are none")}
	case len(f.training) > 0 && len(f.training) != len(f.predictors):
		return usageError{fmt.Errorf("--training-predictors names %d, accepted: one for each of %d in --predictors", len(f.training), len(f.predictors))}
	case len(f.predictors) > 0:
		estimate = evidence.PredictedControl
	}
	wanted, err := parsePredictors(f.predictors)
	if err != nil {
		return err
	}
	trained, err := predictorsOf("--training-predictors", f.training)
	if err != nil {
		return err
	}
	t, err := readEvidence(c.Context(), f.data)
	if err != nil {
		return err
	}
	read := columns{table: t}
	unit, time, outcome := read.texts(f.unit), read.texts(f.time), read.numbers(f.outcome)
	variables := map[string][]float64{}
	for _, p := range slices.Concat(wanted, trained) {
		variables[p.column] = read.numbers(p.column)
	}
	if read.err != nil {
		return read.err
	}
	panel, err := evidence.NewPanel(unit, time)
	if err != nil {
		return refuse(c, t, err)
	}
	comparison, notes, err := panel.Compare(panel.Arrange(outcome), []string{f.treated}, f.start)
	if err != nil {
		return refuse(c, t, err)
	}
	for _, set := range []struct {
		flag string
		of   []wantedPredictor
		into *[]evidence.Predictor
	}{{"--predictors", wanted, &comparison.Predictors}, {"--training-predictors", trained, &comparison.Training}} {
		for _, p := range set.of {
			from, to := cmp.Or(p.from, comparison.Times[0]), cmp.Or(p.to, comparison.Times[comparison.Start-1])
			predictor, err := panel.Predictor(panel.Arrange(variables[p.column]), p.String(), []string{f.treated}, comparison, from, to)
			if err != nil {
				return refuse(c, t, fmt.Errorf("%s: %w", set.flag, err))
			}
			*set.into = append(*set.into, predictor)
		}
	}
	if comparison.Validation, err = parseValidation(f.optimiseOver, panel, comparison); err != nil {
		return err
	}

	found, err := estimate(c.Context(), comparison)
	if err != nil {
		return refuse(c, t, err)
	}
	found.Notes = append(notes, found.Notes...)
	result := synthResult{unit: f.treated}
	if f.placebo {
		if err := found.TestByPlacebos(c.Context(), comparison, estimate, 0); err != nil {
			return refuse(c, t, err)
		}
		result.Detectable = wording.AnswerDetectable(found.Detectable())
	}
	if f.sensitivity {
		varied, err := found.Vary(c.Context(), comparison, estimate)
		if err != nil {
			return err
		}
		result.Sensitivity = wording.AnswerSensitivity(&varied)
	}
	result.SyntheticAnswer = wording.AnswerSynthetic(found)
	if b := found.Fit.Beyond; b != nil {
		result.Notes = append(result.Notes, wording.BeyondDonors(*b, found.Before))
	}
	return printEvidence(c, result, result.print)
}

// wantedPredictor is a column, and the times it is averaged over; empty for all before the start.
type wantedPredictor struct{ column, from, to string }

func (p wantedPredictor) String() string {
	switch p.from {
	case "":
		return p.column
	case p.to:
		return p.column + " " + p.from
	}
	return p.column + " " + p.from + " to " + p.to
}

// parseValidation reads --optimise-over as positions of times, the second one after the last.
func parseValidation(text string, panel *evidence.Panel, c evidence.Comparison) (over [2]int, err error) {
	if text == "" {
		return over, nil
	}
	from, to, ok := strings.Cut(text, ":")
	first, last := slices.Index(panel.Times, from), slices.Index(panel.Times, to)
	if !ok || first < 0 || last < first || last >= c.Start {
		return over, usageError{fmt.Errorf("--optimise-over %q; accepted is from:to, with times from %s to %s", text, c.Times[0], c.Times[c.Start-1])}
	}
	return [2]int{first, last + 1}, nil
}

func parsePredictors(texts []string) ([]wantedPredictor, error) {
	return predictorsOf("--predictors", texts)
}

// predictorsOf reads the columns that a flag names, with their times.
func predictorsOf(flag string, texts []string) ([]wantedPredictor, error) {
	var wanted []wantedPredictor
	untimed := 0 // the first of those that wait for times
	for _, text := range texts {
		parts := strings.Split(text, ":")
		p := wantedPredictor{column: parts[0]}
		switch {
		case len(parts) > 3 || slices.Contains(parts, ""):
			return nil, usageError{fmt.Errorf("%s %q; accepted are column, column:time and column:from:to", flag, text)}
		case len(parts) > 1:
			p.from, p.to = parts[1], parts[len(parts)-1]
		}
		if wanted = append(wanted, p); p.from == "" {
			continue
		}
		for i := untimed; i < len(wanted); i++ {
			wanted[i].from, wanted[i].to = p.from, p.to
		}
		untimed = len(wanted)
	}
	return wanted, nil
}

func (r synthResult) print(w io.Writer) {
	printEstimates(w, []string{r.Method}, []evidence.Estimate{r.Estimate})
	fmt.Fprintf(w, "\n%d donors, %d times before the start and %d from it on; mean squared gap %v before and %v after, ratio %v\n\n",
		r.Donors, r.Before, r.After, figure(r.Fit.PreMSPE), figure(r.Fit.PostMSPE), figure(r.Fit.Ratio))
	if of := r.Fit.PlaceboMSPE; of != nil {
		fmt.Fprintf(
			w,
			"of the median placebo that mean squared gap is %v before the start; that of %s is %v times it\n\n",
			figure(*of),
			r.unit,
			figure(*r.Fit.AgainstPlacebos),
		)
	}
	r.printWeights(w, "donor", r.Weights)
	r.printWeights(w, "time before the start", r.TimeWeights)
	r.printWeights(w, "predictor", r.PredictorWeights)
	var rows [][]any
	for _, p := range r.Path {
		rows = append(rows, []any{p.Time, figure(p.Observed), figure(p.Synthetic), figure(p.Gap)})
	}
	writeTable(w, []string{"time", "observed", "synthetic", "gap"}, rows)
	if p := r.Placebos; p != nil {
		fmt.Fprintf(
			w,
			"\nrank %d of %d by the ratio of squared gaps (p %v), %d by the size of the effect (p %v)\n",
			p.Rank,
			p.N,
			figure(p.P),
			p.EffectRank,
			figure(p.EffectP),
		)
		fmt.Fprint(w, "p and interval are of one test by these ranks, and the standard error is the standard deviation of the placebos' effects\n\n")
		rows = nil
		for _, u := range p.Units {
			rows = append(rows, []any{u.Unit, figure(u.Estimate), figure(u.PreMSPE), figure(u.PostMSPE), figure(u.Ratio), u.Rank, figure(u.P)})
		}
		writeTable(w, []string{"unit", "effect", "squared gap before", "after", "ratio", "rank", "p"}, rows)
		printNotes(w, p.Notes)
	}
	if d := r.Detectable; d != nil {
		if d.Decrease.Missing() && d.Increase.Missing() {
			fmt.Fprintf(w, "\nhow small an effect would be seen is not known: %s\n", d.Reason)
		} else {
			fmt.Fprintf(w, "\nsmallest effect seen in 80 of 100 units: a fall of %v or a rise of %v %s\n", figure(d.Decrease), figure(d.Increase), d.Reason)
		}
	}
	if s := r.Sensitivity; s != nil {
		rows = nil
		for _, v := range slices.Concat(s.LeaveOneOut, s.InTime, s.Windows) {
			rows = append(rows, []any{v.What, figure(v.Estimate), figure(v.PreMSPE), figure(v.Ratio), v.Reason})
		}
		fmt.Fprintln(w)
		writeTable(w, []string{"variation", "effect", "squared gap before", "ratio", "reason"}, rows)
	}
	printNotes(w, append(slices.Clone(r.Notes), r.Solved.Note))
}

// printWeights is a table of weights, the largest first.
func (r synthResult) printWeights(w io.Writer, name string, weights map[string]evidence.Number) {
	if len(weights) == 0 {
		return
	}
	var rows [][]any
	for _, of := range slices.SortedFunc(maps.Keys(weights), func(a, b string) int { return cmp.Or(cmp.Compare(weights[b], weights[a]), cmp.Compare(a, b)) }) {
		rows = append(rows, []any{of, figure(weights[of])})
	}
	writeTable(w, []string{name, "weight"}, rows)
	fmt.Fprintln(w)
}
