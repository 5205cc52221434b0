package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"stpdash/internal/figures"
	"stpdash/internal/pages/wording"
	"stpdash/internal/web"
)

func stepsCommand() *cobra.Command {
	var asOf string
	var asJSON, asYAML bool
	filter := figures.StepFilter{}
	c := &cobra.Command{
		Use:   "steps",
		Short: "List gaps and steps inside plausible totals, for an analyst to confirm",
		Long: "List periods in which the figures of an organisation lack a part or hold a part twice (gaps), and levels that jump and stay (steps). " +
			"They are proposals: nothing follows from one until it stands in a file of dashboards/confirmed, and --yaml prints it as it would stand there. " +
			"It works beside a running stpd serve on the same data directory, or without one.",
		Example: "  stpd steps\n  stpd steps --org RJ1\n  stpd steps --measure ae_attendances_type1 --state all --json\n  stpd steps --measure ae_attendances_type1 --yaml",
		Args:    arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if asJSON && asYAML {
				return usageError{errors.New("accepted: --json or --yaml, not both")}
			}
			if filter.State == "all" {
				filter.State = ""
			}
			return withApp(c, func(p *app) error {
				known := p.facts(commandMemory, nil)
				moment, err := known.moments.AsOf(c.Context(), asOf)
				if err != nil {
					return asUsage("--as-of", err)
				}
				found, err := known.figures.Steps(c.Context(), moment, filter)
				var wrong *figures.InputError
				if errors.As(err, &wrong) {
					return asUsage("--"+wrong.Parameter, err)
				}
				if err != nil {
					return err
				}
				return writeSteps(c.OutOrStdout(), known.directory, found, asJSON, asYAML)
			})
		},
	}
	c.Flags().StringVar(&filter.Measure, "measure", "", "only this measure")
	c.Flags().StringVar(&filter.Organisation, "org", "", "only the organisation of this code")
	c.Flags().StringVar(&filter.State, "state", string(figures.Proposed), "only those that are proposed, confirmed or dismissed; or all")
	c.Flags().StringVar(&asOf, "as-of", "", asOfUsage)
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON list, as /api/v1/steps has it")
	c.Flags().BoolVar(&asYAML, "yaml", false, "print what would stand in dashboards/confirmed; the reasons are left to write")
	return c
}

func writeSteps(out io.Writer, d *figures.Directory, found []figures.StepSearch, asJSON, asYAML bool) error {
	var all []figures.Proposal
	for _, s := range found {
		all = append(all, s.Proposals...)
	}
	switch {
	case asJSON:
		return json.NewEncoder(out).Encode(web.NewStepRows(d, all))
	case asYAML:
		_, err := io.WriteString(out, wording.ConfirmingYAML(all))
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ORG\tNAME\tMEASURE\tKIND\tFROM\tUNTIL\tSIZE\tSTATE\tWHY")
	for _, p := range all {
		fmt.Fprintf(
			table,
			"%s\t%s\t%s\t%s\t%s\t%s\t%+.0f%%\t%s\t%s\n",
			p.Organisation,
			d.OrganisationName(p.Organisation),
			p.Measure.ID,
			p.Kind,
			p.From,
			p.Until,
			100*p.Size,
			p.State,
			wording.Proposal(p, d.OrganisationName),
		)
	}
	return table.Flush()
}
