package main

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	figures := map[string][]load.Observation{}
	var failed error
	for _, file := range files {
		if reason, skipped := catalog.Skipped(file); skipped {
			fmt.Fprintf(c.ErrOrStderr(), "%s: left alone: %s\n", file, reason)
			continue
		}
		source, observations, err := figuresOf(c.Context(), c.ErrOrStderr(), mapper, file)
		figures[source] = append(figures[source], observations...)
		failed = errors.Join(failed, err)
	}
	if failed != nil {
		return failed
	}
	written, err := load.WriteCanonical(out, figures)
	for _, w := range written {
		fmt.Fprintln(c.OutOrStdout(), w)
	}
	return err
}

// figuresOf reads the figures of one file. A rejected row is told of; its figures are written as not reported, with the reason.
func figuresOf(ctx context.Context, told io.Writer, mapper *load.Mapper, path string) (source string, observations []load.Observation, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	fingerprint, size, err := load.Fingerprint(file)
	if err != nil {
		return "", nil, err
	}
	decoded, err := publication.Read(ctx, filepath.Base(path), file, size, publication.Limits{})
	if err != nil {
		return "", nil, err
	}
	reading, err := mapper.Open(decoded, fingerprint, "")
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", path, err)
	}
	var batch load.Batch
	if _, err := reading.Read(&batch); err != nil {
		return "", nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, r := range batch.Rejections {
		fmt.Fprintf(told, "%s: row %d, column %s: %s\n", path, r.Row, r.Column, r.Reason)
	}
	return reading.Source.ID, batch.Observations, nil
}
