package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"stpdash/internal/atomicfile"
	"stpdash/internal/audit"
	"stpdash/internal/figures"
)

func claimPackCommand() *cobra.Command {
	var out, asOf string
	c := &cobra.Command{
		Use:   "pack ID",
		Short: "Write the audit pack of a claim into a folder",
		Long: "Test a claim and write the answer with all that it rests on: a workbook, the figures and the published cells beneath them as CSV, the result as JSON, " +
			"a note on the method, and a manifest with the SHA-256 of each file. The folder has to be empty or not there. " +
			"It is put together beside its place, in a folder whose name ends in .writing, and appears when it is whole. " +
			"It works beside a running stpd serve on the same data directory, or without one.",
		Example: "  stpd claim pack tameside_glossop_attendances -o pack\n  stpd claim pack low_value_medicines -o pack --as-of 2026-11-21",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, ids []string) error {
			if out == "" {
				return usageError{errors.New("--out has to name the folder to write")}
			}
			return claimPack(c, ids[0], out, asOf)
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "", "folder to write")
	c.Flags().StringVar(&asOf, "as-of", "", asOfUsage)
	return c
}

func claimPack(c *cobra.Command, id, out, asOfText string) error {
	place, mode, err := placeFor(out)
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return withClaims(c, asOfText, func(known *facts, asOf figures.Moment) error {
		tested, err := known.register.Find(id)
		if err != nil {
			return asUsage("ID", err)
		}
		pack, err := audit.New(c.Context(), known.figures, known.register, asOf, tested)
		if err != nil {
			return fmt.Errorf("claim %s: %w", tested.ID, err)
		}
		folder, err := atomicfile.NewFolder(place + ".writing")
		if err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		defer folder.Discard()
		files := 0
		size, err := pack.Write(func(name string) (io.WriteCloser, error) {
			files++
			return os.OpenFile(filepath.Join(folder.Path, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
		})
		if err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		if err := os.Chmod(folder.Path, mode); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		if err := folder.Publish(place); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		fmt.Fprintf(c.OutOrStdout(), "Wrote %s: %d files of %s\n", out, files, megabytes(size))
		return nil
	})
}
