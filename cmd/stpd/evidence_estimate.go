package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stpdash/internal/evidence"
	"stpdash/internal/pages/wording"
)

// columns reads columns of a table until one cannot be read.
type columns struct {
	table *evidenceTable
	err   error
}

func (c *columns) texts(name string) (texts []string) {
	if c.err == nil {
		texts, c.err = c.table.texts(name)
	}
	return texts
}

func (c *columns) numbers(name string) (numbers []float64) {
	if c.err == nil {
		numbers, c.err = c.table.numbers(name)
	}
	return numbers
}

// refuse states why a file has no estimate, also in JSON, and fails.
func refuse(c *cobra.Command, t *evidenceTable, reason error) error {
	reason = fmt.Errorf("%s: %w", t.file, reason)
	if errors.Is(reason, context.Canceled) { // the file is not to blame
		return reason
	}
	refusal := struct {
		Estimate *float64      `json:"estimate"`
		Reason   string        `json:"reason"`
		Facts    evidence.Note `json:"reason_facts"`
	}{Reason: reason.Error(), Facts: evidence.NoteOf(reason)}
	if err := printEvidence(c, refusal, func(io.Writer) {}); err != nil {
		return err
	}
	return reason
}

// printEstimates is a table of estimates, and below it why figures of some are missing.
func printEstimates(w io.Writer, names []string, estimates []evidence.Estimate) {
	var rows [][]any
	var reasons []string
	for i, e := range estimates {
		lower, upper := any("-"), any("-")
		if e.Interval != nil {
			lower, upper = figure(e.Interval[0]), figure(e.Interval[1])
		}
		kind := wording.ErrorKind(e.SEKind)
		if kind == "" {
			kind = "-"
		}
		if e.IntervalBy != nil {
			kind += "; interval by " + wording.IntervalBy(e.IntervalBy)
		}
		rows = append(rows, []any{names[i], figure(e.Value), figure(e.SE), lower, upper, figure(e.P), figure(e.MDE), kind})
		if e.Reason.Code != "" {
			reasons = append(reasons, names[i]+": "+wording.EvidenceNote(e.Reason))
		}
	}
	writeTable(w, []string{"", "estimate", "standard error", "lower 95%", "upper 95%", "p", "smallest seen", "error by"}, rows)
	printNotes(w, reasons)
}

func printWald(w io.Writer, test evidence.WaldTest) {
	if test.Reason.Code != "" {
		fmt.Fprintf(w, "\nno test of the trend before the start: %s\n", wording.EvidenceNote(test.Reason))
		return
	}
	fmt.Fprintf(w, "\ntest of the trend before the start: %v on %d degrees of freedom, p %v\n", figure(test.Statistic), test.DF, figure(test.P))
}

func printNotes(w io.Writer, notes []string) {
	if len(notes) > 0 {
		fmt.Fprintln(w)
	}
	for _, note := range notes {
		fmt.Fprintln(w, note)
	}
}
