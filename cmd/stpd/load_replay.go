package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"stpdash/internal/load"
)

func loadReplayCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "replay LOAD", Short: "Load the kept file of an earlier load once more, by the present definitions",
		Long: "Load the kept file of an earlier load once more, by the present definitions, as a new load. " +
			"After a mapping or the list of organisations was mended, the rows that were rejected are read so.",
		Example: "  stpd load replay 12", Args: arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return onLoad(c, args[0], asJSON, nil, func(p *app, id uint64) (load.Load, error) { return p.loader.Replay(c.Context(), id) })
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the load as JSON")
	return c
}

func loadAcceptCommand() *cobra.Command {
	var asJSON bool
	var reason string
	c := &cobra.Command{
		Use: "accept LOAD", Short: "Publish a load that waits for acceptance, for a reason that readers will see",
		Long: "Publish a load whose figures raised questions, for a reason that readers will see. The kept file is read again as a new load. " +
			"What it asks beyond what was asked before holds it again. A load that is not wanted is withdrawn instead.",
		Example: `  stpd load accept 12 --reason "half of the practices left"`, Args: arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return onLoad(c, args[0], asJSON, nil, func(p *app, id uint64) (load.Load, error) { return p.loader.Accept(c.Context(), id, reason) })
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the load as JSON")
	c.Flags().StringVar(&reason, "reason", "", "why the figures are right")
	if err := c.MarkFlagRequired("reason"); err != nil {
		panic(err) // the flag is defined above
	}
	return c
}

func loadWithdrawCommand() *cobra.Command {
	var asJSON bool
	var reason string
	c := &cobra.Command{
		Use: "withdraw LOAD", Short: "Take a published load back, or close one that waits for acceptance, for a reason that readers will see",
		Long: "Take a published load back: from now on its figures are not shown, and what they replaced is shown again. " +
			"Nothing is deleted: as of an earlier time the load is still seen.",
		Example: `  stpd load withdraw 12 --reason "the publisher recalled the file"`, Args: arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return onLoad(c, args[0], asJSON, withdrawn, func(p *app, id uint64) (load.Load, error) { return p.loader.Withdraw(c.Context(), id, reason) })
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the load as JSON")
	c.Flags().StringVar(&reason, "reason", "", "why the load is withdrawn")
	if err := c.MarkFlagRequired("reason"); err != nil {
		panic(err) // the flag is defined above
	}
	return c
}

// withdrawn says of which load and by which the figures are no longer shown.
func withdrawn(id uint64, l load.Load) string {
	if l.ID == id {
		return fmt.Sprintf("load %d is %s, it was never shown: %s", id, l.State, l.Message)
	}
	return fmt.Sprintf("load %d is withdrawn by load %d: %s", id, l.ID, l.Message)
}

// onLoad makes a load of an earlier one and says what became of it, in words of its own where there are any.
func onLoad(c *cobra.Command, text string, asJSON bool, words func(uint64, load.Load) string, do func(p *app, id uint64) (load.Load, error)) error {
	id, err := loadNumber(text)
	if err != nil {
		return err
	}
	return withApp(c, func(p *app) error {
		if err := p.loadBundled(c.Context()); err != nil {
			return err
		}
		l, err := do(p, id)
		if err != nil {
			return err
		}
		if words != nil && !asJSON {
			_, err = fmt.Fprintln(c.OutOrStdout(), printable(words(id, l)))
		} else {
			err = tell(c, describe(l.File, load.Outcome{Load: l}, nil), asJSON)
		}
		if err != nil {
			return err
		}
		p.tellRetest(c, asJSON)
		if l.State != load.Published && l.State != load.Closed {
			return fmt.Errorf("load %d is %s", l.ID, l.State)
		}
		return nil
	})
}

func loadNumber(text string) (uint64, error) {
	id, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, usageError{fmt.Errorf("found %q, accepted: the number of a load", text)}
	}
	return id, nil
}
