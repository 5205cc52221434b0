package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"stpdash/internal/load"
	"stpdash/internal/publication"
)

func exportCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use: "export PATH...", Short: "Write the figures of published files in canonical form",
		Long: "Write the figures of published files in canonical form, one gzip'ed CSV a source, each figure with the cell it was published in. " +
			"The bundled figures are made so.",
		Example: "  stpd export ./downloads --out sql/reference/bundled", Args: arguments(somePath),
		RunE: func(c *cobra.Command, paths []string) error { return export(c, paths, out) },
	}
	c.Flags().StringVarP(&out, "out", "o", ".", "folder to write to")
	return c
}

func export(c *cobra.Command, paths []string, out string) error {
	settings, err := settings(c)
	if err != nil {
		return err
	}
	catalog, err := definitions(settings.Dashboards)
	if err != nil {
		return err
	}
	known, err := reference()
	if err != nil {
		return err
	}
	files, unreadable, err := load.Discover(paths)
	if err = errors.Join(unreadable, err); err != nil {
		return err
	}
	mapper := load.NewMapper(catalog, known, time.Now)
	var batches []*load.Batch
	var failed error
	for _, file := range files {
		if reason, skipped := catalog.Skipped(file); skipped {
			fmt.Fprintf(c.ErrOrStderr(), "%s: left alone: %s\n", file, reason)
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		decoded, err := publication.Decode(c.Context(), filepath.Base(file), content, publication.Limits{})
		if err == nil {
			var batch *load.Batch
			if batch, err = mapper.Map(decoded, load.Fingerprint(content)); err == nil && len(batch.Rejections) > 0 {
				err = fmt.Errorf("%s: %d rows were rejected", file, len(batch.Rejections))
			} else if err == nil {
				batches = append(batches, batch)
			}
		}
		failed = errors.Join(failed, err)
	}
	if failed != nil {
		return failed
	}
	written, err := load.WriteCanonical(out, batches)
	for _, w := range written {
		fmt.Fprintln(c.OutOrStdout(), w)
	}
	return err
}
