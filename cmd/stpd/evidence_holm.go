package main

import (
	"fmt"
	"io"
	"math"

	"github.com/spf13/cobra"

	"stpdash/internal/evidence"
)

func evidenceHolmCommand() *cobra.Command {
	var data, name, p string
	c := &cobra.Command{
		Use:     "holm",
		Short:   "Adjust the p-values of several tests of one claim",
		Long:    "Adjust p-values by Holm's method, so that the chance that any test finds what is not there is no more than the level. A missing p-value stays so and is not counted.",
		Example: "  stpd evidence holm --data tests.csv --name measure --p p --json",
		Args:    arguments(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return evidenceHolm(c, data, name, p) },
	}
	evidenceData(c, &data)
	c.Flags().StringVar(&name, "name", "", "column of what was tested")
	c.Flags().StringVar(&p, "p", "", "column of the p-values")
	for _, flag := range []string{"name", "p"} {
		_ = c.MarkFlagRequired(flag)
	}
	return c
}

// holmResult is what stpd evidence holm states.
type holmResult struct {
	Method string         `json:"method"`
	Tests  []adjustedTest `json:"tests"`
}

// adjustedTest is one test with its p-value as it was and adjusted.
type adjustedTest struct {
	Name     string          `json:"name"`
	P        evidence.Number `json:"p"`
	Adjusted evidence.Number `json:"adjusted"`
}

func evidenceHolm(c *cobra.Command, data, name, column string) error {
	t, err := readEvidence(c.Context(), data)
	if err != nil {
		return err
	}
	read := columns{table: t}
	names, numbers := read.texts(name), read.numbers(column)
	if read.err != nil {
		return read.err
	}
	given := make([]evidence.Number, len(numbers))
	for i, p := range numbers {
		if !math.IsNaN(p) && !(p >= 0 && p <= 1) {
			return t.errorAt(i, column, "found %g; a p-value from 0 to 1 is accepted", p)
		}
		given[i] = evidence.Number(p)
	}
	r := holmResult{Method: "Holm"}
	for i, adjusted := range evidence.Holm(given) {
		r.Tests = append(r.Tests, adjustedTest{names[i], given[i], adjusted})
	}
	return printEvidence(c, r, func(w io.Writer) {
		var rows [][]any
		for _, test := range r.Tests {
			rows = append(rows, []any{test.Name, figure(test.P), figure(test.Adjusted)})
		}
		writeTable(w, []string{"test", "p", "adjusted"}, rows)
		fmt.Fprintln(w, "\nadjusted so that the chance of any false finding is no more than the level (Holm)")
	})
}
