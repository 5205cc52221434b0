package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/mapping"
	"stpdash/internal/pages/wording"
)

// maxShown is how many rejections, totals and warnings of a load are shown, each.
const maxShown = 1000

func loadShowCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "show LOAD", Short: "Show what became of a load: its states, rejections, warnings and totals",
		Example: "  stpd load show 12\n  stpd load show 12 --json", Args: arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return showLoad(c, args[0], asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print it as one JSON object")
	return c
}

// shownLoad is all that is known of a load.
type shownLoad struct {
	Load            load.Load                `json:"load"`
	States          []figures.LoadState      `json:"states"`
	Questions       []load.Question          `json:"questions"`
	Rejections      []mapping.Rejection      `json:"rejections"`
	Warnings        []shownWarning           `json:"warnings"`
	Reconciliations []mapping.Reconciliation `json:"reconciliation"`
}

func showLoad(c *cobra.Command, text string, asJSON bool) error {
	id, err := loadNumber(text)
	if err != nil {
		return err
	}
	return withApp(c, func(p *app) (err error) {
		ctx := c.Context()
		a := shownLoad{}
		if a.Load, err = p.warehouse.Load(ctx, id); err != nil {
			return err
		}
		if a.States, err = p.warehouse.LoadStates(ctx, figures.Now, id); err != nil {
			return err
		}
		if a.Questions, err = p.warehouse.QuestionsOf(ctx, id); err != nil {
			return err
		}
		if a.Rejections, err = p.warehouse.Rejections(ctx, id, maxShown); err != nil {
			return err
		}
		if a.Reconciliations, err = p.warehouse.Reconciliations(ctx, id, maxShown); err != nil {
			return err
		}
		if a.Warnings, err = p.warnings(ctx, []uint64{id}); err != nil {
			return err
		}
		if asJSON {
			return json.NewEncoder(c.OutOrStdout()).Encode(a)
		}
		return a.write(c.OutOrStdout())
	})
}

func (a shownLoad) write(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, describe(a.Load.File, load.Outcome{Load: a.Load}, nil))
	fmt.Fprintf(w, "source\t%s\nsha256\t%s\ndefinition\t%s\n", a.Load.Source, a.Load.SHA256, a.Load.Definition)
	for _, s := range a.States {
		fmt.Fprintf(w, "%s\t%s\t%s\n", s.State, wording.Moment(s.At), s.Message)
	}
	if a.Load.Accepted != "" {
		fmt.Fprintf(w, "accepted\t%s\n", a.Load.Accepted)
	}
	if len(a.Questions) > 0 {
		fmt.Fprintln(w, "\nquestion")
	}
	for _, q := range a.Questions {
		fmt.Fprintln(w, q)
	}
	if len(a.Rejections) > 0 {
		fmt.Fprintln(w, "\nrejected\tsheet\trow\tcolumn\tvalue\treason")
	}
	for _, r := range a.Rejections {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\n", r.Rule, r.Sheet, r.Row, r.Column, strings.ReplaceAll(r.Value, "\n", " "), r.Reason)
	}
	if len(a.Warnings) > 0 {
		fmt.Fprintln(w, "\nwarning")
	}
	for _, f := range a.Warnings {
		fmt.Fprintf(w, "%s\t%s\n", f.Rule, f.Message)
	}
	if len(a.Reconciliations) > 0 {
		fmt.Fprintln(w, "\ntotal of\tplace\tperiod\tpublished\tours\tdifference\tverdict")
	}
	for _, r := range a.Reconciliations {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Measure, r.Scope, r.Period, r.Published, r.Ours, r.Difference, r.Verdict)
	}
	return w.Flush()
}
