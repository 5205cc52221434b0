package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"stpdash/internal/load"
)

func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check [FOLDER]", Short: "Check the definitions of a folder, ./dashboards without one",
		Example: "  stpd check\n  stpd check ./dashboards", Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			folder := ""
			if len(args) == 1 {
				folder = args[0]
			} else if settings, err := settings(c); err != nil {
				return err
			} else {
				folder = settings.Dashboards
			}
			found, err := definitions(folder)
			if err != nil {
				return err
			}
			known, err := reference()
			if err != nil {
				return err
			}
			if err := load.CheckCodes(found, known); err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%d sources, %d measures, %d targets, %d claims (%d more left out) and %d pages are sound\n",
				len(found.Sources), len(found.Measures), len(found.Targets), len(found.Claims), len(found.LeftOut), len(found.Pages))
			return nil
		},
	}
}
