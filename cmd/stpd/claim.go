package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/pages/wording"
)

func claimCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "claim", Short: "Hold published savings claims against the figures", Args: cobra.ArbitraryArgs, RunE: subcommand,
		Example: "  stpd claim test --all\n  stpd claim test tameside_glossop_attendances --json\n  stpd claim pack tameside_glossop_attendances -o pack",
	}
	c.AddCommand(claimTestCommand(), claimPackCommand(), claimCalibrateCommand())
	return c
}

func claimTestCommand() *cobra.Command {
	var all, asJSON bool
	var asOf, at string
	c := &cobra.Command{
		Use:   "test ID | --all",
		Short: "Test a claim, or all of the register",
		Long: "Test a claim of dashboards/claims against the figures: an estimate with its interval, named checks and a verdict, with the reasons. " +
			"A claim is tested in the smallest places that it names and that figures are published for; --at chooses others. " +
			"It works beside a running stpd serve on the same data directory, or without one.",
		Example: "  stpd claim test --all\n  stpd claim test northumbria_admissions --at commissioner\n  stpd claim test tameside_glossop_attendances --as-of 2026-11-21\n  stpd claim test low_value_medicines --json",
		Args:    arguments(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if all == (len(args) == 1) {
				return usageError{errors.New("accepted: the id of one claim, or --all")}
			}
			if at != "" && !slices.Contains(claim.TestedAt, at) {
				return usageError{fmt.Errorf("--at: found %q, accepted: %s", at, strings.Join(claim.TestedAt, ", "))}
			}
			return claimTest(c, args, asOf, at, asJSON)
		},
	}
	c.Flags().BoolVar(&all, "all", false, "every claim of the register")
	c.Flags().StringVar(&asOf, "as-of", "", asOfUsage)
	c.Flags().StringVar(&at, "at", "", "the kind of place to test in: "+strings.Join(claim.TestedAt, ", ")+" (default the smallest that the claim names)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON: one object, with --all a list")
	return c
}

const asOfUsage = "the figures as they stood: a date (the end of that day in London), a time or the number of a load (default now)"

// withClaims opens what claims are tested with, as of a moment.
func withClaims(c *cobra.Command, asOfText string, do func(*facts, figures.Moment) error) error {
	return withApp(c, func(p *app) error {
		calibration, err := storedCalibration() // the verdict on a group rests on it
		if err != nil {
			return err
		}
		known := p.facts(commandMemory, calibration)
		asOf, err := known.moments.AsOf(c.Context(), asOfText)
		if err != nil {
			return asUsage("--as-of", err)
		}
		return do(known, asOf)
	})
}

func claimTest(c *cobra.Command, ids []string, asOfText, at string, asJSON bool) error {
	return withClaims(c, asOfText, func(known *facts, asOf figures.Moment) error {
		claims := known.directory.Catalog.Claims
		if len(ids) == 1 {
			one, err := known.register.Find(ids[0])
			if err != nil {
				return asUsage("ID", err)
			}
			claims = []*catalog.Claim{one}
		}
		results := make([]*wording.ClaimAnswer, len(claims))
		tests, ctx := errgroup.WithContext(c.Context())
		tests.SetLimit(runtime.GOMAXPROCS(0))
		for i, tested := range claims {
			tests.Go(func() error {
				r, err := known.register.TestAt(ctx, asOf, tested, at)
				if err != nil {
					return fmt.Errorf("claim %s: %w", tested.ID, err)
				}
				m, err := known.figures.MeasureAsOf(ctx, tested.Measure, asOf)
				if err != nil {
					return fmt.Errorf("claim %s: %w", tested.ID, err)
				}
				results[i] = wording.ClaimsBy(known.directory).Answer(tested, m, r)
				return nil
			})
		}
		if err := tests.Wait(); err != nil {
			return err
		}
		out := c.OutOrStdout()
		switch {
		case asJSON && len(ids) == 1:
			return json.NewEncoder(out).Encode(results[0])
		case asJSON:
			return json.NewEncoder(out).Encode(results)
		case len(ids) == 1:
			return writeClaim(out, claims[0], results[0])
		default:
			return writeClaims(out, results)
		}
	})
}

// asUsage makes a usage error of an input that is not accepted.
func asUsage(name string, err error) error {
	var wrong *figures.InputError
	if errors.As(err, &wrong) {
		return usageError{fmt.Errorf("%s: found %q, accepted: %s", name, wrong.Value, wrong.Accepted)}
	}
	return err
}

// writeClaims writes a line a claim.
func writeClaims(out io.Writer, results []*wording.ClaimAnswer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CLAIM\tVERDICT\tCLAIMED\tSEEN\tINTERVAL\tP\tREASON")
	for _, r := range results {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", r.Claim, r.Verdict, claimedWords(r), effectWords(r.Result.Effect), strings.Join(r.Reasons[:1], ""))
	}
	return table.Flush()
}

func claimedWords(r *wording.ClaimAnswer) string {
	if p := r.Claimed.Percent; !p.Missing() {
		return fmt.Sprintf("%s %.3g%%", r.Claimed.Towards, float64(p))
	}
	return string(r.Claimed.Towards)
}

// effectWords are the effect, its interval and p, in columns.
func effectWords(e *claim.Effect) string {
	if e == nil || e.Percent.Missing() {
		return "\t\t"
	}
	interval := ""
	if i := e.PercentInterval; i != nil {
		interval = fmt.Sprintf("%+.1f to %+.1f", i[0], i[1])
	}
	return fmt.Sprintf("%+.1f%%\t%s\t%v", float64(e.Percent), interval, figure(e.P))
}

// writeClaim writes all that is known of one claim.
func writeClaim(out io.Writer, c *catalog.Claim, r *wording.ClaimAnswer) error {
	fmt.Fprintf(
		out,
		"%s\n%s, %s: %s\nSource: %s, %s\n\nVerdict: %s\n%s\n",
		r.Title,
		c.Claimant,
		c.Scheme,
		c.Claimed,
		c.Citation.Title,
		c.Citation.URL,
		r.Verdict,
		r.Summary,
	)
	for _, reason := range r.Reasons {
		fmt.Fprintf(out, "- %s\n", reason)
	}
	for _, e := range c.Evaluations {
		fmt.Fprintf(out, "Also published: %s %s\n", e.What, e.Citation.URL)
	}
	d := r.Design
	fmt.Fprintf(out, "\nDesign: %s\n", d.Method)
	for _, why := range d.Why {
		fmt.Fprintf(out, "  %s\n", why)
	}
	if d.First != "" {
		fmt.Fprintf(out, "  Figures from %s to %s, start %s", d.First, d.Last, d.Start)
		if d.Before+d.After > 0 {
			fmt.Fprintf(out, ": %d periods before, %d from it on", d.Before, d.After)
		}
		fmt.Fprintln(out)
	}
	for _, left := range d.LeftOut {
		fmt.Fprintf(out, "  Left out: %s, as %s\n", left.What, left.Why)
	}
	for _, fact := range r.UnitFacts {
		fmt.Fprintf(out, "  %s: %s\n", fact.Term, fact.Words)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nCLAIMED\tSEEN\tINTERVAL\tP")
	fmt.Fprintf(table, "%s\t%s\n", claimedWords(r), effectWords(r.Result.Effect))
	if p := r.Pounds; p != nil {
		fmt.Fprintln(table, "\nPOUNDS CLAIMED\tESTIMATE\tFROM\tTO\tEVIDENCED\tNET\t")
		for _, amount := range []string{p.Claimed, p.Estimate, p.Low, p.High, p.Evidenced, p.Net} {
			fmt.Fprint(table, wording.PoundsOf(amount), "\t")
		}
		fmt.Fprintln(table, p.Words)
	}
	fmt.Fprintln(table, "\nCHECK\tOUTCOME\tFINDING")
	for _, check := range r.Checks {
		fmt.Fprintf(table, "%s\t%s\t%s\n", check.Title, check.Outcome, check.Finding)
	}
	if e := r.Effect; e != nil {
		fmt.Fprintln(table, "\nPERIOD\tACTUAL\tEXPECTED")
		for _, p := range e.Path {
			fmt.Fprintf(table, "%s\t%v\t%v\n", p.Period, figure(p.Actual), figure(p.Counterfactual))
		}
	}
	return table.Flush()
}
