package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"stpdash/internal/catalog"
	"stpdash/internal/load"
)

func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check [FOLDER]", Short: "Check the definitions of a folder, ./dashboards without one",
		Example: "  stpd check\n  stpd check ./dashboards", Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			settings, err := settings(c)
			if err != nil {
				return err
			}
			folder := settings.Dashboards
			if len(args) == 1 {
				folder = args[0]
			}
			found, err := definitions(folder)
			if err != nil {
				return err
			}
			known, err := reference()
			if err != nil {
				return err
			}
			if err := catalog.CheckCodes(found, known); err != nil {
				return err
			}
			if err := checkFolders(found, roots(settings)); err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%d sources, %d measures, %d targets, %d claims (%d more left out) and %d pages are sound\n",
				len(found.Sources), len(found.Measures), len(found.Targets), len(found.Claims), len(found.LeftOut), len(found.Pages))
			return nil
		},
	}
}

// checkFolders refuses sources that look for files where they may not. A folder may still be made.
func checkFolders(c *catalog.Catalog, allowed load.Roots) error {
	var faults []error
	for _, source := range c.Sources {
		for _, place := range source.Where {
			if place.Folder == "" {
				continue
			}
			if _, err := allowed.Check(place.Folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
				faults = append(faults, fmt.Errorf("source %s, where: %w", source.ID, err))
			}
		}
	}
	return errors.Join(faults...)
}
