package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/mapping"
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
	mapper := mapping.NewMapper(catalog, known)
	figures := map[string][]mapping.Observation{}
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
	if err := os.MkdirAll(out, 0o750); err != nil {
		return err
	}
	for _, source := range slices.Sorted(maps.Keys(figures)) {
		path := filepath.Join(out, source+".csv.gz")
		if err := writeCanonical(path, figures[source]); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		fmt.Fprintf(c.OutOrStdout(), "%s: %d figures\n", path, len(figures[source]))
		if s, ok := catalog.Source(source); ok && !s.Whole && !s.ReadsCanonical() && ofOrganisations(figures[source]) {
			fmt.Fprintf(
				c.ErrOrStderr(),
				"source %s does not say that each file lists every organisation (whole: true), so a place of several organisations has no figure\n",
				source,
			)
		}
	}
	return nil
}

// ofOrganisations tells whether figures are stated by organisations, not for England alone.
func ofOrganisations(observations []mapping.Observation) bool {
	return slices.ContainsFunc(observations, func(o mapping.Observation) bool { return o.Organisation != footprint.England })
}

func writeCanonical(path string, observations []mapping.Observation) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	buffered := bufio.NewWriter(file)
	if err := mapping.WriteCanonical(buffered, observations); err != nil {
		return err
	}
	return buffered.Flush()
}

// figuresOf reads the figures of one file. A rejected row is told of; its figures are written as not reported, with the reason.
func figuresOf(ctx context.Context, told io.Writer, mapper *mapping.Mapper, path string) (source string, observations []mapping.Observation, err error) {
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
	var batch mapping.Batch
	if _, err := reading.Read(&batch, time.Now()); err != nil {
		return "", nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, r := range batch.Rejections {
		fmt.Fprintf(told, "%s: %s, %q: %s\n", path, r.Place(), r.Value, r.Reason)
	}
	return reading.Source.ID, batch.Observations, nil
}
