package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"stpdash/internal/figures"
	"stpdash/internal/pages/wording"
	"stpdash/internal/register"
	"stpdash/internal/web"
)

func diffCommand() *cobra.Command {
	q := figures.ChangesQuestion{Limit: math.MaxInt32}
	var asJSON bool
	c := &cobra.Command{
		Use: "diff", Short: "List the figures and the verdicts on claims that differ between two moments, and why",
		Long: "List the figures that differ between two moments, and why: a new period, a revision, a withdrawal, other memberships or another definition. " +
			"Of a verdict on a claim the cause is what was not the same when it was tested again: figures, a definition or the code. " +
			"A moment is a date (the end of that day in London), a time or the number of a published load. " +
			"It works beside a running stpd serve on the same data directory, or without one.",
		Example: "  stpd diff --from 2026-11-20 --to 2026-11-21\n  stpd diff --from 57 --measure ae_attendances --footprint QWO --json",
		Args:    arguments(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return diff(c, q, asJSON) },
	}
	c.Flags().StringVar(&q.From, "from", "", "the earlier moment (default the day before the later one)")
	c.Flags().StringVar(&q.To, "to", "", "the later moment (default now)")
	c.Flags().StringVar(&q.Measure, "measure", "", "only this measure")
	c.Flags().StringVar(&q.Footprint, "footprint", "", "only this footprint, ENG or UNALLOCATED")
	c.Flags().StringVar(&q.Cause, "cause", "", "only this cause: new_period, revision, withdrawal, membership or definition")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object, as /api/v1/changes does")
	return c
}

func diff(c *cobra.Command, q figures.ChangesQuestion, asJSON bool) error {
	return withApp(c, func(p *app) error {
		known := p.facts(commandMemory, nil)
		changes, err := known.figures.Changes(c.Context(), q)
		var verdicts register.VerdictChanges
		if err == nil {
			verdicts, err = known.register.VerdictChanges(c.Context(), changes)
		}
		var wrong *figures.InputError
		switch {
		case errors.As(err, &wrong):
			return usageError{fmt.Errorf("--%s: found %q, accepted: %s", wrong.Parameter, wrong.Value, wrong.Accepted)}
		case err != nil:
			return err
		case asJSON:
			return json.NewEncoder(c.OutOrStdout()).Encode(web.NewChangesBody(changes, verdicts, wording.ClaimsBy(known.directory)))
		default:
			return writeChanges(c.OutOrStdout(), changes, verdicts)
		}
	})
}

// writeChanges writes the counts, then a line a verdict, then a line a figure.
func writeChanges(out io.Writer, changes figures.Changes, verdicts register.VerdictChanges) error {
	fmt.Fprintf(out, "From %s to %s: %d figures differ\n", changes.From.Text, cmp.Or(changes.To.Text, "now"), changes.Sum())
	if verdicts.Untested > 0 {
		fmt.Fprintf(out, "Claims of which no verdict was kept by the later moment: %d\n", verdicts.Untested)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(changes.Counts) == 0 {
		return writeVerdicts(table, verdicts.Changed)
	}
	fmt.Fprintln(table, "\nCAUSE\tMEASURE\tFIGURES")
	for _, n := range changes.Counts {
		fmt.Fprintf(table, "%s\t%s\t%d\n", n.Cause, n.Measure, n.Figures)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if err := writeVerdicts(table, verdicts.Changed); err != nil {
		return err
	}
	fmt.Fprintln(table, "\nCAUSE\tMEASURE\tPLACE\tPERIOD\tBEFORE\tAFTER\tLOAD\tFILE")
	for _, f := range changes.Figures {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", f.Cause, f.Measure, f.Area.Code, f.Period,
			wording.DescribeFigure(f.Before), wording.DescribeFigure(f.After), f.Load, f.File)
	}
	return table.Flush()
}

// writeVerdicts writes a line a claim.
func writeVerdicts(table *tabwriter.Writer, changes []register.VerdictChange) error {
	if len(changes) == 0 {
		return nil
	}
	fmt.Fprintln(table, "\nCLAIM\tBEFORE\tAFTER\tLOAD\tSINCE\tCAUSE")
	for _, v := range changes {
		before := "not tested"
		if v.Before != nil {
			before = v.Before.Verdict
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\n", v.After.Claim, before, v.After.Verdict, v.After.Load,
			v.After.Since.Format(time.RFC3339), strings.Join(v.Causes, ", "))
	}
	return table.Flush()
}
