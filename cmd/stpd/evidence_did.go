package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"stpdash/internal/evidence"
	"stpdash/internal/pages/wording"
)

// didFlags are the flags of stpd evidence did.
type didFlags struct {
	data, unit, time, outcome, treated, cluster, cohort, controls string
	eventStudy, staggered                                         bool
}

func evidenceDiDCommand() *cobra.Command {
	var f didFlags
	c := &cobra.Command{
		Use:   "did",
		Short: "Estimate an effect by difference-in-differences",
		Long: "Estimate an effect by difference-in-differences with effects of units and times and clustered errors, or, with --staggered, by comparing units that start " +
			"at different times with units that did not (Callaway and Sant'Anna 2021).\n\n--treated is 1 for a unit at a time under the scheme and 0 otherwise. " +
			"Rows without an outcome are left out. Where each row is one of many observations of a unit, such as a shop in a state, --cluster names the " +
			"finer column. --cohort is the time at which a unit starts; blank, 0, NA, Inf or never where it does not.",
		Example: "  stpd evidence did --data stores.csv --unit store --time wave --outcome employment --treated raised --json\n" +
			"  stpd evidence did --data panel.csv --unit footprint --time month --outcome admissions --treated scheme --event-study\n" +
			"  stpd evidence did --data panel.csv --unit footprint --time year --outcome admissions --cohort started --staggered",
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if f.staggered {
				return evidenceStaggered(c, f)
			}
			return evidenceDiD(c, f)
		},
	}
	evidenceData(c, &f.data)
	flags := c.Flags()
	flags.StringVar(&f.unit, "unit", "", "column of the units")
	flags.StringVar(&f.time, "time", "", "column of the times: numbers, or text in the order of time such as 2017-04")
	flags.StringVar(&f.outcome, "outcome", "", "column of the outcome")
	flags.StringVar(&f.treated, "treated", "", "column that is 1 under the scheme and 0 otherwise")
	flags.StringVar(&f.cluster, "cluster", "", "column within which errors may be correlated; the unit without it")
	flags.BoolVar(&f.eventStudy, "event-study", false, "also the effect in each period before and after the start, and a test of the trend before")
	flags.StringVar(&f.cohort, "cohort", "", "column of the time at which each unit starts, for --staggered")
	flags.BoolVar(&f.staggered, "staggered", false, "units start at different times")
	flags.StringVar(
		&f.controls,
		"controls",
		string(evidence.NeverTreated),
		"whom --staggered compares with: never (units that never start) or notyet (those that have not yet)",
	)
	for _, name := range []string{"unit", "time", "outcome"} {
		_ = c.MarkFlagRequired(name)
	}
	c.MarkFlagsOneRequired("treated", "staggered")
	c.MarkFlagsRequiredTogether("cohort", "staggered")
	for _, name := range []string{"treated", "cluster", "event-study"} {
		c.MarkFlagsMutuallyExclusive(name, "staggered")
	}
	return c
}

// didResult is what stpd evidence did states.
type didResult struct {
	Method string `json:"method"`
	*wording.DiDAnswer
	EventStudy *didEvents `json:"event_study,omitempty"`
}

// didEvents is an event study, or why there is none.
type didEvents struct {
	*wording.EventStudyAnswer
	Reason string        `json:"reason,omitempty"`
	Facts  evidence.Note `json:"reason_facts,omitzero"`
}

func evidenceDiD(c *cobra.Command, f didFlags) error {
	t, err := readEvidence(c.Context(), f.data)
	if err != nil {
		return err
	}
	read := columns{table: t}
	rows := evidence.Rows{Unit: read.texts(f.unit), Time: read.texts(f.time), Outcome: read.numbers(f.outcome), Treated: read.numbers(f.treated)}
	if f.cluster != "" {
		rows.Cluster = read.texts(f.cluster)
	}
	if read.err != nil {
		return read.err
	}
	found, err := evidence.DifferenceInDifferences(c.Context(), rows)
	if err != nil {
		return refuse(c, t, err)
	}
	result := didResult{Method: "difference-in-differences", DiDAnswer: wording.AnswerDiD(found)}
	if f.eventStudy {
		result.EventStudy = &didEvents{}
		events, err := evidence.StudyEvents(c.Context(), rows)
		switch {
		case errors.Is(err, context.Canceled):
			return err
		case err != nil:
			result.EventStudy.Reason, result.EventStudy.Facts = err.Error(), evidence.NoteOf(err)
		default:
			result.EventStudy.EventStudyAnswer = wording.AnswerEvents(events)
		}
	}
	return printEvidence(c, result, result.print)
}

func (r didResult) print(w io.Writer) {
	printEstimates(w, []string{"effect", "with few clusters"}, []evidence.Estimate{r.Estimate, r.DiD.FewClusters})
	fmt.Fprintf(w, "\n%d rows of %d units at %d times in %d clusters, of which %d are treated; %d rows left out\n\n",
		r.N, r.Units, r.Periods, r.Clusters, r.TreatedClusters, r.LeftOut)
	var path [][]any
	for _, p := range r.Path {
		path = append(path, []any{p.Time, figure(p.Treated), figure(p.Counterfactual), figure(p.Control)})
	}
	writeTable(w, []string{"time", "treated units", "without the effect", "other units"}, path)
	notes := r.Notes
	if e := r.EventStudy; e != nil && e.EventStudyAnswer == nil {
		notes = append(slices.Clone(notes), "no event study: "+e.Reason)
	} else if e != nil {
		fmt.Fprintln(w)
		var names []string
		var estimates []evidence.Estimate
		for _, p := range e.EventStudy.Periods {
			names, estimates = append(names, "period "+strconv.Itoa(p.Period)), append(estimates, p.Estimate)
		}
		printEstimates(w, names, estimates)
		printWald(w, e.EventStudy.PreTrend)
		notes = append(slices.Clone(notes), e.Notes...)
	}
	printNotes(w, notes)
}

func evidenceStaggered(c *cobra.Command, f didFlags) error {
	controls := evidence.Controls(f.controls)
	if controls != evidence.NeverTreated && controls != evidence.NotYetTreated {
		return usageError{fmt.Errorf("--controls %q; accepted are %s or %s", f.controls, evidence.NeverTreated, evidence.NotYetTreated)}
	}
	t, err := readEvidence(c.Context(), f.data)
	if err != nil {
		return err
	}
	read := columns{table: t}
	rows := evidence.Adoption{Unit: read.texts(f.unit), Time: read.texts(f.time), Outcome: read.numbers(f.outcome), Cohort: read.texts(f.cohort)}
	if read.err != nil {
		return read.err
	}
	found, err := evidence.StaggeredAdoption(c.Context(), rows, controls)
	if err != nil {
		return refuse(c, t, err)
	}
	result := staggeredResult{Method: "staggered adoption", Controls: controls, StaggeredAnswer: wording.AnswerStaggered(found)}
	return printEvidence(c, result, result.print)
}

// staggeredResult is what stpd evidence did --staggered states.
type staggeredResult struct {
	Method   string            `json:"method"`
	Controls evidence.Controls `json:"controls"`
	*wording.StaggeredAnswer
}

func (r staggeredResult) print(w io.Writer) {
	of := func(name, key string) string {
		if group := r.OneGroup[key]; group != "" {
			return name + ": group " + group + " alone"
		}
		return name
	}
	names := []string{of("all groups", "group_overall"), of("all groups and times", "simple"), of("all periods since the start", "dynamic_overall")}
	s := r.Staggered
	estimates := []evidence.Estimate{s.GroupOverall, s.Simple, s.DynamicOverall}
	if s.SimpleAll != nil {
		names, estimates = append(names, "all groups and times, with those of one unit"), append(estimates, *s.SimpleAll)
	}
	for _, group := range slices.Sorted(maps.Keys(s.Group)) {
		names, estimates = append(names, "group "+group), append(estimates, s.Group[group])
	}
	periods := slices.SortedFunc(maps.Keys(s.Dynamic), func(a, b string) int { // they were written from numbers
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return x - y
	})
	for _, period := range periods {
		names, estimates = append(names, of("period "+period, "dynamic "+period)), append(estimates, s.Dynamic[period])
	}
	printEstimates(w, names, estimates)
	fmt.Fprintf(w, "\n%d units at %d times; %d units left out\n\n", r.Units, r.Periods, r.LeftOut)
	var effects [][]any
	for _, e := range r.AttGT {
		effects = append(effects, []any{e.Group, e.Time, figure(e.Att), figure(e.SE), e.Units, e.Controls})
	}
	writeTable(w, []string{"group", "time", "effect", "standard error", "units", "controls"}, effects)
	printWald(w, s.PreTest)
	printNotes(w, r.Notes)
}
